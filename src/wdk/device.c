/* SPDX-License-Identifier: MIT */
/*
 * Driver and file objects of the caller, devices and names of our own.
 *
 * (device-1) Every device and every link is in one list, under one lock; a name is
 *      there once, whatever has it. Names do not tell small from capital letters.
 * (device-2) What a driver's DeviceObject list holds is the driver's own business:
 *      only calls for devices of that driver change it, one at a time.
 */
#include "wdk/device.h"

#include "nt/sessio_nt.h"
#include "wdk/thread.h"
#include "wdk/usage.h"

struct entry {
	LIST_ENTRY link; /* entries, (device-1) */
	bool is_device;
	UNICODE_STRING name; /* its characters are behind the entry; may be empty */
};

/* What IoCreateDevice makes: the extension of the driver is behind it. */
struct _DEVOBJ_EXTENSION {
	DEVICE_OBJECT device;
	struct entry entry;
	ULONG session_id; /* DEVPKEY_Device_SessionId, 0 if it has none; under the lock */
};

struct symbolic_link {
	struct entry entry;
};

static KSPIN_LOCK lock; /* (device-1) */
static LIST_ENTRY entries = { &entries, &entries };
static size_t device_count;
static size_t link_count;

static struct entry *find_name_locked(PCUNICODE_STRING name)
{
	for (PLIST_ENTRY at = entries.Flink; at != &entries; at = at->Flink) {
		struct entry *entry = CONTAINING_RECORD(at, struct entry, link);

		if (entry->name.Length != 0 && RtlEqualUnicodeString(&entry->name, name, TRUE)) {
			return entry;
		}
	}
	return NULL;
}

/* False if somebody has the name. */
static bool add_entry(struct entry *entry, size_t *count)
{
	bool is_new;

	si_wdk_lock(&lock);
	is_new = entry->name.Length == 0 || find_name_locked(&entry->name) == NULL;
	if (is_new) {
		InsertTailList(&entries, &entry->link);
		++*count;
	}
	si_wdk_unlock(&lock);
	return is_new;
}

static void init_entry(struct entry *entry, bool is_device, PCUNICODE_STRING name, void *text)
{
	entry->is_device = is_device;
	entry->name.Buffer = text;
	entry->name.MaximumLength = name->Length;
	RtlCopyUnicodeString(&entry->name, name);
}

static struct _DEVOBJ_EXTENSION *make_device(
	PDRIVER_OBJECT driver, ULONG extension_size, PCUNICODE_STRING name)
{
	size_t at_name = sizeof(struct _DEVOBJ_EXTENSION) +
		ALIGN_UP_BY((size_t)extension_size, MEMORY_ALLOCATION_ALIGNMENT);
	size_t size = at_name + name->Length;
	struct _DEVOBJ_EXTENSION *own;

	if (size < extension_size) {
		return NULL; /* it wrapped, as it can on 32 bits */
	}
	own = si_platform_alloc(size);
	if (own == NULL) {
		return NULL;
	}
	memset(own, 0, at_name);
	own->device.Type = IO_TYPE_DEVICE;
	own->device.Size = (USHORT)(sizeof(DEVICE_OBJECT) + extension_size);
	own->device.DriverObject = driver;
	own->device.DeviceExtension = extension_size != 0 ? own + 1 : NULL;
	own->device.DeviceObjectExtension = own;
	own->device.StackSize = 1;
	own->device.Flags = DO_DEVICE_INITIALIZING | (name->Length != 0 ? DO_DEVICE_HAS_NAME : 0u);
	KeInitializeEvent(&own->device.DeviceLock, SynchronizationEvent, TRUE);
	init_entry(&own->entry, true, name, (char *)own + at_name);
	return own;
}

NTSTATUS IoCreateDevice(PDRIVER_OBJECT driver, ULONG extension_size, PUNICODE_STRING name,
	DEVICE_TYPE type, ULONG characteristics, BOOLEAN exclusive, PDEVICE_OBJECT *device)
{
	static const UNICODE_STRING no_name = { 0, 0, NULL };
	struct _DEVOBJ_EXTENSION *own =
		make_device(driver, extension_size, name != NULL ? name : &no_name);

	if (own == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	own->device.DeviceType = type;
	own->device.Characteristics = characteristics;
	own->device.Flags |= exclusive ? DO_EXCLUSIVE : 0u;
	if (!add_entry(&own->entry, &device_count)) {
		si_platform_free(own);
		return STATUS_OBJECT_NAME_COLLISION;
	}
	own->device.NextDevice = driver->DeviceObject; /* (device-2) */
	driver->DeviceObject = &own->device;
	*device = &own->device;
	return STATUS_SUCCESS;
}

void IoDeleteDevice(PDEVICE_OBJECT device)
{
	struct _DEVOBJ_EXTENSION *own = device->DeviceObjectExtension;
	PDEVICE_OBJECT *at = &device->DriverObject->DeviceObject;

	while (*at != NULL && *at != device) {
		at = &(*at)->NextDevice;
	}
	SI_BUG_IF(*at == NULL, "a device deleted that its driver has not");
	*at = device->NextDevice; /* (device-2) */
	si_wdk_lock(&lock);
	(void)RemoveEntryList(&own->entry.link);
	device_count--;
	si_wdk_unlock(&lock);
	si_platform_free(own);
}

NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING link, PUNICODE_STRING device_name)
{
	struct symbolic_link *made;

	if (link->Length == 0 || device_name->Length == 0) {
		return STATUS_OBJECT_NAME_INVALID;
	}
	made = si_platform_alloc(sizeof(*made) + link->Length);
	if (made == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	init_entry(&made->entry, false, link, made + 1);
	if (!add_entry(&made->entry, &link_count)) {
		si_platform_free(made);
		return STATUS_OBJECT_NAME_COLLISION;
	}
	return STATUS_SUCCESS;
}

NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING link)
{
	struct entry *entry;

	si_wdk_lock(&lock);
	entry = find_name_locked(link);
	if (entry != NULL && entry->is_device) {
		entry = NULL;
	}
	if (entry != NULL) {
		(void)RemoveEntryList(&entry->link);
		link_count--;
	}
	si_wdk_unlock(&lock);
	if (entry == NULL) {
		return STATUS_OBJECT_NAME_NOT_FOUND;
	}
	si_platform_free(CONTAINING_RECORD(entry, struct symbolic_link, entry));
	return STATUS_SUCCESS;
}

/* NULL for a device that was not made here. */
static struct _DEVOBJ_EXTENSION *find_device_locked(const DEVICE_OBJECT *device)
{
	for (PLIST_ENTRY at = entries.Flink; at != &entries; at = at->Flink) {
		struct entry *entry = CONTAINING_RECORD(at, struct entry, link);
		struct _DEVOBJ_EXTENSION *own;

		if (entry->is_device) {
			own = CONTAINING_RECORD(entry, struct _DEVOBJ_EXTENSION, entry);
			if (&own->device == device) {
				return own;
			}
		}
	}
	return NULL;
}

ULONG si_wdk_device_session(const DEVICE_OBJECT *device)
{
	struct _DEVOBJ_EXTENSION *own;
	ULONG session_id;

	si_wdk_lock(&lock);
	own = find_device_locked(device);
	session_id = own != NULL ? own->session_id : 0;
	si_wdk_unlock(&lock);
	return session_id;
}

sessio_status sessio_nt_set_device_session(PDEVICE_OBJECT device, ULONG session_id)
{
	struct _DEVOBJ_EXTENSION *own;

	si_wdk_lock(&lock);
	own = find_device_locked(device);
	if (own != NULL) {
		own->session_id = session_id;
	}
	si_wdk_unlock(&lock);
	return own != NULL ? SESSIO_OK : SESSIO_INVALID_ARG;
}

void si_wdk_device_usage(size_t *devices, size_t *links)
{
	si_wdk_lock(&lock);
	*devices = device_count;
	*links = link_count;
	si_wdk_unlock(&lock);
}
