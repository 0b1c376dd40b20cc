/* SPDX-License-Identifier: MIT */
/* The platform on libuv: every operating system that has processes. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* gettid(), pthread_getattr_np() */
#endif

#include "platform/platform.h"

#include <errno.h>
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

#include "platform/hooks.h"
#include "platform/process.h"

#if UV_VERSION_HEX < 0x012c00
#error "sessio needs libuv 1.44 or later"
#endif

/* All that a thread has of its own here; zero at first. */
struct thread {
	unsigned slot; /* slot + 1; 0: none yet */
	uint32_t id; /* 0: not asked for yet */
	uint32_t ranks; /* of the locks that it holds */
	bool knows_stack;
	uintptr_t stack_low; /* its stack, if high is not 0 */
	uintptr_t stack_high;
	_Alignas(max_align_t) unsigned char block[SI_PLATFORM_THREAD_BYTES];
};

static _Thread_local struct thread this_thread;
#if defined(SI_HAS_THREAD_VALUE)
_Thread_local void *si_platform_thread_value;
#else
static _Thread_local void *si_platform_thread_value;

void *si_platform_thread_get(void)
{
	return si_platform_thread_value;
}

void si_platform_thread_set(void *value)
{
	si_platform_thread_value = value;
}
#endif

_Atomic(const struct si_hooks *) si_hooks;
_Atomic(si_stopping_fn *) si_hook_stopping;

void *si_platform_alloc(size_t size)
{
	const struct si_hooks *hooks = si_hooks_get();
	void *memory;

	if (si_likely(hooks == NULL)) {
		return malloc(size);
	}
	if (hooks->may_alloc != NULL && !hooks->may_alloc(size)) {
		return NULL;
	}
	memory = malloc(size);
	if (memory != NULL && hooks->allocated != NULL) {
		hooks->allocated(memory, size);
	}
	return memory;
}

void si_platform_free(void *memory)
{
	const struct si_hooks *hooks = si_hooks_get();

	if (si_unlikely(hooks != NULL && hooks->freeing != NULL && memory != NULL)) {
		hooks->freeing(memory);
	}
	free(memory);
}

_Noreturn void si_platform_stop(const char *file, int line, const char *what, const char *why)
{
	si_stopping_fn *stopping = atomic_load_explicit(&si_hook_stopping, memory_order_acquire);
	const struct si_hooks *hooks = si_hooks_get();

	if (hooks != NULL && hooks->stopping != NULL) {
		hooks->stopping(file, line, what, why);
	}
	if (stopping != NULL) {
		stopping(file, line, what, why);
	}
	fprintf(stderr, "sessio: %s:%d: %s (%s)\n", file, line, why, what);
	fflush(stderr);
	abort();
}

void si_platform_rank_take(si_rank rank)
{
	if (si_unlikely((this_thread.ranks & ~(rank >> 16)) != 0)) {
		si_platform_stop(__FILE__, __LINE__, "rank", "a lock is taken in the wrong order");
	}
	this_thread.ranks |= rank & UINT32_C(0xffff);
}

void si_platform_rank_give(si_rank rank)
{
	this_thread.ranks &= ~(rank & UINT32_C(0xffff));
}

/* Made on first use, live as long as the process. */
#define SHARED_LOCKS 64u /* 2 to the 6: the hash keeps 6 bits */
static uv_once_t shared_once = UV_ONCE_INIT;
static struct {
	_Alignas(64) struct si_shared_lock lock; /* a cache line each */
} shared_locks[SHARED_LOCKS];
/* Not a si_mutex: one sleeps at it. */
static uv_mutex_t gate;
static uv_cond_t gate_cond;

static void make_shared(void)
{
	bool made = uv_mutex_init(&gate) == 0 && uv_cond_init(&gate_cond) == 0;

	for (unsigned i = 0; i < SHARED_LOCKS; i++) {
		made = made && si_mutex_make(&shared_locks[i].lock.mutex, SI_RANK_SHARED);
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
	return &shared_locks[hash >> 58].lock.mutex;
}

static void take_gate(void)
{
	const struct si_hooks *hooks = si_hooks_get();

	if (si_unlikely(hooks != NULL && hooks->held != NULL)) {
		while (uv_mutex_trylock(&gate) != 0) {
			if (!hooks->held(&gate)) {
				uv_mutex_lock(&gate);
				break;
			}
		}
	} else {
		uv_mutex_lock(&gate);
	}
}

void si_gate_enter(void)
{
	uv_once(&shared_once, make_shared);
	si_hook_before_lock(&gate);
#if defined(SI_RANKS)
	si_platform_rank_take(SI_RANK_GATE);
#endif
	take_gate();
}

void si_gate_leave(void)
{
#if defined(SI_RANKS)
	si_platform_rank_give(SI_RANK_GATE);
#endif
	uv_mutex_unlock(&gate);
	si_hook_after_unlock(&gate);
}

static void sleep_at_gate(uint64_t timeout_ns)
{
	const struct si_hooks *hooks = si_hooks_get();

	if (hooks != NULL && hooks->asleep != NULL) {
		uv_mutex_unlock(&gate);
		hooks->asleep(&gate, timeout_ns);
		take_gate();
		return;
	}
	if (hooks == NULL || hooks->wait == NULL || !hooks->wait(timeout_ns)) {
		if (timeout_ns == UINT64_MAX) {
			uv_cond_wait(&gate_cond, &gate);
		} else {
			(void)uv_cond_timedwait(&gate_cond, &gate, timeout_ns);
		}
	}
}

#if defined(_WIN32)
static void sleep_or_be_cancelled(uint64_t timeout_ns, void (*cancelled)(void))
{
	(void)cancelled; /* no thread is cancelled here */
	sleep_at_gate(timeout_ns);
}
#else
struct cancellation {
	void (*run)(void);
};

static void run_cancellation(void *arg)
{
	const struct cancellation *cancellation = arg;

	if (cancellation->run != NULL) {
		cancellation->run();
	}
}

/* Not every C library unwinds the stack of a cancelled thread, but all run these handlers. */
static void sleep_or_be_cancelled(uint64_t timeout_ns, void (*cancelled)(void))
{
	struct cancellation cancellation = { cancelled };

	pthread_cleanup_push(run_cancellation, &cancellation);
	sleep_at_gate(timeout_ns);
	pthread_cleanup_pop(0);
}
#endif

void si_gate_wait(uint64_t timeout_ns, void (*cancelled)(void))
{
	const struct si_hooks *hooks = si_hooks_get();

	sleep_or_be_cancelled(timeout_ns, cancelled);
	if (hooks != NULL && hooks->waited != NULL) {
		hooks->waited();
	}
}

void si_gate_wake(void)
{
	const struct si_hooks *hooks = si_hooks_get();

	si_gate_enter();
	uv_cond_broadcast(&gate_cond);
	si_gate_leave();
	if (hooks != NULL && hooks->wake != NULL) {
		hooks->wake();
	}
}

bool si_platform_set_cancellable(bool cancellable)
{
#if defined(_WIN32)
	(void)cancellable;
	return true;
#else
	int before = PTHREAD_CANCEL_ENABLE;

	(void)pthread_setcancelstate(
		cancellable ? PTHREAD_CANCEL_ENABLE : PTHREAD_CANCEL_DISABLE, &before);
	return before == PTHREAD_CANCEL_ENABLE;
#endif
}

/* False without a hook. */
static bool hooked_clock(uint64_t *out_now)
{
	const struct si_hooks *hooks = si_hooks_get();

	if (si_likely(hooks == NULL || hooks->now_ns == NULL)) {
		return false;
	}
	*out_now = hooks->now_ns();
	return true;
}

uint64_t si_hooks_unhooked_now_ns(void)
{
	return uv_hrtime();
}

uint64_t si_platform_now_ns(void)
{
	uint64_t now;

	return hooked_clock(&now) ? now : uv_hrtime();
}

uint64_t si_platform_stamp_ns(void)
{
	uint64_t hooked;
#if defined(CLOCK_MONOTONIC_COARSE)
	struct timespec now;
#endif

	if (hooked_clock(&hooked)) {
		return hooked;
	}
#if defined(CLOCK_MONOTONIC_COARSE)
	/* The same clock as uv_hrtime() at a fifth of the price. */
	if (clock_gettime(CLOCK_MONOTONIC_COARSE, &now) == 0) {
		return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	}
#endif
	return uv_hrtime();
}

static _Atomic unsigned next_slot; /* slots given out so far */

unsigned si_platform_thread_slot(void)
{
	if (this_thread.slot == 0) {
		this_thread.slot =
			atomic_fetch_add_explicit(&next_slot, 1, memory_order_relaxed) + 1;
	}
	return this_thread.slot - 1;
}

uint32_t si_platform_thread_id(void)
{
#if defined(__linux__)
	/* A system call is too dear for every open. */
	if (this_thread.id == 0) {
		this_thread.id = (uint32_t)gettid();
	}
	return this_thread.id;
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

void si_platform_pause(unsigned times)
{
	while (times-- != 0) {
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#elif defined(__aarch64__)
		__asm__ volatile("yield" ::: "memory");
#else
		atomic_signal_fence(memory_order_seq_cst);
#endif
	}
}

bool si_platform_nap(void)
{
#if defined(_WIN32)
	return false;
#else
	const struct timespec nap = { .tv_nsec = SI_NAP_NS };
	int error = errno;
	bool before;

	if (si_hooks_get() != NULL) {
		return false;
	}
	before = si_platform_set_cancellable(false);
	(void)nanosleep(&nap, NULL);
	(void)si_platform_set_cancellable(before);
	errno = error;
	return true;
#endif
}

void *si_platform_thread_block(void)
{
	return this_thread.block;
}

#if defined(__linux__)
/* The stack that the system gave the thread. High is 0 where it cannot be found out. */
static void learn_stack(struct thread *thread)
{
	pthread_attr_t attributes;
	void *low = NULL;
	size_t size = 0;

	if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
		if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
			thread->stack_low = (uintptr_t)low;
			thread->stack_high = (uintptr_t)low + size;
		}
		(void)pthread_attr_destroy(&attributes);
	}
	thread->knows_stack = true;
}
#endif

/* Below the stack pointer there is nothing that is still in use. */
SI_NOINLINE bool si_platform_has_left(const void *address)
{
#if defined(__linux__)
	struct thread *thread = &this_thread;
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	if (!thread->knows_stack) {
		learn_stack(thread);
	}
	return here > thread->stack_low && here < thread->stack_high &&
		(uintptr_t)address >= thread->stack_low && (uintptr_t)address < here;
#else
	(void)address;
	return false;
#endif
}

void si_platform_print(const char *text, size_t length)
{
	bool before = si_platform_set_cancellable(false);

	(void)fwrite(text, 1, length, stderr);
	(void)si_platform_set_cancellable(before);
}
