/* SPDX-License-Identifier: MIT */
/* Those of the C library's names that the suites use. */
#ifndef SESSIO_TESTS_SUITE_STDIO_H
#define SESSIO_TESTS_SUITE_STDIO_H

#include <stddef.h>

#define stderr ((void *)0)
int fprintf(void *stream, const char *format, ...) __attribute__((format(gnu_printf, 2, 3)));
int snprintf(char *text, size_t size, const char *format, ...)
	__attribute__((format(gnu_printf, 3, 4)));

#endif /* SESSIO_TESTS_SUITE_STDIO_H */
