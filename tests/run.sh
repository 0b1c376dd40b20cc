#!/bin/sh
# SPDX-License-Identifier: MIT
# sh tests/run.sh: builds sessio with its tests and runs them all.
#
# Installs what is missing (Debian and its kin), says nothing while all is well,
# and ends with ctest's own summary line. BUILD is the build folder, by default
# build-tests in the repository; arguments go to ctest.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/build-tests}
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

have_all() {
	for program in cc c++ cmake make pkg-config spin; do
		command -v "$program" >/dev/null 2>&1 || return 1
	done
	pkg-config --exists 'libuv >= 1.44' cmocka
}

if ! have_all; then
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "needs cc, c++, cmake, make, pkg-config, spin, libuv 1.44, cmocka" >&2
		exit 1
	fi
	quietly install gcc g++ libc6-dev cmake make pkg-config libuv1-dev libcmocka-dev spin
fi

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
quietly cmake -S "$root" -B "$build" -DSESSIO_WERROR=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo
quietly cmake --build "$build" --parallel "$jobs"

# What single tests say is of interest only if one of them fails.
status=0
ctest --test-dir "$build" --output-on-failure --parallel "$jobs" "$@" >"$log" 2>&1 || status=$?
if [ "$status" -ne 0 ]; then
	cat "$log"
fi
grep 'tests passed' "$log"
exit "$status"
