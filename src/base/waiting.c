/* SPDX-License-Identifier: MIT */
#include "base/waiting.h"

#include "base/deferred.h"

_Atomic uint32_t si_waiters;

static void leave(void)
{
	si_gate_leave();
	atomic_fetch_sub_explicit(&si_waiters, 1, memory_order_relaxed);
}

static bool sleep_until(bool (*done)(void *arg), void *arg, uint64_t timeout_ns)
{
	uint64_t start = timeout_ns == SI_WAIT_FOREVER ? 0 : si_platform_now_ns();
	bool is_done;

	/* Sequentially consistent, for those that look without a lock (wdk_thread-2). */
	atomic_fetch_add(&si_waiters, 1);
	si_gate_enter();
	while (!(is_done = done(arg))) {
		uint64_t left = SI_WAIT_FOREVER;

		if (timeout_ns != SI_WAIT_FOREVER) {
			uint64_t passed = si_platform_now_ns() - start;

			if (passed >= timeout_ns) {
				break;
			}
			left = timeout_ns - passed;
		}
		si_gate_wait(left, leave); /* it also leaves when it is cancelled */
	}
	leave();
	return is_done;
}

bool si_wait_until(bool (*done)(void *arg), void *arg, uint64_t timeout_ns)
{
	si_deferred_flush(); /* (deferred-2) */
	return sleep_until(done, arg, timeout_ns);
}

void si_wait_surely(bool (*done)(void *arg), void *arg)
{
	bool before = si_platform_set_cancellable(false);

	(void)si_wait_until(done, arg, SI_WAIT_FOREVER);
	(void)si_platform_set_cancellable(before);
}
