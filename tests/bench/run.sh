#!/bin/sh
# SPDX-License-Identifier: MIT
# Measures sessio beside its peers:
#
#	sh tests/bench/run.sh [--quick]
#
# Installs the peers with apt-get where it may (as root, or by sudo without a
# password), builds a release in build-bench, prints the table, and writes it as
# table.txt and bench.json there, too. SESSIO_BENCH_BUILD names another folder.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
build=${SESSIO_BENCH_BUILD:-$top/build-bench}

have() {
	command -v "$1" >/dev/null 2>&1
}

peers_are_here() {
	have cmake && have cc && have c++ && have pkg-config && { have ninja || have make; } &&
		pkg-config --exists libuv gobject-2.0 liburcu
}

if ! peers_are_here && have apt-get; then
	as_root=
	[ "$(id -u)" -eq 0 ] || as_root="sudo -n"
	log=$(mktemp)
	if ! { $as_root apt-get update && DEBIAN_FRONTEND=noninteractive \
		$as_root apt-get install -y --no-install-recommends build-essential cmake \
		ninja-build pkg-config libuv1-dev libglib2.0-dev liburcu-dev; } >"$log" 2>&1; then
		cat "$log" >&2
	fi
	rm -f "$log"
fi
if ! peers_are_here; then
	echo "bench: needs cmake, ninja or make, a C and a C++ compiler, pkg-config, and the" \
		"development files of libuv, GLib and liburcu" >&2
	exit 2
fi

generator="Unix Makefiles"
have ninja && generator=Ninja
mkdir -p "$build"
if ! { cmake -S "$top" -B "$build" -G "$generator" -DCMAKE_BUILD_TYPE=Release \
	-DSESSIO_BUILD_BENCH=ON -DSESSIO_BUILD_TESTS=OFF -DSESSIO_BUILD_EXAMPLES=OFF &&
	cmake --build "$build"; } >"$build/build.log" 2>&1; then
	cat "$build/build.log" >&2
	exit 1
fi
"$build/tests/bench/sessio_bench" --json "$build/bench.json" "$@" >"$build/table.txt"
cat "$build/table.txt"
echo
echo "The same as JSON: $build/bench.json"
