/* SPDX-License-Identifier: MIT */
/* The two calls of the operation counter as a session makes them: in a hurry first. */
#ifndef SESSIO_TESTS_RUNDOWN_CALLS_H
#define SESSIO_TESTS_RUNDOWN_CALLS_H

#include "base/rundown.h"

static inline enum si_run_result begin_operation(struct si_rundown *run)
{
	uint64_t met;

	if (si_rundown_is_uncontended(run)) {
		return si_rundown_acquire_uncontended(run, &met)
			? SI_RUN_OK
			: si_rundown_finish_acquire(run, met);
	}
	if (si_rundown_is_on_stripes(run)) {
		return si_rundown_acquire_on_stripe(run, &met)
			? SI_RUN_OK
			: si_rundown_finish_acquire(run, met);
	}
	return si_rundown_acquire(run);
}

/* True: the caller has to complete the end. */
static inline bool end_operation(struct si_rundown *run)
{
	uint64_t met;

	if (si_rundown_is_on_stripes(run)) {
		return !si_rundown_release_on_stripe(run, &met) &&
			si_rundown_finish_release(run, met);
	}
	if (!si_rundown_is_uncontended(run)) {
		return si_rundown_release(run);
	}
	return !si_rundown_release_uncontended(run, &met) && si_rundown_finish_release(run, met);
}

#define PLACE_BYTES ((uintptr_t)256 * 1024)

/*
 * Calls a function where its frames and its callees' lie in one place for the
 * counter. Where a stack begins is a matter of chance.
 */
static inline int call_in_one_place(int (*function)(void))
{
	char here;
	size_t left = (uintptr_t)&here % PLACE_BYTES;
	volatile char room[left < PLACE_BYTES / 2 ? left + 256 : 1];

	room[0] = 0;
	return function() + room[0];
}

/* Makes an open counter believe that this thread was here last. */
static inline void come_from_here(struct si_rundown *run)
{
	atomic_store_explicit(&run->last_here, si_run_here(), memory_order_relaxed);
}

/* Makes the counter believe that another thread was here last. */
static inline void come_from_elsewhere(struct si_rundown *run)
{
	atomic_store_explicit(&run->last_here, (uint16_t)~si_run_here(), memory_order_relaxed);
}

#endif /* SESSIO_TESTS_RUNDOWN_CALLS_H */
