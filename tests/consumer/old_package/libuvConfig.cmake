# SPDX-License-Identifier: MIT
# A package of a libuv that is too old.
add_library(libuv::uv_a INTERFACE IMPORTED)
