#!/bin/sh
# SPDX-License-Identifier: MIT
# sh tests/run.sh: builds sessio with its tests and runs them all.
#
# Installs what is missing (Debian and its kin), says nothing while all is well,
# and ends with ctest's own summary line. BUILD is the build folder, by default
# build-tests in the repository; arguments go to ctest.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/tests/prepare.sh"

need "cc c++ cmake make pkg-config spin" "libuv cmocka" \
	"gcc g++ libc6-dev cmake make pkg-config libuv1-dev libcmocka-dev spin"
build=${BUILD:-$root/build-tests}
quietly cmake -S "$root" -B "$build" -DSESSIO_WERROR=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo
quietly cmake --build "$build" --parallel "$jobs"

# What single tests say is of interest only if one of them fails.
status=0
ctest --test-dir "$build" --output-on-failure --timeout 600 --parallel "$jobs" "$@" >"$log" 2>&1 || status=$?
if [ "$status" -ne 0 ]; then
	cat "$log"
fi
grep 'tests passed' "$log"
exit "$status"
