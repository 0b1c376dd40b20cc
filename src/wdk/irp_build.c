/* SPDX-License-Identifier: MIT */
/* Requests that drivers send, and files that they open. */
#include "wdk/irp_build.h"

#include "nt/sessio_nt.h"
#include "wdk/device.h"
#include "wdk/reference.h"
#include "wdk/thread.h"

#define OPEN_EXISTING_FILE 0x01000000u /* FILE_OPEN in the high byte of the options */

/* The copy that a driver sees of the sender's buffers. */
static bool set_buffered(PIRP irp, const void *in, ULONG in_length, PVOID out, ULONG out_length)
{
	ULONG size = in_length > out_length ? in_length : out_length;

	if (size == 0) {
		return true;
	}
	irp->AssociatedIrp.SystemBuffer = si_platform_alloc(size);
	if (irp->AssociatedIrp.SystemBuffer == NULL) {
		return false;
	}
	if (in_length != 0) {
		memcpy(irp->AssociatedIrp.SystemBuffer, in, in_length);
	}
	irp->UserBuffer = out;
	irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER |
		(out_length != 0 ? IRP_INPUT_OPERATION : 0u);
	return true;
}

static bool set_direct(PIRP irp, PVOID buffer, ULONG length)
{
	PMDL mdl = length != 0 ? IoAllocateMdl(buffer, length, FALSE, FALSE, irp) : NULL;

	if (mdl != NULL) {
		MmProbeAndLockPages(mdl, KernelMode, IoModifyAccess);
	}
	return length == 0 || mdl != NULL;
}

static PIRP make(PDEVICE_OBJECT device, ULONG major, PKEVENT event, PIO_STATUS_BLOCK result)
{
	PIRP irp = IoAllocateIrp(device->StackSize, FALSE);

	if (irp != NULL) {
		irp->AllocationFlags |= SI_WDK_IRP_FREES_ITSELF;
		irp->UserEvent = event;
		irp->UserIosb = result;
		IoGetNextIrpStackLocation(irp)->MajorFunction = (UCHAR)major;
	}
	return irp;
}

static PIRP unmake(PIRP irp)
{
	si_wdk_irp_free_buffers(irp);
	IoFreeIrp(irp);
	return NULL;
}

PIRP IoBuildDeviceIoControlRequest(ULONG code, PDEVICE_OBJECT device, PVOID in, ULONG in_length,
	PVOID out, ULONG out_length, BOOLEAN internal, PKEVENT event, PIO_STATUS_BLOCK result)
{
	PIRP irp = make(device, internal ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL,
		event, result);
	PIO_STACK_LOCATION next;
	bool set = true;

	if (irp == NULL) {
		return NULL;
	}
	next = IoGetNextIrpStackLocation(irp);
	next->Parameters.DeviceIoControl.IoControlCode = code;
	next->Parameters.DeviceIoControl.InputBufferLength = in_length;
	next->Parameters.DeviceIoControl.OutputBufferLength = out_length;
	switch (METHOD_FROM_CTL_CODE(code)) {
	case METHOD_BUFFERED:
		set = set_buffered(irp, in, in_length, out, out_length);
		break;
	case METHOD_NEITHER:
		next->Parameters.DeviceIoControl.Type3InputBuffer = in;
		irp->UserBuffer = out;
		break;
	default:
		set = set_buffered(irp, in, in_length, NULL, 0) && set_direct(irp, out, out_length);
		break;
	}
	return set ? irp : unmake(irp);
}

PIRP IoBuildSynchronousFsdRequest(ULONG major, PDEVICE_OBJECT device, PVOID buffer, ULONG length,
	PLARGE_INTEGER offset, PKEVENT event, PIO_STATUS_BLOCK result)
{
	PIRP irp = make(device, major, event, result);
	PIO_STACK_LOCATION next;
	bool set = true;

	if (irp == NULL) {
		return NULL;
	}
	if (major != IRP_MJ_READ && major != IRP_MJ_WRITE) {
		return irp;
	}
	next = IoGetNextIrpStackLocation(irp);
	next->Parameters.Read.Length = length;
	next->Parameters.Read.ByteOffset.QuadPart = offset != NULL ? offset->QuadPart : 0;
	if ((device->Flags & DO_BUFFERED_IO) != 0) {
		set = major == IRP_MJ_READ ? set_buffered(irp, NULL, 0, buffer, length)
					   : set_buffered(irp, buffer, length, NULL, 0);
	} else if ((device->Flags & DO_DIRECT_IO) != 0) {
		set = set_direct(irp, buffer, length);
	} else {
		irp->UserBuffer = buffer;
	}
	return set ? irp : unmake(irp);
}

void si_wdk_irp_free_buffers(PIRP irp)
{
	if ((irp->Flags & IRP_DEALLOCATE_BUFFER) != 0) {
		si_platform_free(irp->AssociatedIrp.SystemBuffer);
		irp->AssociatedIrp.SystemBuffer = NULL;
	}
	while (irp->MdlAddress != NULL) {
		PMDL mdl = irp->MdlAddress;

		irp->MdlAddress = mdl->Next;
		if ((mdl->MdlFlags & MDL_PAGES_LOCKED) != 0) {
			MmUnlockPages(mdl);
		}
		IoFreeMdl(mdl);
	}
}

void si_wdk_irp_finish(PIRP irp)
{
	if ((irp->Flags & IRP_INPUT_OPERATION) != 0 && !NT_ERROR(irp->IoStatus.Status) &&
		irp->UserBuffer != NULL) {
		memcpy(irp->UserBuffer, irp->AssociatedIrp.SystemBuffer, irp->IoStatus.Information);
	}
	si_wdk_irp_free_buffers(irp);
}

/* A file that a driver has opened. */
struct file {
	FILE_OBJECT object; /* first: drivers see its address */
	PDEVICE_OBJECT device; /* held */
};

static NTSTATUS send(struct file *file, UCHAR major)
{
	PDEVICE_OBJECT top = IoGetAttachedDevice(file->device);
	IO_STATUS_BLOCK result = { { STATUS_INSUFFICIENT_RESOURCES }, 0 };
	KEVENT done;
	PIRP irp;

	KeInitializeEvent(&done, NotificationEvent, FALSE);
	irp = make(top, major, &done, &result);
	if (irp == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	irp->Tail.Overlay.OriginalFileObject = &file->object;
	IoGetNextIrpStackLocation(irp)->FileObject = &file->object;
	if (major == IRP_MJ_CREATE) {
		IoGetNextIrpStackLocation(irp)->Parameters.Create.Options = OPEN_EXISTING_FILE;
	}
	if (IoCallDriver(top, irp) == STATUS_PENDING) {
		(void)KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
	}
	return result.Status;
}

static void end_file(void *object)
{
	struct file *file = object;

	(void)send(file, IRP_MJ_CLOSE);
	si_wdk_device_release(file->device);
	si_platform_free(file);
}

/* A device of this name, opened; NULL and the reason if it cannot be. */
static struct file *open_file(PCUNICODE_STRING name, NTSTATUS *out_status)
{
	struct file *file = si_platform_alloc(sizeof(*file));
	UNICODE_STRING rest;

	*out_status = STATUS_INSUFFICIENT_RESOURCES;
	if (file == NULL) {
		return NULL;
	}
	file->device = si_wdk_device_open(name, &rest);
	*out_status = file->device == NULL                            ? STATUS_OBJECT_NAME_NOT_FOUND
		: (file->device->Flags & DO_DEVICE_INITIALIZING) != 0 ? STATUS_NO_SUCH_DEVICE
								      : STATUS_SUCCESS;
	if (NT_SUCCESS(*out_status)) {
		sessio_nt_init_file(&file->object, file->device);
		*out_status = send(file, IRP_MJ_CREATE);
	}
	if (NT_SUCCESS(*out_status)) {
		return file;
	}
	if (file->device != NULL) {
		si_wdk_device_release(file->device);
	}
	si_platform_free(file);
	return NULL;
}

NTSTATUS IoGetDeviceObjectPointer(
	PUNICODE_STRING name, ACCESS_MASK access, PFILE_OBJECT *file, PDEVICE_OBJECT *device)
{
	struct file *own;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(access);
	if (name == NULL || file == NULL || device == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	SI_WDK_LEVEL(PASSIVE_LEVEL, "IoGetDeviceObjectPointer");
	own = open_file(name, &status);
	if (own == NULL) {
		return status;
	}
	(void)send(own, IRP_MJ_CLEANUP); /* the handle is closed, the file is not */
	if (!si_wdk_object_add(&own->object, *IoFileObjectType, end_file)) {
		end_file(own);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	(void)ObfReferenceObject(&own->object);
	si_wdk_object_unref(&own->object);
	*file = &own->object;
	*device = IoGetAttachedDevice(own->device);
	return STATUS_SUCCESS;
}
