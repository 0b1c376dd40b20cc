/* SPDX-License-Identifier: MIT */
/* A stop of the library is a finding; afterwards nothing begins in this process. */
#include "test.h"

#include <sessio/testing_driver.h>

#include "drivers/faulty.h"
#include "leaks.h"

SESSIO_DRIVER(faulty);

static void a_stop_is_a_finding_and_the_test_goes_on(void **state)
{
	sessio_kit *kit, *next;
	sessio_kit_file *file;
	sessio_kit_driver *driver;

	(void)state;
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_load(kit, faulty, &driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_open(kit, SESSIO_KIT_NO_SESSION, L"\\Device\\Faulty", &file),
		STATUS_SUCCESS);
	assert_int_equal(
		sessio_kit_control(file, FAULTY_CODE(FAULTY_BUG_CHECK), NULL, 0, NULL, 0, NULL),
		STATUS_UNSUCCESSFUL);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	assert_int_equal(sessio_kit_finding_count(kit), 1);
	assert_int_equal(sessio_kit_get_finding(kit, 0)->rule, SESSIO_KIT_RULE_STOPPED);
	assert_non_null(strstr(sessio_kit_report(kit), "bug check 0x00001234"));
	assert_int_equal(sessio_kit_close(file), STATUS_UNSUCCESSFUL);
	assert_int_equal(sessio_kit_unload(driver), STATUS_DEVICE_BUSY);
	assert_int_equal(sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0), SESSIO_BAD_STATE);
	assert_int_equal(sessio_kit_finish(kit), 1);
	sessio_kit_destroy(kit);
	assert_int_equal(sessio_kit_create(NULL, &next), SESSIO_BAD_STATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stop_is_a_finding_and_the_test_goes_on),
	};

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	/* All that the kit and the driver had stays as it was when the library stopped. */
	leaks_allow(leaks_live());
	return failed;
}
