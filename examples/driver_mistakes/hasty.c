/* SPDX-License-Identifier: MIT */
/*
 * The table that the callback writes to is freed before the callback is unregistered.
 * An event on another processor, between the two lines, writes to memory of others.
 */
#include <ntddk.h>

#define TAG 'bTnC'

DRIVER_INITIALIZE DriverEntry;

static PVOID Registration;
static PULONG Counts;

static NTSTATUS Notify(PVOID Session, PVOID IoObject, ULONG Event, PVOID Context, PVOID Payload,
	ULONG PayloadLength)
{
	UNREFERENCED_PARAMETER(Session);
	UNREFERENCED_PARAMETER(IoObject);
	UNREFERENCED_PARAMETER(Payload);
	UNREFERENCED_PARAMETER(PayloadLength);
	((PULONG)Context)[Event]++;
	return STATUS_SUCCESS;
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
	UNREFERENCED_PARAMETER(Driver);
#if defined(CORRECTED)
	IoUnregisterContainerNotification(Registration);
	ExFreePoolWithTag(Counts, TAG);
#else
	ExFreePoolWithTag(Counts, TAG);
	IoUnregisterContainerNotification(Registration);
#endif
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	IO_SESSION_STATE_NOTIFICATION Wish = { 0 };
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	Counts = (PULONG)ExAllocatePool2(
		POOL_FLAG_NON_PAGED, IoSessionEventMax * sizeof(ULONG), TAG);
	if (Counts == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	Driver->DriverUnload = Unload;
	Wish.Size = sizeof(Wish);
	Wish.IoObject = Driver;
	Wish.EventMask = IO_SESSION_STATE_ALL_EVENTS;
	Wish.Context = Counts;
	Status = IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)Notify, &Wish, sizeof(Wish), &Registration);
	if (!NT_SUCCESS(Status)) {
		ExFreePoolWithTag(Counts, TAG);
	}
	return Status;
}
