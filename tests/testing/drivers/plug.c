/* SPDX-License-Identifier: MIT */
/* A filter for devices that belong to user sessions: it follows the device's session only. */
#include <ntddk.h>

#include <devpkey.h>

#include "plug.h"

struct Extension {
	PDEVICE_OBJECT Lower;
	PVOID Registration;
	IO_REMOVE_LOCK Lock;
	struct plug_report Report;
};

DRIVER_INITIALIZE DriverEntry;

static NTSTATUS Notify(
	PVOID Session, PVOID Object, ULONG Event, PVOID Context, PVOID Payload, ULONG Length)
{
	struct Extension *Extension = Context;

	UNREFERENCED_PARAMETER(Session);
	UNREFERENCED_PARAMETER(Object);
	UNREFERENCED_PARAMETER(Event);
	UNREFERENCED_PARAMETER(Payload);
	UNREFERENCED_PARAMETER(Length);
	Extension->Report.Events++;
	return STATUS_SUCCESS;
}

static VOID Follow(PDEVICE_OBJECT Device, PDEVICE_OBJECT Pdo)
{
	struct Extension *Extension = Device->DeviceExtension;
	IO_SESSION_STATE_NOTIFICATION Wish = { 0 };
	DEVPROPTYPE Type;
	ULONG Size;

	if (!NT_SUCCESS(IoGetDevicePropertyData(Pdo, &DEVPKEY_Device_SessionId, LOCALE_NEUTRAL, 0,
		    sizeof(ULONG), &Extension->Report.SessionId, &Size, &Type))) {
		return;
	}
	Wish.Size = sizeof(Wish);
	Wish.IoObject = Device;
	Wish.EventMask = IO_SESSION_STATE_ALL_EVENTS;
	Wish.Context = Extension;
	(VOID) IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)Notify, &Wish, sizeof(Wish),
		&Extension->Registration);
}

static NTSTATUS AddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Pdo)
{
	struct Extension *Extension;
	PDEVICE_OBJECT Device;
	NTSTATUS Status = IoCreateDevice(
		Driver, sizeof(*Extension), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);

	if (!NT_SUCCESS(Status)) {
		return Status;
	}
	Extension = Device->DeviceExtension;
	IoInitializeRemoveLock(&Extension->Lock, 'gulP', 0, 0);
	Extension->Lower = IoAttachDeviceToDeviceStack(Device, Pdo);
	if (Extension->Lower == NULL) {
		IoDeleteDevice(Device);
		return STATUS_NO_SUCH_DEVICE;
	}
	Device->Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
	Follow(Device, Pdo);
	Device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static NTSTATUS PassOn(PDEVICE_OBJECT Device, PIRP Irp)
{
	struct Extension *Extension = Device->DeviceExtension;

	IoSkipCurrentIrpStackLocation(Irp);
	return IoCallDriver(Extension->Lower, Irp);
}

static NTSTATUS Remove(PDEVICE_OBJECT Device, PIRP Irp)
{
	struct Extension *Extension = Device->DeviceExtension;
	NTSTATUS Status;

	if (Extension->Report.Forgetful != PLUG_FORGETS_TO_WAIT) {
		IoAcquireRemoveLock(&Extension->Lock, Irp);
		IoReleaseRemoveLockAndWait(&Extension->Lock, Irp);
	}
	if (Extension->Registration != NULL) {
		IoUnregisterContainerNotification(Extension->Registration);
	}
	Status = PassOn(Device, Irp);
	if (Extension->Report.Forgetful != PLUG_FORGETS_TO_DETACH) {
		IoDetachDevice(Extension->Lower);
		IoDeleteDevice(Device);
	}
	return Status;
}

static NTSTATUS StartDone(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
	struct Extension *Extension = Context;

	UNREFERENCED_PARAMETER(Device);
	if (Irp->PendingReturned) {
		IoMarkIrpPending(Irp);
	}
	Extension->Report.Started = NT_SUCCESS(Irp->IoStatus.Status);
	return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS Pnp(PDEVICE_OBJECT Device, PIRP Irp)
{
	struct Extension *Extension = Device->DeviceExtension;

	switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
	case IRP_MN_START_DEVICE:
		IoCopyCurrentIrpStackLocationToNext(Irp);
		IoSetCompletionRoutine(Irp, StartDone, Extension, TRUE, TRUE, TRUE);
		return IoCallDriver(Extension->Lower, Irp);
	case IRP_MN_SURPRISE_REMOVAL:
		Extension->Report.Surprised = 1;
		break;
	case IRP_MN_REMOVE_DEVICE:
		return Remove(Device, Irp);
	default:
		break;
	}
	return PassOn(Device, Irp);
}

static NTSTATUS Power(PDEVICE_OBJECT Device, PIRP Irp)
{
	struct Extension *Extension = Device->DeviceExtension;
	PIO_STACK_LOCATION Here = IoGetCurrentIrpStackLocation(Irp);

	if (Here->MinorFunction == IRP_MN_SET_POWER &&
		Here->Parameters.Power.Type == DevicePowerState) {
		(VOID) PoSetPowerState(Device, DevicePowerState, Here->Parameters.Power.State);
		Extension->Report.PowerState = Here->Parameters.Power.State.DeviceState;
	}
	PoStartNextPowerIrp(Irp);
	IoSkipCurrentIrpStackLocation(Irp);
	return PoCallDriver(Extension->Lower, Irp);
}

static NTSTATUS ReadOrWrite(PDEVICE_OBJECT Device, PIRP Irp)
{
	struct Extension *Extension = Device->DeviceExtension;
	struct plug_report *Wish = Irp->AssociatedIrp.SystemBuffer;

	IoAcquireRemoveLock(&Extension->Lock, Irp);
	if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_WRITE) {
		Extension->Report.Forgetful = Wish->Forgetful;
	} else {
		RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, &Extension->Report,
			sizeof(Extension->Report));
	}
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = sizeof(Extension->Report);
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	IoReleaseRemoveLock(&Extension->Lock, Irp);
	return STATUS_SUCCESS;
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
	UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
		Driver->MajorFunction[i] = PassOn;
	}
	Driver->MajorFunction[IRP_MJ_PNP] = Pnp;
	Driver->MajorFunction[IRP_MJ_POWER] = Power;
	Driver->MajorFunction[IRP_MJ_READ] = ReadOrWrite;
	Driver->MajorFunction[IRP_MJ_WRITE] = ReadOrWrite;
	Driver->DriverExtension->AddDevice = AddDevice;
	Driver->DriverUnload = Unload;
	return STATUS_SUCCESS;
}
