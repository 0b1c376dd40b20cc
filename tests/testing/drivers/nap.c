/* SPDX-License-Identifier: MIT */
/*
 * A driver whose reads are completed by a timer's deferred call, a second later. A cleanup
 * takes the timer back. Only with NAP_IS_RIGHT it also waits for a call that has begun,
 * before the memory of the call is freed.
 */
#include <ntddk.h>

#define NAP_TAG 'paN'

struct nap {
	KTIMER timer;
	KDPC dpc;
	LONG calls;
};

static struct nap *nap;
static PVOID waiting; /* a read */

static NTSTATUS complete(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static void complete_waiting(NTSTATUS status)
{
	PIRP irp = InterlockedExchangePointer(&waiting, NULL);

	if (irp != NULL) {
		(void)complete(irp, status);
	}
}

static VOID on_timer(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
	struct nap *mine = context;

	UNREFERENCED_PARAMETER(dpc);
	UNREFERENCED_PARAMETER(first);
	UNREFERENCED_PARAMETER(second);
	(void)InterlockedIncrement(&mine->calls);
	complete_waiting(STATUS_SUCCESS);
}

static NTSTATUS on_read(PDEVICE_OBJECT device, PIRP irp)
{
	LARGE_INTEGER second_from_now;

	UNREFERENCED_PARAMETER(device);
	second_from_now.QuadPart = -10000000;
	IoMarkIrpPending(irp);
	(void)InterlockedExchangePointer(&waiting, irp);
	(void)KeSetTimer(&nap->timer, second_from_now, &nap->dpc);
	return STATUS_PENDING;
}

static NTSTATUS on_create(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	nap = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*nap), NAP_TAG);
	if (nap == NULL) {
		return complete(irp, STATUS_INSUFFICIENT_RESOURCES);
	}
	nap->calls = 0;
	KeInitializeTimer(&nap->timer);
	KeInitializeDpc(&nap->dpc, on_timer, nap);
	return complete(irp, STATUS_SUCCESS);
}

static NTSTATUS on_cleanup(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	(void)KeCancelTimer(&nap->timer);
#if defined(NAP_IS_RIGHT)
	KeFlushQueuedDpcs();
#endif
	ExFreePoolWithTag(nap, NAP_TAG);
	complete_waiting(STATUS_CANCELLED);
	return complete(irp, STATUS_SUCCESS);
}

static NTSTATUS on_close(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return complete(irp, STATUS_SUCCESS);
}

static VOID on_unload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Nap");
	PDEVICE_OBJECT device;

	UNREFERENCED_PARAMETER(registry_path);
	driver->DriverUnload = on_unload;
	driver->MajorFunction[IRP_MJ_CREATE] = on_create;
	driver->MajorFunction[IRP_MJ_CLEANUP] = on_cleanup;
	driver->MajorFunction[IRP_MJ_CLOSE] = on_close;
	driver->MajorFunction[IRP_MJ_READ] = on_read;
	return IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}
