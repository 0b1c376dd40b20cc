/* SPDX-License-Identifier: MIT */
/*
 * The operation counter: how many operations run, and which was the last.
 *
 * Operations acquire and release. A closer closes the counter once; after that,
 * acquire fails. Exactly one caller, the closer or the last release, learns that
 * everything has run down. Neither side ever retries.
 *
 * (rundown-1) A successful acquire is counted in one word (central or a stripe) before
 *      that word is marked. A release is counted in any word, or in drain if the
 *      word it meets is marked. So counts are signed and only sums mean anything.
 * (rundown-2) Closing marks central and every stripe, each in one read-modify-write
 *      that also reads the count to carry into drain. No acquire succeeds once
 *      all are marked, and that is before si_rundown_close() returns.
 * (rundown-3) A failed acquire is not undone: a marked word's count is never read again.
 * (rundown-4) drain holds SI_DRAIN_HELD from the start until si_rundown_release_closer(), and
 *      after the close only releases touch its count, each once. The caller
 *      that brings it to 0 is therefore the only one, and needs no second step. A
 *      release touches nothing after its last read-modify-write.
 * (rundown-5) Splitting succeeds only on an open central word, by one compare-exchange,
 *      after the stripes are in place. Operations may count on central as long as it
 *      is open: a split moves none, it only sends new ones elsewhere.
 * (rundown-6) Until the first acquire, last_here is 0, which no thread's stack gives. That
 *      sends all to the slow paths, which refuse a counter that is not open. So an open needs
 *      one read-modify-write, after which it touches nothing.
 * (rundown-7) last_here is SI_RUN_ON_STRIPES only after a split has come through, and most
 *      of the time from then on. A thread that reads that counts on a stripe without
 *      a look at central. The stripe depends on where its stack is; any one would do.
 * (rundown-8) With SI_RUN_BIASED some threads may count in slots of their own (base/fast.h).
 *      Then central alone may be below 0, and a close takes what is in the slots, too.
 * (rundown-9) The highest bits of a word are ticks, which quick acquires count. So it costs
 *      no store of its own to notice that a counter is used again and again. Ticks wrap,
 *      and a borrow of the count may change them. Nothing but that guess depends on them.
 *
 * tests/models/rundown.pml checks (rundown-1)-(rundown-7) and (rundown-9) exhaustively,
 * and tests/models/fast.pml (rundown-8).
 */
#ifndef SI_RUNDOWN_H
#define SI_RUNDOWN_H

#include <stdatomic.h>

#include "base/bug.h"

/* Two cache lines, which some processors fetch together. */
#define SI_STRIPE_BYTES 128u

struct si_stripe {
	_Atomic uint64_t count; /* SI_RUN_CLOSED, count in units of SI_RUN_ONE, ticks */
	unsigned char pad[SI_STRIPE_BYTES - sizeof(uint64_t)];
};

struct si_stripes {
	void *memory; /* what to free */
	unsigned shift; /* 1 << (16 - shift) stripes */
	struct si_stripe at[];
};

struct si_rundown {
	_Atomic uint64_t central; /* flags below, count in units of SI_RUN_ONE, ticks above */
	_Atomic uint64_t drain; /* SI_DRAIN_HELD, count in units of SI_RUN_ONE */
	_Atomic(struct si_stripes *) stripes; /* (rundown-5); freed by fini */
	/* A guess at contention; races lose a tick and nothing else. */
	_Atomic uint16_t last_here; /* (rundown-6, rundown-7) */
	_Atomic uint16_t switches;
	_Atomic uint32_t window_ms;
};

#define SI_RUN_CLOSED UINT64_C(1) /* marked: counts no more */
#define SI_RUN_SPLIT UINT64_C(2) /* operations count on the stripes */
#define SI_RUN_PENDING UINT64_C(4) /* not opened yet */
#define SI_RUN_BIASED UINT64_C(8) /* (rundown-8) */
#define SI_RUN_FLAGS UINT64_C(15)
#define SI_RUN_ONE UINT64_C(16)
#define SI_RUN_LIMIT (UINT64_C(1) << 58) /* 2^54 operations: full long before a wrap */
#define SI_RUN_TICK (UINT64_C(1) << 60) /* (rundown-9) */
#define SI_RUN_COUNT (SI_RUN_TICK - SI_RUN_ONE) /* where the signed count is */
#define SI_RUN_HIGH (SI_RUN_TICK - SI_RUN_LIMIT) /* set in counts that are full, or below 0 */
#define SI_RUN_BELOW (SI_RUN_TICK / 2) /* set in counts below 0 */
#define SI_DRAIN_HELD UINT64_C(1)
#define SI_RUN_ON_STRIPES UINT16_C(2) /* (rundown-7); si_run_here() is odd */
#define SI_RUN_WATCHED UINT16_C(4) /* all operations go the slow way, for ever */

enum si_run_result { SI_RUN_OK, SI_RUN_REFUSED, SI_RUN_FULL };

/* The state in which si_rundown_close() found the counter. */
enum si_run_close {
	SI_CLOSE_LATE, /* somebody closed it before */
	SI_CLOSE_PENDING, /* it had not been opened; si_rundown_open() will fail */
	SI_CLOSE_IDLE, /* nothing was running */
	SI_CLOSE_BUSY /* operations are running */
};

/* Starts closed to operations, until si_rundown_open(). */
static inline void si_rundown_init(struct si_rundown *run)
{
	atomic_init(&run->central, SI_RUN_PENDING);
	atomic_init(&run->drain, SI_DRAIN_HELD);
	atomic_init(&run->stripes, NULL);
	atomic_init(&run->last_here, 0);
	atomic_init(&run->switches, 0);
	atomic_init(&run->window_ms, 0);
}

/* After that: sends all operations the slow way, where the caller sees to each one. */
static inline void si_rundown_watch(struct si_rundown *run)
{
	atomic_store_explicit(&run->last_here, SI_RUN_WATCHED, memory_order_relaxed);
}

/* Frees the stripes. Nothing may be running. */
void si_rundown_fini(struct si_rundown *run);

/*
 * False if it was closed before it was opened. Otherwise it may be closed at once,
 * and the thread that completes that end may free it before this returns.
 */
static inline bool si_rundown_open(struct si_rundown *run)
{
	uint64_t pending = SI_RUN_PENDING;

	/*
	 * Release: operations and the closer see what was done before. Acquire: so
	 * does a lost race. If it is won, the counter may be gone already (rundown-6).
	 */
	if (si_likely(atomic_compare_exchange_strong_explicit(&run->central, &pending, SI_RUN_TICK,
		    memory_order_acq_rel, memory_order_acquire))) {
		return true;
	}
	/*
	 * Closed before it was opened: from here on it looks like any closed one.
	 * Release: a thread that finds it so sees all that was done before.
	 */
	atomic_fetch_and_explicit(&run->central, ~SI_RUN_PENDING, memory_order_release);
	return false;
}

/* All of the next one. */
enum si_run_close si_rundown_close_slowly(struct si_rundown *run);

/* Refuses new operations; only one caller gets an answer other than SI_CLOSE_LATE. */
static inline enum si_run_close si_rundown_close(struct si_rundown *run)
{
	uint64_t seen = atomic_load_explicit(&run->central, memory_order_relaxed);

	/* Most close when nothing runs. Sequentially consistent: as in si_rundown_close_slowly(). */
	if (si_likely((seen & (SI_RUN_FLAGS | SI_RUN_COUNT)) == 0) &&
		si_likely(atomic_compare_exchange_strong_explicit(&run->central, &seen,
			seen | SI_RUN_CLOSED, memory_order_seq_cst, memory_order_relaxed))) {
		return SI_CLOSE_IDLE;
	}
	return si_rundown_close_slowly(run);
}

/* After the close: lets the end happen. True if nothing is running any more. */
static inline bool si_rundown_release_closer(struct si_rundown *run, enum si_run_close found)
{
	if (si_likely(found == SI_CLOSE_IDLE)) {
		/*
		 * A release without its acquire may have been here. One that comes between the
		 * load and the store is not noticed: an exchange would cost every close.
		 */
		SI_BUG_IF(atomic_load_explicit(&run->drain, memory_order_relaxed) != SI_DRAIN_HELD,
			"an operation ended that never began (rundown-4)");
		atomic_store_explicit(&run->drain, 0, memory_order_relaxed);
		return true;
	}
	/* Release: the closer's work comes before the end. Acquire: so do the operations'. */
	return atomic_fetch_sub_explicit(&run->drain, SI_DRAIN_HELD, memory_order_acq_rel) ==
		SI_DRAIN_HELD;
}

/* It has not been split, so si_rundown_fini() has nothing to do. Nothing may be running. */
static inline bool si_rundown_is_whole(const struct si_rundown *run)
{
	return atomic_load_explicit(&run->stripes, memory_order_relaxed) == NULL;
}

/* How many operations run: a snapshot, for people and not for decisions. */
uint64_t si_rundown_active(struct si_rundown *run);

/* True from the open to the close. */
static inline bool si_rundown_is_open(struct si_rundown *run)
{
	/*
	 * Acquire: the work before the open, or the reason of the close. Sequentially
	 * consistent, as the close is: of two threads that each write first, one sees the other.
	 */
	return (atomic_load_explicit(&run->central, memory_order_seq_cst) &
		       (SI_RUN_CLOSED | SI_RUN_PENDING)) == 0;
}

/* True from the close on. */
static inline bool si_rundown_is_closed(struct si_rundown *run)
{
	return (atomic_load_explicit(&run->central, memory_order_acquire) & SI_RUN_CLOSED) != 0;
}

/* True until si_rundown_open(), even if it was closed before. */
static inline bool si_rundown_is_pending(struct si_rundown *run)
{
	return (atomic_load_explicit(&run->central, memory_order_acquire) & SI_RUN_PENDING) != 0;
}

/* Lets slots count (rundown-8). False if it is closed, or was never open. */
bool si_rundown_set_biased(struct si_rundown *run);

/* Whether some slot may count, and a close has not taken it. */
static inline bool si_rundown_is_biased(struct si_rundown *run)
{
	/* Acquire: the slots, so that they are found. */
	return (atomic_load_explicit(&run->central, memory_order_acquire) &
		       (SI_RUN_BIASED | SI_RUN_CLOSED)) == SI_RUN_BIASED;
}

/* Begins an operation. */
enum si_run_result si_rundown_acquire(struct si_rundown *run);

/* Ends an operation. True for the one caller that must complete the end. */
bool si_rundown_release(struct si_rundown *run);

/*
 * The two calls above, inline for the hot path. Each is a check and one
 * read-modify-write. The rest is left to a function that is called last of all, so
 * that a compiler needs no stack for them.
 *
 * The check reads other words than the one that is written: on some processors
 * reading the same one costs as much as another read-modify-write.
 */

/*
 * Where this thread's stack is, to 256 KiB: tells threads apart without asking
 * anybody; never 0. A thread whose frames lie across such a border looks like two.
 */
static inline uint16_t si_run_here(void)
{
	return (uint16_t)(si_platform_here() >> 17 | 1u);
}

/* No other thread was here lately, nor is there anything special about this counter. */
static inline bool si_rundown_is_uncontended(struct si_rundown *run)
{
	/* Acquire: a thread found it open, so the work before the open is done (rundown-6). */
	return atomic_load_explicit(&run->last_here, memory_order_acquire) == si_run_here();
}

/* Counts the changes of threads, and splits when they are many in a short time. */
void si_rundown_note(struct si_rundown *run, uint16_t here);

/* On an uncontended counter. If it fails, call si_rundown_finish_acquire(run, *out_met). */
static inline bool si_rundown_acquire_uncontended(struct si_rundown *run, uint64_t *out_met)
{
	/* Acquire: the work before a close that this comes after. */
	*out_met = atomic_fetch_add_explicit(
		&run->central, SI_RUN_ONE + SI_RUN_TICK, memory_order_acquire);
	return si_likely((*out_met & (SI_RUN_CLOSED | SI_RUN_HIGH)) == 0) ||
		(*out_met & (SI_RUN_CLOSED | SI_RUN_BELOW)) == SI_RUN_BELOW; /* (rundown-1) */
}

/* After an acquire met a closed word, or a count that is full. */
enum si_run_result si_rundown_finish_acquire(struct si_rundown *run, uint64_t met);

/* True for one in sixteen quick acquires that met these words (rundown-9). */
static inline bool si_rundown_is_due(uint64_t met)
{
	return si_unlikely(met < SI_RUN_TICK);
}

/* The same with si_rundown_finish_release(). */
static inline bool si_rundown_release_uncontended(struct si_rundown *run, uint64_t *out_met)
{
	/* Release: the operation's work comes before the end that this allows. */
	*out_met = atomic_fetch_sub_explicit(&run->central, SI_RUN_ONE, memory_order_release);
	return si_likely((*out_met & (SI_RUN_COUNT | SI_RUN_SPLIT | SI_RUN_BIASED)) != 0 &&
		(*out_met & SI_RUN_CLOSED) == 0);
}

/* After a release met a closed word, or nothing to release. As si_rundown_release(). */
bool si_rundown_finish_release(struct si_rundown *run, uint64_t met);

/*
 * The two calls on a counter that has been split. Stacks of threads are often apart by
 * the same distance, so the product's high bits are the ones that differ.
 */
static inline bool si_rundown_is_on_stripes(struct si_rundown *run)
{
	/* Acquire: the stripes, and that the split has come through (rundown-7). */
	return atomic_load_explicit(&run->last_here, memory_order_acquire) == SI_RUN_ON_STRIPES;
}

/* The count of one of these stripes, the calling thread's as far as possible. */
static inline _Atomic uint64_t *si_rundown_stripe_here(struct si_stripes *stripes)
{
	return &stripes->at[(uint16_t)(si_run_here() * 40503u) >> stripes->shift].count;
}

static inline bool si_rundown_acquire_on_stripe(struct si_rundown *run, uint64_t *out_met)
{
	struct si_stripes *stripes = atomic_load_explicit(&run->stripes, memory_order_relaxed);

	/* Acquire: as in si_rundown_acquire_uncontended(). */
	*out_met = atomic_fetch_add_explicit(
		si_rundown_stripe_here(stripes), SI_RUN_ONE + SI_RUN_TICK, memory_order_acquire);
	return si_likely((*out_met & SI_RUN_CLOSED) == 0); /* (rundown-3) */
}

static inline bool si_rundown_release_on_stripe(struct si_rundown *run, uint64_t *out_met)
{
	struct si_stripes *stripes = atomic_load_explicit(&run->stripes, memory_order_relaxed);

	/* Release: as in si_rundown_release_uncontended(). */
	*out_met = atomic_fetch_sub_explicit(
		si_rundown_stripe_here(stripes), SI_RUN_ONE, memory_order_release);
	return si_likely((*out_met & SI_RUN_CLOSED) == 0);
}

#endif /* SI_RUNDOWN_H */
