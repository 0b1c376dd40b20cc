/* SPDX-License-Identifier: MIT */
/*
 * A host: a table of user sessions, and whoever wants to hear of them.
 *
 * Someone posts events; the host follows each session through the rules and
 * calls every watcher that asked for the event.
 *
 * - One event at a time per host, watchers in the order in which they came. A
 *   post returns when its event has been delivered to everybody. Posts of
 *   several threads queue up; hosts do not wait for each other.
 * - No lock is held in a callback, and every function here may be called from
 *   one. What a callback posts is delivered after the event in hand and before
 *   the outermost post returns. Nothing waits inside a callback, with one
 *   exception: sessio_host_unwatch() on a watcher that is being called by
 *   another thread for another host.
 * - A callback must not wait for another thread that posts to the same host:
 *   that thread waits for the callback.
 *
 * In what follows, "inside" a host means: in a call of one of its callbacks, on
 * the thread that runs it.
 */
#ifndef SESSIO_HOST_H
#define SESSIO_HOST_H

/*
 * From examples/watch_users.c:
 *
 *     static void on_event(const sessio_user_notice *notice, void *ctx)
 *     {
 *         (void)ctx;
 *         printf("session %u: %s, now %s\n", (unsigned)notice->session_id,
 *             sessio_user_event_name(notice->event), sessio_user_state_name(notice->state));
 *     }
 */

#include <sessio/status.h>
#include <sessio/user_session.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The number of a watcher; never 0, and not given again while anybody could still mean it. */
typedef uintptr_t sessio_watch;

/** The payload of Connected. */
typedef struct sessio_user_connect {
	uint32_t session_id;
	uint8_t local; /* 1: the terminal is this machine's own; 0: it is remote */
} sessio_user_connect;

#define SESSIO_NOTICE_SNAPSHOT (1u << 0) /* no event: the session as it is */
#define SESSIO_NOTICE_OBSERVED (1u << 1) /* sessio_host_observe() said so */
#define SESSIO_NOTICE_OUTSIDE (1u << 2) /* observed, and the host's rules have no such transition */

/** What a watcher is told. It and all that it points to last as long as the call. */
typedef struct sessio_user_notice {
	sessio_host *host;
	sessio_user_session *session; /* borrowed; keep it with sessio_user_session_ref() */
	uint32_t session_id;
	sessio_user_event event; /* SESSIO_USER_EVENT_NONE in a snapshot */
	sessio_user_state before; /* the state that the event found */
	sessio_user_state state; /* and the one that it led to: the state now */
	unsigned flags; /* SESSIO_NOTICE_ bits */
	bool local; /* where its terminal is; means something only while one is attached */
	uint32_t payload_length; /* 0, or the size of what payload points to */
	const void *payload; /* a sessio_user_connect for Connected, NULL otherwise */
} sessio_user_notice;

/**
 * Told of an event. It has no say in it: nothing that it returns or does undoes the event.
 *
 * Ref:     everything in @p notice is borrowed.
 * Locks:   none is held.
 * Threads: one call at a time per host, on the thread of some post.
 */
typedef void sessio_user_watch_fn(const sessio_user_notice *notice, void *ctx);

/**
 * Told that a watcher is not called any more: exactly once, after its last call has returned. The
 * place to free what the watcher uses.
 *
 * Ref:     gives @p ctx back.
 * Locks:   none is held.
 * Threads: of whoever ends the watcher, or of its last call if that is still running.
 */
typedef void sessio_watch_released_fn(void *ctx);

#define SESSIO_WATCH_ONE_SESSION (1u << 0) /* only session_id, now and whenever it comes again */
#define SESSIO_WATCH_SNAPSHOT (1u << 1) /* begin with the sessions that exist */

/** What a watcher asks for; copied. All zero but for the events is a good start. */
typedef struct sessio_watch_options {
	uint32_t events; /* bits of sessio_user_event_bit(); others mean nothing */
	unsigned flags; /* SESSIO_WATCH_ bits */
	uint32_t session_id; /* with SESSIO_WATCH_ONE_SESSION */
	const void *key; /* unless NULL: a host has at most one watcher with this key */
	sessio_watch_released_fn *released; /* may be NULL */
} sessio_watch_options;

#define SESSIO_POST_REMOTE (1u << 0) /* with Created and Connected: the terminal is remote */

/** Why an event was refused. */
typedef struct sessio_refusal {
	uint32_t session_id;
	sessio_user_state state; /* Initialized if there is no such session */
	sessio_user_event event;
} sessio_refusal;

/**
 * Create a host without sessions and watchers.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NO_MEMORY.
 *
 * Ref:     *out_host is the caller's, to be given to sessio_host_destroy().
 * Locks:   takes none.
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_create(sessio_rules rules, sessio_host **out_host);

/**
 * Destroy a host: deliver what is queued, end every watcher in the order in which they came, forget
 * every session. No other call may be using the host, apart from posts that are being delivered.
 * Sessions that somebody holds stay readable.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BUSY (inside the host, or inside another whose
 *         callback this one waits for), SESSIO_BAD_STATE (it is the default host, or being
 *         destroyed).
 *
 * Ref:     -1 on @p host; on SESSIO_OK do not touch it after this, but to leave what is entered.
 * Locks:   as sessio_host_post().
 * Threads: any.
 */
sessio_status sessio_host_destroy(sessio_host *host);

/**
 * The host of code that names none, such as a driver's container calls. Unless another was put in
 * its place, the first call makes it, with the documented rules.
 *
 * @return the host; NULL if there is no memory to make it.
 *
 * Ref:     borrowed, until sessio_host_set_default() puts another in its place.
 * Locks:   takes none.
 * Threads: any.
 */
sessio_host *sessio_host_default(void);

/**
 * Put a host in the default host's place, so that a test begins afresh with the rules it wants.
 * Nothing may be watched on the present default host, and no other thread may be using it. A
 * default host that the library made is destroyed; one of the caller's is the caller's again.
 *
 * @param host  outlives its time in that place; NULL: the next sessio_host_default() makes one.
 * @return SESSIO_OK, SESSIO_BUSY (something is watched on the present one, or it is delivering),
 *         SESSIO_BAD_STATE (@p host is being destroyed).
 *
 * Ref:     borrows @p host until another takes its place.
 * Locks:   takes both hosts', one after the other.
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_set_default(sessio_host *host);

/**
 * The rules that a host follows.
 *
 * @return what sessio_host_create() was given; 0, which no rule set has, for NULL.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 */
sessio_rules sessio_host_rules(const sessio_host *host);

/**
 * How many sessions there are: Created is delivered and Terminated is not.
 *
 * @return a snapshot; may be stale. 0 for NULL.
 *
 * Ref:     none.
 * Locks:   takes the host's.
 * Threads: any.
 */
size_t sessio_host_session_count(sessio_host *host);

/**
 * How many watchers there are.
 *
 * @return a snapshot; may be stale. 0 for NULL.
 *
 * Ref:     none.
 * Locks:   takes the host's.
 * Threads: any.
 */
size_t sessio_host_watch_count(sessio_host *host);

/**
 * Post an event: something is to happen. Created makes a session under a free id; Terminated ends
 * it and frees the id. From outside, returns when the event and all that callbacks posted because
 * of it have been delivered. From inside a callback it never waits: if the host is delivering, the
 * event follows.
 *
 * An event that the rules refuse changes nothing and calls nobody. What counts is the state after
 * everything that is queued already.
 *
 * @param flags    0 or SESSIO_POST_REMOTE.
 * @param refusal  may be NULL; written on SESSIO_BAD_STATE only, if the rules refuse.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BAD_STATE (the rules refuse it, or the host is
 *         being destroyed, and then @p refusal says SESSIO_USER_EVENT_NONE), SESSIO_NO_MEMORY.
 *
 * Ref:     none.
 * Locks:   takes the host's, not in callbacks; the caller may hold none that a callback takes.
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_post(sessio_host *host, uint32_t session_id, sessio_user_event event,
	unsigned flags, sessio_refusal *refusal);

/**
 * Post an event that has happened already, in the system that a source mirrors: never refused. One
 * that the rules do not have is delivered too, marked SESSIO_NOTICE_OUTSIDE; where it leads, says
 * sessio_user_state_after(). A session that is not known begins with the event.
 *
 * Memory is set aside for this: only if there is none at all and the reserve has been used up, by
 * several events since there was some, does it fail, and the event can be observed again later.
 *
 * @param flags  as for sessio_host_post().
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BAD_STATE (the host is being destroyed),
 *         SESSIO_NO_MEMORY.
 *
 * Ref:     none.
 * Locks:   as sessio_host_post().
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_observe(
	sessio_host *host, uint32_t session_id, sessio_user_event event, unsigned flags);

/**
 * Make a session known that exists already, without an event. Only watchers with
 * SESSIO_WATCH_SNAPSHOT are told, as if it had been in their snapshot.
 *
 * @param state  any but Terminated.
 * @param flags  as for sessio_host_post().
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_EXISTS (the id is in use), SESSIO_BAD_STATE (the
 *         host is being destroyed), SESSIO_NO_MEMORY.
 *
 * Ref:     none.
 * Locks:   as sessio_host_post().
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_adopt(
	sessio_host *host, uint32_t session_id, sessio_user_state state, unsigned flags);

/**
 * Write a refusal as a sentence, such as "session 7: Logon is refused in state LoggedOff". It says
 * when the observed rules would have allowed the event.
 *
 * @param text  gets at most @p size bytes and ends with a NUL unless @p size is 0. NULL: nothing
 *              is written.
 * @return the length of the whole text without its NUL; 0 for no refusal.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 */
size_t sessio_refusal_text(const sessio_refusal *refusal, char *text, size_t size);

/**
 * Be told of events. A watcher that comes while an event is being delivered does not get that one.
 *
 * With a snapshot it is first told of every session that exists, then of every event that follows:
 * no session is left out and none is told twice. From outside, that has been done when this
 * returns; inside a callback of a host that is delivering, it follows the events in the queue.
 *
 * @param out_watch  set before the first call.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (no event, an unknown flag), SESSIO_EXISTS (the key is in
 *         use), SESSIO_BAD_STATE (the host is being destroyed), SESSIO_NO_MEMORY.
 *
 * Ref:     @p ctx is borrowed until `released` has been called.
 * Locks:   as sessio_host_post().
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_watch(sessio_host *host, const sessio_watch_options *options,
	sessio_user_watch_fn *fn, void *ctx, sessio_watch *out_watch);

/**
 * End a watcher. When this returns, no call of it is running and none will start: it waits for one
 * that is running on another thread. Inside that very call it returns at once, and the call is the
 * last. So it does if waiting could never end, because the call waits, in a callback of another
 * host, for a watcher that the caller is in.
 *
 * The second of two threads that end the same watcher waits as the first does.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NOT_FOUND (no such watcher, or not any more).
 *
 * Ref:     the watcher's `released` has been called, or will be as soon as its last call returns.
 * Locks:   as sessio_host_post().
 * Threads: any.
 */
sessio_status sessio_host_unwatch(sessio_host *host, sessio_watch watch);

/**
 * Find a session that exists: Created is delivered and Terminated is not.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NOT_FOUND.
 *
 * Ref:     *out_session is +1, for sessio_user_session_unref().
 * Locks:   takes the host's.
 * Threads: any.
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_find_session(
	sessio_host *host, uint32_t session_id, sessio_user_session **out_session);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_HOST_H */
