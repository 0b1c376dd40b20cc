/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>

static PVOID find(PCWSTR name)
{
	UNICODE_STRING counted;

	RtlInitUnicodeString(&counted, name);
	return MmGetSystemRoutineAddress(&counted);
}

#define ADDRESS(routine) ((PVOID)(ULONG_PTR)(routine))

static void routines_have_addresses_by_name(void **state)
{
	(void)state;
	assert_ptr_equal(find(L"DbgPrint"), ADDRESS(DbgPrint));
	assert_ptr_equal(find(L"ExAllocatePool2"), ADDRESS(ExAllocatePool2));
	assert_ptr_equal(
		find(L"IoRegisterContainerNotification"), ADDRESS(IoRegisterContainerNotification));
	assert_ptr_equal(find(L"IoUnregisterContainerNotification"),
		ADDRESS(IoUnregisterContainerNotification));
	assert_ptr_equal(find(L"IoGetContainerInformation"), ADDRESS(IoGetContainerInformation));
}

static void other_names_have_none(void **state)
{
	(void)state;
	assert_null(find(L"DbgPrinu"));
	assert_null(find(L"DbgPrin"));
	assert_null(find(L"dbgprint"));
	assert_null(find(L""));
	assert_null(MmGetSystemRoutineAddress(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routines_have_addresses_by_name),
		cmocka_unit_test(other_names_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
