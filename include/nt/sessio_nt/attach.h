/* SPDX-License-Identifier: MIT */
/*
 * Stacks of devices. A request for a device goes to the highest one that is attached
 * above it. Deleting a device that is in a stack with others stops the program.
 */
#ifndef SESSIO_NT_ATTACH_H
#define SESSIO_NT_ATTACH_H

#include "irp.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Attaches a device to the top of a stack; the device that was the top, which requests
 * are to be passed on to. NULL if that device is still being initialized.
 */
PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT device, PDEVICE_OBJECT target);
/** The same. The top is written before a request may come; STATUS_NO_SUCH_DEVICE. */
NTSTATUS IoAttachDeviceToDeviceStackSafe(
	PDEVICE_OBJECT device, PDEVICE_OBJECT target, PDEVICE_OBJECT *attached_to);
/** The same for the device of this name; STATUS_OBJECT_NAME_NOT_FOUND. */
NTSTATUS IoAttachDevice(PDEVICE_OBJECT device, PUNICODE_STRING name, PDEVICE_OBJECT *attached_to);
/** Takes the device above this one from it. */
void IoDetachDevice(PDEVICE_OBJECT target);
/** The top of the stack, without a reference. */
PDEVICE_OBJECT IoGetAttachedDevice(PDEVICE_OBJECT device);
/** The top of the stack, with a reference. */
PDEVICE_OBJECT IoGetAttachedDeviceReference(PDEVICE_OBJECT device);
/** The device below this one, with a reference; NULL for the lowest. */
PDEVICE_OBJECT IoGetLowerDeviceObject(PDEVICE_OBJECT device);
/** The device that gets the requests of a file. */
PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT file);
/**
 * Opens a device by its name, as a program would. The file has a reference, which keeps
 * the device; with the last one the device gets a close request. The result of the create
 * request, or STATUS_OBJECT_NAME_NOT_FOUND, STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS IoGetDeviceObjectPointer(
	PUNICODE_STRING name, ACCESS_MASK access, PFILE_OBJECT *file, PDEVICE_OBJECT *device);
/**
 * A device control, to be sent by IoCallDriver(). It frees itself when it is completed,
 * and sets the event. NULL if there is no memory.
 */
PIRP IoBuildDeviceIoControlRequest(ULONG code, PDEVICE_OBJECT device, PVOID in, ULONG in_length,
	PVOID out, ULONG out_length, BOOLEAN internal, PKEVENT event, PIO_STATUS_BLOCK result);
/** The same for read, write, flush, shutdown, PnP and power requests. */
PIRP IoBuildSynchronousFsdRequest(ULONG major, PDEVICE_OBJECT device, PVOID buffer, ULONG length,
	PLARGE_INTEGER offset, PKEVENT event, PIO_STATUS_BLOCK result);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_ATTACH_H */
