/* SPDX-License-Identifier: MIT */
/* A driver that follows user sessions, written for the Windows kernel's headers. */
#include <ntddk.h>

static PVOID g_Registration;

/* By the values of IO_SESSION_STATE. */
static const char *const g_States[IoSessionStateMax] = { "?", "Created", "Initialized", "Connected",
	"Disconnected", "DisconnectedLoggedOn", "LoggedOn", "LoggedOff", "Terminated" };

static NTSTATUS OnSessionEvent(_In_ PVOID SessionObject, _In_ PVOID IoObject, _In_ ULONG Event,
	_In_opt_ PVOID Context, _In_opt_ PVOID NotificationPayload, _In_ ULONG PayloadLength)
{
	IO_SESSION_STATE_INFORMATION information;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(IoObject);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(NotificationPayload);

	RtlZeroMemory(&information, sizeof(information));
	status = IoGetContainerInformation(
		IoSessionStateInformation, SessionObject, &information, sizeof(information));
	if (!NT_SUCCESS(status)) {
		DbgPrint("no information: 0x%08X\n", status);
		return status;
	}
	DbgPrint("session %u, event %u, payload of %u: state %u, %s\n", information.SessionId,
		Event, PayloadLength, information.SessionState, g_States[information.SessionState]);
	return STATUS_SUCCESS;
}

static VOID Unload(_In_ PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);

	if (g_Registration != NULL) {
		IoUnregisterContainerNotification(g_Registration);
		g_Registration = NULL;
	}
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
	IO_SESSION_STATE_NOTIFICATION notification;

	UNREFERENCED_PARAMETER(RegistryPath);

	DriverObject->DriverUnload = Unload;
	RtlZeroMemory(&notification, sizeof(notification));
	notification.Size = sizeof(notification);
	notification.IoObject = DriverObject;
	notification.EventMask = IO_SESSION_STATE_ALL_EVENTS;
	return IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)OnSessionEvent, &notification,
		sizeof(notification), &g_Registration);
}
