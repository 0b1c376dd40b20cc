/* SPDX-License-Identifier: MIT */
/*
 * How a host is built; see sessio/host.h for what it does.
 *
 * Its files: host.c makes and destroys it. user_session.c has its sessions,
 * host_watch.c its watchers, host_list.c their lists, host_post.c the events and
 * host_wait.c the waits. host_queue.c decides which thread delivers next, and
 * host_dispatch.c calls the watchers. host_direct.c does both for most events.
 * host_crowd.c has the posters that get in each other's way.
 *
 * (host-1) One lock per host. No other lock is taken under it and it is held in no
 *      callback. The gate may be held when it is taken, never the other way.
 * (host-2) The baton: `busy` is true while some thread delivers. Only that thread
 *      changes the state of sessions and the list of those that exist. So it
 *      may read that list without the lock.
 * (host-3) The queue is delivered in order, one item at a time. Rules are checked
 *      when an item is queued, against the state after the whole queue
 *      (`planned`). So nothing that is queued is refused.
 * (host-4) While `walking`, lists of watchers only grow, at their ends: the baton's
 *      holder walks them without the lock. Watchers that end are retired, and
 *      taken out after the walk.
 * (host-5) Lists of watchers are in order of `number`. A walk stops at the number
 *      that was the last one when its event began.
 * (host-6) Before a watcher is called, it is put into `running` and then `any_gone`
 *      is read, with a light barrier between. If that is set, its `gone` is read, too. The
 *      thread that ends it sets `gone` and then, if `walking`, sets `any_gone`, issues a
 *      heavy barrier and reads `running`. Either the call does not start, or the ending
 *      thread sees it and sets `end_wanted` under the lock. `any_gone` is cleared under the
 *      lock when the walk has ended. A walk that begins later does not meet the watcher.
 * (host-7) An item counts in a completion: that of the post, outside any callback,
 *      that it belongs to. A post returns when its completion has come to 0.
 *      Completions live on their posters' stacks, and are only touched under
 *      the lock and while they count. Items that callbacks queue on an idle
 *      host count in that host's own.
 * (host-8) A thread in a callback never delivers and never waits for a delivery. It
 *      queues, and its worker delivers on idle hosts after the event in hand.
 * (host-9) A thread in a callback waits for nothing but a watcher's or a host's end.
 *      It does not wait if that end waits for the thread; see host_wait.c.
 * (host-10) An event is delivered without the queue if the queue is empty and nobody
 *      delivers. It is no item either if its session is the `latest`, and no watcher is
 *      for one session only. If some watcher wants the event, its poster takes the baton
 *      with its own completion as `holder` and no `current`. Then it delivers what its
 *      completion counts.
 * (host-11) Posters that wait are woken when their completion comes to 0, and when the
 *      baton is put down with items in the queue. All other waiters are woken by every
 *      thread that releases the lock after a change.
 * (host-12) A poster that meets another thread at the lock or with the baton waits without
 *      disturbing it; see host_crowd.c. One poster at a time has the `turn` to look. If it
 *      has met a delivery it is counted in `holding_off`, so that the host is not destroyed. It
 *      gives up its turn when it has the lock. If others wait, it wakes them afterwards.
 */
#ifndef SI_HOST_H
#define SI_HOST_H

#include <stdatomic.h>

#include <sessio/host.h>

#include "base/list.h"
#include "base/map.h"
#include "base/refcount.h"
#include "base/thread_frame.h"
#include "user/rules.h"

/* Observations may use this many when there is no memory. */
#define SI_HOST_RESERVE 8u

/* List 0: adopted sessions, for watchers with a snapshot. Then by event; the last: remarks. */
#define SI_LIST_REMARKS SI_EVENTS
#define SI_LISTS (SI_LIST_REMARKS + 1u)

struct si_watcher;
struct si_host_wait;

struct si_completion {
	size_t pending; /* items not delivered yet (host-7) */
};

struct si_queue_item {
	struct si_list_node node; /* host->queue, or a reserve */
	struct si_completion *completion;
	void (*deliver)(struct sessio_host *host, struct si_queue_item *item);
	void (*done)(struct sessio_host *host, struct si_queue_item *item); /* frees its storage */
};

/* An event; if event is SESSIO_USER_EVENT_NONE, a remark or an adopted session. */
struct si_event {
	struct si_queue_item item;
	struct sessio_user_session *session; /* the map has a reference; Terminated takes that */
	uint32_t session_id;
	sessio_user_event event;
	sessio_user_remark remark;
	unsigned list; /* of its watchers */
	sessio_user_state before;
	sessio_user_state after;
	unsigned flags; /* SESSIO_NOTICE_ */
	bool sets_local;
	bool local;
};

struct sessio_user_session {
	struct si_map_node by_id; /* host->sessions, which holds a reference; key: the id */
	struct sessio_host *host; /* has a reference */
	struct si_refcount refs;
	_Atomic unsigned char state; /* as delivered (host-2) */
	_Atomic bool local; /* as delivered (host-2) */
	bool exists; /* in host->existing */
	sessio_user_state planned; /* (host-3) */
	struct si_list_node by_age; /* host->existing, or host->spare_sessions */
};

/*
 * Not a si_list: a walk reads these without the lock while other threads append
 * (host-4), so the links forward are atomic.
 */
struct si_watch_list {
	struct si_watcher *first;
	struct si_watcher *last;
};

/* The watchers of one session id; those of all sessions have one, too. */
struct si_filter {
	struct si_map_node by_id; /* host->filters */
	size_t watchers;
	struct si_watch_list lists[SI_LISTS];
};

struct si_watcher {
	/* The members that a call needs come first. */
	uint64_t number; /* (host-5); 0 until it is in its lists */
	sessio_user_watch_fn *fn;
	void *ctx;
	_Atomic bool gone; /* (host-6) */
	bool end_wanted; /* (host-6): the thread that called it ends it */
	bool ended; /* not called any more, and `released` has returned */
	uint32_t lists; /* bit per list */
	_Atomic(struct si_watcher *) next[SI_LISTS];
	struct si_watcher *previous[SI_LISTS];
	struct si_filter *filter;
	struct si_queue_item item; /* its snapshot */
	struct si_map_node by_id; /* host->watchers; key: the sessio_watch */
	struct si_map_node by_key; /* host->keys, unless key is NULL */
	const void *key;
	sessio_watch_released_fn *released;
	struct si_worker *releasing; /* the worker that runs `released` */
	struct si_list_node by_release; /* host->releases meanwhile */
	struct si_list_node by_age; /* host->watching until it is gone, host->retired then */
	unsigned refs; /* its lists, its item, the threads that end it or wait for its end */
};

/* A thread that runs callbacks of hosts, on its stack: the same for all that are nested. */
struct si_worker {
	struct si_host_wait *wait; /* its wait, or NULL; guarded by the gate */
	struct sessio_host *first_owed; /* hosts that it delivers on later, by next_owed */
	struct sessio_host *last_owed;
	bool paying; /* delivers on them now, or further out */
};

struct sessio_host {
	si_mutex lock; /* guards all members below that do not say otherwise */
	struct si_refcount refs; /* the owner's, each session's, a worker's that owes */
	sessio_rules rules; /* fixed, as is made_as_default */
	bool made_as_default; /* by sessio_host_default() */
	bool claimed; /* sessio_host_destroy() has begun */
	bool closing; /* nothing comes any more */
	bool busy; /* (host-2) */
	bool walking; /* (host-4) */
	bool is_owed; /* in the list of a worker (host-8) */
	unsigned waiters; /* threads that want a wake at the gate */
	unsigned waiting_posters; /* those of them that wait for a delivery (host-11) */
	unsigned holding_off; /* (host-12) */
	bool wakes_posters; /* at the next release of the lock (host-11) */
	/* The session of the last event that was delivered; in the map, or NULL. */
	struct sessio_user_session *latest;
	sessio_user_state latest_state; /* as delivered */
	_Atomic(struct si_watcher *) running; /* (host-6) */
	_Atomic bool any_gone; /* in this walk (host-6) */

	struct si_list queue; /* (host-3) */
	struct si_queue_item *current; /* is being delivered */
	struct si_completion *holder; /* while busy: of the thread that has the baton */
	struct si_worker *worker; /* of the same */
	struct si_completion owed; /* (host-7) */
	struct sessio_host *next_owed;

	struct si_map sessions; /* by id, from the first post to the delivery of Terminated */
	struct si_list existing; /* sessions, oldest first (host-2) */
	size_t session_count; /* of the list */

	struct si_filter all; /* watchers of every session */
	struct si_map filters; /* watchers of one id */
	struct si_map watchers; /* until `released` has returned */
	struct si_map keys;
	struct si_list watching; /* watchers that are not gone */
	size_t watcher_count; /* of the list */
	struct si_list releases; /* watchers whose `released` runs */
	struct si_list retired; /* (host-4) */
	uint64_t last_number; /* (host-5) */
	sessio_watch last_watch;

	struct si_list spare_events; /* the reserve */
	struct si_list spare_sessions;
	unsigned spare_event_count;
	unsigned spare_session_count;

	si_mutex
		turn; /* (host-12); here, as waiters look at it, and at the lock's line nobody else does */
};

#define SI_LOCKED_HOST SI_HELD(&host->lock)
#define SI_UNLOCKED_HOST SI_NOT_HELD(&host->lock)

/* --- host.c --- */

void si_host_ref(struct sessio_host *host);
void si_host_unref(struct sessio_host *host);

/* --- user_session.c --- */

/* A session that is not known yet, with a reference for the map; NULL: no memory. */
struct sessio_user_session *si_user_session_create_locked(
	struct sessio_host *host, uint32_t id, bool may_use_reserve) SI_LOCKED_HOST;
/* The session that a post of this id means, NULL if there is none: id is free. */
struct sessio_user_session *si_user_session_planned_locked(
	struct sessio_host *host, uint32_t id) SI_LOCKED_HOST;
/* The session of this id that exists as far as events have been delivered, or NULL. */
struct sessio_user_session *si_user_session_existing_locked(
	struct sessio_host *host, uint32_t id) SI_LOCKED_HOST;
/* Makes a session known. */
void si_user_session_add_locked(
	struct sessio_host *host, struct sessio_user_session *session) SI_LOCKED_HOST;
/* Delivers a change of state: the session may begin or cease to exist. */
void si_user_session_apply_locked(
	struct sessio_host *host, const struct si_event *event) SI_LOCKED_HOST;
/* Forgets every session. */
void si_user_session_forget_all_locked(struct sessio_host *host) SI_LOCKED_HOST;
bool si_user_session_fill_reserve_locked(struct sessio_host *host) SI_LOCKED_HOST;
void si_user_session_free_reserve_locked(struct sessio_host *host) SI_LOCKED_HOST;

/* The host of a session, as long as that is kept; once destroyed it is empty and refuses all. */
static inline struct sessio_host *si_user_session_host(const struct sessio_user_session *session)
{
	return session->host;
}

/* --- host_post.c --- */

/* Tops up the reserve that observations may use; false: not as far as it should be. */
bool si_post_fill_reserve_locked(struct sessio_host *host) SI_LOCKED_HOST;
void si_post_free_reserve_locked(struct sessio_host *host) SI_LOCKED_HOST;

/* --- host_queue.c --- */

/* Queues an item for a thread in a callback (host-8). */
void si_queue_defer_locked(struct sessio_host *host, struct si_worker *worker,
	struct si_queue_item *item) SI_LOCKED_HOST;
/*
 * An item whose turn it is, since nobody delivers and the queue is empty: delivers it
 * and all that it causes (host-10).
 */
void si_queue_run_now_locked(struct sessio_host *host, struct si_queue_item *item) SI_LOCKED_HOST;
/* Delivers what the holder's completion still counts, and puts the baton down. */
void si_queue_go_on_locked(struct sessio_host *host, struct si_completion *own) SI_LOCKED_HOST;
/* Queues an item, and returns when it and all that it caused is delivered. */
void si_queue_run_locked(struct sessio_host *host, struct si_queue_item *item) SI_LOCKED_HOST;
/* Delivers the items that callbacks queued on this idle host, for its destruction. */
void si_queue_drain_locked(struct sessio_host *host) SI_LOCKED_HOST;
/* Delivers on the hosts that a worker owes; no callback is running on this thread. */
void si_queue_pay(struct si_worker *worker);

/* --- host_wait.c --- */

/* A wait, on the stack of its thread. */
struct si_host_wait {
	bool (*is_true)(struct sessio_host *host, void *arg); /* under the lock */
	void *arg;
	struct si_watcher *watcher; /* its end is awaited; NULL: that of the host's work */
	bool insists; /* rather than give up, where another thread of the ring can */
	bool for_delivery; /* a poster's, outside any callback (host-11) */

	/* host_wait.c's own. */
	struct sessio_host *host;
	struct si_worker *self;
	bool is_counted;
	bool gave_up;
};

/*
 * Sleeps until is_true(). The thread that makes it true wakes the waiters. False
 * if waiting would never end (host-9). The lock is released meanwhile.
 */
bool si_host_wait_locked(struct sessio_host *host, struct si_host_wait *wait) SI_LOCKED_HOST;
/* Releases the lock; if others wait, wakes them without touching the host. */
void si_host_unlock(struct sessio_host *host) SI_RELEASES(&host->lock);
/* Frames of callbacks that this thread runs; their value is its worker. */
extern const char si_host_callback_kind;

/* The calling thread's worker, if it is in a callback of any host; NULL otherwise. */
struct si_worker *si_host_find_worker(void);
static inline struct si_worker *si_host_worker(void)
{
	return si_likely(si_platform_thread_get() == NULL) ? NULL : si_host_find_worker();
}

static inline void si_baton_take_locked(struct sessio_host *host, struct si_completion *own,
	struct si_worker *worker) SI_LOCKED_HOST
{
	host->busy = true;
	host->holder = own;
	host->worker = worker;
}

/* --- host_direct.c --- */

/*
 * Delivers an event of (host-10) that is wanted: its session has come from `before` to
 * `after`. The lock is released. It is the end of a post, and returns SESSIO_OK.
 */
sessio_status si_deliver_directly(struct sessio_host *host, struct sessio_user_session *session,
	sessio_user_event event, sessio_user_state before, sessio_user_state after)
	SI_RELEASES(&host->lock);

/* --- host_crowd.c --- */

/* Takes the lock, which another thread has had just now. Somebody may be delivering. */
void si_crowd_lock(struct sessio_host *host) SI_ACQUIRES(&host->lock);
/*
 * While another thread delivers: waits a moment for the baton. It may still be busy
 * then. The lock is released meanwhile.
 */
void si_crowd_hold_off_locked(struct sessio_host *host) SI_LOCKED_HOST;

/* --- host_dispatch.c --- */

/* Whether any watcher is to be notified. */
bool si_dispatch_is_wanted_locked(
	struct sessio_host *host, const struct si_event *event) SI_LOCKED_HOST;
/* Notifies the watchers of an event. */
void si_dispatch_event_locked(
	struct sessio_host *host, const struct si_event *event) SI_LOCKED_HOST;
/* Notifies one watcher of the sessions that exist. */
void si_dispatch_snapshot_locked(
	struct sessio_host *host, struct si_watcher *watcher, bool one, uint32_t id) SI_LOCKED_HOST;

/* --- host_list.c --- */

/* The watchers of one id, NULL if it has none. */
struct si_filter *si_filter_find_locked(struct sessio_host *host, uint32_t id) SI_LOCKED_HOST;
/* The filter that options ask for, with one more watcher; NULL: no memory. */
struct si_filter *si_filter_get_locked(
	struct sessio_host *host, const sessio_watch_options *options) SI_LOCKED_HOST;
/* One watcher less; the last one frees it. */
void si_filter_put_locked(struct sessio_host *host, struct si_filter *filter) SI_LOCKED_HOST;
/* Into its filter's lists, at their ends: from now on it gets events. */
void si_watch_enlist_locked(struct sessio_host *host, struct si_watcher *watcher) SI_LOCKED_HOST;
/* Out of them, when nothing walks. */
void si_watch_delist_locked(struct sessio_host *host, struct si_watcher *watcher) SI_LOCKED_HOST;
/* Ends a walk: takes out the watchers that ended during it. */
void si_watch_reap_locked(struct sessio_host *host) SI_LOCKED_HOST;

/* --- host_watch.c --- */

void si_watch_unref_locked(struct sessio_host *host, struct si_watcher *watcher) SI_LOCKED_HOST;
/* After a call of a watcher that is gone: ends it if that was left to this thread. */
void si_watch_finish(struct sessio_host *host, struct si_watcher *watcher) SI_UNLOCKED_HOST;
/* Ends every watcher. Nothing is being delivered. */
void si_watch_end_all_locked(struct sessio_host *host) SI_LOCKED_HOST;
/*
 * As sessio_host_unwatch(), if the watcher's ctx is this owner's: numbers come
 * round, and the owner may not know that its watcher has ended.
 */
sessio_status si_host_unwatch_own(
	struct sessio_host *host, sessio_watch watch, const void *owner) SI_UNLOCKED_HOST;
/* Whether a watcher with this key is watching; needs no memory. */
bool si_host_has_key(struct sessio_host *host, const void *key) SI_UNLOCKED_HOST;

#endif /* SI_HOST_H */
