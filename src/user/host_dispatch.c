/* SPDX-License-Identifier: MIT */
/* Calls watchers (host-4, host-5, host-6). Everything here runs on the baton's holder. */
#include "user/host.h"

/* After this, `gone` of the watcher that is running and of the one before are read (host-6). */
static inline void set_running(struct sessio_host *host, struct si_watcher *watcher)
{
	/* Release: the call of the one before is over. */
	atomic_store_explicit(&host->running, watcher, memory_order_release);
	si_light_barrier();
}

/* The watcher that was called before, if it is gone, may be for us to end (host-6). */
static inline void finish(struct sessio_host *host, struct si_watcher *watcher)
{
	if (watcher != NULL &&
		si_unlikely(atomic_load_explicit(&watcher->gone, memory_order_relaxed))) {
		si_watch_finish(host, watcher);
	}
}

/* A session that the callback before entered and did not leave is not this one's. */
static SI_COLD void renew(struct si_thread_frame *frame)
{
	void *worker = frame->value;

	si_thread_pop(frame);
	si_thread_push_foreign(frame, &si_host_callback_kind, worker);
}

/* Calls a watcher, unless it is gone, after finishing with the one before. */
static inline void call(struct sessio_host *host, struct si_watcher *watcher,
	struct si_watcher *before, struct si_thread_frame *frame, const sessio_user_notice *notice)
{
	set_running(host, watcher);
	finish(host, before);
	if (si_likely(!atomic_load_explicit(&watcher->gone, memory_order_relaxed))) {
		if (si_unlikely(frame->is_covered)) {
			renew(frame);
		}
		watcher->fn(notice, watcher->ctx);
	}
}

static void finish_last(struct sessio_host *host, struct si_watcher *last)
{
	set_running(host, NULL);
	finish(host, last);
}

static inline struct si_watcher *next_of(struct si_watcher *watcher, unsigned list, uint64_t limit)
{
	/* Acquire: a watcher that has been appended since is complete. */
	struct si_watcher *next = atomic_load_explicit(&watcher->next[list], memory_order_acquire);

	return next != NULL && next->number <= limit ? next : NULL;
}

/* Merges the watchers of all sessions with those of this one, in order of number (host-5). */
static void notify_all(struct sessio_host *host, struct si_watcher *all, struct si_watcher *own,
	unsigned list, uint64_t limit, struct si_thread_frame *frame,
	const sessio_user_notice *notice) SI_UNLOCKED_HOST
{
	struct si_watcher *before = NULL;
	while (all != NULL && own != NULL) {
		struct si_watcher **turn = all->number < own->number ? &all : &own;

		call(host, *turn, before, frame, notice);
		before = *turn;
		*turn = next_of(before, list, limit);
	}
	for (all = all != NULL ? all : own; all != NULL; all = next_of(all, list, limit)) {
		call(host, all, before, frame, notice);
		before = all;
	}
	finish_last(host, before);
}

static sessio_user_notice notice_of(
	struct sessio_host *host, struct sessio_user_session *session, unsigned flags)
{
	sessio_user_notice notice = { 0 };

	notice.host = host;
	notice.session = session;
	notice.session_id = sessio_user_session_id(session);
	notice.state = sessio_user_session_state(session);
	notice.before = notice.state;
	notice.local = sessio_user_session_is_local(session);
	notice.flags = flags;
	return notice;
}

bool si_dispatch_is_wanted_locked(struct sessio_host *host, const struct si_event *event)
{
	unsigned list = event->list;
	struct si_filter *filter;

	if (host->all.lists[list].first != NULL) {
		return true;
	}
	filter = si_filter_find_locked(host, event->session_id);
	return filter != NULL && filter->lists[list].first != NULL;
}

void si_dispatch_event_locked(struct sessio_host *host, const struct si_event *event)
{
	unsigned list = event->list;
	struct si_filter *filter = si_filter_find_locked(host, event->session_id);
	struct si_watcher *all = host->all.lists[list].first;
	struct si_watcher *own = filter == NULL ? NULL : filter->lists[list].first;
	uint64_t limit = host->last_number;
	sessio_user_notice notice = notice_of(host, event->session, event->flags);
	sessio_user_connect connect = { 0 }; /* its padding, too */
	struct si_worker *worker;
	SI_GUARDED_FRAME(frame);

	notice.event = event->event;
	notice.remark = event->remark;
	notice.before = event->before;
	if (event->event == SESSIO_USER_EVENT_CONNECTED) {
		connect.session_id = notice.session_id;
		connect.local = notice.local;
		notice.payload = &connect;
		notice.payload_length = sizeof(connect);
	}
	host->walking = true;
	worker = host->worker;
	si_mutex_unlock(&host->lock);
	si_thread_push_foreign(&frame, &si_host_callback_kind, worker);
	notify_all(host, all, own, list, limit, &frame, &notice);
	si_thread_pop(&frame);
	si_mutex_lock(&host->lock);
	host->walking = false;
	si_watch_reap_locked(host);
}

void si_dispatch_snapshot_locked(
	struct sessio_host *host, struct si_watcher *watcher, bool one, uint32_t id)
{
	struct sessio_user_session *only = one ? si_user_session_existing_locked(host, id) : NULL;
	struct si_list_node *at =
		one ? (only == NULL ? NULL : &only->by_age) : host->existing.first;
	struct si_worker *worker = host->worker;
	SI_GUARDED_FRAME(frame);

	host->walking = true;
	si_mutex_unlock(&host->lock);
	si_thread_push_foreign(&frame, &si_host_callback_kind, worker);
	/* Only this thread changes which sessions exist (host-2). */
	while (at != NULL && !atomic_load_explicit(&watcher->gone, memory_order_relaxed)) {
		sessio_user_notice notice =
			notice_of(host, SI_LIST_ELEMENT(at, struct sessio_user_session, by_age),
				SESSIO_NOTICE_SNAPSHOT);

		call(host, watcher, NULL, &frame, &notice);
		at = one ? NULL : at->next;
	}
	finish_last(host, watcher);
	si_thread_pop(&frame);
	si_mutex_lock(&host->lock);
	host->walking = false;
	si_watch_reap_locked(host);
}
