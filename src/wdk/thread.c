/* SPDX-License-Identifier: MIT */
#include "wdk/thread.h"

struct _ETHREAD *si_wdk_thread(void)
{
	return si_platform_thread_block();
}

bool si_wdk_wait(si_wdk_try_fn *try_it, void *object, uint64_t timeout_ns)
{
	bool done = try_it(object);

	if (!done && timeout_ns != 0) {
		SI_WDK_LEVEL(APC_LEVEL, "waiting");
		done = si_wait_until(try_it, object, timeout_ns);
	}
	return done;
}

void si_wdk_wake(void)
{
	/* Sequentially consistent: see (wdk_thread-2). */
	if (atomic_load(&si_waiters) != 0) {
		si_gate_wake();
	}
}
