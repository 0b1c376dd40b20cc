/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "sessio/testing_driver.h"

#include "drivers/witness.h"

SESSIO_DRIVER(witness);

#define NOBODY SESSIO_KIT_NO_SESSION

static sessio_kit *kit;
static sessio_kit_driver *driver;

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
	assert_int_equal(sessio_kit_load(kit, witness, &driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_post(kit, 3, SESSIO_USER_EVENT_CREATED, 0), SESSIO_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sessio_kit_destroy(kit);
	return 0;
}

static struct witness_report ask(bool forget)
{
	struct witness_report report = { 0 };
	sessio_kit_file *file = NULL;

	assert_int_equal(sessio_kit_open(kit, NOBODY, L"\\Device\\Witness", &file), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_read(file, &report, sizeof(report), NULL), STATUS_SUCCESS);
	if (forget) {
		assert_int_equal(sessio_kit_write(file, &report, 1, NULL), STATUS_SUCCESS);
	}
	assert_int_equal(sessio_kit_close(file), STATUS_SUCCESS);
	return report;
}

static void a_driver_hears_of_what_the_test_starts(void **state)
{
	sessio_kit_process *process = NULL;
	struct witness_report report;
	PEPROCESS found = NULL;

	(void)state;
	assert_int_equal(sessio_kit_start_process(kit, 3, L"\\calc.exe", L"calc 1", &process),
		STATUS_SUCCESS);
	assert_int_equal(PsLookupProcessByProcessId(
				 PsGetProcessId(sessio_kit_process_object(process)), &found),
		STATUS_SUCCESS);
	assert_ptr_equal(found, sessio_kit_process_object(process));
	ObDereferenceObject(found);
	assert_int_equal(sessio_kit_run_thread(process), STATUS_SUCCESS);
	assert_int_equal(
		sessio_kit_load_module(process, L"\\ntdll.dll", NULL, 4096), STATUS_SUCCESS);
	sessio_kit_end_process(process);
	report = ask(false);
	assert_int_equal(report.Started, 1);
	assert_int_equal(report.Old, 1);
	assert_int_equal(report.Ended, 1);
	assert_int_equal(report.Threads, 2);
	assert_int_equal(report.ImageSize, 4096);
	assert_int_equal(report.SessionId, 3);
	assert_int_equal(report.CommandLength, 12);
	assert_int_equal(sessio_kit_unload(driver), STATUS_SUCCESS);
	assert_string_equal(sessio_kit_report(kit), "");
}

static void a_driver_may_refuse_a_process(void **state)
{
	sessio_kit_process *process = NULL;

	(void)state;
	assert_int_equal(sessio_kit_start_process(kit, NOBODY, L"\\forbidden.exe", NULL, &process),
		STATUS_ACCESS_DENIED);
	assert_null(process);
	assert_int_equal(sessio_kit_start_process(kit, NOBODY, L"\\calc.exe", NULL, &process),
		STATUS_SUCCESS);
	assert_int_equal(ask(false).Started, 1); /* it ends with the kit */
	assert_int_equal(sessio_kit_finish(kit), 0);
}

static void a_routine_that_is_left_is_found(void **state)
{
	(void)state;
	(void)ask(true);
	assert_int_equal(sessio_kit_unload(driver), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_finish(kit), 1);
	assert_int_equal(sessio_kit_get_finding(kit, 0)->rule, SESSIO_KIT_RULE_NOTIFY_LEFT);
}

static void what_is_no_process_is_refused(void **state)
{
	sessio_kit_process *process = NULL;

	(void)state;
	assert_int_equal(
		sessio_kit_start_process(NULL, 3, L"a", NULL, &process), STATUS_INVALID_PARAMETER);
	assert_int_equal(
		sessio_kit_start_process(kit, 3, NULL, NULL, &process), STATUS_INVALID_PARAMETER);
	assert_int_equal(
		sessio_kit_start_process(kit, 3, L"a", NULL, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_start_process(kit, 4, L"a", NULL, &process),
		STATUS_NO_SUCH_LOGON_SESSION);
	assert_int_equal(sessio_kit_run_thread(NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_load_module(NULL, L"a", NULL, 0), STATUS_INVALID_PARAMETER);
	assert_int_equal(sessio_kit_start_process(kit, 3, L"a", NULL, &process), STATUS_SUCCESS);
	assert_int_equal(sessio_kit_load_module(process, NULL, NULL, 0), STATUS_INVALID_PARAMETER);
	assert_null(sessio_kit_process_object(NULL));
	sessio_kit_end_process(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_driver_hears_of_what_the_test_starts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_driver_may_refuse_a_process, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_routine_that_is_left_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_process_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
