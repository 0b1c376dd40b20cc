/* SPDX-License-Identifier: MIT */
/*
 * Pool memory.
 *
 * (pool-1) Every block is in `blocks` until it is given back. So an address that is
 *      no block, or is none any more, is found without being read.
 */
#include "base/map.h"
#include "wdk/thread.h"
#include "wdk/usage.h"

#define NO_TAG 0x656e6f4eu /* "None" */

struct block {
	_Alignas(MEMORY_ALLOCATION_ALIGNMENT) struct si_map_node by_address; /* blocks */
	void *memory; /* behind this, or where the table of hooks wants it */
	SIZE_T size;
	ULONG tag;
	bool of_kit; /* taken from the table of hooks, which gets it back */
};

static KSPIN_LOCK lock;
static struct si_map blocks; /* under the lock, (pool-1) */
static size_t live_bytes; /* under the lock */

static bool is_paged(POOL_TYPE type)
{
	return ((unsigned)type & 1u) != 0;
}

static struct block *take_memory(SIZE_T size)
{
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();
	void *memory = NULL;
	struct block *block = hooks != NULL ? hooks->take_memory(sizeof(*block), size, &memory)
					    : si_platform_alloc(sizeof(*block) + size);

	if (block != NULL) {
		block->of_kit = hooks != NULL;
		block->memory = hooks != NULL ? memory : block + 1;
	}
	return block;
}

static void give_memory(struct block *block)
{
	if (block->of_kit) {
		si_wdk_hooks_get()->give_memory(block, false);
	} else {
		si_platform_free(block);
	}
}

PVOID ExAllocatePoolWithTag(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	struct block *block;

	SI_WDK_LEVEL(is_paged(type) ? APC_LEVEL : DISPATCH_LEVEL,
		is_paged(type) ? "paged pool" : "a pool allocation");
	if (size > SIZE_MAX - sizeof(*block)) {
		return NULL;
	}
	block = take_memory(size);
	if (block == NULL) {
		return NULL;
	}
	block->size = size;
	block->tag = tag;
	si_wdk_lock(&lock);
	if (blocks.buckets == NULL) {
		si_map_init(&blocks);
	}
	si_map_add(&blocks, &block->by_address, (uintptr_t)block->memory);
	live_bytes += size;
	si_wdk_unlock(&lock);
	si_wdk_made(&(struct si_wdk_thing){
		.kind = SI_WDK_POOL, .object = block->memory, .size = size, .tag = tag });
	return block->memory;
}

PVOID ExAllocatePool(POOL_TYPE type, SIZE_T size)
{
	return ExAllocatePoolWithTag(type, size, NO_TAG);
}

PVOID ExAllocatePoolUninitialized(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return ExAllocatePoolWithTag(type, size, tag);
}

PVOID ExAllocatePoolZero(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	PVOID memory = ExAllocatePoolWithTag(type, size, tag);

	if (memory != NULL) {
		memset(memory, 0, size);
	}
	return memory;
}

PVOID ExAllocatePool2(POOL_FLAGS flags, SIZE_T size, ULONG tag)
{
	POOL_FLAGS kinds = POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED;
	POOL_FLAGS kind = flags & kinds;
	POOL_TYPE type = kind == POOL_FLAG_PAGED ? PagedPool : NonPagedPoolNx;

	/* Exactly one kind: a power of two. */
	if (size == 0 || tag == 0 || kind == 0 || (kind & (kind - 1)) != 0) {
		return NULL;
	}
	if ((flags & POOL_FLAG_UNINITIALIZED) != 0) {
		return ExAllocatePoolWithTag(type, size, tag);
	}
	return ExAllocatePoolZero(type, size, tag);
}

/* The block of this memory, which is one no longer; NULL if it is none. */
static struct block *take_block(const void *memory)
{
	struct si_map_node *node;
	struct block *block = NULL;

	si_wdk_lock(&lock);
	node = blocks.buckets != NULL ? si_map_find(&blocks, (uintptr_t)memory) : NULL;
	if (node != NULL) {
		block = CONTAINING_RECORD(node, struct block, by_address);
		si_map_remove(&blocks, node);
		live_bytes -= block->size;
	}
	si_wdk_unlock(&lock);
	return block;
}

void ExFreePoolWithTag(PVOID memory, ULONG tag)
{
	struct block *block;

	if (SI_WDK_MISUSED(memory == NULL, POOL, NULL, "NULL given back to the pool")) {
		return;
	}
	block = take_block(memory);
	if (SI_WDK_MISUSED(block == NULL, POOL_TWICE, memory,
		    "given back to the pool twice, or never got from it (pool-1)")) {
		return;
	}
	(void)SI_WDK_MISUSED(tag != 0 && tag != block->tag, POOL, memory,
		"given back to the pool under another tag");
	si_wdk_gone(SI_WDK_POOL, memory);
	give_memory(block);
}

void ExFreePool(PVOID memory)
{
	ExFreePoolWithTag(memory, 0);
}

void si_wdk_pool_usage(size_t *out_blocks, size_t *out_bytes)
{
	si_wdk_lock(&lock);
	*out_blocks = blocks.count;
	*out_bytes = live_bytes;
	si_wdk_unlock(&lock);
}

PVOID ExAllocatePoolWithQuotaTag(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return ExAllocatePoolWithTag(type, size, tag);
}

PVOID ExAllocatePoolQuotaZero(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return ExAllocatePoolZero(type, size, tag);
}

PVOID ExAllocatePoolWithTagPriority(
	POOL_TYPE type, SIZE_T size, ULONG tag, EX_POOL_PRIORITY priority)
{
	UNREFERENCED_PARAMETER(priority);
	return ExAllocatePoolWithTag(type, size, tag);
}

PVOID ExAllocatePool3(
	POOL_FLAGS flags, SIZE_T size, ULONG tag, PCPOOL_EXTENDED_PARAMETER parameters, ULONG count)
{
	for (ULONG i = 0; i < count; i++) {
		if (parameters[i].Type != PoolExtendedParameterPriority &&
			!parameters[i].Optional) {
			return NULL;
		}
	}
	return ExAllocatePool2(flags, size, tag);
}
