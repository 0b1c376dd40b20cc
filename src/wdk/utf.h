/* SPDX-License-Identifier: MIT */
/* Characters of UTF-8 and UTF-16. */
#ifndef SI_WDK_UTF_H
#define SI_WDK_UTF_H

#include "nt/wdm.h"

/* The next character of UTF-16, taken off *at; '?' for half of a pair. */
ULONG si_wdk_get_utf16(PCWSTR *at, PCWSTR end);

/* The next character of UTF-8, taken off *at; '?' for bytes that are none. */
ULONG si_wdk_get_utf8(PCSTR *at, PCSTR end);

/* Writes one character, at most 4 bytes or 2 units; how many. */
unsigned si_wdk_put_utf8(ULONG c, char out[4]);
unsigned si_wdk_put_utf16(ULONG c, WCHAR out[2]);

#endif /* SI_WDK_UTF_H */
