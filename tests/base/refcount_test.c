/* SPDX-License-Identifier: MIT */
/* The one reference count: its answers, and the full count. */
#include "test.h"

#include "base/refcount.h"
#include "things.h"

#define WHAT "something that is gone"

static void the_last_reference_is_told_apart(void **state)
{
	struct si_refcount refs;

	(void)state;
	si_refcount_init(&refs, 1);
	assert_true(si_refcount_ref(&refs, WHAT));
	assert_int_equal(si_refcount_get(&refs), 2);
	assert_false(si_refcount_unref(&refs, WHAT));
	assert_true(si_refcount_unref(&refs, WHAT));
	assert_int_equal(si_refcount_get(&refs), 0);
}

static void what_is_gone_gets_no_weak_reference(void **state)
{
	struct si_refcount refs;

	(void)state;
	si_refcount_init(&refs, 0);
	assert_false(si_refcount_ref_unless_zero(&refs, WHAT));
	assert_int_equal(si_refcount_get(&refs), 0);
	si_refcount_init(&refs, 1);
	assert_true(si_refcount_ref_unless_zero(&refs, WHAT));
	assert_int_equal(si_refcount_get(&refs), 2);
}

static void the_last_reference_stays_if_asked_to(void **state)
{
	struct si_refcount refs;

	(void)state;
	si_refcount_init(&refs, 2);
	assert_true(si_refcount_unref_unless_last(&refs, WHAT));
	assert_int_equal(si_refcount_get(&refs), 1);
	assert_false(si_refcount_unref_unless_last(&refs, WHAT));
	assert_int_equal(si_refcount_get(&refs), 1);
}

static void a_full_count_never_moves_again_and_is_reported_once(void **state)
{
	struct si_refcount refs;

	(void)state;
	si_refcount_init(&refs, SI_REFCOUNT_LIMIT - 1);
	assert_true(si_refcount_ref(&refs, WHAT)); /* the last one that is counted */
	for (unsigned i = 0; i < 1000; i++) {
		assert_false(si_refcount_ref(&refs, WHAT));
		assert_true(si_refcount_ref_unless_zero(&refs, WHAT));
		assert_false(si_refcount_unref(&refs, WHAT));
		assert_false(si_refcount_unref(&refs, WHAT));
		assert_true(si_refcount_unref_unless_last(&refs, WHAT));
		assert_true(si_refcount_get(&refs) > SI_REFCOUNT_LIMIT);
	}
	assert_true(si_refcount_report(&refs));
	assert_false(si_refcount_report(&refs));
	assert_false(si_refcount_ref(&refs, WHAT));
	assert_false(si_refcount_report(&refs));
}

/* Holders that take weak references while others give theirs back. */
#define THREADS 4u
#define TURNS 20000u

struct crowd {
	struct si_refcount refs;
	_Atomic unsigned last; /* how many dropped the last one */
};

static void take_and_give(void *shared, struct random *random)
{
	struct crowd *crowd = shared;

	for (unsigned i = 0; i < TURNS; i++) {
		if (si_refcount_ref_unless_zero(&crowd->refs, WHAT)) {
			if (random_below(random, 2) == 0) {
				(void)si_refcount_ref(&crowd->refs, WHAT);
				atomic_fetch_add(
					&crowd->last, si_refcount_unref(&crowd->refs, WHAT));
			}
			atomic_fetch_add(&crowd->last, si_refcount_unref(&crowd->refs, WHAT));
		}
	}
	atomic_fetch_add(&crowd->last, si_refcount_unref(&crowd->refs, WHAT));
}

static void one_holder_of_many_is_the_last(void **state)
{
	struct crowd crowd = { .last = 0 };

	(void)state;
	si_refcount_init(&crowd.refs, THREADS);
	crowd_run(THREADS, take_and_give, &crowd);
	assert_int_equal(crowd.last, 1);
	assert_int_equal(si_refcount_get(&crowd.refs), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_reference_is_told_apart),
		cmocka_unit_test(what_is_gone_gets_no_weak_reference),
		cmocka_unit_test(the_last_reference_stays_if_asked_to),
		cmocka_unit_test(a_full_count_never_moves_again_and_is_reported_once),
		cmocka_unit_test(one_holder_of_many_is_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
