/* SPDX-License-Identifier: MIT */
#include "base/waiting.h"

#include "base/deferred.h"

_Atomic uint32_t si_waiters;

/* Also runs when the waiter is cancelled, where the platform unwinds. */
static void leave(const bool *at_gate)
{
	if (*at_gate) {
		si_gate_leave();
		atomic_fetch_sub_explicit(&si_waiters, 1, memory_order_relaxed);
	}
}

#if defined(__GNUC__)
#define LEAVES __attribute__((cleanup(leave)))
#define LEAVE(at_gate) ((void)(at_gate))
#else
#define LEAVES
#define LEAVE(at_gate) leave(&(at_gate))
#endif

static bool sleep_until(bool (*done)(void *arg), void *arg, uint64_t timeout_ns)
{
	uint64_t start = timeout_ns == SI_WAIT_FOREVER ? 0 : si_platform_now_ns();
	bool at_gate LEAVES = true;
	bool is_done;

	atomic_fetch_add_explicit(&si_waiters, 1, memory_order_relaxed);
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
		si_gate_wait(left);
	}
	LEAVE(at_gate);
	return is_done;
}

bool si_wait_until(bool (*done)(void *arg), void *arg, uint64_t timeout_ns)
{
	si_deferred_flush(); /* (deferred-2) */
	return sleep_until(done, arg, timeout_ns);
}
