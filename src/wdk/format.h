/* SPDX-License-Identifier: MIT */
/* The print formats of the kernel. */
#ifndef SI_WDK_FORMAT_H
#define SI_WDK_FORMAT_H

#include "nt/sessio_nt/types.h"

/*
 * Formats as the kernel's prints do. Always ends with a zero if size is not 0;
 * the length that the whole would have.
 */
size_t si_wdk_format(char *text, size_t size, const char *format, va_list args);
void si_wdk_print(char *text, size_t size, const char *format, ...);

/* The same in wide characters; size is not 0. */
size_t si_wdk_format_wide(PWSTR text, size_t size, PCWSTR format, va_list args);

#endif /* SI_WDK_FORMAT_H */
