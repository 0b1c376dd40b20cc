/* SPDX-License-Identifier: MIT */
/*
 * Counts what the library takes from the platform, so that an input can be held to a
 * bound and must leave nothing behind. For one thread.
 */
#ifndef SESSIO_TESTS_FUZZ_FUZZ_MEMORY_H
#define SESSIO_TESTS_FUZZ_FUZZ_MEMORY_H

#include "fuzz.h"

#include "platform/hooks.h"

static struct {
	size_t live; /* allocations that have not come back */
	size_t made; /* since the start of the input */
	uint64_t bytes; /* of those made */
} fuzz_memory;

static inline void fuzz_allocated(void *memory, size_t size)
{
	(void)memory;
	fuzz_memory.live++;
	fuzz_memory.made++;
	fuzz_memory.bytes += size;
}

static inline void fuzz_freeing(void *memory)
{
	(void)memory;
	fuzz_memory.live--;
}

/* At the start of each input. The things that the library makes for the process stay. */
static inline void fuzz_memory_begin(void)
{
	static const struct si_hooks hooks = { .allocated = fuzz_allocated,
		.freeing = fuzz_freeing };

	if (si_hooks_get() == NULL) {
		si_hooks_set(&hooks);
	}
	fuzz_memory.made = 0;
	fuzz_memory.bytes = 0;
}

#endif /* SESSIO_TESTS_FUZZ_FUZZ_MEMORY_H */
