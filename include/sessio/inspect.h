/* SPDX-License-Identifier: MIT */
/*
 * What resource sessions and open objects are doing, for people and tests.
 *
 * Every answer is a snapshot and may be stale when it arrives. Objects and
 * session contexts are the pointers of <kos/objects.h> and <kos/session.h>; the
 * caller holds a reference on each that it passes.
 */
#ifndef SESSIO_INSPECT_H
#define SESSIO_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sessio/status.h>

#ifdef __cplusplus
extern "C" {
#endif

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
void sessio_inspect_track(bool on);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_INSPECT_H */
