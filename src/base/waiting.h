/* SPDX-License-Identifier: MIT */
/*
 * The one place where threads of the library sleep until something is true.
 *
 * Waiting is rare, so a thread that makes something true pays one load. Nothing
 * wakes a sleeper but a wake and its own timeout: a lost wake is a hang.
 */
#ifndef SI_WAITING_H
#define SI_WAITING_H

#include <stdatomic.h>

#include "base/bug.h"

#define SI_WAIT_FOREVER UINT64_MAX

/* A wait in milliseconds as public calls take it, SESSIO_FOREVER included. */
#define SI_WAIT_MS(ms) ((ms) == UINT32_MAX ? SI_WAIT_FOREVER : (uint64_t)(ms)*UINT64_C(1000000))

extern _Atomic uint32_t si_waiters; /* threads at the gate, or on their way */

/*
 * Sleeps until done(arg), or until the time is over; true if done. It runs at
 * the gate and takes the lock that its truth depends on. So the wait sees the
 * truth, or the thread that makes it true sees the wait.
 */
bool si_wait_until(bool (*done)(void *arg), void *arg, uint64_t timeout_ns);

/*
 * The same for ever, and nobody cancels the thread meanwhile. It is for waits during
 * which other threads know memory on this thread's stack.
 */
void si_wait_surely(bool (*done)(void *arg), void *arg);

/* After making something true, with its lock released. */
static inline void si_wait_wake(void)
{
	/* Relaxed: the lock that both sides took orders this after their count. */
	if (si_unlikely(atomic_load_explicit(&si_waiters, memory_order_relaxed) != 0)) {
		si_gate_wake();
	}
}

#endif /* SI_WAITING_H */
