/* SPDX-License-Identifier: MIT */
/*
 * Biased counts: a thread counts its operations on a session in a slot of its own,
 * without a locked instruction. <sessio/fast.h> has the two inline steps; here is all
 * the rest, which belongs to the operation counter of base/rundown.h.
 *
 * Slots are on desks, which are never freed. So a step may look at its slot when
 * the session is gone. The slot's key is a context, from which the counter is at a
 * fixed distance. Flags say that the owner's grant is not through yet, or that others are
 * at the slot.
 *
 * (fast-1) Only the owner, the thread that has the desk, counts: one is added to `begun` or
 *      `ended`. Before, it finds the key, and after, it looks at the key again.
 *      If it is still there the step is counted.
 * (fast-2) A thread that marks the counter flags the key, issues the heavy barrier and reads
 *      the counts. A step that has not been looked at twice by then is settled by
 *      one compare-exchange on `harvest`. The owner and the closer put the sum of
 *      both counts there. The owner's step is counted if that sum has it. A
 *      closer that is second reads the counts again: they change no more. Nobody waits.
 * (fast-3) A step touches nothing but its slot after it has been counted, since
 *      a release may be the last.
 * (fast-4) A grant prepares the key, sets SI_RUN_BIASED by a read-modify-write that finds
 *      the counter open, and then puts the key in place by a compare-exchange. A closer
 *      empties a prepared slot, so that this fails. A closer that does not find
 *      the flag has no slots to look for.
 * (fast-5) Owners grant empty slots only. A flagged slot is emptied by the thread that marked
 *      the counter, as its last step. An owner may empty a slot itself if nothing runs
 *      in it, by a compare-exchange that fails if the key is flagged.
 * (fast-6) A thread that is about to end many sessions flags their keys, issues one heavy
 *      barrier and flags them once more. Closers then need none. The counters cannot
 *      be freed meanwhile, so that no key comes back.
 * (fast-7) An owner that closes needs no barrier for its own slot: it is in no step.
 * (fast-8) The name of the variable with a thread's desk has the layout's number, and the
 *      library always defines it.
 *
 * tests/models/fast.pml checks (fast-1)-(fast-7) with store buffers.
 */
#ifndef SI_FAST_H
#define SI_FAST_H

#include "platform/platform.h"

struct si_rundown;

#define SI_FAST_BEFORE 128u /* from a counter to its context */

#if defined(SI_HAS_DESKS)
/*
 * Inside one of many operations that the thread has counted elsewhere: gives the counter a
 * slot if the thread uses it again and again.
 * Inline users find the object and the session type in the slot.
 */
void si_fast_consider(struct si_rundown *run, void *object, const void *type);

/* After the mark: takes the slots away, and says how much runs in them. */
int64_t si_fast_take(struct si_rundown *run);

/* The same without a change: a snapshot. */
int64_t si_fast_count(struct si_rundown *run);

/*
 * For many counters at once, which are not marked and stay (fast-6). First: flags the
 * slots; true if the heavy barrier is needed. And after that barrier the second.
 */
bool si_fast_revoke(struct si_rundown *run);
void si_fast_revoked(struct si_rundown *run);
#else
static inline void si_fast_consider(struct si_rundown *run, void *object, const void *type)
{
	(void)run;
	(void)object;
	(void)type;
}

static inline int64_t si_fast_take(struct si_rundown *run)
{
	(void)run;
	return 0;
}

static inline int64_t si_fast_count(struct si_rundown *run)
{
	(void)run;
	return 0;
}

static inline bool si_fast_revoke(struct si_rundown *run)
{
	(void)run;
	return false;
}

static inline void si_fast_revoked(struct si_rundown *run)
{
	(void)run;
}
#endif

#endif /* SI_FAST_H */
