/* SPDX-License-Identifier: MIT */
#include "resource/session_number.h"

#include <string.h>

#include "base/object.h"
#include "resource/lineage.h"

#define INDEX_MASK ((UINT32_C(1) << SI_NUMBER_INDEX_BITS) - 1)
#define WORD_OF(number) ((number)&SI_NUMBER_GENERATION)

_Atomic(struct si_number_slot *) si_session_number_pages[SI_NUMBER_PAGES];

/* Guarded by si_platform_lock_of(&table). */
static struct table {
	uint32_t made; /* the highest index that has ever been used */
	uint32_t free_first; /* 0: none */
	uint32_t free_last;
	uint32_t free_count;
} table;

_Static_assert(sizeof(uintptr_t) >= sizeof(uint32_t), "a link holds an index");

/* The slot of a number or index that has been given out. */
static struct si_number_slot *known_slot(uint32_t number)
{
	struct si_number_slot *slot = si_session_number_slot(number);

	SI_BUG_IF(slot == NULL, "a session's number that never was given");
	return slot;
}

/* Relaxed, twice: the lock orders the links of free slots. */
static void free_last_locked(uint32_t index)
{
	atomic_store_explicit(&known_slot(index)->link, 0, memory_order_relaxed);
	if (table.free_first == 0) {
		table.free_first = index;
	} else {
		atomic_store_explicit(
			&known_slot(table.free_last)->link, index, memory_order_relaxed);
	}
	table.free_last = index;
	table.free_count++;
}

static struct si_number_slot first_page[SI_NUMBER_PAGE];

static sessio_status make_page_locked(uint32_t page)
{
	struct si_number_slot *slots =
		page == 0 ? first_page : si_platform_alloc(sizeof(first_page));

	if (slots == NULL) {
		return SESSIO_NO_MEMORY;
	}
	memset(slots, 0, sizeof(first_page));
	/* Release: pairs with si_session_number_slot(). */
	atomic_store_explicit(&si_session_number_pages[page], slots, memory_order_release);
	return SESSIO_OK;
}

static sessio_status take_new_locked(uint32_t *out_index)
{
	uint32_t index = table.made + 1; /* no number has index 0 */
	sessio_status status = SESSIO_OK;

	if (index >= SI_NUMBER_PAGES * SI_NUMBER_PAGE) {
		return SESSIO_LIMIT;
	}
	if (si_session_number_slot(index) == NULL) {
		status = make_page_locked(index / SI_NUMBER_PAGE);
	}
	if (status == SESSIO_OK) {
		table.made = index;
		*out_index = index;
	}
	return status;
}

static sessio_status take(uint32_t *out_index)
{
	si_mutex *lock = si_platform_lock_of(&table);
	sessio_status status = SESSIO_OK;

	si_mutex_lock(lock);
	if (table.free_count > SI_NUMBER_WAITING) { /* (session_number-4) */
		*out_index = table.free_first;
		table.free_first = (uint32_t)atomic_load_explicit(
			&known_slot(*out_index)->link, memory_order_relaxed);
		table.free_count--;
	} else {
		status = take_new_locked(out_index);
	}
	si_mutex_unlock(lock);
	return status;
}

sessio_status si_session_number_add(struct si_badge *badge, const struct si_session_type *type)
{
	struct si_number_slot *slot;
	uint32_t index = 0;
	sessio_status status = take(&index);

	if (status != SESSIO_OK) {
		return status;
	}
	slot = known_slot(index);
	/* Relaxed: the generation is this thread's to use. */
	badge->session = index |
		(uint32_t)(atomic_load_explicit(&slot->word, memory_order_relaxed) &
			SI_NUMBER_GENERATION);
	si_badge_ref(badge);
	/* Release, three times: the generation of the slot came before (session_number-1). */
	atomic_store_explicit(&slot->context, (uintptr_t)badge->context, memory_order_release);
	atomic_store_explicit(&slot->type, (uintptr_t)type, memory_order_release);
	atomic_store_explicit(&slot->link, (uintptr_t)badge, memory_order_release);
	/* Release: the facts come before the number. */
	atomic_fetch_or_explicit(&slot->word, SI_NUMBER_LIVE, memory_order_release);
	return SESSIO_OK;
}

void si_session_number_close(uint32_t number)
{
	struct si_number_slot *slot = known_slot(number);
	uint64_t word = atomic_load_explicit(&slot->word, memory_order_relaxed);

	while ((uint32_t)word == (WORD_OF(number) | SI_NUMBER_LIVE)) {
		/* Relaxed: the operation counter orders the work before the close. */
		if (atomic_compare_exchange_weak_explicit(&slot->word, &word,
			    word - SI_NUMBER_LIVE + SI_NUMBER_CLOSED, memory_order_relaxed,
			    memory_order_relaxed)) {
			return;
		}
	}
}

/* The slot is FREE, with another generation. */
static void give_back(uint32_t number, struct si_badge *badge)
{
	si_mutex *lock = si_platform_lock_of(&table);

	si_mutex_lock(lock);
	free_last_locked(number & INDEX_MASK);
	si_mutex_unlock(lock);
	si_badge_unref(badge);
}

/* False if there is a pin, or if another thread was first (session_number-3). */
static bool free_word(struct si_number_slot *slot, uint64_t word)
{
	uint64_t free = (word + (UINT64_C(1) << SI_NUMBER_GENERATION_SHIFT)) & SI_NUMBER_GENERATION;

	/* Acquire: the use that others made of their pins. Release: the generation first. */
	return atomic_compare_exchange_strong_explicit(
		&slot->word, &word, free, memory_order_acq_rel, memory_order_relaxed);
}

/* With no pin on a REMOVED slot, or so it was a moment ago. */
static void free_removed(uint32_t number)
{
	struct si_number_slot *slot = known_slot(number);
	uintptr_t context = atomic_load_explicit(&slot->context, memory_order_relaxed);
	uintptr_t link = atomic_load_explicit(&slot->link, memory_order_relaxed);

	if (free_word(slot, WORD_OF(number) | SI_NUMBER_REMOVED)) {
		give_back(number, (struct si_badge *)link);
		si_object_put((void *)context); /* (session_number-2) */
	}
}

void si_session_number_remove(struct si_badge *badge)
{
	uint32_t number = badge->session;
	struct si_number_slot *slot = known_slot(number);
	uint64_t word = atomic_load_explicit(&slot->word, memory_order_relaxed);

	if ((word & ~SI_NUMBER_STATE) == WORD_OF(number) && free_word(slot, word)) {
		give_back(number, badge);
		return;
	}
	(void)si_object_ref(badge->context); /* (session_number-2) */
	/* Release: the reference comes before. Acquire: as in free_word(). */
	word = atomic_fetch_or_explicit(&slot->word, SI_NUMBER_REMOVED, memory_order_acq_rel);
	if (word < SI_NUMBER_PIN) {
		free_removed(number);
	}
}

void si_session_number_unpin(uint32_t number)
{
	struct si_number_slot *slot = known_slot(number);
	/* Release: the use of the pin comes before its end. */
	uint64_t before =
		atomic_fetch_sub_explicit(&slot->word, SI_NUMBER_PIN, memory_order_acq_rel);

	SI_BUG_IF(before < SI_NUMBER_PIN, "a number is unpinned that was not pinned");
	if (si_unlikely(before - SI_NUMBER_PIN == (WORD_OF(number) | SI_NUMBER_REMOVED))) {
		free_removed(number);
	}
}

struct si_badge *si_session_number_pin(uint32_t number, uintptr_t context)
{
	struct si_number_slot *slot = si_session_number_slot(number);
	uint32_t word;

	if (slot == NULL) {
		return NULL;
	}
	/* Acquire: the facts that were stored before the word. */
	word = (uint32_t)atomic_fetch_add_explicit(
		&slot->word, SI_NUMBER_PIN, memory_order_acquire);
	if ((word == (WORD_OF(number) | SI_NUMBER_LIVE) ||
		    word == (WORD_OF(number) | SI_NUMBER_CLOSED)) &&
		(context == 0 ||
			atomic_load_explicit(&slot->context, memory_order_relaxed) == context)) {
		return (struct si_badge *)atomic_load_explicit(&slot->link, memory_order_relaxed);
	}
	si_session_number_unpin(number);
	return NULL;
}

void si_session_number_end(void)
{
	for (unsigned i = 0; i < SI_NUMBER_PAGES; i++) {
		/* Relaxed: nobody else is there. */
		struct si_number_slot *page = atomic_exchange_explicit(
			&si_session_number_pages[i], NULL, memory_order_relaxed);

		if (page != first_page) {
			si_platform_free(page);
		}
	}
	table = (struct table){ .made = 0 };
}
