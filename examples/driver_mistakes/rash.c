/* SPDX-License-Identifier: MIT */
/*
 * A read waits for the next logon, and can be cancelled until then. At a logon the driver
 * takes the cancel routine back, and does not look whether it was still there. One thread
 * at a time sees no mistake. But another thread may just have begun to cancel the read,
 * and then both complete it.
 */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\NextLogon");
static PVOID Registration;
static KSPIN_LOCK Lock;
static LIST_ENTRY Waiting; /* reads, under the lock */

static VOID Complete(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static VOID Cancel(PDEVICE_OBJECT Device, PIRP Irp)
{
	KIRQL Irql;

	UNREFERENCED_PARAMETER(Device);
	IoReleaseCancelSpinLock(Irp->CancelIrql);
	KeAcquireSpinLock(&Lock, &Irql);
	RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
	KeReleaseSpinLock(&Lock, Irql);
	Complete(Irp, STATUS_CANCELLED);
}

/* The oldest of the reads that wait, or NULL. */
static PIRP TakeNext(VOID)
{
	PIRP Irp = NULL;
	KIRQL Irql;

	KeAcquireSpinLock(&Lock, &Irql);
	while (Irp == NULL && !IsListEmpty(&Waiting)) {
		PLIST_ENTRY Entry = RemoveHeadList(&Waiting);

		InitializeListHead(Entry); /* so that Cancel() can remove it once more */
		Irp = CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry);
#if defined(CORRECTED)
		if (IoSetCancelRoutine(Irp, NULL) == NULL) {
			Irp = NULL; /* Cancel() is about to complete it */
		}
#else
		(void)IoSetCancelRoutine(Irp, NULL);
#endif
	}
	KeReleaseSpinLock(&Lock, Irql);
	return Irp;
}

static NTSTATUS Notify(PVOID Session, PVOID IoObject, ULONG Event, PVOID Context, PVOID Payload,
	ULONG PayloadLength)
{
	PIRP Irp;

	UNREFERENCED_PARAMETER(Session);
	UNREFERENCED_PARAMETER(IoObject);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Payload);
	UNREFERENCED_PARAMETER(PayloadLength);
	if (Event != IoSessionEventLogon) {
		return STATUS_SUCCESS;
	}
	while ((Irp = TakeNext()) != NULL) {
		Complete(Irp, STATUS_SUCCESS);
	}
	return STATUS_SUCCESS;
}

static NTSTATUS Read(PDEVICE_OBJECT Device, PIRP Irp)
{
	BOOLEAN Cancelled;
	KIRQL Irql;

	UNREFERENCED_PARAMETER(Device);
	IoMarkIrpPending(Irp);
	KeAcquireSpinLock(&Lock, &Irql);
	InsertTailList(&Waiting, &Irp->Tail.Overlay.ListEntry);
	(void)IoSetCancelRoutine(Irp, Cancel);
	Cancelled = Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL;
	if (Cancelled) {
		RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
	}
	KeReleaseSpinLock(&Lock, Irql);
	if (Cancelled) {
		Complete(Irp, STATUS_CANCELLED);
	}
	return STATUS_PENDING;
}

static NTSTATUS OpenOrClose(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	Complete(Irp, STATUS_SUCCESS);
	return STATUS_SUCCESS;
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
	IoUnregisterContainerNotification(Registration);
	IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	IO_SESSION_STATE_NOTIFICATION Wish = { 0 };
	PDEVICE_OBJECT Device;
	NTSTATUS Status = IoCreateDevice(Driver, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);

	UNREFERENCED_PARAMETER(RegistryPath);
	if (!NT_SUCCESS(Status)) {
		return Status;
	}
	KeInitializeSpinLock(&Lock);
	InitializeListHead(&Waiting);
	Driver->DriverUnload = Unload;
	Driver->MajorFunction[IRP_MJ_CREATE] = OpenOrClose;
	Driver->MajorFunction[IRP_MJ_CLOSE] = OpenOrClose;
	Driver->MajorFunction[IRP_MJ_READ] = Read;
	Wish.Size = sizeof(Wish);
	Wish.IoObject = Device;
	Wish.EventMask = IO_SESSION_STATE_ALL_EVENTS;
	Status = IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)Notify, &Wish, sizeof(Wish), &Registration);
	if (!NT_SUCCESS(Status)) {
		IoDeleteDevice(Device);
	}
	return Status;
}
