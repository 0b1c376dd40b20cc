/* SPDX-License-Identifier: MIT */
#include "testing/explore.h"
#include "testing/explore_memory.h"

uint64_t si_explore_hash(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

void si_explore_add_range(struct si_explore_ranges *ranges, const void *start, size_t size,
	unsigned token, size_t index)
{
	struct si_explore_range *range = &ranges->all[ranges->count];

	if (ranges->count == SI_EXPLORE_RANGES) {
		return; /* then equal states may look different, and nothing worse */
	}
	ranges->count++;
	range->start = (uintptr_t)start;
	range->end = range->start + (size != 0 ? size : 1);
	range->token = (uint64_t)token << 56 | (uint64_t)index << 32;
	ranges->low = range->start < ranges->low ? range->start : ranges->low;
	ranges->high = range->end > ranges->high ? range->end : ranges->high;
}

uint64_t si_explore_translate(const struct si_explore_ranges *ranges, uintptr_t word)
{
	if (word < ranges->low || word >= ranges->high) {
		return word;
	}
	for (size_t i = 0; i < ranges->count; i++) {
		const struct si_explore_range *range = &ranges->all[i];

		if (word >= range->start && word < range->end) {
			return range->token + (word - range->start);
		}
	}
	return word;
}

/*
 * Memory of the code under test, word by word. Address sanitizers have marked the room
 * between variables, and thread sanitizers do not know that nothing runs.
 */
#if defined(__GNUC__)
typedef uintptr_t __attribute__((may_alias)) word;
__attribute__((no_sanitize("address", "thread")))
#else
typedef uintptr_t word;
#endif
uint64_t
si_explore_hash_memory(
	uint64_t hash, const struct si_explore_ranges *ranges, const void *memory, size_t size)
{
	const volatile word *words = memory;
	const volatile unsigned char *rest = memory;

	for (size_t i = 0; i < size / sizeof(word); i++) {
		hash = si_explore_hash(hash, si_explore_translate(ranges, words[i]));
	}
	for (size_t i = size - size % sizeof(word); i < size; i++) {
		hash = si_explore_hash(hash, rest[i]);
	}
	return hash;
}
