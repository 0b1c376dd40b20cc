/* SPDX-License-Identifier: MIT */
/*
 * Events, mutexes and semaphores: the state is one word, SignalState, which
 * changes by sequentially consistent operations ((wdk_thread-2) in thread.h).
 */
#include "platform/hooks.h"
#include "platform/platform.h"
#include "platform/process.h"
#include "wdk/thread.h"

#define NS_PER_TICK UINT64_C(100)

void si_wdk_header_init(
	PDISPATCHER_HEADER header, enum si_wdk_waitable kind, size_t size, LONG state)
{
	memset(header, 0, sizeof(*header));
	header->Type = (UCHAR)kind;
	header->Size = (UCHAR)(size / sizeof(ULONG));
	header->SignalState = state;
	InitializeListHead(&header->WaitListHead);
}

static LONG state_of(PDISPATCHER_HEADER header)
{
	return __atomic_load_n(&header->SignalState, __ATOMIC_SEQ_CST);
}

static bool take_one(PDISPATCHER_HEADER header)
{
	LONG seen = state_of(header);

	while (seen > 0) {
		if (__atomic_compare_exchange_n(&header->SignalState, &seen, seen - 1, false,
			    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
			return true;
		}
	}
	return false;
}

/* Optimising at link time, gcc warns of a mutex where it sees that an event is waited for. */
SI_NOINLINE static bool take_mutex(PKMUTEX mutex)
{
	PVOID me = si_wdk_thread();

	/* Relaxed: only this thread writes this value. */
	if (__atomic_load_n(&mutex->OwnerThread, __ATOMIC_RELAXED) == me) {
		(void)InterlockedDecrement(&mutex->Header.SignalState);
		return true;
	}
	if (!take_one(&mutex->Header)) {
		return false;
	}
	__atomic_store_n(&mutex->OwnerThread, me, __ATOMIC_RELAXED);
	si_wdk_took_lock(mutex);
	return true;
}

static bool try_object(void *object)
{
	PDISPATCHER_HEADER header = object;

	switch (header->Type) {
	case SI_WDK_EVENT:
	case SI_WDK_PROCESS:
	case SI_WDK_THREAD_OBJECT:
	case SI_WDK_TIMER:
		return state_of(header) != 0;
	case SI_WDK_EVENT_ONE:
	case SI_WDK_TIMER_ONE:
	case SI_WDK_SEMAPHORE:
		return take_one(header);
	case SI_WDK_MUTEX:
		return take_mutex(object);
	default:
		return SI_WDK_MISUSED(
			true, WAIT, object, "waiting for something for which no thread can wait");
	}
}

void KeInitializeEvent(PKEVENT event, EVENT_TYPE type, BOOLEAN state)
{
	si_wdk_header_init(&event->Header,
		type == NotificationEvent ? SI_WDK_EVENT : SI_WDK_EVENT_ONE, sizeof(*event),
		state != FALSE);
}

void si_wdk_signal(PDISPATCHER_HEADER header)
{
	(void)InterlockedExchange(&header->SignalState, 1);
	si_wdk_wake();
}

LONG KeSetEvent(PKEVENT event, KPRIORITY increment, BOOLEAN wait)
{
	LONG before = InterlockedExchange(&event->Header.SignalState, 1);

	UNREFERENCED_PARAMETER(increment);
	UNREFERENCED_PARAMETER(wait);
	si_wdk_wake();
	return before;
}

LONG KeResetEvent(PKEVENT event)
{
	si_hook_meeting(event);
	return InterlockedExchange(&event->Header.SignalState, 0);
}

void KeClearEvent(PKEVENT event)
{
	(void)KeResetEvent(event);
}

LONG KeReadStateEvent(PKEVENT event)
{
	return state_of(&event->Header);
}

void KeInitializeMutex(PKMUTEX mutex, ULONG level)
{
	UNREFERENCED_PARAMETER(level);
	si_wdk_new_lock(mutex);
	memset(mutex, 0, sizeof(*mutex));
	si_wdk_header_init(&mutex->Header, SI_WDK_MUTEX, sizeof(*mutex), 1);
}

LONG KeReleaseMutex(PKMUTEX mutex, BOOLEAN wait)
{
	LONG before = state_of(&mutex->Header);

	UNREFERENCED_PARAMETER(wait);
	if (SI_WDK_MISUSED(__atomic_load_n(&mutex->OwnerThread, __ATOMIC_RELAXED) !=
			    (PVOID)si_wdk_thread(),
		    LOCK, mutex, "a mutex given back that this thread has not taken")) {
		return before;
	}
	if (before == 0) {
		si_wdk_gave_lock(mutex);
		__atomic_store_n(&mutex->OwnerThread, NULL, __ATOMIC_RELAXED);
	}
	(void)InterlockedIncrement(&mutex->Header.SignalState);
	si_wdk_wake();
	return before;
}

LONG KeReadStateMutex(PKMUTEX mutex)
{
	return state_of(&mutex->Header);
}

void KeInitializeSemaphore(PKSEMAPHORE semaphore, LONG count, LONG limit)
{
	si_wdk_header_init(&semaphore->Header, SI_WDK_SEMAPHORE, sizeof(*semaphore), count);
	semaphore->Limit = limit;
}

LONG KeReleaseSemaphore(PKSEMAPHORE semaphore, KPRIORITY increment, LONG adjustment, BOOLEAN wait)
{
	LONG before = InterlockedExchangeAdd(&semaphore->Header.SignalState, adjustment);

	UNREFERENCED_PARAMETER(increment);
	UNREFERENCED_PARAMETER(wait);
	(void)SI_WDK_MISUSED(adjustment < 0 || before > semaphore->Limit - adjustment, WAIT,
		semaphore, "a semaphore released over its limit");
	si_wdk_wake();
	return before;
}

LONG KeReadStateSemaphore(PKSEMAPHORE semaphore)
{
	return state_of(&semaphore->Header);
}

/* More than a clock of 64 bits counts in nanoseconds is for ever. */
static uint64_t ns_of(uint64_t ticks)
{
	return ticks < INT64_MAX / NS_PER_TICK ? ticks * NS_PER_TICK : SI_WAIT_FOREVER;
}

/* Nanoseconds from now. A negative timeout counts from now, others are a time of day. */
static uint64_t timeout_ns(PLARGE_INTEGER timeout)
{
	LARGE_INTEGER now;

	if (timeout == NULL) {
		return SI_WAIT_FOREVER;
	}
	if (timeout->QuadPart < 0) {
		return ns_of(UINT64_C(0) - (uint64_t)timeout->QuadPart);
	}
	KeQuerySystemTime(&now);
	if (timeout->QuadPart <= now.QuadPart) {
		return 0;
	}
	return ns_of((uint64_t)(timeout->QuadPart - now.QuadPart));
}

NTSTATUS KeWaitForSingleObject(PVOID object, KWAIT_REASON reason, KPROCESSOR_MODE mode,
	BOOLEAN alertable, PLARGE_INTEGER timeout)
{
	if (object == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	UNREFERENCED_PARAMETER(reason);
	UNREFERENCED_PARAMETER(mode);
	UNREFERENCED_PARAMETER(alertable);
	if (((PDISPATCHER_HEADER)object)->Type == SI_WDK_MUTEX && timeout == NULL) {
		si_wdk_want_lock(object);
	}
	return si_wdk_wait(try_object, object, timeout_ns(timeout)) ? STATUS_SUCCESS
								    : STATUS_TIMEOUT;
}

struct several {
	PVOID *objects;
	ULONG count;
	ULONG taken; /* the index of the one that was taken */
};

static bool try_any(void *arg)
{
	struct several *wait = arg;

	for (ULONG i = 0; i < wait->count; i++) {
		if (try_object(wait->objects[i])) {
			wait->taken = i;
			return true;
		}
	}
	return false;
}

/* Gives back an object that was taken, when another of the same wait was not to be had. */
static void untake(PDISPATCHER_HEADER header)
{
	if (header->Type == SI_WDK_MUTEX) {
		(void)KeReleaseMutex((PKMUTEX)(PVOID)header, FALSE);
	} else if (header->Type == SI_WDK_SEMAPHORE) {
		(void)InterlockedIncrement(&header->SignalState);
		si_wdk_wake();
	} else if (header->Type == SI_WDK_EVENT_ONE || header->Type == SI_WDK_TIMER_ONE) {
		si_wdk_signal(header);
	}
}

static bool try_all(void *arg)
{
	struct several *wait = arg;

	for (ULONG i = 0; i < wait->count; i++) {
		if (!try_object(wait->objects[i])) {
			while (i-- > 0) {
				untake(wait->objects[i]);
			}
			return false;
		}
	}
	wait->taken = 0;
	return true;
}

NTSTATUS KeWaitForMultipleObjects(ULONG count, PVOID objects[], WAIT_TYPE type, KWAIT_REASON reason,
	KPROCESSOR_MODE mode, BOOLEAN alertable, PLARGE_INTEGER timeout, PKWAIT_BLOCK blocks)
{
	struct several wait = { objects, count, 0 };

	UNREFERENCED_PARAMETER(reason);
	UNREFERENCED_PARAMETER(mode);
	UNREFERENCED_PARAMETER(alertable);
	if (objects == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	if (SI_WDK_MISUSED(count == 0 || count > MAXIMUM_WAIT_OBJECTS ||
			    (blocks == NULL && count > THREAD_WAIT_OBJECTS),
		    WAIT, objects, "waiting for too many objects at once")) {
		return STATUS_INVALID_PARAMETER;
	}
	return si_wdk_wait(type == WaitAny ? try_any : try_all, &wait, timeout_ns(timeout))
		? STATUS_WAIT_0 + (NTSTATUS)wait.taken
		: STATUS_TIMEOUT;
}

static bool never(void *object)
{
	UNREFERENCED_PARAMETER(object);
	return false;
}

NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE mode, BOOLEAN alertable, PLARGE_INTEGER interval)
{
	if (interval == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	UNREFERENCED_PARAMETER(mode);
	UNREFERENCED_PARAMETER(alertable);
	SI_WDK_LEVEL(APC_LEVEL, "KeDelayExecutionThread");
	(void)si_wdk_wait(never, NULL, timeout_ns(interval));
	return STATUS_SUCCESS;
}
