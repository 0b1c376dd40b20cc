/* SPDX-License-Identifier: MIT */
/* Schedules of threads: seeded mistakes are found, and their twins have none. */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* strdup() */
#endif

#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "racy.h"

static const sessio_threads_result *explore(
	const sessio_threads_options *options, sessio_threads **out_threads)
{
	assert_int_equal(sessio_threads_explore(options, out_threads), SESSIO_OK);
	return sessio_threads_get_result(*out_threads);
}

static sessio_threads_options options_of(const struct racy *racy, bool *is_right, bool digests)
{
	return (sessio_threads_options){ .program = racy->name,
		.body = racy->body,
		.arg = is_right,
		.digest = digests ? racy->digest : NULL,
		.bounds = racy->bounds,
		.faults = racy->faults,
		.points = 2000,
		.flags = SESSIO_THREADS_TWICE };
}

static void expect_in(const char *text, const char *part)
{
	if (strstr(text, part) == NULL) {
		fail_msg("\"%s\" is not in:\n%s", part, text);
	}
}

/* The finding, and the same from its text. */
static void expect_found(const struct racy *racy, bool digests)
{
	bool is_right = false;
	sessio_threads_options options = options_of(racy, &is_right, digests);
	sessio_threads *threads, *again;
	const sessio_threads_result *result = explore(&options, &threads);

	if (result->finding != racy->finding) {
		fail_msg("%s: %s", racy->name, result->report);
	}
	assert_false(result->complete);
	assert_true(result->preemptions < racy->bounds);
	assert_true(result->faults <= racy->faults);
	expect_in(result->report, "main");
	expect_in(result->report, "racy.c:");
	assert_int_equal(sessio_threads_replay(&options, result->schedule, &again), SESSIO_OK);
	assert_int_equal(sessio_threads_get_result(again)->finding, racy->finding);
	assert_string_equal(sessio_threads_get_result(again)->schedule, result->schedule);
	assert_string_equal(sessio_threads_get_result(again)->text, result->text);
	sessio_threads_destroy(again);
	sessio_threads_destroy(threads);
}

static void mistakes_are_found_with_digests_and_without(void **state)
{
	(void)state;
	for (size_t i = 0; i < racy_count; i++) {
		expect_found(&racy_programs[i], false);
		if (racy_programs[i].digest != NULL) {
			expect_found(&racy_programs[i], true);
		}
	}
}

static void without_the_mistake_there_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < racy_count; i++) {
		bool is_right = true;
		sessio_threads_options options = options_of(&racy_programs[i], &is_right, true);
		sessio_threads *threads;
		const sessio_threads_result *result;

		options.bounds = racy_programs[i].is_small ? 64 : racy_programs[i].bounds;
		result = explore(&options, &threads);
		if (result->finding != SESSIO_THREADS_NOTHING ||
			result->complete != racy_programs[i].is_small) {
			fail_msg("%s: %s", racy_programs[i].name, result->report);
		}
		assert_int_equal(result->bounds, options.bounds);
		assert_int_equal(result->cut == 0, result->complete);
		assert_string_equal(result->schedule, "");
		sessio_threads_destroy(threads);
	}
}

/* With and without digests the same is found within each bound. */
static void digests_leave_out_only_what_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < racy_count; i++) {
		for (unsigned bounds = 1; bounds <= 2 && racy_programs[i].digest != NULL;
			bounds++) {
			sessio_threads_finding findings[2];

			for (int digests = 0; digests < 2; digests++) {
				bool is_right = false;
				sessio_threads_options options =
					options_of(&racy_programs[i], &is_right, digests != 0);
				sessio_threads *threads;

				options.bounds = bounds;
				options.flags = SESSIO_THREADS_KEEP;
				findings[digests] = explore(&options, &threads)->finding;
				sessio_threads_destroy(threads);
			}
			assert_int_equal(findings[0], findings[1]);
		}
	}
}

static const struct racy *find(const char *name)
{
	for (size_t i = 0; i < racy_count; i++) {
		if (strcmp(racy_programs[i].name, name) == 0) {
			return &racy_programs[i];
		}
	}
	fail_msg("%s is none of the programs", name);
	return NULL;
}

static void random_schedules_find_it_and_say_how_likely_that_was(void **state)
{
	bool is_right = false;
	sessio_threads_options options = options_of(find("check_then_act"), &is_right, false);
	sessio_threads *threads;
	const sessio_threads_result *result;
	double missed = 1;

	(void)state;
	options.bounds = 1;
	options.random = 300;
	options.depth = 2;
	result = explore(&options, &threads);
	assert_int_equal(result->finding, SESSIO_THREADS_FAILED);
	assert_true(result->random != 0);
	assert_int_equal(result->preemptions, 1);
	sessio_threads_destroy(threads);

	is_right = true;
	options.random = 100;
	result = explore(&options, &threads);
	assert_int_equal(result->finding, SESSIO_THREADS_NOTHING);
	assert_int_equal(result->random, 100);
	assert_int_equal(result->threads, 3);
	assert_true(result->random_points >= 5);
	/* Schedules that were drawn before the longest was known do not count. */
	for (int i = 0; i < 100; i++) {
		missed *= 1 - 1.0 / (3.0 * (double)result->random_points);
	}
	assert_true(result->chance > 0);
	assert_true(result->chance <= 1 - missed + 1e-9);
	expect_in(result->report, "100 at random");
	sessio_threads_destroy(threads);
}

static void a_schedule_fits_its_program_and_bounds_only(void **state)
{
	bool is_right = false;
	sessio_threads_options options = options_of(find("lost_wake_up"), &is_right, false);
	sessio_threads *threads, *again = NULL;
	char *schedule;

	(void)state;
	schedule = strdup(explore(&options, &threads)->schedule);
	assert_non_null(schedule);
	sessio_threads_destroy(threads);
	is_right = true;
	assert_int_equal(sessio_threads_replay(&options, schedule, &again), SESSIO_REFUSED);
	expect_in(sessio_threads_get_result(again)->report, "line 7: the program does not do this");
	sessio_threads_destroy(again);
	is_right = false;
	options.bounds = 4;
	assert_int_equal(sessio_threads_replay(&options, schedule, &again), SESSIO_REFUSED);
	expect_in(sessio_threads_get_result(again)->report, "line 3: the options have");
	sessio_threads_destroy(again);
	options.bounds = 2;
	options.program = "another";
	assert_int_equal(sessio_threads_replay(&options, schedule, &again), SESSIO_REFUSED);
	expect_in(sessio_threads_get_result(again)->report, "line 2: it is of another program");
	sessio_threads_destroy(again);
	again = NULL;
	options.program = "lost_wake_up";
	schedule[strlen(schedule) - 2] = '?';
	assert_int_equal(sessio_threads_replay(&options, schedule, &again), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_threads_replay(&options, "", &again), SESSIO_INVALID_ARG);
	assert_null(again);
	free(schedule);
}

static void nothing(void *arg)
{
	(void)arg;
}

static void explore_inside(void *arg)
{
	const sessio_threads_options options = { .body = nothing };
	sessio_threads *threads;

	(void)arg;
	SESSIO_THREADS_CHECK(sessio_threads_explore(&options, &threads) == SESSIO_BUSY);
	SESSIO_THREADS_CHECK(sessio_threads_start(NULL, nothing, NULL) == SESSIO_INVALID_ARG);
	SESSIO_THREADS_CHECK(sessio_threads_start("x", NULL, NULL) == SESSIO_INVALID_ARG);
	for (unsigned i = 1; i < SESSIO_THREADS_MAX; i++) {
		SESSIO_THREADS_CHECK(sessio_threads_start("same name", nothing, NULL) == SESSIO_OK);
	}
	SESSIO_THREADS_CHECK(sessio_threads_start("one more", nothing, NULL) == SESSIO_LIMIT);
}

static void arguments_are_checked(void **state)
{
	sessio_threads_options options = { .body = explore_inside, .schedules = 1 };
	sessio_threads *threads = NULL;

	(void)state;
	assert_string_equal(explore(&options, &threads)->text, "");
	sessio_threads_destroy(threads);
	threads = NULL;
	assert_int_equal(sessio_threads_explore(NULL, &threads), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_threads_explore(&options, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_threads_replay(NULL, "", &threads), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_threads_replay(&options, NULL, &threads), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_threads_replay(&options, "", NULL), SESSIO_INVALID_ARG);
	options.flags = 64;
	assert_int_equal(sessio_threads_explore(&options, &threads), SESSIO_INVALID_ARG);
	options.flags = 0;
	options.body = NULL;
	assert_int_equal(sessio_threads_explore(&options, &threads), SESSIO_INVALID_ARG);
	assert_null(threads);
	assert_null(sessio_threads_get_result(NULL));
	sessio_threads_destroy(NULL);
}

static void outside_of_a_schedule_the_calls_do_nothing(void **state)
{
	(void)state;
	assert_int_equal(sessio_threads_start("x", nothing, NULL), SESSIO_BAD_STATE);
	assert_int_equal(sessio_threads_start(NULL, nothing, NULL), SESSIO_INVALID_ARG);
	sessio_threads_join();
	sessio_threads_yield();
	sessio_threads_point_at(NULL, 0);
	sessio_threads_check_at(false, NULL, NULL, 0);
	assert_true(sessio_threads_does(3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_are_found_with_digests_and_without),
		cmocka_unit_test(without_the_mistake_there_is_none),
		cmocka_unit_test(digests_leave_out_only_what_is_known),
		cmocka_unit_test(random_schedules_find_it_and_say_how_likely_that_was),
		cmocka_unit_test(a_schedule_fits_its_program_and_bounds_only),
		cmocka_unit_test(arguments_are_checked),
		cmocka_unit_test(outside_of_a_schedule_the_calls_do_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
