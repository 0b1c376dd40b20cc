/* SPDX-License-Identifier: MIT */
/* How a schedule can end otherwise, and how a finding is made smaller. */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* strdup() */
#endif

#include "test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sessio/testing_driver.h>
#include <sessio/testing_scenario.h>
#include <sessio/testing_threads.h>

SESSIO_DRIVER(seat);
SESSIO_DRIVER(seat_twin);

/* Explores this body; the report, which the caller frees. */
static char *explore(
	const sessio_threads_options *options, sessio_threads_finding finding, const char *text)
{
	sessio_threads *threads;
	const sessio_threads_result *result;
	char *report;

	assert_int_equal(sessio_threads_explore(options, &threads), SESSIO_OK);
	result = sessio_threads_get_result(threads);
	if (result->finding != finding || strstr(result->text, text) == NULL) {
		fail_msg("%s", result->report);
	}
	report = strdup(result->report);
	assert_non_null(report);
	sessio_threads_destroy(threads);
	return report;
}

static void expect(void (*body)(void *arg), sessio_threads_finding finding, const char *text)
{
	const sessio_threads_options options = { .body = body, .flags = SESSIO_THREADS_KEEP };

	free(explore(&options, finding, text));
}

static void abort_it(void *arg)
{
	(void)arg;
	abort();
}

static void start_one_that_aborts(void *arg)
{
	(void)arg;
	(void)sessio_threads_start("doomed", abort_it, NULL);
}

static void exit_with_three(void *arg)
{
	(void)arg;
	_exit(3);
}

static void take_a_spin_lock_twice(void *arg)
{
	KSPIN_LOCK lock;
	KIRQL before;

	(void)arg;
	KeInitializeSpinLock(&lock);
	KeAcquireSpinLock(&lock, &before);
	KeAcquireSpinLockAtDpcLevel(&lock);
}

static void *call_the_library(void *arg)
{
	sessio_host *host;

	if (sessio_host_create(SESSIO_RULES_DOCUMENTED, &host) == SESSIO_OK) {
		(void)sessio_host_destroy(host);
	}
	return arg;
}

static void start_a_thread_of_the_system(void *arg)
{
	pthread_t thread;

	(void)arg;
	SESSIO_THREADS_CHECK(pthread_create(&thread, NULL, call_the_library, NULL) == 0);
	(void)pthread_join(thread, NULL);
}

static pthread_mutex_t of_the_system = PTHREAD_MUTEX_INITIALIZER;

static void hold_it_at_a_point(void *arg)
{
	(void)arg;
	(void)pthread_mutex_lock(&of_the_system);
	SESSIO_THREADS_POINT();
	(void)pthread_mutex_unlock(&of_the_system);
}

static void use_a_lock_of_the_system(void *arg)
{
	(void)arg;
	(void)sessio_threads_start("holder", hold_it_at_a_point, NULL);
	(void)sessio_threads_start("waiter", hold_it_at_a_point, NULL);
}

static void run_for_ever(void *arg)
{
	volatile unsigned long rounds = 0;

	(void)arg;
	for (;;) {
		rounds = rounds + 1;
	}
}

static void other_ends_are_findings(void **state)
{
	(void)state;
	expect(start_one_that_aborts, SESSIO_THREADS_CRASHED, "doomed");
	expect(exit_with_three, SESSIO_THREADS_LEFT, "code 3");
	expect(take_a_spin_lock_twice, SESSIO_THREADS_STOPPED, "taken twice");
	expect(start_a_thread_of_the_system, SESSIO_THREADS_FOREIGN, "did not start");
}

static void waits_that_cannot_be_seen_are_named(void **state)
{
	(void)state;
	expect(use_a_lock_of_the_system, SESSIO_THREADS_UNSEEN_WAIT, "er waits where");
	expect(run_for_ever, SESSIO_THREADS_NO_POINT, "main runs on");
}

/* Memory that outlives a schedule, as a file would. */
static unsigned *runs;

static void do_something_else_each_time(void *arg)
{
	(void)arg;
	if ((*runs)++ % 2 != 0) {
		(void)sessio_threads_start("odd", hold_it_at_a_point, NULL);
	}
	SESSIO_THREADS_POINT();
}

static void a_program_that_is_not_the_same_twice_is_named(void **state)
{
	sessio_threads_options options = { .body = do_something_else_each_time,
		.flags = SESSIO_THREADS_TWICE };

	(void)state;
	runs = mmap(NULL, sizeof(*runs), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(runs != MAP_FAILED);
	free(explore(&options, SESSIO_THREADS_UNSTABLE, "decision 1 differs"));
	(void)munmap(runs, sizeof(*runs));
}

/* Of six operations two are needed. */
static unsigned value;

static void add_one(void *arg)
{
	for (unsigned i = 0; i < 3; i++) {
		unsigned seen = value;

		if (sessio_threads_does(i + (arg != NULL ? 3 : 0))) {
			SESSIO_THREADS_POINT();
			value = seen + 1;
		}
		SESSIO_THREADS_POINT();
	}
}

static unsigned done_by(unsigned first)
{
	unsigned done = 0;

	for (unsigned i = first; i < first + 3; i++) {
		done += sessio_threads_does(i);
	}
	return done;
}

static void count(void *arg)
{
	(void)arg;
	value = 0;
	(void)sessio_threads_start("one", add_one, NULL);
	(void)sessio_threads_start("two", add_one, &value);
	sessio_threads_join();
	SESSIO_THREADS_CHECK(value == done_by(0) + done_by(3));
}

static void say_value(void *arg, char *text, size_t size)
{
	(void)arg;
	(void)snprintf(text, size, "value %u", value);
}

static unsigned times(const char *text, const char *part)
{
	unsigned found = 0;

	for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
		found++;
	}
	return found;
}

static void a_finding_is_made_smaller(void **state)
{
	/* At random, so that it is not small to begin with. */
	const sessio_threads_options options = { .body = count,
		.state = say_value,
		.bounds = 1,
		.random = 1000,
		.depth = 6,
		.seed = 5 };
	char *report;

	(void)state;
	report = explore(&options, SESSIO_THREADS_FAILED, "done_by");
	assert_int_equal(times(report, "it needs no operation"), 4);
	assert_non_null(strstr(report, "pre-emptions in this one: 1,"));
	assert_non_null(strstr(report, "| value 1"));
	assert_non_null(strstr(report, "testing_threads_end_test.c:"));
	free(report);
}

/* A driver that frees a block twice if two threads read at the same time. */
static sessio_kit_file *files[2];

static void read_one(void *arg)
{
	unsigned char byte;

	(void)sessio_kit_read(*(sessio_kit_file **)arg, &byte, 1, NULL);
}

static void read_by_two(void *arg)
{
	const sessio_driver_image *image = arg;
	sessio_kit *kit;
	sessio_kit_driver *driver;

	SESSIO_THREADS_CHECK(sessio_kit_create(NULL, &kit) == SESSIO_OK);
	SESSIO_THREADS_CHECK(NT_SUCCESS(sessio_kit_load_image(kit, image, &driver)));
	for (unsigned i = 0; i < 2; i++) {
		SESSIO_THREADS_CHECK(NT_SUCCESS(
			sessio_kit_open(kit, SESSIO_KIT_NO_SESSION, L"\\Device\\Seat", &files[i])));
		(void)sessio_threads_start(i == 0 ? "reader" : "other", read_one, &files[i]);
	}
	sessio_threads_join();
	SESSIO_THREADS_CHECK(sessio_kit_finish(kit) == 0);
}

static void a_race_in_a_driver_is_found(void **state)
{
	sessio_threads_options options = { .body = read_by_two,
		.arg = (void *)(uintptr_t)&sessio_driver_image_of_seat,
		.bounds = 2 };
	char *report;

	(void)state;
	report = explore(&options, SESSIO_THREADS_FAILED,
		"pool memory was freed twice: a block was given back that had been given back "
		"before: 16 bytes with tag 'Seat'");
	assert_non_null(strstr(report, "seat.c:"));
	free(report);
	options.arg = (void *)(uintptr_t)&sessio_driver_image_of_seat_twin;
	options.schedules = 200; /* of some thousand */
	free(explore(&options, SESSIO_THREADS_NOTHING, ""));
}

static KEVENT event;

static void set_event(void *arg)
{
	(void)arg;
	(void)KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
}

static sessio_status wait_for_event(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	(void)kit, (void)session, (void)number, (void)ctx;
	(void)KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	return SESSIO_OK;
}

static void wait_for_another_thread_in_a_step(void *arg)
{
	static const sessio_step_action action = { "wait", wait_for_event };
	static const sessio_step step = { .kind = SESSIO_STEP_ACTION, .action = "wait" };
	const sessio_scenario_options options = { .actions = &action, .action_count = 1 };
	sessio_kit *kit;

	(void)arg;
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	SESSIO_THREADS_CHECK(sessio_kit_create(NULL, &kit) == SESSIO_OK);
	(void)sessio_threads_start("setter", set_event, NULL);
	SESSIO_THREADS_CHECK(sessio_kit_run_step(kit, &step, &options, NULL) == SESSIO_OK);
	sessio_threads_join();
	SESSIO_THREADS_CHECK(sessio_kit_finish(kit) == 0);
}

/* Outside of schedules it would be for ever, as nobody calls a kit besides a step. */
static void a_step_in_a_schedule_may_wait_for_another_thread(void **state)
{
	const sessio_threads_options options = {
		.body = wait_for_another_thread_in_a_step, .bounds = 2, .schedules = 300
	};

	(void)state;
	free(explore(&options, SESSIO_THREADS_NOTHING, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_ends_are_findings),
		cmocka_unit_test(waits_that_cannot_be_seen_are_named),
		cmocka_unit_test(a_program_that_is_not_the_same_twice_is_named),
		cmocka_unit_test(a_finding_is_made_smaller),
		cmocka_unit_test(a_race_in_a_driver_is_found),
		cmocka_unit_test(a_step_in_a_schedule_may_wait_for_another_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
