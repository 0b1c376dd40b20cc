/* SPDX-License-Identifier: MIT */
/*
 * How a handle space is built; see <sessio/handle_space.h> for its use.
 *
 * A handle is 20 bits of index and 12 of generation, xored with a secret of the
 * space. A slot is a word of rights, state, generation and pins, and a pointer to
 * its lineage node.
 *
 *     FREE   -> LIVE    [publish]   the slot's node is set before
 *     LIVE   -> CLOSED  [close]     by one thread
 *     CLOSED -> FREE    [unpin]     with the last pin, and another generation
 *
 * (handle_space-1) A lookup pins the slot by one read-modify-write, and checks the
 *      word that it met. While a slot is LIVE or CLOSED and pinned, its node stays.
 * (handle_space-2) A pin may meet any slot. So no word is stored over: its pins stay
 *      when its state changes.
 * (handle_space-3) The thread that frees a slot changes CLOSED without pins to FREE
 *      by one exchange. So a slot is freed once, even if other threads take pins off.
 * (handle_space-4) Free slots are reused oldest first, and only while more than
 *      SI_HANDLE_WAITING wait.
 *
 * tests/models/handles.pml checks (handle_space-1) to (handle_space-3) exhaustively.
 */
#ifndef SI_HANDLE_SPACE_H
#define SI_HANDLE_SPACE_H

#include <sessio/handle_space.h>

#include "base/chunks.h"
#include "resource/lineage.h"

#define SI_HANDLE_INDEX_BITS 20u
#define SI_HANDLE_WAITING 1024u
#define SI_HANDLE_CHUNKS 14u
#define SI_HANDLE_FIRST_BITS 6u
#define SI_HANDLE_FIRST_CHUNK (1u << SI_HANDLE_FIRST_BITS) /* each further one is twice as large */

#define SI_SLOT_RIGHTS UINT64_C(0xffffffff)
#define SI_SLOT_LIVE (UINT64_C(1) << 32)
#define SI_SLOT_CLOSED (UINT64_C(2) << 32)
#define SI_SLOT_STATE (UINT64_C(15) << 32)
#define SI_SLOT_GENERATION_SHIFT 36u
#define SI_SLOT_GENERATION (UINT64_C(0xfff) << SI_SLOT_GENERATION_SHIFT)
#define SI_SLOT_PIN (UINT64_C(1) << 48)
#define SI_SLOT_PINS (UINT64_C(0xffff) << 48)
/* Half of what fits: threads that are refused have taken a pin for a moment. */
#define SI_SLOT_PINS_MAX (UINT64_C(0x8000) << 48)

struct si_handle_slot {
	_Atomic uint64_t word; /* (handle_space-2) */
	/*
	 * The lineage node, counted; or if FREE, the index of the next free slot plus one.
	 * Atomic, because a thread that loses (handle_space-3) may still read it.
	 */
	_Atomic uintptr_t link;
};

struct sessio_handle_space {
	si_mutex lock; /* guards what follows but the first two and the chunks' slots */
	uint64_t number; /* fixed; of this space, never used again */
	uint32_t secret; /* fixed */
	uint32_t made; /* slots that have ever been used */
	uint32_t free_first; /* index plus one, 0: none */
	uint32_t free_last;
	uint32_t free_count;
	size_t open; /* handles */
	struct si_chunks chunks; /* of slots */
};

/* A handle that is pinned. */
struct si_handle_pin {
	struct si_handle_slot *slot;
	struct si_lineage_node *node;
	uint32_t index;
	uint32_t rights;
};

static inline struct si_handle_slot *si_handle_slot_at(
	struct sessio_handle_space *space, uint32_t index)
{
	return (struct si_handle_slot *)si_chunks_slot(
		&space->chunks, index, SI_HANDLE_FIRST_BITS, sizeof(struct si_handle_slot));
}

/* Relaxed: a pin orders it. */
static inline struct si_lineage_node *si_handle_node_of(struct si_handle_slot *slot)
{
	return (struct si_lineage_node *)atomic_load_explicit(&slot->link, memory_order_relaxed);
}

/* The pin that was taken off was the last of a closed slot, whose word is now this. SESSIO_OK. */
SI_COLD sessio_status si_handle_unpin_last(struct sessio_handle_space *space,
	struct si_handle_slot *slot, uint32_t index, uint64_t word);

/* Always SESSIO_OK. The cold calls take no struct, so that the pin needs no memory. */
static inline sessio_status si_handle_unpin(
	struct sessio_handle_space *space, const struct si_handle_pin *pin)
{
	/* Release: the use of the node comes before its end. */
	uint64_t before =
		atomic_fetch_sub_explicit(&pin->slot->word, SI_SLOT_PIN, memory_order_acq_rel);

	if (si_unlikely(
		    (before & (SI_SLOT_STATE | SI_SLOT_PINS)) == (SI_SLOT_CLOSED | SI_SLOT_PIN))) {
		return si_handle_unpin_last(space, pin->slot, pin->index, before - SI_SLOT_PIN);
	}
	return SESSIO_OK;
}

/* Takes a pin off that met this word, and says why it was not good. `slot` may be NULL. */
SI_COLD sessio_status si_handle_refuse_pin(struct sessio_handle_space *space,
	struct si_handle_slot *slot, uint32_t index, uint64_t met);

/*
 * Pins the slot of a handle, and fills in *out_pin but its node; false: the word that it
 * met is not that of this handle. Then si_handle_refuse_pin(), unless there is no slot.
 */
SI_INLINE bool si_handle_try_pin(struct sessio_handle_space *space, uint32_t handle,
	struct si_handle_pin *out_pin, uint64_t *out_met)
{
	uint32_t raw = handle ^ space->secret;
	uint64_t generation = raw >> SI_HANDLE_INDEX_BITS;
	uint64_t expected = generation << SI_SLOT_GENERATION_SHIFT | SI_SLOT_LIVE;

	out_pin->index = raw & ((UINT32_C(1) << SI_HANDLE_INDEX_BITS) - 1);
	out_pin->slot = si_handle_slot_at(space, out_pin->index);
	if (si_unlikely(out_pin->slot == NULL || handle == SESSIO_HANDLE_INVALID)) {
		out_pin->slot = NULL;
		return false;
	}
	/* Acquire: the node that was published with the word. */
	*out_met =
		atomic_fetch_add_explicit(&out_pin->slot->word, SI_SLOT_PIN, memory_order_acquire);
	out_pin->rights = (uint32_t)(*out_met & SI_SLOT_RIGHTS);
	return si_likely((*out_met & (SI_SLOT_STATE | SI_SLOT_GENERATION)) == expected &&
		(*out_met & SI_SLOT_PINS) < SI_SLOT_PINS_MAX);
}

/* Pins a handle, revoked or not; SESSIO_INVALID_ARG, SESSIO_LIMIT (too many pins). */
static inline sessio_status si_handle_pin(
	struct sessio_handle_space *space, uint32_t handle, struct si_handle_pin *out_pin)
{
	uint64_t met = 0;

	if (si_unlikely(!si_handle_try_pin(space, handle, out_pin, &met))) {
		sessio_status status =
			si_handle_refuse_pin(space, out_pin->slot, out_pin->index, met);

		SI_BUG_IF(status == SESSIO_OK, "a handle without a pin is no reason to go on");
		out_pin->node = NULL;
		return status;
	}
	out_pin->node = si_handle_node_of(out_pin->slot);
	return SESSIO_OK;
}

/* Pins a handle that is not revoked and has these rights. */
sessio_status si_handle_look_up(struct sessio_handle_space *space, uint32_t handle, uint32_t rights,
	struct si_handle_pin *out_pin);

/* Pins a badge's handle and takes a reference on the badge; NULL for SESSIO_HANDLE_INVALID. */
sessio_status si_handle_look_up_badge(
	struct sessio_handle_space *space, uint32_t handle, struct si_badge **out_badge);

/*
 * Revokes a handle that its space has received, and all its descendants. It stays open.
 * SESSIO_INVALID_ARG, SESSIO_LIMIT (too many pins).
 */
sessio_status si_handle_withdraw(struct sessio_handle_space *space, uint32_t handle);

/* Closes a handle, borrowed or not. SESSIO_INVALID_ARG (it is none), SESSIO_LIMIT. */
sessio_status si_handle_close(struct sessio_handle_space *space, uint32_t handle);

/* Gives an object that has no handle yet its first one. */
sessio_status si_handle_create_first(struct sessio_handle_space *space,
	struct si_handle_object *object, uint32_t rights, uint32_t *out_handle);

/* Closes all handles of the process's own space and frees it; the next use makes another. */
void si_handle_space_end_own(void);
/* The same if it has no handles. */
void si_handle_space_end_empty_own(void);

#endif /* SI_HANDLE_SPACE_H */
