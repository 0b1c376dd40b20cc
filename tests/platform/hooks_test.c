/* SPDX-License-Identifier: MIT */
/* Each hook of the platform: it is asked, and what it answers happens. */
#include "test.h"

#include <stdatomic.h>

#include <uv.h>

#include "base/lock_order.h"
#include "platform/hooks.h"
#include "platform/process.h"

static unsigned asked;
static bool answer;
static const void *seen;

static int begin(void **state)
{
	(void)state;
	asked = 0;
	answer = true;
	seen = NULL;
	return 0;
}

static int end(void **state)
{
	(void)state;
	si_hooks_set(NULL);
	return 0;
}

static bool may_alloc(size_t size)
{
	assert_int_equal(size, 24);
	asked++;
	return answer;
}

static void allocated(void *memory, size_t size)
{
	assert_int_equal(size, 24);
	seen = memory;
}

static void freeing(void *memory)
{
	assert_ptr_equal(memory, seen);
	asked++;
}

static void memory_is_asked_for_and_given_back(void **state)
{
	static const struct si_hooks hooks = {
		.may_alloc = may_alloc, .allocated = allocated, .freeing = freeing
	};
	void *memory;

	(void)state;
	si_hooks_set(&hooks);
	answer = false;
	assert_null(si_platform_alloc(24));
	assert_null(seen);
	answer = true;
	memory = si_platform_alloc(24);
	assert_non_null(memory);
	assert_ptr_equal(memory, seen);
	si_platform_free(memory);
	si_platform_free(NULL);
	assert_int_equal(asked, 3);
}

static bool may_make_lock(void)
{
	return answer;
}

static void count(void)
{
	asked++;
}

static void note_mutex(const void *mutex)
{
	seen = mutex;
	asked++;
}

static void locks_are_asked_for_and_seen(void **state)
{
	static const struct si_hooks hooks = { .may_make_lock = may_make_lock,
		.made_lock = count,
		.unmade_lock = count,
		.before_lock = note_mutex,
		.after_unlock = note_mutex };
	si_mutex mutex;

	(void)state;
	si_hooks_set(&hooks);
	answer = false;
	assert_false(si_mutex_init(&mutex, SI_RANK_ALONE));
	assert_int_equal(asked, 0);
	answer = true;
	assert_true(si_mutex_init(&mutex, SI_RANK_ALONE));
	si_mutex_lock(&mutex);
	assert_ptr_equal(seen, &mutex);
	assert_int_equal(asked, 2);
	si_mutex_unlock(&mutex);
	assert_int_equal(asked, 3);
	si_mutex_fini(&mutex);
	assert_int_equal(asked, 4);
}

static uint64_t now(void)
{
	return 4711;
}

static void both_clocks_are_the_hooks(void **state)
{
	static const struct si_hooks hooks = { .now_ns = now };

	(void)state;
	si_hooks_set(&hooks);
	assert_int_equal(si_platform_now_ns(), 4711);
	assert_int_equal(si_platform_stamp_ns(), 4711);
}

static bool wait_here(uint64_t timeout_ns)
{
	assert_int_equal(timeout_ns, UINT64_MAX);
	return answer;
}

static void a_wait_may_be_the_hooks_own(void **state)
{
	static const struct si_hooks hooks = { .wait = wait_here, .waited = count, .wake = count };

	(void)state;
	si_hooks_set(&hooks);
	si_gate_enter();
	si_gate_wait(UINT64_MAX, NULL); /* or it would not come back */
	si_gate_leave();
	assert_int_equal(asked, 1);
	si_gate_wake();
	assert_int_equal(asked, 2);
}

static _Atomic unsigned ran;

static void run(void *arg)
{
	(void)arg;
	atomic_store(&ran, 1);
}

static void run_instead(void *arg)
{
	assert_ptr_equal(arg, &asked);
	atomic_store(&ran, 2);
}

static bool start_thread(void (**out_run)(void *arg), void **arg)
{
	*out_run = run_instead;
	*arg = &asked;
	return answer;
}

static void a_thread_may_be_refused_or_run_something_else(void **state)
{
	static const struct si_hooks hooks = { .start_thread = start_thread };

	(void)state;
	si_hooks_set(&hooks);
	answer = false;
	assert_false(si_process_start_thread(run, NULL));
	answer = true;
	assert_true(si_process_start_thread(run, NULL));
	while (atomic_load(&ran) == 0) {
		uv_sleep(0);
	}
	assert_int_equal(ran, 2);
}

static void an_empty_table_changes_nothing(void **state)
{
	static const struct si_hooks hooks = { .may_alloc = NULL };
	si_mutex mutex;
	void *memory;

	(void)state;
	si_hooks_set(&hooks);
	memory = si_platform_alloc(8);
	assert_non_null(memory);
	si_platform_free(memory);
	assert_true(si_mutex_init(&mutex, SI_RANK_ALONE));
	si_mutex_lock(&mutex);
	si_mutex_unlock(&mutex);
	si_mutex_fini(&mutex);
	assert_true(si_platform_now_ns() != 0);
	si_gate_enter();
	si_gate_wait(1, NULL);
	si_gate_leave();
	si_gate_wake();
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(memory_is_asked_for_and_given_back),
		TEST(locks_are_asked_for_and_seen),
		TEST(both_clocks_are_the_hooks),
		TEST(a_wait_may_be_the_hooks_own),
		TEST(a_thread_may_be_refused_or_run_something_else),
		TEST(an_empty_table_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
