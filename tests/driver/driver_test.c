/* SPDX-License-Identifier: MIT */
/*
 * The beginning and the end of the library in a driver, on this machine: the platform's
 * part is played here, the kernel's by support/stand_in.c. Under Wine both are real
 * but for the container calls.
 */
#include "test.h"

#include <uv.h>

#include <sessio/driver.h>

#include "alloc_fail.h"
#include "host_log.h"
#include "leaks.h"
#include "platform/kernel.h"
#include "stand_in.h"

static bool started;
static size_t left_over; /* when the kernel stopped last */
static size_t before;

bool si_kernel_start(void)
{
	if (started) {
		return false;
	}
	before = leaks_live();
	started = true;
	return true;
}

void si_kernel_stop(void)
{
	left_over = leaks_live() - before;
	started = false;
}

bool si_kernel_is_started(void)
{
	return started;
}

static DRIVER_OBJECT driver;

static void stop_and_expect_nothing_left(void)
{
	left_over = 1;
	sessio_stop();
	assert_false(started);
	assert_int_equal(left_over, 0);
	assert_int_equal(stand_in_registrations(), 0);
	stand_in_forget();
}

static void between_the_two_the_default_host_follows_the_kernel(void **state)
{
	int32_t answer = -1;
	struct host_log text = { .length = 0 };
	struct logged a = { 0 };

	(void)state;
	assert_int_equal(sessio_start(&driver, &answer), SESSIO_OK);
	assert_int_equal(answer, STATUS_SUCCESS);
	assert_int_equal(sessio_host_rules(sessio_host_default()), SESSIO_RULES_OBSERVED);
	logged_start(&a, sessio_host_default(), &text, "a");
	assert_int_equal(stand_in_event(1, IoSessionEventCreated, TRUE), STATUS_SUCCESS);
	assert_int_equal(stand_in_event(1, IoSessionEventConnected, TRUE), STATUS_SUCCESS);
	log_expect(&text, "a:1+Created a:1+Connected");
	assert_int_equal(sessio_host_unwatch(sessio_host_default(), a.watch), SESSIO_OK);
	stop_and_expect_nothing_left();
}

static void it_starts_once_and_stops_when_started(void **state)
{
	(void)state;
	sessio_stop();
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(sessio_start(&driver, NULL), SESSIO_OK);
		assert_int_equal(sessio_start(&driver, NULL), SESSIO_BAD_STATE);
		assert_int_equal(stand_in_registrations(), 1);
		stop_and_expect_nothing_left();
		sessio_stop();
	}
}

static void a_refused_registration_is_not_the_end(void **state)
{
	int32_t answer = 0;

	(void)state;
	stand_in_refuse(STATUS_INVALID_PARAMETER_3);
	assert_int_equal(sessio_start(&driver, &answer), SESSIO_OK);
	assert_int_equal(answer, STATUS_INVALID_PARAMETER_3);
	assert_int_equal(
		sessio_host_adopt(sessio_host_default(), 1, STATE(LOGGED_ON), 0), SESSIO_OK);
	stop_and_expect_nothing_left();
	stand_in_refuse(STATUS_SUCCESS);
	assert_int_equal(sessio_start(NULL, &answer), SESSIO_OK);
	assert_int_equal(answer, STATUS_NOT_SUPPORTED);
	stop_and_expect_nothing_left();
}

static void the_process_own_handles_end_with_it(void **state)
{
	(void)state;
	assert_int_equal(sessio_start(&driver, NULL), SESSIO_OK);
	assert_non_null(sessio_handle_space_own());
	stop_and_expect_nothing_left();
}

static void begin_and_end(struct alloc_fail *tester, void *ctx)
{
	sessio_status status;

	(void)ctx;
	alloc_fail_on(tester);
	status = sessio_start(&driver, NULL);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_false(started);
	} else {
		sessio_stop();
	}
	assert_int_equal(left_over, 0);
}

static void without_memory_it_does_not_start(void **state)
{
	(void)state;
	alloc_fail_sweep(begin_and_end, NULL);
	assert_int_equal(stand_in_registrations(), 0);
}

static _Atomic bool storm_ends;

/* Sessions come, change and go; one session at a time, as a kernel would. */
static void storm(void *arg)
{
	ULONG session_id = *(const ULONG *)arg;

	while (!storm_ends) {
		for (ULONG event = IoSessionEventCreated; event < IoSessionEventMax; event++) {
			if (event != IoSessionEventTerminated) {
				(void)stand_in_event(session_id, event, TRUE);
			}
		}
		(void)stand_in_event(session_id, IoSessionEventTerminated, TRUE);
	}
}

static void it_stops_while_events_arrive(void **state)
{
	static ULONG ids[] = { 1, 2 };
	uv_thread_t threads[2];

	(void)state;
	storm_ends = false;
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(uv_thread_create(&threads[i], storm, &ids[i]), 0);
	}
	for (unsigned i = 0; i < 200; i++) {
		unsigned seen = 0;
		sessio_watch_options options = { .events = ALL_EVENTS };
		sessio_watch watch = 0;

		assert_int_equal(sessio_start(&driver, NULL), SESSIO_OK);
		assert_int_equal(sessio_host_watch(sessio_host_default(), &options, count_calls,
					 &seen, &watch),
			SESSIO_OK);
		if (i % 2 == 0) {
			while (sessio_host_session_count(sessio_host_default()) == 0) {
				uv_sleep(0);
			}
		}
		assert_int_equal(sessio_host_unwatch(sessio_host_default(), watch), SESSIO_OK);
		left_over = 1;
		sessio_stop();
		assert_int_equal(left_over, 0);
	}
	storm_ends = true;
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	stand_in_forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(between_the_two_the_default_host_follows_the_kernel),
		cmocka_unit_test(it_starts_once_and_stops_when_started),
		cmocka_unit_test(a_refused_registration_is_not_the_end),
		cmocka_unit_test(the_process_own_handles_end_with_it),
		cmocka_unit_test_teardown(without_memory_it_does_not_start, alloc_fail_say),
		cmocka_unit_test(it_stops_while_events_arrive),
	};

	stand_in_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
