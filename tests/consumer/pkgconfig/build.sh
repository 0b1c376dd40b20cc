#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh PROGRAM: sessio installed, without CMake. Needs $CC and $PKG_CONFIG_PATH;
# $FLAGS come before those of pkg-config.
set -eu
here=$(dirname "$0")
# Flags are words, so they are not quoted. Nothing here says libuv.
# shellcheck disable=SC2046,SC2086
$CC -std=c11 -Wall -Wextra -Werror ${FLAGS:-} $(pkg-config --cflags sessio) -o "$1" \
	"$here/../main.c" $(pkg-config --libs sessio) -Wl,--gc-sections
