/* SPDX-License-Identifier: MIT */
/*
 * Waiting for something to become true. Nearly nobody does, so whoever makes
 * things true pays one load.
 */
#ifndef SI_WAIT_H
#define SI_WAIT_H

#include <stdatomic.h>

#include "base/bug.h"

extern _Atomic uint32_t si_waiters; /* threads at the gate, or on their way */

/*
 * Sleeps until done(arg) or the time is over; true if done. done takes the lock
 * that its truth depends on, and so sees the truth or is seen waiting.
 */
bool si_wait_until(bool (*done)(void *arg), void *arg, uint32_t timeout_ms);

/* After making something true, with its lock let go of. */
static inline void si_wait_wake(void)
{
	/* Relaxed: the lock that both sides took orders this after their count. */
	if (si_unlikely(atomic_load_explicit(&si_waiters, memory_order_relaxed) != 0)) {
		si_gate_wake();
	}
}

#endif /* SI_WAIT_H */
