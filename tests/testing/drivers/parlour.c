/* SPDX-License-Identifier: MIT */
/*
 * A driver without a lock. A read waits for the next write. It is marked as pending after
 * the write can find it, and a write counts itself in two steps. With PARLOUR_IS_RIGHT both
 * are right.
 */
#include <ntddk.h>

static PVOID waiting; /* a read */
static LONG writes;

static NTSTATUS complete(PIRP irp, ULONG_PTR information)
{
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static void complete_waiting(void)
{
	PIRP irp = InterlockedExchangePointer(&waiting, NULL);

	if (irp != NULL) {
		(void)complete(irp, 0);
	}
}

static NTSTATUS on_read(PDEVICE_OBJECT device, PIRP irp)
{
	PIRP before;

	UNREFERENCED_PARAMETER(device);
#if defined(PARLOUR_IS_RIGHT)
	IoMarkIrpPending(irp);
#endif
	before = InterlockedExchangePointer(&waiting, irp);
#if !defined(PARLOUR_IS_RIGHT)
	IoMarkIrpPending(irp);
#endif
	if (before != NULL) {
		(void)complete(before, 0);
	}
	return STATUS_PENDING;
}

static NTSTATUS on_write(PDEVICE_OBJECT device, PIRP irp)
{
	LONG count;

	UNREFERENCED_PARAMETER(device);
#if defined(PARLOUR_IS_RIGHT)
	count = InterlockedIncrement(&writes);
#else
	count = InterlockedExchangeAdd(&writes, 0) + 1;
	(void)InterlockedExchange(&writes, count);
#endif
	complete_waiting();
	return complete(irp, (ULONG_PTR)count);
}

static NTSTATUS on_request(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	if (IoGetCurrentIrpStackLocation(irp)->MajorFunction == IRP_MJ_CLEANUP) {
		complete_waiting();
	}
	return complete(irp, 0);
}

static VOID on_unload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Parlour");
	PDEVICE_OBJECT device;

	UNREFERENCED_PARAMETER(registry_path);
	driver->DriverUnload = on_unload;
	driver->MajorFunction[IRP_MJ_CREATE] = on_request;
	driver->MajorFunction[IRP_MJ_CLEANUP] = on_request;
	driver->MajorFunction[IRP_MJ_CLOSE] = on_request;
	driver->MajorFunction[IRP_MJ_READ] = on_read;
	driver->MajorFunction[IRP_MJ_WRITE] = on_write;
	return IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}
