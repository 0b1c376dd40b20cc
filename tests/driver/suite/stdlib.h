/* SPDX-License-Identifier: MIT */
/* Those of the C library's names that the suites use. */
#ifndef SESSIO_TESTS_SUITE_STDLIB_H
#define SESSIO_TESTS_SUITE_STDLIB_H

#include <stddef.h>

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void free(void *memory);
_Noreturn void _Exit(int status);
_Noreturn void abort(void);
char *getenv(const char *name);

#endif /* SESSIO_TESTS_SUITE_STDLIB_H */
