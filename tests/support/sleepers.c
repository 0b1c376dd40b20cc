/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "sleepers.h"

#include "platform/platform.h"

static unsigned asleep; /* changes at the gate */

void __real_si_gate_wait(uint64_t timeout_ns, void (*cancelled)(void));
void __wrap_si_gate_wait(uint64_t timeout_ns, void (*cancelled)(void));

void __wrap_si_gate_wait(uint64_t timeout_ns, void (*cancelled)(void))
{
	asleep++;
	__real_si_gate_wait(timeout_ns, cancelled);
	asleep--;
}

/* A thread that is counted has let go of the gate, as this one is at it. */
static unsigned count_asleep(void)
{
	unsigned count;

	si_gate_enter();
	count = asleep;
	si_gate_leave();
	return count;
}

void sleepers_wait(unsigned count)
{
	while (count_asleep() < count) {
		test_thread_yield();
	}
}

static void run_sleeper(void *arg)
{
	struct sleeper *sleeper = arg;

	sleeper->run(sleeper->arg);
	__atomic_store_n(&sleeper->ended, 1, __ATOMIC_RELEASE);
}

void sleeper_start(struct sleeper *sleeper, void (*run)(void *arg), void *arg)
{
	unsigned before = count_asleep();

	sleeper->run = run;
	sleeper->arg = arg;
	sleeper->ended = 0;
	sleeper->thread = test_thread_start(run_sleeper, sleeper);
	sleepers_wait(before + 1);
}

int sleeper_has_ended(struct sleeper *sleeper)
{
	return __atomic_load_n(&sleeper->ended, __ATOMIC_ACQUIRE);
}

void sleeper_join(struct sleeper *sleeper)
{
	test_thread_join(sleeper->thread);
}
