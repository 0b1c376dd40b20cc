/* SPDX-License-Identifier: MIT */
/*
 * Watchers: how they come, where they are listed and how they end (host-4, host-5, host-6).
 *
 *   WAITING -> LISTED   its snapshot's turn in the queue; at once without one
 *   LISTED  -> GONE     [end_locked] no call of it starts any more
 *   WAITING -> GONE     [end_locked] it gets no snapshot
 *   GONE    -> ended    `released` has returned: on the thread that ended it, or
 *                       on the one that was calling it at that moment
 *
 * (host_watch-1) While a watcher can be called or its `released` runs, it is in
 *      host->watchers. So a number that is not there means one that has ended.
 * (host_watch-2) A watcher's memory is freed with its last reference, under the lock.
 */
#include <string.h>

#include "user/host.h"

static struct si_watcher *of_node(struct si_map_node *node)
{
	return SI_LIST_ELEMENT(node, struct si_watcher, by_id);
}

static struct si_watcher *of_item(struct si_queue_item *item)
{
	return SI_LIST_ELEMENT(item, struct si_watcher, item);
}

void si_watch_unref_locked(struct sessio_host *host, struct si_watcher *watcher)
{
	if (--watcher->refs == 0) {
		si_filter_put_locked(host, watcher->filter);
		si_platform_free(watcher);
	}
}

/* LISTED or WAITING -> GONE. True if it is being called right now. */
static bool end_locked(struct sessio_host *host, struct si_watcher *watcher) SI_LOCKED_HOST
{
	/* Relaxed: the barrier or the lock orders it (host-6). */
	atomic_store_explicit(&watcher->gone, true, memory_order_relaxed);
	if (host->walking) {
		atomic_store_explicit(&host->any_gone, true, memory_order_relaxed);
		si_heavy_barrier();
		/* Acquire: if its call is over, so is its work. */
		watcher->end_wanted =
			atomic_load_explicit(&host->running, memory_order_acquire) == watcher;
	}
	si_list_remove(&host->watching, &watcher->by_age);
	host->watcher_count--;
	if (watcher->key != NULL) {
		si_map_remove(&host->keys, &watcher->by_key);
	}
	if (watcher->number == 0) {
		return watcher->end_wanted;
	}
	if (host->walking) {
		si_list_append(&host->retired, &watcher->by_age);
	} else {
		si_watch_delist_locked(host, watcher);
	}
	return watcher->end_wanted;
}

/* Calls `released`. The lock is released meanwhile. */
static void call_released_locked(
	struct sessio_host *host, struct si_watcher *watcher) SI_LOCKED_HOST
{
	struct si_worker own = { NULL, NULL, NULL, false };
	struct si_worker *worker = si_host_worker();
	SI_GUARDED_FRAME(frame);

	watcher->releasing = worker == NULL ? &own : worker;
	si_list_append(&host->releases, &watcher->by_release);
	si_host_unlock(host);
	si_thread_push_foreign(&frame, &si_host_callback_kind, watcher->releasing);
	watcher->released(watcher->ctx);
	si_thread_pop(&frame);
	if (own.first_owed != NULL) {
		si_queue_pay(&own);
	}
	si_mutex_lock(&host->lock);
	si_list_remove(&host->releases, &watcher->by_release);
	watcher->releasing = NULL;
}

/* GONE -> ended. It is not being called; the caller has a reference. The lock is released meanwhile. */
static void release_locked(struct sessio_host *host, struct si_watcher *watcher) SI_LOCKED_HOST
{
	if (watcher->released != NULL) {
		call_released_locked(host, watcher);
	}
	si_map_remove(&host->watchers, &watcher->by_id); /* (host_watch-1) */
	watcher->ended = true;
}

void si_watch_finish(struct sessio_host *host, struct si_watcher *watcher)
{
	si_mutex_lock(&host->lock);
	if (watcher->end_wanted) {
		watcher->end_wanted = false;
		watcher->refs++;
		release_locked(host, watcher);
		si_watch_unref_locked(host, watcher);
	}
	si_host_unlock(host);
}

static bool has_ended(struct sessio_host *host, void *arg)
{
	(void)host;
	return ((const struct si_watcher *)arg)->ended;
}

/* Ends the watcher with this number; if an owner is given, only if it is that one's. */
static sessio_status unwatch(sessio_host *host, sessio_watch watch, const void *owner)
{
	struct si_map_node *node;
	struct si_watcher *watcher;
	struct si_host_wait wait = { .is_true = has_ended };
	bool first;

	si_mutex_lock(&host->lock);
	node = si_map_find(&host->watchers, watch);
	if (node == NULL || (owner != NULL && of_node(node)->ctx != owner)) {
		si_mutex_unlock(&host->lock);
		return SESSIO_NOT_FOUND;
	}
	watcher = of_node(node);
	watcher->refs++;
	first = !atomic_load_explicit(&watcher->gone, memory_order_relaxed);
	if (first && !end_locked(host, watcher)) {
		release_locked(host, watcher);
	} else {
		/* Another thread ends it, unless this one is in its call or release (host-9). */
		wait.arg = watcher;
		wait.watcher = watcher;
		(void)si_host_wait_locked(host, &wait);
	}
	si_watch_unref_locked(host, watcher);
	si_host_unlock(host);
	return first ? SESSIO_OK : SESSIO_NOT_FOUND;
}

sessio_status sessio_host_unwatch(sessio_host *host, sessio_watch watch)
{
	return host == NULL ? SESSIO_INVALID_ARG : unwatch(host, watch, NULL);
}

sessio_status si_host_unwatch_own(struct sessio_host *host, sessio_watch watch, const void *owner)
{
	return unwatch(host, watch, owner);
}

void si_watch_end_all_locked(struct sessio_host *host)
{
	while (!si_list_is_empty(&host->watching)) {
		struct si_watcher *watcher =
			SI_LIST_ELEMENT(host->watching.first, struct si_watcher, by_age);

		watcher->refs++;
		(void)end_locked(host, watcher);
		release_locked(host, watcher);
		si_watch_unref_locked(host, watcher);
	}
}

bool si_host_has_key(struct sessio_host *host, const void *key)
{
	bool has;

	si_mutex_lock(&host->lock);
	has = si_map_find(&host->keys, (uintptr_t)key) != NULL;
	si_mutex_unlock(&host->lock);
	return has;
}

static void deliver_snapshot(struct sessio_host *host, struct si_queue_item *item) SI_LOCKED_HOST
{
	struct si_watcher *watcher = of_item(item);
	bool one = watcher->filter != &host->all;

	if (!atomic_load_explicit(&watcher->gone, memory_order_relaxed)) {
		si_watch_enlist_locked(host, watcher);
		si_dispatch_snapshot_locked(
			host, watcher, one, (uint32_t)watcher->filter->by_id.key);
	}
}

static void snapshot_done(struct sessio_host *host, struct si_queue_item *item) SI_LOCKED_HOST
{
	si_watch_unref_locked(host, of_item(item));
}

static sessio_watch new_watch_locked(struct sessio_host *host) SI_LOCKED_HOST
{
	/* A number of 32 bits may come round. 0 and those in use are left out. */
	do {
		host->last_watch++;
	} while (host->last_watch == 0 || si_map_find(&host->watchers, host->last_watch) != NULL);
	return host->last_watch;
}

_Static_assert(SI_LISTS <= 32, "a watcher has a bit for every list");

static struct si_watcher *create_locked(struct sessio_host *host,
	const sessio_watch_options *options, sessio_user_watch_fn *fn, void *ctx) SI_LOCKED_HOST
{
	struct si_watcher *watcher = si_platform_alloc(sizeof(*watcher));

	if (watcher == NULL) {
		return NULL;
	}
	memset(watcher, 0, sizeof(*watcher));
	watcher->filter = si_filter_get_locked(host, options);
	if (watcher->filter == NULL) {
		si_platform_free(watcher);
		return NULL;
	}
	watcher->fn = fn;
	watcher->ctx = ctx;
	atomic_init(&watcher->gone, false);
	for (unsigned i = 0; i < SI_LISTS; i++) {
		atomic_init(&watcher->next[i], NULL);
	}
	/* The bit of event e is e - 1, list e is that event's. */
	watcher->lists = (options->events & SESSIO_USER_EVENTS_ALL) << 1;
	if ((options->flags & SESSIO_WATCH_SNAPSHOT) != 0) {
		watcher->lists |= 1u; /* list 0: adopted sessions */
	}
	if ((options->flags & SESSIO_WATCH_REMARKS) != 0) {
		watcher->lists |= 1u << SI_LIST_REMARKS;
	}
	watcher->key = options->key;
	watcher->released = options->released;
	return watcher;
}

static void add_locked(struct sessio_host *host, struct si_watcher *watcher) SI_LOCKED_HOST
{
	si_map_add(&host->watchers, &watcher->by_id, new_watch_locked(host));
	if (watcher->key != NULL) {
		si_map_add(&host->keys, &watcher->by_key, (uintptr_t)watcher->key);
	}
	si_list_append(&host->watching, &watcher->by_age);
	host->watcher_count++;
}

static void start_locked(
	struct sessio_host *host, struct si_watcher *watcher, bool snapshot) SI_LOCKED_HOST
{
	struct si_worker *worker;

	if (!snapshot) {
		si_watch_enlist_locked(host, watcher);
		return;
	}
	watcher->refs++; /* for snapshot_done() */
	watcher->item.deliver = deliver_snapshot;
	watcher->item.done = snapshot_done;
	worker = si_host_worker();
	if (worker != NULL) {
		si_queue_defer_locked(host, worker, &watcher->item);
	} else {
		si_queue_run_locked(host, &watcher->item);
	}
}

sessio_status sessio_host_watch(sessio_host *host, const sessio_watch_options *options,
	sessio_user_watch_fn *fn, void *ctx, sessio_watch *out_watch)
{
	const unsigned known =
		SESSIO_WATCH_ONE_SESSION | SESSIO_WATCH_SNAPSHOT | SESSIO_WATCH_REMARKS;
	struct si_watcher *watcher;
	sessio_status status = SESSIO_OK;

	if (host == NULL || options == NULL || fn == NULL || out_watch == NULL ||
		((options->events & SESSIO_USER_EVENTS_ALL) == 0 &&
			(options->flags & SESSIO_WATCH_REMARKS) == 0) ||
		(options->flags & ~known) != 0) {
		return SESSIO_INVALID_ARG;
	}
	si_mutex_lock(&host->lock);
	if (host->closing) {
		status = SESSIO_BAD_STATE;
	} else if (options->key != NULL &&
		si_map_find(&host->keys, (uintptr_t)options->key) != NULL) {
		status = SESSIO_EXISTS;
	} else if ((watcher = create_locked(host, options, fn, ctx)) == NULL) {
		status = SESSIO_NO_MEMORY;
	} else {
		add_locked(host, watcher);
		*out_watch = (sessio_watch)watcher->by_id.key;
		start_locked(host, watcher, (options->flags & SESSIO_WATCH_SNAPSHOT) != 0);
	}
	si_host_unlock(host);
	return status;
}
