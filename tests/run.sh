#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds sessio with its tests and runs them all; see usage() below.
set -eu

usage() {
	cat <<'END'
usage: sh tests/run.sh [CTEST-OPTION...]
       sh tests/run.sh windows

Builds sessio with its tests, runs them all, and ends with ctest's own summary.
What is missing is installed first (Debian and its kin). Options go to ctest:

  sh tests/run.sh -R sessio.user    runs the tests whose names match

"windows" does the same for Windows, by mingw-w64 and Wine: a driver, with the
suites that run inside it, then the suite of the user mode. It takes some
minutes, and keeps what it builds in build-ci.

Environment:
  BUILD   the build folder; build-tests in the repository by default
END
}

case ${1:-} in
-h | --help)
	usage
	exit 0
	;;
esac
root=$(cd "$(dirname "$0")/.." && pwd)
if [ "$*" = windows ]; then
	exec bash "$root/.ci/run" wine_kernel mingw
fi
. "$root/tests/prepare.sh"

need "cc c++ cmake make pkg-config spin" "libuv cmocka" \
	"gcc g++ libc6-dev cmake make pkg-config libuv1-dev libcmocka-dev spin"
build=${BUILD:-$root/build-tests}
say "Building ..."
quietly cmake -S "$root" -B "$build" -DSESSIO_WERROR=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo
quietly cmake --build "$build" --parallel "$jobs"

# The output of single tests is of interest only if one of them fails.
say "Testing ..."
status=0
recorded ctest --test-dir "$build" --output-on-failure --timeout 60 --parallel "$jobs" \
	"$@" || status=$?
if [ "$status" -ne 0 ]; then
	show_log
fi
grep 'tests passed' "$log"
exit "$status"
