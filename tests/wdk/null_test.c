/* SPDX-License-Identifier: MIT */
/* Each call that returns a status, with NULL for each pointer that is not optional. */
#include "test.h"

#include <fltKernel.h>
#include <ntstrsafe.h>
#include <sessio_nt.h>

#define REFUSED(call) assert_int_equal((NTSTATUS)(call), STATUS_INVALID_PARAMETER)

static UNICODE_STRING wide;
static ANSI_STRING narrow;
static WCHAR wide_buffer[8];
static char narrow_buffer[8];

static int set_up(void **state)
{
	(void)state;
	memset(wide_buffer, 0, sizeof(wide_buffer));
	memset(narrow_buffer, 0, sizeof(narrow_buffer));
	RtlInitEmptyUnicodeString(&wide, wide_buffer, sizeof(wide_buffer));
	RtlInitEmptyAnsiString(&narrow, narrow_buffer, sizeof(narrow_buffer));
	return 0;
}

static void counted_strings_refuse_null(void **state)
{
	ULONG value = 7;

	(void)state;
	REFUSED(RtlInitUnicodeStringEx(NULL, L"a"));
	REFUSED(RtlAppendUnicodeStringToString(NULL, &wide));
	REFUSED(RtlAppendUnicodeStringToString(&wide, NULL));
	REFUSED(RtlAppendUnicodeToString(NULL, L"a"));
	REFUSED(RtlUpcaseUnicodeString(NULL, &wide, FALSE));
	REFUSED(RtlUpcaseUnicodeString(&wide, NULL, FALSE));
	REFUSED(RtlAnsiStringToUnicodeString(NULL, &narrow, FALSE));
	REFUSED(RtlAnsiStringToUnicodeString(&wide, NULL, FALSE));
	REFUSED(RtlUnicodeStringToAnsiString(NULL, &wide, FALSE));
	REFUSED(RtlUnicodeStringToAnsiString(&narrow, NULL, FALSE));
	REFUSED(RtlDuplicateUnicodeString(0, NULL, &wide));
	REFUSED(RtlDuplicateUnicodeString(0, &wide, NULL));
	REFUSED(RtlIntegerToUnicodeString(1, 10, NULL));
	REFUSED(RtlUnicodeStringToInteger(NULL, 10, &value));
	REFUSED(RtlUnicodeStringToInteger(&wide, 10, NULL));
	assert_int_equal(value, 7);
	assert_int_equal(wide.Length, 0);
	assert_int_equal(narrow.Length, 0);
}

static void safe_strings_refuse_null(void **state)
{
	UNICODE_STRING no_buffer = { 0, 8, NULL };

	(void)state;
	REFUSED(RtlStringCchCopyA(NULL, 4, "a"));
	REFUSED(RtlStringCchCopyA(narrow_buffer, 4, NULL));
	REFUSED(RtlStringCchCopyW(NULL, 4, L"a"));
	REFUSED(RtlStringCchCopyW(wide_buffer, 4, NULL));
	REFUSED(RtlStringCchCopyNA(NULL, 4, "a", 1));
	REFUSED(RtlStringCchCopyNA(narrow_buffer, 4, NULL, 1));
	REFUSED(RtlStringCchCopyNW(NULL, 4, L"a", 1));
	REFUSED(RtlStringCchCopyNW(wide_buffer, 4, NULL, 1));
	REFUSED(RtlStringCchCatA(NULL, 4, "a"));
	REFUSED(RtlStringCchCatA(narrow_buffer, 4, NULL));
	REFUSED(RtlStringCchCatW(NULL, 4, L"a"));
	REFUSED(RtlStringCchCatW(wide_buffer, 4, NULL));
	REFUSED(RtlStringCchLengthA(NULL, 4, NULL));
	REFUSED(RtlStringCchLengthW(NULL, 4, NULL));
	REFUSED(RtlStringCbLengthW(NULL, 4, NULL));
	REFUSED(RtlStringCchPrintfA(NULL, 4, "a"));
	REFUSED(RtlStringCchPrintfA(narrow_buffer, 4, NULL));
	REFUSED(RtlStringCchPrintfW(NULL, 4, L"a"));
	REFUSED(RtlStringCchPrintfW(wide_buffer, 4, NULL));
	REFUSED(RtlUnicodeStringPrintf(NULL, L"a"));
	REFUSED(RtlUnicodeStringPrintf(&wide, NULL));
	REFUSED(RtlUnicodeStringPrintf(&no_buffer, L"a"));
}

static void waits_and_locks_refuse_null(void **state)
{
	(void)state;
	REFUSED(KeWaitForSingleObject(NULL, Executive, KernelMode, FALSE, NULL));
	REFUSED(KeDelayExecutionThread(KernelMode, FALSE, NULL));
	REFUSED(ExInitializeResourceLite(NULL));
	REFUSED(ExDeleteResourceLite(NULL));
	assert_int_equal(ExInitializeLookasideListEx(NULL, NULL, NULL, PagedPool, 0, 8, 'aaaa', 0),
		STATUS_INVALID_PARAMETER_1);
}

static void prints_refuse_null(void **state)
{
	(void)state;
	REFUSED(DbgPrint(NULL));
	REFUSED(DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, NULL));
}

static void filters_refuse_null(void **state)
{
	FLT_REGISTRATION registration = { .Size = sizeof(registration),
		.Version = FLT_REGISTRATION_VERSION };
	DRIVER_OBJECT driver;
	PFLT_FILTER filter = NULL;

	(void)state;
	memset(&driver, 0, sizeof(driver));
	REFUSED(FltRegisterFilter(NULL, &registration, &filter));
	REFUSED(FltRegisterFilter(&driver, NULL, &filter));
	REFUSED(FltRegisterFilter(&driver, &registration, NULL));
	REFUSED(FltStartFiltering(NULL));
	FltUnregisterFilter(NULL);
	assert_null(filter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counted_strings_refuse_null, set_up),
		cmocka_unit_test_setup(safe_strings_refuse_null, set_up),
		cmocka_unit_test(waits_and_locks_refuse_null),
		cmocka_unit_test(prints_refuse_null),
		cmocka_unit_test(filters_refuse_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
