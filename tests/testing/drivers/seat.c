/* SPDX-License-Identifier: MIT */
/*
 * A driver that keeps a block for its one opener. Two threads that close at the same time
 * may both free it, if SEAT_HAS_A_LOCK is not defined.
 */
#include <ntddk.h>

#define SEAT_TAG 'taeS'

static FAST_MUTEX lock;
static PVOID block;

static PVOID take(void)
{
	PVOID mine = block;

#if !defined(SEAT_HAS_A_LOCK)
	/* As long as this takes, another thread may find the block, too. */
	if (mine != NULL) {
		ExAcquireFastMutex(&lock);
		ExReleaseFastMutex(&lock);
	}
#endif
	block = NULL;
	return mine;
}

static NTSTATUS on_request(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	PVOID mine = NULL;

	UNREFERENCED_PARAMETER(device);
	if (location->MajorFunction == IRP_MJ_READ) {
#if defined(SEAT_HAS_A_LOCK)
		ExAcquireFastMutex(&lock);
		mine = take();
		ExReleaseFastMutex(&lock);
#else
		mine = take();
#endif
	}
	if (mine != NULL) {
		ExFreePoolWithTag(mine, SEAT_TAG);
	}
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID on_unload(PDRIVER_OBJECT driver)
{
	if (block != NULL) {
		ExFreePoolWithTag(block, SEAT_TAG);
	}
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Seat");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(registry_path);
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (!NT_SUCCESS(status)) {
		return status;
	}
	ExInitializeFastMutex(&lock);
	block = ExAllocatePoolWithTag(NonPagedPoolNx, 16, SEAT_TAG);
	driver->MajorFunction[IRP_MJ_CREATE] = on_request;
	driver->MajorFunction[IRP_MJ_CLOSE] = on_request;
	driver->MajorFunction[IRP_MJ_CLEANUP] = on_request;
	driver->MajorFunction[IRP_MJ_READ] = on_request;
	driver->DriverUnload = on_unload;
	device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
