# SPDX-License-Identifier: MIT
# To be sourced: functions that the scripts of this repository share. Sets jobs, scratch (a
# folder that goes with the script, however it ends) and log (a file in it).
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
scratch=$(mktemp -d) || exit 1
log=$scratch/log
trap 'rm -rf "$scratch"' EXIT
# A shell that a signal ends runs no EXIT trap; a closed pipe is such a signal.
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

# say TEXT: names the step of the script. Standard output is for results.
say() {
	printf '%s\n' "$*" >&2
}

# Shows the log of something that failed.
show_log() {
	fold -s -w 80 "$log"
}

# Copies its input to the log; on a terminal the last line is in sight, too.
record() {
	while IFS= read -r line; do
		printf '%s\n' "$line"
		[ ! -t 2 ] || printf '\r\033[K  %.76s' "$line" >&2
	done >"$log"
	[ ! -t 2 ] || printf '\r\033[K' >&2
}

# recorded COMMAND...: its output goes to the log; the result is its own.
recorded() {
	{
		result=0
		"$@" 2>&1 || result=$?
		echo "$result" >"$scratch/result"
	} | record
	return "$(cat "$scratch/result")"
}

# quietly COMMAND...: its output is shown only if it fails.
quietly() {
	if ! recorded "$@"; then
		show_log >&2
		say "failed: $(printf '%s' "$*" | fold -s -w 70)"
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

# Package lists of strangers may be out of reach. That counts only if a package is missing.
install() {
	as_root apt-get update || true
	as_root apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
}

# look_for PROGRAMS LIBRARIES: sets missing to those that are not there.
look_for() {
	missing=
	for program in $1; do
		command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
	done
	for library in $2; do
		pkg-config --exists "$library" 2>/dev/null || missing="$missing $library"
	done
}

# Why packages cannot be installed here; empty if they can.
obstacle() {
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "there is no apt-get here"
	elif [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
		echo "that takes root, and there is no sudo here"
	elif [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
		echo "that takes root, and sudo wants a password"
	fi
}

# need PROGRAMS LIBRARIES PACKAGES: makes sure of programs and of libraries (as
# pkg-config names them) by installing the Debian packages if anything is missing.
need() {
	look_for "$1" "$2"
	[ -n "$missing" ] || return 0
	say "Missing here:$missing"
	why=$(obstacle)
	if [ -n "$why" ]; then
		say "They cannot be installed: $why."
		say "On Debian and its kin these packages have them:"
		printf '%s\n' "$3" | fold -s -w 76 | sed 's/^/  /' >&2
		exit 1
	fi
	say "Installing them ..."
	# shellcheck disable=SC2086 # a list of packages
	quietly install $3
	look_for "$1" "$2"
	if [ -n "$missing" ]; then
		say "Still missing after the installation:$missing"
		exit 1
	fi
}
