/* SPDX-License-Identifier: MIT */
/* The slots of a handle space: how handles come, are pinned, and go. */
#include "resource/handle_space_slot.h"

#include <string.h>

static uint64_t generation_of(uint64_t word)
{
	return (word & SI_SLOT_GENERATION) >> SI_SLOT_GENERATION_SHIFT;
}

static uint32_t value_of(const struct sessio_handle_space *space, uint32_t index, uint64_t word)
{
	return ((uint32_t)generation_of(word) << SI_HANDLE_INDEX_BITS | index) ^ space->secret;
}

/* Relaxed, both: the word or the lock orders them. */
static uintptr_t link_of(struct si_handle_slot *slot)
{
	return atomic_load_explicit(&slot->link, memory_order_relaxed);
}

static void set_link(struct si_handle_slot *slot, uintptr_t link)
{
	atomic_store_explicit(&slot->link, link, memory_order_relaxed);
}

static void free_last_locked(struct sessio_handle_space *space, uint32_t index) SI_HELD(space->lock)
{
	set_link(si_handle_slot_at(space, index), 0);
	if (space->free_first == 0) {
		space->free_first = index + 1;
	} else {
		set_link(si_handle_slot_at(space, space->free_last - 1), index + 1);
	}
	space->free_last = index + 1;
	space->free_count++;
}

static uint32_t take_oldest_locked(struct sessio_handle_space *space) SI_HELD(space->lock)
{
	uint32_t index = space->free_first - 1;

	space->free_first = (uint32_t)link_of(si_handle_slot_at(space, index));
	space->free_count--;
	return index;
}

static sessio_status take_new_locked(struct sessio_handle_space *space, uint32_t *out_index)
	SI_HELD(space->lock)
{
	uint32_t index = space->made;

	if (index >= SESSIO_HANDLES_MAX) {
		return SESSIO_LIMIT;
	}
	if (si_handle_slot_at(space, index) == NULL) {
		unsigned chunk = si_chunks_of(index, SI_HANDLE_FIRST_BITS);
		size_t size = sizeof(struct si_handle_slot) * SI_HANDLE_FIRST_CHUNK << chunk;
		struct si_handle_slot *slots = si_platform_alloc(size);

		if (slots == NULL) {
			return SESSIO_NO_MEMORY;
		}
		memset(slots, 0, size);
		si_chunks_add(&space->chunks, chunk, slots, SI_HANDLE_FIRST_BITS, sizeof(*slots));
	}
	space->made++;
	*out_index = index;
	return SESSIO_OK;
}

/* Another generation; pins stay as they are (handle_space-2). */
static uint64_t next_generation(uint64_t word)
{
	uint64_t generation = (generation_of(word) + 1) << SI_SLOT_GENERATION_SHIFT;

	return (word & SI_SLOT_PINS) | (generation & SI_SLOT_GENERATION);
}

sessio_status si_handle_reserve(
	struct sessio_handle_space *space, uint32_t *out_index, uint32_t *out_value)
{
	struct si_handle_slot *slot;
	sessio_status status = SESSIO_OK;
	uint64_t word;

	si_mutex_lock(&space->lock);
	if (space->free_count > SI_HANDLE_WAITING) { /* (handle_space-4) */
		*out_index = take_oldest_locked(space);
	} else {
		status = take_new_locked(space, out_index);
	}
	si_mutex_unlock(&space->lock);
	if (status != SESSIO_OK) {
		return status;
	}
	slot = si_handle_slot_at(space, *out_index);
	/* Relaxed: only this thread changes more than its pins. */
	word = atomic_load_explicit(&slot->word, memory_order_relaxed);
	while (value_of(space, *out_index, word) == SESSIO_HANDLE_INVALID) {
		if (atomic_compare_exchange_weak_explicit(&slot->word, &word, next_generation(word),
			    memory_order_relaxed, memory_order_relaxed)) {
			word = next_generation(word);
		}
	}
	*out_value = value_of(space, *out_index, word);
	return SESSIO_OK;
}

void si_handle_give_back(struct sessio_handle_space *space, uint32_t index)
{
	si_mutex_lock(&space->lock);
	free_last_locked(space, index);
	si_mutex_unlock(&space->lock);
}

void si_handle_publish(struct sessio_handle_space *space, uint32_t index,
	struct si_lineage_node *node, uint32_t rights)
{
	struct si_handle_slot *slot = si_handle_slot_at(space, index);

	si_mutex_lock(&space->lock);
	space->open++;
	si_mutex_unlock(&space->lock);
	set_link(slot, (uintptr_t)node);
	/* Release: a lookup that meets the handle sees its node. The slot was FREE. */
	atomic_fetch_or_explicit(&slot->word, SI_SLOT_LIVE | rights, memory_order_release);
}

/* Frees it, unless another pin has come (handle_space-3). */
SI_COLD sessio_status si_handle_unpin_last(struct sessio_handle_space *space,
	struct si_handle_slot *slot, uint32_t index, uint64_t word)
{
	struct si_lineage_node *node = si_handle_node_of(slot);

	/* Acquire: the other pins' use of the node. */
	if (!atomic_compare_exchange_strong_explicit(&slot->word, &word, next_generation(word),
		    memory_order_acq_rel, memory_order_relaxed)) {
		return SESSIO_OK;
	}
	si_mutex_lock(&space->lock);
	free_last_locked(space, index);
	space->open--;
	si_mutex_unlock(&space->lock);
	si_lineage_close(node);
	return SESSIO_OK;
}

SI_COLD sessio_status si_handle_refuse_pin(struct sessio_handle_space *space,
	struct si_handle_slot *slot, uint32_t index, uint64_t met)
{
	const struct si_handle_pin pin = { .slot = slot, .index = index };

	if (slot == NULL) {
		return SESSIO_INVALID_ARG;
	}
	(void)si_handle_unpin(space, &pin);
	return (met & SI_SLOT_PINS) < SI_SLOT_PINS_MAX ? SESSIO_INVALID_ARG : SESSIO_LIMIT;
}

bool si_handle_mark_closed(const struct si_handle_pin *pin)
{
	/* Relaxed, twice: the pin orders the thread's accesses. */
	uint64_t word = atomic_load_explicit(&pin->slot->word, memory_order_relaxed);

	while ((word & SI_SLOT_STATE) == SI_SLOT_LIVE) {
		uint64_t closed = (word & ~SI_SLOT_STATE) | SI_SLOT_CLOSED;

		if (atomic_compare_exchange_weak_explicit(&pin->slot->word, &word, closed,
			    memory_order_relaxed, memory_order_relaxed)) {
			return true;
		}
	}
	return false;
}

void si_handle_close_all(struct sessio_handle_space *space)
{
	for (uint32_t index = 0; index < space->made; index++) {
		struct si_handle_pin pin = { .slot = si_handle_slot_at(space, index),
			.index = index };
		uint64_t word;

		SI_BUG_IF(pin.slot == NULL, "a slot was made that is not there");
		word = atomic_fetch_add_explicit(
			&pin.slot->word, SI_SLOT_PIN, memory_order_acquire);
		if ((word & SI_SLOT_STATE) == SI_SLOT_LIVE) {
			(void)si_handle_mark_closed(&pin);
		}
		(void)si_handle_unpin(space, &pin);
	}
}
