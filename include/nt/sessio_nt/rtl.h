/* SPDX-License-Identifier: MIT */
/*
 * Memory and counted strings.
 *
 * (rtl-1) The ANSI code page of this machine is UTF-8.
 * (rtl-2) Upper case is one to one: Latin with Latin-1, Greek and Cyrillic letters;
 *      all others are left as they are.
 */
#ifndef SESSIO_NT_RTL_H
#define SESSIO_NT_RTL_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RtlCopyMemory(to, from, length) memcpy((to), (from), (length))
#define RtlMoveMemory(to, from, length) memmove((to), (from), (length))
#define RtlFillMemory(to, length, byte) memset((to), (byte), (length))
#define RtlZeroMemory(to, length) memset((to), 0, (length))
#define RtlCopyBytes RtlCopyMemory
#define RtlZeroBytes RtlZeroMemory
#define RtlFillBytes RtlFillMemory
#define RtlEqualMemory(a, b, length) (memcmp((a), (b), (length)) == 0)

/** How many bytes are equal from the start. */
SIZE_T RtlCompareMemory(const VOID *a, const VOID *b, SIZE_T length);
/** Zeroes memory that must not be read again; the compiler may not leave it out. */
PVOID RtlSecureZeroMemory(PVOID memory, SIZE_T length);

/* A counted string made of a literal, at compile time. */
#define RTL_CONSTANT_STRING(s)                                                                 \
	{                                                                                      \
		(USHORT)(sizeof(s) - sizeof((s)[0])), (USHORT)(sizeof(s) + SESSIO_NT_FITS(s)), \
			SESSIO_NT_CHARS(s)                                                     \
	}
/* 0, and an error for a wide literal that is not of WCHARs. */
#define SESSIO_NT_FITS(s) (0 * sizeof(char[sizeof((s)[0]) <= sizeof(WCHAR) ? 1 : -1]))
#if defined(__cplusplus)
/* Takes the const away from a literal of either width. */
#define SESSIO_NT_CHARS(s) sessio_nt_chars(s)
extern "C++" {
static constexpr PCHAR sessio_nt_chars(const char *s)
{
	return const_cast<PCHAR>(s);
}
static constexpr PWCHAR sessio_nt_chars(const WCHAR *s)
{
	return const_cast<PWCHAR>(s);
}
}
#else
#define SESSIO_NT_CHARS(s) (s)
#endif

#define DECLARE_CONST_UNICODE_STRING(name, literal)                                     \
	const WCHAR name##_buffer[] = literal;                                          \
	const UNICODE_STRING name = { (USHORT)(sizeof(literal) - sizeof((literal)[0])), \
		(USHORT)sizeof(literal), (PWCH)name##_buffer }
#define DECLARE_GLOBAL_CONST_UNICODE_STRING(name, literal)   \
	extern const UNICODE_STRING name DECLSPEC_SELECTANY; \
	const UNICODE_STRING name = RTL_CONSTANT_STRING(literal)
#define DECLARE_UNICODE_STRING_SIZE(name, chars) \
	WCHAR name##_buffer[chars];              \
	UNICODE_STRING name = { 0, (USHORT)((chars) * sizeof(WCHAR)), name##_buffer }

/** Makes *string stand for a zero-terminated one; NULL: for an empty one. */
void RtlInitUnicodeString(PUNICODE_STRING string, PCWSTR source);
/** As above, for narrow characters. */
void RtlInitAnsiString(PANSI_STRING string, PCSTR source);
/** The same under its other name. */
void RtlInitString(PSTRING string, PCSTR source);
/** As RtlInitUnicodeString; STATUS_NAME_TOO_LONG over 65532 bytes. */
NTSTATUS RtlInitUnicodeStringEx(PUNICODE_STRING string, PCWSTR source);

/** An empty string over a buffer of the caller. */
static inline void RtlInitEmptyUnicodeString(PUNICODE_STRING string, PWCHAR buffer, USHORT size)
{
	string->Length = 0;
	string->MaximumLength = size;
	string->Buffer = buffer;
}

/** An empty narrow string over a buffer of the caller. */
static inline void RtlInitEmptyAnsiString(PANSI_STRING string, PCHAR buffer, USHORT size)
{
	string->Length = 0;
	string->MaximumLength = size;
	string->Buffer = buffer;
}

/** Copies as much as fits; a NULL source empties the string. */
void RtlCopyUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from);
/** Copies as much as fits; a NULL source empties the string. */
void RtlCopyString(PSTRING to, const STRING *from);
/** Appends all of it or answers STATUS_BUFFER_TOO_SMALL. */
NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING to, PCUNICODE_STRING from);
/** Appends all of a zero-terminated string or answers STATUS_BUFFER_TOO_SMALL. */
NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING to, PCWSTR from);
/** Below, above or equal to 0, by code unit. */
LONG RtlCompareUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore_case);
/** Whether both are equal. */
BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore_case);
/** Whether both are equal. */
BOOLEAN RtlEqualString(const STRING *a, const STRING *b, BOOLEAN ignore_case);
/** Whether the second begins with the first. */
BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING start, PCUNICODE_STRING s, BOOLEAN ignore_case);
/** One character in upper case (rtl-2). */
WCHAR RtlUpcaseUnicodeChar(WCHAR c);
/** One character in lower case (rtl-2). */
WCHAR RtlDowncaseUnicodeChar(WCHAR c);
/** Upper case into *to, allocated if asked for. */
NTSTATUS RtlUpcaseUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from, BOOLEAN allocate);
/** From the code page (rtl-1), allocated if asked for; STATUS_BUFFER_OVERFLOW if too long. */
NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING to, PCANSI_STRING from, BOOLEAN allocate);
/** To the code page (rtl-1), allocated if asked for; STATUS_BUFFER_OVERFLOW if too long. */
NTSTATUS RtlUnicodeStringToAnsiString(PANSI_STRING to, PCUNICODE_STRING from, BOOLEAN allocate);
/** Frees a string that a call of this header allocated, and empties it. */
void RtlFreeUnicodeString(PUNICODE_STRING string);
/** Frees a string of RtlUnicodeStringToAnsiString, and empties it. */
void RtlFreeAnsiString(PANSI_STRING string);
/** A number in base 2, 8, 10 or 16 (0: 10), zero-terminated. */
NTSTATUS RtlIntegerToUnicodeString(ULONG value, ULONG base, PUNICODE_STRING to);
/** Reads a number: blanks, a sign, 0x 0o 0b if base is 0, digits. */
NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING s, ULONG base, PULONG value);

#define RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE 0x1
#define RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING 0x2
/** An allocated copy; see the flags. */
NTSTATUS RtlDuplicateUnicodeString(ULONG flags, PCUNICODE_STRING from, PUNICODE_STRING to);

/*
 * The C library's wide functions are for a wchar_t of another size. These take
 * their names over, so that driver code gets 16 bits.
 */
/** Length in characters. */
SIZE_T sessio_nt_wcslen(PCWSTR s);
/** Length in characters, at most max. */
SIZE_T sessio_nt_wcsnlen(PCWSTR s, SIZE_T max);
/** Compares by code unit. */
int sessio_nt_wcscmp(PCWSTR a, PCWSTR b);
/** Compares at most count characters. */
int sessio_nt_wcsncmp(PCWSTR a, PCWSTR b, SIZE_T count);
/** Compares in upper case (rtl-2). */
int sessio_nt_wcsicmp(PCWSTR a, PCWSTR b);
/** Compares at most count characters in upper case (rtl-2). */
int sessio_nt_wcsnicmp(PCWSTR a, PCWSTR b, SIZE_T count);
/** The first place of a character, or NULL. */
PWSTR sessio_nt_wcschr(PCWSTR s, WCHAR c);
/** The last place of a character, or NULL. */
PWSTR sessio_nt_wcsrchr(PCWSTR s, WCHAR c);
/** The first place of a string, or NULL. */
PWSTR sessio_nt_wcsstr(PCWSTR s, PCWSTR part);
/** Copies a string with its zero. 0, or a number and an empty string if there is no room. */
int sessio_nt_wcscpy_s(PWSTR to, SIZE_T size, PCWSTR from);
/** Compares narrow strings in upper case, ASCII only. */
int sessio_nt_stricmp(PCSTR a, PCSTR b);

#if !defined(_WIN32)
#define wcslen sessio_nt_wcslen
#define wcsnlen sessio_nt_wcsnlen
#define wcscmp sessio_nt_wcscmp
#define wcsncmp sessio_nt_wcsncmp
#define wcscpy_s sessio_nt_wcscpy_s
#define wcschr sessio_nt_wcschr
#define wcsrchr sessio_nt_wcsrchr
#define wcsstr sessio_nt_wcsstr
#define _wcsicmp sessio_nt_wcsicmp
#define _wcsnicmp sessio_nt_wcsnicmp
#define _stricmp sessio_nt_stricmp
#endif

#ifdef __cplusplus
}
/* The size of an array is known. */
extern "C++" template <SIZE_T Size> inline int sessio_nt_wcscpy_s(WCHAR (&to)[Size], PCWSTR from)
{
	return sessio_nt_wcscpy_s(to, Size, from);
}
#endif

#endif /* SESSIO_NT_RTL_H */
