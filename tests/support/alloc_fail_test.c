/* SPDX-License-Identifier: MIT */
/* The sweep is what other tests lean on, so each of its rules is broken here once. */
#include "test.h"

#include "alloc_fail.h"

#include <string.h>

#include "base/lock_order.h"

struct pair {
	void *first;
	void *second;
	si_mutex lock;
};

/* Three places that can fail; *sloppy gets what a careless one leaves behind. */
static bool make_pair(struct pair *pair, void **sloppy)
{
	pair->first = si_platform_alloc(16);
	if (pair->first == NULL) {
		return false;
	}
	pair->second = si_platform_alloc(16);
	if (pair->second == NULL) {
		if (sloppy != NULL) {
			*sloppy = pair->first;
		} else {
			si_platform_free(pair->first);
		}
		return false;
	}
	if (!si_mutex_init(&pair->lock, SI_RANK_ALONE)) {
		si_platform_free(pair->second);
		si_platform_free(pair->first);
		return false;
	}
	return true;
}

static void drop_pair(struct pair *pair)
{
	si_mutex_fini(&pair->lock);
	si_platform_free(pair->second);
	si_platform_free(pair->first);
}

static void careful(struct alloc_fail *tester, void *ctx)
{
	struct pair pair;
	size_t *runs = ctx;

	*runs += 1;
	alloc_fail_on(tester);
	if (!alloc_fail_off(tester, !make_pair(&pair, NULL))) {
		drop_pair(&pair);
	}
}

static void every_place_fails_once_and_for_ever(void **state)
{
	size_t runs = 0;
	size_t failures = 0;

	(void)state;
	assert_null(alloc_fail_find(careful, &runs, &failures));
	assert_int_equal(failures, 6);
	/* Each way: one run before, one for each of the three, one that passes. */
	assert_int_equal(runs, 10);
}

static void leaking(struct alloc_fail *tester, void *ctx)
{
	struct pair pair;

	alloc_fail_on(tester);
	if (!alloc_fail_off(tester, !make_pair(&pair, ctx))) {
		drop_pair(&pair);
	}
}

static void what_a_failed_call_keeps_is_found(void **state)
{
	void *left = NULL;
	size_t failures;
	const char *complaint = alloc_fail_find(leaking, &left, &failures);

	(void)state;
	assert_non_null(complaint);
	assert_string_equal(
		complaint, "allocation 2 fails: a failed call kept what it had allocated");
	si_platform_free(left); /* so that it is no leak itself */
}

static void giving_up(struct alloc_fail *tester, void *ctx)
{
	void *memory;

	(void)ctx;
	alloc_fail_on(tester);
	memory = si_platform_alloc(1);
	si_platform_free(memory);
	(void)alloc_fail_off(tester, true);
}

static void a_failure_without_a_reason_is_found(void **state)
{
	size_t failures;
	const char *complaint = alloc_fail_find(giving_up, NULL, &failures);

	(void)state;
	assert_non_null(complaint);
	assert_string_equal(complaint,
		"with memory for everything: a call failed although nothing had run out");
}

static void *left_behind[8]; /* freed by the test */
static size_t left_count;

static void forgetting(struct alloc_fail *tester, void *ctx)
{
	void *memory;

	(void)ctx;
	alloc_fail_on(tester);
	memory = si_platform_alloc(1);
	if (!alloc_fail_off(tester, memory == NULL)) {
		left_behind[left_count++] = memory;
	}
}

static void a_run_that_passes_and_leaks_is_found(void **state)
{
	size_t failures;
	const char *complaint = alloc_fail_find(forgetting, NULL, &failures);

	(void)state;
	assert_non_null(complaint);
	assert_string_equal(
		complaint, "allocation 2 fails: the run leaked, or freed what it did not allocate");
	while (left_count > 0) {
		si_platform_free(left_behind[--left_count]);
	}
}

static void empty(struct alloc_fail *tester, void *ctx)
{
	(void)ctx;
	alloc_fail_on(tester);
	(void)alloc_fail_off(tester, false);
}

static void open_ended(struct alloc_fail *tester, void *ctx)
{
	(void)ctx;
	alloc_fail_on(tester);
	si_platform_free(si_platform_alloc(1));
}

static void a_scenario_that_tests_nothing_is_found(void **state)
{
	size_t failures;
	const char *complaint = alloc_fail_find(empty, NULL, &failures);

	(void)state;
	assert_non_null(complaint);
	assert_non_null(strstr(complaint, "nothing was allocated"));
	complaint = alloc_fail_find(open_ended, NULL, &failures);
	assert_non_null(complaint);
	assert_non_null(strstr(complaint, "left its stretch open"));
}

static void memory_is_never_handed_out_zeroed(void **state)
{
	unsigned char *memory = si_platform_alloc(2);

	(void)state;
	assert_non_null(memory);
	assert_int_equal(memory[0], 0xA5);
	assert_int_equal(memory[1], 0xA5);
	si_platform_free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_place_fails_once_and_for_ever),
		cmocka_unit_test(what_a_failed_call_keeps_is_found),
		cmocka_unit_test(a_failure_without_a_reason_is_found),
		cmocka_unit_test(a_run_that_passes_and_leaks_is_found),
		cmocka_unit_test(a_scenario_that_tests_nothing_is_found),
		cmocka_unit_test(memory_is_never_handed_out_zeroed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
