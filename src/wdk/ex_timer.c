/* SPDX-License-Identifier: MIT */
/* Timers of the system: a timer of the other kind, with memory of its own. */
#include "nt/sessio_nt/timer.h"

#include "wdk/thread.h"
#include "wdk/timer.h"

struct _EX_TIMER {
	KTIMER timer;
	KDPC dpc;
	PEXT_CALLBACK callback; /* may be NULL */
	PVOID context;
	LONGLONG period; /* in 100 ns; 0: once */
	struct si_wdk_memory memory;
};

static void call_back(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	PEX_TIMER timer = context;
	LARGE_INTEGER due;

	UNREFERENCED_PARAMETER(dpc);
	UNREFERENCED_PARAMETER(first);
	UNREFERENCED_PARAMETER(second);
	if (timer->period != 0) {
		due.QuadPart = -timer->period;
		(void)KeSetTimer(&timer->timer, due, &timer->dpc);
	}
	if (timer->callback != NULL) {
		timer->callback(timer, timer->context);
	}
}

PEX_TIMER ExAllocateTimer(PEXT_CALLBACK callback, PVOID context, ULONG attributes)
{
	struct si_wdk_memory memory;
	PEX_TIMER timer = si_wdk_take_memory(sizeof(*timer), &memory);

	SI_WDK_LEVEL(DISPATCH_LEVEL, "ExAllocateTimer");
	if (timer == NULL) {
		return NULL;
	}
	memset(timer, 0, sizeof(*timer));
	KeInitializeTimerEx(&timer->timer,
		(attributes & EX_TIMER_NOTIFICATION) != 0 ? NotificationTimer
							  : SynchronizationTimer);
	KeInitializeDpc(&timer->dpc, call_back, timer);
	timer->callback = callback;
	timer->context = context;
	timer->memory = memory;
	si_wdk_made(&(struct si_wdk_thing){ .kind = SI_WDK_EX_TIMER, .object = timer });
	return timer;
}

BOOLEAN ExSetTimer(PEX_TIMER timer, LONGLONG due, LONGLONG period, PEXT_SET_PARAMETERS parameters)
{
	LARGE_INTEGER at;

	UNREFERENCED_PARAMETER(parameters);
	at.QuadPart = due;
	timer->period = period;
	return KeSetTimer(&timer->timer, at, &timer->dpc);
}

BOOLEAN ExCancelTimer(PEX_TIMER timer, PEXT_CANCEL_PARAMETERS parameters)
{
	UNREFERENCED_PARAMETER(parameters);
	timer->period = 0;
	return KeCancelTimer(&timer->timer);
}

BOOLEAN ExDeleteTimer(
	PEX_TIMER timer, BOOLEAN cancel, BOOLEAN wait, PEXT_DELETE_PARAMETERS parameters)
{
	BOOLEAN was_set;

	UNREFERENCED_PARAMETER(parameters);
	SI_WDK_LEVEL(wait ? APC_LEVEL : DISPATCH_LEVEL, "ExDeleteTimer");
	if (SI_WDK_MISUSED(!si_wdk_is_timer(&timer->timer), WAIT, timer,
		    "a timer deleted that is none, or was deleted before")) {
		return FALSE;
	}
	(void)SI_WDK_MISUSED(!cancel && timer->timer.Header.Inserted, WAIT, timer,
		"a timer deleted that is set");
	was_set = ExCancelTimer(timer, NULL);
	/* Its call may be about to begin, whether the driver waits or not. */
	(void)KeRemoveQueueDpc(&timer->dpc);
	if (wait) {
		KeFlushQueuedDpcs();
	}
	si_wdk_gone(SI_WDK_EX_TIMER, timer);
	si_wdk_give_memory(timer->memory, false);
	return was_set;
}
