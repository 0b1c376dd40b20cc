/* SPDX-License-Identifier: MIT */
/*
 * A bell. Programs of all user sessions wait for it, and any of them can ring. The cancel
 * routine forgets to take its request off the list, so the next ring completes it again.
 */
#include <ntddk.h>

#include "bell.h"

DRIVER_INITIALIZE DriverEntry;

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Bell");
static LIST_ENTRY Waiting; /* requests, under the lock */
static KSPIN_LOCK Lock;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static VOID Cancel(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	IoReleaseCancelSpinLock(Irp->CancelIrql);
#if defined(CORRECTED)
	KIRQL Irql;

	KeAcquireSpinLock(&Lock, &Irql);
	RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
	KeReleaseSpinLock(&Lock, Irql);
#endif
	(void)Complete(Irp, STATUS_CANCELLED);
}

static NTSTATUS Wait(PIRP Irp)
{
	KIRQL Irql;

	KeAcquireSpinLock(&Lock, &Irql);
	(void)IoSetCancelRoutine(Irp, Cancel);
	if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
		KeReleaseSpinLock(&Lock, Irql);
		return Complete(Irp, STATUS_CANCELLED);
	}
	IoMarkIrpPending(Irp);
	InsertTailList(&Waiting, &Irp->Tail.Overlay.ListEntry);
	KeReleaseSpinLock(&Lock, Irql);
	return STATUS_PENDING;
}

/* The next request that waits, off the list; NULL if there is none. */
static PIRP Next(VOID)
{
	PIRP Irp = NULL;
	KIRQL Irql;

	KeAcquireSpinLock(&Lock, &Irql);
	while (Irp == NULL && !IsListEmpty(&Waiting)) {
		PLIST_ENTRY Entry = RemoveHeadList(&Waiting);

		Irp = CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry);
#if defined(CORRECTED)
		if (IoSetCancelRoutine(Irp, NULL) == NULL) {
			InitializeListHead(Entry); /* its cancel routine completes it */
			Irp = NULL;
		}
#else
		(void)IoSetCancelRoutine(Irp, NULL);
#endif
	}
	KeReleaseSpinLock(&Lock, Irql);
	return Irp;
}

static NTSTATUS Ring(PIRP Irp, PIO_STACK_LOCATION Location)
{
	UCHAR Wakes;
	PIRP Waiter;

	if (Location->Parameters.DeviceIoControl.InputBufferLength < sizeof(Wakes)) {
		return Complete(Irp, STATUS_BUFFER_TOO_SMALL);
	}
	Wakes = *(PUCHAR)Irp->AssociatedIrp.SystemBuffer;
	for (; Wakes > 0 && (Waiter = Next()) != NULL; Wakes--) {
		(void)Complete(Waiter, STATUS_SUCCESS);
	}
	return Complete(Irp, STATUS_SUCCESS);
}

static NTSTATUS Control(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);

	UNREFERENCED_PARAMETER(Device);
	switch (Location->Parameters.DeviceIoControl.IoControlCode) {
	case IOCTL_BELL_WAIT:
		return Wait(Irp);
	case IOCTL_BELL_RING:
		return Ring(Irp, Location);
	default:
		return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST);
	}
}

static NTSTATUS OpenOrClose(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	return Complete(Irp, STATUS_SUCCESS);
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
	IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	PDEVICE_OBJECT Device;

	UNREFERENCED_PARAMETER(RegistryPath);
	InitializeListHead(&Waiting);
	KeInitializeSpinLock(&Lock);
	Driver->DriverUnload = Unload;
	Driver->MajorFunction[IRP_MJ_CREATE] = OpenOrClose;
	Driver->MajorFunction[IRP_MJ_CLOSE] = OpenOrClose;
	Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
	return IoCreateDevice(Driver, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
}
