/* SPDX-License-Identifier: MIT */
#ifndef SERVE_H
#define SERVE_H

#include <stdbool.h>

/*
 * Serves copies of the first files below a folder at a pipe, until a signal comes or,
 * if `until_input_ends`, the end of standard input. Returns what main() returns.
 */
int serve(const char *pipe, const char *directory, bool until_input_ends);

#endif /* SERVE_H */
