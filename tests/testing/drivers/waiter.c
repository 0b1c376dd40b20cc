/* SPDX-License-Identifier: MIT */
/*
 * A driver whose one read waits for a write, or for a device control. Its cancel routine
 * forgets to take the read away, so that the write completes it once more.
 */
#include <ntddk.h>

static PIRP Waiting;

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
	Complete(Irp, STATUS_CANCELLED);
}

static NTSTATUS Read(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	if (Waiting != NULL) {
		return Complete(Irp, STATUS_DEVICE_BUSY);
	}
	Waiting = Irp;
	IoMarkIrpPending(Irp);
	IoSetCancelRoutine(Irp, Cancel);
	return STATUS_PENDING;
}

static NTSTATUS Write(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	if (Waiting != NULL) {
		IoSetCancelRoutine(Waiting, NULL);
		Complete(Waiting, STATUS_SUCCESS);
		Waiting = NULL;
	}
	return Complete(Irp, STATUS_SUCCESS);
}

static NTSTATUS Done(PDEVICE_OBJECT Device, PIRP Irp)
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
	UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Waiter");
	PDEVICE_OBJECT Device;

	UNREFERENCED_PARAMETER(RegistryPath);
	Driver->DriverUnload = Unload;
	Driver->MajorFunction[IRP_MJ_CREATE] = Done;
	Driver->MajorFunction[IRP_MJ_CLEANUP] = Done;
	Driver->MajorFunction[IRP_MJ_CLOSE] = Done;
	Driver->MajorFunction[IRP_MJ_READ] = Read;
	Driver->MajorFunction[IRP_MJ_WRITE] = Write;
	Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Write;
	return IoCreateDevice(Driver, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
}
