/* SPDX-License-Identifier: MIT */
/* Frames: the callbacks and scopes of a thread, as seen from inside. */
#include "test.h"

#include <uv.h>

#include "base/thread_frame.h"

static const char kind;
static const char other_kind;

static int values[4];

static int nothing_is_left(void **state)
{
	(void)state;
	return si_platform_thread_get() == NULL ? 0 : -1;
}

static void the_innermost_of_a_kind_is_found(void **state)
{
	struct si_thread_frame frames[3];

	(void)state;
	assert_null(si_thread_find(&kind));
	si_thread_push(&frames[0], &kind, &values[0]);
	si_thread_push(&frames[1], &kind, &values[1]);
	si_thread_push(&frames[2], &other_kind, &values[2]);
	assert_ptr_equal(si_thread_find(&kind), &frames[1]);
	assert_ptr_equal(si_thread_next(frames[1].outer, &kind), &frames[0]);
	assert_true(si_thread_is_in(&kind, &values[0]));
	assert_true(si_thread_is_in(&other_kind, &values[2]));
	assert_false(si_thread_is_in(&kind, &values[2]));
	for (unsigned i = 3; i > 0; i--) {
		si_thread_pop(&frames[i - 1]);
		assert_null(frames[i - 1].kind);
	}
	assert_false(si_thread_is_in(&kind, &values[0]));
}

static void a_pop_takes_its_frame_wherever_it_is(void **state)
{
	struct si_thread_frame frames[3];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		si_thread_push(&frames[i], &kind, &values[i]);
	}
	si_thread_pop(&frames[1]);
	assert_false(si_thread_is_in(&kind, &values[1]));
	assert_true(si_thread_is_in(&kind, &values[0]));
	assert_true(si_thread_is_in(&kind, &values[2]));
	si_thread_pop(&frames[0]);
	assert_ptr_equal(si_thread_find(&kind), &frames[2]);
	si_thread_pop(&frames[2]);
}

static void foreign_work_hides_what_the_thread_acts_for(void **state)
{
	struct si_thread_frame own;
	struct si_thread_frame foreign;
	struct si_thread_frame inner;

	(void)state;
	si_thread_push(&own, &kind, &values[0]);
	assert_ptr_equal(si_thread_find_own(&kind), &own);
	si_thread_push_foreign(&foreign, &other_kind, NULL);
	assert_null(si_thread_find_own(&kind));
	assert_ptr_equal(si_thread_find_own(&other_kind), &foreign);
	assert_ptr_equal(si_thread_find(&kind), &own);
	si_thread_push(&inner, &kind, &values[1]);
	assert_ptr_equal(si_thread_find_own(&kind), &inner);
	si_thread_pop(&inner);
	si_thread_pop(&foreign);
	assert_ptr_equal(si_thread_find_own(&kind), &own);
	si_thread_pop(&own);
}

static void look_from_a_thread(void *arg)
{
	struct si_thread_frame **found = arg;

	*found = si_thread_find(&kind);
}

static void frames_are_their_threads_own(void **state)
{
	struct si_thread_frame frame;
	struct si_thread_frame *found = &frame;
	uv_thread_t thread;

	(void)state;
	si_thread_push(&frame, &kind, NULL);
	assert_int_equal(uv_thread_create(&thread, look_from_a_thread, &found), 0);
	assert_int_equal(uv_thread_join(&thread), 0);
	assert_null(found);
	si_thread_pop(&frame);
}

/* Frames on other stacks, as a coroutine's would be: in memory of their own. */
static void frames_of_other_stacks_are_taken_for_good(void **state)
{
	struct si_thread_frame *elsewhere = si_platform_alloc(2 * sizeof(*elsewhere));
	struct si_thread_frame frame;

	(void)state;
	assert_non_null(elsewhere);
	si_thread_push(&elsewhere[1], &kind, NULL);
	si_thread_push(&elsewhere[0], &kind, NULL);
	si_thread_push(&frame, &kind, NULL);
	si_thread_pop(&frame);
	assert_ptr_equal(si_thread_find(&kind), &elsewhere[0]);
	si_thread_pop(&elsewhere[0]);
	si_thread_pop(&elsewhere[1]);
	si_platform_free(elsewhere);
}

static void a_guard_is_silent_after_a_pop(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		SI_GUARDED_FRAME(frame);

		if (i == 1) {
			si_thread_push(&frame, &kind, NULL);
			si_thread_pop(&frame);
		}
	}
}

#define TEST(test) cmocka_unit_test_teardown(test, nothing_is_left)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_innermost_of_a_kind_is_found),
		TEST(a_pop_takes_its_frame_wherever_it_is),
		TEST(foreign_work_hides_what_the_thread_acts_for),
		TEST(frames_are_their_threads_own),
		TEST(frames_of_other_stacks_are_taken_for_good),
		TEST(a_guard_is_silent_after_a_pop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
