/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>

static void the_version_is_that_of_the_documents(void **state)
{
	RTL_OSVERSIONINFOW version = { .dwOSVersionInfoSize = sizeof(version) };

	(void)state;
	assert_int_equal(RtlGetVersion(&version), STATUS_SUCCESS);
	assert_int_equal(version.dwMajorVersion, 10);
	assert_int_equal(version.dwOSVersionInfoSize, sizeof(version));
	assert_int_equal(RtlGetVersion(NULL), STATUS_INVALID_PARAMETER);
	assert_true(RtlIsNtDdiVersionAvailable(NTDDI_WIN7));
	assert_true(RtlIsNtDdiVersionAvailable(NTDDI_WIN10));
	assert_false(RtlIsNtDdiVersionAvailable(NTDDI_WIN10 + 0x10000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_version_is_that_of_the_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
