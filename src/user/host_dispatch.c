/* SPDX-License-Identifier: MIT */
/* Calls watchers (host-4, host-5, host-6). Everything here runs on the baton's holder. */
#include "user/host_walk.h"

void si_walk_finish(struct sessio_host *host, struct si_watcher *before)
{
	if (before != NULL && atomic_load_explicit(&before->gone, memory_order_relaxed)) {
		si_watch_finish(host, before);
	}
}

void si_walk_renew(struct si_thread_frame *frame)
{
	void *worker = frame->value;

	si_thread_pop(frame);
	si_thread_push_foreign(frame, &si_host_callback_kind, worker);
}

/* Merges the watchers of all sessions with those of this one, in order of number (host-5). */
static void notify_all(struct sessio_host *host, struct si_watcher *all, struct si_watcher *own,
	unsigned list, uint64_t limit, struct si_thread_frame *frame,
	const sessio_user_notice *notice) SI_UNLOCKED_HOST
{
	struct si_watcher *before = NULL;

	while (all != NULL && own != NULL) {
		struct si_watcher **turn = all->number < own->number ? &all : &own;

		si_walk_call(host, *turn, before, frame, notice);
		before = *turn;
		*turn = si_walk_next(before, list, limit);
	}
	for (all = all != NULL ? all : own; all != NULL; all = si_walk_next(all, list, limit)) {
		si_walk_call(host, all, before, frame, notice);
		before = all;
	}
	si_walk_end(host, before);
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

/* Notifies these watchers. The lock is released meanwhile. */
static void walk_locked(struct sessio_host *host, struct si_watcher *all, struct si_watcher *own,
	unsigned list, const sessio_user_notice *notice) SI_LOCKED_HOST
{
	uint64_t limit = host->last_number;
	struct si_worker *worker = host->worker;
	SI_GUARDED_FRAME(frame);

	host->walking = true;
	si_mutex_unlock(&host->lock);
	si_thread_push_foreign(&frame, &si_host_callback_kind, worker);
	notify_all(host, all, own, list, limit, &frame, notice);
	si_thread_pop(&frame);
	si_mutex_lock(&host->lock);
	si_watch_reap_locked(host);
}

void si_dispatch_event_locked(struct sessio_host *host, const struct si_event *event)
{
	unsigned list = event->list;
	struct si_filter *filter = si_filter_find_locked(host, event->session_id);
	struct si_watcher *own = filter == NULL ? NULL : filter->lists[list].first;
	sessio_user_notice notice = notice_of(host, event->session, event->flags);
	sessio_user_connect connect;

	notice.event = event->event;
	notice.remark = event->remark;
	notice.before = event->before;
	if (event->event == SESSIO_USER_EVENT_CONNECTED) {
		connect = si_walk_connect(&notice);
		notice.payload = &connect;
		notice.payload_length = sizeof(connect);
	}
	walk_locked(host, host->all.lists[list].first, own, list, &notice);
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

		si_walk_call(host, watcher, NULL, &frame, &notice);
		at = one ? NULL : at->next;
	}
	si_walk_end(host, watcher);
	si_thread_pop(&frame);
	si_mutex_lock(&host->lock);
	si_watch_reap_locked(host);
}
