/* SPDX-License-Identifier: MIT */
#include "base/sink.h"

#include "base/waiting.h"

bool si_sink_enter(struct si_sink *sink, struct si_sink_call *call, struct si_thread_frame *frame)
{
	si_gate_enter();
	call->fn = sink->fn;
	call->ctx = sink->ctx;
	call->number = sink->number;
	if (call->fn != NULL) {
		si_list_append(&sink->calls, &call->node);
	}
	si_gate_leave();
	if (call->fn == NULL) {
		return false;
	}
	si_thread_push_foreign(frame, sink, NULL);
	return true;
}

void si_sink_leave(struct si_sink *sink, struct si_sink_call *call, struct si_thread_frame *frame)
{
	si_thread_pop(frame);
	si_gate_enter();
	si_list_remove(&sink->calls, &call->node);
	si_gate_leave();
	si_wait_wake();
}

struct replacement {
	struct si_sink *sink;
	uint64_t number;
};

/* Looks at the list of calls, of which the oldest is the first. */
static bool has_no_older_call(void *arg)
{
	const struct replacement *replacement = arg;
	const struct si_list *calls = &replacement->sink->calls;

	return si_list_is_empty(calls) ||
		SI_LIST_ELEMENT(calls->first, struct si_sink_call, node)->number >=
		replacement->number;
}

void si_sink_set(struct si_sink *sink, si_sink_fn *fn, void *ctx)
{
	/* A call that replaces its own function cannot wait for itself, nor for another that does. */
	bool inside = si_thread_find(sink) != NULL;
	struct replacement replacement = { .sink = sink };

	si_gate_enter();
	sink->fn = fn;
	sink->ctx = ctx;
	replacement.number = ++sink->number;
	si_gate_leave();
	if (!inside) {
		(void)si_wait_until(has_no_older_call, &replacement, SI_WAIT_FOREVER);
	}
}
