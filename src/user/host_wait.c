/* SPDX-License-Identifier: MIT */
/*
 * The waits of a host, and the rings that they must not close (host-9).
 *
 * A thread outside any callback may always wait. A thread in a callback has a
 * worker, and others may wait for that. A thread that ends a watcher waits for
 * the worker that calls or releases it. A thread that destroys a host waits for
 * the worker that delivers, then for those that release. So a chain leads from
 * each wait to the next. A wait whose chain leads back to its own worker would
 * never end.
 *
 * (host_wait-1) A worker's `wait` changes at the gate only, and while it is set its
 *      thread is at the gate or on its way. So a chain can be followed there.
 * (host_wait-2) Every wake makes every waiter look at its chain anew, as the worker
 *      that holds it up may have changed.
 */
#include "base/waiting.h"
#include "user/host.h"

const char si_host_callback_kind;

struct si_worker *si_host_find_worker(void)
{
	struct si_thread_frame *frame = si_thread_find(&si_host_callback_kind);

	return frame == NULL ? NULL : frame->value;
}

void si_host_unlock(struct sessio_host *host)
{
	/* (host-11) */
	bool wake = host->waiters != host->waiting_posters ||
		(host->wakes_posters && host->waiting_posters != 0);

	host->wakes_posters = false;
	si_mutex_unlock(&host->lock);
	if (si_unlikely(wake)) {
		si_gate_wake();
	}
}

/* The worker that holds up a wait; NULL: none, or none that is in a callback. */
static struct si_worker *obstacle_locked(
	struct sessio_host *host, const struct si_watcher *watcher) SI_LOCKED_HOST
{
	if (watcher != NULL) {
		if (watcher->releasing != NULL) {
			return watcher->releasing;
		}
		return watcher->end_wanted ? host->worker : NULL;
	}
	if (host->busy) {
		return host->worker;
	}
	if (si_list_is_empty(&host->releases)) {
		return NULL;
	}
	return SI_LIST_ELEMENT(host->releases.first, struct si_watcher, by_release)->releasing;
}

/* At the gate: whether the chain of waits from this one leads back to its own worker. */
static bool leads_back(const struct si_host_wait *wait)
{
	const struct si_host_wait *at = wait;
	const struct si_host_wait *marked = NULL; /* a ring of others ends the search, too */

	for (unsigned steps = 1; at != NULL && at != marked; steps++) {
		struct sessio_host *host = at->host;
		struct si_worker *obstacle;

		if ((steps & (steps - 1)) == 0) {
			marked = at;
		}
		si_mutex_lock(&host->lock);
		obstacle = obstacle_locked(host, at->watcher);
		at = obstacle == NULL ? NULL : obstacle->wait; /* (host_wait-1) */
		si_mutex_unlock(&host->lock);
		if (obstacle == wait->self) {
			return true;
		}
	}
	return false;
}

/* At the gate. */
static bool is_over(void *arg)
{
	struct si_host_wait *wait = arg;
	struct sessio_host *host = wait->host;
	bool is_true;

	si_mutex_lock(&host->lock);
	if (!wait->is_counted) {
		wait->is_counted = true;
		host->waiters++;
		host->waiting_posters += wait->for_delivery;
	}
	is_true = wait->is_true(host, wait->arg);
	si_mutex_unlock(&host->lock);
	if (wait->self == NULL) {
		return is_true;
	}
	wait->gave_up = !is_true && !wait->insists && leads_back(wait);
	wait->self->wait = is_true || wait->gave_up ? NULL : wait;
	return is_true || wait->gave_up;
}

/* Makes a wait known before it begins, so that the others of a ring give up. */
static void announce(struct si_host_wait *wait)
{
	si_gate_enter();
	wait->self->wait = wait;
	si_gate_leave();
	si_gate_wake();
}

bool si_host_wait_locked(struct sessio_host *host, struct si_host_wait *wait)
{
	si_host_unlock(host);
	wait->host = host;
	wait->self = si_host_worker();
	wait->is_counted = false;
	wait->gave_up = false;
	if (wait->insists && wait->self != NULL) {
		announce(wait);
	}
	si_wait_surely(is_over, wait);
	si_mutex_lock(&host->lock);
	host->waiters--;
	host->waiting_posters -= wait->for_delivery;
	return !wait->gave_up;
}
