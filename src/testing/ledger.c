/* SPDX-License-Identifier: MIT */
/*
 * The ledger of all that driver code has made and not given back. A thing that was
 * given back stays in it for a while. The hooks of src/wdk keep it, so that findings
 * can name objects.
 */
#include <stdio.h>
#include <stdlib.h>

#include "testing/kit.h"
#include "wdk/device.h"
#include "wdk/handle.h"
#include "wdk/notify.h"
#include "wdk/reference.h"
#include "wdk/system_thread.h"
#include "wdk/timer.h"

#define PAST_RECORDS 4096u
#define THREAD_NS UINT64_C(1000000000)

static const sessio_kit_rule rules[SI_WDK_RULE_COUNT] = {
	[SI_WDK_RULE_IRQL] = SESSIO_KIT_RULE_IRQL,
	[SI_WDK_RULE_LEVEL_LEFT] = SESSIO_KIT_RULE_IRQL_LEFT,
	[SI_WDK_RULE_LOCK_LEFT] = SESSIO_KIT_RULE_LOCK_LEFT,
	[SI_WDK_RULE_REGION_LEFT] = SESSIO_KIT_RULE_REGION_LEFT,
	[SI_WDK_RULE_LOCK] = SESSIO_KIT_RULE_LOCK_MISUSED,
	[SI_WDK_RULE_REGION] = SESSIO_KIT_RULE_LOCK_MISUSED,
	[SI_WDK_RULE_DEVICE] = SESSIO_KIT_RULE_NO_DEVICE,
	[SI_WDK_RULE_DEVICE_TWICE] = SESSIO_KIT_RULE_DEVICE_DELETED_TWICE,
	[SI_WDK_RULE_DEVICE_REGISTERED] = SESSIO_KIT_RULE_REGISTERED_OBJECT_GONE,
	[SI_WDK_RULE_DEVICE_ATTACHED] = SESSIO_KIT_RULE_DEVICE_ATTACHED,
	[SI_WDK_RULE_REQUEST] = SESSIO_KIT_RULE_REQUEST_MISUSED,
	[SI_WDK_RULE_REQUEST_TWICE] = SESSIO_KIT_RULE_REQUEST_COMPLETED_TWICE,
	[SI_WDK_RULE_POOL] = SESSIO_KIT_RULE_POOL_MISUSED,
	[SI_WDK_RULE_POOL_TWICE] = SESSIO_KIT_RULE_POOL_MISUSED,
	[SI_WDK_RULE_LOOKASIDE] = SESSIO_KIT_RULE_POOL_LEFT,
	[SI_WDK_RULE_WORK_ITEM] = SESSIO_KIT_RULE_WORK_ITEM_MISUSED,
	[SI_WDK_RULE_WAIT] = SESSIO_KIT_RULE_WAIT_MISUSED,
	[SI_WDK_RULE_MDL] = SESSIO_KIT_RULE_MDL_MISUSED,
	[SI_WDK_RULE_REFERENCE] = SESSIO_KIT_RULE_REFERENCE_MISUSED,
	[SI_WDK_RULE_HANDLE] = SESSIO_KIT_RULE_REFERENCE_MISUSED,
	[SI_WDK_RULE_UNREGISTER_SELF] = SESSIO_KIT_RULE_UNREGISTERED_INSIDE,
	[SI_WDK_RULE_SESSION] = SESSIO_KIT_RULE_SESSION_GONE,
	[SI_WDK_RULE_BREAKPOINT] = SESSIO_KIT_RULE_BREAKPOINT,
	[SI_WDK_RULE_UNREGISTER] = SESSIO_KIT_RULE_NEVER_REGISTERED,
};

static struct si_kit_record *find_locked(const struct si_map *map, const void *object)
{
	struct si_map_node *node = si_map_find(map, (uintptr_t)object);

	return node != NULL ? CONTAINING_RECORD(node, struct si_kit_record, by_object) : NULL;
}

static void drop_past_locked(sessio_kit *kit, struct si_kit_record *record)
{
	si_map_remove(&kit->past, &record->by_object);
	si_list_remove(&kit->gone, &record->link);
	kit->gone_count--;
	free(record);
}

static void take_locked(sessio_kit *kit, struct si_kit_record *record)
{
	si_map_remove(&kit->records, &record->by_object);
	si_list_remove(&kit->made[record->kind], &record->link);
}

static void put_name(struct si_kit_record *record, PCUNICODE_STRING name)
{
	size_t length = name->Length / sizeof(WCHAR);

	if (length >= sizeof(record->name)) {
		length = sizeof(record->name) - 1;
	}
	for (size_t i = 0; i < length; i++) {
		WCHAR letter = name->Buffer[i];

		record->name[i] = (char)(letter >= ' ' && letter < 0x7f ? letter : '?');
	}
}

static void put_size(struct si_kit_record *record)
{
	char tag[sizeof(record->tag) + 1] = { 0 };

	for (size_t i = 0; i < sizeof(record->tag); i++) {
		unsigned letter = record->tag >> (8 * i) & 0xffu;

		tag[i] = (char)(letter >= ' ' && letter < 0x7f ? letter : '?');
	}
	(void)snprintf(record->name, sizeof(record->name), "%lu bytes with tag '%s'",
		(unsigned long)record->size, tag);
}

static void put_owner(struct si_kit_record *record)
{
	(void)snprintf(record->name, sizeof(record->name), "of a %s object",
		record->owner_type == IO_TYPE_DEVICE         ? "device"
			: record->owner_type == IO_TYPE_FILE ? "file"
							     : "driver");
}

struct si_kit_record *si_kit_record_locked(sessio_kit *kit, const void *object)
{
	struct si_kit_record *record = find_locked(&kit->records, object);

	record = record != NULL ? record : find_locked(&kit->past, object);
	/* Few things are ever asked for, so these names are put only now. */
	if (record != NULL && record->kind == SI_WDK_POOL) {
		put_size(record);
	} else if (record != NULL && record->kind == SI_WDK_REGISTRATION) {
		put_owner(record);
	}
	return record;
}

const char *si_kit_text_of_change(sessio_kit *kit, const void *object)
{
	struct si_kit_record *record;
	enum si_wdk_kind kind;

	si_wdk_lock(&kit->lock);
	record = find_locked(&kit->past, object);
	kind = record != NULL ? record->kind : SI_WDK_POOL;
	si_wdk_unlock(&kit->lock);
	switch (kind) {
	case SI_WDK_DEVICE:
		return "a device, or its extension, changed after it was freed";
	case SI_WDK_REQUEST:
		return "a request changed after it was freed";
	case SI_WDK_EX_TIMER:
		return "a timer changed after ExDeleteTimer()";
	default:
		return "a block changed after it was freed";
	}
}

static void on_made(const struct si_wdk_thing *thing)
{
	sessio_kit *kit = si_kit_current();
	struct si_kit_record *record = calloc(1, sizeof(*record));
	struct si_kit_record *before, *forgotten;

	if (record == NULL || kit == NULL) {
		free(record);
		return; /* then its loss is not noticed, and that is all */
	}
	record->kind = thing->kind;
	record->object = thing->object;
	record->owner = thing->owner;
	record->memory = thing->memory;
	record->size = thing->size;
	record->tag = thing->tag;
	record->made = si_kit_note_here(kit);
	if (thing->name != NULL) {
		put_name(record, thing->name);
	} else if (thing->kind == SI_WDK_REGISTRATION) {
		memcpy(&record->owner_type, record->owner, sizeof(record->owner_type));
	}
	si_wdk_lock(&kit->lock);
	before = find_locked(&kit->past, thing->object);
	if (before != NULL) {
		drop_past_locked(kit, before);
	}
	/* Words of a driver can begin anew. */
	forgotten = find_locked(&kit->records, thing->object);
	if (forgotten != NULL) {
		take_locked(kit, forgotten);
	}
	si_map_add(&kit->records, &record->by_object, (uintptr_t)thing->object);
	si_list_append(&kit->made[record->kind], &record->link);
	si_wdk_unlock(&kit->lock);
	free(forgotten);
}

/* The memory that goes with this thing: a block, or the extension of a device. */
static bool is_in(const void *address, const struct si_kit_record *record)
{
	uintptr_t start = (uintptr_t)record->object;

	return address != NULL &&
		(address == record->memory ||
			(record->kind == SI_WDK_POOL && (uintptr_t)address >= start &&
				(uintptr_t)address - start < record->size));
}

/* The handle of a registration whose callback gets memory that goes with this thing. */
static void *user_of_locked(const sessio_kit *kit, const struct si_kit_record *record)
{
	for (struct si_list_node *node = kit->made[SI_WDK_REGISTRATION].first; node != NULL;
		node = node->next) {
		const struct si_kit_record *user =
			SI_LIST_ELEMENT(node, struct si_kit_record, link);

		if (is_in(user->memory, record)) {
			return user->object;
		}
	}
	return NULL;
}

/* A thing of this kind whose words are in this memory; NULL if there is none. */
static void *words_in_locked(
	const sessio_kit *kit, enum si_wdk_kind kind, const void *memory, size_t size)
{
	for (struct si_list_node *node = kit->made[kind].first; node != NULL; node = node->next) {
		const struct si_kit_record *thing =
			SI_LIST_ELEMENT(node, struct si_kit_record, link);

		if (memory != NULL && (uintptr_t)thing->memory >= (uintptr_t)memory &&
			(uintptr_t)thing->memory - (uintptr_t)memory < size) {
			return thing->object;
		}
	}
	return NULL;
}

/* A remove lock in this memory that was taken and not waited for. False if there is none. */
static bool find_remove_lock(
	sessio_kit *kit, const void *memory, size_t size, struct si_kit_record *copy)
{
	struct si_list_node *node;
	bool is_there = false;

	si_wdk_lock(&kit->lock);
	for (node = kit->made[SI_WDK_REMOVE_LOCK].first; node != NULL && !is_there;
		node = node->next) {
		*copy = *SI_LIST_ELEMENT(node, struct si_kit_record, link);
		is_there = memory != NULL && (uintptr_t)copy->memory >= (uintptr_t)memory &&
			(uintptr_t)copy->memory - (uintptr_t)memory < size;
	}
	si_wdk_unlock(&kit->lock);
	return is_there;
}

/* The memory of remove locks goes: of a block, or with a device. */
static void end_remove_locks(sessio_kit *kit, const struct si_kit_record *gone, const void *memory)
{
	struct si_kit_record lock;
	char text[256];

	while (find_remove_lock(kit, memory, gone->size, &lock)) {
		const IO_REMOVE_LOCK *own = lock.memory;
		unsigned long at = (unsigned long)((uintptr_t)lock.memory - (uintptr_t)memory);

		(void)snprintf(text, sizeof(text),
			"%s went, with a remove lock at offset %lu that was taken, has %ld users "
			"and "
			"had no IoReleaseRemoveLockAndWait()",
			gone->kind == SI_WDK_POOL    ? "a pool block"
				: gone->name[0] != 0 ? gone->name
						     : "a device without a name",
			at, (long)own->Common.IoCount - 1);
		if (!gone->found) {
			si_kit_find(kit, SESSIO_KIT_RULE_REMOVE_LOCK_LEFT, lock.object, text);
		}
		si_kit_forget(kit, SI_WDK_REMOVE_LOCK, lock.object);
	}
}

static const struct words {
	enum si_wdk_kind kind;
	sessio_kit_rule rule;
	const char *text;
	void (*end)(void *object); /* NULL: nobody knows it but the kit */
} words[] = {
	{ SI_WDK_TIMER_SET, SESSIO_KIT_RULE_TIMER_LEFT,
		"the memory of a timer was freed while it was set", si_wdk_timer_end },
	{ SI_WDK_RESOURCE, SESSIO_KIT_RULE_LOCK_MISUSED,
		"the memory of a resource was freed before ExDeleteResourceLite()", NULL },
	{ SI_WDK_LOOKASIDE, SESSIO_KIT_RULE_POOL_LEFT,
		"the memory of a lookaside list was freed before the list was deleted", NULL },
};

/* This memory goes. */
static void find_words(sessio_kit *kit, const void *memory, size_t size)
{
	for (size_t i = 0; i < RTL_NUMBER_OF(words); i++) {
		void *object;

		si_wdk_lock(&kit->lock);
		object = words_in_locked(kit, words[i].kind, memory, size);
		si_wdk_unlock(&kit->lock);
		if (object == NULL) {
			continue;
		}
		si_kit_find(kit, words[i].rule, object, words[i].text);
		if (words[i].end != NULL) {
			words[i].end(object);
		}
		si_kit_forget(kit, words[i].kind, object);
	}
}

static void on_gone(enum si_wdk_kind kind, void *object)
{
	sessio_kit *kit = si_kit_current();
	struct si_kit_record *record;
	struct si_kit_record gone = { .size = 1 };
	void *user = NULL;
	const void *memory = object;

	if (kit == NULL) {
		return;
	}
	si_wdk_lock(&kit->lock);
	record = find_locked(&kit->records, object);
	if (record != NULL) {
		user = kind != SI_WDK_REGISTRATION ? user_of_locked(kit, record) : NULL;
		memory = kind == SI_WDK_DEVICE ? record->memory : object;
		gone = *record;
		gone.size = record->size != 0 ? record->size : 1;
		take_locked(kit, record);
		si_map_add(&kit->past, &record->by_object, (uintptr_t)object);
		si_list_append(&kit->gone, &record->link);
		kit->gone_count++;
	}
	if (kit->gone_count > PAST_RECORDS) {
		drop_past_locked(kit, SI_LIST_ELEMENT(kit->gone.first, struct si_kit_record, link));
	}
	si_wdk_unlock(&kit->lock);
	if (kind == SI_WDK_POOL || kind == SI_WDK_DEVICE) {
		find_words(kit, memory, gone.size);
		end_remove_locks(kit, &gone, memory);
	}
	/* A callback may end its registration, which it holds. */
	si_kit_locks_gone(kit, memory, gone.size, kind == SI_WDK_REGISTRATION);
	if (user != NULL) {
		si_kit_find(kit, SESSIO_KIT_RULE_CONTEXT_FREED, object,
			"the context of a callback was freed before "
			"IoUnregisterContainerNotification()");
	}
}

static bool was_there(sessio_kit *kit, const void *object)
{
	bool was;

	si_wdk_lock(&kit->lock);
	was = find_locked(&kit->past, object) != NULL;
	si_wdk_unlock(&kit->lock);
	return was;
}

static void on_misused(enum si_wdk_rule rule, const void *object, const char *why)
{
	sessio_kit *kit = si_kit_current();

	if (kit == NULL) {
		return;
	}
	if (rule == SI_WDK_RULE_UNREGISTER && was_there(kit, object)) {
		si_kit_find(kit, SESSIO_KIT_RULE_UNREGISTERED_TWICE, object,
			"IoUnregisterContainerNotification() got a handle that it had before");
	} else if (rule == SI_WDK_RULE_POOL_TWICE && was_there(kit, object)) {
		si_kit_find(kit, SESSIO_KIT_RULE_POOL_FREED_TWICE, object,
			"a block was given back that had been given back before");
	} else if (rule == SI_WDK_RULE_WAIT_FOR_EVER) {
		si_kit_find(kit, SESSIO_KIT_RULE_WAITS_FOR_EVER, object, why);
		si_kit_leave_step(kit);
	} else if (rule == SI_WDK_RULE_LOCK_LEFT) {
		si_kit_find_lock_left(kit, object, why);
	} else if (rule == SI_WDK_RULE_REQUEST_TWICE) {
		si_kit_find_completed_twice(kit, (PIRP)(uintptr_t)object);
	} else {
		si_kit_find(kit, rules[rule], object, why);
	}
}

/* A thread that comes late, when there is no kit any more, is let alone. */
const struct si_wdk_hooks si_kit_hooks = {
	.made = on_made,
	.gone = on_gone,
	.misused = on_misused,
	.lock = si_kit_on_lock,
	.take_memory = si_kit_take_memory,
	.give_memory = si_kit_give_memory,
	.may_register = si_kit_may_register,
	.hold_faults = si_kit_hold_allocation_faults,
	.calling_back = si_kit_calling_back,
	.is_only_caller = si_kit_is_only_caller,
};

void si_kit_ledger_init(sessio_kit *kit)
{
	si_map_init(&kit->records);
	si_map_init(&kit->past);
	si_kit_locks_init(kit);
}

void si_kit_ledger_fini(sessio_kit *kit)
{
	while (!si_list_is_empty(&kit->gone)) {
		drop_past_locked(kit, SI_LIST_ELEMENT(kit->gone.first, struct si_kit_record, link));
	}
	si_kit_locks_fini(kit);
	si_map_fini(&kit->records);
	si_map_fini(&kit->past);
}

void si_kit_forget(sessio_kit *kit, enum si_wdk_kind kind, const void *object)
{
	struct si_kit_record *record;

	(void)kind;
	si_wdk_lock(&kit->lock);
	record = find_locked(&kit->records, object);
	if (record != NULL) {
		take_locked(kit, record);
	}
	si_wdk_unlock(&kit->lock);
	free(record);
}

/* How each kind is reported and given back, in the order in which that is done. */
static void unregister(void *object)
{
	IoUnregisterContainerNotification(object);
}

static void delete_link(void *object)
{
	si_wdk_link_delete(object);
}

static void free_work_item(void *object)
{
	IoFreeWorkItem(object);
}

static void free_request(void *object)
{
	IoFreeIrp(object);
}

static void delete_device(void *object)
{
	si_wdk_device_detach(object);
	IoDeleteDevice(object);
}

static void free_pool(void *object)
{
	ExFreePool(object);
}

static void dereference(void *object)
{
	ObDereferenceObject(si_wdk_reference_object(object));
}

static void close_handle(void *object)
{
	si_wdk_handle_close(object);
}

static void free_mdl(void *object)
{
	PMDL mdl = object;

	if ((mdl->MdlFlags & MDL_PAGES_LOCKED) != 0) {
		MmUnlockPages(mdl);
	}
	IoFreeMdl(mdl);
}

static void delete_ex_timer(void *object)
{
	ExDeleteTimer(object, TRUE, TRUE, NULL);
}

static void wait_for_thread(void *object)
{
	(void)si_wdk_system_thread_wait(object, THREAD_NS);
}

/* It is the driver's memory, which is left alone. */
static void forget(void *object)
{
	(void)object;
}

static const struct kind {
	enum si_wdk_kind kind;
	sessio_kit_rule rule;
	const char *text;
	void (*give_back)(void *object); /* NULL: nobody knows it but the kit */
} kinds[] = {
	{ SI_WDK_REGISTRATION, SESSIO_KIT_RULE_REGISTRATION_LEFT,
		"IoUnregisterContainerNotification() was not called", unregister },
	{ SI_WDK_NOTIFY, SESSIO_KIT_RULE_NOTIFY_LEFT,
		"a routine for processes, threads or images was not removed",
		si_wdk_notify_remove },
	{ SI_WDK_LINK, SESSIO_KIT_RULE_LINK_LEFT, "IoDeleteSymbolicLink() was not called",
		delete_link },
	{ SI_WDK_WORK_ITEM, SESSIO_KIT_RULE_WORK_ITEM_LEFT, "IoFreeWorkItem() was not called",
		free_work_item },
	{ SI_WDK_REQUEST, SESSIO_KIT_RULE_REQUEST_LEFT, "IoFreeIrp() was not called",
		free_request },
	{ SI_WDK_SYSTEM_THREAD, SESSIO_KIT_RULE_THREAD_LEFT,
		"a thread has not ended, and its code goes with the driver", wait_for_thread },
	{ SI_WDK_TIMER_SET, SESSIO_KIT_RULE_TIMER_LEFT,
		"a timer is set, and its call goes with the driver", si_wdk_timer_end },
	{ SI_WDK_EX_TIMER, SESSIO_KIT_RULE_TIMER_LEFT, "ExDeleteTimer() was not called",
		delete_ex_timer },
	{ SI_WDK_RESOURCE, SESSIO_KIT_RULE_LOCK_MISUSED, "ExDeleteResourceLite() was not called",
		NULL },
	{ SI_WDK_LOOKASIDE, SESSIO_KIT_RULE_POOL_LEFT, "a lookaside list was not deleted", NULL },
	{ SI_WDK_HANDLE, SESSIO_KIT_RULE_HANDLE_LEFT, "ZwClose() was not called", close_handle },
	{ SI_WDK_REFERENCE, SESSIO_KIT_RULE_REFERENCE_LEFT, "ObDereferenceObject() was not called",
		dereference },
	{ SI_WDK_MDL, SESSIO_KIT_RULE_MDL_LEFT, "IoFreeMdl() was not called", free_mdl },
	{ SI_WDK_DEVICE, SESSIO_KIT_RULE_DEVICE_LEFT, "IoDeleteDevice() was not called",
		delete_device },
	{ SI_WDK_POOL, SESSIO_KIT_RULE_POOL_LEFT, "ExFreePool() was not called", free_pool },
	{ SI_WDK_REMOVE_LOCK, SESSIO_KIT_RULE_REMOVE_LOCK_LEFT,
		"IoReleaseRemoveLockAndWait() was not called before the unload", forget },
};

static bool is_of(
	sessio_kit *kit, const struct si_kit_record *record, const sessio_kit_driver *driver)
{
	if (driver == NULL || record->owner == &driver->object) {
		return true;
	}
	if (kit->placeless) {
		atomic_store(&kit->misses_place, true);
	}
	return record->made.image == &driver->image->image;
}

/* A copy of the first that is left; false if there is none. */
static bool first_left(sessio_kit *kit, const sessio_kit_driver *driver, enum si_wdk_kind kind,
	struct si_kit_record *copy)
{
	bool is_left = false;

	si_wdk_lock(&kit->lock);
	for (struct si_list_node *node = kit->made[kind].first; node != NULL && !is_left;
		node = node->next) {
		struct si_kit_record *record = SI_LIST_ELEMENT(node, struct si_kit_record, link);

		if (is_of(kit, record, driver)) {
			*copy = *record;
			is_left = true;
		}
	}
	si_wdk_unlock(&kit->lock);
	return is_left;
}

void si_kit_sweep(sessio_kit *kit, const sessio_kit_driver *driver, bool report)
{
	for (size_t i = 0; i < RTL_NUMBER_OF(kinds); i++) {
		struct si_kit_record left;

		while (first_left(kit, driver, kinds[i].kind, &left)) {
			if (report && !left.found) {
				si_kit_find_at(
					kit, kinds[i].rule, left.object, kinds[i].text, left.made);
			}
			if (kinds[i].give_back != NULL) {
				kinds[i].give_back(left.object);
			}
			/* It is not tried again if that failed. */
			si_kit_forget(kit, left.kind, left.object);
		}
	}
}

bool si_kit_find_registered(sessio_kit *kit, const void *owner, const char *text)
{
	void *handle = NULL;

	si_wdk_lock(&kit->lock);
	for (struct si_list_node *node = kit->made[SI_WDK_REGISTRATION].first;
		node != NULL && handle == NULL; node = node->next) {
		struct si_kit_record *record = SI_LIST_ELEMENT(node, struct si_kit_record, link);

		if (record->owner == owner) {
			handle = record->object;
		}
	}
	si_wdk_unlock(&kit->lock);
	if (handle != NULL) {
		si_kit_find(kit, SESSIO_KIT_RULE_REGISTERED_OBJECT_GONE, handle, text);
		IoUnregisterContainerNotification(handle);
	}
	return handle != NULL;
}
