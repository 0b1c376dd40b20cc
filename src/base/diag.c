/* SPDX-License-Identifier: MIT */
/* The sink of the process. */
#include "base/diag.h"

#include "base/thread_frame.h"
#include "base/waiting.h"

/* All of it under the gate; running counts the calls that have begun. */
static struct {
	sessio_diag_fn *fn;
	void *ctx;
	uint32_t running;
} sink;

static const char in_sink; /* the kind of frame of a thread that runs the sink */

void si_diag_report(
	sessio_diag_kind kind, const void *object, const void *context, const char *text)
{
	struct si_thread_frame frame;
	sessio_diag_fn *fn;
	void *ctx;

	si_gate_enter();
	fn = sink.fn;
	ctx = sink.ctx;
	sink.running += fn != NULL;
	si_gate_leave();
	if (fn == NULL) {
		return;
	}
	si_thread_push(&frame, &in_sink, NULL);
	fn(ctx, kind, object, context, text);
	si_thread_pop(&frame);
	si_gate_enter();
	sink.running--;
	si_gate_leave();
	si_gate_wake();
}

void sessio_diag_set_sink(sessio_diag_fn *fn, void *ctx)
{
	/* A sink that replaces itself cannot wait for itself, nor for another that does the same. */
	bool inside = si_thread_find(&in_sink) != NULL;

	si_gate_enter();
	sink.fn = fn;
	sink.ctx = ctx;
	while (!inside && sink.running != 0) {
		si_gate_wait(UINT64_C(1000000000));
	}
	si_gate_leave();
}
