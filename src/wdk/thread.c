/* SPDX-License-Identifier: MIT */
#include "wdk/thread.h"

#include <stdatomic.h>

static _Atomic unsigned waiting; /* threads in si_wdk_wait(), (wdk_thread-2) */

struct _ETHREAD *si_wdk_thread(void)
{
	return si_platform_thread_block();
}

bool si_wdk_wait(si_wdk_try_fn *try_it, void *object, uint64_t timeout_ns)
{
	bool done = try_it(object);

	if (!done && timeout_ns != 0) {
		SI_WDK_LEVEL(APC_LEVEL, "waiting");
		/* Sequentially consistent: see (wdk_thread-2). */
		atomic_fetch_add(&waiting, 1);
		done = si_wait_until(try_it, object, timeout_ns);
		atomic_fetch_sub(&waiting, 1);
	}
	return done;
}

void si_wdk_wake(void)
{
	if (atomic_load(&waiting) != 0) {
		si_gate_wake();
	}
}
