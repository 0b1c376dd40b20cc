/* SPDX-License-Identifier: MIT */
/* The platform's lock and its pair of barriers under threads. */
#include "test.h"

#include <stdatomic.h>

#include <uv.h>

#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "base/lock_order.h"
#include "platform/process.h"

#define THREADS 4u
#define ROUNDS 20000u

struct counter {
	si_mutex lock;
	unsigned count; /* the lock */
};

static void count(void *arg)
{
	struct counter *counter = arg;

	for (unsigned i = 0; i < ROUNDS; i++) {
		si_mutex_lock(&counter->lock);
		counter->count++;
		si_mutex_unlock(&counter->lock);
	}
}

static void one_thread_at_a_time_holds_a_lock(void **state)
{
	uv_thread_t threads[THREADS];
	struct counter counter = { .count = 0 };

	(void)state;
	assert_true(si_mutex_init(&counter.lock, SI_RANK_ALONE));
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_create(&threads[i], count, &counter), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	assert_int_equal(counter.count, THREADS * ROUNDS);
	si_mutex_fini(&counter.lock);
}

/* A lock that the last of its users frees. */
struct shared {
	si_mutex lock;
	unsigned users; /* the lock */
};

struct meeting {
	uv_barrier_t begin;
	uv_barrier_t end;
	struct shared *shared;
};

static void use_once(struct shared *shared)
{
	bool last;

	si_mutex_lock(&shared->lock);
	last = --shared->users == 0;
	si_mutex_unlock(&shared->lock);
	if (last) {
		si_mutex_fini(&shared->lock);
		si_platform_free(shared);
	}
}

#define MEETINGS 2000u

static void use_often(void *arg)
{
	struct meeting *meeting = arg;

	for (unsigned i = 0; i < MEETINGS; i++) {
		uv_barrier_wait(&meeting->begin);
		use_once(meeting->shared);
		uv_barrier_wait(&meeting->end);
	}
}

/* (uv_lock-4): the address sanitizer sees a thread that touches it after that. */
static void the_next_holder_may_free_a_lock(void **state)
{
	uv_thread_t thread;
	struct meeting meeting;

	(void)state;
	assert_int_equal(uv_barrier_init(&meeting.begin, 2), 0);
	assert_int_equal(uv_barrier_init(&meeting.end, 2), 0);
	assert_int_equal(uv_thread_create(&thread, use_often, &meeting), 0);
	for (unsigned i = 0; i < MEETINGS; i++) {
		struct shared *shared = si_platform_alloc(sizeof(*shared));

		assert_non_null(shared);
		assert_true(si_mutex_init(&shared->lock, SI_RANK_ALONE));
		shared->users = 2;
		meeting.shared = shared;
		uv_barrier_wait(&meeting.begin);
		use_once(shared);
		uv_barrier_wait(&meeting.end);
	}
	assert_int_equal(uv_thread_join(&thread), 0);
	uv_barrier_destroy(&meeting.begin);
	uv_barrier_destroy(&meeting.end);
}

#if defined(__linux__)
static void lock_and_unlock(void *arg)
{
	si_mutex *lock = arg;

	si_mutex_lock(lock);
	si_mutex_unlock(lock);
}

/* (uv_lock-2, uv_lock-3) */
static void a_thread_that_waits_for_a_lock_is_woken(void **state)
{
	si_mutex lock;

	(void)state;
	assert_true(si_mutex_init(&lock, SI_RANK_ALONE));
	for (unsigned i = 0; i < 200; i++) {
		uv_thread_t threads[2];

		si_mutex_lock(&lock);
		for (unsigned k = 0; k < 2; k++) {
			assert_int_equal(uv_thread_create(&threads[k], lock_and_unlock, &lock), 0);
		}
		while (atomic_load(si_lock_waiters_of(&lock)) != 2) {
			si_process_yield();
		}
		si_mutex_unlock(&lock);
		for (unsigned k = 0; k < 2; k++) {
			assert_int_equal(uv_thread_join(&threads[k]), 0);
		}
		assert_int_equal(atomic_load(si_lock_waiters_of(&lock)), 0);
	}
	si_mutex_fini(&lock);
}
#endif

/* Two words and two threads, each of which stores one and loads the other. */
struct crossing {
	uv_barrier_t meet;
	_Atomic unsigned stored[2]; /* the number of the last round */
	unsigned loaded[2];
};

#define CROSSINGS 5000u

static void cross_lightly(void *arg)
{
	struct crossing *crossing = arg;

	for (unsigned i = 1; i <= CROSSINGS; i++) {
		uv_barrier_wait(&crossing->meet);
		atomic_store_explicit(&crossing->stored[0], i, memory_order_relaxed);
		si_light_barrier();
		crossing->loaded[0] =
			atomic_load_explicit(&crossing->stored[1], memory_order_relaxed);
		uv_barrier_wait(&crossing->meet);
	}
}

static void of_two_threads_with_barriers_one_sees_the_other(void **state)
{
	uv_thread_t thread;
	struct crossing crossing;

	(void)state;
	assert_int_equal(uv_barrier_init(&crossing.meet, 2), 0);
	atomic_init(&crossing.stored[0], 0);
	atomic_init(&crossing.stored[1], 0);
	assert_int_equal(uv_thread_create(&thread, cross_lightly, &crossing), 0);
	for (unsigned i = 1; i <= CROSSINGS; i++) {
		uv_barrier_wait(&crossing.meet);
		atomic_store_explicit(&crossing.stored[1], i, memory_order_relaxed);
		si_heavy_barrier();
		crossing.loaded[1] =
			atomic_load_explicit(&crossing.stored[0], memory_order_relaxed);
		uv_barrier_wait(&crossing.meet);
		assert_true(crossing.loaded[0] == i || crossing.loaded[1] == i);
	}
	assert_int_equal(uv_thread_join(&thread), 0);
	uv_barrier_destroy(&crossing.meet);
}

#if !defined(_WIN32)
static void a_child_has_the_barriers_of_its_parent(void **state)
{
	int status = 0;
	pid_t child;

	(void)state;
	si_heavy_barrier();
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		si_heavy_barrier();
		_exit(7);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
#if !defined(_WIN32)
		cmocka_unit_test(a_child_has_the_barriers_of_its_parent),
#endif
		cmocka_unit_test(one_thread_at_a_time_holds_a_lock),
		cmocka_unit_test(the_next_holder_may_free_a_lock),
#if defined(__linux__)
		cmocka_unit_test(a_thread_that_waits_for_a_lock_is_woken),
#endif
		cmocka_unit_test(of_two_threads_with_barriers_one_sees_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
