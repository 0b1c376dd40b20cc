/* SPDX-License-Identifier: MIT */
/*
 * The join: resource sessions that belong to a user session.
 *
 * A bind holds resource sessions for one user session, with a policy of what
 * becomes of them when the user disconnects, logs off or the session ends. A
 * consumer that acts for a user gets a bind; what it opens is bound one by one,
 * or all of it while its thread is in the bind.
 *
 * - An event that closes, closes exactly what is bound at that moment: running
 *   operations finish, others' sessions are untouched. The bind is spent with
 *   it: nothing can be bound any more, so nothing slips in behind a logoff. The
 *   next logon takes another bind.
 * - A bound session that ends by itself is unbound by that.
 * - Whichever end goes first, user session, resource session, host or bind, the
 *   others are safe to use.
 */
#ifndef SESSIO_BIND_H
#define SESSIO_BIND_H

#include <stddef.h>

#include <sessio/host.h>
#include <sessio/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Resource sessions that follow a user session. */
typedef struct sessio_bind sessio_bind;

/** What an event does to the bound sessions. */
typedef enum sessio_bind_action {
	SESSIO_BIND_NOTHING = 0,
	SESSIO_BIND_CALL = 1, /**< calls the policy's callback for each */
	SESSIO_BIND_CLOSE = 2 /**< closes each, and the bind is spent */
} sessio_bind_action;

/**
 * Is called for one bound session when an event says SESSIO_BIND_CALL. May
 * close it, unbind it, or leave it alone; what it closes or unbinds besides is
 * not told of this event any more. If it destroys the bind, the call is the last.
 *
 * @param session_context a bound session that is open, as in <kos/session.h>.
 * @param notice          the event.
 *
 * Ref:     all arguments are borrowed for the call.
 * Locks:   called with none held; may call anything but sessio_bind_destroy() on
 *          this bind from another thread and wait for it.
 * Threads: that of the event's post; one call at a time per bind.
 */
typedef void sessio_bind_fn(
	void *ctx, sessio_bind *bind, void *session_context, const sessio_user_notice *notice);

/** What a bind does, and when; all zero does nothing at all. */
typedef struct sessio_bind_policy {
	sessio_bind_action on_disconnect;
	sessio_bind_action on_logoff;
	sessio_bind_action on_termination;
	sessio_bind_fn *fn; /**< mandatory if an action is SESSIO_BIND_CALL */
	void *ctx; /**< passed to fn; borrowed until the bind is destroyed */
} sessio_bind_policy;

/** The storage of one sessio_bind_enter(); the caller's, until it leaves. */
typedef struct sessio_bind_scope {
	void *opaque[4];
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
 * Ref:     *out_bind is the caller's, for sessio_bind_destroy(); @p user is held.
 * Locks:   as sessio_host_watch().
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_bind_create(
	sessio_user_session *user, const sessio_bind_policy *policy, sessio_bind **out_bind);

/**
 * Destroy a bind: unbind everything and close nothing. When it returns no
 * callback of the bind is running, unless it was called inside one, or
 * sessio_host_unwatch() could not wait. NULL is a no-op.
 *
 * Ref:     -1 on @p bind; do not touch @p bind after this. Threads that are in
 *          it may still leave.
 * Locks:   as sessio_host_unwatch().
 * Threads: any.
 */
void sessio_bind_destroy(sessio_bind *bind);

/**
 * Bind one resource session.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (@p bind is NULL or @p session_context is
 *         no session context), SESSIO_EXISTS (it is bound, here or elsewhere),
 *         SESSIO_BAD_STATE (the bind is spent or detached, or the session is not
 *         open), SESSIO_NO_MEMORY.
 *
 * Ref:     none: a bound session lives and dies as if it were not.
 * Locks:   takes the resource lock and the bind's for a moment.
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_bind_add(sessio_bind *bind, void *session_context);

/**
 * Unbind one resource session; it goes on as it is.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG (as above), SESSIO_NOT_FOUND (it is not
 *         bound here, or not any more).
 *
 * Ref:     none.
 * Locks:   takes the resource lock and the bind's, one after the other.
 * Threads: any. An event that another thread is delivering may still reach it.
 */
sessio_status sessio_bind_remove(sessio_bind *bind, void *session_context);

/**
 * From now on whatever the calling thread opens is bound, until the matching
 * sessio_bind_leave(). Nests: the innermost counts. An opening that cannot be
 * bound fails: with rcInvalidOperation if the bind is spent or
 * detached, and if an event that closes meets it.
 *
 * @param scope the caller's storage; stays where it is until it is left.
 * @return SESSIO_OK, SESSIO_INVALID_ARG.
 *
 * Ref:     holds @p bind until it is left.
 * Locks:   takes none.
 * Threads: any; the thread that enters leaves.
 */
sessio_status sessio_bind_enter(sessio_bind *bind, sessio_bind_scope *scope);

/**
 * End a sessio_bind_enter() of the calling thread.
 *
 * Ref:     lets go of the bind.
 * Locks:   takes none.
 * Threads: the one that entered; any other stops the program.
 */
void sessio_bind_leave(sessio_bind_scope *scope);

/**
 * How many sessions are bound: a moment's truth.
 *
 * @return the number; 0 for NULL.
 *
 * Ref:     none.
 * Locks:   takes the bind's for a moment.
 * Threads: any.
 */
size_t sessio_bind_count(sessio_bind *bind);

/**
 * The user session of a bind.
 *
 * @return borrowed from the bind.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 */
sessio_user_session *sessio_bind_user(const sessio_bind *bind);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_BIND_H */
