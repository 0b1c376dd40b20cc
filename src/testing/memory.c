/* SPDX-License-Identifier: MIT */
/*
 * Pool memory under the verifier. A guard of known bytes is behind each block. A
 * block that was freed is filled, and stays for a while, to see writes to it. In a
 * guarded kit a block ends at a page that nobody may touch. Once it is freed, nobody may
 * touch its own pages either.
 */
#include <stdio.h>

#include "platform/pages.h"
#include "testing/kit.h"

#define GUARD 256u
#define ALIGNED MEMORY_ALLOCATION_ALIGNMENT /* as drivers may expect, also in pages */
#define FRESH 0xcd
#define GUARDED 0xbd
#define FREED 0xdd
#define QUARANTINE_SIZE ((size_t)1 << 20)

struct guarded {
	_Alignas(MEMORY_ALLOCATION_ALIGNMENT) struct si_list_node link; /* paged or quarantine */
	size_t size; /* without the guard */
	size_t cost; /* of the quarantine */
	unsigned char *bytes; /* the driver's part */
	struct si_pages pages; /* that it is in, if end is not NULL */
	bool freed;
	bool filled; /* when it was freed */
};

static bool is_filled(const unsigned char *bytes, size_t count, unsigned char value)
{
	return count == 0 || (bytes[0] == value && memcmp(bytes, bytes + 1, count - 1) == 0);
}

static size_t guard_size(const struct guarded *own)
{
	return own->pages.end != NULL ? (size_t)(own->pages.end - own->bytes) - own->size : GUARD;
}

/* With its block behind the header. */
static struct guarded *take_with_block(size_t header_size, size_t size)
{
	struct guarded *own;

	if (size > SIZE_MAX - sizeof(*own) - header_size - GUARD) {
		return NULL;
	}
	own = si_platform_alloc(sizeof(*own) + header_size + size + GUARD);
	if (own != NULL) {
		own->pages.end = NULL;
		own->bytes = (unsigned char *)(own + 1) + header_size;
		own->cost = size;
	}
	return own;
}

static struct guarded *take_in_pages(sessio_kit *kit, size_t header_size, size_t size)
{
	struct si_pages pages;
	struct guarded *own;

	if (size > SIZE_MAX - ALIGNED || !si_pages_take(size, &pages)) {
		return take_with_block(header_size, size);
	}
	own = si_platform_alloc(sizeof(*own) + header_size);
	if (own == NULL) {
		si_pages_give(&pages);
		return NULL;
	}
	own->pages = pages;
	own->bytes = pages.end - (size + ALIGNED - 1) / ALIGNED * ALIGNED;
	own->cost = pages.size;
	si_wdk_lock(&kit->lock);
	si_list_append(&kit->paged, &own->link);
	si_wdk_unlock(&kit->lock);
	return own;
}

void *si_kit_take_memory(size_t header_size, size_t size, void **out_block)
{
	sessio_kit *kit = si_kit_current();
	struct guarded *own = kit != NULL && kit->guarded ? take_in_pages(kit, header_size, size)
							  : take_with_block(header_size, size);

	if (own == NULL) {
		return NULL;
	}
	own->size = size;
	own->freed = false;
	memset(own->bytes, FRESH, size);
	memset(own->bytes + size, GUARDED, guard_size(own));
	*out_block = own->bytes;
	return own + 1;
}

static void check_freed(sessio_kit *kit, struct guarded *own)
{
	struct si_kit_place nowhere = { 0 };

	if (own->filled && !is_filled(own->bytes, own->size, FREED)) {
		si_kit_find_at(kit, SESSIO_KIT_RULE_POOL_USED_AFTER_FREE, own->bytes,
			si_kit_text_of_change(kit, own->bytes), nowhere);
		memset(own->bytes, FREED, own->size);
	}
}

static void free_memory(struct guarded *own)
{
	if (own->pages.end != NULL) {
		si_pages_give(&own->pages);
	}
	si_platform_free(own);
}

/* Takes the oldest of the quarantine, as long as it is larger than this; NULL if not. */
static struct guarded *take_oldest(sessio_kit *kit, size_t limit)
{
	struct guarded *own = NULL;

	si_wdk_lock(&kit->lock);
	if (kit->quarantine_size > limit) {
		own = SI_LIST_ELEMENT(kit->quarantine.first, struct guarded, link);
		si_list_remove(&kit->quarantine, &own->link);
		kit->quarantine_size -= own->cost;
	}
	si_wdk_unlock(&kit->lock);
	return own;
}

static void shrink_quarantine(sessio_kit *kit, size_t limit)
{
	struct guarded *own;

	while ((own = take_oldest(kit, limit)) != NULL) {
		check_freed(kit, own);
		free_memory(own);
	}
}

static void find_overrun(sessio_kit *kit, const void *block)
{
	/* Where a request's buffer lies is of no interest, but its request is. */
	if (block == kit->blame.block) {
		si_kit_find_at(
			kit, SESSIO_KIT_RULE_POOL_OVERRUN, NULL, kit->blame.text, kit->blame.at);
	} else {
		si_kit_find(kit, SESSIO_KIT_RULE_POOL_OVERRUN, block,
			"bytes behind a block were changed, as is seen when it is freed");
	}
}

void si_kit_give_memory(void *header, bool in_use)
{
	sessio_kit *kit = si_kit_current();
	struct guarded *own = (struct guarded *)header - 1;

	if (kit == NULL) {
		free_memory(own);
		return;
	}
	if (!is_filled(own->bytes + own->size, guard_size(own), GUARDED)) {
		find_overrun(kit, own->bytes);
	}
	own->filled = own->pages.end == NULL && !in_use;
	if (own->filled) {
		memset(own->bytes, FREED, own->size);
	} else if (!in_use) {
		si_pages_close(&own->pages);
	}
	si_wdk_lock(&kit->lock);
	if (own->pages.end != NULL) {
		si_list_remove(&kit->paged, &own->link);
	}
	own->freed = true;
	si_list_append(&kit->quarantine, &own->link);
	kit->quarantine_size += own->cost;
	si_wdk_unlock(&kit->lock);
	shrink_quarantine(kit, QUARANTINE_SIZE);
}

void si_kit_check_quarantine(sessio_kit *kit)
{
	/* Only steps come here, and what is appended meanwhile is too young to matter. */
	for (struct si_list_node *node = kit->quarantine.first; node != NULL; node = node->next) {
		check_freed(kit, SI_LIST_ELEMENT(node, struct guarded, link));
	}
}

void si_kit_free_quarantine(sessio_kit *kit)
{
	struct guarded *own;

	while ((own = take_oldest(kit, 0)) != NULL) {
		free_memory(own);
	}
}

static const struct guarded *find_in(const struct si_list *list, const void *address)
{
	for (const struct si_list_node *node = list->first; node != NULL; node = node->next) {
		const struct guarded *own = SI_LIST_ELEMENT(node, struct guarded, link);

		if (own->pages.end != NULL && si_pages_have(&own->pages, address)) {
			return own;
		}
	}
	return NULL;
}

/* With the place where it was made, if that is known. */
static void put_block(sessio_kit *kit, const struct guarded *own, char *text, size_t size)
{
	const struct si_kit_record *record = si_kit_record_locked(kit, own->bytes);
	sessio_kit_place made = { 0 };

	if (record != NULL) {
		made = si_kit_place_face(record->made);
	}
	if (made.file == NULL) {
		(void)snprintf(text, size, "%s", record != NULL ? record->name : "a block");
		return;
	}
	(void)snprintf(text, size, "%s, made at %s:%u in %s", record->name, made.file,
		(unsigned)made.line, made.driver);
}

bool si_kit_describe_address(sessio_kit *kit, const void *address, char *text, size_t size)
{
	const struct guarded *own = NULL;
	char block[192];

	/* A lock that is held means lists that may be halfway through a change. */
	if (kit != NULL && address != NULL && __atomic_load_n(&kit->lock, __ATOMIC_ACQUIRE) == 0) {
		own = find_in(&kit->paged, address);
		own = own != NULL ? own : find_in(&kit->quarantine, address);
	}
	if (own == NULL) {
		return false;
	}
	put_block(kit, own, block, sizeof(block));
	if (own->freed) {
		(void)snprintf(text, size, "freed memory: %s", block);
	} else {
		(void)snprintf(text, size, "offset %ld of %s",
			(long)((intptr_t)(uintptr_t)address - (intptr_t)(uintptr_t)own->bytes),
			block);
	}
	return true;
}
