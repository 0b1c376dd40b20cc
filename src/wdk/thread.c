/* SPDX-License-Identifier: MIT */
#include "wdk/thread.h"

#include <stdatomic.h>

#include "platform/process.h"

/* A waiter looks again after this, however little it hears. */
#define LOOK_AGAIN_NS UINT64_C(1000000000)

static _Thread_local struct _ETHREAD this_thread;
static _Atomic unsigned waiting; /* threads in si_wdk_wait(), (wdk_thread-2) */

struct _ETHREAD *si_wdk_thread(void)
{
	return &this_thread;
}

static bool wait_in_gate(si_wdk_try_fn *try_it, void *object, uint64_t timeout_ns)
{
	uint64_t start = si_platform_now_ns();
	bool done;

	si_gate_enter();
	while (!(done = try_it(object))) {
		uint64_t gone = si_platform_now_ns() - start;
		uint64_t left = gone < timeout_ns ? timeout_ns - gone : 0;

		if (left == 0) {
			break;
		}
		si_gate_wait(left < LOOK_AGAIN_NS ? left : LOOK_AGAIN_NS);
	}
	si_gate_leave();
	return done;
}

bool si_wdk_wait(si_wdk_try_fn *try_it, void *object, uint64_t timeout_ns)
{
	bool done = try_it(object);

	if (!done && timeout_ns != 0) {
		SI_WDK_LEVEL(APC_LEVEL, "waiting");
		/* Sequentially consistent: see (wdk_thread-2). */
		atomic_fetch_add(&waiting, 1);
		done = wait_in_gate(try_it, object, timeout_ns);
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
