/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <limits.h>

#include <ntddk.h>
#include <ntstrsafe.h>
#include <sessio_nt.h>

struct print {
	unsigned count;
	ULONG component;
	ULONG level;
	size_t length;
	char text[1024];
};

static void keep(void *ctx, ULONG component, ULONG level, const char *text, size_t length)
{
	struct print *print = ctx;

	print->count++;
	print->component = component;
	print->level = level;
	print->length = length;
	assert_true(length < sizeof(print->text));
	memcpy(print->text, text, length + 1);
}

static struct print printed;

static int catch_prints(void **state)
{
	(void)state;
	memset(&printed, 0, sizeof(printed));
	sessio_nt_set_debug_print(keep, &printed);
	return 0;
}

static int let_prints_go(void **state)
{
	(void)state;
	sessio_nt_set_debug_print(NULL, NULL);
	return 0;
}

#define PRINTS(expected, ...)                                \
	do {                                                 \
		(void)DbgPrint(__VA_ARGS__);                 \
		assert_string_equal(printed.text, expected); \
	} while (0)

static void a_print_says_component_and_level(void **state)
{
	(void)state;
	assert_int_equal(DbgPrint("one"), STATUS_SUCCESS);
	assert_int_equal(printed.component, DPFLTR_DEFAULT_ID);
	assert_int_equal(printed.level, DPFLTR_INFO_LEVEL);
	DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "%s", "two");
	assert_int_equal(printed.component, DPFLTR_IHVDRIVER_ID);
	assert_int_equal(printed.level, DPFLTR_ERROR_LEVEL);
	assert_string_equal(printed.text, "two");
	assert_int_equal(printed.count, 2);
	assert_int_equal(printed.length, 3);
}

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

/* Such a count would overflow, or fill for seconds what nobody sees. */
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

static void no_more_than_512_bytes_leave(void **state)
{
	char longer[700];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	DbgPrint("%s", longer);
	assert_int_equal(printed.length, 512);
	assert_int_equal(strlen(printed.text), 512);
	DbgPrint("%*d", 100000, 1);
	assert_int_equal(printed.length, 512);
	DbgPrint("%99999999999d", 1);
	assert_int_equal(printed.length, 512);
}

static ULONG print_list(PCSTR prefix, PCSTR format, ...)
{
	va_list args;
	ULONG result;

	va_start(args, format);
	result = vDbgPrintExWithPrefix(prefix, 1, 2, format, args);
	va_end(args);
	return result;
}

static void a_prefix_counts_too(void **state)
{
	char longer[700];

	(void)state;
	print_list("drv: ", "%d", 3);
	assert_string_equal(printed.text, "drv: 3");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	print_list(longer, "%d", 3);
	assert_int_equal(printed.length, 512);
}

static void checked_prints_are_for_checked_builds(void **state)
{
	(void)state;
	KdPrint(("%d", 1));
	KdPrintEx((1, 2, "%d", 1));
	assert_int_equal(printed.count, DBG ? 2 : 0);
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
	FORMATS(L"a wide narrow narrow x y", L"a %s %S %hs %c %C", L"wide", "narrow", "narrow", 'x',
		'y');
	FORMATS(L"\u4e16 \u00e9 0042 %", L"%wZ %S %04I64d %%", &counted, "\xc3\xa9", (LONG64)42);
	FORMATS(L"\U0001f600|   12", L"\U0001f600|%*d", 5, 12);
	FORMATS(L"??x", L"%hs%c%hs", "\xe4\xb8", 0xdc00, "x");
	FORMATS(L"?", L"%hs", "\xe4");
	FORMATS(L"%?z", L"%\u00e9z");
	FORMATS(L"%", L"%");
}

static void what_does_not_fit_is_cut_and_said(void **state)
{
	char narrow[4];
	WCHAR wide[4];
	UNICODE_STRING counted;
	SIZE_T length = 99;

	(void)state;
	assert_int_equal(RtlStringCbPrintfA(narrow, 4, "%d", 123), STATUS_SUCCESS);
	assert_int_equal(RtlStringCbPrintfA(narrow, 4, "%d", 1234), STATUS_BUFFER_OVERFLOW);
	assert_string_equal(narrow, "123");
	assert_int_equal(RtlStringCchPrintfW(wide, 4, L"%s", L"abcd"), STATUS_BUFFER_OVERFLOW);
	assert_int_equal(wcscmp(wide, L"abc"), 0);
	assert_int_equal(RtlStringCbCopyA(narrow, 4, "abcd"), STATUS_BUFFER_OVERFLOW);
	assert_int_equal(RtlStringCbCopyA(narrow, 4, "ab"), STATUS_SUCCESS);
	assert_int_equal(RtlStringCbCatA(narrow, 4, "c"), STATUS_SUCCESS);
	assert_int_equal(RtlStringCbCatA(narrow, 4, "d"), STATUS_BUFFER_OVERFLOW);
	assert_string_equal(narrow, "abc");
	assert_int_equal(RtlStringCbCopyNA(narrow, 4, "xyz", 2), STATUS_SUCCESS);
	assert_string_equal(narrow, "xy");
	assert_int_equal(RtlStringCbCopyW(wide, sizeof(wide), L"abcd"), STATUS_BUFFER_OVERFLOW);
	assert_int_equal(RtlStringCbCopyNW(wide, sizeof(wide), L"abcd", 4), STATUS_SUCCESS);
	assert_int_equal(RtlStringCbCatW(wide, sizeof(wide), L"z"), STATUS_SUCCESS);
	assert_int_equal(wcscmp(wide, L"abz"), 0);
	assert_int_equal(RtlStringCbLengthW(wide, sizeof(wide), &length), STATUS_SUCCESS);
	assert_int_equal(length, 6);
	assert_int_equal(RtlStringCbLengthW(wide, sizeof(wide), NULL), STATUS_SUCCESS);
	assert_int_equal(RtlStringCbLengthA("abc", 4, &length), STATUS_SUCCESS);
	assert_int_equal(length, 3);
	RtlInitEmptyUnicodeString(&counted, wide, sizeof(wide));
	assert_int_equal(RtlUnicodeStringPrintf(&counted, L"%u", 12), STATUS_SUCCESS);
	assert_int_equal(counted.Length, 4);
	assert_int_equal(RtlUnicodeStringPrintf(&counted, L"%u", 12345), STATUS_BUFFER_OVERFLOW);
	assert_int_equal(counted.Length, 6);
}

static void safe_strings_refuse_what_has_no_room_or_end(void **state)
{
	char narrow[2] = { 'a', 'b' };
	WCHAR wide[2] = { 'a', 'b' };
	UNICODE_STRING none = { 0, 0, wide };

	(void)state;
	assert_int_equal(RtlStringCbCopyA(narrow, 0, "a"), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlStringCchCopyW(wide, 0, L"a"), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlStringCchCopyW(wide, (SIZE_T)NTSTRSAFE_MAX_CCH + 1, L"a"),
		STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlStringCbCatA(narrow, 2, "a"), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlStringCchCatW(wide, 2, L"a"), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlStringCbLengthA(NULL, 2, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlStringCbLengthW(NULL, 2, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlStringCbPrintfA(narrow, 0, "a"), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlStringCchPrintfW(wide, 0, L"a"), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlUnicodeStringPrintf(&none, L"a"), STATUS_INVALID_PARAMETER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, catch_prints, let_prints_go)
		TEST(a_print_says_component_and_level),
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
		TEST(no_more_than_512_bytes_leave),
		TEST(a_prefix_counts_too),
		TEST(wide_formats_have_wide_strings),
		TEST(what_does_not_fit_is_cut_and_said),
		TEST(safe_strings_refuse_what_has_no_room_or_end),
		TEST(checked_prints_are_for_checked_builds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
