#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh PROGRAM: sessio installed, without CMake. Needs $CC and $PKG_CONFIG_PATH.
set -eu
here=$(dirname "$0")
# Flags are words, so they are not quoted. Nothing here says libuv.
$CC -std=c11 -Wall -Wextra -Werror $(pkg-config --cflags sessio) -o "$1" "$here/../main.c" \
	$(pkg-config --libs sessio)
