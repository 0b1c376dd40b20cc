/* SPDX-License-Identifier: MIT */
/* The operation counter, one thread at a time; rundown_torture_test.c has the crowd. */
#include "test.h"

#include "alloc_fail.h"
#include "leaks.h"
#include "rundown_calls.h"

#include <uv.h>

/* The counter looks at a clock and at the number of processors; here we are both. */
static uint64_t clock_ms;
static unsigned processors = 2;

uint64_t __wrap_si_platform_stamp_ns(void);
unsigned __wrap_si_platform_cpu_count(void);

/* Closed when somebody looks at the clock. */
static struct si_rundown *to_close;
static enum si_run_close closed_as;

uint64_t __wrap_si_platform_stamp_ns(void)
{
	struct si_rundown *run = to_close;

	to_close = NULL;
	if (run != NULL) {
		closed_as = si_rundown_close(run);
	}
	return clock_ms * 1000000u;
}

unsigned __wrap_si_platform_cpu_count(void)
{
	return processors;
}

/* So many changes of thread are one window of contention. */
#define SWITCHES 1024u

static void contend(struct si_rundown *run)
{
	for (unsigned i = 0; i < SWITCHES; i++) {
		come_from_elsewhere(run);
		if (si_rundown_acquire(run) == SI_RUN_OK) {
			assert_false(si_rundown_release(run));
		}
	}
}

static bool is_split(struct si_rundown *run)
{
	return (atomic_load(&run->central) & SI_RUN_SPLIT) != 0;
}

static void start(struct si_rundown *run)
{
	si_rundown_init(run);
	assert_true(si_rundown_open(run));
}

/* Two windows right after one another: the first has nothing to compare with. */
static void start_split(struct si_rundown *run)
{
	start(run);
	clock_ms += 1000;
	contend(run);
	contend(run);
	assert_true(is_split(run));
}

static void acquire(struct si_rundown *run, unsigned times)
{
	while (times-- > 0) {
		assert_int_equal(si_rundown_acquire(run), SI_RUN_OK);
	}
}

static void operations_are_refused_until_it_is_open(void **state)
{
	struct si_rundown run;

	(void)state;
	si_rundown_init(&run);
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_REFUSED);
	assert_true(si_rundown_open(&run));
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_OK);
	assert_false(si_rundown_release(&run));
	si_rundown_fini(&run);
}

static void it_opens_once(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	assert_false(si_rundown_open(&run));
	si_rundown_fini(&run);
}

static void running_operations_are_counted(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	assert_int_equal(si_rundown_active(&run), 0);
	acquire(&run, 3);
	assert_int_equal(si_rundown_active(&run), 3);
	assert_false(si_rundown_release(&run));
	assert_int_equal(si_rundown_active(&run), 2);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_BUSY);
	assert_int_equal(si_rundown_active(&run), 2);
	assert_false(si_rundown_release_closer(&run, SI_CLOSE_BUSY));
	assert_int_equal(si_rundown_active(&run), 2);
	assert_false(si_rundown_release(&run));
	assert_int_equal(si_rundown_active(&run), 1);
	assert_true(si_rundown_release(&run));
	assert_int_equal(si_rundown_active(&run), 0);
	si_rundown_fini(&run);
}

static void closing_an_idle_counter_leaves_the_end_to_the_closer(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	acquire(&run, 1);
	assert_false(si_rundown_release(&run));
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_IDLE);
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_REFUSED);
	assert_true(si_rundown_release_closer(&run, SI_CLOSE_IDLE));
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_REFUSED);
	si_rundown_fini(&run);
}

static void the_last_release_after_letting_go_is_the_end(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	acquire(&run, 2);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_BUSY);
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_REFUSED);
	assert_false(si_rundown_release_closer(&run, SI_CLOSE_BUSY));
	assert_false(si_rundown_release(&run));
	assert_true(si_rundown_release(&run));
	si_rundown_fini(&run);
}

static void nothing_ends_before_it_is_let_go(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	acquire(&run, 2);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_BUSY);
	assert_false(si_rundown_release(&run));
	assert_false(si_rundown_release(&run));
	assert_true(si_rundown_release_closer(&run, SI_CLOSE_BUSY));
	si_rundown_fini(&run);
}

static void closing_before_opening_wins(void **state)
{
	struct si_rundown run;

	(void)state;
	si_rundown_init(&run);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_PENDING);
	assert_false(si_rundown_open(&run));
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_REFUSED);
	assert_true(si_rundown_release_closer(&run, SI_CLOSE_PENDING));
	si_rundown_fini(&run);
}

/* The next call looks at the clock: after its first look at the counter, before it counts. */
static void close_in_the_next_call(struct si_rundown *run)
{
	atomic_store(&run->switches, SWITCHES - 1);
	atomic_store(&run->window_ms, (uint32_t)clock_ms); /* so that it would split, too */
	come_from_elsewhere(run);
	to_close = run;
}

static void an_operation_that_the_close_overtakes_is_refused(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	close_in_the_next_call(&run);
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_REFUSED);
	assert_null(to_close);
	assert_int_equal(closed_as, SI_CLOSE_IDLE);
	assert_false(is_split(&run));
	assert_true(si_rundown_release_closer(&run, SI_CLOSE_IDLE));
	si_rundown_fini(&run);
}

static void a_release_that_the_close_overtakes_is_the_last(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	acquire(&run, 2);
	assert_false(si_rundown_release(&run));
	close_in_the_next_call(&run);
	assert_false(si_rundown_release(&run));
	assert_null(to_close);
	assert_int_equal(closed_as, SI_CLOSE_BUSY);
	assert_true(si_rundown_release_closer(&run, SI_CLOSE_BUSY));
	si_rundown_fini(&run);
}

static void a_second_closer_is_late(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	acquire(&run, 1);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_BUSY);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_LATE);
	assert_false(si_rundown_release_closer(&run, SI_CLOSE_BUSY));
	assert_true(si_rundown_release(&run));
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_LATE);
	si_rundown_fini(&run);
}

static void a_full_counter_refuses_and_counts_no_further(void **state)
{
	struct si_rundown run;
	uint64_t limit = SI_RUN_LIMIT / SI_RUN_ONE;
	uint64_t met;

	(void)state;
	start(&run);
	atomic_store(&run.central, SI_RUN_LIMIT - SI_RUN_ONE);
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_OK);
	assert_true(si_rundown_active(&run) == limit);
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_FULL);
	assert_false(si_rundown_acquire_uncontended(&run, &met));
	assert_int_equal(si_rundown_finish_acquire(&run, met), SI_RUN_FULL);
	assert_true(si_rundown_active(&run) == limit);
	/* One out, one in. */
	assert_false(si_rundown_release(&run));
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_OK);
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_FULL);
	si_rundown_fini(&run);
}

static void a_full_counter_closes_with_what_it_has(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	atomic_store(&run.central, SI_RUN_LIMIT);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_BUSY);
	assert_true(si_rundown_active(&run) == SI_RUN_LIMIT / SI_RUN_ONE);
	assert_false(si_rundown_release_closer(&run, SI_CLOSE_BUSY));
	atomic_store(&run.drain, SI_RUN_ONE);
	assert_true(si_rundown_release(&run));
	si_rundown_fini(&run);
}

static void contention_in_a_short_time_splits_it(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	clock_ms += 1000;
	contend(&run);
	assert_false(is_split(&run));
	clock_ms += 50;
	contend(&run);
	assert_true(is_split(&run));
	/* Splitting again changes nothing. */
	contend(&run);
	assert_true(is_split(&run));
	si_rundown_fini(&run);
}

static void contention_spread_over_time_does_not_split_it(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	for (unsigned i = 0; i < 5; i++) {
		clock_ms += 51;
		contend(&run);
		assert_false(is_split(&run));
	}
	si_rundown_fini(&run);
}

static void one_thread_alone_is_no_contention(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	for (unsigned i = 0; i < 4 * SWITCHES; i++) {
		acquire(&run, 1);
		assert_false(si_rundown_release(&run));
	}
	assert_false(is_split(&run));
	assert_true(atomic_load(&run.switches) <= 1);
	si_rundown_fini(&run);
}

static void only_an_open_counter_splits(void **state)
{
	struct si_rundown run;

	(void)state;
	si_rundown_init(&run);
	contend(&run);
	contend(&run);
	assert_false(is_split(&run));
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_PENDING);
	contend(&run);
	assert_false(is_split(&run));
	assert_true(si_rundown_release_closer(&run, SI_CLOSE_PENDING));
	si_rundown_fini(&run);
}

static void a_split_that_lost_its_race_keeps_its_stripes_for_the_next(void **state)
{
	struct si_rundown run;
	size_t live = leaks_live();

	(void)state;
	start_split(&run);
	atomic_fetch_and(&run.central, ~SI_RUN_SPLIT);
	contend(&run);
	assert_true(is_split(&run));
	assert_int_equal(leaks_live(), live + 1);
	si_rundown_fini(&run);
	assert_int_equal(leaks_live(), live);
}

static void operations_may_begin_before_a_split_and_end_after_it(void **state)
{
	struct si_rundown run;

	(void)state;
	start(&run);
	acquire(&run, 3);
	clock_ms += 1000;
	contend(&run);
	contend(&run);
	assert_true(is_split(&run));
	assert_int_equal(si_rundown_active(&run), 3);
	acquire(&run, 1);
	assert_int_equal(si_rundown_active(&run), 4);
	assert_false(si_rundown_release(&run));
	assert_false(si_rundown_release(&run));
	assert_false(si_rundown_release(&run));
	assert_int_equal(si_rundown_active(&run), 1);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_BUSY);
	assert_false(si_rundown_release_closer(&run, SI_CLOSE_BUSY));
	assert_true(si_rundown_release(&run));
	si_rundown_fini(&run);
}

static void acquire_twice(void *run)
{
	for (unsigned i = 0; i < 2; i++) {
		/* A refusal shows in the count that the test looks at. */
		(void)si_rundown_acquire(run);
	}
}

static void in_another_thread(uv_thread_cb entry, void *arg)
{
	uv_thread_t thread;

	assert_int_equal(uv_thread_create(&thread, entry, arg), 0);
	assert_int_equal(uv_thread_join(&thread), 0);
}

static void a_split_counter_counts_on_its_stripes(void **state)
{
	struct si_rundown run;
	uint64_t central;
	uint64_t met;

	(void)state;
	start_split(&run);
	central = atomic_load(&run.central);
	acquire(&run, 3);
	assert_true(atomic_load(&run.central) == central);
	assert_int_equal(si_rundown_active(&run), 3);
	assert_true(si_rundown_is_on_stripes(&run));
	assert_false(si_rundown_release(&run));
	assert_true(atomic_load(&run.central) == central);
	/* A thread that met it before the split has been here since (rundown-7). */
	come_from_here(&run);
	assert_false(si_rundown_release(&run));
	assert_true(si_rundown_is_on_stripes(&run));
	assert_true(si_rundown_acquire_on_stripe(&run, &met));
	assert_int_equal(si_rundown_active(&run), 2);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_BUSY);
	assert_false(si_rundown_acquire_on_stripe(&run, &met));
	si_rundown_fini(&run);
}

static void operations_may_end_on_another_stripe_than_they_began(void **state)
{
	struct si_rundown run;

	(void)state;
	start_split(&run);
	in_another_thread(acquire_twice, &run);
	assert_int_equal(si_rundown_active(&run), 2);
	assert_false(si_rundown_release(&run));
	assert_false(si_rundown_release(&run));
	assert_int_equal(si_rundown_active(&run), 0);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_IDLE);
	assert_true(si_rundown_release_closer(&run, SI_CLOSE_IDLE));
	si_rundown_fini(&run);
}

static void a_split_counter_ends_with_its_last_release(void **state)
{
	struct si_rundown run;

	(void)state;
	start_split(&run);
	acquire(&run, 1);
	in_another_thread(acquire_twice, &run);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_BUSY);
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_REFUSED);
	assert_int_equal(si_rundown_active(&run), 3);
	assert_false(si_rundown_release(&run));
	assert_false(si_rundown_release_closer(&run, SI_CLOSE_BUSY));
	assert_false(si_rundown_release(&run));
	assert_true(si_rundown_release(&run));
	si_rundown_fini(&run);
}

/* The calls of a thread that found the counter uncontended right before the close. */
static void calls_in_a_hurry_that_overlap_the_close_are_settled(void **state)
{
	struct si_rundown run;
	uint64_t met;

	(void)state;
	start(&run);
	acquire(&run, 2);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_BUSY);
	/* (rundown-3) A failed acquire is not undone and never counted. */
	assert_false(si_rundown_acquire_uncontended(&run, &met));
	assert_int_equal(si_rundown_active(&run), 2);
	assert_false(si_rundown_release_uncontended(&run, &met));
	assert_false(si_rundown_finish_release(&run, met));
	assert_false(si_rundown_release_closer(&run, SI_CLOSE_BUSY));
	assert_false(si_rundown_release_uncontended(&run, &met));
	assert_true(si_rundown_finish_release(&run, met));
	si_rundown_fini(&run);
}

static void calls_in_a_hurry_count_like_the_others(void **state)
{
	struct si_rundown run;
	uint64_t met;

	(void)state;
	start(&run);
	assert_false(si_rundown_is_uncontended(&run));
	acquire(&run, 1);
	assert_true(si_rundown_is_uncontended(&run));
	assert_true(si_rundown_acquire_uncontended(&run, &met));
	assert_int_equal(si_rundown_active(&run), 2);
	assert_true(si_rundown_release_uncontended(&run, &met));
	assert_false(si_rundown_release(&run));
	assert_int_equal(si_rundown_active(&run), 0);
	si_rundown_fini(&run);
}

/* (rundown-9) They wrap many times here, at 0 and below. */
static void ticks_of_calls_in_a_hurry_are_not_counted(void **state)
{
	struct si_rundown run;
	uint64_t met;
	unsigned due = 0;

	(void)state;
	start(&run);
	for (unsigned i = 0; i < 160; i++) {
		assert_true(si_rundown_acquire_uncontended(&run, &met));
		due += si_rundown_is_due(met);
		assert_int_equal(si_rundown_active(&run), 1);
		assert_true(si_rundown_release_uncontended(&run, &met));
		assert_int_equal(si_rundown_active(&run), 0);
	}
	assert_int_equal(due, 10);
	(void)si_rundown_set_biased(&run);
	atomic_fetch_sub(&run.central, 3 * SI_RUN_ONE); /* they began in slots */
	for (unsigned i = 0; i < 20; i++) {
		assert_true(si_rundown_acquire_uncontended(&run, &met));
		assert_int_equal(si_rundown_active(&run), 0);
		assert_true(si_rundown_release_uncontended(&run, &met));
	}
	atomic_fetch_add(&run.central, 4 * SI_RUN_ONE);
	assert_int_equal(si_rundown_active(&run), 1);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_BUSY);
	assert_false(si_rundown_release_closer(&run, SI_CLOSE_BUSY));
	assert_true(si_rundown_release(&run));
	si_rundown_fini(&run);
}

static void ticks_on_stripes_are_not_counted(void **state)
{
	struct si_rundown run;
	uint64_t met;

	(void)state;
	start_split(&run);
	acquire(&run, 1);
	assert_true(si_rundown_is_on_stripes(&run));
	for (unsigned i = 0; i < 160; i++) {
		assert_true(si_rundown_acquire_on_stripe(&run, &met));
		assert_int_equal(si_rundown_active(&run), 2);
		assert_true(si_rundown_release_on_stripe(&run, &met));
	}
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_BUSY);
	assert_false(si_rundown_release_closer(&run, SI_CLOSE_BUSY));
	assert_true(si_rundown_release(&run));
	si_rundown_fini(&run);
}

static void only_an_open_counter_of_one_thread_is_calm(void **state)
{
	struct si_rundown run;

	(void)state;
	/* (rundown-6) */
	si_rundown_init(&run);
	assert_int_equal(si_rundown_acquire(&run), SI_RUN_REFUSED);
	assert_false(si_rundown_is_uncontended(&run));
	assert_true(si_rundown_open(&run));
	assert_false(si_rundown_is_uncontended(&run));
	acquire(&run, 1);
	assert_true(si_rundown_is_uncontended(&run));
	come_from_elsewhere(&run);
	assert_false(si_rundown_is_uncontended(&run));
	si_rundown_fini(&run);

	start_split(&run);
	assert_false(si_rundown_is_uncontended(&run));
	si_rundown_fini(&run);

	si_rundown_init(&run);
	si_rundown_watch(&run);
	assert_true(si_rundown_open(&run));
	acquire(&run, 1);
	assert_false(si_rundown_is_uncontended(&run));
	assert_false(si_rundown_is_on_stripes(&run));
	si_rundown_fini(&run);
}

/* (rundown-5) The threads that came before the split need not notice it. */
static void an_operation_may_end_on_central_that_began_on_a_stripe(void **state)
{
	struct si_rundown run;
	uint64_t met;

	(void)state;
	start_split(&run);
	acquire(&run, 2);
	come_from_here(&run);
	assert_true(si_rundown_release_uncontended(&run, &met));
	assert_int_equal(si_rundown_active(&run), 1);
	assert_true(si_rundown_release_uncontended(&run, &met));
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_IDLE);
	assert_true(si_rundown_release_closer(&run, SI_CLOSE_IDLE));
	si_rundown_fini(&run);
}

static void what_is_open_closed_or_pending_says_so(void **state)
{
	struct si_rundown run;

	(void)state;
	si_rundown_init(&run);
	assert_true(si_rundown_is_pending(&run));
	assert_false(si_rundown_is_open(&run));
	assert_true(si_rundown_open(&run));
	assert_false(si_rundown_is_pending(&run));
	assert_true(si_rundown_is_open(&run));
	assert_false(si_rundown_is_closed(&run));
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_IDLE);
	assert_false(si_rundown_is_open(&run));
	assert_true(si_rundown_is_closed(&run));
	si_rundown_fini(&run);

	si_rundown_init(&run);
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_PENDING);
	assert_true(si_rundown_is_closed(&run));
	assert_true(si_rundown_is_pending(&run));
	assert_false(si_rundown_open(&run));
	assert_true(si_rundown_is_closed(&run));
	assert_false(si_rundown_is_pending(&run));
	si_rundown_fini(&run);
}

/* Where this test's own threads count is a matter of chance. */
static void expect_each_stripe_to_count(struct si_rundown *run)
{
	struct si_stripes *stripes = atomic_load(&run->stripes);
	const unsigned count = 1u << (16 - stripes->shift);

	for (unsigned i = 0; i < count; i++) {
		atomic_fetch_add(&stripes->at[i].count, SI_RUN_ONE);
	}
	assert_int_equal(si_rundown_active(run), count);
	assert_int_equal(si_rundown_close(run), SI_CLOSE_BUSY);
	assert_int_equal(si_rundown_active(run), count);
	for (unsigned i = 0; i < count; i++) {
		assert_true((atomic_load(&stripes->at[i].count) & SI_RUN_CLOSED) != 0);
	}
}

static void it_splits_for_any_number_of_processors(void **state)
{
	const unsigned numbers[] = { 1, 3, 64, 1000 };
	struct si_rundown run;

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		processors = numbers[i];
		start_split(&run);
		expect_each_stripe_to_count(&run);
		si_rundown_fini(&run);
	}
	processors = 2;
}

static void splitting(struct alloc_fail *tester, void *ctx)
{
	struct si_rundown run;

	(void)ctx;
	start(&run);
	clock_ms += 1000;
	acquire(&run, 1);
	alloc_fail_on(tester);
	contend(&run);
	contend(&run);
	/* Nothing is reported: it is slower, not wrong. */
	(void)alloc_fail_off(tester, false);
	assert_int_equal(is_split(&run), !alloc_fail_fired(tester));
	acquire(&run, 1);
	assert_int_equal(si_rundown_active(&run), 2);
	/* The next window tries again. */
	contend(&run);
	assert_true(is_split(&run));
	assert_false(si_rundown_release(&run));
	assert_int_equal(si_rundown_close(&run), SI_CLOSE_BUSY);
	assert_false(si_rundown_release_closer(&run, SI_CLOSE_BUSY));
	assert_true(si_rundown_release(&run));
	si_rundown_fini(&run);
}

static void without_memory_it_stays_in_one_piece_and_right(void **state)
{
	(void)state;
	alloc_fail_sweep(splitting, NULL);
}

static int run(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operations_are_refused_until_it_is_open),
		cmocka_unit_test(it_opens_once),
		cmocka_unit_test(running_operations_are_counted),
		cmocka_unit_test(closing_an_idle_counter_leaves_the_end_to_the_closer),
		cmocka_unit_test(the_last_release_after_letting_go_is_the_end),
		cmocka_unit_test(nothing_ends_before_it_is_let_go),
		cmocka_unit_test(closing_before_opening_wins),
		cmocka_unit_test(an_operation_that_the_close_overtakes_is_refused),
		cmocka_unit_test(a_release_that_the_close_overtakes_is_the_last),
		cmocka_unit_test(a_second_closer_is_late),
		cmocka_unit_test(a_full_counter_refuses_and_counts_no_further),
		cmocka_unit_test(a_full_counter_closes_with_what_it_has),
		cmocka_unit_test(contention_in_a_short_time_splits_it),
		cmocka_unit_test(contention_spread_over_time_does_not_split_it),
		cmocka_unit_test(one_thread_alone_is_no_contention),
		cmocka_unit_test(only_an_open_counter_splits),
		cmocka_unit_test(a_split_that_lost_its_race_keeps_its_stripes_for_the_next),
		cmocka_unit_test(operations_may_begin_before_a_split_and_end_after_it),
		cmocka_unit_test(a_split_counter_counts_on_its_stripes),
		cmocka_unit_test(operations_may_end_on_another_stripe_than_they_began),
		cmocka_unit_test(a_split_counter_ends_with_its_last_release),
		cmocka_unit_test(calls_in_a_hurry_that_overlap_the_close_are_settled),
		cmocka_unit_test(calls_in_a_hurry_count_like_the_others),
		cmocka_unit_test(ticks_of_calls_in_a_hurry_are_not_counted),
		cmocka_unit_test(an_operation_may_end_on_central_that_began_on_a_stripe),
		cmocka_unit_test(ticks_on_stripes_are_not_counted),
		cmocka_unit_test(only_an_open_counter_of_one_thread_is_calm),
		cmocka_unit_test(what_is_open_closed_or_pending_says_so),
		cmocka_unit_test(it_splits_for_any_number_of_processors),
		cmocka_unit_test_teardown(
			without_memory_it_stays_in_one_piece_and_right, alloc_fail_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
	return call_in_one_place(run);
}
