/* SPDX-License-Identifier: MIT */
/* The functions behind the names of yield.h; compiled without it. */
#define _POSIX_C_SOURCE 200809L /* nanosleep() */

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <uv.h>

/* Of so many steps one stops: for the rest of its slice, or for longer. */
#define STEPS_PER_YIELD 16u
#define YIELDS_PER_NAP 16u
#define LONGEST_NAP_NS 200000u

void si_yield(void);
int si_yield_pthread_mutex_lock(pthread_mutex_t *mutex);
int si_yield_pthread_mutex_unlock(pthread_mutex_t *mutex);
void si_yield_uv_mutex_lock(uv_mutex_t *mutex);
void si_yield_uv_mutex_unlock(uv_mutex_t *mutex);
void si_yield_uv_cond_wait(uv_cond_t *cond, uv_mutex_t *mutex);
int si_yield_uv_cond_timedwait(uv_cond_t *cond, uv_mutex_t *mutex, uint64_t timeout_ns);
void si_yield_uv_cond_broadcast(uv_cond_t *cond);
void si_yield_uv_cond_signal(uv_cond_t *cond);

/* Different in each thread and in each process with another seed; never 0. */
static uint32_t first_state(void)
{
	static _Atomic uint32_t threads;
	const char *seed = getenv("SESSIO_YIELD_SEED");
	uint32_t number = atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) + 1;

	if (seed != NULL) {
		number += (uint32_t)strtoul(seed, NULL, 10) * UINT32_C(2654435761);
	}
	return (number * UINT32_C(747796405)) | 1u;
}

static uint32_t next_random(void)
{
	static _Thread_local uint32_t state;

	if (state == 0) {
		state = first_state();
	}
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

void si_yield(void)
{
	uint32_t dice = next_random();

	if (dice % STEPS_PER_YIELD != 0) {
		return;
	}
	dice /= STEPS_PER_YIELD;
	if (dice % YIELDS_PER_NAP != 0) {
		(void)sched_yield();
	} else {
		const struct timespec nap = { .tv_nsec = (long)(dice / YIELDS_PER_NAP %
						      LONGEST_NAP_NS) };

		(void)nanosleep(&nap, NULL);
	}
}

int si_yield_pthread_mutex_lock(pthread_mutex_t *mutex)
{
	int error;

	si_yield();
	error = pthread_mutex_lock(mutex);
	si_yield();
	return error;
}

int si_yield_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	int error;

	si_yield();
	error = pthread_mutex_unlock(mutex);
	si_yield();
	return error;
}

void si_yield_uv_mutex_lock(uv_mutex_t *mutex)
{
	si_yield();
	uv_mutex_lock(mutex);
	si_yield();
}

void si_yield_uv_mutex_unlock(uv_mutex_t *mutex)
{
	si_yield();
	uv_mutex_unlock(mutex);
	si_yield();
}

void si_yield_uv_cond_wait(uv_cond_t *cond, uv_mutex_t *mutex)
{
	si_yield();
	uv_cond_wait(cond, mutex);
	si_yield();
}

int si_yield_uv_cond_timedwait(uv_cond_t *cond, uv_mutex_t *mutex, uint64_t timeout_ns)
{
	int error;

	si_yield();
	error = uv_cond_timedwait(cond, mutex, timeout_ns);
	si_yield();
	return error;
}

void si_yield_uv_cond_broadcast(uv_cond_t *cond)
{
	si_yield();
	uv_cond_broadcast(cond);
	si_yield();
}

void si_yield_uv_cond_signal(uv_cond_t *cond)
{
	si_yield();
	uv_cond_signal(cond);
	si_yield();
}
