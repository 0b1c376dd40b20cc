#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds sessio and runs its main job; see usage() below.
set -eu

usage() {
	cat <<'END'
usage: sh examples/run.sh [DIR]

Builds sessio and runs its main job. A provider process serves files of DIR (by
default this project's own headers) to consumer processes. They share, are
refused, pass handles on, are killed, log off, and see a file withdrawn. DIR is
only read: the provider works on a copy of its first files. Then a driver hears
what one on real Windows has heard.

What is missing is installed first (Debian and its kin).

Environment:
  BUILD   the build folder; build-examples in the repository by default
END
}

case ${1:-} in
-h | --help)
	usage
	exit 0
	;;
esac
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/tests/prepare.sh"

need "cc cmake make pkg-config" "libuv" "gcc libc6-dev cmake make pkg-config libuv1-dev"
build=${BUILD:-$root/build-examples}
say "Building ..."
quietly cmake -S "$root" -B "$build" -DSESSIO_BUILD_TESTS=OFF -DSESSIO_WERROR=ON \
	-DCMAKE_BUILD_TYPE=RelWithDebInfo
quietly cmake --build "$build" --parallel "$jobs"
say "Running ..."
# The copy of the files goes with this script's folder, whatever ends the program.
TMPDIR=$scratch "$build/examples/sessio_files_story" "${1:-$root/include}" \
	"$build/examples/sessio_files"
echo
echo "A trace of real Windows, replayed through a driver"
echo
"$build/examples/sessio_session_trace"
