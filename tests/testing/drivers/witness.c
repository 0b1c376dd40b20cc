/* SPDX-License-Identifier: MIT */
/* A driver that hears of processes, and tells in which user session they started. */
#include <ntifs.h>

#include "witness.h"

DRIVER_INITIALIZE DriverEntry;

static UNICODE_STRING Forbidden = RTL_CONSTANT_STRING(L"\\forbidden.exe");
static struct witness_report Report;
static BOOLEAN Forgetful;

static VOID OnProcess(PEPROCESS Process, HANDLE Id, PPS_CREATE_NOTIFY_INFO Info)
{
	IO_SESSION_STATE_INFORMATION Session;

	if (PsGetProcessId(Process) != Id) {
		return;
	}
	if (Info == NULL) {
		Report.Ended++;
		return;
	}
	if (RtlEqualUnicodeString(Info->ImageFileName, &Forbidden, TRUE)) {
		Info->CreationStatus = STATUS_ACCESS_DENIED;
		return;
	}
	Report.Started++;
	Report.CommandLength = Info->CommandLine != NULL ? Info->CommandLine->Length : 0;
	if (NT_SUCCESS(IoGetContainerInformation(
		    IoSessionStateInformation, NULL, &Session, sizeof(Session)))) {
		Report.SessionId = Session.SessionId;
	}
}

static VOID OnOldProcess(HANDLE Parent, HANDLE Id, BOOLEAN Create)
{
	UNREFERENCED_PARAMETER(Id);
	Report.Old += Create && Parent == PsGetCurrentProcessId();
}

static VOID OnThread(HANDLE Process, HANDLE Thread, BOOLEAN Create)
{
	Report.Threads += Create && Process != Thread;
}

static VOID OnImage(PUNICODE_STRING Name, HANDLE Process, PIMAGE_INFO Image)
{
	UNREFERENCED_PARAMETER(Process);
	Report.ImageSize = Name->Length != 0 ? (ULONG)Image->ImageSize : 0;
}

static NTSTATUS Read(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	switch (IoGetCurrentIrpStackLocation(Irp)->MajorFunction) {
	case IRP_MJ_READ:
		RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, &Report, sizeof(Report));
		Irp->IoStatus.Information = sizeof(Report);
		break;
	case IRP_MJ_WRITE:
		Forgetful = TRUE;
		break;
	default:
		break;
	}
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
	PsSetCreateProcessNotifyRoutine(OnOldProcess, TRUE);
	PsSetCreateProcessNotifyRoutineEx(OnProcess, TRUE);
	PsRemoveLoadImageNotifyRoutine(OnImage);
	if (!Forgetful) {
		PsRemoveCreateThreadNotifyRoutine(OnThread);
	}
	IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Witness");
	PDEVICE_OBJECT Device = NULL;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	Status = IoCreateDevice(Driver, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
	if (!NT_SUCCESS(Status)) {
		return Status;
	}
	Device->Flags |= DO_BUFFERED_IO;
	Driver->DriverUnload = Unload;
	Driver->MajorFunction[IRP_MJ_CREATE] = Read;
	Driver->MajorFunction[IRP_MJ_CLEANUP] = Read;
	Driver->MajorFunction[IRP_MJ_CLOSE] = Read;
	Driver->MajorFunction[IRP_MJ_READ] = Read;
	Driver->MajorFunction[IRP_MJ_WRITE] = Read;
	PsSetCreateProcessNotifyRoutine(OnOldProcess, FALSE);
	PsSetCreateProcessNotifyRoutineEx(OnProcess, FALSE);
	PsSetCreateThreadNotifyRoutine(OnThread);
	PsSetLoadImageNotifyRoutine(OnImage);
	return STATUS_SUCCESS;
}
