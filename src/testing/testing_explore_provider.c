/* SPDX-License-Identifier: MIT */
/* Equal states of providers and of their consumers. */
#include <sessio/inspect.h>

#include "testing/explore.h"
#include "testing/explore_memory.h"
#include "testing/provider.h"

#define OBJECTS 32u

/* An object's own memory. Sessions and types have none of the provider's. */
static size_t payload_of(const struct si_kit_thing *thing)
{
	if (thing->kind != SI_THING_OBJECT && thing->kind != SI_THING_CONTEXT) {
		return 0;
	}
	return si_header_of((const void *)thing->object)->type->payload;
}

uint64_t si_explore_hash_providers_locked(
	uint64_t hash, struct si_explore_ranges *ranges, const sessio_kit *kit)
{
	const struct si_list_node *first = kit->ledger.things.first;
	size_t index = 0;

	for (const struct si_list_node *node = first; node != NULL; node = node->next) {
		const struct si_kit_thing *thing = SI_LIST_ELEMENT(node, struct si_kit_thing, link);

		if (thing->kind != SI_THING_HANDLE) {
			si_explore_add_range(ranges, (const void *)thing->object, payload_of(thing),
				SI_EXPLORE_PROVIDER_THING + thing->kind, index);
		}
		index++;
	}
	for (const struct si_list_node *node = first; node != NULL; node = node->next) {
		const struct si_kit_thing *thing = SI_LIST_ELEMENT(node, struct si_kit_thing, link);

		hash = si_explore_hash(hash, thing->kind);
		hash = si_explore_hash(hash, (uint64_t)thing->references);
		hash = si_explore_hash(hash, thing->operations);
		hash = si_explore_hash(hash,
			2u * (thing->registered.image != NULL) +
				(thing->rights_read.image != NULL));
		hash = si_explore_hash_memory(
			hash, ranges, (const void *)thing->object, payload_of(thing));
	}
	for (struct si_list_node *node = kit->providers.first; node != NULL; node = node->next) {
		const sessio_kit_provider *provider =
			SI_LIST_ELEMENT(node, sessio_kit_provider, link);
		const sessio_kit_image *image = &provider->image->image;

		hash = si_explore_hash(hash, provider->loaded);
		if (provider->loaded) {
			hash = si_explore_hash_memory(
				hash, ranges, image->data, (size_t)(image->data_end - image->data));
		}
	}
	return hash;
}

static size_t find_registered(sessio_kit *kit, void *objects[OBJECTS])
{
	size_t count = 0;

	si_kit_ledger_lock(kit);
	for (struct si_list_node *node = kit->ledger.things.first; node != NULL && count < OBJECTS;
		node = node->next) {
		const struct si_kit_thing *thing = SI_LIST_ELEMENT(node, struct si_kit_thing, link);

		if (thing->registered.image != NULL) {
			objects[count++] = (void *)thing->object;
		}
	}
	si_kit_ledger_unlock(kit);
	return count;
}

static uint64_t hash_info(void *context)
{
	sessio_session_info info;
	uint64_t hash = 1;

	if (sessio_session_inspect(context, &info) != SESSIO_OK) {
		return 0;
	}
	hash = si_explore_hash(hash, (uint64_t)info.phase);
	hash = si_explore_hash(hash, (uint64_t)info.required_rights << 32 | info.share_mode);
	hash = si_explore_hash(hash, (uint64_t)info.handle_rights << 32 | info.references);
	return si_explore_hash(hash, info.operations);
}

/* Sessions come in no order, so their numbers are added up. */
static Retcode add_session(void *object, void *context, void *sum)
{
	(void)object;
	*(uint64_t *)sum += hash_info(context);
	return rcOk;
}

static uint64_t hash_session(const sessio_kit_session *session)
{
	uint64_t hash = 1;
	uint32_t rights = 0;
	sessio_status status = session->handle == SESSIO_HANDLE_INVALID
		? SESSIO_NOT_FOUND
		: sessio_handle_space_rights(session->consumer->space, session->handle, &rights);

	hash = si_explore_hash(hash, (uint64_t)(unsigned)status << 32 | rights);
	hash = si_explore_hash(hash, 2u * session->held + session->closed);
	for (struct si_list_node *node = session->operations.first; node != NULL;
		node = node->next) {
		hash = si_explore_hash(hash,
			hash_info(SI_LIST_ELEMENT(node, struct si_kit_operation, link)->context));
	}
	return si_explore_hash(hash, session->held ? hash_info(session->context) : 0);
}

uint64_t si_explore_hash_consumers(uint64_t hash, sessio_kit *kit)
{
	void *objects[OBJECTS];
	size_t count = find_registered(kit, objects);

	for (size_t i = 0; i < count; i++) {
		uint64_t sum = 0;

		(void)KosSessionWalk(objects[i], add_session, &sum);
		hash = si_explore_hash(hash, sum);
	}
	for (struct si_list_node *node = kit->consumers.first; node != NULL; node = node->next) {
		const sessio_kit_consumer *consumer =
			SI_LIST_ELEMENT(node, sessio_kit_consumer, link);

		hash = si_explore_hash(hash, consumer->bind != NULL);
		for (struct si_list_node *at = consumer->sessions.first; at != NULL;
			at = at->next) {
			hash = si_explore_hash(
				hash, hash_session(SI_LIST_ELEMENT(at, sessio_kit_session, link)));
		}
	}
	return hash;
}

size_t si_explore_put_consumers(sessio_kit *kit, char *text, size_t size, size_t length)
{
	void *objects[OBJECTS];
	size_t count = find_registered(kit, objects);

	for (size_t i = 0; i < count; i++) {
		sessio_object_info info;

		if (sessio_object_inspect(objects[i], &info) == SESSIO_OK) {
			length = si_explore_put(text, size, length,
				"; \"%s\" is open %lu times, with %lu operations",
				info.name != NULL ? info.name : "",
				(unsigned long)(info.open + info.opening),
				(unsigned long)info.operations);
		}
	}
	return length;
}
