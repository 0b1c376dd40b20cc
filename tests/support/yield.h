/* SPDX-License-Identifier: MIT */
/*
 * The compiler includes it before every source when SESSIO_YIELDS is on. Each
 * atomic operation and each call of a lock may stop its thread for a moment,
 * before and after. So the windows between two steps of an algorithm, which are
 * a few instructions wide, become wide enough for other threads to come through.
 *
 * Atomics are wrapped by macros of the same names, because the functions of
 * <stdatomic.h> are macros as well. Locks are renamed, and yield.c defines what
 * stands behind the new names.
 */
#ifndef SI_YIELD_H
#define SI_YIELD_H

#include <stdatomic.h>

/* Does nothing most of the time, otherwise yields or sleeps; SESSIO_YIELD_SEED varies it. */
void si_yield(void);

/* In the two steps of <sessio/fast.h>. */
#define SESSIO_FAST_PAUSE() si_yield()

#define pthread_mutex_lock si_yield_pthread_mutex_lock
#define pthread_mutex_unlock si_yield_pthread_mutex_unlock
#define uv_mutex_lock si_yield_uv_mutex_lock
#define uv_mutex_unlock si_yield_uv_mutex_unlock
#define uv_cond_wait si_yield_uv_cond_wait
#define uv_cond_timedwait si_yield_uv_cond_timedwait
#define uv_cond_broadcast si_yield_uv_cond_broadcast
#define uv_cond_signal si_yield_uv_cond_signal

#if defined(__clang__)
#define SI_YIELD_LOAD __c11_atomic_load
#define SI_YIELD_STORE __c11_atomic_store
#define SI_YIELD_EXCHANGE __c11_atomic_exchange
#define SI_YIELD_ADD __c11_atomic_fetch_add
#define SI_YIELD_SUB __c11_atomic_fetch_sub
#define SI_YIELD_AND __c11_atomic_fetch_and
#define SI_YIELD_OR __c11_atomic_fetch_or
#define SI_YIELD_STRONG __c11_atomic_compare_exchange_strong
#define SI_YIELD_WEAK __c11_atomic_compare_exchange_weak
#else
#define SI_YIELD_LOAD __atomic_load_n
#define SI_YIELD_STORE __atomic_store_n
#define SI_YIELD_EXCHANGE __atomic_exchange_n
#define SI_YIELD_ADD __atomic_fetch_add
#define SI_YIELD_SUB __atomic_fetch_sub
#define SI_YIELD_AND __atomic_fetch_and
#define SI_YIELD_OR __atomic_fetch_or
#define SI_YIELD_STRONG(object, expected, wanted, yes, no) \
	__atomic_compare_exchange_n(object, expected, wanted, 0, yes, no)
#define SI_YIELD_WEAK(object, expected, wanted, yes, no) \
	__atomic_compare_exchange_n(object, expected, wanted, 1, yes, no)
#endif

/* The value of an atomic operation, with a yield on either side. */
#define SI_YIELD_ROUND(operation)                     \
	__extension__({                               \
		si_yield();                           \
		__auto_type si_yield_met = operation; \
		si_yield();                           \
		si_yield_met;                         \
	})

#undef atomic_load_explicit
#undef atomic_store_explicit
#undef atomic_exchange_explicit
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub_explicit
#undef atomic_fetch_and_explicit
#undef atomic_fetch_or_explicit
#undef atomic_compare_exchange_strong_explicit
#undef atomic_compare_exchange_weak_explicit
#define atomic_load_explicit(object, order) SI_YIELD_ROUND(SI_YIELD_LOAD(object, order))
#define atomic_store_explicit(object, value, order) \
	(si_yield(), SI_YIELD_STORE(object, value, order), si_yield())
#define atomic_exchange_explicit(object, value, order) \
	SI_YIELD_ROUND(SI_YIELD_EXCHANGE(object, value, order))
#define atomic_fetch_add_explicit(object, value, order) \
	SI_YIELD_ROUND(SI_YIELD_ADD(object, value, order))
#define atomic_fetch_sub_explicit(object, value, order) \
	SI_YIELD_ROUND(SI_YIELD_SUB(object, value, order))
#define atomic_fetch_and_explicit(object, value, order) \
	SI_YIELD_ROUND(SI_YIELD_AND(object, value, order))
#define atomic_fetch_or_explicit(object, value, order) \
	SI_YIELD_ROUND(SI_YIELD_OR(object, value, order))
#define atomic_compare_exchange_strong_explicit(object, expected, wanted, yes, no) \
	SI_YIELD_ROUND(SI_YIELD_STRONG(object, expected, wanted, yes, no))
#define atomic_compare_exchange_weak_explicit(object, expected, wanted, yes, no) \
	SI_YIELD_ROUND(SI_YIELD_WEAK(object, expected, wanted, yes, no))

#undef atomic_load
#undef atomic_store
#undef atomic_exchange
#undef atomic_fetch_add
#undef atomic_fetch_sub
#undef atomic_fetch_and
#undef atomic_fetch_or
#undef atomic_compare_exchange_strong
#undef atomic_compare_exchange_weak
#define atomic_load(object) atomic_load_explicit(object, memory_order_seq_cst)
#define atomic_store(object, value) atomic_store_explicit(object, value, memory_order_seq_cst)
#define atomic_exchange(object, value) atomic_exchange_explicit(object, value, memory_order_seq_cst)
#define atomic_fetch_add(object, value) \
	atomic_fetch_add_explicit(object, value, memory_order_seq_cst)
#define atomic_fetch_sub(object, value) \
	atomic_fetch_sub_explicit(object, value, memory_order_seq_cst)
#define atomic_fetch_and(object, value) \
	atomic_fetch_and_explicit(object, value, memory_order_seq_cst)
#define atomic_fetch_or(object, value) atomic_fetch_or_explicit(object, value, memory_order_seq_cst)
#define atomic_compare_exchange_strong(object, expected, wanted) \
	atomic_compare_exchange_strong_explicit(                 \
		object, expected, wanted, memory_order_seq_cst, memory_order_seq_cst)
#define atomic_compare_exchange_weak(object, expected, wanted) \
	atomic_compare_exchange_weak_explicit(                 \
		object, expected, wanted, memory_order_seq_cst, memory_order_seq_cst)

#endif /* SI_YIELD_H */
