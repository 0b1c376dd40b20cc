/* SPDX-License-Identifier: MIT */
#include "entry.h"

static PDRIVER_OBJECT self;

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG length)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = length;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS NTAPI on_control(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);
	ULONG length = at->Parameters.DeviceIoControl.InputBufferLength;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(device);
	status = entry_serve(at->Parameters.DeviceIoControl.IoControlCode,
		irp->AssociatedIrp.SystemBuffer, at->Parameters.DeviceIoControl.OutputBufferLength,
		&length);
	return complete(irp, status, NT_SUCCESS(status) ? length : 0);
}

static NTSTATUS NTAPI on_open_or_close(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return complete(irp, STATUS_SUCCESS, 0);
}

static void NTAPI on_unload(PDRIVER_OBJECT driver)
{
	(void)IoDeleteSymbolicLink(&entry_link);
	IoDeleteDevice(driver->DeviceObject);
}

void entry_stay(void)
{
	self->DriverUnload = NULL;
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(registry);
	self = driver;
	entry_begin();
	status = IoCreateDevice(driver, 0, &entry_device, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (!NT_SUCCESS(status)) {
		return status;
	}
	status = IoCreateSymbolicLink(&entry_link, &entry_device);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}
	driver->MajorFunction[IRP_MJ_CREATE] = on_open_or_close;
	driver->MajorFunction[IRP_MJ_CLOSE] = on_open_or_close;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = on_control;
	driver->DriverUnload = on_unload;
	return STATUS_SUCCESS;
}
