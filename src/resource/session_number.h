/* SPDX-License-Identifier: MIT */
/*
 * The numbers of sessions that have been sent: a table for the whole process.
 *
 * A number is 20 bits of index and 12 of generation. A slot has a word of generation,
 * state and pins, and the facts of its session.
 *
 *     FREE    -> LIVE    [add]      the facts are stored before
 *     LIVE    -> CLOSED  [close]    the session refuses operations
 *     LIVE, CLOSED -> FREE     [remove]   without pins
 *     LIVE, CLOSED -> REMOVED  [remove]   with pins, which get a reference to the context
 *     REMOVED -> FREE    [unpin]    with the last pin
 *
 * (session_number-1) The facts of a slot change while it is FREE only. Each new number
 *      has another generation. So a thread that meets the same number and state before
 *      and after it has read the facts has met that number's.
 * (session_number-2) While a slot is LIVE or CLOSED its session's end has not given up
 *      the context. A slot that is removed while it is pinned has a reference to it,
 *      dropped with the last pin. So the context is there while the slot is pinned.
 * (session_number-3) The thread that frees a slot changes it to FREE by one exchange that
 *      meets no pins. Pins stay when the rest of the word changes.
 * (session_number-4) Free slots are reused oldest first, and only while many wait. So a
 *      number comes back after some four million others at the earliest.
 * (session_number-5) The sender of a session stores that it has been sent, and then looks
 *      whether it is closed. A closer closes it first, and then looks. All four accesses
 *      are sequentially consistent, so one of the two threads closes the number.
 *
 * tests/models/session_numbers.pml checks (session_number-1), -2, -3 and -5 exhaustively.
 */
#ifndef SI_SESSION_NUMBER_H
#define SI_SESSION_NUMBER_H

#include <sessio/status.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/platform.h"

struct si_badge;
struct si_session_type;

#define SI_NUMBER_INDEX_BITS 20u
#define SI_NUMBER_PAGE 2048u /* slots; the first page is there from the start */
#define SI_NUMBER_PAGES ((1u << SI_NUMBER_INDEX_BITS) / SI_NUMBER_PAGE)
#define SI_NUMBER_WAITING 1024u

#define SI_NUMBER_LIVE UINT64_C(1)
#define SI_NUMBER_CLOSED UINT64_C(2)
#define SI_NUMBER_REMOVED UINT64_C(3)
#define SI_NUMBER_STATE UINT64_C(3)
#define SI_NUMBER_GENERATION_SHIFT SI_NUMBER_INDEX_BITS
#define SI_NUMBER_GENERATION (UINT64_C(0xfff) << SI_NUMBER_GENERATION_SHIFT)
#define SI_NUMBER_PIN (UINT64_C(1) << 32)

struct si_number_slot {
	_Atomic uint64_t word; /* (session_number-3) */
	_Atomic uintptr_t context;
	_Atomic uintptr_t type; /* the session type */
	_Atomic uintptr_t link; /* the badge, counted; if FREE, the index of the next free slot */
};

/* Gives a badge a number: SESSIO_OK, SESSIO_LIMIT, SESSIO_NO_MEMORY. The context is there. */
sessio_status si_session_number_add(struct si_badge *badge, const struct si_session_type *type);

/* The session of this badge is closed. */
void si_session_number_close(uint32_t number);

/* The badge goes. No lock is held; its context is there until this returns. */
void si_session_number_remove(struct si_badge *badge);

/*
 * Pins the badge with this number and context, or with any context for 0; NULL: there is
 * none. No lock is taken.
 */
struct si_badge *si_session_number_pin(uint32_t number, uintptr_t context);

/* No lock is held. May drop the last reference to the context. */
void si_session_number_unpin(uint32_t number);

/* Gives all pages back, when nothing of the library runs any more and no number is used. */
void si_session_number_end(void);

/* The slots, page by page. */
extern _Atomic(struct si_number_slot *) si_session_number_pages[SI_NUMBER_PAGES];

/* The slot of a number, NULL if there never was one. */
static inline struct si_number_slot *si_session_number_slot(uint32_t number)
{
	uint32_t index = number & ((UINT32_C(1) << SI_NUMBER_INDEX_BITS) - 1);
	/* Acquire: the slots as they were made. */
	struct si_number_slot *page = atomic_load_explicit(
		&si_session_number_pages[index / SI_NUMBER_PAGE], memory_order_acquire);

	return si_unlikely(page == NULL) ? NULL : &page[index % SI_NUMBER_PAGE];
}

/* Whether this number is that of an open session with these facts; type may be NULL. */
static inline bool si_session_number_is_open(uint32_t number, uintptr_t context, const void *type)
{
	struct si_number_slot *slot = si_session_number_slot(number);
	const uint64_t expected = (number & SI_NUMBER_GENERATION) | SI_NUMBER_LIVE;
	uintptr_t met_context;
	uintptr_t met_type;

	if (si_unlikely(slot == NULL)) {
		return false;
	}
	/* Acquire, three times: the facts of this generation; and if not, the word after it. */
	if ((uint32_t)atomic_load_explicit(&slot->word, memory_order_acquire) != expected) {
		return false;
	}
	met_context = atomic_load_explicit(&slot->context, memory_order_acquire);
	met_type = atomic_load_explicit(&slot->type, memory_order_acquire);
	/* Relaxed: the loads above come first (session_number-1). */
	return (uint32_t)atomic_load_explicit(&slot->word, memory_order_relaxed) == expected &&
		met_context == context && (type == NULL || met_type == (uintptr_t)type);
}

#endif /* SI_SESSION_NUMBER_H */
