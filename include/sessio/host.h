/* SPDX-License-Identifier: MIT */
/*
 * A host: a table of user sessions, and the watchers that follow them.
 *
 * A program posts events. The host follows each session through the rules and
 * calls every watcher that asked for the event.
 *
 * - One event at a time per host, watchers in the order in which they came. A
 *   post returns when its event has been delivered to all of them. Posts of
 *   several threads queue up. Hosts do not wait for each other.
 * - No lock of the library is held in a callback, and every function here may be
 *   called from one. A callback is a call of a watcher or of its `released`.
 * - A callback's post never waits. It is delivered after the event in hand and
 *   before the outermost post of the thread returns. If another thread is
 *   delivering to that host, or about to, that thread delivers it. The same
 *   holds for a second host, for an observation, an adoption and a snapshot.
 * - A callback must not wait for another thread that posts to the same host,
 *   because that thread waits for the callback.
 * - A callback is work for others. It sees no session that its thread entered
 *   before; see sessio_host_enter_session().
 * - A callback ends by its return: not by a longjmp, a C++ exception, a thread
 *   exit or a cancellation. It stays on its thread and on that thread's stack; a
 *   fiber may not be switched inside. After a fork, a child may only exec.
 *
 * "Outside" means: not in a callback of any host, on this thread.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread.
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

/** The number of a watcher; never 0, and not reused while the watcher exists. */
typedef uintptr_t sessio_watch;

/** The payload of Connected. */
typedef struct sessio_user_connect {
	uint32_t session_id;
	uint8_t local; /* 1: the terminal is this machine's own; 0: it is remote */
} sessio_user_connect;

/* XX(NAME, value, text): the one list of remarks. */
#define SESSIO_USER_REMARK_MAP(XX)  \
	XX(LOCKED, 1, "Locked")     \
	XX(UNLOCKED, 2, "Unlocked") \
	XX(REMOTE_CONTROL, 3, "RemoteControl")

/**
 * A remark of a real system on a session, besides the six events. It changes no state. RemoteControl
 * means that somebody begins or ends to watch or control the session from elsewhere.
 */
typedef enum sessio_user_remark {
	SESSIO_USER_REMARK_NONE = 0, /* an event or a snapshot */
#define XX(name, value, text) SESSIO_USER_REMARK_##name = (value),
	SESSIO_USER_REMARK_MAP(XX)
#undef XX
		SESSIO_USER_REMARK_MAX /* one above the last */
} sessio_user_remark;

#define SESSIO_NOTICE_SNAPSHOT (1u << 0) /* no event: the session as it is */
#define SESSIO_NOTICE_OBSERVED (1u << 1) /* from sessio_host_observe() or sessio_host_remark() */
#define SESSIO_NOTICE_OUTSIDE (1u << 2) /* observed, and the host's rules have no such transition */

/** A notice to a watcher. It and all that it points to last as long as the call. */
typedef struct sessio_user_notice {
	sessio_host *host;
	sessio_user_session *session; /* borrowed; keep it with sessio_user_session_ref() */
	uint32_t session_id;
	sessio_user_event event; /* SESSIO_USER_EVENT_NONE in a snapshot and for a remark */
	sessio_user_state before; /* the state that the event found */
	sessio_user_state state; /* and the one that it led to: the state now */
	unsigned flags; /* SESSIO_NOTICE_ bits */
	bool local; /* where its terminal is; means something only while one is attached */
	uint32_t payload_length; /* 0, or the size of the payload */
	const void *payload; /* a sessio_user_connect for Connected, NULL otherwise */
	sessio_user_remark remark; /* SESSIO_USER_REMARK_NONE unless this is a remark */
} sessio_user_notice;

/**
 * Receives a notice, and has no say in the event: nothing that it returns or does undoes that.
 *
 * Ref:     everything in @p notice is borrowed.
 * Threads: one call at a time per host, on the thread of some post.
 */
typedef void sessio_user_watch_fn(const sessio_user_notice *notice, void *ctx);

/**
 * Called exactly once when a watcher has ended, after its last call has returned. The place to
 * free the memory that the watcher uses.
 *
 * Ref:     gives @p ctx back.
 * Threads: the one that ends the watcher, or the one of its last call if that is still running.
 */
typedef void sessio_watch_released_fn(void *ctx);

#define SESSIO_WATCH_ONE_SESSION (1u << 0) /* only session_id, now and whenever it comes again */
#define SESSIO_WATCH_SNAPSHOT (1u << 1) /* begin with the sessions that exist */
#define SESSIO_WATCH_REMARKS (1u << 2) /* remarks, too; then no event need be asked for */

/** The wishes of a watcher; copied. All zero but for the events is a good start. */
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
	sessio_user_event event; /* SESSIO_USER_EVENT_NONE: the host is being destroyed */
} sessio_refusal;

/**
 * Create a host without sessions and watchers.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NO_MEMORY.
 *
 * Ref:     *out_host is the caller's, to be given to sessio_host_destroy().
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_create(sessio_rules rules, sessio_host **out_host);

/**
 * Destroy a host: deliver the events in its queue, end every watcher in the order in which they
 * came, forget every session. No other call may be using the host, apart from posts that are being
 * delivered and watchers that are being ended. Sessions that are held stay readable.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BUSY (in a callback of this host, or in one of
 *         another that this one waits for), SESSIO_BAD_STATE (it is the default host, or being
 *         destroyed).
 *
 * Ref:     -1 on @p host; on SESSIO_OK do not touch it after this, but to leave a session of it.
 * Blocks:  until other threads have finished their deliveries and ends of watchers.
 * Calls back: the watchers for events in the queue, then every `released`.
 */
sessio_status sessio_host_destroy(sessio_host *host);

/**
 * The host of code that names none, such as a driver's container calls. Unless another was put in
 * its place, the first call makes it, with the documented rules.
 *
 * @return the host; NULL if there is no memory to make it.
 *
 * Ref:     borrowed, until sessio_host_set_default() puts another in its place.
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
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_set_default(sessio_host *host);

/**
 * The rules that a host follows.
 *
 * @return the argument of sessio_host_create(); 0, which no rule set has, for NULL.
 */
sessio_rules sessio_host_rules(const sessio_host *host);

/**
 * How many sessions there are: Created is delivered and Terminated is not.
 *
 * @return a snapshot; may be stale. 0 for NULL.
 */
size_t sessio_host_session_count(sessio_host *host);

/**
 * How many watchers there are.
 *
 * @return a snapshot; may be stale. 0 for NULL.
 */
size_t sessio_host_watch_count(sessio_host *host);

/**
 * Find a session that exists: Created is delivered and Terminated is not.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NOT_FOUND.
 *
 * Ref:     *out_session is +1, for sessio_user_session_unref().
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_find_session(
	sessio_host *host, uint32_t session_id, sessio_user_session **out_session);

/**
 * Post an event: something is to happen. Created makes a session under a free id; Terminated ends
 * it and frees the id. Outside, this returns when the event has been delivered, and all that
 * callbacks of this host posted to it because of that. In a callback the event only joins a queue.
 *
 * An event that the rules refuse changes nothing and notifies no watcher. The state that counts is
 * the one after everything in the queue.
 *
 * @param flags    0 or SESSIO_POST_REMOTE.
 * @param refusal  may be NULL; written on SESSIO_BAD_STATE only.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BAD_STATE (refused, or the host is being
 *         destroyed), SESSIO_NO_MEMORY.
 *
 * Blocks:  outside, until the event has been delivered.
 * Calls back: outside, the watchers of this event and of others in queues.
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_post(sessio_host *host, uint32_t session_id, sessio_user_event event,
	unsigned flags, sessio_refusal *refusal);

/**
 * Say that an event has happened: on a real system, where the rules have no say. It is delivered
 * as if posted and never refused. Where the rules have no such transition the notice says so, and
 * sessio_user_state_after() says where it leads. An event of an unknown session makes it known.
 *
 * For the time without memory each host has a reserve: it takes eight more observations made in
 * callbacks, and eight new sessions.
 *
 * @param flags  as for sessio_host_post().
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BAD_STATE (the host is being destroyed),
 *         SESSIO_NO_MEMORY (the reserve is used up; the event can be observed again later).
 *
 * Blocks:  as sessio_host_post().
 * Calls back: as sessio_host_post().
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_observe(
	sessio_host *host, uint32_t session_id, sessio_user_event event, unsigned flags);

/**
 * Say something of a session that is no event: no state changes. Watchers with
 * SESSIO_WATCH_REMARKS are notified, in turn with events. As with an observation there is a reserve
 * for the time without memory.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NOT_FOUND (no session of this id is known, and a
 *         remark does not say which state it has), SESSIO_BAD_STATE (the host is being destroyed),
 *         SESSIO_NO_MEMORY (the reserve is used up).
 *
 * Blocks:  as sessio_host_post().
 * Calls back: as sessio_host_post().
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_remark(sessio_host *host, uint32_t session_id, sessio_user_remark remark);

/**
 * The name of a remark, such as "Locked".
 *
 * @return a string; "?" for anything that is not a remark.
 *
 * Ref:     a constant.
 */
const char *sessio_user_remark_name(sessio_user_remark remark);

/**
 * Make a session known that exists already, without an event. Only watchers with
 * SESSIO_WATCH_SNAPSHOT are notified, as if it had been in their snapshot.
 *
 * @param state  any but Terminated.
 * @param flags  as for sessio_host_post().
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_EXISTS (the id is in use), SESSIO_BAD_STATE (the
 *         host is being destroyed), SESSIO_NO_MEMORY.
 *
 * Blocks:  as sessio_host_post().
 * Calls back: as sessio_host_post().
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
 */
size_t sessio_refusal_text(const sessio_refusal *refusal, char *text, size_t size);

/**
 * Follow events. A watcher that comes while an event is being delivered does not get that one.
 *
 * With a snapshot it first gets every session that exists, then every event that follows. No
 * session is left out and none comes twice. Outside, that has been done when this
 * returns. In a callback the snapshot joins the queue.
 *
 * @param out_watch  set before the first call.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (neither events nor remarks, an unknown flag), SESSIO_EXISTS (the key is in
 *         use), SESSIO_BAD_STATE (the host is being destroyed), SESSIO_NO_MEMORY.
 *
 * Ref:     @p ctx is borrowed until `released` has been called.
 * Blocks:  outside with a snapshot, until that has been done.
 * Calls back: outside with a snapshot, this watcher and those of events in queues.
 */
SESSIO_MUST_CHECK
sessio_status sessio_host_watch(sessio_host *host, const sessio_watch_options *options,
	sessio_user_watch_fn *fn, void *ctx, sessio_watch *out_watch);

/**
 * End a watcher. When this returns, no call of it is running, none will start, and its `released`
 * has returned. The second of two threads that end the same watcher waits as the first does.
 *
 * In the watcher's own call or `released` this returns at once; that is the last one then. It also
 * returns at once if waiting would deadlock: the watcher's callback waits for the calling one.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NOT_FOUND (no such watcher, or it was ended
 *         before).
 *
 * Blocks:  until a callback of this watcher that runs on another thread has returned.
 * Calls back: `released`, and watchers of the events that it posts.
 */
sessio_status sessio_host_unwatch(sessio_host *host, sessio_watch watch);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_HOST_H */
