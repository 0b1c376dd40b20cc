/* SPDX-License-Identifier: MIT */
/* The four functions on memory that the library calls, for a compiler without a C library. */
#ifndef SESSIO_TESTS_MSVC_STRING_H
#define SESSIO_TESTS_MSVC_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);

#endif /* SESSIO_TESTS_MSVC_STRING_H */
