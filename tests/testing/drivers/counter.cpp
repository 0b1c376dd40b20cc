/* SPDX-License-Identifier: MIT */
/* A driver in C++: each file has a counter of its own, which a read hands out. */
#include <Ntddk.h>

#include <dontuse.h>

#define TAG 'tnuC'

void *__cdecl operator new(size_t size, POOL_TYPE type)
{
	return ExAllocatePoolWithTag(type, size, TAG);
}

void __cdecl operator delete(void *memory, size_t)
{
	ExFreePoolWithTag(memory, TAG);
}

namespace {

struct Lock {
	explicit Lock(FAST_MUTEX &mutex) : mutex(mutex) { ExAcquireFastMutex(&mutex); }
	~Lock() { ExReleaseFastMutex(&mutex); }
	FAST_MUTEX &mutex;
};

struct Counter {
	Counter() : value(0) { ExInitializeFastMutex(&mutex); }
	UCHAR Next()
	{
		Lock lock(mutex);

		return static_cast<UCHAR>(++value);
	}
	FAST_MUTEX mutex;
	int value;
};

NTSTATUS Complete(PIRP Irp, NTSTATUS Status = STATUS_SUCCESS, ULONG_PTR Information = 0)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

NTSTATUS Create(PDEVICE_OBJECT, PIRP Irp)
{
	auto *counter = new (NonPagedPool) Counter;

	IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext = counter;
	return Complete(Irp);
}

NTSTATUS Close(PDEVICE_OBJECT, PIRP Irp)
{
	delete static_cast<Counter *>(IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext);
	return Complete(Irp);
}

NTSTATUS Read(PDEVICE_OBJECT, PIRP Irp)
{
	auto location = IoGetCurrentIrpStackLocation(Irp);
	auto counter = static_cast<Counter *>(location->FileObject->FsContext);

	if (min(location->Parameters.Read.Length, 1u) == 0) {
		return Complete(Irp, STATUS_BUFFER_TOO_SMALL);
	}
	*static_cast<PUCHAR>(Irp->AssociatedIrp.SystemBuffer) = counter->Next();
	return Complete(Irp, STATUS_SUCCESS, 1);
}

void Unload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
}

} // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Counter");
	PDEVICE_OBJECT device = nullptr;
	NTSTATUS status = IoCreateDevice(
		DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);

	if (!NT_SUCCESS(status)) {
		return status;
	}
	device->Flags |= DO_BUFFERED_IO;
	DriverObject->DriverUnload = Unload;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = Create;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = Close;
	DriverObject->MajorFunction[IRP_MJ_READ] = Read;
	return STATUS_SUCCESS;
}
