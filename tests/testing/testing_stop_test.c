/* SPDX-License-Identifier: MIT */
/* A stop of the library is a finding; afterwards nothing begins in this process. */
#include "test.h"

#include <string.h>

#include <sessio/testing_driver.h>
#include <sessio/testing_scenario.h>

#include "drivers/faulty.h"
#include "leaks.h"

SESSIO_DRIVER(faulty);

static bool sees_stop(const char *text, size_t length, void *ctx)
{
	static const char wanted[] = "the library stopped the program: ";

	for (size_t i = 0; i + strlen(wanted) <= length; i++) {
		*(bool *)ctx = *(bool *)ctx || memcmp(text + i, wanted, strlen(wanted)) == 0;
	}
	return true;
}

/* An action in whose driver the library stops. */
static sessio_status check_bug(sessio_kit *kit, uint32_t session_id, uint64_t number, void *file)
{
	(void)kit;
	(void)session_id;
	(void)number;
	(void)sessio_kit_control(file, FAULTY_CODE(FAULTY_BUG_CHECK), NULL, 0, NULL, 0, NULL);
	return SESSIO_OK;
}

static void stop(sessio_kit *kit, sessio_kit_file *file, sessio_scenario_log *log)
{
	static const sessio_step_action action = { "check-bug", check_bug };
	static const sessio_step step = { .kind = SESSIO_STEP_ACTION, .action = "check-bug" };
	const sessio_scenario_options options = {
		.actions = &action, .action_count = 1, .ctx = file, .log = log
	};
	sessio_scenario_result result;

	assert_int_equal(sessio_kit_run_step(kit, &step, &options, &result), SESSIO_BAD_STATE);
	assert_string_equal(result.text, "step 1, do check-bug: the library stopped");
	assert_int_equal(sessio_kit_run_step(kit, &step, &options, &result), SESSIO_BAD_STATE);
	assert_string_equal(
		result.text, "step 1, do check-bug: the kit is finished, or the library stopped");
}

static void a_stop_is_a_finding_and_the_test_goes_on(void **state)
{
	sessio_kit *kit, *next;
	sessio_kit_file *file;
	sessio_kit_driver *driver;
	sessio_scenario_log *log;
	bool seen = false;

	(void)state;
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_load(kit, faulty, &driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_open(kit, SESSIO_KIT_NO_SESSION, L"\\Device\\Faulty", &file),
		STATUS_SUCCESS);
	assert_int_equal(sessio_kit_log(kit, &log), SESSIO_OK);
	stop(kit, file, log);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	assert_int_equal(sessio_kit_finding_count(kit), 1);
	assert_int_equal(sessio_kit_get_finding(kit, 0)->rule, SESSIO_KIT_RULE_STOPPED);
	assert_non_null(strstr(sessio_kit_report(kit), "bug check 0x00001234"));
	assert_int_equal(sessio_kit_close(file), STATUS_UNSUCCESSFUL);
	assert_int_equal(sessio_kit_unload(driver), STATUS_DEVICE_BUSY);
	assert_int_equal(sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0), SESSIO_BAD_STATE);
	assert_int_equal(sessio_kit_finish(kit), 1);
	sessio_kit_destroy(kit);
	/* The log ends without the host, which is let alone. */
	assert_int_equal(sessio_scenario_log_svg(log, NULL, sees_stop, &seen), SESSIO_OK);
	assert_true(seen);
	sessio_scenario_log_destroy(log);
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
