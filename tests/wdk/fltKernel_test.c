/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <fltKernel.h>
#include <sessio_nt.h>

static void a_filter_starts_once(void **state)
{
	FLT_REGISTRATION registration = { sizeof(registration), FLT_REGISTRATION_VERSION, 0, NULL,
		NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL };
	DRIVER_OBJECT driver;
	PFLT_FILTER filter;

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(FltRegisterFilter(&driver, &registration, &filter), STATUS_SUCCESS);
	assert_int_equal(FltStartFiltering(filter), STATUS_SUCCESS);
	assert_int_equal(FltStartFiltering(filter), STATUS_INVALID_PARAMETER);
	FltUnregisterFilter(filter);
	registration.Version = 1;
	assert_int_equal(
		FltRegisterFilter(&driver, &registration, &filter), STATUS_INVALID_PARAMETER);
	registration.Version = FLT_REGISTRATION_VERSION;
	registration.Size--;
	assert_int_equal(
		FltRegisterFilter(&driver, &registration, &filter), STATUS_INVALID_PARAMETER);
	sessio_nt_fini_driver(&driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_filter_starts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
