/* SPDX-License-Identifier: MIT */
#include "wdk/thread.h"

#include <stdatomic.h>

#include "platform/process.h"

/* A waiter looks again after this, however little it hears. */
#define LOOK_AGAIN_NS UINT64_C(1000000000)

static _Thread_local struct _ETHREAD this_thread;
static _Atomic unsigned waiting; /* threads in si_nt_wait(), (wdk_thread-2) */

struct _ETHREAD *si_nt_thread(void)
{
	return &this_thread;
}

static bool wait_in_gate(si_nt_try_fn *try_it, void *object, uint64_t timeout_ns)
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

bool si_nt_wait(si_nt_try_fn *try_it, void *object, uint64_t timeout_ns)
{
	bool done = try_it(object);

	if (!done && timeout_ns != 0) {
		SI_NT_LEVEL(APC_LEVEL, "waiting");
		/* Sequentially consistent: see (wdk_thread-2). */
		atomic_fetch_add(&waiting, 1);
		done = wait_in_gate(try_it, object, timeout_ns);
		atomic_fetch_sub(&waiting, 1);
	}
	return done;
}

void si_nt_wake(void)
{
	if (atomic_load(&waiting) != 0) {
		si_gate_wake();
	}
}

KIRQL KeGetCurrentIrql(void)
{
	return this_thread.level;
}

KIRQL KfRaiseIrql(KIRQL level)
{
	KIRQL before = this_thread.level;

	SI_BUG_IF(level < before, "raising the IRQL to a lower one");
	this_thread.level = level;
	return before;
}

void KeLowerIrql(KIRQL level)
{
	SI_BUG_IF(level > this_thread.level, "lowering the IRQL to a higher one");
	this_thread.level = level;
}

KIRQL KeRaiseIrqlToDpcLevel(void)
{
	return KfRaiseIrql(DISPATCH_LEVEL);
}

void KeEnterCriticalRegion(void)
{
	this_thread.regions++;
}

void KeLeaveCriticalRegion(void)
{
	SI_BUG_IF(this_thread.regions == 0, "leaving a critical region that was not entered");
	this_thread.regions--;
}

BOOLEAN KeAreApcsDisabled(void)
{
	return this_thread.regions != 0 || this_thread.level >= APC_LEVEL;
}

/* There is one process, and nothing to know of it but its number. */
struct _EPROCESS {
	char unused;
};
static struct _EPROCESS this_process;

HANDLE PsGetCurrentProcessId(void)
{
	return (HANDLE)(ULONG_PTR)si_process_id();
}

HANDLE PsGetCurrentThreadId(void)
{
	if (this_thread.id == NULL) {
		this_thread.id = (HANDLE)(ULONG_PTR)si_platform_thread_id();
	}
	return this_thread.id;
}

PEPROCESS PsGetCurrentProcess(void)
{
	return &this_process;
}

PETHREAD PsGetCurrentThread(void)
{
	(void)PsGetCurrentThreadId(); /* others may ask for it later */
	return &this_thread;
}

HANDLE PsGetProcessId(PEPROCESS process)
{
	return process == &this_process ? PsGetCurrentProcessId() : NULL;
}

HANDLE PsGetThreadId(PETHREAD thread)
{
	return thread->id;
}

ULONG KeQueryActiveProcessorCount(PKAFFINITY active)
{
	ULONG count = (ULONG)si_platform_cpu_count();

	if (active != NULL) {
		*active = count >= sizeof(KAFFINITY) * CHAR_BIT ? ~(KAFFINITY)0
								: ((KAFFINITY)1 << count) - 1;
	}
	return count;
}

KPROCESSOR_MODE ExGetPreviousMode(void)
{
	return KernelMode;
}
