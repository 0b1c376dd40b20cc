/* SPDX-License-Identifier: MIT */
/* The ledger of what providers have made and taken. */
#include <stdio.h>
#include <stdlib.h>

#include <sessio/diag.h>

#include "testing/provider.h"

/* A handle is a number, and no pointer has this bit in user mode. */
#define HANDLE_KEY (UINT64_C(1) << 63)

static uint64_t key_of(enum si_kit_thing_kind kind, uintptr_t object)
{
	return kind == SI_THING_HANDLE ? object | HANDLE_KEY : object;
}

void si_kit_ledger_lock(sessio_kit *kit)
{
	si_wdk_lock(&kit->lock);
	atomic_store(&kit->ledger.busy, si_wdk_thread());
}

void si_kit_ledger_unlock(sessio_kit *kit)
{
	atomic_store(&kit->ledger.busy, NULL);
	si_wdk_unlock(&kit->lock);
}

static struct si_kit_thing *of_object(struct si_map_node *node)
{
	return node != NULL ? SI_LIST_ELEMENT(node, struct si_kit_thing, by_object) : NULL;
}

struct si_kit_thing *si_kit_thing_locked(
	sessio_kit *kit, enum si_kit_thing_kind kind, uintptr_t object)
{
	return of_object(si_map_find(&kit->ledger.by_object, key_of(kind, object)));
}

/* The start of an object's memory; the object exists. */
static uintptr_t block_of(enum si_kit_thing_kind kind, uintptr_t object)
{
	const struct si_header *header;

	if (kind == SI_THING_OBJECT_TYPE || kind == SI_THING_HANDLE) {
		return object;
	}
	header = si_header_of((const void *)object);
	return (uintptr_t)header - header->type->before;
}

enum si_kit_thing_kind si_kit_thing_kind_of(const void *object)
{
	return si_object_is_kind(object, SI_KIND_SESSION)         ? SI_THING_CONTEXT
		: si_object_is_kind(object, SI_KIND_SESSION_TYPE) ? SI_THING_SESSION_TYPE
								  : SI_THING_OBJECT;
}

static void put_name(struct si_kit_thing *thing)
{
	const void *object = (const void *)thing->object;
	const char *what = "object";
	const char *name = NULL;

	switch (thing->kind) {
	case SI_THING_CONTEXT:
		what = "session on";
		name = sessio_object_name(si_session_of(object)->object);
		break;
	case SI_THING_OBJECT:
		name = sessio_object_name(object);
		break;
	case SI_THING_SESSION_TYPE:
		(void)snprintf(thing->name, sizeof(thing->name), "session type");
		return;
	case SI_THING_OBJECT_TYPE:
		what = "object type";
		name = sessio_object_type_name(object);
		break;
	case SI_THING_HANDLE:
	case SI_THING_KINDS:
		(void)snprintf(thing->name, sizeof(thing->name), "handle 0x%lx",
			(unsigned long)thing->object);
		return;
	}
	(void)snprintf(
		thing->name, sizeof(thing->name), "%s \"%.80s\"", what, name != NULL ? name : "");
}

/* Takes a thing out of the maps and of its list. */
static void drop_locked(sessio_kit *kit, struct si_kit_thing *thing)
{
	struct si_kit_ledger *ledger = &kit->ledger;

	si_map_remove(&ledger->by_object, &thing->by_object);
	if (thing->kind != SI_THING_HANDLE && !thing->gone) {
		si_map_remove(&ledger->by_block, &thing->by_block);
	}
	si_list_remove(thing->gone ? &ledger->gone : &ledger->things, &thing->link);
	ledger->gone_count -= thing->gone;
	free(thing);
}

static struct si_kit_thing *add_locked(
	sessio_kit *kit, enum si_kit_thing_kind kind, uintptr_t object)
{
	struct si_kit_ledger *ledger = &kit->ledger;
	struct si_kit_thing *thing = calloc(1, sizeof(*thing));

	if (thing == NULL) {
		return NULL; /* then its loss is not noticed, and that is all */
	}
	thing->kind = kind;
	thing->object = object;
	put_name(thing);
	si_map_add(&ledger->by_object, &thing->by_object, key_of(kind, object));
	if (kind != SI_THING_HANDLE) {
		si_map_add(&ledger->by_block, &thing->by_block, block_of(kind, object));
	}
	si_list_append(&ledger->things, &thing->link);
	return thing;
}

struct si_kit_thing *si_kit_thing_there_locked(
	sessio_kit *kit, enum si_kit_thing_kind kind, uintptr_t object, struct si_kit_place at)
{
	struct si_kit_thing *thing = si_kit_thing_locked(kit, kind, object);

	if (thing != NULL && thing->gone) {
		drop_locked(kit, thing);
		thing = NULL;
	}
	if (thing == NULL) {
		thing = add_locked(kit, kind, object);
	}
	if (thing != NULL && thing->made.image == NULL) {
		thing->made = at;
	}
	return thing;
}

void si_kit_thing_made(
	sessio_kit *kit, enum si_kit_thing_kind kind, uintptr_t object, struct si_kit_place at)
{
	struct si_kit_thing *thing;

	si_kit_ledger_lock(kit);
	thing = si_kit_thing_there_locked(kit, kind, object, at);
	if (thing != NULL) {
		thing->references++;
	}
	si_kit_ledger_unlock(kit);
}

void si_kit_thing_forget_locked(sessio_kit *kit, struct si_kit_thing *thing)
{
	drop_locked(kit, thing);
}

void si_kit_find_thing(sessio_kit *kit, sessio_kit_rule rule, enum si_kit_thing_kind kind,
	uintptr_t object, const char *text, struct si_kit_place at)
{
	struct si_kit_place made = { NULL, NULL };
	const struct si_kit_thing *thing;
	char line[256];

	si_kit_ledger_lock(kit);
	thing = si_kit_thing_locked(kit, kind, object);
	if (thing != NULL) {
		made = thing->made;
	}
	(void)snprintf(line, sizeof(line), "%s%s%s", text, thing != NULL ? ": " : "",
		thing != NULL ? thing->name : "");
	si_kit_ledger_unlock(kit);
	si_kit_find_pair(kit, rule, (const void *)object, line, at, made);
}

/* --- What the library says of its memory, and reports --- */

static struct si_hooks table;
static const struct si_hooks *others; /* the table before */

/* The kit, unless this thread is in the ledger itself. */
static sessio_kit *listener(void)
{
	sessio_kit *kit = si_kit_current();

	return kit != NULL && atomic_load(&kit->ledger.busy) != si_wdk_thread() ? kit : NULL;
}

static void on_freeing(void *memory)
{
	sessio_kit *kit = listener();
	struct si_map_node *node;

	if (others != NULL && others->freeing != NULL) {
		others->freeing(memory);
	}
	if (kit == NULL) {
		return;
	}
	si_kit_ledger_lock(kit);
	node = si_map_find(&kit->ledger.by_block, (uintptr_t)memory);
	if (node != NULL) {
		struct si_kit_thing *thing = SI_LIST_ELEMENT(node, struct si_kit_thing, by_block);

		si_map_remove(&kit->ledger.by_block, node);
		si_list_remove(&kit->ledger.things, &thing->link);
		si_list_append(&kit->ledger.gone, &thing->link);
		thing->gone = true;
		if (++kit->ledger.gone_count > SI_KIT_GONE_THINGS) {
			drop_locked(kit,
				SI_LIST_ELEMENT(kit->ledger.gone.first, struct si_kit_thing, link));
		}
	}
	si_kit_ledger_unlock(kit);
}

/* A thing that was there before is forgotten: a new one may get its address. */
static void on_allocated(void *memory, size_t size)
{
	sessio_kit *kit = listener();
	struct si_list_node *next;

	if (others != NULL && others->allocated != NULL) {
		others->allocated(memory, size);
	}
	if (kit == NULL) {
		return;
	}
	si_kit_ledger_lock(kit);
	for (struct si_list_node *node = kit->ledger.gone.first; node != NULL; node = next) {
		struct si_kit_thing *thing = SI_LIST_ELEMENT(node, struct si_kit_thing, link);

		next = node->next;
		if (thing->object - (uintptr_t)memory < size) {
			drop_locked(kit, thing);
		}
	}
	si_kit_ledger_unlock(kit);
}

static void on_report(void *ctx, sessio_diag_kind kind, const void *object,
	const void *session_context, const char *text)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "%s: %s", sessio_diag_kind_name(kind), text);
	si_kit_find(ctx, SESSIO_KIT_RULE_REPORTED,
		session_context != NULL ? session_context : object, line);
}

void si_kit_things_listen(sessio_kit *kit)
{
	if (kit->ledger.listens) {
		return;
	}
	kit->ledger.listens = true;
	others = si_hooks_get();
	table = others != NULL ? *others : (struct si_hooks){ 0 };
	table.freeing = on_freeing;
	table.allocated = on_allocated;
	si_hooks_set(&table);
	sessio_diag_set_sink(on_report, kit);
}

void si_kit_things_ignore(sessio_kit *kit)
{
	if (kit->ledger.listens) {
		kit->ledger.listens = false;
		sessio_diag_set_sink(NULL, NULL);
		si_hooks_set(others);
	}
}

void si_kit_things_init(sessio_kit *kit)
{
	si_map_init(&kit->ledger.by_object);
	si_map_init(&kit->ledger.by_block);
}

void si_kit_things_fini(sessio_kit *kit)
{
	while (!si_list_is_empty(&kit->ledger.things)) {
		drop_locked(
			kit, SI_LIST_ELEMENT(kit->ledger.things.first, struct si_kit_thing, link));
	}
	while (!si_list_is_empty(&kit->ledger.gone)) {
		drop_locked(
			kit, SI_LIST_ELEMENT(kit->ledger.gone.first, struct si_kit_thing, link));
	}
	si_map_fini(&kit->ledger.by_object);
	si_map_fini(&kit->ledger.by_block);
}
