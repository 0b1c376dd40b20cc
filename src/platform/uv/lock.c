/* SPDX-License-Identifier: MIT */
/* The slow parts of lock.h and lock_other.h, and the hooks' part in a lock's life. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* syscall() */
#endif

#include "platform/platform.h"

#include <uv.h>

#include "platform/hooks.h"

#if defined(__linux__)
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

bool si_mutex_init(si_mutex *mutex, si_rank rank)
{
	const struct si_hooks *hooks = si_hooks_get();

	if (hooks != NULL && hooks->may_make_lock != NULL && !hooks->may_make_lock()) {
		return false;
	}
	if (!si_mutex_make(mutex, rank)) {
		return false;
	}
	if (hooks != NULL && hooks->made_lock != NULL) {
		hooks->made_lock();
	}
	return true;
}

static void unmake(si_mutex *mutex);

void si_mutex_fini(si_mutex *mutex)
{
	const struct si_hooks *hooks = si_hooks_get();

	unmake(mutex);
	if (hooks != NULL && hooks->unmade_lock != NULL) {
		hooks->unmade_lock();
	}
}

_Noreturn SI_COLD void si_mutex_stop(void)
{
	si_platform_stop(__FILE__, __LINE__, "mutex", "a lock that is none, or not held");
}

#if defined(__linux__)

/* As in the system's own headers, which musl's compilers come without. */
#define FUTEX_WAIT_PRIVATE 128
#define FUTEX_WAKE_PRIVATE 129
#define MEMBARRIER_CMD_PRIVATE_EXPEDITED 8
#define MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED 16

/* Some 32-bit systems have the call by another name only. */
#if !defined(SYS_futex)
#define SYS_futex SYS_futex_time64
#endif

/* So long a pause between looks at a lock before a thread waits for it: sections are short. */
#define PAUSES_MAX 128u

_Atomic uint32_t si_lock_waiters[SI_LOCK_COUNTS];
_Atomic bool si_barriers_are_promised;
static uv_once_t barriers_once = UV_ONCE_INIT;

static bool membarrier(int command)
{
	return syscall(SYS_membarrier, command, 0, 0) == 0;
}

static void ask_for_barriers(void)
{
	/* Relaxed: (uv_lock-5). */
	atomic_store_explicit(&si_barriers_are_promised,
		membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED), memory_order_relaxed);
}

static void full_barrier(void)
{
#if defined(__SANITIZE_THREAD__)
	/* gcc's sanitizer knows no fences. Changes of one word have an order, which does the same. */
	static _Atomic uint32_t word;

	(void)atomic_fetch_add(&word, 1);
#else
	atomic_thread_fence(memory_order_seq_cst);
#endif
}

SI_COLD void si_light_barrier_slowly(void)
{
	full_barrier();
}

bool si_heavy_barrier_is_heavy(void)
{
	uv_once(&barriers_once, ask_for_barriers);
	return atomic_load_explicit(&si_barriers_are_promised, memory_order_relaxed);
}

void si_heavy_barrier(void)
{
	int before = errno;

	uv_once(&barriers_once, ask_for_barriers);
	/* Relaxed: it was this thread, or another before uv_once() returned. */
	if (!atomic_load_explicit(&si_barriers_are_promised, memory_order_relaxed)) {
		full_barrier();
	} else if (!membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
		si_platform_stop(__FILE__, __LINE__, "membarrier",
			"the system has promised a barrier, and refuses it");
	}
	errno = before;
}

/* (uv_lock-6) */
static bool wants_questions(void)
{
#if defined(SESSIO_HOOKS)
	return false; /* platform_inline.h asks */
#else
	const struct si_hooks *hooks = si_hooks_get();

	return hooks != NULL && hooks->before_lock != NULL;
#endif
}

bool si_mutex_make(si_mutex *mutex, si_rank rank)
{
	uv_once(&barriers_once, ask_for_barriers);
	atomic_init(&mutex->word, SI_LOCK_FREE | (wants_questions() ? SI_LOCK_ASKS : 0));
	mutex->rank = rank;
	return true;
}

static void unmake(si_mutex *mutex)
{
	/* Relaxed: nobody else uses it any more. */
	if ((atomic_exchange_explicit(&mutex->word, 0, memory_order_relaxed) & ~SI_LOCK_ASKS) !=
		SI_LOCK_FREE) {
		si_mutex_stop();
	}
}

/* Never changes from the making of the lock to its end. */
static uint32_t asks(const si_mutex *mutex)
{
	return atomic_load_explicit(&mutex->word, memory_order_relaxed) & SI_LOCK_ASKS;
}

static bool try_lock(si_mutex *mutex)
{
	uint32_t asking = asks(mutex);
	uint32_t seen = SI_LOCK_FREE | asking;

	/* Acquire: as in si_mutex_os_lock(). */
	if (atomic_compare_exchange_strong_explicit(&mutex->word, &seen, SI_LOCK_HELD | asking,
		    memory_order_acquire, memory_order_relaxed)) {
		return true;
	}
	if (seen != (SI_LOCK_HELD | asking)) {
		si_mutex_stop();
	}
	return false;
}

static bool spin(si_mutex *mutex)
{
	if (si_platform_cpu_count() == 1) {
		return false; /* the holder does not run */
	}
	/* Each time later: looks take the line from the holder, which then is slower. */
	for (unsigned pauses = 1; pauses <= PAUSES_MAX; pauses *= 2) {
		si_platform_pause(pauses);
		if ((atomic_load_explicit(&mutex->word, memory_order_relaxed) & SI_LOCK_FREE) !=
				0 &&
			try_lock(mutex)) {
			return true;
		}
	}
	return false;
}

SI_COLD void si_mutex_lock_slowly(si_mutex *mutex)
{
	_Atomic uint32_t *waiters = si_lock_waiters_of(mutex);
	int before = errno;

	if (asks(mutex) != 0) {
		si_hook_before_lock(mutex);
	}
	if (try_lock(mutex) || spin(mutex)) {
		return;
	}
	atomic_fetch_add_explicit(waiters, 1, memory_order_relaxed);
	si_heavy_barrier(); /* (uv_lock-2) */
	while (!try_lock(mutex)) {
		if (si_hook_held(mutex)) {
			continue;
		}
		/* Returns at once if the word has changed, and whenever it likes. */
		(void)syscall(SYS_futex, &mutex->word, FUTEX_WAIT_PRIVATE,
			SI_LOCK_HELD | asks(mutex), NULL, NULL, 0);
	}
	atomic_fetch_sub_explicit(waiters, 1, memory_order_relaxed);
	errno = before;
}

static void wake_one(const si_mutex *mutex)
{
	int before = errno;

	/* The system takes the address for a number: the lock may be gone (uv_lock-4). */
	(void)syscall(SYS_futex, &mutex->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	errno = before;
}

SI_COLD void si_mutex_wake(const si_mutex *mutex)
{
	wake_one(mutex);
	si_hook_given(mutex);
}

SI_COLD void si_mutex_unlock_slowly(si_mutex *mutex)
{
	/* Relaxed: the caller is the only one that may change it. */
	if (atomic_load_explicit(&mutex->word, memory_order_relaxed) !=
		(SI_LOCK_HELD | SI_LOCK_ASKS)) {
		si_mutex_stop();
	}
	/* As in si_mutex_os_unlock(). */
	atomic_store_explicit(&mutex->word, SI_LOCK_FREE | SI_LOCK_ASKS, memory_order_release);
	si_light_barrier();
	if (atomic_load_explicit(si_lock_waiters_of(mutex), memory_order_relaxed) != 0) {
		wake_one(mutex);
	}
	si_hook_after_unlock(mutex);
}

#else

_Static_assert(sizeof(uv_mutex_t) <= sizeof(((si_mutex *)0)->os), "si_mutex is too small");
_Static_assert(_Alignof(uv_mutex_t) <= _Alignof(si_mutex), "si_mutex is aligned too loosely");

static uv_mutex_t *as_uv(si_mutex *mutex)
{
	return (uv_mutex_t *)(void *)&mutex->os;
}

bool si_mutex_make(si_mutex *mutex, si_rank rank)
{
	mutex->rank = rank;
	return uv_mutex_init(as_uv(mutex)) == 0;
}

static void unmake(si_mutex *mutex)
{
	uv_mutex_destroy(as_uv(mutex));
}

#if defined(_WIN32)
void si_mutex_os_lock(si_mutex *mutex)
{
	uv_mutex_lock(as_uv(mutex));
}

void si_mutex_os_unlock(si_mutex *mutex)
{
	uv_mutex_unlock(as_uv(mutex));
}
#endif

#endif
