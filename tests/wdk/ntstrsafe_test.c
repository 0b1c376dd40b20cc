/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>
#include <ntstrsafe.h>

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
		cmocka_unit_test(what_does_not_fit_is_cut_and_said),
		cmocka_unit_test(safe_strings_refuse_what_has_no_room_or_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
