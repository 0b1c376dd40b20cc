/* SPDX-License-Identifier: MIT */
/*
 * Events, mutexes and semaphores, for which threads wait.
 *
 * These objects live in the caller's memory and own nothing else. Waiting at
 * DISPATCH_LEVEL or above stops the program, unless the timeout is zero.
 */
#ifndef SESSIO_NT_WAIT_H
#define SESSIO_NT_WAIT_H

#include "irql.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _EVENT_TYPE { NotificationEvent, SynchronizationEvent } EVENT_TYPE;
#define MAXIMUM_WAIT_OBJECTS 64
#define THREAD_WAIT_OBJECTS 3
typedef enum _WAIT_TYPE { WaitAll, WaitAny } WAIT_TYPE;
typedef enum _KWAIT_REASON {
	Executive,
	FreePage,
	PageIn,
	PoolAllocation,
	DelayExecution,
	Suspended,
	UserRequest
} KWAIT_REASON;

typedef struct _DISPATCHER_HEADER {
	UCHAR Type;
	UCHAR Signalling;
	UCHAR Size;
	UCHAR Inserted;
	LONG SignalState;
	LIST_ENTRY WaitListHead;
} DISPATCHER_HEADER, *PDISPATCHER_HEADER;

typedef struct _KEVENT {
	DISPATCHER_HEADER Header;
} KEVENT, *PKEVENT, *PRKEVENT;

typedef struct _KMUTANT {
	DISPATCHER_HEADER Header;
	LIST_ENTRY MutantListEntry;
	PVOID OwnerThread;
	BOOLEAN Abandoned;
	UCHAR ApcDisable;
} KMUTANT, *PKMUTANT, *PRKMUTANT, KMUTEX, *PKMUTEX, *PRKMUTEX;

typedef struct _KSEMAPHORE {
	DISPATCHER_HEADER Header;
	LONG Limit;
} KSEMAPHORE, *PKSEMAPHORE, *PRKSEMAPHORE;

SESSIO_NT_SIZE(DISPATCHER_HEADER, 24, 16);
SESSIO_NT_OFFSET(DISPATCHER_HEADER, SignalState, 4, 4);
SESSIO_NT_SIZE(KEVENT, 24, 16);
SESSIO_NT_SIZE(KMUTANT, 56, 32);
SESSIO_NT_OFFSET(KMUTANT, OwnerThread, 40, 24);
SESSIO_NT_SIZE(KSEMAPHORE, 32, 20);

#define IO_NO_INCREMENT 0
#define STATUS_CONTINUE_COMPLETION STATUS_SUCCESS
#define EVENT_INCREMENT 1

/** An event, set or not; a synchronization event lets one waiter through and resets. */
void KeInitializeEvent(PKEVENT event, EVENT_TYPE type, BOOLEAN state);
/** Sets it and wakes its waiters; the state before. */
LONG KeSetEvent(PKEVENT event, KPRIORITY increment, BOOLEAN wait);
/** Resets it; the state before. */
LONG KeResetEvent(PKEVENT event);
/** Resets it. */
void KeClearEvent(PKEVENT event);
/** Its state. */
LONG KeReadStateEvent(PKEVENT event);

/** A mutex without an owner. An owner may take it again; the level is unused. */
void KeInitializeMutex(PKMUTEX mutex, ULONG level);
/** Gives it back once; the state before. Only its owner may, or the program is stopped. */
LONG KeReleaseMutex(PKMUTEX mutex, BOOLEAN wait);
/** 1 if it has no owner. */
LONG KeReadStateMutex(PKMUTEX mutex);

/** A semaphore with a count and a limit. */
void KeInitializeSemaphore(PKSEMAPHORE semaphore, LONG count, LONG limit);
/** Adds to its count; the count before. Over the limit the program is stopped. */
LONG KeReleaseSemaphore(PKSEMAPHORE semaphore, KPRIORITY increment, LONG adjustment, BOOLEAN wait);
/** Its count. */
LONG KeReadStateSemaphore(PKSEMAPHORE semaphore);

/**
 * Waits for an event, mutex, semaphore, timer, or the end of a thread or process. A negative timeout counts from now, in
 * 100 ns; NULL waits for ever. STATUS_SUCCESS or STATUS_TIMEOUT.
 */
NTSTATUS KeWaitForSingleObject(PVOID object, KWAIT_REASON reason, KPROCESSOR_MODE mode,
	BOOLEAN alertable, PLARGE_INTEGER timeout);
#define KeWaitForMutexObject KeWaitForSingleObject
typedef struct _KWAIT_BLOCK {
	ULONG_PTR Reserved[6];
} KWAIT_BLOCK, *PKWAIT_BLOCK, *PRKWAIT_BLOCK;
/**
 * Waits for one of the objects, and STATUS_WAIT_0 and its index is the result, or for all
 * at once. More than three objects need the memory of blocks, which is not used.
 */
NTSTATUS KeWaitForMultipleObjects(ULONG count, PVOID objects[], WAIT_TYPE type, KWAIT_REASON reason,
	KPROCESSOR_MODE mode, BOOLEAN alertable, PLARGE_INTEGER timeout, PKWAIT_BLOCK blocks);
/** Sleeps; the interval counts as a timeout does. */
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE mode, BOOLEAN alertable, PLARGE_INTEGER interval);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_WAIT_H */
