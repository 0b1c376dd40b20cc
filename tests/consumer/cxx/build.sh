#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh PROGRAM: a C++ program in each standard, without a warning. Needs $CXX
# and $PKG_CONFIG_PATH.
set -eu
here=$(dirname "$0")
for standard in c++17 c++20 c++2b; do
	# shellcheck disable=SC2046 # flags are words
	"$CXX" -std=$standard -Wall -Wextra -Wpedantic -Wold-style-cast -Werror \
		$(pkg-config --cflags sessio-nt) -o "$1" "$here/main.cpp" $(pkg-config --libs sessio-nt)
done
