#!/bin/sh
# SPDX-License-Identifier: MIT
# Measures sessio beside its peers:
#
#	sh tests/bench/run.sh [--quick] [--compare OLD.json]
#
# Installs the peers with apt-get where it may (as root, or by sudo without a
# password). Builds a release in build-bench, and prints the table. Writes it to
# table.txt, bench.json and plot.svg there, too. SESSIO_BENCH_BUILD names another folder.
#
# With --compare it says at the end what got slower since the run that wrote OLD.json. If
# anything did, it fails. The bench.json of the last run will do.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/tests/prepare.sh"

need "cc c++ cmake make pkg-config" "libuv gobject-2.0 liburcu" \
	"build-essential cmake pkg-config libuv1-dev libglib2.0-dev liburcu-dev"
build=${SESSIO_BENCH_BUILD:-$root/build-bench}
quietly cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release \
	-DSESSIO_BUILD_BENCH=ON -DSESSIO_BUILD_TESTS=OFF -DSESSIO_BUILD_EXAMPLES=OFF
quietly cmake --build "$build" --parallel "$jobs"
result=0
"$build/tests/bench/sessio_bench" --json "$build/bench.json" --plot "$build/plot.svg" "$@" \
	>"$build/table.txt" || result=$?
cat "$build/table.txt"
echo
echo "The same as JSON: $build/bench.json; how costs grow: $build/plot.svg"
exit $result
