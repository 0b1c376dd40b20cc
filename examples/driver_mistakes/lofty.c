/* SPDX-License-Identifier: MIT */
/*
 * A read asks for the caller's session, and with a lock held, if there was a logon since
 * the last one. A spin lock is held at DISPATCH_LEVEL, and the query is for APC_LEVEL.
 */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Lofty");
static PVOID Registration;
static KSPIN_LOCK Lock;
static BOOLEAN Stale; /* under the lock, like the next one */
static ULONG Reader;

static ULONG CallersSession(VOID)
{
	IO_SESSION_STATE_INFORMATION Information = { 0 };

	(void)IoGetContainerInformation(
		IoSessionStateInformation, NULL, &Information, sizeof(Information));
	return Information.SessionId;
}

static NTSTATUS Notify(PVOID Session, PVOID IoObject, ULONG Event, PVOID Context, PVOID Payload,
	ULONG PayloadLength)
{
	KIRQL Irql;

	UNREFERENCED_PARAMETER(Session);
	UNREFERENCED_PARAMETER(IoObject);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Payload);
	UNREFERENCED_PARAMETER(PayloadLength);
	KeAcquireSpinLock(&Lock, &Irql);
	Stale = Stale || Event == IoSessionEventLogon;
	KeReleaseSpinLock(&Lock, Irql);
	return STATUS_SUCCESS;
}

static VOID Refresh(VOID)
{
	KIRQL Irql;
#if defined(CORRECTED)
	ULONG Session = CallersSession();
#endif

	KeAcquireSpinLock(&Lock, &Irql);
	if (Stale) {
#if defined(CORRECTED)
		Reader = Session;
#else
		Reader = CallersSession();
#endif
		Stale = FALSE;
	}
	KeReleaseSpinLock(&Lock, Irql);
}

static NTSTATUS Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_READ) {
		Refresh();
	}
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
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
	KeInitializeSpinLock(&Lock);
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
