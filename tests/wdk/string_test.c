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

static void a_literal_has_its_sizes(void **state)
{
	static UNICODE_STRING wide = RTL_CONSTANT_STRING(L"\\Device\\X");
	ANSI_STRING narrow = RTL_CONSTANT_STRING("abc");
	DECLARE_CONST_UNICODE_STRING(declared, L"xyz");
	DECLARE_UNICODE_STRING_SIZE(room, 8);

	(void)state;
	assert_int_equal(wide.Length, 9 * sizeof(WCHAR));
	assert_int_equal(wide.MaximumLength, 10 * sizeof(WCHAR));
	assert_int_equal(narrow.Length, 3);
	assert_int_equal(narrow.MaximumLength, 4);
	assert_wide(&declared, L"xyz");
	assert_int_equal(room.Length, 0);
	assert_int_equal(room.MaximumLength, 16);
	(void)room_buffer;
}

static void init_takes_the_length_of_its_source(void **state)
{
	static WCHAR endless[40000];
	static char endless_narrow[70000];
	UNICODE_STRING s;
	ANSI_STRING a;

	(void)state;
	RtlInitUnicodeString(&s, L"abc");
	assert_int_equal(s.Length, 6);
	assert_int_equal(s.MaximumLength, 8);
	RtlInitUnicodeString(&s, NULL);
	assert_int_equal(s.Length, 0);
	assert_int_equal(s.MaximumLength, 0);
	assert_null(s.Buffer);
	RtlInitAnsiString(&a, "abcd");
	assert_int_equal(a.Length, 4);
	assert_int_equal(a.MaximumLength, 5);
	RtlInitString(&a, NULL);
	assert_int_equal(a.MaximumLength, 0);
	for (size_t i = 0; i + 1 < RTL_NUMBER_OF(endless); i++) {
		endless[i] = 'x';
	}
	RtlInitUnicodeString(&s, endless);
	assert_int_equal(s.Length, 65532);
	assert_int_equal(RtlInitUnicodeStringEx(&s, endless), STATUS_NAME_TOO_LONG);
	assert_int_equal(RtlInitUnicodeStringEx(&s, L"ab"), STATUS_SUCCESS);
	assert_int_equal(s.Length, 4);
	memset(endless_narrow, 'x', sizeof(endless_narrow) - 1);
	RtlInitAnsiString(&a, endless_narrow);
	assert_int_equal(a.Length, 65534);
}

static void copies_are_cut_and_appends_are_not(void **state)
{
	WCHAR room[4] = { 'z', 'z', 'z', 'z' };
	UNICODE_STRING to;
	UNICODE_STRING from = WIDE(L"abcdef");
	UNICODE_STRING empty = { 0, 0, NULL };

	(void)state;
	RtlInitEmptyUnicodeString(&to, room, sizeof(room));
	RtlCopyUnicodeString(&to, &from);
	assert_wide(&to, L"abcd");
	RtlCopyUnicodeString(&to, &empty);
	assert_int_equal(to.Length, 0);
	assert_int_equal(room[0], 0);
	RtlCopyUnicodeString(&to, NULL);
	assert_int_equal(to.Length, 0);
	assert_int_equal(RtlAppendUnicodeToString(&to, L"ab"), STATUS_SUCCESS);
	assert_int_equal(room[2], 0);
	assert_int_equal(RtlAppendUnicodeStringToString(&to, &from), STATUS_BUFFER_TOO_SMALL);
	assert_wide(&to, L"ab");
	assert_int_equal(RtlAppendUnicodeToString(&to, L"cd"), STATUS_SUCCESS);
	assert_int_equal(RtlAppendUnicodeToString(&to, NULL), STATUS_SUCCESS);
	assert_wide(&to, L"abcd");
	RtlCopyUnicodeString(&to, &to);
	assert_wide(&to, L"abcd");
}

/* It has no room at all, however much more it says. */
static void nothing_is_appended_beyond_the_room(void **state)
{
	WCHAR room[4] = { 'z', 'z', 'z', 'z' };
	UNICODE_STRING to = { 4, 2, room };
	UNICODE_STRING empty = { 0, 0, NULL };

	(void)state;
	assert_int_equal(RtlAppendUnicodeToString(&to, L"a"), STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(RtlAppendUnicodeStringToString(&to, &empty), STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(to.Length, 4);
	assert_int_equal(room[2], 'z');
}

static void narrow_copies_are_cut(void **state)
{
	char room[3];
	ANSI_STRING to;
	ANSI_STRING from = RTL_CONSTANT_STRING("abcdef");

	(void)state;
	RtlInitEmptyAnsiString(&to, room, sizeof(room));
	RtlCopyString(&to, &from);
	assert_int_equal(to.Length, 3);
	assert_memory_equal(room, "abc", 3);
	RtlCopyString(&to, NULL);
	assert_int_equal(to.Length, 0);
}

static void comparison_knows_case(void **state)
{
	UNICODE_STRING a = WIDE(L"Session\u00c9\u0416\u03a9");
	UNICODE_STRING b = WIDE(L"sESSION\u00e9\u0436\u03c9");
	UNICODE_STRING longer = WIDE(L"Session\u00c9\u0416\u03a9x");
	ANSI_STRING x = RTL_CONSTANT_STRING("Abc");
	ANSI_STRING y = RTL_CONSTANT_STRING("aBC");
	ANSI_STRING z = RTL_CONSTANT_STRING("aBCd");

	(void)state;
	assert_true(RtlEqualUnicodeString(&a, &b, TRUE));
	assert_false(RtlEqualUnicodeString(&a, &b, FALSE));
	assert_true(RtlCompareUnicodeString(&a, &b, FALSE) < 0);
	assert_true(RtlCompareUnicodeString(&longer, &a, FALSE) > 0);
	assert_true(RtlPrefixUnicodeString(&b, &longer, TRUE));
	assert_false(RtlPrefixUnicodeString(&b, &longer, FALSE));
	assert_false(RtlPrefixUnicodeString(&longer, &b, TRUE));
	assert_true(RtlEqualString(&x, &y, TRUE));
	assert_false(RtlEqualString(&x, &y, FALSE));
	assert_false(RtlEqualString(&x, &z, TRUE));
}

static void upper_and_lower_case_are_each_others_inverse(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 0x10000u; c++) {
		WCHAR up = RtlUpcaseUnicodeChar((WCHAR)c);
		WCHAR down = RtlDowncaseUnicodeChar((WCHAR)c);

		assert_true(up == c || RtlDowncaseUnicodeChar(up) == c);
		assert_true(down == c || RtlUpcaseUnicodeChar(down) == c);
		assert_true(up == c || down == c);
	}
	assert_int_equal(RtlUpcaseUnicodeChar('q'), 'Q');
	assert_int_equal(RtlUpcaseUnicodeChar(0xf7), 0xf7);
	assert_int_equal(RtlUpcaseUnicodeChar(0x451), 0x401);
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

static void wide_functions_count_in_16_bits(void **state)
{
	static const WCHAR text[] = L"winsta0";

	(void)state;
	assert_int_equal(wcslen(text), 7);
	assert_int_equal(wcsnlen(text, 3), 3);
	assert_int_equal(wcscmp(text, L"winsta0"), 0);
	assert_true(wcscmp(text, L"winsta1") < 0);
	assert_int_equal(wcsncmp(text, L"winXX", 3), 0);
	assert_int_equal(_wcsicmp(text, L"WinSta0"), 0);
	assert_int_equal(_wcsnicmp(text, L"WINX", 3), 0);
	assert_ptr_equal(wcschr(text, 's'), text + 3);
	assert_ptr_equal(wcschr(text, 0), text + 7);
	assert_null(wcschr(text, 'q'));
	assert_ptr_equal(wcsrchr(L"a.b.c", L'q'), NULL);
	assert_ptr_equal(wcsrchr(text, 'w'), text);
	assert_ptr_equal(wcsstr(text, L"sta"), text + 3);
	assert_null(wcsstr(text, L"stx"));
	assert_ptr_equal(wcsstr(text, L""), text);
	assert_int_equal(_stricmp("AbC", "aBc"), 0);
	assert_true(_stricmp("ab", "abc") < 0);
}

static void memory_calls_do_what_they_say(void **state)
{
	UCHAR a[4] = { 1, 2, 3, 4 };
	UCHAR b[4];

	(void)state;
	RtlCopyMemory(b, a, 4);
	assert_true(RtlEqualMemory(a, b, 4));
	b[2] = 9;
	assert_int_equal(RtlCompareMemory(a, b, 4), 2);
	RtlFillMemory(b, 4, 7);
	assert_int_equal(b[3], 7);
	RtlZeroMemory(b, 2);
	assert_int_equal(b[1], 0);
	assert_int_equal(b[2], 7);
	RtlMoveMemory(a + 1, a, 3);
	assert_int_equal(a[3], 3);
	assert_ptr_equal(RtlSecureZeroMemory(a, 4), a);
	assert_int_equal(a[3], 0);
}

static void nothing_stays_in_the_pool(void **state)
{
	struct sessio_nt_usage usage;

	(void)state;
	sessio_nt_get_usage(&usage);
	assert_int_equal(usage.pool_blocks, 0);
	assert_int_equal(usage.pool_bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_literal_has_its_sizes),
		cmocka_unit_test(init_takes_the_length_of_its_source),
		cmocka_unit_test(copies_are_cut_and_appends_are_not),
		cmocka_unit_test(nothing_is_appended_beyond_the_room),
		cmocka_unit_test(narrow_copies_are_cut),
		cmocka_unit_test(comparison_knows_case),
		cmocka_unit_test(upper_and_lower_case_are_each_others_inverse),
		cmocka_unit_test(code_page_is_utf8_both_ways),
		cmocka_unit_test(bytes_that_are_no_utf8_become_question_marks),
		cmocka_unit_test(conversions_say_when_it_does_not_fit),
		cmocka_unit_test(a_string_can_be_too_long_for_the_other_width),
		cmocka_unit_test(upcase_writes_or_allocates),
		cmocka_unit_test(duplicates_are_own_memory),
		cmocka_unit_test(numbers_are_written_and_read),
		cmocka_unit_test(wide_functions_count_in_16_bits),
		cmocka_unit_test(memory_calls_do_what_they_say),
		cmocka_unit_test(nothing_stays_in_the_pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
