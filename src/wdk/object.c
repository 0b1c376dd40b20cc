/* SPDX-License-Identifier: MIT */
/* Driver and file objects in the caller's memory. */
#include "nt/sessio_nt.h"

static NTSTATUS refuse(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_INVALID_DEVICE_REQUEST;
}

void sessio_nt_init_driver(PDRIVER_OBJECT driver, PUNICODE_STRING name)
{
	memset(driver, 0, sizeof(*driver));
	driver->Type = IO_TYPE_DRIVER;
	driver->Size = sizeof(*driver);
	if (name != NULL) {
		driver->DriverName = *name;
	}
	for (size_t i = 0; i < RTL_NUMBER_OF(driver->MajorFunction); i++) {
		driver->MajorFunction[i] = refuse;
	}
}

void sessio_nt_init_file(PFILE_OBJECT file, PDEVICE_OBJECT device)
{
	memset(file, 0, sizeof(*file));
	file->Type = IO_TYPE_FILE;
	file->Size = sizeof(*file);
	file->DeviceObject = device;
	KeInitializeEvent(&file->Lock, SynchronizationEvent, FALSE);
	KeInitializeEvent(&file->Event, NotificationEvent, FALSE);
	InitializeListHead(&file->IrpList);
}
