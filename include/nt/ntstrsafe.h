/* SPDX-License-Identifier: MIT */
/*
 * A stand-in for the Windows kernel's <ntstrsafe.h>: see wdm.h. Text that does
 * not fit is cut, ends with a zero all the same, and the answer is
 * STATUS_BUFFER_OVERFLOW. Cb counts bytes, Cch characters. Formats are those of
 * DbgPrint, with %s for the width of the call.
 */
#ifndef SESSIO_NT_NTSTRSAFE_H
#define SESSIO_NT_NTSTRSAFE_H

#include "sessio_nt/rtl.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NTSTRSAFE_MAX_CCH 2147483647u
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffffu / sizeof(WCHAR))

typedef char *NTSTRSAFE_PSTR;
typedef const char *NTSTRSAFE_PCSTR;
typedef WCHAR *NTSTRSAFE_PWSTR;
typedef const WCHAR *NTSTRSAFE_PCWSTR;

/** Copies; STATUS_INVALID_PARAMETER for a size of 0 or above NTSTRSAFE_MAX_CCH. */
NTSTATUS RtlStringCchCopyA(PSTR to, SIZE_T size, PCSTR from);
/** Copies wide characters. */
NTSTATUS RtlStringCchCopyW(PWSTR to, SIZE_T size, PCWSTR from);
/** Copies at most count characters. */
NTSTATUS RtlStringCchCopyNA(PSTR to, SIZE_T size, PCSTR from, SIZE_T count);
/** Copies at most count wide characters. */
NTSTATUS RtlStringCchCopyNW(PWSTR to, SIZE_T size, PCWSTR from, SIZE_T count);
/** Appends. */
NTSTATUS RtlStringCchCatA(PSTR to, SIZE_T size, PCSTR from);
/** Appends wide characters. */
NTSTATUS RtlStringCchCatW(PWSTR to, SIZE_T size, PCWSTR from);
/** Formats. */
NTSTATUS RtlStringCchPrintfA(PSTR to, SIZE_T size, PCSTR format, ...);
/** Formats wide characters. */
NTSTATUS RtlStringCchPrintfW(PWSTR to, SIZE_T size, PCWSTR format, ...);
/** Formats from a list of arguments. */
NTSTATUS RtlStringCchVPrintfA(PSTR to, SIZE_T size, PCSTR format, va_list args);
/** Formats wide characters from a list of arguments. */
NTSTATUS RtlStringCchVPrintfW(PWSTR to, SIZE_T size, PCWSTR format, va_list args);
/** Its length; STATUS_INVALID_PARAMETER for NULL or no zero within size. */
NTSTATUS RtlStringCchLengthA(PCSTR s, SIZE_T size, SIZE_T *length);
/** The length of wide characters. */
NTSTATUS RtlStringCchLengthW(PCWSTR s, SIZE_T size, SIZE_T *length);
/** Formats into a counted string, whose room must be enough for a zero, too. */
NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING to, PCWSTR format, ...);

#define RtlStringCbCopyA RtlStringCchCopyA
#define RtlStringCbCopyNA RtlStringCchCopyNA
#define RtlStringCbCatA RtlStringCchCatA
#define RtlStringCbPrintfA RtlStringCchPrintfA
#define RtlStringCbVPrintfA RtlStringCchVPrintfA
#define RtlStringCbLengthA RtlStringCchLengthA
#define RtlStringCbCopyW(to, size, from) RtlStringCchCopyW((to), (size) / sizeof(WCHAR), (from))
#define RtlStringCbCopyNW(to, size, from, bytes) \
	RtlStringCchCopyNW((to), (size) / sizeof(WCHAR), (from), (bytes) / sizeof(WCHAR))
#define RtlStringCbCatW(to, size, from) RtlStringCchCatW((to), (size) / sizeof(WCHAR), (from))
#define RtlStringCbPrintfW(to, size, ...) \
	RtlStringCchPrintfW((to), (size) / sizeof(WCHAR), __VA_ARGS__)
#define RtlStringCbVPrintfW(to, size, format, args) \
	RtlStringCchVPrintfW((to), (size) / sizeof(WCHAR), (format), (args))
/** Its length in bytes. */
static inline NTSTATUS RtlStringCbLengthW(PCWSTR s, SIZE_T size, SIZE_T *bytes)
{
	NTSTATUS status = RtlStringCchLengthW(s, size / sizeof(WCHAR), bytes);

	if (NT_SUCCESS(status) && bytes != NULL) {
		*bytes *= sizeof(WCHAR);
	}
	return status;
}

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_NTSTRSAFE_H */
