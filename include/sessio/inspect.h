/* SPDX-License-Identifier: MIT */
/*
 * The state of resource sessions and of objects that can be opened, for people
 * and tests.
 *
 * Every answer is a snapshot and may be stale when it arrives. Objects and
 * session contexts are the pointers of <kos/objects.h> and <kos/session.h>.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread. The caller has a reference to what it passes.
 */
#ifndef SESSIO_INSPECT_H
#define SESSIO_INSPECT_H

/*
 * From examples/who_holds_it.c:
 *
 *     sessio_session_info info;
 *
 *     if (KosSessionRef(session, RTL_NULL, RTL_NULL) || KosSessionCloseObject(session) ||
 *         sessio_session_inspect(session, &info)) {
 *         return 1;
 *     }
 *     printf("active operations: %u\n", (unsigned)info.operations);
 */

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

/** Why a session was closed. */
typedef enum sessio_end_reason {
	SESSIO_END_NONE = 0, /**< it has not been closed */
	SESSIO_END_CLOSED = 1, /**< by KosSessionCloseObject() */
	SESSIO_END_UNREGISTERED = 2, /**< its object was unregistered */
	SESSIO_END_USER_LEFT = 3, /**< an event of the user session that it is bound to */
	SESSIO_END_LAST_REFERENCE = 4 /**< nobody had a reference to its context any more */
} sessio_end_reason;

/** A snapshot of one resource session. */
typedef struct sessio_session_info {
	const void *object; /**< the open object; borrowed from the context */
	const char *object_name; /**< NULL if it has none; borrowed from the object */
	sessio_session_phase phase;
	bool tracked; /**< opened while tracking was on: opener and holders are known */
	uint32_t required_rights; /**< as given at open, like the next one */
	uint32_t share_mode;
	uint32_t handle_rights; /**< as the open callback left it; 0 until it has returned rcOk */
	uint32_t references; /**< on the context */
	uint64_t operations; /**< active now */
	/** As the operating system numbers it; 0 unless tracked or opened by a consumer's request. */
	uint64_t opener_thread;
	uint64_t opened_ms; /**< milliseconds since the open; 0 unless opener_thread is known */
	uint64_t ending_ms; /**< since the close, if operations were active then; else 0 */
} sessio_session_info;

/** A snapshot of one object that can be opened. */
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
 * Ref:     the pointers in @p out_info are borrowed and live as long as the context.
 */
sessio_status sessio_session_inspect(void *session_context, sessio_session_info *out_info);

/**
 * Why a session was closed. Its close callback is the place to ask; there the
 * answer is final.
 *
 * @return the reason; SESSIO_END_NONE if @p session_context is no session or has
 *         not been closed.
 */
sessio_end_reason sessio_session_end_reason(void *session_context);

/**
 * Describe one object and count its sessions, in time linear in their number.
 *
 * @param out_info set on SESSIO_OK only.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (@p object cannot be opened, or
 *         @p out_info is NULL).
 *
 * Ref:     the pointers in @p out_info are borrowed and live as long as the object.
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
 */
size_t sessio_session_describe(void *session_context, char *text, size_t size);

/**
 * Choose whether sessions that are opened from now on remember when and by which
 * thread they were opened, and which threads operate in them. Each operation
 * then costs an allocation and a lock, so it is off at the start.
 */
void sessio_inspect_track(bool on);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_INSPECT_H */
