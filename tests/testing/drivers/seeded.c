/* SPDX-License-Identifier: MIT */
/* A driver that follows sessions, and the session that opened it last; with one bug at will. */
#include <ntddk.h>

#include "seeded.h"

#define TAG 'deeS'

DRIVER_INITIALIZE DriverEntry;

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Seeded");
static PVOID Registration;
static struct seeded_table *Table;
static ULONG Bug = SEEDED_NONE;
static ULONG Logons;
static PIO_WORKITEM Item;
static KEVENT Noted;
static KEVENT Nothing; /* that is never set */
static PVOID User;
static KSPIN_LOCK Lock;
static volatile LONG Never;
static volatile LONG *volatile Nowhere; /* NULL, which no compiler knows */

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static void Follow(ULONG Session, ULONG Event, ULONG State)
{
	Table->states[Session] = (UCHAR)(Bug == SEEDED_TAKES_EVENT_FOR_STATE ? Event : State);
	if (Event == IoSessionEventTerminated) {
		Table->states[Session] = 0;
	}
	if (Event == IoSessionEventLogon) {
		Table->has_user[Session] = 1;
		Logons++;
	}
	if (Event == IoSessionEventLogoff ||
		(Event == IoSessionEventTerminated && Bug != SEEDED_FORGETS_USER)) {
		Table->has_user[Session] = 0;
	}
}

static void Drop(ULONG Session, ULONG Event)
{
	if (Event != IoSessionEventDisconnected && Event != IoSessionEventTerminated) {
		return;
	}
	if (Table->owner == Session || Bug == SEEDED_CUTS_OFF_ANOTHER) {
		Table->owner = 0;
	}
}

/* Takes memory for a moment at each logon. */
static void Remember(ULONG Event)
{
	volatile LONG *Block;

	if (Event != IoSessionEventLogon) {
		return;
	}
	Block = (volatile LONG *)ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Block), TAG);
	if (Block != NULL) {
		*Block = 1;
		ExFreePoolWithTag((PVOID)(ULONG_PTR)Block, TAG);
	} else if (Bug == SEEDED_NEEDS_MEMORY) {
		*Nowhere = 1;
	}
}

static VOID Note(PDEVICE_OBJECT Device, PVOID Context)
{
	UNREFERENCED_PARAMETER(Device);
	*(volatile LONG *)Context = 1;
	(void)KeSetEvent(&Noted, IO_NO_INCREMENT, FALSE);
}

/* A work item writes to memory that lasts from a logon to the logoff. */
static void NoteLater(ULONG Event)
{
	if (Bug != SEEDED_FREES_WITH_WORK_QUEUED && Bug != SEEDED_WAITS_FOR_WORK) {
		return;
	}
	if (Event == IoSessionEventLogon && User == NULL) {
		User = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(LONG), TAG);
		KeClearEvent(&Noted);
		IoQueueWorkItem(Item, Note, DelayedWorkQueue, User);
	} else if (Event == IoSessionEventLogoff && User != NULL) {
		if (Bug == SEEDED_WAITS_FOR_WORK) {
			(void)KeWaitForSingleObject(&Noted, Executive, KernelMode, FALSE, NULL);
		}
		ExFreePoolWithTag(User, TAG);
		User = NULL;
	}
}

static void Misbehave(PVOID Object, ULONG Session, ULONG Event)
{
	IO_SESSION_STATE_INFORMATION Info;
	KIRQL Irql;

	if (Bug == SEEDED_QUERIES_TOO_HIGH && Event == IoSessionEventDisconnected) {
		KeAcquireSpinLock(&Lock, &Irql);
		(void)IoGetContainerInformation(
			IoSessionStateInformation, Object, &Info, sizeof(Info));
		KeReleaseSpinLock(&Lock, Irql);
	}
	if (Bug == SEEDED_LEAKS && Event == IoSessionEventLogon && Table->owner == Session) {
		(void)ExAllocatePool2(POOL_FLAG_NON_PAGED, 8, TAG);
	}
	if (Bug == SEEDED_STOPS && Event == IoSessionEventDisconnected) {
		KeBugCheckEx(0x1234, 0, 0, 0, 0);
	}
	if (Bug == SEEDED_WAITS_FOR_EVER && Event == IoSessionEventDisconnected) {
		KeWaitForSingleObject(&Nothing, Executive, KernelMode, FALSE, NULL);
	}
	if (Bug == SEEDED_CRASHES && Event == IoSessionEventConnected && Table->owner != Session) {
		*Nowhere = 1;
	}
	while (Bug == SEEDED_HANGS && Event == IoSessionEventTerminated && Table->owner != 0 &&
		Never == 0) {
		YieldProcessor();
	}
}

static NTSTATUS Notify(PVOID Session, PVOID IoObject, ULONG Event, PVOID Context, PVOID Payload,
	ULONG PayloadLength)
{
	IO_SESSION_STATE_INFORMATION Info;

	UNREFERENCED_PARAMETER(IoObject);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Payload);
	UNREFERENCED_PARAMETER(PayloadLength);
	if (!NT_SUCCESS(IoGetContainerInformation(
		    IoSessionStateInformation, Session, &Info, sizeof(Info))) ||
		Info.SessionId >= SEEDED_SESSIONS) {
		return STATUS_SUCCESS;
	}
	Remember(Event);
	NoteLater(Event);
	Misbehave(Session, Info.SessionId, Event);
	Follow(Info.SessionId, Event, (ULONG)Info.SessionState);
	Drop(Info.SessionId, Event);
	return STATUS_SUCCESS;
}

static NTSTATUS Create(PDEVICE_OBJECT Device, PIRP Irp)
{
	IO_SESSION_STATE_INFORMATION Info = { 0 };

	UNREFERENCED_PARAMETER(Device);
	(void)IoGetContainerInformation(IoSessionStateInformation, NULL, &Info, sizeof(Info));
	if (Info.SessionId != 0) {
		Table->owner = Info.SessionId;
	}
	return Complete(Irp, STATUS_SUCCESS, FILE_OPENED);
}

static NTSTATUS CleanupOrClose(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	if (Bug == SEEDED_COMPLETES_NEVER && Logons != 0 &&
		IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_CLEANUP) {
		IoMarkIrpPending(Irp);
		return STATUS_PENDING;
	}
	return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS ReadOrWrite(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_WRITE) {
		RtlCopyMemory(&Bug, Irp->AssociatedIrp.SystemBuffer, sizeof(Bug));
		return Complete(Irp, STATUS_SUCCESS, sizeof(Bug));
	}
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, Table, sizeof(*Table));
	return Complete(Irp, STATUS_SUCCESS, sizeof(*Table));
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
	if (Bug == SEEDED_FREES_BEFORE_UNREGISTER && Logons != 0) {
		ExFreePoolWithTag(Table, TAG);
		IoUnregisterContainerNotification(Registration);
	} else if (Bug != SEEDED_FORGETS_TO_UNREGISTER || Table->owner == 0) {
		IoUnregisterContainerNotification(Registration);
		ExFreePoolWithTag(Table, TAG);
	}
	if (User != NULL) {
		(void)KeWaitForSingleObject(&Noted, Executive, KernelMode, FALSE, NULL);
		ExFreePoolWithTag(User, TAG);
	}
	IoFreeWorkItem(Item);
	IoDeleteDevice(Driver->DeviceObject);
}

static NTSTATUS Register(PDRIVER_OBJECT Driver)
{
	IO_SESSION_STATE_NOTIFICATION Wish = { 0 };

	Wish.Size = sizeof(Wish);
	Wish.IoObject = Driver;
	Wish.EventMask = IO_SESSION_STATE_ALL_EVENTS;
	Wish.Context = Table;
	return IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)Notify, &Wish, sizeof(Wish), &Registration);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	PDEVICE_OBJECT Device;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	KeInitializeSpinLock(&Lock);
	KeInitializeEvent(&Nothing, NotificationEvent, FALSE);
	Table = (struct seeded_table *)ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Table), TAG);
	if (Table == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	Status = IoCreateDevice(Driver, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
	if (!NT_SUCCESS(Status)) {
		ExFreePoolWithTag(Table, TAG);
		return Status;
	}
	KeInitializeEvent(&Noted, NotificationEvent, FALSE);
	Item = IoAllocateWorkItem(Device);
	if (Item == NULL) {
		IoDeleteDevice(Device);
		ExFreePoolWithTag(Table, TAG);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	Device->Flags |= DO_BUFFERED_IO;
	Driver->DriverUnload = Unload;
	Driver->MajorFunction[IRP_MJ_CREATE] = Create;
	Driver->MajorFunction[IRP_MJ_CLEANUP] = CleanupOrClose;
	Driver->MajorFunction[IRP_MJ_CLOSE] = CleanupOrClose;
	Driver->MajorFunction[IRP_MJ_READ] = ReadOrWrite;
	Driver->MajorFunction[IRP_MJ_WRITE] = ReadOrWrite;
	Status = Register(Driver);
	if (!NT_SUCCESS(Status)) {
		IoFreeWorkItem(Item);
		IoDeleteDevice(Device);
		ExFreePoolWithTag(Table, TAG);
	}
	return Status;
}
