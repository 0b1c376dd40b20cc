/* SPDX-License-Identifier: MIT */
/* A driver is explored by one call, with and without a device and actions of a test. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include <sessio/testing_explore_driver.h>

#include "drivers/seeded.h"
#include "platform/copy.h"
#include "testing/walk.h"

SESSIO_DRIVER(seeded);
SESSIO_DRIVER(session_log);
SESSIO_DRIVER(tardy);
SESSIO_DRIVER(tardy_twin);
SESSIO_DRIVER(waiter);

/* The linker puts it in the place of the walk through the stack. */
void __real_si_kit_walk(si_kit_visit_fn *visit, void *arg);
void __wrap_si_kit_walk(si_kit_visit_fn *visit, void *arg);
static _Atomic uint32_t *walks; /* in memory that copies share; NULL: they are not counted */

void __wrap_si_kit_walk(si_kit_visit_fn *visit, void *arg)
{
	if (walks != NULL) {
		atomic_fetch_add(walks, 1);
	}
	__real_si_kit_walk(visit, arg);
}

static void histories_without_a_failure_walk_no_stack(void **state)
{
	sessio_explore *result;

	(void)state;
	if (!si_copy_possible()) {
		skip(); /* there is no batch */
	}
	walks = si_copy_share(sizeof(*walks));
	assert_non_null(walks);
	assert_int_equal(
		sessio_explore_driver(session_log, L"\\??\\SessionLog", NULL, &result), SESSIO_OK);
	assert_string_equal(sessio_explore_report(result), "");
	assert_int_equal(atomic_load(walks), 0);
	si_copy_unshare(walks, sizeof(*walks));
	walks = NULL;
	sessio_explore_destroy(result);
}

/* This is a whole test. */
static void a_log_driver_survives_every_history(void **state)
{
	sessio_explore *result;

	(void)state;
	assert_int_equal(
		sessio_explore_driver(session_log, L"\\??\\SessionLog", NULL, &result), SESSIO_OK);
	assert_string_equal(sessio_explore_report(result), "");
	sessio_explore_destroy(result);
}

static sessio_status load_another(sessio_kit *kit, void *ctx)
{
	(void)ctx;
	return NT_SUCCESS(sessio_kit_load(kit, session_log, NULL)) ? SESSIO_OK : SESSIO_REFUSED;
}

/* An unload has to know what of all that is there is the driver's own. */
static void one_of_two_drivers_is_unloaded_in_a_batch_as_alone(void **state)
{
	size_t states[2];

	(void)state;
	for (unsigned one_process = 0; one_process < 2; one_process++) {
		sessio_explore_options options = { .depth = 3,
			.sessions = 1,
			.begin = load_another,
			.flags = one_process != 0 ? SESSIO_EXPLORE_ONE_PROCESS : 0 };
		sessio_explore *result;

		assert_int_equal(
			sessio_explore_driver(seeded, L"\\Device\\Seeded", &options, &result),
			SESSIO_OK);
		assert_string_equal(sessio_explore_report(result), "");
		states[one_process] = sessio_explore_get_counts(result).states;
		sessio_explore_destroy(result);
	}
	assert_int_equal(states[0], states[1]);
}

/* Before the actions. A write of zeros would take the bug away. */
static sessio_status give_bug(sessio_kit *kit, void *ctx)
{
	const ULONG *bug = ctx;
	sessio_kit_file *file;
	ULONG number = *bug;

	return NT_SUCCESS(
		       sessio_kit_open(kit, SESSIO_KIT_NO_SESSION, L"\\Device\\Seeded", &file)) &&
			NT_SUCCESS(sessio_kit_write(file, &number, sizeof(number), NULL)) &&
			NT_SUCCESS(sessio_kit_close(file))
		? SESSIO_OK
		: SESSIO_REFUSED;
}

static void a_failing_history_of_a_driver_is_replayed(void **state)
{
	ULONG bug = SEEDED_LEAKS;
	sessio_explore_options options = {
		.depth = 4, .sessions = 1, .begin = give_bug, .ctx = &bug
	};
	const sessio_explore_failure *failure;
	sessio_explore *result, *again;

	(void)state;
	assert_int_equal(
		sessio_explore_driver(seeded, L"\\Device\\Seeded", &options, &result), SESSIO_OK);
	failure = sessio_explore_get_failure(result, 0);
	assert_non_null(failure);
	assert_int_equal(failure->rule, SESSIO_KIT_RULE_POOL_LEFT);
	assert_string_equal(sessio_scenario_program(failure->scenario), "seeded");
	assert_non_null(strstr(failure->shown, "seeded.c:")); /* where the block was made */
	assert_int_equal(sessio_explore_failure_count(result), 1);
	assert_int_equal(sessio_explore_driver_replay(&sessio_driver_image_of_seeded,
				 L"\\Device\\Seeded", &options, failure->scenario, &again),
		SESSIO_OK);
	assert_int_equal(sessio_explore_get_failure(again, 0)->rule, SESSIO_KIT_RULE_POOL_LEFT);
	sessio_explore_destroy(again);
	assert_int_equal(sessio_explore_driver_replay(&sessio_driver_image_of_seeded, NULL,
				 &options, failure->scenario, &again),
		SESSIO_REFUSED);
	sessio_explore_destroy(result);
}

static sessio_status replay_waiter(
	const sessio_explore_options *options, const sessio_scenario *scenario, const char *finds)
{
	sessio_explore *result;
	sessio_status status = sessio_explore_driver_replay(
		&sessio_driver_image_of_waiter, L"\\Device\\Waiter", options, scenario, &result);

	if (status == SESSIO_OK) {
		assert_string_equal(sessio_explore_get_failure(result, 0)->text, finds);
		sessio_explore_destroy(result);
	}
	return status;
}

/* A file as an exploration wrote it, and as an author changes it, or the options, later. */
static void a_saved_history_fits_its_program_and_bounds_only(void **state)
{
	sessio_explore_options options = { .depth = 5, .save_to = "testing_explore_driver.txt" };
	sessio_scenario *scenario;
	sessio_explore *result;
	char finds[256];

	(void)state;
	assert_int_equal(
		sessio_explore_driver(waiter, L"\\Device\\Waiter", &options, &result), SESSIO_OK);
	(void)snprintf(finds, sizeof(finds), "%s", sessio_explore_get_failure(result, 0)->text);
	sessio_explore_destroy(result);
	assert_int_equal(sessio_scenario_load(options.save_to, &scenario, NULL), SESSIO_OK);
	(void)remove(options.save_to);
	options.save_to = NULL;
	assert_int_equal(replay_waiter(&options, scenario, finds), SESSIO_OK);
	options.depth = 6;
	assert_int_equal(replay_waiter(&options, scenario, finds), SESSIO_REFUSED);
	options.depth = 5;
	options.program = "another";
	assert_int_equal(replay_waiter(&options, scenario, finds), SESSIO_REFUSED);
	options.program = NULL;
	assert_int_equal(
		sessio_scenario_set_origin(scenario, "waiter", "depth 4, sessions 2, faults 0"),
		SESSIO_OK);
	assert_int_equal(replay_waiter(&options, scenario, finds), SESSIO_REFUSED);
	/* A history by hand has no bounds, and fits any that have room for it. */
	assert_int_equal(sessio_scenario_set_origin(scenario, "waiter", NULL), SESSIO_OK);
	assert_int_equal(replay_waiter(&options, scenario, finds), SESSIO_OK);
	options.depth = 1;
	assert_int_equal(replay_waiter(&options, scenario, finds), SESSIO_REFUSED);
	sessio_scenario_destroy(scenario);
}

/* By hand and then explored, in one program: copies have threads of their own. */
static void a_driver_can_be_explored_after_a_kit_of_the_process(void **state)
{
	sessio_explore *result;
	sessio_kit *kit;
	sessio_kit_file *file;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(sessio_kit_create(NULL, &kit), SESSIO_OK);
		assert_int_equal(sessio_kit_load(kit, tardy, NULL), STATUS_SUCCESS);
		assert_int_equal(sessio_kit_post(kit, 1, SESSIO_USER_EVENT_CREATED, 0), SESSIO_OK);
		assert_int_equal(
			sessio_kit_open(kit, 1, L"\\Device\\Tardy", &file), STATUS_SUCCESS);
		assert_int_equal(
			sessio_kit_post(kit, 1, SESSIO_USER_EVENT_TERMINATED, 0), SESSIO_OK);
		assert_int_equal(sessio_kit_finish(kit), 0);
		sessio_kit_destroy(kit);
		assert_int_equal(
			sessio_explore_driver(tardy_twin, L"\\Device\\Tardy", NULL, &result),
			SESSIO_OK);
		assert_string_equal(sessio_explore_report(result), "");
		sessio_explore_destroy(result);
	}
}

/*
 * The notice of a session's end is worked on after another session has opened the device. All
 * work items are late together, which is enough here: the open is none.
 */
static void a_late_notice_that_cuts_off_a_newer_open_is_found(void **state)
{
	sessio_explore_options options = {
		.program = "tardy", .depth = 6, .faults = 1, .fault_kinds = 1u << SESSIO_FAULT_LATE
	};
	const sessio_explore_failure *failure;
	sessio_explore *result, *twin;

	(void)state;
	assert_int_equal(
		sessio_explore_driver(tardy, L"\\Device\\Tardy", &options, &result), SESSIO_OK);
	failure = sessio_explore_get_failure(result, 0);
	assert_non_null(failure);
	assert_int_equal(failure->rule, SESSIO_KIT_RULE_BREAKPOINT);
	/* A fault that the failure did not need would have been left out. */
	assert_non_null(strstr(failure->shown, "fault late 1\n  session 1 Terminated\n"));
	assert_int_equal(sessio_explore_driver_replay(&sessio_driver_image_of_tardy_twin,
				 L"\\Device\\Tardy", &options, failure->scenario, &twin),
		SESSIO_OK);
	assert_string_equal(sessio_explore_report(twin), "");
	sessio_explore_destroy(twin);
	sessio_explore_destroy(result);
}

static sessio_status control(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	sessio_kit_file *file = sessio_kit_find_file(kit, session);

	(void)number;
	(void)ctx;
	if (file == NULL) {
		return SESSIO_BAD_STATE;
	}
	(void)sessio_kit_control(file,
		CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS), NULL, 0,
		NULL, 0, NULL);
	return SESSIO_OK;
}

/* The read that was cancelled is completed by a write, or by the test's own control. */
static void a_cancelled_request_meets_later_ones(void **state)
{
	static const sessio_explore_action own = {
		.name = "control", .run = control, .for_sessions = true
	};
	const sessio_explore_options options = {
		.sessions = 1, .actions = &own, .action_count = 1
	};
	const sessio_explore_failure *failure;
	sessio_explore *result;
	bool is_written = false, is_controlled = false;

	(void)state;
	assert_int_equal(
		sessio_explore_driver(waiter, L"\\Device\\Waiter", &options, &result), SESSIO_OK);
	for (size_t i = 0; (failure = sessio_explore_get_failure(result, i)) != NULL; i++) {
		assert_int_equal(failure->rule, SESSIO_KIT_RULE_REQUEST_COMPLETED_TWICE);
		assert_non_null(strstr(failure->shown, "do cancel"));
		is_written = is_written || strstr(failure->shown, "do write") != NULL;
		is_controlled = is_controlled || strstr(failure->shown, "do control") != NULL;
	}
	assert_true(is_written || is_controlled);
	sessio_explore_destroy(result);
}

static size_t histories(PCWSTR device, size_t actions)
{
	static const sessio_explore_action own = { .name = "own", .run = NULL };
	sessio_explore_options options = {
		.depth = 2, .sessions = 1, .actions = &own, .action_count = actions
	};
	sessio_explore *result;
	size_t count;

	if (actions != 0) {
		/* It has no function. */
		assert_int_equal(sessio_explore_driver(seeded, device, &options, &result),
			SESSIO_INVALID_ARG);
		return 0;
	}
	assert_int_equal(sessio_explore_driver(seeded, device, &options, &result), SESSIO_OK);
	assert_string_equal(sessio_explore_report(result), "");
	count = sessio_explore_get_counts(result).histories;
	sessio_explore_destroy(result);
	return count;
}

static void its_actions_come_besides_the_test_s(void **state)
{
	(void)state;
	/* Begin; Created, unload; then Terminated, Connected, Disconnected, unload, Created. */
	assert_int_equal(histories(NULL, 0), 1 + 2 + 5);
	/* And an opening, for the rest needs one. */
	assert_int_equal(histories(L"\\Device\\Seeded", 0), 1 + 2 + 6);
	assert_int_equal(histories(L"\\Device\\Seeded", 1), 0);
}

static void wrong_arguments_are_refused(void **state)
{
	sessio_explore_options options = { .action_count = 1 };
	sessio_explore *result = NULL;
	sessio_scenario *scenario;

	(void)state;
	assert_int_equal(
		sessio_explore_driver_image(NULL, NULL, NULL, &result), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_explore_driver_image(
				 &sessio_driver_image_of_seeded, NULL, &options, &result),
		SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_explore_driver_image(&sessio_driver_image_of_seeded, NULL, NULL, NULL),
		SESSIO_INVALID_ARG);
	assert_int_equal(sessio_explore_driver_replay(
				 &sessio_driver_image_of_seeded, NULL, NULL, NULL, &result),
		SESSIO_INVALID_ARG);
	assert_null(result);
	assert_int_equal(sessio_scenario_create(SESSIO_RULES_DOCUMENTED, &scenario), SESSIO_OK);
	assert_int_equal(sessio_explore_driver_replay(NULL, NULL, NULL, scenario, &result),
		SESSIO_INVALID_ARG);
	assert_int_equal(sessio_explore_driver_replay(
				 &sessio_driver_image_of_seeded, NULL, NULL, scenario, NULL),
		SESSIO_INVALID_ARG);
	sessio_scenario_destroy(scenario);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_driver_survives_every_history),
		cmocka_unit_test(histories_without_a_failure_walk_no_stack),
		cmocka_unit_test(one_of_two_drivers_is_unloaded_in_a_batch_as_alone),
		cmocka_unit_test(a_failing_history_of_a_driver_is_replayed),
		cmocka_unit_test(a_saved_history_fits_its_program_and_bounds_only),
		cmocka_unit_test(a_driver_can_be_explored_after_a_kit_of_the_process),
		cmocka_unit_test(a_late_notice_that_cuts_off_a_newer_open_is_found),
		cmocka_unit_test(a_cancelled_request_meets_later_ones),
		cmocka_unit_test(its_actions_come_besides_the_test_s),
		cmocka_unit_test(wrong_arguments_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
