/* SPDX-License-Identifier: MIT */
/*
 * The join: resource sessions that belong to a user session.
 *
 * A bind holds resource sessions for one user session. Its policy says whether
 * they are closed when the user disconnects, logs off or the session ends. A
 * consumer that acts for a user gets a bind. Its sessions are bound one by one,
 * or all that its thread opens while it is in the bind.
 *
 * - If the policy says so, an event closes exactly the sessions that are bound at
 *   that moment: one after the other, each as KosSessionCloseObject() does.
 *   Running operations finish, and others' sessions are untouched. The bind is
 *   closed, too: no session can be bound any more, so none slips in behind a
 *   logoff. The next logon takes another bind.
 * - A close callback may close another bound session and wait for its end. A
 *   session that it unbinds stays open, unless the event has closed it.
 * - A bound session that ends by itself is unbound by that.
 * - User session, resource session, host and bind may go in any order. The
 *   others are safe to use.
 *
 * Default: a call keeps no reference and borrows its arguments, does not block,
 *          calls nobody back, and is open to any thread.
 */
#ifndef SESSIO_BIND_H
#define SESSIO_BIND_H

/*
 * From examples/user_logoff.c:
 *
 *     if (sessio_bind_create(anna, &policy, &bind) ||
 *         KosSessionOpenObject(diary, 0, 0, "anna", &session) ||
 *         sessio_bind_add(bind, session) ||
 *         KosSessionOpenObject(diary, 0, 0, "the system", &session) ||
 *         sessio_host_post(sessio_host_default(), 1, SESSIO_USER_EVENT_LOGOFF, 0, NULL)) {
 *         return 1;
 *     }
 */

#include <stddef.h>

#include <sessio/host.h>
#include <sessio/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Resource sessions that follow a user session. */
typedef struct sessio_bind sessio_bind;

/** The effect of an event on the bound sessions. */
typedef enum sessio_bind_action {
	SESSIO_BIND_NOTHING = 0,
	SESSIO_BIND_CALL = 1, /**< calls the policy's callback for each */
	SESSIO_BIND_CLOSE = 2 /**< closes each, and the bind is closed */
} sessio_bind_action;

/**
 * Is called for one bound session when an event says SESSIO_BIND_CALL. It may
 * close the session, unbind it, or leave it alone. There is no further call for
 * other sessions that it closes or unbinds. If it destroys the bind, the call is the
 * last. It must return: no exception, thread exit or longjmp may leave it.
 *
 * Sessions that the callback opens are not bound by a bind that the thread entered
 * before. No lock of the library is held. The callback must not wait for another
 * thread that posts to the host or destroys this bind.
 *
 * @param session_context a bound session that is open, as in <kos/session.h>.
 * @param notice          the event.
 *
 * Threads: that of the event's post; one call at a time per bind.
 */
typedef void sessio_bind_fn(
	void *ctx, sessio_bind *bind, void *session_context, const sessio_user_notice *notice);

/** The actions of a bind. All zero does nothing. */
typedef struct sessio_bind_policy {
	sessio_bind_action on_disconnect;
	sessio_bind_action on_logoff;
	sessio_bind_action on_termination;
	sessio_bind_fn *fn; /**< not NULL if an action is SESSIO_BIND_CALL */
	void *ctx; /**< passed to fn; borrowed until the bind is destroyed */
} sessio_bind_policy;

/** The storage of one sessio_bind_enter(); the caller's, until it leaves. */
typedef struct sessio_bind_scope {
	void *opaque[6];
} sessio_bind_scope;

/**
 * Create a bind for a user session. It reacts to events that are delivered from
 * now on, after the host's watchers that came before it.
 *
 * @param user     of any host, in any state but Terminated.
 * @param policy   copied.
 * @param out_bind set on SESSIO_OK only.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (a pointer is NULL, an action is none,
 *         or a callback is missing), SESSIO_BAD_STATE (the user session has
 *         ended or its host is gone), SESSIO_NO_MEMORY.
 *
 * Ref:     *out_bind is the caller's, for sessio_bind_destroy(); it holds @p user.
 */
SESSIO_MUST_CHECK
sessio_status sessio_bind_create(
	sessio_user_session *user, const sessio_bind_policy *policy, sessio_bind **out_bind);

/**
 * Destroy a bind: unbind everything and close nothing. When it returns, no
 * callback of the bind is running, unless it was called inside one or waiting
 * would deadlock. NULL is a no-op.
 *
 * Ref:     -1 on @p bind; do not touch @p bind after this. Threads that are in
 *          it may still leave.
 * Blocks:  until a callback that runs on another thread has returned.
 */
void sessio_bind_destroy(sessio_bind *bind);

/**
 * Bind one resource session.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (@p bind is NULL or @p session_context is
 *         no session context), SESSIO_EXISTS (it is bound, here or elsewhere),
 *         SESSIO_BAD_STATE (the session is not open, or the bind is closed, by
 *         an event or because its user session or host has ended),
 *         SESSIO_NO_MEMORY.
 *
 * Ref:     none is taken: a bound session lives and ends as if it were not.
 */
SESSIO_MUST_CHECK
sessio_status sessio_bind_add(sessio_bind *bind, void *session_context);

/**
 * Unbind one resource session; it goes on as it is. An event that another thread
 * is delivering may still reach it.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (as above), SESSIO_NOT_FOUND (it is not
 *         bound here, or not any more).
 */
sessio_status sessio_bind_remove(sessio_bind *bind, void *session_context);

/**
 * Enter a bind: each session that the calling thread opens is bound, until the
 * matching sessio_bind_leave(). Nests: the innermost counts. An opening that
 * cannot be bound fails, with rcInvalidOperation if the bind is closed. So does
 * an opening during which an event closes the bind.
 *
 * Work for others is not meant. Callbacks of watchers and binds, close and
 * closeComplete callbacks and destructors open as if the thread were in no bind.
 * The open callback is the opener's, and its own openings are bound.
 *
 * @param scope the caller's storage, which needs no initialisation; stays where
 *        it is until it is left. Another thread's use of it is not noticed.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (a pointer is NULL), SESSIO_BAD_STATE
 *         (this thread has entered with @p scope and not left yet).
 *
 * Ref:     holds @p bind until it is left.
 * Threads: the one that enters leaves.
 */
SESSIO_MUST_CHECK
sessio_status sessio_bind_enter(sessio_bind *bind, sessio_bind_scope *scope);

/**
 * End a sessio_bind_enter() of the calling thread. NULL is a no-op.
 *
 * Ref:     lets go of the bind.
 * Threads: the one that entered. Any other, or a second time, stops the program.
 */
void sessio_bind_leave(sessio_bind_scope *scope);

/**
 * How many sessions are bound; another thread may change it at once.
 *
 * @return the number; 0 for NULL.
 */
size_t sessio_bind_count(sessio_bind *bind);

/**
 * The user session of a bind.
 *
 * @return the user session; NULL for NULL.
 *
 * Ref:     borrowed from the bind.
 */
sessio_user_session *sessio_bind_user(const sessio_bind *bind);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_BIND_H */
