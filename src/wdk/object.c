/* SPDX-License-Identifier: MIT */
/*
 * Driver and file objects in the caller's memory.
 *
 * (wdk_object-1) A driver object has one extension. It stays for the next driver
 *      object at the same address, unless sessio_nt_fini_driver() frees it.
 */
#include "base/map.h"
#include "nt/sessio_nt.h"
#include "wdk/thread.h"

struct extension {
	struct si_map_node by_driver; /* extensions */
	DRIVER_EXTENSION extension;
};

static KSPIN_LOCK lock;
static struct si_map extensions; /* under the lock, (wdk_object-1) */

/* NULL if there is none. */
static struct extension *find_locked(const DRIVER_OBJECT *driver)
{
	struct si_map_node *node =
		extensions.buckets != NULL ? si_map_find(&extensions, (uintptr_t)driver) : NULL;

	return node != NULL ? CONTAINING_RECORD(node, struct extension, by_driver) : NULL;
}

static PDRIVER_EXTENSION get_extension(const DRIVER_OBJECT *driver)
{
	struct extension *made = si_platform_alloc(sizeof(*made));
	struct extension *own;

	si_wdk_lock(&lock);
	own = find_locked(driver);
	if (own == NULL && made != NULL) {
		if (extensions.buckets == NULL) {
			si_map_init(&extensions);
		}
		si_map_add(&extensions, &made->by_driver, (uintptr_t)driver);
		own = made;
	}
	si_wdk_unlock(&lock);
	if (own != made) {
		si_platform_free(made);
	}
	return own != NULL ? &own->extension : NULL;
}

static NTSTATUS refuse(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_INVALID_DEVICE_REQUEST;
}

sessio_status sessio_nt_init_driver(PDRIVER_OBJECT driver, PUNICODE_STRING name)
{
	PDRIVER_EXTENSION extension = driver != NULL ? get_extension(driver) : NULL;

	if (extension == NULL) {
		return driver != NULL ? SESSIO_NO_MEMORY : SESSIO_INVALID_ARG;
	}
	memset(extension, 0, sizeof(*extension));
	extension->DriverObject = driver;
	memset(driver, 0, sizeof(*driver));
	driver->Type = IO_TYPE_DRIVER;
	driver->Size = sizeof(*driver);
	driver->DriverExtension = extension;
	if (name != NULL) {
		driver->DriverName = *name;
	}
	for (size_t i = 0; i < RTL_NUMBER_OF(driver->MajorFunction); i++) {
		driver->MajorFunction[i] = refuse;
	}
	return SESSIO_OK;
}

void sessio_nt_fini_driver(PDRIVER_OBJECT driver)
{
	struct extension *own;

	si_wdk_lock(&lock);
	own = find_locked(driver);
	if (own != NULL) {
		si_map_remove(&extensions, &own->by_driver);
	}
	si_wdk_unlock(&lock);
	si_platform_free(own);
}

void sessio_nt_init_file(PFILE_OBJECT file, PDEVICE_OBJECT device)
{
	if (file == NULL) {
		return;
	}
	memset(file, 0, sizeof(*file));
	file->Type = IO_TYPE_FILE;
	file->Size = sizeof(*file);
	file->DeviceObject = device;
	KeInitializeEvent(&file->Lock, SynchronizationEvent, FALSE);
	KeInitializeEvent(&file->Event, NotificationEvent, FALSE);
	InitializeListHead(&file->IrpList);
}
