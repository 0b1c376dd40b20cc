/* SPDX-License-Identifier: MIT */
/* The diagnosis sink of the process. */
#include "base/diag.h"

#include "base/object.h"
#include "base/sink.h"

/* Bytes of a line on the standard error stream; a longer one is cut. */
#define LINE_BYTES 1024u

static struct si_sink sink;

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
	struct si_sink_call call;

	if (!si_sink_enter(&sink, &call, &frame)) {
		print(kind, text);
		return;
	}
	((sessio_diag_fn *)call.fn)(call.ctx, kind, object, context, text);
	si_sink_leave(&sink, &call, &frame);
}

void sessio_diag_set_sink(sessio_diag_fn *fn, void *ctx)
{
	si_sink_set(&sink, (si_sink_fn *)fn, ctx);
}
