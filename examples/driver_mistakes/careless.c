/* SPDX-License-Identifier: MIT */
/*
 * One program at a time may use the device, until its session loses its terminal. But
 * the notice of that comes late, if the program ends before. Then a program of another
 * session may have the device.
 */
#include <ntddk.h>

#define NOBODY MAXULONG

DRIVER_INITIALIZE DriverEntry;

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Careless");
static PVOID Registration;
static KSPIN_LOCK Lock;
static ULONG Owner = NOBODY; /* the session of the program; under the lock */
static ULONG64 Users; /* a bit for each session that had the device; under the lock */

static ULONG SessionOf(PVOID Session)
{
	IO_SESSION_STATE_INFORMATION Information;

	return NT_SUCCESS(IoGetContainerInformation(
		       IoSessionStateInformation, Session, &Information, sizeof(Information)))
		? Information.SessionId
		: NOBODY;
}

static NTSTATUS Notify(PVOID Session, PVOID IoObject, ULONG Event, PVOID Context, PVOID Payload,
	ULONG PayloadLength)
{
	ULONG Id = SessionOf(Session);
	KIRQL Irql;

	UNREFERENCED_PARAMETER(IoObject);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Payload);
	UNREFERENCED_PARAMETER(PayloadLength);
	if (Event != IoSessionEventDisconnected && Event != IoSessionEventTerminated) {
		return STATUS_SUCCESS;
	}
	KeAcquireSpinLock(&Lock, &Irql);
#if defined(CORRECTED)
	if (Owner == Id) {
		Owner = NOBODY;
	}
#else
	if ((Users >> Id % 64 & 1) != 0) {
		Owner = NOBODY;
	}
#endif
	Users &= ~(1ull << Id % 64);
	KeReleaseSpinLock(&Lock, Irql);
	return STATUS_SUCCESS;
}

static NTSTATUS Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
	UCHAR Major = IoGetCurrentIrpStackLocation(Irp)->MajorFunction;
	ULONG Id = SessionOf(NULL);
	NTSTATUS Status = STATUS_SUCCESS;
	KIRQL Irql;

	UNREFERENCED_PARAMETER(Device);
	KeAcquireSpinLock(&Lock, &Irql);
	if (Major == IRP_MJ_CREATE) {
		Owner = Id;
		Users |= 1ull << Id % 64;
	} else if (Major == IRP_MJ_READ && Owner != Id) {
		Status = STATUS_DEVICE_NOT_READY;
	}
	KeReleaseSpinLock(&Lock, Irql);
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
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
