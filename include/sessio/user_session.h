/* SPDX-License-Identifier: MIT */
/*
 * A user session as an object, and which one a thread acts for.
 *
 * A host makes user sessions and changes them; see sessio/host.h. The states
 * and the events are those of sessio/rules.h.
 *
 * A thread acts for the session that it entered last, in its own calls. A
 * callback that it runs for others sees none of that. A callback may enter
 * sessions of its own. A session that it does not leave stays entered when it
 * returns, for the thread's own calls.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread.
 */
#ifndef SESSIO_USER_SESSION_H
#define SESSIO_USER_SESSION_H

/*
 * From examples/watch_users.c:
 *
 *     if (status == SESSIO_OK) {
 *         status = sessio_host_find_session(host, 1, &anna);
 *     }
 *     if (status == SESSIO_OK) {
 *         printf("found: %s\n", sessio_user_state_name(sessio_user_session_state(anna)));
 *         sessio_user_session_unref(anna);
 *     }
 */

#include <sessio/rules.h>
#include <sessio/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A table of user sessions and their watchers. */
typedef struct sessio_host sessio_host;

/** One user session: counted, and readable even after its end and its host's. */
typedef struct sessio_user_session sessio_user_session;

/**
 * Keep a session.
 *
 * @return @p session; NULL for NULL.
 *
 * Ref:     +1 on @p session.
 */
sessio_user_session *sessio_user_session_ref(sessio_user_session *session);

/**
 * Give a session back. NULL is a no-op.
 *
 * Ref:     -1 on @p session; do not touch it after this.
 */
void sessio_user_session_unref(sessio_user_session *session);

/**
 * The id of a session.
 *
 * @return the id; another session may have it once this one has ended. 0 for NULL.
 */
uint32_t sessio_user_session_id(const sessio_user_session *session);

/**
 * The state of a session: inside a callback, the one after the event.
 *
 * @return the state; Terminated for ever once that is delivered. SESSIO_USER_STATE_NONE for NULL.
 */
sessio_user_state sessio_user_session_state(const sessio_user_session *session);

/**
 * Where a session's terminal is, or was last.
 *
 * @return true if it is the machine's own. Means something only while a terminal is attached:
 *         in Connected, LoggedOn and LoggedOff. False for NULL.
 */
bool sessio_user_session_is_local(const sessio_user_session *session);

/**
 * Say that the calling thread acts for a session, until sessio_host_leave_session(). Nests: the
 * latest counts. Sessions of several hosts may be left in any order. A thread leaves every session
 * that it entered before it ends. A fiber leaves before it is switched.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (the session is of another host), SESSIO_NO_MEMORY.
 *
 * Ref:     holds one on @p session until it is left.
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_enter_session(sessio_host *host, sessio_user_session *session);

/**
 * Take back the calling thread's latest sessio_host_enter_session() of this host. A callback takes
 * back only those made in it.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BAD_STATE (none is entered).
 *
 * Ref:     -1 on the session.
 * Threads: the one that entered.
 */
sessio_status sessio_host_leave_session(sessio_host *host);

/**
 * The session that the calling thread acts for.
 *
 * @return the session; NULL if none of this host is entered.
 *
 * Ref:     borrowed, until it is left.
 */
sessio_user_session *sessio_host_entered_session(const sessio_host *host);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_USER_SESSION_H */
