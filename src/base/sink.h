/* SPDX-License-Identifier: MIT */
/*
 * A function of the program that gets what the library says, and can be replaced at
 * any time. It is called with no lock held, on several threads at once.
 *
 * (sink-1) Each running call is in the list of calls, with the number of the function
 *      that it calls. A replacement waits for the numbers before its own.
 * (sink-2) The gate is the lock of all of it.
 */
#ifndef SI_SINK_H
#define SI_SINK_H

#include "base/list.h"
#include "base/thread_frame.h"

typedef void si_sink_fn(void); /* to be cast to the function's own type */

struct si_sink {
	si_sink_fn *fn; /* may be NULL */
	void *ctx;
	uint64_t number; /* of this function; each replacement has the next */
	struct si_list calls; /* (sink-1) */
};

struct si_sink_call {
	struct si_list_node node; /* sink->calls */
	uint64_t number; /* of the function that is called */
	si_sink_fn *fn;
	void *ctx;
};

/* Begins a call; false if there is no function. `frame` is guarded, and the caller's. */
bool si_sink_enter(struct si_sink *sink, struct si_sink_call *call, struct si_thread_frame *frame);
void si_sink_leave(struct si_sink *sink, struct si_sink_call *call, struct si_thread_frame *frame);

/*
 * Replaces the function, and waits until no call of an older one is running. A thread
 * that is in a call does not wait, as it could be for itself.
 */
void si_sink_set(struct si_sink *sink, si_sink_fn *fn, void *ctx);

#endif /* SI_SINK_H */
