#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh PROGRAM: a static program, and a shared library, with the same modules.
# libuv asks the C library for names of users and hosts, which a static program
# should not: that warning is libuv's.
set -eu
here=$(dirname "$0")
# shellcheck disable=SC2046,SC2086 # flags are words
$CC -std=c11 -Wall -Wextra -Werror -static $(pkg-config --static --cflags sessio sessio-nt) \
	-o "$1" "$here/../main.c" $(pkg-config --static --libs sessio sessio-nt)
# shellcheck disable=SC2046,SC2086
$CC -std=c11 -Wall -Wextra -Werror -shared -fPIC $(pkg-config --cflags sessio-nt) \
	-o "$1.so" "$here/../shared/plugin.c" $(pkg-config --libs sessio-nt) -Wl,--no-undefined
