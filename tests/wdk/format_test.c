/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <limits.h>

#include <ntddk.h>
#include <ntstrsafe.h>
#include <sessio_nt.h>

#include "prints.h"

#define PRINTS(expected, ...)                                \
	do {                                                 \
		(void)DbgPrint(__VA_ARGS__);                 \
		assert_string_equal(printed.text, expected); \
	} while (0)

static void long_is_32_bits(void **state)
{
	ULONG high = 0xfffffffeu;
	LONG low = -2;

	(void)state;
	PRINTS("4294967294 -2 fffffffe", "%lu %ld %lx", high, low, high);
	PRINTS("4294967294 -2 FFFFFFFE", "%u %d %X", high, low, high);
	PRINTS("-2147483648", "%i", (LONG)0x80000000u);
}

static void sizes_are_those_of_the_kernel(void **state)
{
	(void)state;
	PRINTS("18446744073709551615 -1", "%I64u %I64d", ~(ULONG64)0, (LONG64)-1);
	PRINTS("ffffffffffffffff", "%llx", ~(ULONG64)0);
	PRINTS("-9223372036854775808", "%lld", -MAXLONGLONG - 1);
	PRINTS("7 8 9", "%I32u %Iu %zu", (ULONG)7, (SIZE_T)8, (SIZE_T)9);
	PRINTS("65535 -1 255 -1", "%hu %hd %hhu %hhd", 0xffff, 0xffff, 0xff, 0xff);
	PRINTS("10 -3", "%ju %td", (ULONG64)10, (LONG_PTR)-3);
}

static void flags_width_and_precision_work(void **state)
{
	(void)state;
	PRINTS("[   42][42   ][00042][+42][ 42]", "[%5d][%-5d][%05d][%+d][% d]", 42, 42, 42, 42,
		42);
	PRINTS("[-0042][  007][]", "[%05d][%5.3d][%.0d]", -42, 7, 0);
	PRINTS("[0x2a][0X2A][052][0]", "[%#x][%#X][%#o][%#x]", 42, 42, 42, 0);
	PRINTS("[   7][7   ][ab]", "[%*d][%*d][%.*s]", 4, 7, -4, 7, 2, "abc");
	PRINTS("[  abc][abc  ]", "[%5s][%-5s]", "abc", "abc");
	PRINTS("%", "%%");
}

static void an_octal_begins_with_one_zero(void **state)
{
	(void)state;
	PRINTS("[0][0][010][010][00010]", "[%#o][%#.0o][%#.3o][%#o][%#05o]", 0, 0, 8, 8, 8);
}

/* Such a count would overflow, or fill for seconds beyond the print. */
static void a_count_without_bound_is_bounded(void **state)
{
	(void)state;
	(void)DbgPrint("[%#.*x][%*d][%*d]", INT_MAX, 1, INT_MIN, 1, INT_MAX, 1);
	assert_int_equal(printed.length, 512);
	assert_memory_equal(printed.text, "[0x000", 6);
	PRINTS("[1]", "[%.*d]", INT_MIN, 1);
}

static void a_pointer_has_all_its_digits(void **state)
{
	char expected[2 * sizeof(void *) + 1];

	(void)state;
	memset(expected, '0', sizeof(expected) - 1);
	expected[sizeof(expected) - 1] = '\0';
	PRINTS(expected, "%p", NULL);
	memcpy(expected + sizeof(expected) - 4, "ABC", 3);
	PRINTS(expected, "%p", (PVOID)(ULONG_PTR)0xabc);
}

static void wide_text_becomes_utf8(void **state)
{
	UNICODE_STRING counted = RTL_CONSTANT_STRING(L"S\u00e9ance \u4e16");
	WCHAR pair[] = { 0xd83d, 0xde00, 0 };
	WCHAR half[] = { 'a', 0xd83d, 'b', 0 };

	(void)state;
	PRINTS("S\xc3\xa9"
	       "ance \xe4\xb8\x96",
		"%wZ", &counted);
	PRINTS("abc abc abc", "%ws %S %ls", L"abc", L"abc", L"abc");
	PRINTS("\xf0\x9f\x98\x80", "%ws", pair);
	PRINTS("a?b", "%ws", half);
	PRINTS("x\xc3\xa9z", "%c%wc%hC", 'x', 0xe9, 'z');
	PRINTS("[   ab]", "[%5.2ws]", L"abc");
	PRINTS("S\xc3\xa9", "%.2wZ", &counted);
	counted.Length = 2 * sizeof(WCHAR);
	PRINTS("[S\xc3\xa9]", "[%wZ]", &counted);
}

static void narrow_strings_are_narrow(void **state)
{
	ANSI_STRING counted = RTL_CONSTANT_STRING("counted");

	(void)state;
	counted.Length = 5;
	PRINTS("cou", "%.3Z", &counted);
	PRINTS("count abc abc", "%Z %hs %hS", &counted, "abc", "abc");
}

static void null_is_said(void **state)
{
	UNICODE_STRING empty = { 0, 0, NULL };
	ANSI_STRING narrow = { 0, 0, NULL };

	(void)state;
	PRINTS("(null) (null) (null)", "%s %ws %wZ", (char *)NULL, (PWSTR)NULL, (PVOID)NULL);
	PRINTS("(null) (null) (null)", "%wZ %Z %Z", &empty, &narrow, (PVOID)NULL);
}

static void floating_point_is_left_as_it_is(void **state)
{
	(void)state;
	PRINTS("%5.1f 7", "%5.1f %d", 1.5, 7);
	PRINTS("%y %", "%y %");
}

#define FORMATS(expected, ...)                                                            \
	do {                                                                              \
		WCHAR text[64];                                                           \
		assert_int_equal(RtlStringCbPrintfW(text, sizeof(text), __VA_ARGS__), 0); \
		assert_int_equal(wcscmp(text, expected), 0);                              \
	} while (0)

static void wide_formats_have_wide_strings(void **state)
{
	UNICODE_STRING counted = RTL_CONSTANT_STRING(L"\u4e16");

	(void)state;
	FORMATS(L"\x80\x7ff\x800\xffff|\xd800\xdc00\xdbff\xdfff", L"%S|%S",
		"\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
	FORMATS(L"??|????|???x", L"%S|%S|%S", "\xc1\x80", "\xf5\x80\x80\x80", "\xff\xfe\xf8x");
	FORMATS(L"a wide narrow narrow x y", L"a %s %S %hs %c %C", L"wide", "narrow", "narrow", 'x',
		'y');
	FORMATS(L"\u4e16 \u00e9 0042 %", L"%wZ %S %04I64d %%", &counted, "\xc3\xa9", (LONG64)42);
	FORMATS(L"\U0001f600|   12", L"\U0001f600|%*d", 5, 12);
	FORMATS(L"??x", L"%hs%c%hs", "\xe4\xb8", 0xdc00, "x");
	FORMATS(L"?", L"%hs", "\xe4");
	FORMATS(L"%?z", L"%\u00e9z");
	FORMATS(L"%", L"%");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, catch_prints, let_prints_go)
		TEST(long_is_32_bits),
		TEST(sizes_are_those_of_the_kernel),
		TEST(flags_width_and_precision_work),
		TEST(an_octal_begins_with_one_zero),
		TEST(a_count_without_bound_is_bounded),
		TEST(a_pointer_has_all_its_digits),
		TEST(wide_text_becomes_utf8),
		TEST(narrow_strings_are_narrow),
		TEST(null_is_said),
		TEST(floating_point_is_left_as_it_is),
		TEST(wide_formats_have_wide_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
