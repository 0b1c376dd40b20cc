/* SPDX-License-Identifier: MIT */
/* The one place where threads sleep: wakes, timeouts, cancelled sleepers. */
#include "test.h"

#include <stdatomic.h>
#if !defined(_WIN32)
#include <pthread.h>
#endif

#include "base/waiting.h"
#include "inside.h"
#include "sleepers.h"

static _Atomic bool is_true;

static bool look(void *arg)
{
	(void)arg;
	return atomic_load(&is_true);
}

static void wait_for_it(void *arg)
{
	(void)arg;
	note_that(si_wait_until(look, NULL, SI_WAIT_FOREVER));
}

static int begin(void **state)
{
	(void)state;
	atomic_store(&is_true, false);
	return 0;
}

static int end(void **state)
{
	(void)state;
	return atomic_load(&si_waiters) == 0 ? 0 : -1;
}

/* As a thread does that makes it true: no lock but the gate is in play here. */
static void make_true(void)
{
	si_gate_enter();
	atomic_store(&is_true, true);
	si_gate_leave();
	si_wait_wake();
}

static void a_sleeper_wakes_when_it_is_true(void **state)
{
	struct sleeper sleepers[3];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		sleeper_start(&sleepers[i], wait_for_it, NULL);
	}
	si_gate_wake(); /* for nothing */
	for (unsigned i = 0; i < 3; i++) {
		assert_false(sleeper_has_ended(&sleepers[i]));
	}
	make_true();
	for (unsigned i = 0; i < 3; i++) {
		sleeper_join(&sleepers[i]);
	}
}

static void a_wait_for_no_time_only_looks(void **state)
{
	(void)state;
	assert_false(si_wait_until(look, NULL, 0));
	atomic_store(&is_true, true);
	assert_true(si_wait_until(look, NULL, 0));
}

static void a_wait_ends_by_its_time_and_not_before(void **state)
{
	uint64_t start = si_platform_now_ns();

	(void)state;
	assert_false(si_wait_until(look, NULL, SI_WAIT_MS(20u)));
	assert_true(si_platform_now_ns() - start >= UINT64_C(20000000));
}

#if !defined(_WIN32)
static void *wait_in_a_thread(void *arg)
{
	wait_for_it(arg);
	return NULL;
}

static void a_cancelled_sleeper_leaves_the_gate_open(void **state)
{
	struct sleeper other;
	pthread_t thread;
	void *result = NULL;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, wait_in_a_thread, NULL), 0);
	sleepers_wait(1);
	assert_int_equal(pthread_cancel(thread), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, PTHREAD_CANCELED);
	assert_int_equal(atomic_load(&si_waiters), 0);
	/* Others still sleep and wake. */
	sleeper_start(&other, wait_for_it, NULL);
	make_true();
	sleeper_join(&other);
}
#endif

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_sleeper_wakes_when_it_is_true),
		TEST(a_wait_for_no_time_only_looks),
		TEST(a_wait_ends_by_its_time_and_not_before),
#if !defined(_WIN32)
		TEST(a_cancelled_sleeper_leaves_the_gate_open),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
