/* SPDX-License-Identifier: MIT */
/*
 * The lock and the barriers of platform.h on Linux, where a heavy barrier can be had.
 * lock_other.h has those of the other systems.
 *
 * Locks are nearly always free, and a locked instruction costs as much as all the
 * rest of a short section. So only taking one is a read-modify-write. Giving it back
 * is a plain store and a look at a count of waiters, which a processor may do in
 * the other order. A thread that has to wait pays for that.
 *
 * (uv_lock-1) The word is SI_LOCK_FREE or SI_LOCK_HELD, or 0 where there is no lock. A thread
 *      takes the lock by a compare-exchange only, and only the holder stores
 *      SI_LOCK_FREE.
 * (uv_lock-2) A waiter counts itself and issues the heavy barrier before it tries again.
 *      It sleeps only while the word is SI_LOCK_HELD, which the system compares. The
 *      holder stores SI_LOCK_FREE, issues the light barrier and reads the count. So
 *      the waiter finds the lock free, or the holder finds the waiter and wakes one.
 * (uv_lock-3) A waiter stays counted until it has the lock. So each thread that takes
 *      the lock before it wakes another when it gives the lock back.
 * (uv_lock-4) After it has stored SI_LOCK_FREE a thread does not touch the lock any more:
 *      the next holder may free it. Counts of waiters therefore lie elsewhere, and
 *      locks share them. Then a wake may come without a reason, which costs time only.
 *
 * (uv_lock-5) Until the system has promised the heavy barrier, light ones are full
 *      fences, and heavy ones, too, unless it promises then. So a thread that does not
 *      know of the promise yet does no harm.
 *
 * (uv_lock-6) The word of a lock that asks the table of hooks has SI_LOCK_ASKS besides,
 *      from its making on. So the short ways below never fit, and the slow ones ask. Such
 *      a lock cannot be tried.
 *
 * tests/models/lock.pml checks (uv_lock-1)-(uv_lock-5) with store buffers.
 */
#ifndef SI_UV_LOCK_H
#define SI_UV_LOCK_H

#include <stdatomic.h>

#define SI_LOCK_FREE UINT32_C(1)
#define SI_LOCK_HELD UINT32_C(2)
#define SI_LOCK_ASKS UINT32_C(4) /* (uv_lock-6) */

typedef struct SI_CAPABILITY si_mutex {
	_Atomic uint32_t word; /* (uv_lock-1) */
	si_rank rank;
} si_mutex;

#define SI_LOCK_COUNTS 256u /* a power of two */

/* How many threads wait for locks at these addresses (uv_lock-4). */
extern _Atomic uint32_t si_lock_waiters[SI_LOCK_COUNTS];

static inline _Atomic uint32_t *si_lock_waiters_of(const si_mutex *mutex)
{
	/* By the line of the cache: locks that are used much have lines of their own. */
	return &si_lock_waiters[((uintptr_t)mutex >> 6) % SI_LOCK_COUNTS];
}

/*
 * For si_mutex_lock() and si_mutex_unlock() below: when the lock was not free, when
 * waiters are counted, and when it is not simply held.
 */
SI_COLD void si_mutex_lock_slowly(si_mutex *mutex);
SI_COLD void si_mutex_wake(const si_mutex *mutex);
SI_COLD void si_mutex_unlock_slowly(si_mutex *mutex);
_Noreturn SI_COLD void si_mutex_stop(void);

extern _Atomic bool si_barriers_are_promised; /* (uv_lock-5); false at first */

SI_COLD void si_light_barrier_slowly(void);

#define SI_HAS_BARRIERS
static inline void si_light_barrier(void)
{
	/* Relaxed: (uv_lock-5). */
	if (si_likely(atomic_load_explicit(&si_barriers_are_promised, memory_order_relaxed))) {
		atomic_signal_fence(memory_order_seq_cst); /* the compiler keeps the order */
	} else {
		si_light_barrier_slowly();
	}
}
void si_heavy_barrier(void);

/* Whether light barriers cost nothing because heavy ones reach all threads. */
bool si_heavy_barrier_is_heavy(void);

static inline void si_mutex_os_lock(si_mutex *mutex)
{
	uint32_t free = SI_LOCK_FREE;

	/* Acquire: the work of all holders before. */
	if (si_unlikely(!atomic_compare_exchange_strong_explicit(&mutex->word, &free, SI_LOCK_HELD,
		    memory_order_acquire, memory_order_relaxed))) {
		si_mutex_lock_slowly(mutex);
	}
}

#define SI_HAS_TRY_LOCK

static inline bool si_mutex_os_try_lock(si_mutex *mutex)
{
	uint32_t free = SI_LOCK_FREE;

	/* Acquire: as in si_mutex_os_lock(). */
	return si_likely(atomic_compare_exchange_strong_explicit(
		&mutex->word, &free, SI_LOCK_HELD, memory_order_acquire, memory_order_relaxed));
}

static inline bool si_mutex_asks(const si_mutex *mutex)
{
	return (atomic_load_explicit(&mutex->word, memory_order_relaxed) & SI_LOCK_ASKS) != 0;
}

static inline bool si_mutex_is_free(const si_mutex *mutex)
{
	return (atomic_load_explicit(&mutex->word, memory_order_relaxed) & SI_LOCK_FREE) != 0;
}

static inline void si_mutex_os_unlock(si_mutex *mutex)
{
	/* Relaxed: the caller is the only one that may change it. */
	if (si_unlikely(atomic_load_explicit(&mutex->word, memory_order_relaxed) != SI_LOCK_HELD)) {
		si_mutex_unlock_slowly(mutex);
		return;
	}
	/* Release: the holder's work. */
	atomic_store_explicit(&mutex->word, SI_LOCK_FREE, memory_order_release);
	si_light_barrier(); /* (uv_lock-2) */
	if (si_unlikely(
		    atomic_load_explicit(si_lock_waiters_of(mutex), memory_order_relaxed) != 0)) {
		si_mutex_wake(mutex);
	}
}

#endif /* SI_UV_LOCK_H */
