/* SPDX-License-Identifier: MIT */
/* Handles of the system: numbers for objects, which keep a reference each. */
#include "wdk/handle.h"

#include "base/map.h"
#include "wdk/reference.h"
#include "wdk/thread.h"

#define HANDLE_STEP 4u /* the two low bits of a handle are its user's */

struct handle {
	struct si_map_node by_number; /* handles */
	void *object; /* with a reference */
};

static KSPIN_LOCK lock;
static struct si_map handles; /* under the lock */
static ULONG_PTR last_number; /* under the lock */

HANDLE si_wdk_handle_make(void *object)
{
	struct handle *own = si_platform_alloc(sizeof(*own));
	HANDLE handle;

	if (own == NULL) {
		return NULL;
	}
	si_wdk_object_ref(object);
	own->object = object;
	si_wdk_lock(&lock);
	if (handles.buckets == NULL) {
		si_map_init(&handles);
	}
	last_number += HANDLE_STEP;
	si_map_add(&handles, &own->by_number, last_number);
	handle = (HANDLE)last_number;
	si_wdk_unlock(&lock);
	si_wdk_made(&(struct si_wdk_thing){ .kind = SI_WDK_HANDLE, .object = own });
	return handle;
}

static struct handle *find_locked(HANDLE handle)
{
	struct si_map_node *node =
		handles.buckets != NULL ? si_map_find(&handles, (ULONG_PTR)handle) : NULL;

	return node != NULL ? CONTAINING_RECORD(node, struct handle, by_number) : NULL;
}

static void end(struct handle *own)
{
	si_wdk_gone(SI_WDK_HANDLE, own);
	si_wdk_object_unref(own->object);
	si_platform_free(own);
}

NTSTATUS ZwClose(HANDLE handle)
{
	struct handle *own;

	SI_WDK_LEVEL(PASSIVE_LEVEL, "ZwClose");
	si_wdk_lock(&lock);
	own = find_locked(handle);
	if (own != NULL) {
		si_map_remove(&handles, &own->by_number);
	}
	si_wdk_unlock(&lock);
	if (SI_WDK_MISUSED(own == NULL, HANDLE, handle, "a handle closed that is none")) {
		return STATUS_INVALID_HANDLE;
	}
	end(own);
	return STATUS_SUCCESS;
}

void si_wdk_handle_close(void *entry)
{
	struct handle *own = entry;

	si_wdk_lock(&lock);
	si_map_remove(&handles, &own->by_number);
	si_wdk_unlock(&lock);
	end(own);
}

NTSTATUS ObReferenceObjectByHandle(HANDLE handle, ACCESS_MASK access, POBJECT_TYPE type,
	KPROCESSOR_MODE mode, PVOID *object, POBJECT_HANDLE_INFORMATION information)
{
	struct handle *own;
	PVOID found;
	NTSTATUS status;

	if (object == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	SI_WDK_LEVEL(PASSIVE_LEVEL, "ObReferenceObjectByHandle");
	if (handle == NtCurrentProcess()) {
		found = PsGetCurrentProcess();
	} else {
		si_wdk_lock(&lock);
		own = find_locked(handle);
		found = own != NULL ? own->object : NULL;
		if (found != NULL) {
			si_wdk_object_ref(found); /* until there is one for the driver */
		}
		si_wdk_unlock(&lock);
	}
	if (found == NULL) {
		return STATUS_INVALID_HANDLE;
	}
	status = ObReferenceObjectByPointer(found, access, type, mode);
	if (handle != NtCurrentProcess()) {
		si_wdk_object_unref(found);
	}
	if (!NT_SUCCESS(status)) {
		return status;
	}
	if (information != NULL) {
		information->HandleAttributes = 0;
		information->GrantedAccess = access;
	}
	*object = found;
	return status;
}

NTSTATUS ObOpenObjectByPointer(PVOID object, ULONG attributes, PVOID state, ACCESS_MASK access,
	POBJECT_TYPE type, KPROCESSOR_MODE mode, PHANDLE handle)
{
	NTSTATUS status;
	HANDLE made;

	UNREFERENCED_PARAMETER(attributes);
	UNREFERENCED_PARAMETER(state);
	if (handle == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	SI_WDK_LEVEL(PASSIVE_LEVEL, "ObOpenObjectByPointer");
	status = ObReferenceObjectByPointer(object, access, type, mode);
	if (!NT_SUCCESS(status)) {
		return status;
	}
	made = si_wdk_handle_make(object);
	(void)ObfDereferenceObject(object);
	if (made == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	*handle = made;
	return STATUS_SUCCESS;
}

static PKEVENT make_event(EVENT_TYPE type, PHANDLE handle)
{
	PKEVENT event = si_platform_alloc(sizeof(*event));
	HANDLE made;

	if (event == NULL) {
		return NULL;
	}
	KeInitializeEvent(event, type, TRUE); /* set, as the documents say */
	if (!si_wdk_object_add(event, *ExEventObjectType, si_platform_free)) {
		si_platform_free(event);
		return NULL;
	}
	made = si_wdk_handle_make(event);
	si_wdk_object_unref(event);
	if (made == NULL) {
		return NULL;
	}
	*handle = made;
	return event;
}

PKEVENT IoCreateNotificationEvent(PUNICODE_STRING name, PHANDLE handle)
{
	UNREFERENCED_PARAMETER(name);
	SI_WDK_LEVEL(PASSIVE_LEVEL, "IoCreateNotificationEvent");
	return make_event(NotificationEvent, handle);
}

PKEVENT IoCreateSynchronizationEvent(PUNICODE_STRING name, PHANDLE handle)
{
	UNREFERENCED_PARAMETER(name);
	SI_WDK_LEVEL(PASSIVE_LEVEL, "IoCreateSynchronizationEvent");
	return make_event(SynchronizationEvent, handle);
}
