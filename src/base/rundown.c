/* SPDX-License-Identifier: MIT */
#include "base/rundown.h"

#include <string.h>

#include "base/fast.h"

/* Bits of the number of stripes: many for few threads, as two may choose the same one. */
#define STRIPE_BITS_MIN 4u
#define STRIPE_BITS_MAX 7u

/* Split when the counter changed threads this often within this time. */
#define SWITCHES 1024u
#define WINDOW_MS 50u

static int64_t count_of(uint64_t word)
{
	const uint64_t ticks = UINT64_MAX / SI_RUN_TICK + 1;

	/* The ticks go off at the top, so that the sign is the count's (rundown-9). */
	return (int64_t)((word & SI_RUN_COUNT) * ticks) / (int64_t)(SI_RUN_ONE * ticks);
}

static uint64_t word_of(int64_t count)
{
	return (uint64_t)count * SI_RUN_ONE;
}

static unsigned count_stripes(const struct si_stripes *stripes)
{
	return 1u << (16 - stripes->shift);
}

static bool is_full(uint64_t word)
{
	return count_of(word) >= (int64_t)(SI_RUN_LIMIT / SI_RUN_ONE);
}

void si_rundown_fini(struct si_rundown *run)
{
	struct si_stripes *stripes = atomic_load_explicit(&run->stripes, memory_order_relaxed);

	if (stripes != NULL) {
		si_platform_free(stripes->memory);
	}
}

bool si_rundown_set_biased(struct si_rundown *run)
{
	/* Release: the slot's key. Acquire: if it is closed, that comes first (fast-4). */
	uint64_t seen =
		atomic_fetch_or_explicit(&run->central, SI_RUN_BIASED, memory_order_acq_rel);

	return (seen & (SI_RUN_CLOSED | SI_RUN_PENDING)) == 0;
}

enum si_run_close si_rundown_close_slowly(struct si_rundown *run)
{
	/*
	 * Release: operations that are refused see why. Acquire: this thread sees
	 * all that finished operations did, and the stripes in place (rundown-5).
	 * Sequentially consistent: so do callers' loads and stores of other words.
	 */
	uint64_t seen =
		atomic_fetch_or_explicit(&run->central, SI_RUN_CLOSED, memory_order_seq_cst);
	int64_t count = count_of(seen);

	if ((seen & SI_RUN_CLOSED) != 0) {
		return SI_CLOSE_LATE;
	}
	if ((seen & SI_RUN_PENDING) != 0) {
		return SI_CLOSE_PENDING;
	}
	if ((seen & SI_RUN_SPLIT) != 0) {
		struct si_stripes *stripes =
			atomic_load_explicit(&run->stripes, memory_order_relaxed);

		for (unsigned i = 0; i < count_stripes(stripes); i++) {
			count += count_of(atomic_fetch_or_explicit(
				&stripes->at[i].count, SI_RUN_CLOSED, memory_order_acq_rel));
		}
	}
	if ((seen & SI_RUN_BIASED) != 0) {
		count += si_fast_take(run);
	}
	SI_BUG_IF(count < 0, "an operation ended that never began (rundown-1)");
	if (count == 0) {
		/* Every acquire before its mark has its release before another: drain is untouched. */
		return SI_CLOSE_IDLE;
	}
	/* Relaxed: si_rundown_release_closer() comes after it on the same word. */
	atomic_fetch_add_explicit(&run->drain, word_of(count), memory_order_relaxed);
	return SI_CLOSE_BUSY;
}

uint64_t si_rundown_active(struct si_rundown *run)
{
	uint64_t seen = atomic_load_explicit(&run->central, memory_order_acquire);
	int64_t count;

	if ((seen & SI_RUN_CLOSED) != 0) {
		count = count_of(atomic_load_explicit(&run->drain, memory_order_relaxed));
	} else {
		count = count_of(seen);
		if ((seen & SI_RUN_SPLIT) != 0) {
			struct si_stripes *stripes =
				atomic_load_explicit(&run->stripes, memory_order_relaxed);

			for (unsigned i = 0; i < count_stripes(stripes); i++) {
				count += count_of(atomic_load_explicit(
					&stripes->at[i].count, memory_order_relaxed));
			}
		}
		if ((seen & SI_RUN_BIASED) != 0) {
			count += si_fast_count(run);
		}
	}
	return count > 0 ? (uint64_t)count : 0;
}

/* Where to count now: a stripe, or central until the split has come through. */
static _Atomic uint64_t *word_now(struct si_rundown *run, uint64_t seen)
{
	if ((seen & SI_RUN_SPLIT) == 0) {
		return &run->central;
	}
	/* Relaxed: the caller's acquire of SI_RUN_SPLIT came after them (rundown-5). */
	return si_rundown_stripe_here(atomic_load_explicit(&run->stripes, memory_order_relaxed));
}

/* On a counter that the caller found split: threads that come later need not look. */
static void send_to_stripes(struct si_rundown *run)
{
	if (!si_rundown_is_on_stripes(run)) {
		/* Release: the split and its stripes (rundown-7). */
		atomic_store_explicit(&run->last_here, SI_RUN_ON_STRIPES, memory_order_release);
	}
}

enum si_run_result si_rundown_acquire(struct si_rundown *run)
{
	/* Acquire: if it is split, the stripes are in place (rundown-5). */
	uint64_t seen = atomic_load_explicit(&run->central, memory_order_acquire);

	if ((seen & (SI_RUN_CLOSED | SI_RUN_PENDING)) != 0) {
		return SI_RUN_REFUSED;
	}
	if (is_full(seen)) {
		return SI_RUN_FULL;
	}
	if ((seen & SI_RUN_SPLIT) == 0) {
		si_rundown_note(run, si_run_here());
	} else {
		send_to_stripes(run);
	}
	/* Acquire: as in si_rundown_acquire_uncontended(). */
	seen = atomic_fetch_add_explicit(word_now(run, seen), SI_RUN_ONE, memory_order_acquire);
	return (seen & SI_RUN_CLOSED) != 0 ? SI_RUN_REFUSED : SI_RUN_OK; /* (rundown-3) */
}

enum si_run_result si_rundown_finish_acquire(struct si_rundown *run, uint64_t met)
{
	if ((met & SI_RUN_CLOSED) != 0) {
		return SI_RUN_REFUSED; /* (rundown-3) */
	}
	SI_BUG_IF(
		si_rundown_release(run), "the last of too many operations never began (rundown-1)");
	return SI_RUN_FULL;
}

bool si_rundown_release(struct si_rundown *run)
{
	uint64_t seen = atomic_load_explicit(&run->central, memory_order_acquire); /* as above */

	SI_BUG_IF((seen & SI_RUN_PENDING) != 0, "an operation ended that never began (rundown-6)");
	if ((seen & SI_RUN_CLOSED) == 0) {
		bool split_off = (seen & SI_RUN_SPLIT) != 0;

		if (!split_off) {
			si_rundown_note(run, si_run_here());
		} else {
			send_to_stripes(run);
		}
		/* Release: as in si_rundown_release_uncontended(). */
		seen = atomic_fetch_sub_explicit(
			word_now(run, seen), SI_RUN_ONE, memory_order_release);
		if ((seen & SI_RUN_CLOSED) == 0) {
			/* Split since the look, perhaps: then others may have ended it on central. */
			SI_BUG_IF(!split_off &&
					(seen & (SI_RUN_COUNT | SI_RUN_SPLIT | SI_RUN_BIASED)) == 0,
				"an operation ended that never began (rundown-1)");
			return false;
		}
	}
	return si_rundown_finish_release(run, seen);
}

bool si_rundown_finish_release(struct si_rundown *run, uint64_t met)
{
	uint64_t seen;

	SI_BUG_IF((met & SI_RUN_CLOSED) == 0, "an operation ended that never began (rundown-1)");
	/* Release: this operation comes before the end. Acquire: so do all the others. */
	seen = atomic_fetch_sub_explicit(&run->drain, SI_RUN_ONE, memory_order_acq_rel);
	SI_BUG_IF((seen & SI_DRAIN_HELD) == 0 && count_of(seen) <= 0,
		"an operation ended that never began (rundown-4)");
	return seen == SI_RUN_ONE;
}

static struct si_stripes *make_stripes(void)
{
	unsigned bits = STRIPE_BITS_MIN;
	size_t size;
	unsigned char *memory;
	struct si_stripes *stripes;
	size_t skip;

	while (1u << bits < 4 * si_platform_cpu_count() && bits < STRIPE_BITS_MAX) {
		bits++;
	}
	size = sizeof(*stripes) + ((1u << bits) + 1) * sizeof(struct si_stripe);
	memory = si_platform_alloc(size);
	if (memory == NULL) {
		return NULL; /* slower, not wrong */
	}
	memset(memory, 0, size);
	/* Put at[0], not the head, on a line of its own. */
	skip = SI_STRIPE_BYTES - ((uintptr_t)memory + sizeof(*stripes)) % SI_STRIPE_BYTES;
	stripes = (struct si_stripes *)(void *)(memory + skip % SI_STRIPE_BYTES);
	stripes->memory = memory;
	stripes->shift = 16 - bits;
	for (unsigned i = 0; i < count_stripes(stripes); i++) {
		atomic_init(&stripes->at[i].count, 0);
	}
	return stripes;
}

static void split(struct si_rundown *run)
{
	struct si_stripes *stripes = atomic_load_explicit(&run->stripes, memory_order_acquire);
	uint64_t seen;

	if (stripes == NULL) {
		struct si_stripes *none = NULL;

		stripes = make_stripes();
		if (stripes == NULL) {
			return;
		}
		/* Release: the stripes' zeros. Acquire: another's, if it was first. */
		if (!atomic_compare_exchange_strong_explicit(&run->stripes, &none, stripes,
			    memory_order_acq_rel, memory_order_acquire)) {
			si_platform_free(stripes->memory);
		}
	}
	seen = atomic_load_explicit(&run->central, memory_order_relaxed);
	if ((seen & (SI_RUN_CLOSED | SI_RUN_SPLIT | SI_RUN_PENDING)) == 0) {
		/* Release: the stripes come first (rundown-5). If it fails the next window tries again. */
		(void)atomic_compare_exchange_strong_explicit(&run->central, &seen,
			seen | SI_RUN_SPLIT, memory_order_release, memory_order_relaxed);
	}
}

void si_rundown_note(struct si_rundown *run, uint16_t here)
{
	uint16_t switches = atomic_load_explicit(&run->switches, memory_order_relaxed);
	uint16_t before = atomic_load_explicit(&run->last_here, memory_order_relaxed);

	uint32_t now_ms;
	uint32_t before_ms;

	if (before == here || before == SI_RUN_WATCHED) {
		return;
	}
	/* Release: on a counter that the caller found open (rundown-6). */
	atomic_store_explicit(&run->last_here, here, memory_order_release);
	if (++switches < SWITCHES) {
		atomic_store_explicit(&run->switches, switches, memory_order_relaxed);
		return;
	}
	atomic_store_explicit(&run->switches, 0, memory_order_relaxed);
	now_ms = (uint32_t)(si_platform_stamp_ns() / 1000000u);
	before_ms = atomic_load_explicit(&run->window_ms, memory_order_relaxed);
	atomic_store_explicit(&run->window_ms, now_ms, memory_order_relaxed);
	if (now_ms - before_ms <= WINDOW_MS) {
		split(run);
	}
}
