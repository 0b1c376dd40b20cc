/* SPDX-License-Identifier: MIT */
/* Tagged pool, and how much of it is out (nt_kernel-4). */
#include "nt_kernel.h"

#include <stdatomic.h>

#include "platform/hooks.h"

_Static_assert(MEMORY_ALLOCATION_ALIGNMENT >= _Alignof(max_align_t), "pool is aligned too loosely");

_Atomic(const struct si_hooks *) si_hooks;

static _Atomic size_t blocks; /* not given back */

void *si_platform_alloc(size_t size)
{
	const struct si_hooks *hooks = si_hooks_get();
	void *memory;

	SI_KERNEL_LEVEL("alloc");
	if (hooks != NULL && hooks->may_alloc != NULL && !hooks->may_alloc(size)) {
		return NULL;
	}
	/* The kernel breaks on a size of 0. */
	memory = ExAllocatePoolWithTag(NonPagedPoolNx, size != 0 ? size : 1, SI_POOL_TAG);
	if (memory != NULL) {
		/* Relaxed: read when all else is done, by the thread that stops. */
		atomic_fetch_add_explicit(&blocks, 1, memory_order_relaxed);
		if (hooks != NULL && hooks->allocated != NULL) {
			hooks->allocated(memory, size);
		}
	}
	return memory;
}

void si_platform_free(void *memory)
{
	const struct si_hooks *hooks = si_hooks_get();

	if (memory != NULL) {
		SI_KERNEL_LEVEL("free");
		if (hooks != NULL && hooks->freeing != NULL) {
			hooks->freeing(memory);
		}
		ExFreePoolWithTag(memory, SI_POOL_TAG);
		atomic_fetch_sub_explicit(&blocks, 1, memory_order_relaxed);
	}
}

size_t si_kernel_blocks(void)
{
	return atomic_load_explicit(&blocks, memory_order_relaxed);
}
