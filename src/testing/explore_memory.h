/* SPDX-License-Identifier: MIT */
/*
 * The memory of code under test, as exploration compares it. A pointer to something
 * that the kit knows counts by the thing, because another history has it elsewhere.
 */
#ifndef SI_TESTING_EXPLORE_MEMORY_H
#define SI_TESTING_EXPLORE_MEMORY_H

#include "testing/kit.h"

#define SI_EXPLORE_RANGES 128u

/* The memory of a thing; pointers into it are alike in equal states. */
struct si_explore_range {
	uintptr_t start;
	uintptr_t end;
	uint64_t token;
};

struct si_explore_ranges {
	struct si_explore_range all[SI_EXPLORE_RANGES];
	size_t count;
	uintptr_t low, high; /* no range is outside */
};

/* A token has 8 bits, and so have the others of testing_explore_state.c; these are a provider's. */
#define SI_EXPLORE_PROVIDER_THING 0x20u

void si_explore_add_range(struct si_explore_ranges *ranges, const void *start, size_t size,
	unsigned token, size_t index);
uint64_t si_explore_translate(const struct si_explore_ranges *ranges, uintptr_t word);
uint64_t si_explore_hash_memory(
	uint64_t hash, const struct si_explore_ranges *ranges, const void *memory, size_t size);

/* Providers and their things; with the kit's lock held. */
uint64_t si_explore_hash_providers_locked(
	uint64_t hash, struct si_explore_ranges *ranges, const sessio_kit *kit);
/* Consumers, their sessions, and those of registered objects. */
uint64_t si_explore_hash_consumers(uint64_t hash, sessio_kit *kit);
/* The same for people; as si_explore_put(). */
size_t si_explore_put_consumers(sessio_kit *kit, char *text, size_t size, size_t length);

#endif /* SI_TESTING_EXPLORE_MEMORY_H */
