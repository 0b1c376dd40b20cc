#!/bin/sh
# SPDX-License-Identifier: MIT
# sh examples/run.sh [DIR]: builds sessio and runs its main job.
#
# A resource provider serves the files of DIR (by default this project's own
# headers; DIR is only read) to consumers who share, are refused, log off, and see
# a file withdrawn. Then a driver hears what one on real Windows has heard.
#
# Installs what is missing (Debian and its kin). BUILD is the build folder, by
# default build-examples in the repository.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/tests/prepare.sh"

need "cc cmake make pkg-config" "libuv" "gcc libc6-dev cmake make pkg-config libuv1-dev"
build=${BUILD:-$root/build-examples}
quietly cmake -S "$root" -B "$build" -DSESSIO_BUILD_TESTS=OFF -DSESSIO_WERROR=ON \
	-DCMAKE_BUILD_TYPE=RelWithDebInfo
quietly cmake --build "$build" --parallel "$jobs"
"$build/examples/sessio_file_provider" "${1:-$root/include}"
echo
echo "A trace of real Windows, replayed through a driver"
echo
"$build/examples/sessio_session_trace"
