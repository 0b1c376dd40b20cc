/* SPDX-License-Identifier: MIT */
/*
 * Waiting for resource sessions to end. Closing never waits; these two calls do.
 *
 * A wait frees and breaks nothing: after a timeout everything that was in use
 * still is. A wait inside a callback first runs the ends that its thread has put
 * off until after that callback, so it cannot wait for itself.
 *
 * Default: a call keeps no reference, calls nobody back but the sink, and is open
 *          to any thread. The caller has a reference to what it passes. A call
 *          blocks for at most its timeout; 0 only looks and reports nothing.
 */
#ifndef SESSIO_WAIT_H
#define SESSIO_WAIT_H

/*
 * From examples/who_holds_it.c:
 *
 *     KosSessionPut(session);
 *     return sessio_session_wait(session, SESSIO_FOREVER) != SESSIO_OK;
 */

#include <stdint.h>

#include <sessio/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Wait until a session has ended, that is, until its closeComplete callback has
 * returned. It does not close the session. A timeout is reported to the sink as
 * SESSIO_DIAG_TIMEOUT, with what the session still waits for.
 *
 * @param timeout_ms milliseconds; 0 only looks, SESSIO_FOREVER waits without end.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (@p session_context is no session),
 *         SESSIO_TIMEOUT.
 *
 * Blocks:  until the end or the timeout. Inside an operation of the session, or
 *          in its close or closeComplete callback, it waits for its caller.
 */
SESSIO_MUST_CHECK
sessio_status sessio_session_wait(void *session_context, uint32_t timeout_ms);

/**
 * Wait until an object has no session left, not even one that is opening or
 * ending. It neither closes nor unregisters: do that first, or others may keep
 * the object busy. A timeout is reported to the sink as SESSIO_DIAG_TIMEOUT, once
 * for each session that is left and once for all that are opening.
 *
 * @param timeout_ms milliseconds; 0 only looks, SESSIO_FOREVER waits without end.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (@p object cannot be opened),
 *         SESSIO_TIMEOUT.
 *
 * Blocks:  until the last session has ended or the timeout. In a callback of one
 *          of the sessions it waits for its caller.
 */
SESSIO_MUST_CHECK
sessio_status sessio_object_drain(void *object, uint32_t timeout_ms);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_WAIT_H */
