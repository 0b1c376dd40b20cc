/* SPDX-License-Identifier: MIT */
/* Making devices and the names by which programs reach them. */
#ifndef SESSIO_NT_DEVICE_H
#define SESSIO_NT_DEVICE_H

#include "../devpropdef.h"
#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Makes a device of the driver, with a zeroed extension of its own. The name may be
 * NULL; STATUS_OBJECT_NAME_COLLISION if it is taken.
 */
NTSTATUS IoCreateDevice(PDRIVER_OBJECT driver, ULONG extension_size, PUNICODE_STRING name,
	DEVICE_TYPE type, ULONG characteristics, BOOLEAN exclusive, PDEVICE_OBJECT *device);
/**
 * Takes the device from its driver and frees it. While a work item or a request has
 * it, the deletion is pending: the device stays, and keeps its name, until they are
 * done. A device that is registered for notifications, was deleted, or was not made
 * by IoCreateDevice() stops the program with a reason.
 */
void IoDeleteDevice(PDEVICE_OBJECT device);
/**
 * A property of the device at the bottom of a stack. There is one, DEVPKEY_Device_SessionId.
 * STATUS_OBJECT_NAME_NOT_FOUND, STATUS_BUFFER_TOO_SMALL; the size that it needs is written then.
 */
NTSTATUS IoGetDevicePropertyData(PDEVICE_OBJECT device, const DEVPROPKEY *key, LCID lcid,
	ULONG flags, ULONG size, PVOID data, PULONG required, PDEVPROPTYPE type);
/**
 * Makes another name for a device; STATUS_OBJECT_NAME_COLLISION if it is taken. Names
 * ignore case, and \DosDevices\ is \??\.
 */
NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING link, PUNICODE_STRING device_name);
/** Removes it; STATUS_OBJECT_NAME_NOT_FOUND if there is none of that name. */
NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING link);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_DEVICE_H */
