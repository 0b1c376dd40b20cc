/* SPDX-License-Identifier: MIT */
/*
 * The sink of the process: it gets the reports that no status can carry.
 */
#ifndef SESSIO_DIAG_H
#define SESSIO_DIAG_H

#ifdef __cplusplus
extern "C" {
#endif

/** What the sink is told of. */
typedef enum sessio_diag_kind {
	SESSIO_DIAG_TIMEOUT = 1, /**< a wait or drain timed out: once for each session left,
	                              and once for all that are opening */
	SESSIO_DIAG_TYPE_IN_USE = 2, /**< a session type was destroyed with objects registered */
	SESSIO_DIAG_SATURATED = 3, /**< a reference count is full: the object lives for ever */
	SESSIO_DIAG_MISUSE = 4, /**< a call that returns nothing was given something wrong */
	SESSIO_DIAG_CALLBACK = 5 /**< a callback returned an error that nothing acts on */
} sessio_diag_kind;

/**
 * The sink: is told what has no other way to be said.
 *
 * @param object          NULL if it is about none; borrowed.
 * @param session_context NULL if it is about none; borrowed.
 * @param text            one line for people, without a line end; borrowed.
 *
 * Ref:     takes none over.
 * Locks:   called with none held; may call anything here and in <kos/>.
 * Threads: called on the thread that the matter came up on, several at once.
 */
typedef void sessio_diag_fn(void *ctx, sessio_diag_kind kind, const void *object,
	const void *session_context, const char *text);

/**
 * Set the sink of this process; NULL for none, as at the start. When it returns
 * the old sink is not running and will not be called again, unless the caller is
 * that sink: then the running call is its last.
 *
 * Ref:     none; @p ctx is borrowed until the sink is replaced.
 * Locks:   takes the gate; hold no lock that the old sink takes.
 * Threads: any.
 */
void sessio_diag_set_sink(sessio_diag_fn *fn, void *ctx);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_DIAG_H */
