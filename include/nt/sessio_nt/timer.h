/* SPDX-License-Identifier: MIT */
/*
 * Timers, and calls that are deferred to DISPATCH_LEVEL. One thread makes the calls.
 * In the test kit timers run when the test lets time pass, and at no other time.
 */
#ifndef SESSIO_NT_TIMER_H
#define SESSIO_NT_TIMER_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _TIMER_TYPE { NotificationTimer, SynchronizationTimer } TIMER_TYPE;
typedef enum _KDPC_IMPORTANCE {
	LowImportance,
	MediumImportance,
	HighImportance,
	MediumHighImportance
} KDPC_IMPORTANCE;

typedef struct _KTIMER {
	DISPATCHER_HEADER Header;
	ULARGE_INTEGER DueTime;
	LIST_ENTRY TimerListEntry;
	PKDPC Dpc;
#if defined(_WIN64)
	ULONG Processor;
#endif
	ULONG Period; /* in milliseconds; 0: once */
} KTIMER, *PKTIMER, *PRKTIMER;

SESSIO_NT_SIZE(KTIMER, 64, 40);
SESSIO_NT_OFFSET(KTIMER, TimerListEntry, 32, 24);

/** A call of this routine, not queued. */
void KeInitializeDpc(PKDPC dpc, PKDEFERRED_ROUTINE routine, PVOID context);
/** Queues a call; FALSE if it is queued already. */
BOOLEAN KeInsertQueueDpc(PKDPC dpc, PVOID argument1, PVOID argument2);
/** Takes it from the queue; FALSE if it is not there. */
BOOLEAN KeRemoveQueueDpc(PKDPC dpc);
/** Waits until the calls that are queued have been made. */
void KeFlushQueuedDpcs(void);
/** Noted only: there is one queue. */
void KeSetImportanceDpc(PKDPC dpc, KDPC_IMPORTANCE importance);
/** Makes a device's own call, which IoRequestDpc() queues. */
void IoInitializeDpcRequest(PDEVICE_OBJECT device, PKDEFERRED_ROUTINE routine);
/** Queues the device's own call. */
void IoRequestDpc(PDEVICE_OBJECT device, struct _IRP *irp, PVOID context);

/** A timer that is not set. One that is set now stops the program. */
void KeInitializeTimer(PKTIMER timer);
/** The same; of a synchronization timer one waiter is let through. */
void KeInitializeTimerEx(PKTIMER timer, TIMER_TYPE type);
/**
 * Sets a timer. A negative time counts from now, in 100 ns. Then it is signalled, and the
 * call, which may be NULL, is made. TRUE if it was set before, which is forgotten. A timer
 * that was not initialized stops the program.
 */
BOOLEAN KeSetTimer(PKTIMER timer, LARGE_INTEGER due, PKDPC dpc);
/** The same, again and again with this period in milliseconds, unless that is 0. */
BOOLEAN KeSetTimerEx(PKTIMER timer, LARGE_INTEGER due, LONG period, PKDPC dpc);
/** Ends a timer; FALSE if it is not set. A call that was begun goes on. */
BOOLEAN KeCancelTimer(PKTIMER timer);
/** TRUE once it is signalled. */
BOOLEAN KeReadStateTimer(PKTIMER timer);

typedef struct _EX_TIMER *PEX_TIMER;
typedef void EXT_CALLBACK(PEX_TIMER Timer, PVOID Context);
typedef EXT_CALLBACK *PEXT_CALLBACK;
typedef struct _EXT_SET_PARAMETERS *PEXT_SET_PARAMETERS;
typedef struct _EXT_DELETE_PARAMETERS *PEXT_DELETE_PARAMETERS;
typedef PVOID PEXT_CANCEL_PARAMETERS;
#define EX_TIMER_HIGH_RESOLUTION 4
#define EX_TIMER_NO_WAKE 8
#define EX_TIMER_NOTIFICATION (1u << 31)

/** A timer of the system; the callback may be NULL. NULL if there is no memory. */
PEX_TIMER ExAllocateTimer(PEXT_CALLBACK callback, PVOID context, ULONG attributes);
/** Sets it; time and period are in 100 ns. TRUE if it was set before. */
BOOLEAN ExSetTimer(PEX_TIMER timer, LONGLONG due, LONGLONG period, PEXT_SET_PARAMETERS parameters);
/** Ends it; FALSE if it is not set. */
BOOLEAN ExCancelTimer(PEX_TIMER timer, PEXT_CANCEL_PARAMETERS parameters);
/** Frees it, after its calls with `wait`. A timer that is set, without `cancel`, stops the program. */
BOOLEAN ExDeleteTimer(
	PEX_TIMER timer, BOOLEAN cancel, BOOLEAN wait, PEXT_DELETE_PARAMETERS parameters);
/** The longest, shortest and present interval of the clock, in 100 ns: that of one tick. */
void ExQueryTimerResolution(PULONG maximum, PULONG minimum, PULONG current);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_TIMER_H */
