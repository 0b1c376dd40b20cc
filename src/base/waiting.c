/* SPDX-License-Identifier: MIT */
#include "base/waiting.h"

#include <sessio/diag.h>

_Atomic uint32_t si_waiters;

#define NS_PER_MS UINT64_C(1000000)
/* Even without end, look up from time to time: cheap, and no clock is that large. */
#define LONGEST_NAP_NS (UINT64_C(3600) * 1000 * NS_PER_MS)

bool si_wait_until(bool (*done)(void *arg), void *arg, uint32_t timeout_ms)
{
	uint64_t start = si_platform_now_ns();
	uint64_t limit = timeout_ms * NS_PER_MS;
	bool is_done;

	atomic_fetch_add_explicit(&si_waiters, 1, memory_order_relaxed);
	si_gate_enter();
	while (!(is_done = done(arg))) {
		uint64_t nap = LONGEST_NAP_NS;

		if (timeout_ms != SESSIO_FOREVER) {
			uint64_t passed = si_platform_now_ns() - start;

			if (passed >= limit) {
				break;
			}
			nap = limit - passed < nap ? limit - passed : nap;
		}
		si_gate_wait(nap);
	}
	si_gate_leave();
	atomic_fetch_sub_explicit(&si_waiters, 1, memory_order_relaxed);
	return is_done;
}
