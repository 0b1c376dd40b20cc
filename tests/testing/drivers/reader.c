/* SPDX-License-Identifier: MIT */
/* A driver that reads pool memory where it may, and where it may not. */
#include <ntddk.h>

#include "reader.h"

#define TAG 'daeR'
#define SIZE 16

DRIVER_INITIALIZE DriverEntry;

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Reader");

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

/* Volatile, so that no compiler leaves out a read or a write. */
static UCHAR Look(volatile UCHAR *Block, ULONG Code)
{
	volatile UCHAR **Link = (volatile UCHAR **)(ULONG_PTR)Block;

	switch (Code) {
	case READER_PAST_THE_END:
		return Block[SIZE];
	case READER_FREED:
		ExFreePoolWithTag((PVOID)(ULONG_PTR)Block, TAG);
		return Block[4];
	case READER_FOLLOWS_FREED:
		*Link = Block;
		ExFreePoolWithTag((PVOID)(ULONG_PTR)Block, TAG);
		return **(volatile UCHAR *volatile *)Link;
	case READER_WRITES_PAST:
		Block[13] = 1;
		return 0;
	default:
		return Block[SIZE - 1];
	}
}

static NTSTATUS Control(PDEVICE_OBJECT Device, PIRP Irp)
{
	ULONG Code = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode;
	volatile UCHAR *Block = (volatile UCHAR *)ExAllocatePool2(
		POOL_FLAG_NON_PAGED, Code == READER_WRITES_PAST ? 13 : SIZE, TAG);

	UNREFERENCED_PARAMETER(Device);
	if (Block == NULL) {
		return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
	}
	(void)Look(Block, Code);
	if (Code != READER_FREED && Code != READER_FOLLOWS_FREED) {
		ExFreePoolWithTag((PVOID)(ULONG_PTR)Block, TAG);
	}
	return Complete(Irp, STATUS_SUCCESS);
}

static NTSTATUS OpenOrClose(PDEVICE_OBJECT Device, PIRP Irp)
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
	PDEVICE_OBJECT Device;

	UNREFERENCED_PARAMETER(RegistryPath);
	Driver->DriverUnload = Unload;
	Driver->MajorFunction[IRP_MJ_CREATE] = OpenOrClose;
	Driver->MajorFunction[IRP_MJ_CLOSE] = OpenOrClose;
	Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
	return IoCreateDevice(Driver, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
}
