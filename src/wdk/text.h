/* SPDX-License-Identifier: MIT */
/* Characters and formats, for strings and debug prints. */
#ifndef SI_NT_TEXT_H
#define SI_NT_TEXT_H

#include "nt/wdm.h"

/* The next character of UTF-16, taken off *at; '?' for half of a pair. */
ULONG si_nt_get_utf16(PCWSTR *at, PCWSTR end);

/* The next character of UTF-8, taken off *at; '?' for what is none. */
ULONG si_nt_get_utf8(PCSTR *at, PCSTR end);

/* Writes one character, at most 4 bytes or 2 units; how many. */
unsigned si_nt_put_utf8(ULONG c, char out[4]);
unsigned si_nt_put_utf16(ULONG c, WCHAR out[2]);

/*
 * Formats as the kernel's prints do. Always ends with a zero if size is not 0;
 * the length that the whole would have.
 */
size_t si_nt_format(char *text, size_t size, const char *format, va_list args);

/* The same in wide characters; size is not 0. */
size_t si_nt_format_wide(PWSTR text, size_t size, PCWSTR format, va_list args);

#endif /* SI_NT_TEXT_H */
