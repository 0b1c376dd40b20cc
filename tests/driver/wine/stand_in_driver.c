/* SPDX-License-Identifier: MIT */
/*
 * The kernel functions that Wine lacks, as a driver that others import them from, and
 * a device by which a test plays the kernel. It loads the driver under test into its own
 * process, and stays when that one goes. Wine unloads a driver while requests to close
 * its files are on their way. Here the order to unload comes behind them, in one queue.
 */
#include <ntifs.h>

#include "entry.h"
#include "stand_in.h"
#include "stand_in_control.h"

#define STORMS 2

static ULONG requestor = 1; /* the user session of all callers */
static volatile LONG events; /* so far */
static volatile LONG storm_runs;
static PKTHREAD storms[STORMS];

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
	UNICODE_STRING service;

	RtlInitUnicodeString(&service, request->service);
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

UNICODE_STRING entry_device = RTL_CONSTANT_STRING(L"\\Device\\sessio_stand_in");
UNICODE_STRING entry_link = RTL_CONSTANT_STRING(L"\\DosDevices\\sessio_stand_in");

void entry_begin(void)
{
	stand_in_start();
}

NTSTATUS entry_serve(ULONG code, PVOID buffer, ULONG room, PULONG length)
{
	struct stand_in_request *request = buffer;
	struct stand_in_counts *counts = buffer;

	if (code == STAND_IN_COUNT) {
		if (room < sizeof(*counts)) {
			return STATUS_BUFFER_TOO_SMALL;
		}
		counts->registrations = stand_in_registrations();
		counts->events = (ULONG)events;
		*length = sizeof(*counts);
		return STATUS_SUCCESS;
	}
	if (*length < sizeof(*request)) {
		return STATUS_BUFFER_TOO_SMALL;
	}
	*length = 0;
	request->service[STAND_IN_NAME - 1] = L'\0';
	return serve(code, request);
}
