/* SPDX-License-Identifier: MIT */
/* Makes and destroys hosts. */
#include "user/host.h"

#include <string.h>

#include "base/lock_order.h"

static _Atomic(struct sessio_host *) default_host;

void si_host_ref(struct sessio_host *host)
{
	(void)si_refcount_ref(&host->refs, "a host is used after its last reference");
}

void si_host_unref(struct sessio_host *host)
{
	if (si_refcount_unref(&host->refs, "a host is given back once too often")) {
		si_mutex_fini(&host->turn);
		si_mutex_fini(&host->lock);
		si_platform_free(host);
	}
}

static bool init_locks(struct sessio_host *host)
{
	if (!si_mutex_init(&host->lock, SI_RANK_HOST)) {
		return false;
	}
	if (!si_mutex_init(&host->turn, SI_RANK_TURN)) {
		si_mutex_fini(&host->lock);
		return false;
	}
	return true;
}

static void init_tables(struct sessio_host *host)
{
	si_map_init(&host->sessions);
	si_map_init(&host->filters);
	si_map_init(&host->watchers);
	si_map_init(&host->keys);
}

static void fini_tables_locked(struct sessio_host *host) SI_LOCKED_HOST
{
	si_map_fini(&host->sessions);
	si_map_fini(&host->filters);
	si_map_fini(&host->watchers);
	si_map_fini(&host->keys);
	si_post_free_reserve_locked(host);
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
	if (!init_locks(host)) {
		si_platform_free(host);
		return SESSIO_NO_MEMORY;
	}
	si_refcount_init(&host->refs, 1);
	atomic_init(&host->running, NULL);
	atomic_init(&host->any_gone, false);
	host->rules = rules;
	init_tables(host);
	si_mutex_lock(&host->lock);
	filled = si_post_fill_reserve_locked(host);
	if (!filled) {
		fini_tables_locked(host);
	}
	si_mutex_unlock(&host->lock);
	if (!filled) {
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
	host->made_as_default = true;
	/* Release: our host, whole. Acquire: another's, if it was first. */
	if (!atomic_compare_exchange_strong_explicit(
		    &default_host, &none, host, memory_order_acq_rel, memory_order_acquire)) {
		(void)sessio_host_destroy(host);
		return none;
	}
	return host;
}

/* No thread is on its way out of an unwatch, with a watcher that is in these tables. */
static bool is_unused(struct sessio_host *host, void *arg)
{
	(void)arg;
	return host->all.watchers == 0 && host->filters.count == 0;
}

/* Nothing is being delivered or released, and only so many threads wait. */
static bool is_quiet(const struct sessio_host *host, unsigned waiters)
{
	return !host->busy && si_list_is_empty(&host->queue) && si_list_is_empty(&host->releases) &&
		host->waiters == waiters && host->holding_off == 0;
}

/* Delivering what callbacks have queued is left to the thread that destroys the host. */
static bool may_go_on(struct sessio_host *host, void *arg)
{
	(void)arg;
	return (!host->busy && host->owed.pending != 0) || is_quiet(host, 1);
}

/* Whether the calling thread is in a callback of this host. */
static bool is_inside_locked(struct sessio_host *host) SI_LOCKED_HOST
{
	const struct si_worker *worker = si_host_worker();
	bool inside = worker != NULL && host->busy && host->worker == worker;

	for (struct si_list_node *at = host->releases.first; worker != NULL && at != NULL;
		at = at->next) {
		inside = inside ||
			SI_LIST_ELEMENT(at, struct si_watcher, by_release)->releasing == worker;
	}
	return inside;
}

/* False if that would never come true. */
static bool become_quiet_locked(struct sessio_host *host) SI_LOCKED_HOST
{
	struct si_host_wait wait = { .is_true = may_go_on };

	if (is_inside_locked(host)) {
		return false;
	}
	while (!is_quiet(host, 0)) {
		if (!host->busy && host->owed.pending != 0) {
			si_queue_drain_locked(host);
		} else if (!si_host_wait_locked(host, &wait)) {
			return false;
		}
	}
	return true;
}

/* Nothing is watched, being delivered or on its way. */
static bool is_idle(struct sessio_host *host)
{
	bool idle;

	si_mutex_lock(&host->lock);
	idle = is_quiet(host, 0) && host->watchers.count == 0 && is_unused(host, NULL);
	si_mutex_unlock(&host->lock);
	return idle;
}

static bool is_ending(struct sessio_host *host)
{
	bool ending;

	si_mutex_lock(&host->lock);
	ending = host->claimed;
	si_mutex_unlock(&host->lock);
	return ending;
}

sessio_status sessio_host_set_default(sessio_host *host)
{
	/* Acquire: the host that another thread made, whole. */
	struct sessio_host *old = atomic_load_explicit(&default_host, memory_order_acquire);

	if (host == old) {
		return SESSIO_OK;
	}
	if (host != NULL && is_ending(host)) {
		return SESSIO_BAD_STATE;
	}
	/* Release: the caller's host, whole. */
	if ((old != NULL && !is_idle(old)) ||
		!atomic_compare_exchange_strong_explicit(
			&default_host, &old, host, memory_order_acq_rel, memory_order_relaxed)) {
		return SESSIO_BUSY;
	}
	if (old != NULL && old->made_as_default) {
		(void)sessio_host_destroy(old);
	}
	return SESSIO_OK;
}

sessio_rules sessio_host_rules(const sessio_host *host)
{
	return host == NULL ? (sessio_rules)0 : host->rules;
}

size_t sessio_host_session_count(sessio_host *host)
{
	size_t count;

	if (host == NULL) {
		return 0;
	}
	si_mutex_lock(&host->lock);
	count = host->session_count;
	si_mutex_unlock(&host->lock);
	return count;
}

sessio_status sessio_host_find_session(
	sessio_host *host, uint32_t session_id, sessio_user_session **out_session)
{
	struct sessio_user_session *session;

	if (host == NULL || out_session == NULL) {
		return SESSIO_INVALID_ARG;
	}
	si_mutex_lock(&host->lock);
	session = si_user_session_existing_locked(host, session_id);
	if (session != NULL) {
		*out_session = sessio_user_session_ref(session);
	}
	si_mutex_unlock(&host->lock);
	return session == NULL ? SESSIO_NOT_FOUND : SESSIO_OK;
}

size_t sessio_host_watch_count(sessio_host *host)
{
	size_t count;

	if (host == NULL) {
		return 0;
	}
	si_mutex_lock(&host->lock);
	count = host->watcher_count;
	si_mutex_unlock(&host->lock);
	return count;
}

sessio_status sessio_host_destroy(sessio_host *host)
{
	struct si_host_wait rest = { .is_true = is_unused, .insists = true };

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
	if (!become_quiet_locked(host)) {
		host->claimed = false;
		si_host_unlock(host);
		return SESSIO_BUSY;
	}
	host->closing = true;
	si_watch_end_all_locked(host);
	if (!is_unused(host, NULL)) {
		/* It stays so: no watcher comes any more. */
		SI_BUG_IF(!si_host_wait_locked(host, &rest),
			"a host is destroyed under a watcher that is being ended");
	}
	si_user_session_forget_all_locked(host);
	fini_tables_locked(host);
	init_tables(host); /* sessions that are kept still lead here; see si_user_session_host() */
	si_host_unlock(host);
	si_host_unref(host);
	return SESSIO_OK;
}
