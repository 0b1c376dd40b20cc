/* SPDX-License-Identifier: MIT */
/* Memory, counted strings, and the wide functions of the C library in 16 bits. */
#include "wdk/thread.h"

SIZE_T RtlCompareMemory(const VOID *a, const VOID *b, SIZE_T length)
{
	const UCHAR *x = a;
	const UCHAR *y = b;
	SIZE_T same = 0;

	while (same < length && x[same] == y[same]) {
		same++;
	}
	return same;
}

PVOID RtlSecureZeroMemory(PVOID memory, SIZE_T length)
{
	volatile UCHAR *at = memory;

	while (length-- != 0) {
		*at++ = 0;
	}
	return memory;
}

/* Lengths count bytes in 16 bits, with room for the zero. */
static USHORT clip(SIZE_T bytes, USHORT most)
{
	return bytes < most ? (USHORT)bytes : most;
}

void RtlInitUnicodeString(PUNICODE_STRING string, PCWSTR source)
{
	SIZE_T bytes = source != NULL ? sessio_nt_wcslen(source) * sizeof(WCHAR) : 0;

	string->Length = clip(bytes, UNICODE_STRING_MAX_BYTES - sizeof(WCHAR));
	string->MaximumLength =
		source != NULL ? (USHORT)(string->Length + sizeof(WCHAR)) : (USHORT)0;
	string->Buffer = (PWCH)(ULONG_PTR)source;
}

NTSTATUS RtlInitUnicodeStringEx(PUNICODE_STRING string, PCWSTR source)
{
	if (string == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	if (source != NULL &&
		sessio_nt_wcslen(source) >= UNICODE_STRING_MAX_BYTES / sizeof(WCHAR)) {
		return STATUS_NAME_TOO_LONG;
	}
	RtlInitUnicodeString(string, source);
	return STATUS_SUCCESS;
}

void RtlInitString(PSTRING string, PCSTR source)
{
	string->Length = source != NULL ? clip(strlen(source), MAXUSHORT - 1) : (USHORT)0;
	string->MaximumLength = source != NULL ? (USHORT)(string->Length + 1) : (USHORT)0;
	string->Buffer = (PCHAR)(ULONG_PTR)source;
}

void RtlInitAnsiString(PANSI_STRING string, PCSTR source)
{
	RtlInitString(string, source);
}

/* A zero behind the text, where there is room for it. */
static void end_with_zero(PUNICODE_STRING string)
{
	if (string->MaximumLength - string->Length >= (int)sizeof(WCHAR)) {
		string->Buffer[string->Length / sizeof(WCHAR)] = 0;
	}
}

void RtlCopyUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from)
{
	if (from == NULL) {
		to->Length = 0;
	} else {
		USHORT room = (USHORT)(to->MaximumLength & ~1u);

		to->Length = from->Length < room ? from->Length : room;
		if (to->Length != 0) {
			memmove(to->Buffer, from->Buffer, to->Length);
		}
		end_with_zero(to);
	}
}

void RtlCopyString(PSTRING to, const STRING *from)
{
	if (from == NULL) {
		to->Length = 0;
		return;
	}
	to->Length = from->Length < to->MaximumLength ? from->Length : to->MaximumLength;
	if (to->Length != 0) {
		memmove(to->Buffer, from->Buffer, to->Length);
	}
}

static NTSTATUS append(PUNICODE_STRING to, PCWSTR text, SIZE_T bytes)
{
	if (to->Length + bytes > to->MaximumLength) {
		return STATUS_BUFFER_TOO_SMALL;
	}
	if (bytes != 0) {
		memmove((char *)to->Buffer + to->Length, text, bytes);
		to->Length = (USHORT)(to->Length + bytes);
		end_with_zero(to);
	}
	return STATUS_SUCCESS;
}

NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING to, PCUNICODE_STRING from)
{
	if (to == NULL || from == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	return append(to, from->Buffer, from->Length);
}

NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING to, PCWSTR from)
{
	if (to == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	return from != NULL ? append(to, from, sessio_nt_wcslen(from) * sizeof(WCHAR))
			    : STATUS_SUCCESS;
}

/* A range of letters in pairs: lower is upper + 32, or the next one. */
static bool in(WCHAR c, unsigned low, unsigned high)
{
	return c >= low && c <= high;
}

WCHAR RtlUpcaseUnicodeChar(WCHAR c)
{
	if (in(c, 'a', 'z') || (in(c, 0xe0, 0xfe) && c != 0xf7) ||
		(in(c, 0x3b1, 0x3cb) && c != 0x3c2) || in(c, 0x430, 0x44f)) {
		return (WCHAR)(c - 0x20);
	}
	return in(c, 0x450, 0x45f) ? (WCHAR)(c - 0x50) : c;
}

WCHAR RtlDowncaseUnicodeChar(WCHAR c)
{
	if (in(c, 'A', 'Z') || (in(c, 0xc0, 0xde) && c != 0xd7) ||
		(in(c, 0x391, 0x3ab) && c != 0x3a2) || in(c, 0x410, 0x42f)) {
		return (WCHAR)(c + 0x20);
	}
	return in(c, 0x400, 0x40f) ? (WCHAR)(c + 0x50) : c;
}

/* The unit of a comparison. */
static int unit_of(WCHAR c, BOOLEAN ignore_case)
{
	return ignore_case ? RtlUpcaseUnicodeChar(c) : c;
}

static LONG compare(PCWSTR a, SIZE_T a_count, PCWSTR b, SIZE_T b_count, BOOLEAN ignore_case)
{
	for (SIZE_T i = 0; i < a_count && i < b_count; i++) {
		LONG difference = unit_of(a[i], ignore_case) - unit_of(b[i], ignore_case);

		if (difference != 0) {
			return difference;
		}
	}
	return (LONG)a_count - (LONG)b_count;
}

LONG RtlCompareUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore_case)
{
	return compare(a->Buffer, a->Length / sizeof(WCHAR), b->Buffer, b->Length / sizeof(WCHAR),
		ignore_case);
}

BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore_case)
{
	return RtlCompareUnicodeString(a, b, ignore_case) == 0;
}

BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING start, PCUNICODE_STRING s, BOOLEAN ignore_case)
{
	SIZE_T count = start->Length / sizeof(WCHAR);

	return start->Length <= s->Length &&
		compare(start->Buffer, count, s->Buffer, count, ignore_case) == 0;
}

static char upper_ascii(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 0x20) : c;
}

BOOLEAN RtlEqualString(const STRING *a, const STRING *b, BOOLEAN ignore_case)
{
	if (a->Length != b->Length) {
		return FALSE;
	}
	for (USHORT i = 0; i < a->Length; i++) {
		char x = a->Buffer[i];
		char y = b->Buffer[i];

		if (x != y && !(ignore_case && upper_ascii(x) == upper_ascii(y))) {
			return FALSE;
		}
	}
	return TRUE;
}

SIZE_T sessio_nt_wcslen(PCWSTR s)
{
	return sessio_nt_wcsnlen(s, SIZE_MAX);
}

SIZE_T sessio_nt_wcsnlen(PCWSTR s, SIZE_T max)
{
	SIZE_T length = 0;

	while (length < max && s[length] != 0) {
		length++;
	}
	return length;
}

static int compare_z(PCWSTR a, PCWSTR b, SIZE_T count, BOOLEAN ignore_case)
{
	for (SIZE_T i = 0; i < count; i++) {
		int difference = unit_of(a[i], ignore_case) - unit_of(b[i], ignore_case);

		if (difference != 0 || a[i] == 0) {
			return difference;
		}
	}
	return 0;
}

int sessio_nt_wcscmp(PCWSTR a, PCWSTR b)
{
	return compare_z(a, b, SIZE_MAX, FALSE);
}

int sessio_nt_wcsncmp(PCWSTR a, PCWSTR b, SIZE_T count)
{
	return compare_z(a, b, count, FALSE);
}

int sessio_nt_wcsicmp(PCWSTR a, PCWSTR b)
{
	return compare_z(a, b, SIZE_MAX, TRUE);
}

int sessio_nt_wcsnicmp(PCWSTR a, PCWSTR b, SIZE_T count)
{
	return compare_z(a, b, count, TRUE);
}

PWSTR sessio_nt_wcschr(PCWSTR s, WCHAR c)
{
	while (*s != c && *s != 0) {
		s++;
	}
	return *s == c ? (PWSTR)(ULONG_PTR)s : NULL;
}

PWSTR sessio_nt_wcsrchr(PCWSTR s, WCHAR c)
{
	PCWSTR at = s + sessio_nt_wcslen(s);

	while (*at != c && at != s) {
		at--;
	}
	return *at == c ? (PWSTR)(ULONG_PTR)at : NULL;
}

PWSTR sessio_nt_wcsstr(PCWSTR s, PCWSTR part)
{
	SIZE_T count = sessio_nt_wcslen(part);

	for (;; s++) {
		if (sessio_nt_wcsncmp(s, part, count) == 0) {
			return (PWSTR)(ULONG_PTR)s;
		}
		if (*s == 0) {
			return NULL;
		}
	}
}

int sessio_nt_stricmp(PCSTR a, PCSTR b)
{
	while (*a != '\0' && upper_ascii(*a) == upper_ascii(*b)) {
		a++;
		b++;
	}
	return (UCHAR)upper_ascii(*a) - (UCHAR)upper_ascii(*b);
}

int sessio_nt_wcscpy_s(PWSTR to, SIZE_T size, PCWSTR from)
{
	SIZE_T length = from != NULL ? sessio_nt_wcslen(from) : size;

	if (to == NULL || size == 0) {
		return 22; /* EINVAL */
	}
	if (length >= size) {
		to[0] = 0;
		return from != NULL ? 34 : 22; /* ERANGE */
	}
	memcpy(to, from, (length + 1) * sizeof(WCHAR));
	return 0;
}
