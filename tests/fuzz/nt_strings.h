/* SPDX-License-Identifier: MIT */
/* For nt_format.c: counted strings of any units and lengths, against arrays. */
#ifndef SESSIO_TESTS_FUZZ_NT_STRINGS_H
#define SESSIO_TESTS_FUZZ_NT_STRINGS_H

#include "fuzz.h"

#include "nt/ntddk.h"
#include "nt/sessio_nt.h"

#define STRINGS 3u
#define ROOM 160u /* bytes of a string at most */

static struct {
	struct fuzz_input in;
	UNICODE_STRING strings[STRINGS];
} m;

static UNICODE_STRING *any_string(void)
{
	return &m.strings[fuzz_below(&m.in, STRINGS)];
}

static size_t units(const UNICODE_STRING *s)
{
	return s->Length / sizeof(WCHAR);
}

/* A print of any units: nothing is known of the text but that it fits. */
static void print_to(void *ctx, ULONG component, ULONG level, const char *text, size_t length)
{
	(void)ctx;
	(void)component;
	(void)level;
	FUZZ_CHECK(length <= 512 && text[length] == '\0');
}

static void print_string(const UNICODE_STRING *s)
{
	static const char *const formats[] = { "%wZ", "%-60wZ|", "%.3wZ", "%*.*wZ" };
	const char *format = formats[fuzz_below(&m.in, 4)];
	int width = (int)fuzz_u32(&m.in);
	int precision = (int)fuzz_u32(&m.in);

	sessio_nt_set_debug_print(print_to, NULL);
	if (format[1] == '*') {
		(void)DbgPrint(format, width, precision, s);
	} else {
		(void)DbgPrint(format, s);
	}
	sessio_nt_set_debug_print(NULL, NULL);
}

/* As much as fits, in whole units of room. */
static void copy(UNICODE_STRING *to, const UNICODE_STRING *from)
{
	USHORT room = (USHORT)(to->MaximumLength & ~1u);
	USHORT length = from->Length < room ? from->Length : room;

	RtlCopyUnicodeString(to, from);
	FUZZ_CHECK(to->Length == length);
	/* The zero behind it takes the place of half a unit. */
	FUZZ_CHECK(to == from || memcmp(to->Buffer, from->Buffer, length & ~1u) == 0);
}

static void append(UNICODE_STRING *to, const UNICODE_STRING *from)
{
	UCHAR before[ROOM];
	USHORT length = to->Length;
	USHORT added = from->Length;
	bool fits = length + added <= to->MaximumLength;

	memcpy(before, to->Buffer, length < ROOM ? length : ROOM);
	/* One that is damaged in the way that it says more than it has room for. */
	if (fuzz_below(&m.in, 16) == 1) {
		to->Length = (USHORT)(to->MaximumLength + 2u);
		FUZZ_CHECK(RtlAppendUnicodeStringToString(to, from) == STATUS_BUFFER_TOO_SMALL);
		to->Length = length;
		return;
	}
	FUZZ_CHECK(RtlAppendUnicodeStringToString(to, from) ==
		(fits ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL));
	FUZZ_CHECK(to->Length == (fits ? length + added : length));
	FUZZ_CHECK(memcmp(to->Buffer, before, length & ~1u) == 0);
}

static void compare(const UNICODE_STRING *a, const UNICODE_STRING *b, BOOLEAN ignore_case)
{
	size_t shorter = units(a) < units(b) ? units(a) : units(b);
	size_t same = 0;
	int sign;

	for (; same < shorter; same++) {
		WCHAR x = a->Buffer[same];
		WCHAR y = b->Buffer[same];

		if (x != y &&
			!(ignore_case && RtlUpcaseUnicodeChar(x) == RtlUpcaseUnicodeChar(y))) {
			break;
		}
	}
	sign = RtlCompareUnicodeString(a, b, ignore_case);
	FUZZ_CHECK((sign == 0) == (same == units(a) && same == units(b)));
	FUZZ_CHECK(same == shorter || ignore_case ||
		(sign < 0) == (a->Buffer[same] < b->Buffer[same]));
	FUZZ_CHECK(RtlCompareUnicodeString(b, a, ignore_case) == -sign);
	FUZZ_CHECK(RtlEqualUnicodeString(a, b, ignore_case) == (sign == 0));
	FUZZ_CHECK(RtlPrefixUnicodeString(a, b, ignore_case) ==
		(a->Length <= b->Length && same == units(a)));
}

/* To the code page and back: the same, but for halves of pairs. */
static void convert(const UNICODE_STRING *from)
{
	ANSI_STRING narrow = { 0, 0, NULL };
	UNICODE_STRING wide = { 0, 0, NULL };

	FUZZ_CHECK(RtlUnicodeStringToAnsiString(&narrow, from, TRUE) == STATUS_SUCCESS);
	FUZZ_CHECK(RtlAnsiStringToUnicodeString(&wide, &narrow, TRUE) == STATUS_SUCCESS);
	FUZZ_CHECK(units(&wide) == units(from));
	for (size_t i = 0; i < units(from); i++) {
		bool half = from->Buffer[i] >= 0xd800u && from->Buffer[i] <= 0xdfffu;

		FUZZ_CHECK(wide.Buffer[i] == from->Buffer[i] || (half && wide.Buffer[i] == '?'));
	}
	RtlFreeAnsiString(&narrow);
	RtlFreeUnicodeString(&wide);
}

/* Any bytes as text of the code page. */
static void widen_bytes(const UNICODE_STRING *from, UNICODE_STRING *to)
{
	ANSI_STRING bytes = { from->Length, from->Length, (PCHAR)from->Buffer };
	NTSTATUS status;

	if (to == from) {
		return;
	}
	status = RtlAnsiStringToUnicodeString(to, &bytes, FALSE);
	FUZZ_CHECK(status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW);
	FUZZ_CHECK(status != STATUS_SUCCESS || to->Length + 2 <= to->MaximumLength);
}

static void integer(UNICODE_STRING *to)
{
	static const ULONG bases[] = { 0, 2, 8, 10, 16, 3 };
	ULONG base = bases[fuzz_below(&m.in, 6)];
	ULONG value = fuzz_u32(&m.in);
	ULONG back = 0;
	NTSTATUS status = RtlIntegerToUnicodeString(value, base, to);

	if (base == 3) {
		FUZZ_CHECK(status == STATUS_INVALID_PARAMETER);
	} else if (status == STATUS_SUCCESS) {
		FUZZ_CHECK(RtlUnicodeStringToInteger(to, base == 0 ? 10 : base, &back) ==
			STATUS_SUCCESS);
		FUZZ_CHECK(back == value);
	} else {
		FUZZ_CHECK(status == STATUS_BUFFER_OVERFLOW);
	}
	(void)RtlUnicodeStringToInteger(any_string(), fuzz_byte(&m.in), &back);
}

static void duplicate(const UNICODE_STRING *from)
{
	ULONG flags = fuzz_below(&m.in, 4);
	UNICODE_STRING made = { 0, 0, NULL };
	NTSTATUS status = RtlDuplicateUnicodeString(flags, from, &made);

	if (flags == RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING) {
		FUZZ_CHECK(status == STATUS_INVALID_PARAMETER && made.Buffer == NULL);
		return;
	}
	FUZZ_CHECK(status == STATUS_SUCCESS && (made.Length & ~1u) == (from->Length & ~1u));
	FUZZ_CHECK(made.Length < 2 || RtlEqualUnicodeString(&made, from, FALSE));
	RtlFreeUnicodeString(&made);
	FUZZ_CHECK(RtlUpcaseUnicodeString(&made, from, TRUE) == STATUS_SUCCESS);
	FUZZ_CHECK(RtlCompareUnicodeString(&made, from, TRUE) == 0);
	RtlFreeUnicodeString(&made);
}

static void refill(UNICODE_STRING *s)
{
	s->Length = (USHORT)fuzz_below(&m.in, s->MaximumLength + 1u);
	for (size_t i = 0; i < units(s); i++) {
		uint8_t byte = fuzz_byte(&m.in);

		s->Buffer[i] = (WCHAR)(byte < 160 ? byte : byte << 8 | fuzz_byte(&m.in));
	}
}

#endif /* SESSIO_TESTS_FUZZ_NT_STRINGS_H */
