/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>

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

static void an_odd_room_ends_with_a_whole_character(void **state)
{
	UNICODE_STRING from = RTL_CONSTANT_STRING(L"abc");
	WCHAR buffer[4] = { 0 };
	UNICODE_STRING to = { 0, 5, buffer };

	(void)state;
	RtlCopyUnicodeString(&to, &from);
	assert_int_equal(to.Length, 4);
}

static void a_source_can_be_too_long_to_count(void **state)
{
	static WCHAR text[UNICODE_STRING_MAX_CHARS + 1];
	UNICODE_STRING string = { 7, 7, NULL };

	(void)state;
	for (size_t i = 0; i < UNICODE_STRING_MAX_CHARS; i++) {
		text[i] = 'x';
	}
	assert_int_equal(RtlInitUnicodeStringEx(&string, text), STATUS_NAME_TOO_LONG);
	assert_int_equal(string.Length, 7);
	text[UNICODE_STRING_MAX_CHARS - 1] = 0;
	assert_int_equal(RtlInitUnicodeStringEx(&string, text), STATUS_SUCCESS);
	assert_int_equal(string.Length, 65532);
}

static void a_copy_has_room_or_is_empty(void **state)
{
	WCHAR to[4] = L"xyz";

	(void)state;
	assert_int_equal(sessio_nt_wcscpy_s(to, 4, L"abc"), 0);
	assert_int_equal(wcscmp(to, L"abc"), 0);
	assert_int_equal(sessio_nt_wcscpy_s(to, 4, L"abcd"), 34);
	assert_int_equal(to[0], 0);
	assert_int_equal(sessio_nt_wcscpy_s(to, 4, NULL), 22);
	assert_int_equal(sessio_nt_wcscpy_s(NULL, 4, L"a"), 22);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_has_room_or_is_empty),
		cmocka_unit_test(a_literal_has_its_sizes),
		cmocka_unit_test(init_takes_the_length_of_its_source),
		cmocka_unit_test(copies_are_cut_and_appends_are_not),
		cmocka_unit_test(nothing_is_appended_beyond_the_room),
		cmocka_unit_test(narrow_copies_are_cut),
		cmocka_unit_test(comparison_knows_case),
		cmocka_unit_test(upper_and_lower_case_are_each_others_inverse),
		cmocka_unit_test(wide_functions_count_in_16_bits),
		cmocka_unit_test(memory_calls_do_what_they_say),
		cmocka_unit_test(an_odd_room_ends_with_a_whole_character),
		cmocka_unit_test(a_source_can_be_too_long_to_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
