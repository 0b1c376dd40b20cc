/* SPDX-License-Identifier: MIT */
/* The platform on libuv: every operating system that has processes. */
#if defined(__linux__)
#define _GNU_SOURCE /* gettid() */
#endif

#include "platform/platform.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#if !defined(_WIN32)
#include <pthread.h>
#endif
#if defined(__linux__)
#include <unistd.h>
#endif

#include <uv.h>

_Static_assert(sizeof(uv_mutex_t) <= sizeof(si_mutex), "si_mutex is too small for this platform");
_Static_assert(_Alignof(uv_mutex_t) <= _Alignof(si_mutex), "si_mutex is aligned too loosely");

void *si_platform_alloc(size_t size)
{
	return malloc(size);
}

void si_platform_free(void *memory)
{
	free(memory);
}

_Noreturn void si_platform_stop(const char *file, int line, const char *what, const char *why)
{
	fprintf(stderr, "sessio: %s:%d: %s (%s)\n", file, line, why, what);
	fflush(stderr);
	abort();
}

static uv_mutex_t *as_uv(si_mutex *mutex)
{
	return (uv_mutex_t *)(void *)mutex->os;
}

bool si_mutex_init(si_mutex *mutex)
{
	return uv_mutex_init(as_uv(mutex)) == 0;
}

void si_mutex_fini(si_mutex *mutex)
{
	uv_mutex_destroy(as_uv(mutex));
}

/*
 * Elsewhere than on Windows libuv's mutex is a pthread_mutex_t by its own header.
 * Locking that without the way through libuv saves a tenth of an open and close.
 */
#if defined(_WIN32)
#define LOCK(mutex) (uv_mutex_lock(mutex), 0)
#define UNLOCK(mutex) (uv_mutex_unlock(mutex), 0)
#else
#define LOCK(mutex) pthread_mutex_lock(mutex)
#define UNLOCK(mutex) pthread_mutex_unlock(mutex)
#endif

static SI_COLD void stop_at_mutex(void)
{
	si_platform_stop(__FILE__, __LINE__, "mutex", "a lock that is none, or not held");
}

/* The bodies of lock and unlock are what the analysis takes on trust. */
void si_mutex_lock(si_mutex *mutex) SI_UNCHECKED_LOCKING
{
	if (si_unlikely(LOCK(as_uv(mutex)) != 0)) {
		stop_at_mutex();
	}
}

void si_mutex_unlock(si_mutex *mutex) SI_UNCHECKED_LOCKING
{
	if (si_unlikely(UNLOCK(as_uv(mutex)) != 0)) {
		stop_at_mutex();
	}
}

/* Made on first use, live as long as the process. */
#define SHARED_LOCKS 64u /* 2 to the 6: the hash keeps 6 bits */
static uv_once_t shared_once = UV_ONCE_INIT;
static struct {
	_Alignas(64) si_mutex mutex; /* a cache line each */
} shared_locks[SHARED_LOCKS];
static uv_mutex_t gate_mutex;
static uv_cond_t gate_cond;

static void make_shared(void)
{
	bool made = uv_mutex_init(&gate_mutex) == 0 && uv_cond_init(&gate_cond) == 0;

	for (unsigned i = 0; i < SHARED_LOCKS; i++) {
		made = made && si_mutex_init(&shared_locks[i].mutex);
	}
	if (!made) {
		si_platform_stop(__FILE__, __LINE__, "make_shared", "no locks to begin with");
	}
}

si_mutex *si_platform_lock_of(const void *owner)
{
	/* The high bits of a product depend on all bits of the address. */
	uint64_t hash = ((uint64_t)(uintptr_t)owner >> 4) * UINT64_C(0x9e3779b97f4a7c15);

	uv_once(&shared_once, make_shared);
	return &shared_locks[hash >> 58].mutex;
}

void si_gate_enter(void)
{
	uv_once(&shared_once, make_shared);
	uv_mutex_lock(&gate_mutex);
}

void si_gate_leave(void)
{
	uv_mutex_unlock(&gate_mutex);
}

void si_gate_wait(uint64_t timeout_ns)
{
	if (timeout_ns == UINT64_MAX) {
		uv_cond_wait(&gate_cond, &gate_mutex);
	} else {
		(void)uv_cond_timedwait(&gate_cond, &gate_mutex, timeout_ns);
	}
}

void si_gate_wake(void)
{
	si_gate_enter();
	uv_cond_broadcast(&gate_cond);
	si_gate_leave();
}

uint64_t si_platform_now_ns(void)
{
	return uv_hrtime();
}

uint64_t si_platform_stamp_ns(void)
{
#if defined(CLOCK_MONOTONIC_COARSE)
	struct timespec now;

	/* The same clock as uv_hrtime() at a fifth of the price. */
	if (clock_gettime(CLOCK_MONOTONIC_COARSE, &now) == 0) {
		return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	}
#endif
	return uv_hrtime();
}

static _Atomic unsigned next_slot; /* slots given out so far */
static _Thread_local unsigned thread_slot; /* slot + 1; 0: none yet */
static _Thread_local void *thread_value;

unsigned si_platform_thread_slot(void)
{
	if (thread_slot == 0) {
		thread_slot = atomic_fetch_add_explicit(&next_slot, 1, memory_order_relaxed) + 1;
	}
	return thread_slot - 1;
}

uint32_t si_platform_thread_id(void)
{
#if defined(__linux__)
	static _Thread_local uint32_t id; /* a system call is too dear for every open */

	if (id == 0) {
		id = (uint32_t)gettid();
	}
	return id;
#else
	return (uint32_t)si_platform_thread_slot() + 1;
#endif
}

unsigned si_platform_cpu_count(void)
{
	static _Atomic unsigned cached; /* 0: not asked yet; asking twice does no harm */
	unsigned count = atomic_load_explicit(&cached, memory_order_relaxed);

	if (count == 0) {
		count = uv_available_parallelism();
		atomic_store_explicit(&cached, count, memory_order_relaxed);
	}
	return count;
}

void *si_platform_thread_get(void)
{
	return thread_value;
}

void si_platform_thread_set(void *value)
{
	thread_value = value;
}
