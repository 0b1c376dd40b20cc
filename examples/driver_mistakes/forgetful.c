/* SPDX-License-Identifier: MIT */
/*
 * The commonest mistake: the driver goes, and its callback stays registered. The next
 * session event calls code that is not there any more.
 */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

static PVOID Registration;
static volatile LONG Logons;

static NTSTATUS Notify(PVOID Session, PVOID IoObject, ULONG Event, PVOID Context, PVOID Payload,
	ULONG PayloadLength)
{
	UNREFERENCED_PARAMETER(Session);
	UNREFERENCED_PARAMETER(IoObject);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Payload);
	UNREFERENCED_PARAMETER(PayloadLength);
	if (Event == IoSessionEventLogon) {
		InterlockedIncrement(&Logons);
	}
	return STATUS_SUCCESS;
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
	UNREFERENCED_PARAMETER(Driver);
#if defined(CORRECTED)
	IoUnregisterContainerNotification(Registration);
#endif
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	IO_SESSION_STATE_NOTIFICATION Wish = { 0 };

	UNREFERENCED_PARAMETER(RegistryPath);
	Driver->DriverUnload = Unload;
	Wish.Size = sizeof(Wish);
	Wish.IoObject = Driver;
	Wish.EventMask = IO_SESSION_STATE_ALL_EVENTS;
	return IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)Notify, &Wish, sizeof(Wish), &Registration);
}
