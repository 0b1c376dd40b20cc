/* SPDX-License-Identifier: MIT */
/*
 * An operating system must give us this. Each platform has a folder of its own:
 * a header for the lock and what must be inline, and sources for the rest. CMake
 * takes one, as SESSIO_PLATFORM says: uv, nt_kernel, or none, which has the header
 * only. No other file in src/ asks which operating system this is.
 *
 * Rules that hold for every function here:
 *   - pointer arguments are never NULL unless it says so;
 *   - nothing here calls back into the library;
 *   - nothing here logs, except si_platform_stop, which has no other way.
 */
#ifndef SI_PLATFORM_H
#define SI_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Clang checks the lock rules where it can (-Wthread-safety). */
#if defined(__clang__)
#define SI_CAPABILITY __attribute__((capability("mutex")))
#define SI_ACQUIRES(lock) __attribute__((acquire_capability(lock)))
#define SI_RELEASES(lock) __attribute__((release_capability(lock)))
#define SI_TRIES(lock) __attribute__((try_acquire_capability(true, lock)))
#define SI_HELD(lock) __attribute__((requires_capability(lock)))
#define SI_NOT_HELD(lock) __attribute__((locks_excluded(lock)))
#define SI_UNCHECKED_LOCKING __attribute__((no_thread_safety_analysis))
#else
#define SI_CAPABILITY
#define SI_ACQUIRES(lock)
#define SI_RELEASES(lock)
#define SI_TRIES(lock)
#define SI_HELD(lock)
#define SI_NOT_HELD(lock)
#define SI_UNCHECKED_LOCKING
#endif

#if defined(__GNUC__)
#define si_likely(x) __builtin_expect(!!(x), 1)
#define si_unlikely(x) __builtin_expect(!!(x), 0)
#define SI_COLD __attribute__((cold, noinline))
#define SI_NOINLINE __attribute__((noinline))
#define SI_INLINE static inline __attribute__((always_inline)) /* where a call would cost */
#define si_prefetch(address) __builtin_prefetch(address) /* any address, even a wrong one */
#else
#define si_likely(x) (x)
#define si_unlikely(x) (x)
#define SI_COLD
#define SI_NOINLINE
#define SI_INLINE static inline
#define si_prefetch(address) ((void)(address))
#endif

/* Memory, zeroed or not by the caller; aligned for max_align_t. NULL: none left. */
void *si_platform_alloc(size_t size);

/* Gives memory back; NULL is a no-op. */
void si_platform_free(void *memory);

/* Ends the program and says why: a promise that the library makes is broken. */
_Noreturn void si_platform_stop(const char *file, int line, const char *what, const char *why);

/*
 * A lock's rank: one bit of its own, and the bits of the ranks that may be held
 * when it is taken. base/lock_order.h has the list. Where SI_RANKS is defined, in
 * debug builds, a thread that takes locks in another order stops the program.
 */
typedef uint32_t si_rank;
#define SI_RANK(own, outer) ((si_rank)((own) | (outer) << 16))
#define SI_RANK_GATE SI_RANK(1u, 0u)
#define SI_RANK_SHARED SI_RANK(2u, 1u)

#if !defined(NDEBUG) || defined(SESSIO_HOOKS)
#define SI_RANKS
#endif
void si_platform_rank_take(si_rank rank);
void si_platform_rank_give(si_rank rank);

/*
 * Of platform_inline.h, which is in the folder of each platform:
 *
 *   si_mutex             a lock for short sections: not recursive, not fair, owned
 *                        by a thread
 *   si_mutex_lock()
 *   si_mutex_unlock()
 *   si_mutex_try_lock()  these three, if it defines SI_HAS_TRY_LOCK
 *   si_mutex_is_free()
 *   si_mutex_asks()
 *   si_light_barrier()   these two, if it defines SI_HAS_BARRIERS
 *   si_heavy_barrier()
 *   si_platform_here()   where the stack is that the caller runs on; the
 *                        answer may only serve as a guess.
 *   si_platform_thread_get(), si_platform_thread_set()
 *                        if it defines SI_HAS_THREAD_VALUE.
 *   struct si_thread_link  what si_platform_thread_set() needs of its argument.
 *   si_platform_may_keep()  whether memory may be kept for later, which hides from
 *                        tools what is done with it after it was given back.
 *   si_platform_desk()   if it defines SI_HAS_DESKS.
 */
#include "platform_inline.h"

/*
 * A pair of barriers. One thread stores x, issues the light one and loads y. Another
 * stores y, issues the heavy one and loads x. Then one of the two sees the other's
 * store at least. The light one is for a thread that does its part often. It costs next
 * to nothing where a platform has a heavy one, which takes a microsecond or two.
 */
#if !defined(SI_HAS_BARRIERS)
#include <stdatomic.h>
static inline void si_light_barrier(void)
{
	atomic_thread_fence(memory_order_seq_cst);
}

static inline void si_heavy_barrier(void)
{
	atomic_thread_fence(memory_order_seq_cst);
}
#endif

/*
 * These let a thread that can wait do so without disturbing the holder. The first takes the
 * lock unless another thread has it. The second says whether it is free. The third
 * says whether the lock asks the table of hooks: such a lock cannot be tried. Where a
 * platform has none of this, the first waits for the lock.
 */
#if !defined(SI_HAS_TRY_LOCK)
static inline bool si_mutex_try_lock(si_mutex *mutex) SI_TRIES(mutex) SI_UNCHECKED_LOCKING
{
	si_mutex_lock(mutex);
	return true;
}

static inline bool si_mutex_is_free(const si_mutex *mutex)
{
	(void)mutex;
	return true;
}

static inline bool si_mutex_asks(const si_mutex *mutex)
{
	(void)mutex;
	return false;
}
#endif

/*
 * Desks: memory for one thread at a time, as <sessio/fast.h> has it. A desk is never
 * freed. When a thread exits, another may get its desk, with all that is on it.
 * Platforms have them only where a heavy barrier is a system call.
 */
#if defined(SI_HAS_DESKS)
/* Gives the calling thread a desk. False if there is none for it. */
bool si_platform_make_desk(void);

/* All desks that a thread has, or had, are below this number. */
unsigned si_platform_desks(void);
struct sessio_fast_desk *si_platform_desk_at(unsigned i);
#endif

/* False when the operating system has no lock left. */
bool si_mutex_init(si_mutex *mutex, si_rank rank);
void si_mutex_fini(si_mutex *mutex);

/*
 * One of a fixed set of locks, always the same for the same address: for owners
 * that are too many to have a lock each. Never hold two of these. Their rank is
 * SI_RANK_SHARED.
 */
si_mutex *si_platform_lock_of(const void *owner);

/* Such a lock, and room beside it. */
struct si_shared_lock {
	si_mutex mutex; /* first */
	void *kept;
};

/* A pointer that is guarded by this one of those locks, and lies beside it; NULL at first. */
static inline void **si_platform_kept(si_mutex *shared)
{
	return &((struct si_shared_lock *)(void *)shared)->kept;
}

/*
 * The gate: the one place of the process where threads sleep until something
 * has come true. Enter, test, wait, test again, leave; a thread that makes something
 * true wakes all sleepers. Waiting is rare here, so one gate is enough.
 */
void si_gate_enter(void);
void si_gate_leave(void);
/*
 * Inside the gate: sleeps until a wake or for timeout_ns, UINT64_MAX for ever; may wake
 * early. A thread that is cancelled in its sleep calls cancelled() inside the gate,
 * which must leave it; NULL: sleepers are not cancelled.
 */
void si_gate_wait(uint64_t timeout_ns, void (*cancelled)(void));
/* Outside the gate: wakes every thread that sleeps at it. */
void si_gate_wake(void);

/*
 * Whether the calling thread may be cancelled where it sleeps; returns whether it
 * could be before. Always true where a platform has no cancellation.
 */
bool si_platform_set_cancellable(bool cancellable);

/* A clock that never goes back, in nanoseconds from an unknown start. */
uint64_t si_platform_now_ns(void);

/* The same clock as it was a few milliseconds ago at most, read cheaply. */
uint64_t si_platform_stamp_ns(void);

/* The calling thread's number as the operating system's tools show it. */
uint32_t si_platform_thread_id(void);

/* A small number per thread, dense if the platform can tell. */
unsigned si_platform_thread_slot(void);

/* Lets so many short moments go by, of some tens of cycles each, without sleeping. */
void si_platform_pause(unsigned times);

/*
 * Sleeps for about SI_NAP_NS, and for no other reason than to leave the core to others. False
 * at once where a platform has no sleep that is so short, and where hooks are asked.
 */
#define SI_NAP_NS 50000
bool si_platform_nap(void);

/* How many threads can run at once; at least 1. */
unsigned si_platform_cpu_count(void);

/*
 * One pointer per thread, NULL until set. The value's first member is a struct
 * si_thread_link. It is the platform's until the thread sets something else. So
 * setting cannot fail where the system keeps nothing per thread.
 */
#if !defined(SI_HAS_THREAD_VALUE)
void *si_platform_thread_get(void);
void si_platform_thread_set(void *value);
#endif

/*
 * Whether this address is on the calling thread's own stack, in a part that the
 * thread has left. False wherever the platform cannot tell: on other stacks, such
 * as those of fibers and coroutines, and the fake ones of address sanitizers.
 */
bool si_platform_has_left(const void *address);

/* Writes text for people to the standard error stream, as it is. Nobody is cancelled in it. */
void si_platform_print(const char *text, size_t length);

#endif /* SI_PLATFORM_H */
