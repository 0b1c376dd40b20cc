/* SPDX-License-Identifier: MIT */
/*
 * The one reference count: it saturates, and it never comes back from 0.
 *
 * A count that reaches the limit is full and stays so: its object lives for ever.
 * A reference to an object that is gone, or one given back too often, stops the
 * program with the name that the caller gives.
 */
#ifndef SI_REFCOUNT_H
#define SI_REFCOUNT_H

#include <stdatomic.h>

#include "base/bug.h"

#define SI_REFCOUNT_LIMIT UINT32_C(0x80000000)
#define SI_REFCOUNT_FULL UINT32_C(0xc0000000)
/* Full, and reported. References in between do not reach it. */
#define SI_REFCOUNT_REPORTED UINT32_C(0xe0000000)

struct si_refcount {
	_Atomic uint32_t count;
};

/* Keeps a full count where it is, and stops the program for a count of 0. */
SI_COLD void si_refcount_refuse(struct si_refcount *refs, uint32_t before, const char *what);

/* True for the one caller that is to report that the count is full. */
SI_COLD bool si_refcount_report(struct si_refcount *refs);

static inline void si_refcount_init(struct si_refcount *refs, uint32_t count)
{
	atomic_init(&refs->count, count);
}

/* A snapshot; may be stale. */
static inline uint32_t si_refcount_get(const struct si_refcount *refs)
{
	return atomic_load_explicit(&refs->count, memory_order_relaxed);
}

/* Takes a reference; false if the count is full, for callers that report that. */
static inline bool si_refcount_ref(struct si_refcount *refs, const char *what)
{
	/* Relaxed: the caller's own reference already orders its accesses. */
	uint32_t before = atomic_fetch_add_explicit(&refs->count, 1, memory_order_relaxed);

	if (si_unlikely(before - 1 >= SI_REFCOUNT_LIMIT - 1)) {
		si_refcount_refuse(refs, before, what);
		return false;
	}
	return true;
}

/* Takes a reference unless there is none; false then. */
static inline bool si_refcount_ref_unless_zero(struct si_refcount *refs, const char *what)
{
	uint32_t seen = atomic_load_explicit(&refs->count, memory_order_relaxed);

	do {
		if (seen == 0) {
			return false;
		}
		/* Relaxed: as in si_refcount_ref(); the caller's lock keeps the memory. */
	} while (!atomic_compare_exchange_weak_explicit(
		&refs->count, &seen, seen + 1, memory_order_relaxed, memory_order_relaxed));
	if (si_unlikely(seen >= SI_REFCOUNT_LIMIT)) {
		si_refcount_refuse(refs, seen, what);
	}
	return true;
}

/* Gives a reference back; true for the last one. */
static inline bool si_refcount_unref(struct si_refcount *refs, const char *what)
{
	/* Release: the work of this holder comes before the destruction. */
	uint32_t before = atomic_fetch_sub_explicit(&refs->count, 1, memory_order_release);

	if (si_unlikely(before == 1)) {
		/* Acquire: so does the others' work. */
		(void)atomic_load_explicit(&refs->count, memory_order_acquire);
		return true;
	}
	if (si_unlikely(before - 1 >= SI_REFCOUNT_LIMIT - 1)) {
		si_refcount_refuse(refs, before, what);
	}
	return false;
}

/* Gives a reference back unless it is the last; false then, and it is still there. */
static inline bool si_refcount_unref_unless_last(struct si_refcount *refs, const char *what)
{
	/* Acquire: the work of the others comes before that of the last holder. */
	uint32_t seen = atomic_load_explicit(&refs->count, memory_order_acquire);

	do {
		if (seen == 1) {
			return false;
		}
		if (si_unlikely(seen - 1 >= SI_REFCOUNT_LIMIT - 1)) {
			si_refcount_refuse(refs, seen, what);
			return true;
		}
		/* Release: as in si_refcount_unref(). */
	} while (!atomic_compare_exchange_weak_explicit(
		&refs->count, &seen, seen - 1, memory_order_release, memory_order_acquire));
	return true;
}

#endif /* SI_REFCOUNT_H */
