/* SPDX-License-Identifier: MIT */
/*
 * The sink of the process.
 *
 * (diag-1) Each running call of a sink is in the list of calls, with the number of
 *      the sink that it calls. A replacement waits for the numbers before its own.
 */
#include "base/diag.h"

#include "base/list.h"
#include "base/object.h"
#include "base/thread_frame.h"
#include "base/waiting.h"

/* Bytes of a line on the standard error stream; a longer one is cut. */
#define LINE_BYTES 1024u

struct call {
	struct si_list_node node; /* sink.calls */
	uint64_t number; /* of the sink that is called */
};

/* The gate is the lock of all of it. */
static struct {
	sessio_diag_fn *fn;
	void *ctx;
	uint64_t number; /* of this sink; each replacement has the next */
	struct si_list calls; /* (diag-1) */
} sink;

static const char in_sink; /* the kind of frame of a thread that runs the sink */

const char *sessio_diag_kind_name(sessio_diag_kind kind)
{
	switch (kind) { /* no default: the compiler names a missing row */
#define XX(name, value, text)    \
	case SESSIO_DIAG_##name: \
		return text;
		SESSIO_DIAG_KIND_MAP(XX)
#undef XX
	}
	return "unknown kind";
}

void si_diag_put_object(struct si_text *text, const void *object)
{
	const char *name = si_object_name(object);

	if (name != NULL) {
		si_text_put(text, "\"");
		si_text_put(text, name);
		si_text_put(text, "\"");
	} else {
		si_text_put(text, "an object");
	}
	si_text_put(text, " of type \"");
	si_text_put(text, si_object_type(object)->name);
	si_text_put(text, "\"");
}

/* In one write, so that lines of several threads do not mix. */
static void print(sessio_diag_kind kind, const char *message)
{
	char line[LINE_BYTES];
	struct si_text text = si_text_start(line, sizeof(line) - 1);
	size_t length;

	si_text_put(&text, "sessio: ");
	si_text_put(&text, sessio_diag_kind_name(kind));
	si_text_put(&text, ": ");
	si_text_put(&text, message);
	length = text.length < sizeof(line) - 2 ? text.length : sizeof(line) - 2;
	line[length] = '\n';
	si_platform_print(line, length + 1);
}

void si_diag_report(
	sessio_diag_kind kind, const void *object, const void *context, const char *text)
{
	SI_GUARDED_FRAME(frame);
	struct call call;
	sessio_diag_fn *fn;
	void *ctx;

	si_gate_enter();
	fn = sink.fn;
	ctx = sink.ctx;
	call.number = sink.number;
	if (fn != NULL) {
		si_list_append(&sink.calls, &call.node);
	}
	si_gate_leave();
	if (fn == NULL) {
		print(kind, text);
		return;
	}
	si_thread_push_foreign(&frame, &in_sink, NULL);
	fn(ctx, kind, object, context, text);
	si_thread_pop(&frame);
	si_gate_enter();
	si_list_remove(&sink.calls, &call.node);
	si_gate_leave();
	si_wait_wake();
}

/* Looks at the list of calls, of which the oldest is the first. */
static bool has_no_older_call(void *arg)
{
	const uint64_t *number = arg;
	struct call *oldest;

	if (si_list_is_empty(&sink.calls)) {
		return true;
	}
	oldest = SI_LIST_ELEMENT(sink.calls.first, struct call, node);
	return oldest->number >= *number;
}

void sessio_diag_set_sink(sessio_diag_fn *fn, void *ctx)
{
	/* A sink that replaces itself cannot wait for itself, nor for another that does the same. */
	bool inside = si_thread_find(&in_sink) != NULL;
	uint64_t number;

	si_gate_enter();
	sink.fn = fn;
	sink.ctx = ctx;
	number = ++sink.number;
	si_gate_leave();
	if (!inside) {
		(void)si_wait_until(has_no_older_call, &number, SI_WAIT_FOREVER);
	}
}
