/* SPDX-License-Identifier: MIT */
/*
 * The sink of the process: it gets the reports that no status can carry.
 *
 * Until a sink is set, each report is a line on the standard error stream, such as
 * `sessio: misuse: a session type was destroyed twice`. A sink replaces that; one
 * that does nothing silences it.
 *
 * Default: a call borrows its arguments, does not block, calls nobody back, and is
 *          open to any thread. The strings that it returns are constants.
 */
#ifndef SESSIO_DIAG_H
#define SESSIO_DIAG_H

/*
 * From examples/who_holds_it.c:
 *
 *     static void on_report(
 *         void *ctx, sessio_diag_kind kind, const void *lamp, const void *use, const char *text)
 *     {
 *         (void)ctx, (void)use, (void)text;
 *         printf("%s: \"%s\"\n", sessio_diag_kind_name(kind), sessio_object_name(lamp));
 *     }
 */

#ifdef __cplusplus
extern "C" {
#endif

/* XX(NAME, value, text): the one list of kinds of reports. */
#define SESSIO_DIAG_KIND_MAP(XX)          \
	XX(TIMEOUT, 1, "timeout")         \
	XX(TYPE_IN_USE, 2, "type in use") \
	XX(SATURATED, 3, "saturated")     \
	XX(MISUSE, 4, "misuse")           \
	XX(CALLBACK, 5, "callback")       \
	XX(PORTABILITY, 6, "portability")

/**
 * The kind of a report.
 *
 * SESSIO_DIAG_TIMEOUT: a wait or drain timed out; once for each session that is
 * left, and once for all that are opening. SESSIO_DIAG_TYPE_IN_USE: a session type
 * was destroyed while objects were registered with it. SESSIO_DIAG_SATURATED: a
 * reference count is full, so the object lives for ever. SESSIO_DIAG_MISUSE: a call
 * that returns nothing was given something wrong. SESSIO_DIAG_CALLBACK: a callback
 * returned an error that nothing acts on. SESSIO_DIAG_PORTABILITY: a call that works
 * here and that the documents forbid; once per process and call.
 */
typedef enum sessio_diag_kind {
#define XX(name, value, text) SESSIO_DIAG_##name = (value),
	SESSIO_DIAG_KIND_MAP(XX)
#undef XX
} sessio_diag_kind;

/**
 * The kind in a word or two, such as "misuse"; "unknown kind" for any other number.
 *
 * @return a string, never NULL.
 */
const char *sessio_diag_kind_name(sessio_diag_kind kind);

/**
 * Gets one report. It runs on the thread on which the matter came up, with no lock
 * of the library held, and on several threads at once. It may call anything here
 * and in <kos/>, and must leave by its return.
 *
 * @param object          the object in question, NULL if there is none; borrowed.
 * @param session_context the session in question, NULL if there is none; borrowed.
 * @param text            one line for people, without a line end; borrowed. It names
 *                        the object and its type.
 */
typedef void sessio_diag_fn(void *ctx, sessio_diag_kind kind, const void *object,
	const void *session_context, const char *text);

/**
 * Set the sink of this process; NULL for the standard error stream, as at the start.
 * When it returns the old sink is not running, and will not be called again. Called
 * by a sink it returns at once, and the running call is that sink's last.
 *
 * Ref:     @p ctx is borrowed until the sink is replaced.
 * Blocks:  until the calls of the old sink have returned; not for those of the new.
 */
void sessio_diag_set_sink(sessio_diag_fn *fn, void *ctx);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_DIAG_H */
