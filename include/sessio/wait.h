/* SPDX-License-Identifier: MIT */
/*
 * Waiting for resource sessions to end. Nothing else in the library waits for
 * them.
 *
 * Nothing here frees or breaks anything: after a timeout everything that was in
 * use still is. Objects and session contexts are the pointers of <kos/objects.h>
 * and <kos/session.h>; the caller holds a reference on each that it passes.
 */
#ifndef SESSIO_WAIT_H
#define SESSIO_WAIT_H

#include <stdint.h>

#include <sessio/status.h>

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_WAIT_H */
