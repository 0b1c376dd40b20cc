/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

static void a_file_object_says_what_it_is(void **state)
{
	FILE_OBJECT file;

	(void)state;
	sessio_nt_init_file(&file, NULL);
	assert_int_equal(file.Type, IO_TYPE_FILE);
	assert_int_equal(file.Size, sizeof(file));
	assert_true(IsListEmpty(&file.IrpList));
}

static NTSTATUS add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT physical)
{
	(void)driver;
	(void)physical;
	return STATUS_SUCCESS;
}

static void a_driver_object_has_an_extension_of_its_own(void **state)
{
	DRIVER_OBJECT a, b;

	(void)state;
	assert_int_equal(sessio_nt_init_driver(&a, NULL), SESSIO_OK);
	assert_int_equal(sessio_nt_init_driver(&b, NULL), SESSIO_OK);
	assert_non_null(a.DriverExtension);
	assert_ptr_not_equal(a.DriverExtension, b.DriverExtension);
	a.DriverExtension->AddDevice = add_device;
	assert_ptr_equal(a.DriverExtension->DriverObject, &a);
	assert_ptr_equal(b.DriverExtension->DriverObject, &b);
	assert_null(b.DriverExtension->AddDevice);
	sessio_nt_fini_driver(&a);
	sessio_nt_fini_driver(&b);
}

static void an_extension_stays_for_the_next_driver_object_there(void **state)
{
	DRIVER_OBJECT driver;
	PDRIVER_EXTENSION first;

	(void)state;
	assert_int_equal(sessio_nt_init_driver(&driver, NULL), SESSIO_OK);
	first = driver.DriverExtension;
	first->AddDevice = add_device;
	memset(&driver, 0xee, sizeof(driver));
	assert_int_equal(sessio_nt_init_driver(&driver, NULL), SESSIO_OK);
	assert_ptr_equal(driver.DriverExtension, first);
	assert_null(first->AddDevice);
	sessio_nt_fini_driver(&driver);
	sessio_nt_fini_driver(&driver);
}

static void no_object_is_made_of_nothing(void **state)
{
	(void)state;
	assert_int_equal(sessio_nt_init_driver(NULL, NULL), SESSIO_INVALID_ARG);
	sessio_nt_fini_driver(NULL);
	sessio_nt_init_file(NULL, NULL);
	sessio_nt_get_usage(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_object_says_what_it_is),
		cmocka_unit_test(a_driver_object_has_an_extension_of_its_own),
		cmocka_unit_test(an_extension_stays_for_the_next_driver_object_there),
		cmocka_unit_test(no_object_is_made_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
