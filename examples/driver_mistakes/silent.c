/* SPDX-License-Identifier: MIT */
/*
 * A read waits for the next logon. If its program ends before that, the request is
 * never completed, and the program hangs in its end.
 */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\NextLogon");
static PVOID Registration;
static PIRP Waiting; /* one is enough for an example */

static VOID Complete(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static VOID CompleteWaiting(NTSTATUS Status)
{
	PIRP Irp = (PIRP)InterlockedExchangePointer((PVOID *)&Waiting, NULL);

	if (Irp != NULL) {
		Complete(Irp, Status);
	}
}

static NTSTATUS Notify(PVOID Session, PVOID IoObject, ULONG Event, PVOID Context, PVOID Payload,
	ULONG PayloadLength)
{
	UNREFERENCED_PARAMETER(Session);
	UNREFERENCED_PARAMETER(IoObject);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Payload);
	UNREFERENCED_PARAMETER(PayloadLength);
	if (Event == IoSessionEventLogon) {
		CompleteWaiting(STATUS_SUCCESS);
	}
	return STATUS_SUCCESS;
}

static NTSTATUS Read(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	IoMarkIrpPending(Irp);
	Irp = (PIRP)InterlockedExchangePointer((PVOID *)&Waiting, Irp);
	if (Irp != NULL) {
		Complete(Irp, STATUS_CANCELLED);
	}
	return STATUS_PENDING;
}

static NTSTATUS OpenOrClose(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
#if defined(CORRECTED)
	if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_CLEANUP) {
		CompleteWaiting(STATUS_CANCELLED);
	}
#endif
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
	Driver->DriverUnload = Unload;
	Driver->MajorFunction[IRP_MJ_CREATE] = OpenOrClose;
	Driver->MajorFunction[IRP_MJ_CLEANUP] = OpenOrClose;
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
