/* SPDX-License-Identifier: MIT */
/*
 * How one watcher is called (host-4, host-5, host-6), inline for the two files that do:
 * host_dispatch.c and host_direct.c. Everything here runs on the baton's holder.
 */
#ifndef SI_HOST_WALK_H
#define SI_HOST_WALK_H

#include "user/host.h"

/* The watcher that was called before, if it is gone, may be for us to end (host-6). */
void si_walk_finish(struct sessio_host *host, struct si_watcher *before);
/* A session that the callback before entered and did not leave is not the next one's. */
void si_walk_renew(struct si_thread_frame *frame);

/* After this, `any_gone` is read (host-6). */
static inline void si_walk_set_running(struct sessio_host *host, struct si_watcher *watcher)
{
	/* Release: the call of the one before is over. */
	atomic_store_explicit(&host->running, watcher, memory_order_release);
	si_light_barrier();
}

static inline bool si_walk_any_is_gone(struct sessio_host *host)
{
	return si_unlikely(atomic_load_explicit(&host->any_gone, memory_order_relaxed));
}

/* Calls a watcher, unless it is gone, after finishing with the one before. */
static inline void si_walk_call(struct sessio_host *host, struct si_watcher *watcher,
	struct si_watcher *before, struct si_thread_frame *frame, const sessio_user_notice *notice)
{
	si_walk_set_running(host, watcher);
	if (si_walk_any_is_gone(host)) {
		si_walk_finish(host, before);
		if (atomic_load_explicit(&watcher->gone, memory_order_relaxed)) {
			return;
		}
	}
	if (si_unlikely(frame->is_covered)) {
		si_walk_renew(frame);
	}
	watcher->fn(notice, watcher->ctx);
}

/* After the last call. */
static inline void si_walk_end(struct sessio_host *host, struct si_watcher *last)
{
	si_walk_set_running(host, NULL);
	if (si_walk_any_is_gone(host)) {
		si_walk_finish(host, last);
	}
}

static inline struct si_watcher *si_walk_next(
	struct si_watcher *watcher, unsigned list, uint64_t limit)
{
	/* Acquire: a watcher that has been appended since is complete. */
	struct si_watcher *next = atomic_load_explicit(&watcher->next[list], memory_order_acquire);

	return next != NULL && next->number <= limit ? next : NULL;
}

static inline sessio_user_connect si_walk_connect(const sessio_user_notice *notice)
{
	sessio_user_connect connect = { 0 }; /* its padding, too */

	connect.session_id = notice->session_id;
	connect.local = notice->local;
	return connect;
}

#endif /* SI_HOST_WALK_H */
