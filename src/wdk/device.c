/* SPDX-License-Identifier: MIT */
/*
 * Devices and symbolic links.
 *
 * (device-1) Every device of ours is in `devices` until it is freed, so that an
 *      address can be judged without being read.
 * (device-2) A driver's DeviceObject list is the driver's own business: only calls
 *      for devices of that driver change it, one at a time.
 * (device-3) A device is freed when it has been deleted and is not held. Each
 *      item that is queued or runs holds it, and so does each request that its
 *      driver has. Until then it keeps its name.
 */
#include "wdk/device.h"

#include <stdatomic.h>

#include "nt/sessio_nt.h"
#include "wdk/device_names.h"
#include "wdk/system_thread.h"
#include "wdk/thread.h"
#include "wdk/usage.h"

/* So many deleted devices are remembered, to say that they were devices. */
#define DELETED_COUNT 16u

/* A device of ours. Behind it is its name, and the extension of the driver comes last. */
struct _DEVOBJ_EXTENSION {
	DEVICE_OBJECT device;
	struct si_map_node by_address; /* devices, (device-1) */
	struct si_wdk_name name; /* may be empty */
	ULONG session_id; /* DEVPKEY_Device_SessionId, 0 if it has none; under the lock */
	unsigned holds; /* (device-3), under the lock */
	bool deleted; /* under the lock */
	struct si_wdk_memory memory;
	POWER_STATE power[2]; /* by POWER_STATE_TYPE; of power.c */
	PDEVICE_OBJECT lower; /* the device that it is attached to; of attach.c */
};

struct symbolic_link {
	struct si_wdk_name name; /* its characters are behind it */
};

static KSPIN_LOCK lock;
static struct si_map devices; /* under the lock */
static const void *deleted[DELETED_COUNT]; /* a ring, under the lock */
static size_t deleted_next;
static si_wdk_is_registered_fn *_Atomic registered_hook; /* NULL: nothing ever was */

void si_wdk_device_set_registered(si_wdk_is_registered_fn *is_registered)
{
	atomic_store_explicit(&registered_hook, is_registered, memory_order_relaxed);
}

static void init_name(struct si_wdk_name *name, bool is_link, PCUNICODE_STRING text, void *buffer)
{
	name->is_link = is_link;
	name->text.Buffer = buffer;
	name->text.MaximumLength = text->Length;
	RtlCopyUnicodeString(&name->text, text);
}

static struct _DEVOBJ_EXTENSION *make_device(
	PDRIVER_OBJECT driver, ULONG extension_size, PCUNICODE_STRING name)
{
	size_t at_extension = ALIGN_UP_BY(
		sizeof(struct _DEVOBJ_EXTENSION) + name->Length, MEMORY_ALLOCATION_ALIGNMENT);
	size_t size = at_extension + extension_size;
	struct _DEVOBJ_EXTENSION *own;
	struct si_wdk_memory memory;

	if (size < extension_size) {
		return NULL; /* it wrapped, as it can on 32 bits */
	}
	own = si_wdk_take_memory(size, &memory);
	if (own == NULL) {
		return NULL;
	}
	memset(own, 0, size);
	own->memory = memory;
	own->device.Type = IO_TYPE_DEVICE;
	own->device.Size = (USHORT)(sizeof(DEVICE_OBJECT) + extension_size);
	own->device.DriverObject = driver;
	own->device.DeviceExtension = extension_size != 0 ? (char *)own + at_extension : NULL;
	own->device.DeviceObjectExtension = own;
	own->device.StackSize = 1;
	own->device.Flags = DO_DEVICE_INITIALIZING | (name->Length != 0 ? DO_DEVICE_HAS_NAME : 0u);
	KeInitializeDeviceQueue(&own->device.DeviceQueue);
	KeInitializeEvent(&own->device.DeviceLock, SynchronizationEvent, TRUE);
	init_name(&own->name, false, name, own + 1);
	return own;
}

NTSTATUS IoCreateDevice(PDRIVER_OBJECT driver, ULONG extension_size, PUNICODE_STRING name,
	DEVICE_TYPE type, ULONG characteristics, BOOLEAN exclusive, PDEVICE_OBJECT *device)
{
	static const UNICODE_STRING no_name = { 0, 0, NULL };
	struct _DEVOBJ_EXTENSION *own;

	if (driver == NULL || device == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	own = make_device(driver, extension_size, name != NULL ? name : &no_name);
	if (own == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	own->device.DeviceType = type;
	own->device.Characteristics = characteristics;
	own->device.Flags |= exclusive ? DO_EXCLUSIVE : 0u;
	if (own->name.text.Length != 0 && !si_wdk_name_add(&own->name)) {
		si_wdk_give_memory(own->memory, false);
		return STATUS_OBJECT_NAME_COLLISION;
	}
	si_wdk_lock(&lock);
	if (devices.buckets == NULL) {
		si_map_init(&devices);
	}
	si_map_add(&devices, &own->by_address, (uintptr_t)&own->device);
	si_wdk_unlock(&lock);
	own->device.NextDevice = driver->DeviceObject; /* (device-2) */
	driver->DeviceObject = &own->device;
	*device = &own->device;
	si_wdk_made(&(struct si_wdk_thing){ .kind = SI_WDK_DEVICE,
		.object = &own->device,
		.owner = driver,
		.memory = own->device.DeviceExtension,
		.size = own->device.DeviceExtension != NULL ? extension_size : 0,
		.name = own->name.text.Length != 0 ? &own->name.text : NULL });
	return STATUS_SUCCESS;
}

/* NULL if the object is no device of ours, or has been freed. */
static struct _DEVOBJ_EXTENSION *find_locked(const void *object)
{
	struct si_map_node *node =
		devices.buckets != NULL ? si_map_find(&devices, (uintptr_t)object) : NULL;

	return node != NULL ? CONTAINING_RECORD(node, struct _DEVOBJ_EXTENSION, by_address) : NULL;
}

static bool was_deleted_locked(const void *object)
{
	for (size_t i = 0; i < DELETED_COUNT; i++) {
		if (deleted[i] == object) {
			return true;
		}
	}
	return false;
}

/* Takes a device from ours if it is to be freed (device-3); the caller then does so. */
static bool take_unheld_locked(struct _DEVOBJ_EXTENSION *own)
{
	if (!own->deleted || own->holds != 0) {
		return false;
	}
	si_map_remove(&devices, &own->by_address);
	deleted[deleted_next++ % DELETED_COUNT] = &own->device;
	return true;
}

static void free_device(struct _DEVOBJ_EXTENSION *own)
{
	if (own->name.text.Length != 0) {
		si_wdk_name_remove(&own->name);
	}
	/* A thread that was not waited for is a mistake of its own, and may still look at it. */
	si_wdk_give_memory(own->memory, si_wdk_system_threads_run_drivers());
}

/* NULL for all that cannot be deleted. */
static struct _DEVOBJ_EXTENSION *judge_deletion(const void *object)
{
	si_wdk_is_registered_fn *is_registered =
		atomic_load_explicit(&registered_hook, memory_order_relaxed);
	struct _DEVOBJ_EXTENSION *own;
	bool was, pending;

	if (SI_WDK_MISUSED(object == NULL, DEVICE, NULL, "IoDeleteDevice() got no device")) {
		return NULL;
	}
	si_wdk_lock(&lock);
	own = find_locked(object);
	was = own == NULL && was_deleted_locked(object);
	pending = own != NULL && own->deleted;
	si_wdk_unlock(&lock);
	if (SI_WDK_MISUSED(was, DEVICE_TWICE, object, "a device deleted twice") ||
		SI_WDK_MISUSED(own == NULL, DEVICE, object,
			"IoDeleteDevice() got a driver object, or something else that "
			"IoCreateDevice() did not make") ||
		SI_WDK_MISUSED(pending, DEVICE_TWICE, object,
			"a device deleted twice, the first deletion is pending") ||
		SI_WDK_MISUSED(is_registered != NULL && is_registered(object), DEVICE_REGISTERED,
			object,
			"a device deleted that is registered for container notifications: "
			"IoUnregisterContainerNotification() comes first") ||
		SI_WDK_MISUSED(own->lower != NULL, DEVICE_ATTACHED, object,
			"a device deleted that is attached to another: IoDetachDevice() comes "
			"first") ||
		SI_WDK_MISUSED(own->device.AttachedDevice != NULL, DEVICE_ATTACHED, object,
			"a device deleted that another is attached to")) {
		return NULL;
	}
	return own;
}

void IoDeleteDevice(PDEVICE_OBJECT device)
{
	struct _DEVOBJ_EXTENSION *own = judge_deletion(device);
	PDEVICE_OBJECT *at;
	bool last;

	if (own == NULL) {
		return;
	}
	at = &device->DriverObject->DeviceObject;
	while (*at != NULL && *at != device) {
		at = &(*at)->NextDevice;
	}
	if (SI_WDK_MISUSED(
		    *at == NULL, DEVICE, device, "a device deleted that its driver has not")) {
		return;
	}
	*at = device->NextDevice; /* (device-2) */
	si_wdk_gone(SI_WDK_DEVICE, device);
	si_wdk_lock(&lock);
	own->deleted = true;
	last = take_unheld_locked(own);
	si_wdk_unlock(&lock);
	if (last) {
		free_device(own);
	}
}

bool si_wdk_device_hold(const void *object)
{
	struct _DEVOBJ_EXTENSION *own;

	si_wdk_lock(&lock);
	own = find_locked(object);
	if (own != NULL) {
		own->holds++;
	}
	si_wdk_unlock(&lock);
	return own != NULL;
}

void si_wdk_device_release(const void *object)
{
	struct _DEVOBJ_EXTENSION *own;
	bool last;

	si_wdk_lock(&lock);
	own = find_locked(object);
	SI_BUG_IF(own == NULL || own->holds == 0, "a device released that is not held (device-3)");
	own->holds--;
	last = take_unheld_locked(own);
	si_wdk_unlock(&lock);
	if (last) {
		free_device(own);
	}
}

NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING link, PUNICODE_STRING device_name)
{
	struct symbolic_link *made;

	if (link == NULL || device_name == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	if (link->Length == 0 || device_name->Length == 0) {
		return STATUS_OBJECT_NAME_INVALID;
	}
	made = si_platform_alloc(sizeof(*made) + (size_t)link->Length + device_name->Length);
	if (made == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	init_name(&made->name, true, link, made + 1);
	made->name.target.Buffer = (PWCH)(void *)((PCHAR)(made + 1) + link->Length);
	made->name.target.MaximumLength = device_name->Length;
	RtlCopyUnicodeString(&made->name.target, device_name);
	if (!si_wdk_name_add(&made->name)) {
		si_platform_free(made);
		return STATUS_OBJECT_NAME_COLLISION;
	}
	si_wdk_made(&(struct si_wdk_thing){
		.kind = SI_WDK_LINK, .object = made, .name = &made->name.text });
	return STATUS_SUCCESS;
}

NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING link)
{
	struct symbolic_link *made;
	struct si_wdk_name *name;

	if (link == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	name = si_wdk_name_remove_link(link);
	if (name == NULL) {
		return STATUS_OBJECT_NAME_NOT_FOUND;
	}
	made = CONTAINING_RECORD(name, struct symbolic_link, name);
	si_wdk_gone(SI_WDK_LINK, made);
	si_platform_free(made);
	return STATUS_SUCCESS;
}

void si_wdk_link_delete(void *link)
{
	struct symbolic_link *made = link;

	si_wdk_name_remove(&made->name);
	si_wdk_gone(SI_WDK_LINK, made);
	si_platform_free(made);
}

static bool keep_device(struct si_wdk_name *name, void *arg)
{
	struct _DEVOBJ_EXTENSION *own = CONTAINING_RECORD(name, struct _DEVOBJ_EXTENSION, name);

	bool there;

	si_wdk_lock(&lock);
	there = !own->deleted;
	own->holds += there;
	si_wdk_unlock(&lock);
	*(PDEVICE_OBJECT *)arg = &own->device;
	return there;
}

PDEVICE_OBJECT si_wdk_device_open(PCUNICODE_STRING name, PUNICODE_STRING out_rest)
{
	UNICODE_STRING front = *name;
	PDEVICE_OBJECT device = NULL;

	/* The whole name, then what is before its last backslash, and so on. */
	while (!si_wdk_name_follow(&front, keep_device, &device)) {
		do {
			if (front.Length == 0) {
				return NULL;
			}
			front.Length = (USHORT)(front.Length - sizeof(WCHAR));
		} while (front.Buffer[front.Length / sizeof(WCHAR)] != L'\\');
	}
	out_rest->Buffer = front.Buffer + front.Length / sizeof(WCHAR);
	out_rest->Length = (USHORT)(name->Length - front.Length);
	out_rest->MaximumLength = out_rest->Length;
	return device;
}

POWER_STATE *si_wdk_device_power(const DEVICE_OBJECT *device)
{
	struct _DEVOBJ_EXTENSION *own;

	si_wdk_lock(&lock);
	own = find_locked(device);
	si_wdk_unlock(&lock);
	return own != NULL ? own->power : NULL;
}

PDEVICE_OBJECT *si_wdk_device_lower(const DEVICE_OBJECT *device)
{
	struct _DEVOBJ_EXTENSION *own;

	si_wdk_lock(&lock);
	own = find_locked(device);
	si_wdk_unlock(&lock);
	return own != NULL ? &own->lower : NULL;
}

ULONG si_wdk_device_session(const DEVICE_OBJECT *device)
{
	struct _DEVOBJ_EXTENSION *own;
	ULONG session_id;

	si_wdk_lock(&lock);
	own = find_locked(device);
	session_id = own != NULL ? own->session_id : 0;
	/* The property is one of the whole stack. */
	while (session_id == 0 && own != NULL && own->lower != NULL) {
		own = find_locked(own->lower);
		session_id = own != NULL ? own->session_id : 0;
	}
	si_wdk_unlock(&lock);
	return session_id;
}

sessio_status sessio_nt_set_device_session(PDEVICE_OBJECT device, ULONG session_id)
{
	struct _DEVOBJ_EXTENSION *own;

	si_wdk_lock(&lock);
	own = find_locked(device);
	if (own != NULL) {
		own->session_id = session_id;
	}
	si_wdk_unlock(&lock);
	return own != NULL ? SESSIO_OK : SESSIO_INVALID_ARG;
}

size_t si_wdk_device_usage(void)
{
	size_t count;

	si_wdk_lock(&lock);
	count = devices.count;
	si_wdk_unlock(&lock);
	return count;
}
