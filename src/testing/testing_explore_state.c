/* SPDX-License-Identifier: MIT */
/*
 * Equal states have the same sessions and watchers in the host, and the same things of
 * drivers. A driver's variables and memory are the same, too. A pointer there to a thing
 * of this kit counts by the thing, because another history has it at another address.
 */
#include "testing/explore.h"
#include "testing/explore_memory.h"
#include "testing/file.h"
#include "wdk/work.h"

enum token { THING = 1, EXTENSION = 0x10, REQUEST, OPEN_FILE, CLOSED_FILE, DRIVER, SESSION };

static size_t size_of(const struct si_kit_record *record)
{
	switch (record->kind) {
	case SI_WDK_DEVICE:
		return sizeof(DEVICE_OBJECT);
	case SI_WDK_REQUEST:
		return sizeof(IRP);
	default:
		return record->size;
	}
}

static size_t extension_size(const DEVICE_OBJECT *device)
{
	return device->DeviceExtension != NULL && device->Size > sizeof(*device)
		? device->Size - sizeof(*device)
		: 0;
}

static void add_things_locked(struct si_explore_ranges *ranges, const sessio_kit *kit)
{
	for (unsigned kind = 0; kind < SI_WDK_KINDS; kind++) {
		size_t index = 0;

		for (struct si_list_node *node = kit->made[kind].first; node != NULL;
			node = node->next) {
			const struct si_kit_record *record =
				SI_LIST_ELEMENT(node, struct si_kit_record, link);

			si_explore_add_range(
				ranges, record->object, size_of(record), THING + kind, index);
			if (kind == SI_WDK_DEVICE && record->memory != NULL) {
				si_explore_add_range(ranges, record->memory,
					extension_size(record->object), EXTENSION, index);
			}
			index++;
		}
	}
}

static void add_files(struct si_explore_ranges *ranges, const sessio_kit *kit)
{
	size_t open = 0, request = 0;

	for (struct si_list_node *node = kit->files.first; node != NULL; node = node->next) {
		const sessio_kit_file *file = SI_LIST_ELEMENT(node, sessio_kit_file, link);

		si_explore_add_range(ranges, file, sizeof(*file),
			file->closed ? CLOSED_FILE : OPEN_FILE, file->closed ? 0 : open++);
		for (struct si_list_node *of = file->requests.first; of != NULL && !file->closed;
			of = of->next) {
			sessio_kit_request *sent = SI_LIST_ELEMENT(of, sessio_kit_request, link);

			if (!si_kit_is_done(sent)) {
				si_explore_add_range(
					ranges, sent->irp, sizeof(IRP), REQUEST, request++);
			}
		}
	}
}

static void add_sessions(struct si_explore_ranges *ranges, sessio_host *host, unsigned sessions)
{
	for (uint32_t id = 1; id <= sessions; id++) {
		sessio_user_session *session;

		if (sessio_host_find_session(host, id, &session) == SESSIO_OK) {
			si_explore_add_range(ranges, session, 1, SESSION, id);
			sessio_user_session_unref(session);
		}
	}
}

static uint64_t hash_things_locked(uint64_t hash, const sessio_kit *kit)
{
	for (unsigned kind = 0; kind < SI_WDK_KINDS; kind++) {
		for (struct si_list_node *node = kit->made[kind].first; node != NULL;
			node = node->next) {
			const struct si_kit_record *record =
				SI_LIST_ELEMENT(node, struct si_kit_record, link);

			hash = si_explore_hash(hash, kind);
			hash = si_explore_hash(hash, record->size);
			hash = si_explore_hash(hash, record->tag);
		}
	}
	return hash;
}

/* Whose they are, which an address says. */
static uint64_t hash_owners_locked(
	uint64_t hash, const struct si_explore_ranges *ranges, const sessio_kit *kit)
{
	for (struct si_list_node *node = kit->made[SI_WDK_REGISTRATION].first; node != NULL;
		node = node->next) {
		const struct si_kit_record *record =
			SI_LIST_ELEMENT(node, struct si_kit_record, link);

		hash = si_explore_hash(
			hash, si_explore_translate(ranges, (uintptr_t)record->owner));
		hash = si_explore_hash(
			hash, si_explore_translate(ranges, (uintptr_t)record->memory));
	}
	return hash;
}

static uint64_t hash_memory_locked(
	uint64_t hash, const struct si_explore_ranges *ranges, const sessio_kit *kit)
{
	for (struct si_list_node *node = kit->made[SI_WDK_POOL].first; node != NULL;
		node = node->next) {
		const struct si_kit_record *block =
			SI_LIST_ELEMENT(node, struct si_kit_record, link);

		hash = si_explore_hash_memory(hash, ranges, block->object, block->size);
	}
	for (struct si_list_node *node = kit->made[SI_WDK_DEVICE].first; node != NULL;
		node = node->next) {
		const struct si_kit_record *record =
			SI_LIST_ELEMENT(node, struct si_kit_record, link);
		const DEVICE_OBJECT *device = record->object;

		hash = si_explore_hash(hash, device->Flags);
		hash = si_explore_hash_memory(
			hash, ranges, device->DeviceExtension, extension_size(device));
	}
	for (struct si_list_node *node = kit->drivers.first; node != NULL; node = node->next) {
		const sessio_kit_driver *driver = SI_LIST_ELEMENT(node, sessio_kit_driver, link);

		if (driver->loaded) {
			const sessio_kit_image *image = &driver->image->image;

			hash = si_explore_hash_memory(
				hash, ranges, image->data, (size_t)(image->data_end - image->data));
		}
	}
	return hash;
}

static uint64_t hash_files(uint64_t hash, const sessio_kit *kit)
{
	for (struct si_list_node *node = kit->files.first; node != NULL; node = node->next) {
		const sessio_kit_file *file = SI_LIST_ELEMENT(node, sessio_kit_file, link);

		if (file->closed) {
			continue;
		}
		hash = si_explore_hash(hash, sessio_user_session_id(file->session));
		hash = si_explore_hash(hash, (uint64_t)sessio_user_session_state(file->session));
		for (struct si_list_node *of = file->requests.first; of != NULL; of = of->next) {
			sessio_kit_request *sent = SI_LIST_ELEMENT(of, sessio_kit_request, link);

			if (!si_kit_is_done(sent)) {
				hash = si_explore_hash(hash, sent->function);
			}
		}
		hash = si_explore_hash(hash, file->cleaned);
	}
	return hash;
}

/* A driver's own part of a file, and the device that it is of. */
static uint64_t hash_contexts(
	uint64_t hash, const struct si_explore_ranges *ranges, const sessio_kit *kit)
{
	for (struct si_list_node *node = kit->files.first; node != NULL; node = node->next) {
		const sessio_kit_file *file = SI_LIST_ELEMENT(node, sessio_kit_file, link);
		const FILE_OBJECT *object = &file->object;

		if (!file->closed) {
			hash = si_explore_hash(
				hash, si_explore_translate(ranges, (uintptr_t)file->device));
			hash = si_explore_hash(
				hash, si_explore_translate(ranges, (uintptr_t)object->FsContext));
			hash = si_explore_hash(
				hash, si_explore_translate(ranges, (uintptr_t)object->FsContext2));
		}
	}
	return hash;
}

static uint64_t hash_sessions(
	uint64_t hash, sessio_host *host, unsigned sessions, uint32_t *out_states)
{
	*out_states = 0;
	for (uint32_t id = 1; id <= sessions; id++) {
		sessio_user_session *session;

		if (sessio_host_find_session(host, id, &session) == SESSIO_OK) {
			sessio_user_state state = sessio_user_session_state(session);

			*out_states |= (uint32_t)state << (4 * (id - 1));
			hash = si_explore_hash(
				hash, sessio_user_session_is_local(session) + id * 2u);
			sessio_user_session_unref(session);
		}
	}
	hash = si_explore_hash(hash, *out_states);
	hash = si_explore_hash(hash, sessio_host_session_count(host));
	return si_explore_hash(hash, sessio_host_watch_count(host));
}

struct queued {
	const struct si_explore_ranges *ranges;
	uint64_t hash;
};

static void hash_item(const void *item, uintptr_t routine, const void *context, void *arg)
{
	struct queued *queued = arg;

	queued->hash = si_explore_hash(
		queued->hash, si_explore_translate(queued->ranges, (uintptr_t)item));
	queued->hash = si_explore_hash(queued->hash, routine);
	queued->hash = si_explore_hash(
		queued->hash, si_explore_translate(queued->ranges, (uintptr_t)context));
}

/* Work items that are late. */
static uint64_t hash_work(uint64_t hash, const struct si_explore_ranges *ranges)
{
	struct queued queued = { ranges, hash };

	si_wdk_work_visit(hash_item, &queued);
	return queued.hash;
}

void si_explore_look(
	sessio_kit *kit, const sessio_explore_options *options, struct si_explore_state *out_state)
{
	struct si_explore_ranges ranges = { .low = UINTPTR_MAX };
	uint64_t hash = hash_sessions(1, kit->host, options->sessions, &out_state->states);
	size_t index = 0;

	add_files(&ranges, kit);
	add_sessions(&ranges, kit->host, options->sessions);
	for (struct si_list_node *node = kit->drivers.first; node != NULL; node = node->next) {
		si_explore_add_range(&ranges, SI_LIST_ELEMENT(node, sessio_kit_driver, link),
			sizeof(sessio_kit_driver), DRIVER, index++);
	}
	hash = hash_files(hash, kit);
	hash = si_explore_hash_consumers(hash, kit);
	hash = si_explore_hash(hash, kit->finding_count);
	si_wdk_lock(&kit->lock);
	add_things_locked(&ranges, kit);
	out_state->repeat = hash_things_locked(hash, kit);
	hash = hash_owners_locked(out_state->repeat, &ranges, kit);
	hash = hash_memory_locked(hash, &ranges, kit);
	hash = si_explore_hash_providers_locked(hash, &ranges, kit);
	si_wdk_unlock(&kit->lock);
	if (options->digest == NULL) {
		hash = si_explore_hash_memory(hash, &ranges, options->ctx, options->ctx_size);
	}
	hash = hash_work(hash, &ranges);
	out_state->state = hash_contexts(hash, &ranges, kit);
}

static size_t put_sessions(
	sessio_host *host, unsigned sessions, char *text, size_t size, size_t length)
{
	size_t before = length;

	for (uint32_t id = 1; id <= sessions; id++) {
		sessio_user_session *session;

		if (sessio_host_find_session(host, id, &session) == SESSIO_OK) {
			length = si_explore_put(text, size, length, "%ssession %u %s",
				length != before ? ", " : "", (unsigned)id,
				sessio_user_state_name(sessio_user_session_state(session)));
			sessio_user_session_unref(session);
		}
	}
	return length != before ? length : si_explore_put(text, size, length, "no session");
}

static size_t count(const struct si_list *list)
{
	size_t number = 0;

	for (struct si_list_node *node = list->first; node != NULL; node = node->next) {
		number++;
	}
	return number;
}

static size_t put_files(const sessio_kit *kit, char *text, size_t size, size_t length)
{
	for (struct si_list_node *node = kit->files.first; node != NULL; node = node->next) {
		const sessio_kit_file *file = SI_LIST_ELEMENT(node, sessio_kit_file, link);

		if (!file->closed && file->session != NULL) {
			length = si_explore_put(text, size, length, "; a file of session %u",
				(unsigned)sessio_user_session_id(file->session));
		} else if (!file->closed) {
			length = si_explore_put(text, size, length, "; a file");
		}
	}
	return length;
}

static void count_item(const void *item, uintptr_t routine, const void *context, void *arg)
{
	unsigned *late = arg;

	(void)item;
	(void)routine;
	(void)context;
	(*late)++;
}

void si_explore_describe(sessio_kit *kit, unsigned sessions, char *text, size_t size)
{
	static const struct {
		enum si_wdk_kind kind;
		const char *one, *more;
	} kinds[] = {
		{ SI_WDK_REGISTRATION, "registration", "registrations" },
		{ SI_WDK_DEVICE, "device", "devices" },
		{ SI_WDK_WORK_ITEM, "work item", "work items" },
		{ SI_WDK_POOL, "block", "blocks" },
	};
	size_t length = put_sessions(kit->host, sessions, text, size, 0);
	unsigned late = 0;

	length = put_files(kit, text, size, length);
	length = si_explore_put_consumers(kit, text, size, length);
	si_wdk_lock(&kit->lock);
	for (size_t i = 0; i < RTL_NUMBER_OF(kinds); i++) {
		size_t number = count(&kit->made[kinds[i].kind]);

		if (number != 0) {
			length = si_explore_put(text, size, length, "; %lu %s",
				(unsigned long)number, number == 1 ? kinds[i].one : kinds[i].more);
		}
	}
	si_wdk_unlock(&kit->lock);
	si_wdk_work_visit(count_item, &late);
	if (late != 0) {
		(void)si_explore_put(text, size, length, "; work items that wait: %u", late);
	}
}
