/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

static void routines_have_addresses_by_name(void **state)
{
	UNICODE_STRING known = RTL_CONSTANT_STRING(L"DbgPrint");
	UNICODE_STRING unknown = RTL_CONSTANT_STRING(L"DbgPrinu");
	RTL_OSVERSIONINFOW version = { .dwOSVersionInfoSize = sizeof(version) };

	(void)state;
	assert_ptr_equal(MmGetSystemRoutineAddress(&known), (PVOID)(ULONG_PTR)DbgPrint);
	assert_null(MmGetSystemRoutineAddress(&unknown));
	assert_int_equal(RtlGetVersion(&version), STATUS_SUCCESS);
	assert_int_equal(version.dwMajorVersion, 10);
	assert_true(RtlIsNtDdiVersionAvailable(NTDDI_WIN7));
	assert_false(RtlIsNtDdiVersionAvailable(NTDDI_WIN10 + 0x10000));
	assert_int_equal(version.dwOSVersionInfoSize, sizeof(version));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routines_have_addresses_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
