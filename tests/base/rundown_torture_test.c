/* SPDX-License-Identifier: MIT */
/*
 * The operation counter in a crowd. It ends when the orders that matter have happened.
 * Operations and the end touch plain variables. A missing order between them is a data race, which
 * the thread sanitizer reports. A touch after the end is a use of freed memory, which
 * the address sanitizer reports.
 */
#include "test.h"

#include "rundown_calls.h"

#include <stdlib.h>

#include <uv.h>

#define WORKERS 3u
#define ROUNDS 300u /* at least; more until every order has happened */
#define OPERATIONS 400u
#define SPLITTING 2048u /* so many operations from elsewhere split a counter */

/* One round. Threads cannot assert, so they count what is wrong. */
struct crowd {
	struct si_rundown run;
	uv_barrier_t start;
	unsigned closing; /* how far a worker goes before it closes */
	bool hurried; /* calls as sessions make them; without, as tracked sessions do */
	int resource; /* 1 while operations may use it; written by the end only */
	_Atomic unsigned left_over; /* operations that were handed on, and wait for a release */
	_Atomic unsigned under_way; /* operations that the workers have begun */
	_Atomic unsigned ends; /* how often a call reported the end */
	_Atomic unsigned late_ends; /* ends that an operation reported, not the closer */
	_Atomic unsigned closers; /* how many were the closer */
	_Atomic unsigned wrong; /* operations after the end, or with no resource */
};

/*
 * Relaxed, all of it: the books of the test must not bring an order into the
 * crowd that the counter itself fails to make.
 */
static void note(_Atomic unsigned *number, bool one)
{
	atomic_fetch_add_explicit(number, one, memory_order_relaxed);
}

static unsigned counted(_Atomic unsigned *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

static void end(struct crowd *crowd)
{
	crowd->resource = 0;
	note(&crowd->ends, true);
}

static void finish(struct crowd *crowd)
{
	if (crowd->hurried ? end_operation(&crowd->run) : si_rundown_release(&crowd->run)) {
		note(&crowd->late_ends, true);
		end(crowd);
	}
}

/* Ends an operation that some thread left; false if there is none. */
static bool finish_left_over(struct crowd *crowd)
{
	unsigned left = counted(&crowd->left_over);

	while (left > 0) {
		/* Acquire: the operation has begun before it ends. */
		if (atomic_compare_exchange_weak_explicit(&crowd->left_over, &left, left - 1,
			    memory_order_acquire, memory_order_relaxed)) {
			finish(crowd);
			return true;
		}
	}
	return false;
}

static void finish_all_left_over(struct crowd *crowd)
{
	bool more = true;

	while (more) {
		more = finish_left_over(crowd);
	}
}

static void close_crowd(struct crowd *crowd)
{
	enum si_run_close found = si_rundown_close(&crowd->run);

	if (found == SI_CLOSE_LATE) {
		return;
	}
	note(&crowd->closers, true);
	/* This is where a close callback runs. */
	if (crowd->resource != 1 || counted(&crowd->ends) != 0) {
		note(&crowd->wrong, true);
	}
	if (si_rundown_release_closer(&crowd->run, found)) {
		end(crowd);
	}
}

static void worker(void *arg)
{
	struct crowd *crowd = arg;

	(void)uv_barrier_wait(&crowd->start);
	for (unsigned i = 0; i < OPERATIONS; i++) {
		if (i == crowd->closing) {
			close_crowd(crowd);
		}
		if ((crowd->hurried ? begin_operation(&crowd->run)
				    : si_rundown_acquire(&crowd->run)) != SI_RUN_OK) {
			break;
		}
		note(&crowd->under_way, true);
		if (crowd->resource != 1 || counted(&crowd->ends) != 0) {
			note(&crowd->wrong, true);
		}
		if (i % 3 == 0) {
			/* Release: as above. */
			atomic_fetch_add_explicit(&crowd->left_over, 1, memory_order_release);
		} else {
			finish(crowd);
		}
		if (i % 5 == 0) {
			(void)finish_left_over(crowd);
		}
		if (i % 2 == 0) {
			come_from_elsewhere(&crowd->run);
		}
	}
	(void)finish_left_over(crowd);
}

static void run_together(
	uv_barrier_t *start, const uv_thread_cb *entries, unsigned count, void *arg)
{
	uv_thread_t threads[8];

	assert_true(count <= 8);
	assert_int_equal(uv_barrier_init(start, count), 0);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(uv_thread_create(&threads[i], entries[i], arg), 0);
	}
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	uv_barrier_destroy(start);
}

uint64_t __wrap_si_platform_stamp_ns(void);

/* Where the counter is linked with this, no time passes. */
uint64_t __wrap_si_platform_stamp_ns(void)
{
	return 1000000000u;
}

/* Operations, one after the other, that look like contention. */
static void contend(struct si_rundown *run, unsigned operations)
{
	while (operations-- > 0) {
		come_from_elsewhere(run);
		assert_int_equal(begin_operation(run), SI_RUN_OK);
		assert_false(end_operation(run));
	}
}

static void the_end_comes_once_and_after_every_operation(void **state)
{
	/* Split before the crowd comes, while it works, and not at all. */
	const unsigned before[] = { SPLITTING, SPLITTING - 100, 0 };
	const uv_thread_cb entries[WORKERS] = { worker, worker, worker };
	unsigned split = 0;
	unsigned late = 0; /* rounds in which an operation was the last */
	unsigned rounds = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS || split == 0 || late == 0 || late == rounds;
		round++) {
		struct crowd *crowd = calloc(1, sizeof(*crowd));

		assert_non_null(crowd);
		si_rundown_init(&crowd->run);
		crowd->resource = 1;
		crowd->closing = round * 7 % OPERATIONS;
		crowd->hurried = round % 2 == 0;
		assert_true(si_rundown_open(&crowd->run));
		contend(&crowd->run, before[round % 3]);
		run_together(&crowd->start, entries, WORKERS, crowd);
		finish_all_left_over(crowd);
		assert_int_equal(counted(&crowd->closers), 1);
		assert_int_equal(counted(&crowd->ends), 1);
		assert_int_equal(counted(&crowd->wrong), 0);
		assert_int_equal(crowd->resource, 0);
		assert_int_equal(si_rundown_active(&crowd->run), 0);
		split += (atomic_load(&crowd->run.central) & SI_RUN_SPLIT) != 0;
		late += counted(&crowd->late_ends);
		rounds++;
		si_rundown_fini(&crowd->run);
		free(crowd);
	}
	print_message(
		"%u rounds, split in %u, an operation was the last in %u\n", rounds, split, late);
}

/* A counter that the thread that ends it frees at once. */
struct mortal {
	struct si_rundown run;
	int resource;
};

struct funeral {
	uv_barrier_t start;
	struct mortal *mortal;
	bool uncontended; /* operations end in a hurry */
	unsigned dawdle; /* how far the closer lags behind */
	_Atomic unsigned ends;
	_Atomic unsigned ended_by_closer;
	_Atomic unsigned wrong;
};

static void free_mortal(struct funeral *funeral, struct mortal *mortal)
{
	mortal->resource = 0;
	si_rundown_fini(&mortal->run);
	free(mortal);
	note(&funeral->ends, true);
}

static void release_once(void *arg)
{
	struct funeral *funeral = arg;
	struct mortal *mortal = funeral->mortal;

	(void)uv_barrier_wait(&funeral->start);
	if (mortal->resource != 1) {
		note(&funeral->wrong, true);
	}
	if (funeral->uncontended) {
		come_from_here(&mortal->run);
	}
	if (end_operation(&mortal->run)) {
		free_mortal(funeral, mortal);
	}
}

static void close_once(void *arg)
{
	struct funeral *funeral = arg;
	struct mortal *mortal = funeral->mortal;
	enum si_run_close found;

	(void)uv_barrier_wait(&funeral->start);
	for (volatile unsigned i = 0; i < funeral->dawdle; i++) {
	}
	found = si_rundown_close(&mortal->run);
	/* Nobody may have ended it yet: this is where a close callback runs. */
	if (mortal->resource != 1) {
		note(&funeral->wrong, true);
	}
	if (si_rundown_release_closer(&mortal->run, found)) {
		note(&funeral->ended_by_closer, true);
		free_mortal(funeral, mortal);
	}
}

static void nothing_is_touched_after_the_end(void **state)
{
	const uv_thread_cb entries[WORKERS + 1] = { release_once, release_once, release_once,
		close_once };
	unsigned by_closer = 0;

	(void)state;
	/* Until both kinds of end have happened. */
	for (unsigned round = 0; round < ROUNDS || by_closer == 0 || by_closer == round; round++) {
		struct funeral funeral = { .mortal = malloc(sizeof(struct mortal)),
			.uncontended = round % 4 == 0,
			.dawdle = round / 4 % 8 * 2000 };
		struct mortal *mortal = funeral.mortal;

		assert_non_null(mortal);
		mortal->resource = 1;
		si_rundown_init(&mortal->run);
		assert_true(si_rundown_open(&mortal->run));
		for (unsigned i = 0; i < WORKERS; i++) {
			assert_int_equal(si_rundown_acquire(&mortal->run), SI_RUN_OK);
		}
		/* Every second one has its operations on the central word and its stripes. */
		contend(&mortal->run, round % 2 == 1 ? SPLITTING : 0);
		run_together(&funeral.start, entries, WORKERS + 1, &funeral);
		assert_int_equal(counted(&funeral.ends), 1);
		assert_int_equal(counted(&funeral.wrong), 0);
		by_closer += counted(&funeral.ended_by_closer);
	}
}

struct race {
	uv_barrier_t start;
	struct si_rundown run;
	_Atomic unsigned opened;
	_Atomic unsigned pending; /* closed before it was opened */
};

static void open_it(void *arg)
{
	struct race *race = arg;

	(void)uv_barrier_wait(&race->start);
	note(&race->opened, si_rundown_open(&race->run));
}

static void close_it(void *arg)
{
	struct race *race = arg;

	(void)uv_barrier_wait(&race->start);
	note(&race->pending, si_rundown_close(&race->run) == SI_CLOSE_PENDING);
}

static void opening_and_closing_agree_on_who_was_first(void **state)
{
	const uv_thread_cb entries[2] = { open_it, close_it };
	unsigned opened = 0;
	unsigned pending = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS || opened == 0 || pending == 0; round++) {
		struct race race = { .opened = 0, .pending = 0 };

		si_rundown_init(&race.run);
		run_together(&race.start, entries, 2, &race);
		assert_int_equal(race.opened + race.pending, 1);
		opened += race.opened;
		pending += race.pending;
		assert_int_equal(si_rundown_acquire(&race.run), SI_RUN_REFUSED);
		si_rundown_fini(&race.run);
	}
}

struct premiere {
	uv_barrier_t start;
	struct si_rundown run;
	int prepared; /* before the open */
	unsigned dawdle; /* how far the open lags behind */
	_Atomic unsigned too_early; /* operations that were refused */
	_Atomic unsigned wrong;
};

static void prepare_and_open(void *arg)
{
	struct premiere *premiere = arg;

	(void)uv_barrier_wait(&premiere->start);
	for (volatile unsigned i = 0; i < premiere->dawdle; i++) {
	}
	premiere->prepared = 1;
	note(&premiere->wrong, !si_rundown_open(&premiere->run));
}

static void use_as_soon_as_it_opens(void *arg)
{
	struct premiere *premiere = arg;

	(void)uv_barrier_wait(&premiere->start);
	while (begin_operation(&premiere->run) != SI_RUN_OK) {
		note(&premiere->too_early, true);
	}
	note(&premiere->wrong, premiere->prepared != 1);
	note(&premiere->wrong, end_operation(&premiere->run));
}

static void operations_see_what_was_done_before_the_open(void **state)
{
	const uv_thread_cb entries[3] = { use_as_soon_as_it_opens, use_as_soon_as_it_opens,
		prepare_and_open };
	unsigned too_early = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS || too_early == 0; round++) {
		struct premiere premiere = { .dawdle = round % 8 * 2000 };

		si_rundown_init(&premiere.run);
		run_together(&premiere.start, entries, 3, &premiere);
		assert_int_equal(counted(&premiere.wrong), 0);
		too_early += counted(&premiere.too_early) != 0;
		assert_int_equal(si_rundown_close(&premiere.run), SI_CLOSE_IDLE);
		si_rundown_fini(&premiere.run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_comes_once_and_after_every_operation),
		cmocka_unit_test(nothing_is_touched_after_the_end),
		cmocka_unit_test(opening_and_closing_agree_on_who_was_first),
		cmocka_unit_test(operations_see_what_was_done_before_the_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
