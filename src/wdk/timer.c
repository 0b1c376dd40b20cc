/* SPDX-License-Identifier: MIT */
/*
 * Timers and deferred calls. Set timers are in a list by their times, queued calls in
 * another. One thread makes the calls. In the test kit that thread leaves timers alone.
 */
#include "wdk/timer.h"

#include <stdatomic.h>

#include "platform/hooks.h"
#include "platform/process.h"
#include "wdk/thread.h"

#define NS_PER_TICK UINT64_C(100)
#define NS_PER_MS UINT64_C(1000000)
#define CLOCK_TICK 156250u

static KSPIN_LOCK lock;
static LIST_ENTRY timers = { &timers, &timers }; /* the next first; under the lock */
static LIST_ENTRY calls = { &calls, &calls }; /* queued, the oldest first; under the lock */
static bool started; /* under the lock */
static bool held; /* by the test kit; under the lock */
static uint64_t held_now; /* the clock then; under the lock */
static _Atomic unsigned pending; /* calls queued or running */
static _Atomic bool thread_ending; /* the thread is to end */
static _Atomic bool thread_ended; /* it has; the last that it does */
static _Atomic unsigned changes; /* of the lists, so that the thread looks again */

static uint64_t now_locked(void)
{
	return held ? held_now : si_platform_now_ns();
}

static void call(PKDEFERRED_ROUTINE routine, PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	struct si_wdk_standing before = si_wdk_standing(), raised;

	si_wdk_thread()->level = DISPATCH_LEVEL;
	raised = si_wdk_standing();
	routine(dpc, context, first, second);
	SI_WDK_CHECK_STANDING(&raised, routine, "a deferred call");
	si_wdk_thread()->level = before.level;
}

static bool queue_locked(PKDPC dpc, PVOID first, PVOID second)
{
	if (dpc->DpcData != NULL) {
		return false;
	}
	dpc->SystemArgument1 = first;
	dpc->SystemArgument2 = second;
	dpc->DpcData = &calls;
	InsertTailList(&calls, &dpc->DpcListEntry);
	atomic_fetch_add(&pending, 1);
	atomic_fetch_add(&changes, 1);
	return true;
}

static void arm_locked(PKTIMER timer)
{
	PLIST_ENTRY at = timers.Blink;

	while (at != &timers &&
		CONTAINING_RECORD(at, KTIMER, TimerListEntry)->DueTime.QuadPart >
			timer->DueTime.QuadPart) {
		at = at->Blink;
	}
	InsertHeadList(at, &timer->TimerListEntry);
	timer->Header.Inserted = TRUE;
	atomic_fetch_add(&changes, 1);
}

/* A timer that is due: signalled, and set again if it has a period; NULL if there is none. */
static PKTIMER fire_locked(bool *out_ended)
{
	PKTIMER timer = CONTAINING_RECORD(timers.Flink, KTIMER, TimerListEntry);

	if (IsListEmpty(&timers) || timer->DueTime.QuadPart > now_locked()) {
		return NULL;
	}
	(void)RemoveEntryList(&timer->TimerListEntry);
	timer->Header.Inserted = FALSE;
	(void)InterlockedExchange(&timer->Header.SignalState, 1);
	*out_ended = timer->Period == 0;
	if (timer->Period != 0) {
		timer->DueTime.QuadPart += timer->Period * NS_PER_MS;
		arm_locked(timer);
	}
	if (timer->Dpc != NULL) {
		(void)queue_locked(timer->Dpc, NULL, NULL);
	}
	return timer;
}

/* Signals the timers that are due, and queues their calls. */
static void fire_due(void)
{
	PKTIMER timer;
	bool ended = false;

	do {
		si_wdk_lock(&lock);
		timer = fire_locked(&ended);
		if (timer != NULL && ended) {
			si_wdk_gone(SI_WDK_TIMER_SET, si_wdk_timer_key(timer));
		}
		si_wdk_unlock(&lock);
		if (timer != NULL) {
			si_wdk_wake();
		}
	} while (timer != NULL);
}

/* Makes the oldest of the queued calls; false if there is none. */
static bool make_call(void)
{
	PKDPC dpc = NULL;
	KDPC copy;

	si_wdk_lock(&lock);
	if (!IsListEmpty(&calls)) {
		dpc = CONTAINING_RECORD(RemoveHeadList(&calls), KDPC, DpcListEntry);
		dpc->DpcData = NULL; /* from now on it is its driver's */
		copy = *dpc;
	}
	si_wdk_unlock(&lock);
	if (dpc == NULL) {
		return false;
	}
	call(copy.DeferredRoutine, dpc, copy.DeferredContext, copy.SystemArgument1,
		copy.SystemArgument2);
	atomic_fetch_sub(&pending, 1);
	si_wdk_wake();
	return true;
}

static bool has_changed(void *seen)
{
	return atomic_load(&changes) != *(const unsigned *)seen;
}

static void work(void *arg)
{
	UNREFERENCED_PARAMETER(arg);
	for (;;) {
		unsigned seen = atomic_load(&changes);
		uint64_t ahead = SI_WAIT_FOREVER;

		if (atomic_load(&thread_ending)) {
			break;
		}
		si_wdk_lock(&lock);
		if (!held) {
			ahead = 0;
		}
		si_wdk_unlock(&lock);
		if (ahead == 0) {
			fire_due();
			ahead = si_wdk_timers_ahead(SI_WAIT_FOREVER);
		}
		if (!make_call()) {
			(void)si_wdk_wait(has_changed, &seen, ahead);
		}
	}
	atomic_store(&thread_ended, true);
}

void si_wdk_timers_end_thread(void)
{
	bool ends;

	si_wdk_lock(&lock);
	ends = started && IsListEmpty(&timers) && atomic_load(&pending) == 0;
	si_wdk_unlock(&lock);
	if (!ends) {
		return;
	}
	atomic_store(&thread_ending, true);
	atomic_fetch_add(&changes, 1);
	si_wdk_wake();
	while (!atomic_load(&thread_ended)) {
		si_process_yield();
	}
	atomic_store(&thread_ended, false);
	atomic_store(&thread_ending, false);
	si_wdk_lock(&lock);
	started = false;
	si_wdk_unlock(&lock);
}

/* The thread stays as long as the process, or until si_wdk_timers_end_thread(). */
static void start(void)
{
	bool running;

	si_wdk_lock(&lock);
	running = started;
	started = true;
	si_wdk_unlock(&lock);
	if (!running) {
		SI_BUG_IF(!si_process_start_thread(work, NULL),
			"there is no thread for deferred calls");
	}
}

bool si_wdk_dpcs_are_done(void)
{
	return atomic_load(&pending) == 0;
}

void si_wdk_timers_hold(bool hold)
{
	si_wdk_lock(&lock);
	held = hold;
	held_now = 0;
	atomic_fetch_add(&changes, 1);
	si_wdk_unlock(&lock);
	si_wdk_wake();
}

uint64_t si_wdk_timers_ahead(uint64_t limit_ns)
{
	uint64_t ahead = limit_ns;

	si_wdk_lock(&lock);
	if (!IsListEmpty(&timers)) {
		uint64_t due =
			CONTAINING_RECORD(timers.Flink, KTIMER, TimerListEntry)->DueTime.QuadPart;
		uint64_t now = now_locked();

		ahead = due <= now ? 0 : due - now < limit_ns ? due - now : limit_ns;
	}
	si_wdk_unlock(&lock);
	return ahead;
}

static bool is_idle(void *arg)
{
	UNREFERENCED_PARAMETER(arg);
	return si_wdk_dpcs_are_done();
}

void si_wdk_timers_pass(uint64_t ns)
{
	si_wdk_lock(&lock);
	held_now += ns;
	si_wdk_unlock(&lock);
	fire_due();
	while (make_call()) {
	}
	(void)si_wdk_wait(is_idle, NULL, SI_WAIT_FOREVER);
}

void KeInitializeDpc(PKDPC dpc, PKDEFERRED_ROUTINE routine, PVOID context)
{
	memset(dpc, 0, sizeof(*dpc));
	dpc->Importance = MediumImportance;
	dpc->DeferredRoutine = routine;
	dpc->DeferredContext = context;
}

BOOLEAN KeInsertQueueDpc(PKDPC dpc, PVOID argument1, PVOID argument2)
{
	bool queued;

	start();
	si_wdk_lock(&lock);
	queued = queue_locked(dpc, argument1, argument2);
	si_wdk_unlock(&lock);
	si_wdk_wake();
	return queued;
}

BOOLEAN KeRemoveQueueDpc(PKDPC dpc)
{
	bool queued;

	si_wdk_lock(&lock);
	queued = dpc->DpcData != NULL;
	if (queued) {
		(void)RemoveEntryList(&dpc->DpcListEntry);
		dpc->DpcData = NULL;
		atomic_fetch_sub(&pending, 1);
	}
	si_wdk_unlock(&lock);
	si_wdk_wake();
	return queued;
}

void KeFlushQueuedDpcs(void)
{
	SI_WDK_LEVEL(PASSIVE_LEVEL, "KeFlushQueuedDpcs");
	(void)si_wdk_wait(is_idle, NULL, SI_WAIT_FOREVER);
}

void KeSetImportanceDpc(PKDPC dpc, KDPC_IMPORTANCE importance)
{
	dpc->Importance = (UCHAR)importance;
}

void IoInitializeDpcRequest(PDEVICE_OBJECT device, PKDEFERRED_ROUTINE routine)
{
	KeInitializeDpc(&device->Dpc, routine, device);
}

void IoRequestDpc(PDEVICE_OBJECT device, struct _IRP *irp, PVOID context)
{
	(void)KeInsertQueueDpc(&device->Dpc, irp, context);
}

bool si_wdk_is_timer(const KTIMER *timer)
{
	return timer->Header.Type == SI_WDK_TIMER || timer->Header.Type == SI_WDK_TIMER_ONE;
}

/* Its memory may be new, so that its words say nothing. */
static bool is_set_locked(const KTIMER *timer)
{
	for (PLIST_ENTRY at = timers.Flink; at != &timers; at = at->Flink) {
		if (at == &timer->TimerListEntry) {
			return true;
		}
	}
	return false;
}

static bool disarm_locked(PKTIMER timer)
{
	bool set = timer->Header.Inserted != FALSE;

	if (set) {
		(void)RemoveEntryList(&timer->TimerListEntry);
		timer->Header.Inserted = FALSE;
		si_wdk_gone(SI_WDK_TIMER_SET, si_wdk_timer_key(timer));
	}
	return set;
}

void KeInitializeTimerEx(PKTIMER timer, TIMER_TYPE type)
{
	bool set;

	si_wdk_lock(&lock);
	set = is_set_locked(timer) && disarm_locked(timer);
	si_wdk_unlock(&lock);
	(void)SI_WDK_MISUSED(set, WAIT, timer, "a timer initialized again while it is set");
	memset(timer, 0, sizeof(*timer));
	si_wdk_header_init(&timer->Header,
		type == NotificationTimer ? SI_WDK_TIMER : SI_WDK_TIMER_ONE, sizeof(*timer), 0);
}

void KeInitializeTimer(PKTIMER timer)
{
	KeInitializeTimerEx(timer, NotificationTimer);
}

/* From now, in nanoseconds. */
static uint64_t until(LARGE_INTEGER due)
{
	LARGE_INTEGER now;
	uint64_t ticks;

	if (due.QuadPart < 0) {
		ticks = UINT64_C(0) - (uint64_t)due.QuadPart;
	} else {
		KeQuerySystemTime(&now);
		ticks = due.QuadPart > now.QuadPart ? (uint64_t)(due.QuadPart - now.QuadPart) : 0;
	}
	return ticks < INT64_MAX / NS_PER_TICK ? ticks * NS_PER_TICK : (uint64_t)INT64_MAX;
}

BOOLEAN KeSetTimerEx(PKTIMER timer, LARGE_INTEGER due, LONG period, PKDPC dpc)
{
	uint64_t ns = until(due);
	bool was_set;

	start();
	SI_WDK_LEVEL(DISPATCH_LEVEL, "KeSetTimer");
	if (SI_WDK_MISUSED(
		    !si_wdk_is_timer(timer), WAIT, timer, "a timer set that was not initialized")) {
		return FALSE;
	}
	si_wdk_lock(&lock);
	was_set = disarm_locked(timer);
	(void)InterlockedExchange(&timer->Header.SignalState, 0);
	timer->DueTime.QuadPart = now_locked() + ns;
	timer->Period = (ULONG)period;
	timer->Dpc = dpc;
	arm_locked(timer);
	si_wdk_made(&(struct si_wdk_thing){
		.kind = SI_WDK_TIMER_SET, .object = si_wdk_timer_key(timer), .memory = timer });
	si_wdk_unlock(&lock);
	si_wdk_wake();
	return was_set;
}

BOOLEAN KeSetTimer(PKTIMER timer, LARGE_INTEGER due, PKDPC dpc)
{
	return KeSetTimerEx(timer, due, 0, dpc);
}

BOOLEAN KeCancelTimer(PKTIMER timer)
{
	bool was_set;

	si_hook_meeting(timer);
	if (!si_wdk_is_timer(timer)) {
		return FALSE;
	}
	si_wdk_lock(&lock);
	was_set = disarm_locked(timer);
	si_wdk_unlock(&lock);
	return was_set;
}

void si_wdk_timer_end(void *thing)
{
	(void)KeCancelTimer((PKTIMER)(PVOID)((char *)thing - 2));
}

BOOLEAN KeReadStateTimer(PKTIMER timer)
{
	return KeReadStateEvent((PKEVENT)(PVOID)timer) != 0; /* they begin with the same header */
}

void ExQueryTimerResolution(PULONG maximum, PULONG minimum, PULONG current)
{
	*maximum = CLOCK_TICK;
	*minimum = CLOCK_TICK;
	*current = CLOCK_TICK;
}
