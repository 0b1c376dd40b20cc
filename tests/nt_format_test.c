/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>
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
	counted.Length = 2 * sizeof(WCHAR);
	PRINTS("[S\xc3\xa9]", "[%wZ]", &counted);
}

static void narrow_strings_are_narrow(void **state)
{
	ANSI_STRING counted = RTL_CONSTANT_STRING("counted");

	(void)state;
	counted.Length = 5;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, catch_prints, let_prints_go)
		TEST(a_print_says_component_and_level),
		TEST(long_is_32_bits),
		TEST(sizes_are_those_of_the_kernel),
		TEST(flags_width_and_precision_work),
		TEST(a_pointer_has_all_its_digits),
		TEST(wide_text_becomes_utf8),
		TEST(narrow_strings_are_narrow),
		TEST(null_is_said),
		TEST(floating_point_is_left_as_it_is),
		TEST(no_more_than_512_bytes_leave),
		TEST(a_prefix_counts_too),
		TEST(checked_prints_are_for_checked_builds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
