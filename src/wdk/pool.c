/* SPDX-License-Identifier: MIT */
/*
 * Pool memory.
 *
 * (pool-1) Each block has a head with its tag, its size and a mark that depends on
 *      its address. Freeing takes the mark away first. A block that is freed twice
 *      has none, and so has memory that is no block.
 */
#include "wdk/usage.h"

#include <stdatomic.h>

#include "wdk/thread.h"

#define NO_TAG 0x656e6f4eu /* "None" */
#define MARK ((ULONG_PTR)0x706f6f6cu)

struct block {
	_Alignas(MEMORY_ALLOCATION_ALIGNMENT) SIZE_T size;
	ULONG tag;
	ULONG_PTR mark; /* (pool-1) */
};

static _Atomic size_t live_blocks;
static _Atomic size_t live_bytes;

static bool is_paged(POOL_TYPE type)
{
	return ((unsigned)type & 1u) != 0;
}

PVOID ExAllocatePoolWithTag(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	struct block *block;

	SI_WDK_LEVEL(is_paged(type) ? APC_LEVEL : DISPATCH_LEVEL, "this pool");
	if (size > SIZE_MAX - sizeof(*block)) {
		return NULL;
	}
	block = si_platform_alloc(sizeof(*block) + size);
	if (block == NULL) {
		return NULL;
	}
	block->size = size;
	block->tag = tag;
	block->mark = (ULONG_PTR)block ^ MARK;
	atomic_fetch_add_explicit(&live_blocks, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&live_bytes, size, memory_order_relaxed);
	return block + 1;
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

void ExFreePoolWithTag(PVOID memory, ULONG tag)
{
	struct block *block;

	SI_BUG_IF(memory == NULL, "NULL given back to the pool");
	block = (struct block *)memory - 1;
	SI_BUG_IF(block->mark != ((ULONG_PTR)block ^ MARK),
		"given back to the pool twice, or never got from it (pool-1)");
	SI_BUG_IF(tag != 0 && tag != block->tag, "given back to the pool under another tag");
	block->mark = 0;
	atomic_fetch_sub_explicit(&live_blocks, 1, memory_order_relaxed);
	atomic_fetch_sub_explicit(&live_bytes, block->size, memory_order_relaxed);
	si_platform_free(block);
}

void ExFreePool(PVOID memory)
{
	ExFreePoolWithTag(memory, 0);
}

void si_wdk_pool_usage(size_t *blocks, size_t *bytes)
{
	*blocks = atomic_load_explicit(&live_blocks, memory_order_relaxed);
	*bytes = atomic_load_explicit(&live_bytes, memory_order_relaxed);
}
