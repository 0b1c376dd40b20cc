/* SPDX-License-Identifier: MIT */
/* The states that were met, by their hashes. */
#include <stdlib.h>

#include "testing/explore.h"

#define FIRST_ROOM 1024u

bool si_explore_seen_init(struct si_explore_seen *seen)
{
	seen->slots = calloc(FIRST_ROOM, sizeof(*seen->slots));
	seen->room = FIRST_ROOM;
	seen->count = 0;
	return seen->slots != NULL;
}

void si_explore_seen_fini(struct si_explore_seen *seen)
{
	free(seen->slots);
}

/* The slot that has this hash, or is free for it. */
static uint64_t *find(uint64_t *slots, size_t room, uint64_t hash)
{
	size_t at = (size_t)hash & (room - 1);

	while (slots[at] != 0 && slots[at] != hash) {
		at = (at + 1) & (room - 1);
	}
	return &slots[at];
}

static bool grow(struct si_explore_seen *seen)
{
	uint64_t *slots = calloc(2 * seen->room, sizeof(*slots));

	if (slots == NULL) {
		return false;
	}
	for (size_t i = 0; i < seen->room; i++) {
		if (seen->slots[i] != 0) {
			*find(slots, 2 * seen->room, seen->slots[i]) = seen->slots[i];
		}
	}
	free(seen->slots);
	seen->slots = slots;
	seen->room *= 2;
	return true;
}

enum si_explore_added si_explore_seen_add(struct si_explore_seen *seen, uint64_t hash)
{
	uint64_t *slot;

	hash = hash != 0 ? hash : 1;
	slot = find(seen->slots, seen->room, hash);
	if (*slot == hash) {
		return SI_EXPLORE_KNOWN;
	}
	if (2 * seen->count >= seen->room) {
		if (!grow(seen)) {
			return SI_EXPLORE_NO_ROOM;
		}
		slot = find(seen->slots, seen->room, hash);
	}
	*slot = hash;
	seen->count++;
	return SI_EXPLORE_NEW;
}
