/* SPDX-License-Identifier: MIT */
/*
 * The driver remembers each session's state, and a read tells it. But the callback gets
 * an event, not a state. Both are small integers, and some of them agree.
 */
#include <ntddk.h>

#define SESSIONS 16

DRIVER_INITIALIZE DriverEntry;

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Confused");
static PVOID Registration;
static UCHAR States[SESSIONS];

static ULONG SessionOf(PVOID Session, IO_SESSION_STATE *State)
{
	IO_SESSION_STATE_INFORMATION Information = { 0 };

	(void)IoGetContainerInformation(
		IoSessionStateInformation, Session, &Information, sizeof(Information));
	*State = Information.SessionState;
	return Information.SessionId % SESSIONS;
}

static NTSTATUS Notify(PVOID Session, PVOID IoObject, ULONG Event, PVOID Context, PVOID Payload,
	ULONG PayloadLength)
{
	IO_SESSION_STATE State;
	ULONG Id = SessionOf(Session, &State);

	UNREFERENCED_PARAMETER(IoObject);
	UNREFERENCED_PARAMETER(Event);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Payload);
	UNREFERENCED_PARAMETER(PayloadLength);
#if defined(CORRECTED)
	States[Id] = (UCHAR)State;
#else
	States[Id] = (UCHAR)Event;
#endif
	return STATUS_SUCCESS;
}

static NTSTATUS Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
	IO_SESSION_STATE State;

	UNREFERENCED_PARAMETER(Device);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_READ) {
		*(PUCHAR)Irp->AssociatedIrp.SystemBuffer = States[SessionOf(NULL, &State)];
		Irp->IoStatus.Information = 1;
	}
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
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
	NTSTATUS Status = IoCreateDevice(Driver, 0, &Name, FILE_DEVICE_UNKNOWN, 0, TRUE, &Device);

	UNREFERENCED_PARAMETER(RegistryPath);
	if (!NT_SUCCESS(Status)) {
		return Status;
	}
	Device->Flags |= DO_BUFFERED_IO;
	Driver->DriverUnload = Unload;
	Driver->MajorFunction[IRP_MJ_CREATE] = Dispatch;
	Driver->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
	Driver->MajorFunction[IRP_MJ_CLEANUP] = Dispatch;
	Driver->MajorFunction[IRP_MJ_READ] = Dispatch;
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
