/* SPDX-License-Identifier: MIT */
/* Desks: whose they are, and that there are not too many. */
#include "test.h"

#include <uv.h>

#include "platform/platform.h"

#if defined(SI_HAS_DESKS)

static void *seen[2];
static bool made;

static void make_one(void *arg)
{
	struct sessio_fast_desk *none = si_platform_desk();

	made = si_platform_make_desk();
	*(void **)arg = si_platform_desk();
	assert_true((si_platform_desk() != none) == made);
	assert_true(si_platform_make_desk() == made); /* it has one now */
	assert_ptr_equal(si_platform_desk(), *(void **)arg);
}

static void run(void (*function)(void *arg), void *arg)
{
	uv_thread_t thread;

	assert_int_equal(uv_thread_create(&thread, function, arg), 0);
	assert_int_equal(uv_thread_join(&thread), 0);
}

static void the_next_thread_gets_the_desk(void **state)
{
	(void)state;
	run(make_one, &seen[0]);
	run(make_one, &seen[1]);
	assert_int_equal(made, si_heavy_barrier_is_heavy());
	assert_ptr_equal(seen[0], seen[1]);
}

static void all_desks_have_empty_slots(void **state)
{
	(void)state;
	run(make_one, &seen[0]);
	assert_true(si_platform_desks() >= made);
	for (unsigned i = 0; i < si_platform_desks(); i++) {
		for (unsigned j = 0; j < SESSIO_FAST_SLOTS; j++) {
			assert_int_equal(si_platform_desk_at(i)->slot[j].key, SESSIO_FAST_NOBODY);
		}
	}
}

/* More threads than there are desks. */
#define THREADS 150u

static struct {
	uv_mutex_t lock;
	uv_cond_t changed;
	unsigned ready;
	unsigned with_desk;
	bool go;
} crowd;

static void hold_one(void *arg)
{
	bool has = si_platform_make_desk();

	(void)arg;
	uv_mutex_lock(&crowd.lock);
	crowd.ready++;
	crowd.with_desk += has;
	uv_cond_broadcast(&crowd.changed);
	while (!crowd.go) {
		uv_cond_wait(&crowd.changed, &crowd.lock);
	}
	uv_mutex_unlock(&crowd.lock);
}

static void threads_beyond_the_last_desk_have_none(void **state)
{
	const uv_thread_options_t small = { .flags = UV_THREAD_HAS_STACK_SIZE,
		.stack_size = 1u << 18 };
	uv_thread_t threads[THREADS];

	(void)state;
	assert_int_equal(uv_mutex_init(&crowd.lock), 0);
	assert_int_equal(uv_cond_init(&crowd.changed), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_create_ex(&threads[i], &small, hold_one, NULL), 0);
	}
	uv_mutex_lock(&crowd.lock);
	while (crowd.ready != THREADS) {
		uv_cond_wait(&crowd.changed, &crowd.lock);
	}
	assert_int_equal(crowd.with_desk, si_platform_desks());
	assert_true(crowd.with_desk < THREADS);
	crowd.go = true;
	uv_cond_broadcast(&crowd.changed);
	uv_mutex_unlock(&crowd.lock);
	for (unsigned i = 0; i < THREADS; i++) {
		uv_thread_join(&threads[i]);
	}
	run(make_one, &seen[0]); /* they are given back */
	assert_int_equal(made, si_heavy_barrier_is_heavy());
	uv_cond_destroy(&crowd.changed);
	uv_mutex_destroy(&crowd.lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_thread_gets_the_desk),
		cmocka_unit_test(all_desks_have_empty_slots),
		cmocka_unit_test(threads_beyond_the_last_desk_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

/* Without desks no inline step finds a slot. */
static void nobody_has_a_slot(void **state)
{
	int context = 0;

	(void)state;
	assert_false(sessio_fast_ref(&context, NULL, NULL));
	assert_false(sessio_fast_put(&context));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_has_a_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
