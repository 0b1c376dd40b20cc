/* SPDX-License-Identifier: MIT */
/*
 * A driver that gives back what it is given, by every way in which buffers reach a
 * driver, and keeps requests until another one comes. It is linked twice.
 */
#include <ntddk.h>

#include "echo.h"

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD EchoUnload;

/* Two drivers have these names, and each load begins with these values. */
ULONG EchoLoads = 1;
ULONG EchoCreates;
static const char *EchoText = "first";

static LIST_ENTRY Pended;
static KSPIN_LOCK PendedLock;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS EchoCreate(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	EchoCreates++;
	return Complete(Irp, STATUS_SUCCESS, FILE_OPENED);
}

static NTSTATUS EchoClose(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	return Complete(Irp, STATUS_SUCCESS, 0);
}

static VOID EchoCancel(PDEVICE_OBJECT Device, PIRP Irp)
{
	KIRQL Irql;

	UNREFERENCED_PARAMETER(Device);
	IoReleaseCancelSpinLock(Irp->CancelIrql);
	KeAcquireSpinLock(&PendedLock, &Irql);
	RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
	KeReleaseSpinLock(&PendedLock, Irql);
	Complete(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS Pend(PIRP Irp)
{
	KIRQL Irql;

	IoMarkIrpPending(Irp);
	KeAcquireSpinLock(&PendedLock, &Irql);
	InsertTailList(&Pended, &Irp->Tail.Overlay.ListEntry);
	IoSetCancelRoutine(Irp, EchoCancel);
	KeReleaseSpinLock(&PendedLock, Irql);
	return STATUS_PENDING;
}

/* Completes the oldest request that is pended with a number. */
static NTSTATUS Release(ULONG Number)
{
	PIRP Irp = NULL;
	KIRQL Irql;

	KeAcquireSpinLock(&PendedLock, &Irql);
	if (!IsListEmpty(&Pended)) {
		Irp = CONTAINING_RECORD(RemoveHeadList(&Pended), IRP, Tail.Overlay.ListEntry);
		IoSetCancelRoutine(Irp, NULL);
	}
	KeReleaseSpinLock(&PendedLock, Irql);
	if (Irp == NULL) {
		return STATUS_NO_MORE_ENTRIES;
	}
	*(PULONG)Irp->AssociatedIrp.SystemBuffer = Number;
	Complete(Irp, STATUS_SUCCESS, sizeof(Number));
	return STATUS_SUCCESS;
}

/* Copies as much as both have room for. */
static ULONG Copy(PVOID To, ULONG ToLength, const VOID *From, ULONG FromLength)
{
	ULONG Length = ToLength < FromLength ? ToLength : FromLength;

	RtlMoveMemory(To, From, Length);
	return Length;
}

static NTSTATUS Tell(PIRP Irp, ULONG Value)
{
	*(PULONG)Irp->AssociatedIrp.SystemBuffer = Value;
	return Complete(Irp, STATUS_SUCCESS, sizeof(Value));
}

static NTSTATUS EchoControl(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG InLength = Stack->Parameters.DeviceIoControl.InputBufferLength;
	ULONG OutLength = Stack->Parameters.DeviceIoControl.OutputBufferLength;
	PVOID System = Irp->AssociatedIrp.SystemBuffer;
	IO_SESSION_STATE_INFORMATION Session;
	PVOID Out;

	switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
	case ECHO_BUFFERED:
		return Complete(Irp, STATUS_SUCCESS, InLength < OutLength ? InLength : OutLength);
	case ECHO_IN_DIRECT:
	case ECHO_OUT_DIRECT:
		Out = MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority);
		return Complete(Irp, STATUS_SUCCESS,
			Copy(Out, MmGetMdlByteCount(Irp->MdlAddress), System, InLength));
	case ECHO_NEITHER:
		return Complete(Irp, STATUS_SUCCESS,
			Copy(Irp->UserBuffer, OutLength,
				Stack->Parameters.DeviceIoControl.Type3InputBuffer, InLength));
	case ECHO_PEND:
		return Pend(Irp);
	case ECHO_RELEASE:
		return Complete(Irp, Release(*(PULONG)System), 0);
	case ECHO_CREATES:
		return Tell(Irp, EchoLoads * 100 + EchoCreates * 10 + (EchoText[0] == 'f'));
	case ECHO_SPOIL:
		EchoLoads = 7;
		EchoText = "second";
		return Complete(Irp, STATUS_SUCCESS, 0);
	case ECHO_SESSION:
		if (!NT_SUCCESS(IoGetContainerInformation(
			    IoSessionStateInformation, NULL, &Session, sizeof(Session)))) {
			return Complete(Irp, STATUS_NOT_FOUND, 0);
		}
		return Tell(Irp, Session.SessionId);
	case ECHO_NAME_LENGTH:
		return Tell(Irp, Stack->FileObject->FileName.Length);
	default:
		UNREFERENCED_PARAMETER(Device);
		return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	}
}

/* Each device keeps the last bytes that were written. */
static PVOID BufferOf(PDEVICE_OBJECT Device, PIRP Irp)
{
	if ((Device->Flags & DO_BUFFERED_IO) != 0) {
		return Irp->AssociatedIrp.SystemBuffer;
	}
	return (Device->Flags & DO_DIRECT_IO) != 0
		? MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority)
		: Irp->UserBuffer;
}

static NTSTATUS EchoRead(PDEVICE_OBJECT Device, PIRP Irp)
{
	ULONG Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;

	return Complete(Irp, STATUS_SUCCESS,
		Copy(BufferOf(Device, Irp), Length, Device->DeviceExtension, ECHO_BYTES));
}

static NTSTATUS EchoWrite(PDEVICE_OBJECT Device, PIRP Irp)
{
	ULONG Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;

	return Complete(Irp, STATUS_SUCCESS,
		Copy(Device->DeviceExtension, ECHO_BYTES, BufferOf(Device, Irp), Length));
}

VOID EchoUnload(PDRIVER_OBJECT Driver)
{
	while (Driver->DeviceObject != NULL) {
		IoDeleteDevice(Driver->DeviceObject);
	}
}

/* Its devices are named after its service, so that it can be loaded twice. */
static NTSTATUS MakeDevice(PDRIVER_OBJECT Driver, PCWSTR Last, ULONG Flags)
{
	WCHAR Buffer[64];
	UNICODE_STRING Name;
	PDEVICE_OBJECT Device;
	NTSTATUS Status;

	RtlInitEmptyUnicodeString(&Name, Buffer, sizeof(Buffer));
	RtlAppendUnicodeToString(&Name, L"\\Device\\");
	RtlAppendUnicodeStringToString(&Name, &Driver->DriverExtension->ServiceKeyName);
	RtlAppendUnicodeToString(&Name, Last);
	Status = IoCreateDevice(
		Driver, ECHO_BYTES, &Name, FILE_DEVICE_UNKNOWN, 0, Flags == 0, &Device);
	if (NT_SUCCESS(Status)) {
		Device->Flags |= Flags;
	}
	return Status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	NTSTATUS Status;

	if (RegistryPath->Length <= Driver->DriverExtension->ServiceKeyName.Length) {
		return STATUS_INVALID_PARAMETER;
	}
	InitializeListHead(&Pended);
	KeInitializeSpinLock(&PendedLock);
	Driver->DriverUnload = EchoUnload;
	Driver->MajorFunction[IRP_MJ_CREATE] = EchoCreate;
	Driver->MajorFunction[IRP_MJ_CLEANUP] = EchoClose;
	Driver->MajorFunction[IRP_MJ_CLOSE] = EchoClose;
	Driver->MajorFunction[IRP_MJ_READ] = EchoRead;
	Driver->MajorFunction[IRP_MJ_WRITE] = EchoWrite;
	Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = EchoControl;
	Status = MakeDevice(Driver, L"Buffered", DO_BUFFERED_IO);
	if (NT_SUCCESS(Status)) {
		Status = MakeDevice(Driver, L"Direct", DO_DIRECT_IO);
	}
	if (NT_SUCCESS(Status)) {
		Status = MakeDevice(Driver, L"Neither", 0);
	}
	if (!NT_SUCCESS(Status)) {
		EchoUnload(Driver);
	}
	return Status;
}
