/* SPDX-License-Identifier: MIT */
/* The lists of watchers, by session id and by event (host-4, host-5). */
#include "user/host.h"

#include <string.h>

static struct si_filter *filter_of(struct si_map_node *node)
{
	_Static_assert(offsetof(struct si_filter, by_id) == 0, "the node comes first");
	return (struct si_filter *)(void *)node;
}

struct si_filter *si_filter_find_locked(struct sessio_host *host, uint32_t id)
{
	struct si_map_node *node =
		host->filters.count == 0 ? NULL : si_map_find(&host->filters, id);

	return node == NULL ? NULL : filter_of(node);
}

struct si_filter *si_filter_get_locked(
	struct sessio_host *host, const sessio_watch_options *options)
{
	struct si_filter *filter = &host->all;

	if ((options->flags & SESSIO_WATCH_ONE_SESSION) != 0) {
		filter = si_filter_find_locked(host, options->session_id);
		if (filter == NULL) {
			filter = si_platform_alloc(sizeof(*filter));
			if (filter == NULL) {
				return NULL;
			}
			memset(filter, 0, sizeof(*filter));
			si_map_add(&host->filters, &filter->by_id, options->session_id);
		}
	}
	filter->watchers++;
	return filter;
}

void si_filter_put_locked(struct sessio_host *host, struct si_filter *filter)
{
	if (--filter->watchers == 0 && filter != &host->all) {
		si_map_remove(&host->filters, &filter->by_id);
		si_platform_free(filter);
	}
}

void si_watch_enlist_locked(struct sessio_host *host, struct si_watcher *watcher)
{
	watcher->number = ++host->last_number;
	watcher->refs++;
	for (unsigned i = 0; i < SI_LISTS; i++) {
		struct si_watch_list *list = &watcher->filter->lists[i];

		if ((watcher->lists & (1u << i)) == 0) {
			continue;
		}
		watcher->previous[i] = list->last;
		if (list->last == NULL) {
			list->first = watcher;
		} else {
			/* Release: a walk that comes here finds it complete (host-4). */
			atomic_store_explicit(&list->last->next[i], watcher, memory_order_release);
		}
		list->last = watcher;
	}
}

void si_watch_delist_locked(struct sessio_host *host, struct si_watcher *watcher)
{
	for (unsigned i = 0; i < SI_LISTS; i++) {
		struct si_watch_list *list = &watcher->filter->lists[i];
		struct si_watcher *next;

		if ((watcher->lists & (1u << i)) == 0) {
			continue;
		}
		next = atomic_load_explicit(&watcher->next[i], memory_order_relaxed);
		if (watcher->previous[i] == NULL) {
			list->first = next;
		} else {
			atomic_store_explicit(
				&watcher->previous[i]->next[i], next, memory_order_relaxed);
		}
		if (next == NULL) {
			list->last = watcher->previous[i];
		} else {
			next->previous[i] = watcher->previous[i];
		}
	}
	si_watch_unref_locked(host, watcher);
}

void si_watch_reap_locked(struct sessio_host *host)
{
	host->walking = false;
	atomic_store_explicit(&host->any_gone, false, memory_order_relaxed);
	while (si_unlikely(!si_list_is_empty(&host->retired))) {
		struct si_watcher *watcher =
			SI_LIST_ELEMENT(host->retired.first, struct si_watcher, by_age);

		si_list_remove(&host->retired, &watcher->by_age);
		si_watch_delist_locked(host, watcher);
	}
}
