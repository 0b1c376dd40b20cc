/* SPDX-License-Identifier: MIT */
/* Delivers an event that is no item: the way of nearly all events (host-10). */
#include "user/host_walk.h"

/* Calls the watchers of an event in one list, and ends the walk under the lock. */
static inline void walk(struct sessio_host *host, struct si_watcher *first, unsigned list,
	uint64_t limit, struct si_worker *worker, const sessio_user_notice *notice)
{
	struct si_watcher *last = NULL;
	SI_GUARDED_FRAME(frame);

	si_thread_push_foreign(&frame, &si_host_callback_kind, worker);
	for (struct si_watcher *at = first; at != NULL; at = si_walk_next(at, list, limit)) {
		si_walk_call(host, at, last, &frame, notice);
		last = at;
	}
	si_walk_end(host, last);
	si_thread_pop_here(&frame);
}

sessio_status si_deliver_directly(struct sessio_host *host, struct sessio_user_session *session,
	sessio_user_event event, sessio_user_state before, sessio_user_state after)
{
	struct si_watcher *first = host->all.lists[event].first;
	uint64_t limit = host->last_number;
	struct si_completion own = { 0 };
	struct si_worker worker = { NULL, NULL, NULL, false };
	sessio_user_notice notice = {
		.host = host,
		.session = session,
		.session_id = (uint32_t)session->by_id.key,
		.event = event,
		.before = before,
		.state = after,
		.local = atomic_load_explicit(&session->local, memory_order_relaxed),
	};
	sessio_user_connect connect;

	if (event == SESSIO_USER_EVENT_CONNECTED) {
		connect = si_walk_connect(&notice);
		notice.payload = &connect;
		notice.payload_length = sizeof(connect);
	}
	si_baton_take_locked(host, &own, &worker);
	host->walking = true;
	si_mutex_unlock(&host->lock);
	walk(host, first, (unsigned)event, limit, &worker, &notice);
	si_mutex_lock(&host->lock);
	if (si_walk_any_is_gone(host)) {
		si_watch_reap_locked(host);
	} else {
		host->walking = false;
	}
	if (si_unlikely(!si_list_is_empty(&host->queue) || worker.first_owed != NULL)) {
		si_queue_go_on_locked(host, &own); /* what callbacks have posted */
	} else {
		host->busy = false;
	}
	if (si_likely(host->waiters == 0)) {
		si_mutex_unlock(&host->lock);
	} else {
		si_host_unlock(host);
	}
	return SESSIO_OK;
}
