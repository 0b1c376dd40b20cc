/* SPDX-License-Identifier: MIT */
/*
 * Events, mutexes and semaphores: the state is one word, SignalState, which
 * changes by sequentially consistent operations ((wdk_thread-2) in thread.h).
 */
#include "platform/process.h"
#include "wdk/thread.h"

enum kind { KIND_EVENT = 0, KIND_EVENT_ONE = 1, KIND_MUTEX = 2, KIND_SEMAPHORE = 5 };

#define NS_PER_TICK UINT64_C(100)

static void init_header(PDISPATCHER_HEADER header, enum kind kind, size_t size, LONG state)
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

static bool take_mutex(PKMUTEX mutex)
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
	si_wdk_took_lock();
	return true;
}

static bool try_object(void *object)
{
	PDISPATCHER_HEADER header = object;

	switch (header->Type) {
	case KIND_EVENT:
		return state_of(header) != 0;
	case KIND_EVENT_ONE:
	case KIND_SEMAPHORE:
		return take_one(header);
	case KIND_MUTEX:
		return take_mutex(object);
	default:
		return SI_WDK_MISUSED(true, WAIT, object,
			"waiting for something that is no event, mutex or semaphore");
	}
}

void KeInitializeEvent(PKEVENT event, EVENT_TYPE type, BOOLEAN state)
{
	init_header(&event->Header, type == NotificationEvent ? KIND_EVENT : KIND_EVENT_ONE,
		sizeof(*event), state != FALSE);
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
	memset(mutex, 0, sizeof(*mutex));
	init_header(&mutex->Header, KIND_MUTEX, sizeof(*mutex), 1);
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
		si_wdk_gave_lock();
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
	init_header(&semaphore->Header, KIND_SEMAPHORE, sizeof(*semaphore), count);
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
	return si_wdk_wait(try_object, object, timeout_ns(timeout)) ? STATUS_SUCCESS
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
	SI_WDK_LEVEL(APC_LEVEL, "sleeping");
	(void)si_wdk_wait(never, NULL, timeout_ns(interval));
	return STATUS_SUCCESS;
}
