/* SPDX-License-Identifier: MIT */
/*
 * A driver that follows the kernel's user sessions. Each open file of its device is a
 * resource session with the caller's access and share mode. It belongs to the caller's
 * user session, so a logoff ends it. An IOCTL lists both kinds.
 */
#include "openings.h"

static int32_t registration; /* the answer of IoRegisterContainerNotification() */

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR length)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = length;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static ULONG rights_of(ACCESS_MASK access)
{
	ULONG rights = 0;

	if ((access & (FILE_READ_DATA | GENERIC_READ | GENERIC_ALL)) != 0) {
		rights |= LISTER_READ;
	}
	if ((access & (FILE_WRITE_DATA | GENERIC_WRITE | GENERIC_ALL)) != 0) {
		rights |= LISTER_WRITE;
	}
	return rights;
}

static ULONG share_of(USHORT access)
{
	return ((access & FILE_SHARE_READ) != 0 ? LISTER_READ : 0u) |
		((access & FILE_SHARE_WRITE) != 0 ? LISTER_WRITE : 0u);
}

/* The user session of the caller. Without notifications nothing would ever end in it. */
static ULONG user_of(PIRP irp)
{
	ULONG user;

	if (!NT_SUCCESS(registration) || !NT_SUCCESS(IoGetRequestorSessionId(irp, &user))) {
		return LISTER_NOBODY;
	}
	return user;
}

static NTSTATUS NTAPI on_create(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);
	PIO_SECURITY_CONTEXT security = at->Parameters.Create.SecurityContext;
	/* Wine does not say what access is wanted. */
	ULONG rights =
		security != NULL ? rights_of(security->DesiredAccess) : LISTER_READ | LISTER_WRITE;
	struct opening *opening = NULL;
	NTSTATUS status = opening_create(
		user_of(irp), rights, share_of(at->Parameters.Create.ShareAccess), &opening);

	UNREFERENCED_PARAMETER(device);
	at->FileObject->FsContext = opening;
	return complete(irp, status, 0);
}

static NTSTATUS NTAPI on_cleanup(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	opening_close(IoGetCurrentIrpStackLocation(irp)->FileObject->FsContext);
	return complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI on_close(PDEVICE_OBJECT device, PIRP irp)
{
	struct opening *opening = IoGetCurrentIrpStackLocation(irp)->FileObject->FsContext;

	UNREFERENCED_PARAMETER(device);
	opening_close(opening); /* not every system sends a cleanup before */
	opening_free(opening);
	return complete(irp, STATUS_SUCCESS, 0);
}

/* A snapshot's notice: one for each user session that there is. */
static void list_user(const sessio_user_notice *notice, void *ctx)
{
	struct lister_list *list = ctx;

	if (list->user_count < LISTER_MAX) {
		struct lister_user *at = &list->users[list->user_count];

		at->id = notice->session_id;
		at->state = (ULONG)notice->state;
		at->local = notice->local;
	}
	list->user_count++;
}

static void list_users(struct lister_list *list)
{
	/* No event is wanted but the snapshot; a watcher has to name one. */
	const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL,
		.flags = SESSIO_WATCH_SNAPSHOT };
	sessio_watch watch;

	if (sessio_host_watch(sessio_host_default(), &options, list_user, list, &watch) ==
		SESSIO_OK) {
		(void)sessio_host_unwatch(sessio_host_default(), watch);
	}
}

static NTSTATUS list(PIRP irp, ULONG room)
{
	struct lister_list *to = irp->AssociatedIrp.SystemBuffer;

	if (room < sizeof(*to)) {
		return complete(irp, STATUS_BUFFER_TOO_SMALL, 0);
	}
	RtlZeroMemory(to, sizeof(*to));
	to->registration = registration;
	list_users(to);
	openings_list(to);
	return complete(irp, STATUS_SUCCESS, sizeof(*to));
}

static NTSTATUS NTAPI on_control(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);

	UNREFERENCED_PARAMETER(device);
	switch (at->Parameters.DeviceIoControl.IoControlCode) {
	case LISTER_IOCTL_LIST:
		return list(irp, at->Parameters.DeviceIoControl.OutputBufferLength);
	case LISTER_IOCTL_USE:
		return complete(irp, opening_use(at->FileObject->FsContext), 0);
	default:
		return complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	}
}

static UNICODE_STRING link_name = RTL_CONSTANT_STRING(L"\\DosDevices\\sessio_lister");

static NTSTATUS create_device(PDRIVER_OBJECT driver)
{
	static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\sessio_lister");
	PDEVICE_OBJECT device;
	NTSTATUS status = IoCreateDevice(
		driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);

	if (NT_SUCCESS(status)) {
		status = IoCreateSymbolicLink(&link_name, &name);
		if (!NT_SUCCESS(status)) {
			IoDeleteDevice(device);
		}
	}
	return status;
}

static void NTAPI on_unload(PDRIVER_OBJECT driver)
{
	(void)IoDeleteSymbolicLink(&link_name);
	IoDeleteDevice(driver->DeviceObject);
	openings_end();
	sessio_stop();
}

static NTSTATUS begin(PDRIVER_OBJECT driver)
{
	NTSTATUS status;

	if (openings_begin() != rcOk) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	status = create_device(driver);
	if (!NT_SUCCESS(status)) {
		openings_end();
	}
	return status;
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
	NTSTATUS status;

	UNREFERENCED_PARAMETER(registry);
	if (sessio_start(driver, &registration) != SESSIO_OK) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	DbgPrint("lister: the registration's answer is 0x%08x\n", (ULONG)registration);
	status = begin(driver);
	if (!NT_SUCCESS(status)) {
		sessio_stop();
		return status;
	}
	driver->MajorFunction[IRP_MJ_CREATE] = on_create;
	driver->MajorFunction[IRP_MJ_CLEANUP] = on_cleanup;
	driver->MajorFunction[IRP_MJ_CLOSE] = on_close;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = on_control;
	driver->DriverUnload = on_unload;
	return STATUS_SUCCESS;
}
