/* SPDX-License-Identifier: MIT */
/* Stacks of devices. Each device knows the one above and the one below it. */
#include "nt/sessio_nt/attach.h"

#include "wdk/device.h"
#include "wdk/reference.h"
#include "wdk/thread.h"

/* More than anybody builds: a longer stack is a ring. */
#define STACK_MAX 100

static KSPIN_LOCK lock; /* of the two links of each device */

static PDEVICE_OBJECT top_locked(PDEVICE_OBJECT device)
{
	while (device->AttachedDevice != NULL) {
		device = device->AttachedDevice;
	}
	return device;
}

/* The lower device, NULL if the two cannot be joined. */
static PDEVICE_OBJECT attach_locked(
	PDEVICE_OBJECT device, PDEVICE_OBJECT target, PDEVICE_OBJECT *attached_to)
{
	PDEVICE_OBJECT *lower = si_wdk_device_lower(device);
	PDEVICE_OBJECT top = top_locked(target);

	if (lower == NULL || *lower != NULL || top == device || top->StackSize >= STACK_MAX ||
		(top->Flags & DO_DEVICE_INITIALIZING) != 0) {
		return NULL;
	}
	*lower = top;
	device->StackSize = (CCHAR)(top->StackSize + 1);
	device->AlignmentRequirement = top->AlignmentRequirement;
	device->SectorSize = top->SectorSize;
	*attached_to = top;
	top->AttachedDevice = device;
	return top;
}

NTSTATUS IoAttachDeviceToDeviceStackSafe(
	PDEVICE_OBJECT device, PDEVICE_OBJECT target, PDEVICE_OBJECT *attached_to)
{
	PDEVICE_OBJECT lower;

	if (device == NULL || target == NULL || attached_to == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	SI_WDK_LEVEL(DISPATCH_LEVEL, "IoAttachDeviceToDeviceStackSafe");
	si_wdk_lock(&lock);
	lower = attach_locked(device, target, attached_to);
	si_wdk_unlock(&lock);
	return lower != NULL ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE;
}

PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT device, PDEVICE_OBJECT target)
{
	PDEVICE_OBJECT lower = NULL;

	(void)IoAttachDeviceToDeviceStackSafe(device, target, &lower);
	return lower;
}

NTSTATUS IoAttachDevice(PDEVICE_OBJECT device, PUNICODE_STRING name, PDEVICE_OBJECT *attached_to)
{
	UNICODE_STRING rest;
	PDEVICE_OBJECT target;
	NTSTATUS status;

	if (device == NULL || name == NULL || attached_to == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	SI_WDK_LEVEL(PASSIVE_LEVEL, "IoAttachDevice");
	target = si_wdk_device_open(name, &rest);
	if (target == NULL) {
		return STATUS_OBJECT_NAME_NOT_FOUND;
	}
	status = IoAttachDeviceToDeviceStackSafe(device, target, attached_to);
	si_wdk_device_release(target);
	return status;
}

void IoDetachDevice(PDEVICE_OBJECT target)
{
	PDEVICE_OBJECT above;

	SI_WDK_LEVEL(PASSIVE_LEVEL, "IoDetachDevice");
	si_wdk_lock(&lock);
	above = target->AttachedDevice;
	if (above != NULL) {
		target->AttachedDevice = NULL;
		*si_wdk_device_lower(above) = NULL;
	}
	si_wdk_unlock(&lock);
	(void)SI_WDK_MISUSED(above == NULL, DEVICE_ATTACHED, target,
		"IoDetachDevice() got a device that none is attached to");
}

PDEVICE_OBJECT IoGetAttachedDevice(PDEVICE_OBJECT device)
{
	PDEVICE_OBJECT top;

	si_wdk_lock(&lock);
	top = top_locked(device);
	si_wdk_unlock(&lock);
	return top;
}

PDEVICE_OBJECT IoGetAttachedDeviceReference(PDEVICE_OBJECT device)
{
	PDEVICE_OBJECT top = IoGetAttachedDevice(device);

	(void)ObfReferenceObject(top);
	return top;
}

PDEVICE_OBJECT IoGetLowerDeviceObject(PDEVICE_OBJECT device)
{
	PDEVICE_OBJECT *lower = si_wdk_device_lower(device);

	if (lower == NULL || *lower == NULL) {
		return NULL;
	}
	(void)ObfReferenceObject(*lower);
	return *lower;
}

PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT file)
{
	return IoGetAttachedDevice(file->DeviceObject);
}

void si_wdk_device_detach(PDEVICE_OBJECT device)
{
	PDEVICE_OBJECT *lower = si_wdk_device_lower(device);

	if (lower == NULL) {
		return;
	}
	if (device->AttachedDevice != NULL) {
		IoDetachDevice(device);
	}
	if (*lower != NULL) {
		IoDetachDevice(*lower);
	}
}
