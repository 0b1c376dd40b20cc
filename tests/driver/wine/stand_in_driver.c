/* SPDX-License-Identifier: MIT */
/*
 * The kernel functions that Wine lacks, as a driver that others import them from, and
 * a device by which a test plays the kernel. It loads the driver under test into its own
 * process, and stays when that one goes.
 */
#include <ntifs.h>

#include "stand_in.h"
#include "stand_in_control.h"

#define STORMS 2

static ULONG requestor = 1; /* the user session of all callers */
static volatile LONG events; /* so far */
static volatile LONG storm_runs;
static PKTHREAD storms[STORMS];
static UNICODE_STRING service = RTL_CONSTANT_STRING(
	L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\sessio_lister");

/* Exported as IoGetRequestorSessionId. */
NTSTATUS NTAPI stand_in_requestor(PIRP irp, PULONG session_id);

NTSTATUS NTAPI stand_in_requestor(PIRP irp, PULONG session_id)
{
	UNREFERENCED_PARAMETER(irp);
	*session_id = requestor;
	return STATUS_SUCCESS;
}

/* Exported as MmGetSystemRoutineAddress: it knows the container calls, and asks Wine for others. */
PVOID NTAPI stand_in_routine(PUNICODE_STRING name);

PVOID NTAPI stand_in_routine(PUNICODE_STRING name)
{
	static UNICODE_STRING enlist = RTL_CONSTANT_STRING(L"IoRegisterContainerNotification");

	if (RtlEqualUnicodeString(name, &enlist, FALSE)) {
		return (PVOID)(ULONG_PTR)IoRegisterContainerNotification;
	}
	return MmGetSystemRoutineAddress(name);
}

static NTSTATUS make_event(ULONG session_id, ULONG event, BOOLEAN local)
{
	InterlockedIncrement(&events);
	return stand_in_event(session_id, event, local);
}

/* Sessions of one thread come, change and go, each with any event in any state. */
static void NTAPI storm(PVOID context)
{
	ULONG first = 100 * (1 + (ULONG)(ULONG_PTR)context);
	ULONG random = first;
	LARGE_INTEGER moment;

	moment.QuadPart = -100;
	while (storm_runs != 0) {
		random = random * 1664525u + 1013904223u;
		(void)make_event(
			first + (random >> 8) % 5, 1 + (random >> 16) % 6, (random >> 24) & 1);
		(void)KeDelayExecutionThread(KernelMode, FALSE, &moment);
	}
	(void)PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS begin_storm(void)
{
	NTSTATUS status = STATUS_SUCCESS;

	storm_runs = 1;
	for (ULONG i = 0; i < STORMS && NT_SUCCESS(status); i++) {
		HANDLE handle;

		status = PsCreateSystemThread(
			&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, storm, (PVOID)(ULONG_PTR)i);
		if (NT_SUCCESS(status)) {
			status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL,
				KernelMode, (PVOID *)&storms[i], NULL);
			(void)ZwClose(handle);
		}
	}
	return status;
}

static void end_storm(void)
{
	storm_runs = 0;
	for (ULONG i = 0; i < STORMS; i++) {
		if (storms[i] != NULL) {
			(void)KeWaitForSingleObject(storms[i], Executive, KernelMode, FALSE, NULL);
			ObDereferenceObject(storms[i]);
			storms[i] = NULL;
		}
	}
}

static NTSTATUS serve(ULONG code, const struct stand_in_request *request)
{
	const ULONG *arguments = request->arguments;

	switch (code) {
	case STAND_IN_EVENT:
		return make_event(arguments[0], arguments[1], arguments[2] != 0);
	case STAND_IN_SESSION:
		return stand_in_session(
			arguments[0], (IO_SESSION_STATE)arguments[1], arguments[2] != 0);
	case STAND_IN_REFUSE:
		stand_in_refuse((NTSTATUS)arguments[0]);
		return STATUS_SUCCESS;
	case STAND_IN_REQUESTOR:
		requestor = arguments[0];
		return STATUS_SUCCESS;
	case STAND_IN_FORGET:
		stand_in_forget();
		return STATUS_SUCCESS;
	case STAND_IN_LOAD:
		return ZwLoadDriver(&service);
	case STAND_IN_UNLOAD:
		return ZwUnloadDriver(&service);
	case STAND_IN_STORM:
		if (arguments[0] != 0) {
			return begin_storm();
		}
		end_storm();
		return STATUS_SUCCESS;
	default:
		return STATUS_INVALID_DEVICE_REQUEST;
	}
}

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR length)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = length;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS NTAPI on_control(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);
	PVOID buffer = irp->AssociatedIrp.SystemBuffer;

	UNREFERENCED_PARAMETER(device);
	if (at->Parameters.DeviceIoControl.IoControlCode == STAND_IN_COUNT) {
		struct stand_in_counts *counts = buffer;

		if (at->Parameters.DeviceIoControl.OutputBufferLength < sizeof(*counts)) {
			return complete(irp, STATUS_BUFFER_TOO_SMALL, 0);
		}
		counts->registrations = stand_in_registrations();
		counts->events = (ULONG)events;
		return complete(irp, STATUS_SUCCESS, sizeof(*counts));
	}
	if (at->Parameters.DeviceIoControl.InputBufferLength < sizeof(struct stand_in_request)) {
		return complete(irp, STATUS_BUFFER_TOO_SMALL, 0);
	}
	return complete(irp, serve(at->Parameters.DeviceIoControl.IoControlCode, buffer), 0);
}

static NTSTATUS NTAPI on_open_or_close(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return complete(irp, STATUS_SUCCESS, 0);
}

static UNICODE_STRING link_name = RTL_CONSTANT_STRING(L"\\DosDevices\\sessio_stand_in");

static void NTAPI on_unload(PDRIVER_OBJECT driver)
{
	(void)IoDeleteSymbolicLink(&link_name);
	IoDeleteDevice(driver->DeviceObject);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
	static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\sessio_stand_in");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(registry);
	stand_in_start();
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (NT_SUCCESS(status)) {
		status = IoCreateSymbolicLink(&link_name, &name);
	}
	driver->MajorFunction[IRP_MJ_CREATE] = on_open_or_close;
	driver->MajorFunction[IRP_MJ_CLOSE] = on_open_or_close;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = on_control;
	driver->DriverUnload = on_unload;
	return status;
}
