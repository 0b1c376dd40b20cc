#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh PROGRAM: sessio installed, without CMake. Needs $CC and $PKG_CONFIG_PATH.
set -eu
here=$(dirname "$0")
# Flags are words, so they are not quoted. Nobody but sessio asks for libuv, and
# -u makes sure that sessio does.
$CC -std=c11 -Wall -Wextra -Werror $(pkg-config --cflags sessio) -o "$1" "$here/../main.c" \
	-Wl,-u,si_platform_now_ns $(pkg-config --libs sessio)
