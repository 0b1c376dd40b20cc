/* SPDX-License-Identifier: MIT */
/* Mistakes with references, memory descriptor lists, stacks of devices, threads and locks. */
#include <ntifs.h>

#include "faulty.h"

#define TAG 'dloH'

static EX_PUSH_LOCK First, Second, Third;
static PVOID Registration, Session;
static KEVENT Stop;
static KEVENT Running;
static KTIMER StaticTimer;
static enum faulty_mistake Wanted;

static VOID LockBoth(PEX_PUSH_LOCK Outer, PEX_PUSH_LOCK Inner)
{
	ExAcquirePushLockExclusive(Outer);
	ExAcquirePushLockExclusive(Inner);
	ExReleasePushLockExclusive(Inner);
	ExReleasePushLockExclusive(Outer);
}

static VOID Query(PVOID Object)
{
	IO_SESSION_STATE_INFORMATION Information;

	IoGetContainerInformation(
		IoSessionStateInformation, Object, &Information, sizeof(Information));
}

static NTSTATUS Notify(
	PVOID Object, PVOID IoObject, ULONG Event, PVOID Context, PVOID Payload, ULONG Length)
{
	UNREFERENCED_PARAMETER(IoObject);
	UNREFERENCED_PARAMETER(Event);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Payload);
	UNREFERENCED_PARAMETER(Length);
	Query(Object);
	Session = Object;
	if (Wanted == FAULTY_UNREGISTER_INSIDE) {
		IoUnregisterContainerNotification(Registration);
		Registration = NULL;
	} else if (Wanted == FAULTY_UNREGISTER_WITH_LOCK) {
		ExAcquirePushLockExclusive(&First);
		ExReleasePushLockExclusive(&First);
	}
	return STATUS_SUCCESS;
}

static VOID Register(PDRIVER_OBJECT Driver)
{
	IO_SESSION_STATE_NOTIFICATION Wish = { 0 };

	Wish.Size = sizeof(Wish);
	Wish.IoObject = Driver;
	Wish.EventMask = IO_SESSION_STATE_ALL_EVENTS;
	IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)Notify, &Wish, sizeof(Wish), &Registration);
}

/* It ends soon after it was noticed. */
static VOID Run(PVOID Context)
{
	LARGE_INTEGER Soon;

	UNREFERENCED_PARAMETER(Context);
	KeSetEvent(&Running, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(&Stop, Executive, KernelMode, FALSE, NULL);
	Soon.QuadPart = -10 * 10000;
	KeDelayExecutionThread(KernelMode, FALSE, &Soon);
}

static VOID LeaveThread(VOID)
{
	HANDLE Handle = NULL;

	KeInitializeEvent(&Stop, NotificationEvent, FALSE);
	KeInitializeEvent(&Running, NotificationEvent, FALSE);
	PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Run, NULL);
	KeWaitForSingleObject(&Running, Executive, KernelMode, FALSE, NULL);
	ZwClose(Handle);
}

static VOID DeviceMistake(enum faulty_mistake Mistake, PDRIVER_OBJECT Driver)
{
	PDEVICE_OBJECT Below = NULL, Above = NULL;

	IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Below);
	Below->Flags &= ~DO_DEVICE_INITIALIZING;
	IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Above);
	IoAttachDeviceToDeviceStack(Above, Below);
	IoDeleteDevice(Mistake == FAULTY_DELETE_ATTACHED ? Above : Below);
	IoDetachDevice(Below);
}

static VOID ReferenceMistake(enum faulty_mistake Mistake, PDRIVER_OBJECT Driver)
{
	HANDLE Handle = NULL;
	PMDL Mdl;

	switch (Mistake) {
	case FAULTY_LEAVE_REFERENCE:
		ObReferenceObject(Driver->DeviceObject);
		break;
	case FAULTY_DEREFERENCE_TWICE:
		ObReferenceObject(Driver->DeviceObject);
		ObDereferenceObject(Driver->DeviceObject);
		ObDereferenceObject(Driver->DeviceObject);
		break;
	case FAULTY_CLOSE_NO_HANDLE:
		ZwClose((HANDLE)4);
		break;
	case FAULTY_LEAVE_HANDLE:
		IoCreateNotificationEvent(NULL, &Handle);
		break;
	default:
		Mdl = IoAllocateMdl(&First, sizeof(First), FALSE, FALSE, NULL);
		MmProbeAndLockPages(Mdl, KernelMode, IoReadAccess);
		if (Mistake == FAULTY_FREE_LOCKED_MDL) {
			IoFreeMdl(Mdl);
		}
		break;
	}
}

static VOID TimerMistake(enum faulty_mistake Mistake)
{
	PKTIMER Timer = (PKTIMER)ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*Timer), TAG);
	LARGE_INTEGER Due;

	Due.QuadPart = -10000;
	KeInitializeTimer(Mistake == FAULTY_FREE_TIMER ? Timer : &StaticTimer);
	KeSetTimer(Mistake == FAULTY_FREE_TIMER ? Timer : &StaticTimer, Due, NULL);
	ExFreePoolWithTag(Timer, TAG);
}

/* A lock that is removed, or never taken, may go. */
static VOID RemoveLockMistake(enum faulty_mistake Mistake)
{
	static IO_REMOVE_LOCK Static;
	PIO_REMOVE_LOCK Locks =
		(PIO_REMOVE_LOCK)ExAllocatePoolWithTag(NonPagedPoolNx, 3 * sizeof(*Locks), TAG);
	PIO_REMOVE_LOCK Wrong = Mistake == FAULTY_FREE_REMOVE_LOCK ? &Locks[0] : &Static;

	IoInitializeRemoveLock(Wrong, TAG, 0, 0);
	IoInitializeRemoveLock(&Locks[1], TAG, 0, 0);
	IoInitializeRemoveLock(&Locks[2], TAG, 0, 0);
	IoAcquireRemoveLock(Wrong, NULL);
	IoReleaseRemoveLock(Wrong, NULL);
	IoAcquireRemoveLock(&Locks[1], NULL);
	IoReleaseRemoveLockAndWait(&Locks[1], NULL);
	ExFreePoolWithTag(Locks, TAG);
}

static VOID LockMistake(enum faulty_mistake Mistake)
{
	PEX_PUSH_LOCK Lock;

	switch (Mistake) {
	case FAULTY_LOCK_BOTH_WAYS:
		LockBoth(&First, &Second);
		LockBoth(&Second, &First);
		break;
	case FAULTY_LOCK_IN_A_RING:
		LockBoth(&First, &Second);
		LockBoth(&Second, &Third);
		LockBoth(&Third, &First);
		break;
	case FAULTY_FREE_HELD_LOCK:
		Lock = (PEX_PUSH_LOCK)ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*Lock), TAG);
		ExInitializePushLock(Lock);
		KeEnterCriticalRegion();
		ExAcquirePushLockExclusive(Lock);
		ExFreePoolWithTag(Lock, TAG);
		KeLeaveCriticalRegion();
		break;
	default:
		ExAcquirePushLockExclusive(&First);
		ExInitializePushLock(&First);
		break;
	}
}

VOID HolderMistake(enum faulty_mistake Mistake, PDRIVER_OBJECT Driver)
{
	Wanted = Mistake;
	ExInitializePushLock(&First);
	ExInitializePushLock(&Second);
	ExInitializePushLock(&Third);
	switch (Mistake) {
	case FAULTY_DELETE_ATTACHED:
	case FAULTY_DELETE_BELOW:
		DeviceMistake(Mistake, Driver);
		break;
	case FAULTY_LEAVE_THREAD:
		LeaveThread();
		break;
	case FAULTY_LEAVE_TIMER:
	case FAULTY_FREE_TIMER:
		TimerMistake(Mistake);
		break;
	case FAULTY_LEAVE_REMOVE_LOCK:
	case FAULTY_FREE_REMOVE_LOCK:
		RemoveLockMistake(Mistake);
		break;
	case FAULTY_UNREGISTER_WITH_LOCK:
	case FAULTY_UNREGISTER_INSIDE:
	case FAULTY_QUERY_LATER:
		Register(Driver);
		break;
	default:
		if (Mistake < FAULTY_LOCK_BOTH_WAYS) {
			ReferenceMistake(Mistake, Driver);
		} else {
			LockMistake(Mistake);
		}
		break;
	}
}

VOID HolderUnload(VOID)
{
	if (Wanted == FAULTY_QUERY_LATER) {
		Query(Session);
	}
	if (Wanted == FAULTY_LEAVE_THREAD) {
		KeSetEvent(&Stop, IO_NO_INCREMENT, FALSE);
	}
	if (Registration == NULL) {
		return;
	}
	if (Wanted == FAULTY_UNREGISTER_WITH_LOCK) {
		ExAcquirePushLockExclusive(&First);
		IoUnregisterContainerNotification(Registration);
		ExReleasePushLockExclusive(&First);
	} else {
		IoUnregisterContainerNotification(Registration);
	}
}
