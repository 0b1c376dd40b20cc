/* SPDX-License-Identifier: MIT */
/*
 * Pool memory under the verifier. A guard of known bytes is behind each block. A
 * block that was freed is filled, and stays for a while, to see writes to it.
 */
#include "testing/kit.h"

#define GUARD 32u
#define FRESH 0xcd
#define GUARDED 0xbd
#define FREED 0xdd
#define QUARANTINE_SIZE ((size_t)1 << 20)

struct guarded {
	_Alignas(MEMORY_ALLOCATION_ALIGNMENT) struct si_list_node link; /* kit->quarantine */
	size_t size; /* without the guard */
	unsigned char *block; /* the driver's part, once it was freed */
};

static unsigned char *bytes_of(struct guarded *own)
{
	return (unsigned char *)(own + 1);
}

static bool is_filled(const unsigned char *bytes, size_t count, unsigned char value)
{
	return count == 0 || (bytes[0] == value && memcmp(bytes, bytes + 1, count - 1) == 0);
}

void *si_kit_take_memory(size_t size)
{
	struct guarded *own;

	if (size > SIZE_MAX - sizeof(*own) - GUARD) {
		return NULL;
	}
	own = si_platform_alloc(sizeof(*own) + size + GUARD);
	if (own == NULL) {
		return NULL;
	}
	own->size = size;
	memset(bytes_of(own), FRESH, size);
	memset(bytes_of(own) + size, GUARDED, GUARD);
	return own + 1;
}

static void check_freed(sessio_kit *kit, struct guarded *own)
{
	size_t count = (size_t)(bytes_of(own) + own->size - own->block);
	struct si_kit_place nowhere = { 0 };

	if (!is_filled(own->block, count, FREED)) {
		si_kit_find_at(kit, SESSIO_KIT_RULE_POOL_USED_AFTER_FREE, own->block,
			"a block changed after it was freed", nowhere);
		memset(own->block, FREED, count);
	}
}

/* Takes the oldest of the quarantine, as long as it is larger than this; NULL if not. */
static struct guarded *take_oldest(sessio_kit *kit, size_t limit)
{
	struct guarded *own = NULL;

	si_wdk_lock(&kit->lock);
	if (kit->quarantine_size > limit) {
		own = SI_LIST_ELEMENT(kit->quarantine.first, struct guarded, link);
		si_list_remove(&kit->quarantine, &own->link);
		kit->quarantine_size -= own->size;
	}
	si_wdk_unlock(&kit->lock);
	return own;
}

static void shrink_quarantine(sessio_kit *kit, size_t limit)
{
	struct guarded *own;

	while ((own = take_oldest(kit, limit)) != NULL) {
		check_freed(kit, own);
		si_platform_free(own);
	}
}

void si_kit_give_memory(void *memory, void *block)
{
	sessio_kit *kit = si_kit_current();
	struct guarded *own = (struct guarded *)memory - 1;

	if (kit == NULL) {
		si_platform_free(own);
		return;
	}
	if (!is_filled(bytes_of(own) + own->size, GUARD, GUARDED)) {
		si_kit_find(kit, SESSIO_KIT_RULE_POOL_OVERRUN, block,
			"bytes behind a block were changed, as is seen when it is freed");
	}
	own->block = block;
	memset(block, FREED, (size_t)(bytes_of(own) + own->size - own->block));
	si_wdk_lock(&kit->lock);
	si_list_append(&kit->quarantine, &own->link);
	kit->quarantine_size += own->size;
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
		si_platform_free(own);
	}
}
