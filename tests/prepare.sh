# SPDX-License-Identifier: MIT
# To be sourced: what the scripts of this repository share. Sets jobs; says
# nothing while all is well.
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# quietly COMMAND...: its output is shown only if it fails.
quietly() {
	if ! "$@" >"$log" 2>&1; then
		cat "$log" >&2
		echo "failed: $*" >&2
		exit 1
	fi
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		DEBIAN_FRONTEND=noninteractive "$@"
	else
		sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
	fi
}

# Package lists of strangers may be out of reach; what counts is what is installed.
install() {
	as_root apt-get update || true
	as_root apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
}

# need PROGRAMS LIBRARIES PACKAGES: makes sure of programs and of libraries (as
# pkg-config names them) by installing the Debian packages if anything is missing.
need() {
	missing=
	for program in $1; do
		command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
	done
	for library in $2; do
		pkg-config --exists "$library" 2>/dev/null || missing="$missing $library"
	done
	[ -n "$missing" ] || return 0
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "missing:$missing" >&2
		exit 1
	fi
	# shellcheck disable=SC2086 # a list of packages
	quietly install $3
}
