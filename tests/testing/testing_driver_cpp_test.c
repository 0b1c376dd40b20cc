/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "sessio/testing_driver.h"

SESSIO_DRIVER(counter);

static void a_driver_in_another_language_is_driven_as_any(void **state)
{
	sessio_kit *kit = NULL;
	sessio_kit_driver *driver = NULL;
	sessio_kit_file *first = NULL, *second = NULL;
	UCHAR value = 0;

	(void)state;
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_load(kit, counter, &driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_open(kit, SESSIO_KIT_NO_SESSION, L"\\Device\\Counter", &first),
		STATUS_SUCCESS);
	assert_int_equal(sessio_kit_open(kit, SESSIO_KIT_NO_SESSION, L"\\Device\\Counter", &second),
		STATUS_SUCCESS);
	assert_int_equal(sessio_kit_read(first, &value, 1, NULL), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_read(first, &value, 1, NULL), STATUS_SUCCESS);
	assert_int_equal(value, 2);
	assert_int_equal(sessio_kit_read(second, &value, 1, NULL), STATUS_SUCCESS);
	assert_int_equal(value, 1);
	assert_int_equal(sessio_kit_close(first), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_close(second), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_unload(driver), STATUS_SUCCESS);
	assert_string_equal(sessio_kit_report(kit), "");
	sessio_kit_destroy(kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_driver_in_another_language_is_driven_as_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
