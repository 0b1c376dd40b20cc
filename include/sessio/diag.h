/* SPDX-License-Identifier: MIT */
/*
 * Waiting for resource sessions to end, and finding out why they do not.
 *
 * Nothing here frees or breaks anything: after a timeout everything that was in
 * use still is. Objects and session contexts are the pointers of <kos/objects.h>
 * and <kos/session.h>; the caller holds a reference on each that it passes.
 */
#ifndef SESSIO_DIAG_H
#define SESSIO_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sessio/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A timeout that never comes. */
#define SESSIO_FOREVER UINT32_MAX

/** How far a resource session has come. */
typedef enum sessio_session_phase {
	SESSIO_SESSION_OPENING = 1, /**< its open callback has not returned */
	SESSIO_SESSION_OPEN = 2, /**< operations may begin */
	SESSIO_SESSION_ENDING = 3, /**< closed; its close callback or operations still run */
	SESSIO_SESSION_COMPLETING = 4, /**< nothing runs any more but closeComplete */
	SESSIO_SESSION_ENDED = 5 /**< all over, or refused at open; references keep it */
} sessio_session_phase;

/** What is known of one resource session at one moment. */
typedef struct sessio_session_info {
	const void *object; /**< the open object; borrowed from the context */
	const char *object_name; /**< NULL if it has none; borrowed from the object */
	sessio_session_phase phase;
	bool tracked; /**< opened while tracking was on: holders are known */
	uint32_t required_rights; /**< as given at open, like the next one */
	uint32_t share_mode;
	uint32_t handle_rights; /**< as the open callback left it; 0 until it has returned rcOk */
	uint32_t references; /**< on the context */
	uint64_t operations; /**< active now */
	uint64_t opener_thread; /**< as the operating system numbers it */
	uint64_t opened_ms; /**< milliseconds since the open */
	uint64_t ending_ms; /**< since the close, if operations were active then; else 0 */
} sessio_session_info;

/** What is known of one object that can be opened. */
typedef struct sessio_object_info {
	const char *name; /**< NULL if it has none; borrowed from the object */
	const char *type_name; /**< borrowed from the object */
	bool registered;
	uint32_t references;
	uint64_t opening; /**< sessions by phase */
	uint64_t open;
	uint64_t ending; /**< ending or completing */
	uint64_t operations; /**< active in all of them */
} sessio_object_info;

/** One active operation of a tracked session. */
typedef struct sessio_holder {
	uint64_t thread; /**< that began it, as the operating system numbers it */
	uint64_t for_ms; /**< milliseconds since it began */
} sessio_holder;

/**
 * Wait until a session has ended, that is, until its closeComplete callback has
 * returned. It does not close the session. On a timeout the sink is told what
 * still holds it. Do not call it from the session's own callbacks or inside one
 * of its operations: it would wait for its caller.
 *
 * @param timeout_ms milliseconds; 0 only looks, SESSIO_FOREVER waits without end.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (@p session_context is no session),
 *         SESSIO_TIMEOUT.
 *
 * Ref:     none; the caller holds one on @p session_context.
 * Locks:   takes the session's resource lock for moments; hold none.
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_session_wait(void *session_context, uint32_t timeout_ms);

/**
 * Wait until an object has no session left, not even one that is opening or
 * ending. It neither closes nor unregisters: do that first, or others may keep
 * it busy. On a timeout the sink is told of the sessions that are left.
 *
 * @param timeout_ms milliseconds; 0 only looks, SESSIO_FOREVER waits without end.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (@p object cannot be opened),
 *         SESSIO_TIMEOUT.
 *
 * Ref:     none; the caller holds one on @p object.
 * Locks:   takes the resource lock for moments; hold none.
 * Threads: any; not from a callback of one of its sessions.
 */
SESSIO_MUST_CHECK
sessio_status sessio_object_drain(void *object, uint32_t timeout_ms);

/**
 * Describe one session.
 *
 * @param out_info set on SESSIO_OK only.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (@p session_context is no session, or
 *         @p out_info is NULL).
 *
 * Ref:     none; what @p out_info borrows lives as long as the context.
 * Locks:   takes the session's resource lock for a moment.
 * Threads: any.
 */
sessio_status sessio_session_inspect(void *session_context, sessio_session_info *out_info);

/**
 * Describe one object and count its sessions, in time linear in their number.
 *
 * @param out_info set on SESSIO_OK only.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (@p object cannot be opened, or
 *         @p out_info is NULL).
 *
 * Ref:     none; what @p out_info borrows lives as long as the object.
 * Locks:   takes the resource lock.
 * Threads: any.
 */
sessio_status sessio_object_inspect(void *object, sessio_object_info *out_info);

/**
 * List the active operations of a tracked session, the oldest last. An operation
 * that ends on another thread than it began takes the oldest of its list away.
 *
 * @param holders   room for @p capacity entries; NULL if that is 0.
 * @param out_count how many there are, which may be more than were written.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (@p session_context is no session, or a
 *         pointer is NULL), SESSIO_UNSUPPORTED (the session is not tracked).
 *
 * Ref:     none.
 * Locks:   takes the session's tracker lock for a moment.
 * Threads: any.
 */
sessio_status sessio_session_holders(
	void *session_context, sessio_holder *holders, size_t capacity, size_t *out_count);

/**
 * Write a session's state as one line of text, such as
 * `session on "report.txt" (rights 0x1, share 0x1): ending for 120 ms, waits for
 * 2 operations: thread 4711 for 3000 ms, thread 12 for 180 ms`. For how long it
 * has been ending is left out where it is not known.
 *
 * @param text room for @p size bytes with the final zero; NULL if that is 0.
 * @return the bytes that the whole line takes without the final zero, which may
 *         be more than were written; 0 if @p session_context is no session.
 *
 * Ref:     none.
 * Locks:   takes the resource and the tracker lock for moments, one at a time.
 * Threads: any.
 */
size_t sessio_session_describe(void *session_context, char *text, size_t size);

/**
 * Whether sessions that are opened from now on remember who their operations
 * are. Costs an allocation and a lock for each operation, so it is off unless
 * one is looking for something.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 */
void sessio_diag_track(bool on);

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
