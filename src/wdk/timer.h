/* SPDX-License-Identifier: MIT */
/* Timers, as work items and the test kit see them. */
#ifndef SI_WDK_TIMER_H
#define SI_WDK_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "nt/sessio_nt/timer.h"

/* Whether no deferred call is queued or running. */
bool si_wdk_dpcs_are_done(void);

/*
 * From now on timers have a clock of their own, which si_wdk_timers_pass() alone moves; or
 * not any more. No timer is set meanwhile.
 */
void si_wdk_timers_hold(bool hold);

/* The time until the next timer, at most this limit. */
uint64_t si_wdk_timers_ahead(uint64_t limit_ns);

/* Lets time pass, and makes the calls of timers that are due, on this thread. */
void si_wdk_timers_pass(uint64_t ns);

/* As si_wdk_work_end_thread(). No-op while a timer is set, or a call queued. */
void si_wdk_timers_end_thread(void);

/* Ends a timer by the thing that was made of it. */
void si_wdk_timer_end(void *thing);

/* Whether it was initialized. */
bool si_wdk_is_timer(const KTIMER *timer);

/* The address that a set timer has as a thing. It is not its own, as others may begin there. */
static inline void *si_wdk_timer_key(void *timer)
{
	return (char *)timer + 2;
}

#endif /* SI_WDK_TIMER_H */
