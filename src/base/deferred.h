/* SPDX-License-Identifier: MIT */
/*
 * Work that a thread puts off, so that it does not pile up on the thread's stack.
 *
 * Ending one thing may end the next, and so on without bound. A session's last
 * callback closes another session, or a destructor drops the last reference to one.
 * Each such step is an item. A thread runs its items one after the other, and
 * never one inside another or inside a destructor.
 *
 * (deferred-1) An item runs at once, or if its thread already runs items or
 *      destructors, after those; first in, first out, on the same thread.
 * (deferred-2) A thread that is about to sleep runs its items first, because the
 *      thing that it waits for may be among them. si_wait_until() does so.
 */
#ifndef SI_DEFERRED_H
#define SI_DEFERRED_H

#include "base/thread_frame.h"

/* Part of the object that the work is about; used until run() begins. */
struct si_deferred {
	struct si_deferred *next;
	void (*run)(struct si_deferred *item);
};

/* Runs the item, now or later (deferred-1). No lock is held. */
void si_deferred_run(struct si_deferred *item);

/* Runs now what this thread has put off (deferred-2). No lock is held. */
void si_deferred_flush(void);

/* A stretch of a thread's work during which its items wait. */
struct si_deferral {
	struct si_thread_frame frame; /* not pushed if the thread is in another stretch */
	struct si_deferred *first;
	struct si_deferred **end; /* where the next item is put */
};

void si_deferral_begin(struct si_deferral *deferral);

/* Runs the items, unless the stretch lies in another, which will. */
void si_deferral_end(struct si_deferral *deferral);

#endif /* SI_DEFERRED_H */
