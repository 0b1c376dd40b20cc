/* SPDX-License-Identifier: MIT */
/*
 * The session that opened the device last may use it, until its session goes. The notice of
 * that is worked on later, by a deferred call and a work item. By then another session may have opened the device, and is cut
 * off, unless the work item looks for that. It is linked with the look and without.
 */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Tardy");
static PVOID Registration;
static PIO_WORKITEM Item;
static KDPC Dpc;
static KEVENT Idle; /* no work item is queued */
static ULONG Opens; /* how many there were */
static ULONG Owner; /* the number of the open that may use it; 0: none */
static ULONG OwnerSession;
static ULONG Latest; /* the number of the latest open, until its own session goes */
static ULONG Gone; /* the open that the queued work item is for */

static NTSTATUS Complete(PIRP Irp)
{
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static ULONG SessionOf(PVOID Session)
{
	IO_SESSION_STATE_INFORMATION Info = { 0 };

	(void)IoGetContainerInformation(IoSessionStateInformation, Session, &Info, sizeof(Info));
	return Info.SessionId;
}

static VOID Drop(PDEVICE_OBJECT Device, PVOID Context)
{
	UNREFERENCED_PARAMETER(Device);
	UNREFERENCED_PARAMETER(Context);
#if defined(TARDY_LOOKS)
	if (Owner == Gone) {
		Owner = 0;
	}
#else
	Owner = 0;
#endif
	(void)KeSetEvent(&Idle, IO_NO_INCREMENT, FALSE);
}

static VOID Defer(PKDPC Call, PVOID Context, PVOID Argument1, PVOID Argument2)
{
	UNREFERENCED_PARAMETER(Call);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Argument1);
	UNREFERENCED_PARAMETER(Argument2);
	IoQueueWorkItem(Item, Drop, DelayedWorkQueue, NULL);
}

static NTSTATUS Notify(PVOID Session, PVOID IoObject, ULONG Event, PVOID Context, PVOID Payload,
	ULONG PayloadLength)
{
	UNREFERENCED_PARAMETER(IoObject);
	UNREFERENCED_PARAMETER(Event);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Payload);
	UNREFERENCED_PARAMETER(PayloadLength);
	if (Owner != 0 && OwnerSession == SessionOf(Session) && KeReadStateEvent(&Idle) != 0) {
		Gone = Owner;
		Latest = 0;
		KeClearEvent(&Idle);
		KeInsertQueueDpc(&Dpc, NULL, NULL);
	}
	return STATUS_SUCCESS;
}

static NTSTATUS Create(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	Owner = Latest = ++Opens;
	OwnerSession = SessionOf(NULL);
	return Complete(Irp);
}

static NTSTATUS CleanupOrClose(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	return Complete(Irp);
}

/* Stops in the debugger if the latest open has lost the device, and its session is there. */
static NTSTATUS Read(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	if (Latest != 0 && Owner != Latest) {
		DbgBreakPoint();
	}
	return Complete(Irp);
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
	IoUnregisterContainerNotification(Registration);
	(void)KeWaitForSingleObject(&Idle, Executive, KernelMode, FALSE, NULL);
	IoFreeWorkItem(Item);
	IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	IO_SESSION_STATE_NOTIFICATION Wish = { 0 };
	PDEVICE_OBJECT Device;

	UNREFERENCED_PARAMETER(RegistryPath);
	if (!NT_SUCCESS(IoCreateDevice(Driver, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device))) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	Item = IoAllocateWorkItem(Device);
	KeInitializeDpc(&Dpc, Defer, NULL);
	KeInitializeEvent(&Idle, NotificationEvent, TRUE);
	Driver->DriverUnload = Unload;
	Driver->MajorFunction[IRP_MJ_CREATE] = Create;
	Driver->MajorFunction[IRP_MJ_CLEANUP] = CleanupOrClose;
	Driver->MajorFunction[IRP_MJ_CLOSE] = CleanupOrClose;
	Driver->MajorFunction[IRP_MJ_READ] = Read;
	Wish.Size = sizeof(Wish);
	Wish.IoObject = Driver;
	Wish.EventMask = IO_SESSION_STATE_TERMINATION_EVENT | IO_SESSION_STATE_DISCONNECT_EVENT;
	return IoRegisterContainerNotification(IoSessionStateNotification,
		(PIO_CONTAINER_NOTIFICATION_FUNCTION)Notify, &Wish, sizeof(Wish), &Registration);
}
