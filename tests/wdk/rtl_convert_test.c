/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

#define WIDE(s) ((UNICODE_STRING)RTL_CONSTANT_STRING(s))

static void assert_wide(const UNICODE_STRING *s, PCWSTR expected)
{
	assert_int_equal(s->Length, sessio_nt_wcslen(expected) * sizeof(WCHAR));
	assert_memory_equal(s->Buffer, expected, s->Length);
}

static void code_page_is_utf8_both_ways(void **state)
{
	ANSI_STRING narrow = RTL_CONSTANT_STRING("\xc3\xa9\xe4\xb8\x96\xf0\x9f\x98\x80z");
	WCHAR expected[] = { 0xe9, 0x4e16, 0xd83d, 0xde00, 'z', 0 };
	UNICODE_STRING wide;
	ANSI_STRING back;

	(void)state;
	assert_int_equal(RtlAnsiStringToUnicodeString(&wide, &narrow, TRUE), STATUS_SUCCESS);
	assert_wide(&wide, expected);
	assert_int_equal(RtlUnicodeStringToAnsiString(&back, &wide, TRUE), STATUS_SUCCESS);
	assert_int_equal(back.Length, narrow.Length);
	assert_string_equal(back.Buffer, narrow.Buffer);
	RtlFreeUnicodeString(&wide);
	assert_null(wide.Buffer);
	RtlFreeUnicodeString(&wide);
	RtlFreeAnsiString(&back);
	RtlFreeAnsiString(&back);
	narrow.Length = 0;
	narrow.Buffer = NULL;
	assert_int_equal(RtlAnsiStringToUnicodeString(&wide, &narrow, TRUE), STATUS_SUCCESS);
	assert_int_equal(wide.Length, 0);
	RtlFreeUnicodeString(&wide);
}

static void bytes_that_are_no_utf8_become_question_marks(void **state)
{
	ANSI_STRING narrow =
		RTL_CONSTANT_STRING("a\xc3(\x80\xc0\xaf\xed\xa0\x80\xf5\xf4\x90\x80\x80"
				    "\xe0\x80\x80\xf0\x80\x80\x80\xe4\xb8");
	WCHAR room[32];
	UNICODE_STRING wide;

	(void)state;
	RtlInitEmptyUnicodeString(&wide, room, sizeof(room));
	assert_int_equal(RtlAnsiStringToUnicodeString(&wide, &narrow, FALSE), STATUS_SUCCESS);
	assert_wide(&wide, L"a?(?????????");
}

static void conversions_say_when_it_does_not_fit(void **state)
{
	ANSI_STRING narrow = RTL_CONSTANT_STRING("abcd");
	UNICODE_STRING from = WIDE(L"abcd");
	WCHAR room[4];
	char narrow_room[4];
	UNICODE_STRING wide;
	ANSI_STRING to;

	(void)state;
	RtlInitEmptyUnicodeString(&wide, room, sizeof(room));
	assert_int_equal(
		RtlAnsiStringToUnicodeString(&wide, &narrow, FALSE), STATUS_BUFFER_OVERFLOW);
	RtlInitEmptyAnsiString(&to, narrow_room, sizeof(narrow_room));
	assert_int_equal(RtlUnicodeStringToAnsiString(&to, &from, FALSE), STATUS_BUFFER_OVERFLOW);
	from.Length = 6;
	assert_int_equal(RtlUnicodeStringToAnsiString(&to, &from, FALSE), STATUS_SUCCESS);
	assert_string_equal(narrow_room, "abc");
}

static void a_string_can_be_too_long_for_the_other_width(void **state)
{
	static WCHAR many[32767];
	UNICODE_STRING from = { sizeof(many) - 2, sizeof(many), many };
	ANSI_STRING to;

	(void)state;
	for (size_t i = 0; i < RTL_NUMBER_OF(many); i++) {
		many[i] = 0x4e16; /* three bytes each */
	}
	assert_int_equal(
		RtlUnicodeStringToAnsiString(&to, &from, TRUE), STATUS_INVALID_PARAMETER_2);
}

static void upcase_writes_or_allocates(void **state)
{
	UNICODE_STRING from = WIDE(L"ab\u00e9");
	UNICODE_STRING to;

	(void)state;
	assert_int_equal(RtlUpcaseUnicodeString(&to, &from, TRUE), STATUS_SUCCESS);
	assert_wide(&to, L"AB\u00c9");
	RtlFreeUnicodeString(&to);
	RtlInitEmptyUnicodeString(&to, NULL, 0);
	assert_int_equal(RtlUpcaseUnicodeString(&to, &from, FALSE), STATUS_BUFFER_OVERFLOW);
}

static void duplicates_are_own_memory(void **state)
{
	UNICODE_STRING from = WIDE(L"abc");
	UNICODE_STRING empty = { 0, 0, NULL };
	UNICODE_STRING to;

	(void)state;
	assert_int_equal(RtlDuplicateUnicodeString(1, &from, &to), STATUS_SUCCESS);
	assert_wide(&to, L"abc");
	assert_int_equal(to.MaximumLength, 8);
	assert_int_equal(to.Buffer[3], 0);
	RtlFreeUnicodeString(&to);
	assert_int_equal(RtlDuplicateUnicodeString(0, &empty, &to), STATUS_SUCCESS);
	assert_null(to.Buffer);
	assert_int_equal(RtlDuplicateUnicodeString(3, &empty, &to), STATUS_SUCCESS);
	assert_non_null(to.Buffer);
	RtlFreeUnicodeString(&to);
	assert_int_equal(RtlDuplicateUnicodeString(2, &from, &to), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlDuplicateUnicodeString(0, NULL, &to), STATUS_INVALID_PARAMETER);
}

static void numbers_are_written_and_read(void **state)
{
	static const struct {
		PCWSTR text;
		ULONG base;
		ULONG value;
	} rows[] = {
		{ L"  -12", 0, (ULONG)-12 },
		{ L"+0x1fZ", 0, 31 },
		{ L"0b101", 0, 5 },
		{ L"0o17", 0, 15 },
		{ L"ff", 16, 255 },
		{ L"", 0, 0 },
		{ L"12", 8, 10 },
		{ L"0", 0, 0 },
	};
	WCHAR room[33];
	UNICODE_STRING s;
	ULONG value;

	(void)state;
	for (size_t i = 0; i < RTL_NUMBER_OF(rows); i++) {
		RtlInitUnicodeString(&s, rows[i].text);
		assert_int_equal(
			RtlUnicodeStringToInteger(&s, rows[i].base, &value), STATUS_SUCCESS);
		assert_int_equal(value, rows[i].value);
	}
	assert_int_equal(RtlUnicodeStringToInteger(&s, 7, &value), STATUS_INVALID_PARAMETER);
	RtlInitEmptyUnicodeString(&s, room, sizeof(room));
	assert_int_equal(RtlIntegerToUnicodeString(0xffffffffu, 2, &s), STATUS_SUCCESS);
	assert_int_equal(s.Length, 64);
	assert_int_equal(RtlIntegerToUnicodeString(3735928559u, 16, &s), STATUS_SUCCESS);
	assert_wide(&s, L"DEADBEEF");
	assert_int_equal(RtlIntegerToUnicodeString(0, 0, &s), STATUS_SUCCESS);
	assert_wide(&s, L"0");
	assert_int_equal(RtlIntegerToUnicodeString(1, 3, &s), STATUS_INVALID_PARAMETER);
	s.MaximumLength = 4;
	assert_int_equal(RtlIntegerToUnicodeString(10, 10, &s), STATUS_BUFFER_OVERFLOW);
}

static void nothing_stays_in_the_pool(void **state)
{
	struct sessio_nt_usage usage;

	(void)state;
	sessio_nt_get_usage(&usage);
	assert_int_equal(usage.pool_blocks, 0);
	assert_int_equal(usage.pool_bytes, 0);
}

static void halves_of_pairs_in_the_wrong_order_become_question_marks(void **state)
{
	WCHAR halves[] = { 0xdc00, 0xdc00, 0xd83d };
	UNICODE_STRING wide = { sizeof(halves), sizeof(halves), halves };
	char buffer[8];
	ANSI_STRING narrow = { 0, sizeof(buffer), buffer };

	(void)state;
	assert_int_equal(RtlUnicodeStringToAnsiString(&narrow, &wide, FALSE), STATUS_SUCCESS);
	assert_string_equal(buffer, "???");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(code_page_is_utf8_both_ways),
		cmocka_unit_test(bytes_that_are_no_utf8_become_question_marks),
		cmocka_unit_test(conversions_say_when_it_does_not_fit),
		cmocka_unit_test(a_string_can_be_too_long_for_the_other_width),
		cmocka_unit_test(upcase_writes_or_allocates),
		cmocka_unit_test(duplicates_are_own_memory),
		cmocka_unit_test(numbers_are_written_and_read),
		cmocka_unit_test(nothing_stays_in_the_pool),
		cmocka_unit_test(halves_of_pairs_in_the_wrong_order_become_question_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
