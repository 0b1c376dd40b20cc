/* SPDX-License-Identifier: MIT */
/*
 * References. An object is counted from its first reference to its last. Then one that
 * was made here ends. Others live in other memory, or are devices, which are held.
 */
#include "wdk/reference.h"

#include "base/list.h"
#include "base/map.h"
#include "wdk/device.h"
#include "wdk/thread.h"

struct _OBJECT_TYPE {
	const char *name;
};

struct counted {
	struct si_map_node by_address; /* objects */
	struct si_list_node link; /* all */
	void *object;
	POBJECT_TYPE type; /* NULL: not known */
	si_wdk_last_fn *last; /* may be NULL */
	size_t count; /* all references, under the lock */
	size_t taken; /* by driver code and not given back; under the lock */
	bool holds_device;
};

static struct _OBJECT_TYPE process_type = { "process" }, thread_type = { "thread" },
			   file_type = { "file" }, event_type = { "event" };
static POBJECT_TYPE process_pointer = &process_type, thread_pointer = &thread_type,
		    file_pointer = &file_type, event_pointer = &event_type;
POBJECT_TYPE *PsProcessType = &process_pointer;
POBJECT_TYPE *PsThreadType = &thread_pointer;
POBJECT_TYPE *IoFileObjectType = &file_pointer;
POBJECT_TYPE *ExEventObjectType = &event_pointer;

static KSPIN_LOCK lock;
static struct si_map objects; /* under the lock */
static struct si_list all; /* the same, under the lock */

static struct counted *find_locked(const void *object)
{
	struct si_map_node *node =
		objects.buckets != NULL ? si_map_find(&objects, (uintptr_t)object) : NULL;

	return node != NULL ? CONTAINING_RECORD(node, struct counted, by_address) : NULL;
}

static void add_locked(struct counted *own)
{
	if (objects.buckets == NULL) {
		si_map_init(&objects);
	}
	si_map_add(&objects, &own->by_address, (uintptr_t)own->object);
	si_list_append(&all, &own->link);
}

static struct counted *make(void *object, POBJECT_TYPE type, si_wdk_last_fn *last)
{
	struct counted *own = si_platform_alloc(sizeof(*own));

	if (own != NULL) {
		memset(own, 0, sizeof(*own));
		own->object = object;
		own->type = type;
		own->last = last;
	}
	return own;
}

bool si_wdk_object_add(void *object, POBJECT_TYPE type, si_wdk_last_fn *last)
{
	struct counted *own = make(object, type, last);

	if (own == NULL) {
		return false;
	}
	own->count = 1;
	si_wdk_lock(&lock);
	add_locked(own);
	si_wdk_unlock(&lock);
	return true;
}

/* As the first member of an object tells that is not counted. */
static POBJECT_TYPE type_of(const void *object)
{
	CSHORT type;

	if (object == PsGetCurrentProcess() || object == PsGetCurrentThread()) {
		return object == PsGetCurrentProcess() ? &process_type : &thread_type;
	}
	memcpy(&type, object, sizeof(type));
	return type == IO_TYPE_FILE ? &file_type : NULL;
}

/* Takes a reference. False if the object is not counted yet. */
static bool take(void *object, bool for_driver, bool *out_first)
{
	struct counted *own;

	si_wdk_lock(&lock);
	own = find_locked(object);
	if (own != NULL) {
		own->count++;
		own->taken += for_driver;
	}
	*out_first = own != NULL && for_driver && own->taken == 1;
	si_wdk_unlock(&lock);
	return own != NULL;
}

static void note_taken(void *object)
{
	si_wdk_made(&(struct si_wdk_thing){
		.kind = SI_WDK_REFERENCE, .object = si_wdk_reference_key(object) });
}

/* The first reference to an object that has none yet; one thread may be first. */
static void begin(void *object)
{
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();
	struct counted *own;
	bool first = true;

	if (hooks != NULL) {
		hooks->hold_faults(true);
	}
	/* The block of a thread goes with it: only its address is known. */
	own = make(object, object != si_wdk_thread() ? type_of(object) : NULL, NULL);
	if (hooks != NULL) {
		hooks->hold_faults(false);
	}
	SI_BUG_IF(own == NULL, "there is no memory to count a reference");
	own->holds_device = si_wdk_device_hold(object);
	own->count = 1;
	own->taken = 1;
	si_wdk_lock(&lock);
	if (find_locked(object) == NULL) {
		add_locked(own);
		own = NULL;
	}
	si_wdk_unlock(&lock);
	if (own != NULL) {
		if (own->holds_device) {
			si_wdk_device_release(object);
		}
		si_platform_free(own);
		(void)take(object, true, &first);
	}
	if (first) {
		note_taken(object);
	}
}

LONG_PTR ObfReferenceObject(PVOID object)
{
	bool first = false;

	SI_WDK_LEVEL(DISPATCH_LEVEL, "ObReferenceObject");
	if (!take(object, true, &first)) {
		begin(object);
	} else if (first) {
		note_taken(object);
	}
	return 1;
}

/* The work that a reference leaves which was given back. */
struct end {
	struct counted *own; /* to be freed, or NULL */
	bool known;
	bool returned; /* the last of the driver's */
};

/* With a header, signals that unless the object ends. */
static struct end give(void *object, bool for_driver, PDISPATCHER_HEADER header)
{
	struct end end = { NULL, false, false };
	struct counted *own;

	si_wdk_lock(&lock);
	own = find_locked(object);
	end.known = own != NULL && (!for_driver || own->taken != 0);
	if (end.known) {
		own->taken -= for_driver;
		end.returned = for_driver && own->taken == 0;
		if (--own->count == 0) {
			si_map_remove(&objects, &own->by_address);
			si_list_remove(&all, &own->link);
			end.own = own;
		} else if (header != NULL) {
			(void)InterlockedExchange(&header->SignalState, 1);
		}
	}
	si_wdk_unlock(&lock);
	return end;
}

static void finish(struct counted *own)
{
	if (own == NULL) {
		return;
	}
	if (own->holds_device) {
		si_wdk_device_release(own->object);
	}
	if (own->last != NULL) {
		own->last(own->object);
	}
	si_platform_free(own);
}

LONG_PTR ObfDereferenceObject(PVOID object)
{
	struct end end;

	SI_WDK_LEVEL(DISPATCH_LEVEL, "ObDereferenceObject");
	end = give(object, true, NULL);
	if (SI_WDK_MISUSED(
		    !end.known, REFERENCE, object, "a reference given back that was not taken")) {
		return 0;
	}
	if (end.returned) {
		si_wdk_gone(SI_WDK_REFERENCE, si_wdk_reference_key(object));
	}
	finish(end.own);
	return 1;
}

void ObDereferenceObjectDeferDelete(PVOID object)
{
	(void)ObfDereferenceObject(object);
}

NTSTATUS ObReferenceObjectByPointer(
	PVOID object, ACCESS_MASK access, POBJECT_TYPE type, KPROCESSOR_MODE mode)
{
	struct counted *own;
	bool matches;

	UNREFERENCED_PARAMETER(access);
	UNREFERENCED_PARAMETER(mode);
	if (object == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	si_wdk_lock(&lock);
	own = find_locked(object);
	matches = type == NULL ||
		type == (own != NULL && own->type != NULL ? own->type : type_of(object));
	si_wdk_unlock(&lock);
	if (!matches) {
		return STATUS_OBJECT_TYPE_MISMATCH;
	}
	(void)ObfReferenceObject(object);
	return STATUS_SUCCESS;
}

void si_wdk_object_ref(void *object)
{
	bool first;

	SI_BUG_IF(!take(object, false, &first), "an object referenced that has ended");
}

void si_wdk_object_unref(void *object)
{
	struct end end = give(object, false, NULL);

	SI_BUG_IF(!end.known, "a reference of ours given back twice");
	finish(end.own);
}

void si_wdk_object_end(PDISPATCHER_HEADER object)
{
	struct end end = give(object, false, object);

	SI_BUG_IF(!end.known, "an object that ends twice");
	si_wdk_wake();
	finish(end.own);
}

void *si_wdk_object_find(POBJECT_TYPE type, si_wdk_is_fn *is, const void *arg)
{
	bool first = false;
	void *object = NULL;

	si_wdk_lock(&lock);
	for (struct si_list_node *node = all.first; node != NULL && object == NULL;
		node = node->next) {
		struct counted *own = SI_LIST_ELEMENT(node, struct counted, link);

		if (own->type == type && is(own->object, arg)) {
			object = own->object;
			own->count++;
			first = ++own->taken == 1;
		}
	}
	si_wdk_unlock(&lock);
	if (first) {
		note_taken(object);
	}
	return object;
}
