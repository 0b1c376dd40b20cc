/* SPDX-License-Identifier: MIT */
/* Makes and destroys hosts; says which session a thread acts for. */
#include "user/host.h"

#include <string.h>

static const char entered_kind; /* frames whose value is a struct entered */

/* On the thread's chain of frames until it is left. */
struct entered {
	struct si_thread_frame frame;
	struct sessio_user_session *session; /* has a reference, and that one on the host */
};

static _Atomic(struct sessio_host *) default_host;

void si_host_ref(struct sessio_host *host)
{
	/* Relaxed: the caller's own reference already orders its accesses. */
	(void)atomic_fetch_add_explicit(&host->refs, 1, memory_order_relaxed);
}

void si_host_unref(struct sessio_host *host)
{
	/* Release: what this holder did comes before the end. Acquire: so do the others'. */
	if (atomic_fetch_sub_explicit(&host->refs, 1, memory_order_acq_rel) == 1) {
		si_mutex_fini(&host->lock);
		si_platform_free(host);
	}
}

static void init_tables(struct sessio_host *host)
{
	si_map_init(&host->sessions);
	si_map_init(&host->filters);
	si_map_init(&host->watchers);
	si_map_init(&host->keys);
}

static void fini_tables(struct sessio_host *host)
{
	si_map_fini(&host->sessions);
	si_map_fini(&host->filters);
	si_map_fini(&host->watchers);
	si_map_fini(&host->keys);
	si_post_free_reserve(host);
}

sessio_status sessio_host_create(sessio_rules rules, sessio_host **out_host)
{
	struct sessio_host *host;
	bool filled;

	if ((rules != SESSIO_RULES_DOCUMENTED && rules != SESSIO_RULES_OBSERVED) ||
		out_host == NULL) {
		return SESSIO_INVALID_ARG;
	}
	host = si_platform_alloc(sizeof(*host));
	if (host == NULL) {
		return SESSIO_NO_MEMORY;
	}
	memset(host, 0, sizeof(*host));
	if (!si_mutex_init(&host->lock)) {
		si_platform_free(host);
		return SESSIO_NO_MEMORY;
	}
	atomic_init(&host->refs, 1);
	atomic_init(&host->running, NULL);
	host->rules = rules;
	init_tables(host);
	si_mutex_lock(&host->lock);
	filled = si_post_fill_reserve_locked(host);
	si_mutex_unlock(&host->lock);
	if (!filled) {
		fini_tables(host);
		si_host_unref(host);
		return SESSIO_NO_MEMORY;
	}
	*out_host = host;
	return SESSIO_OK;
}

sessio_host *sessio_host_default(void)
{
	/* Acquire: the host that another thread made, whole. */
	struct sessio_host *host = atomic_load_explicit(&default_host, memory_order_acquire);
	struct sessio_host *none = NULL;

	if (si_likely(host != NULL) ||
		sessio_host_create(SESSIO_RULES_DOCUMENTED, &host) != SESSIO_OK) {
		return host;
	}
	/* Release: our host, whole. Acquire: another's, if it was first. */
	if (!atomic_compare_exchange_strong_explicit(
		    &default_host, &none, host, memory_order_acq_rel, memory_order_acquire)) {
		(void)sessio_host_destroy(host);
		return none;
	}
	return host;
}

sessio_rules sessio_host_rules(const sessio_host *host)
{
	return host->rules;
}

size_t sessio_host_session_count(sessio_host *host)
{
	size_t count;

	si_mutex_lock(&host->lock);
	count = host->session_count;
	si_mutex_unlock(&host->lock);
	return count;
}

size_t sessio_host_watch_count(sessio_host *host)
{
	size_t count;

	si_mutex_lock(&host->lock);
	count = host->watcher_count;
	si_mutex_unlock(&host->lock);
	return count;
}

static bool is_quiet(struct sessio_host *host, void *arg)
{
	(void)arg;
	/* The one that waits is the destroyer. */
	return !host->busy && host->head == NULL && host->waiters == 1;
}

/* No thread is on its way out of an unwatch, with a watcher that is in these tables. */
static bool is_unused(struct sessio_host *host, void *arg)
{
	(void)arg;
	return host->all.watchers == 0 && host->filters.count == 0;
}

sessio_status sessio_host_destroy(sessio_host *host)
{
	if (host == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (host == atomic_load_explicit(&default_host, memory_order_relaxed)) {
		return SESSIO_BAD_STATE;
	}
	si_mutex_lock(&host->lock);
	if (host->claimed) {
		si_mutex_unlock(&host->lock);
		return SESSIO_BAD_STATE;
	}
	host->claimed = true;
	if (!si_host_wait_locked(host, is_quiet, NULL)) {
		host->claimed = false;
		si_host_unlock(host);
		return SESSIO_BUSY;
	}
	host->closing = true;
	si_watch_end_all_locked(host);
	if (!is_unused(host, NULL)) {
		/* Outside any callback of this host, as the first wait has shown. */
		(void)si_host_wait_locked(host, is_unused, NULL);
	}
	si_user_session_forget_all_locked(host);
	fini_tables(host);
	init_tables(host); /* sessions that are kept still lead here; see si_user_session_host() */
	si_mutex_unlock(&host->lock);
	si_host_unref(host);
	return SESSIO_OK;
}

sessio_status sessio_host_enter_session(sessio_host *host, sessio_user_session *session)
{
	struct entered *entered;

	if (host == NULL || session == NULL || si_user_session_host(session) != host) {
		return SESSIO_INVALID_ARG;
	}
	entered = si_platform_alloc(sizeof(*entered));
	if (entered == NULL) {
		return SESSIO_NO_MEMORY;
	}
	entered->session = sessio_user_session_ref(session);
	si_thread_push(&entered->frame, &entered_kind, entered);
	return SESSIO_OK;
}

static struct entered *find_entered(const struct sessio_host *host)
{
	struct si_thread_frame *frame = si_thread_find(&entered_kind);

	while (frame != NULL) {
		struct entered *entered = frame->value;

		if (si_user_session_host(entered->session) == host) {
			return entered;
		}
		frame = si_thread_next(frame->outer, &entered_kind);
	}
	return NULL;
}

sessio_status sessio_host_leave_session(sessio_host *host)
{
	struct entered *entered;

	if (host == NULL) {
		return SESSIO_INVALID_ARG;
	}
	entered = find_entered(host);
	if (entered == NULL) {
		return SESSIO_BAD_STATE;
	}
	si_thread_pop(&entered->frame);
	sessio_user_session_unref(entered->session);
	si_platform_free(entered);
	return SESSIO_OK;
}

sessio_user_session *sessio_host_entered_session(const sessio_host *host)
{
	struct entered *entered = find_entered(host);

	return entered == NULL ? NULL : entered->session;
}
