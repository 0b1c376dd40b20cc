/* SPDX-License-Identifier: MIT */
/*
 * Which thread delivers next: the queue and the baton (host-2, host-3, host-7).
 *
 * A thread that posts and finds the baton free takes it. It delivers its item, at once
 * if the queue is empty (host-10). Otherwise it delivers from the head of the queue,
 * other threads' items too, until its own completion is at 0.
 * Then it puts the baton down, and a thread that waits with items in the queue
 * takes it up.
 *
 * A thread in a callback only queues (host-8). On a busy host its item counts in
 * the completion of the item in hand, because some post waits for that one. An
 * idle host is owed: the thread's worker delivers there after the event in hand,
 * and before that counts as delivered. A poster may have done so by then. A worker
 * that pays takes one host after the other, so posts across hosts do not nest.
 */
#include "user/host.h"

static void append(struct sessio_host *host, struct si_queue_item *item,
	struct si_completion *completion) SI_LOCKED_HOST
{
	item->completion = completion;
	completion->pending++;
	si_list_append(&host->queue, &item->node);
}

/* The worker delivers on this host later. */
static void owe_locked(struct sessio_host *host, struct si_worker *worker) SI_LOCKED_HOST
{
	host->is_owed = true;
	host->next_owed = NULL;
	si_host_ref(host);
	*(worker->first_owed == NULL ? &worker->first_owed : &worker->last_owed->next_owed) = host;
	worker->last_owed = host;
}

void si_queue_defer_locked(
	struct sessio_host *host, struct si_worker *worker, struct si_queue_item *item)
{
	if (host->busy) {
		append(host, item,
			host->current != NULL ? host->current->completion : host->holder);
		return;
	}
	append(host, item, &host->owed);
	if (!host->is_owed) {
		owe_locked(host, worker);
	}
}

/* After the event in hand, which counts as delivered only then (host-8). */
static void pay_locked(struct sessio_host *host) SI_LOCKED_HOST
{
	struct si_worker *worker = host->worker;

	if (si_unlikely(worker->first_owed != NULL) && !worker->paying) {
		si_mutex_unlock(&host->lock);
		si_queue_pay(worker);
		si_mutex_lock(&host->lock);
	}
}

/* Delivers the head. True: a poster may wait for that, and is to be woken. */
static bool deliver_next_locked(struct sessio_host *host) SI_LOCKED_HOST
{
	struct si_queue_item *item = SI_LIST_ELEMENT(host->queue.first, struct si_queue_item, node);
	struct si_completion *completion = item->completion;

	si_list_remove(&host->queue, &item->node);
	host->current = item;
	item->deliver(host, item);
	pay_locked(host);
	host->current = NULL;
	item->done(host, item);
	/* A completion at 0 is not touched again (host-7). */
	return --completion->pending == 0 && completion != host->holder;
}

/* Takes the baton, and puts it down when `own` is at 0. */
static void deliver_until_locked(struct sessio_host *host, struct si_completion *own,
	struct si_worker *worker) SI_LOCKED_HOST
{
	si_baton_take_locked(host, own, worker);
	/* Also items that a worker came to deliver while this thread was busy (host-8). */
	while (own->pending != 0 || (!host->is_owed && host->owed.pending != 0)) {
		if (deliver_next_locked(host)) {
			/* Between two items: others find the host as in any callback. */
			host->wakes_posters = true;
			si_host_unlock(host);
			si_mutex_lock(&host->lock);
		}
	}
	/* The lock is not released between here and the caller's si_host_unlock(). */
	host->busy = false;
	host->wakes_posters = !si_list_is_empty(&host->queue); /* (host-11) */
}

static bool may_go_on(struct sessio_host *host, void *arg)
{
	const struct si_completion *own = arg;

	return own->pending == 0 || !host->busy;
}

void si_queue_run_now_locked(struct sessio_host *host, struct si_queue_item *item)
{
	struct si_completion own = { 0 };
	struct si_worker worker = { NULL, NULL, NULL, false };

	si_baton_take_locked(host, &own, &worker);
	item->deliver(host, item);
	pay_locked(host);
	item->done(host, item);
	deliver_until_locked(host, &own, &worker); /* what callbacks have posted */
}

void si_queue_go_on_locked(struct sessio_host *host, struct si_completion *own)
{
	struct si_worker *worker = host->worker;

	pay_locked(host);
	deliver_until_locked(host, own, worker);
}

void si_queue_run_locked(struct sessio_host *host, struct si_queue_item *item)
{
	struct si_completion own = { 0 };
	struct si_worker worker = { NULL, NULL, NULL, false };
	struct si_host_wait wait = { .is_true = may_go_on, .arg = &own, .for_delivery = true };

	append(host, item, &own);
	while (own.pending != 0) {
		if (host->busy) {
			/* Outside any callback (host-8): always safe. */
			(void)si_host_wait_locked(host, &wait);
		} else {
			deliver_until_locked(host, &own, &worker);
		}
	}
}

void si_queue_drain_locked(struct sessio_host *host)
{
	struct si_worker own = { NULL, NULL, NULL, false };
	struct si_worker *worker = si_host_worker();
	bool was_paying;

	if (worker == NULL) {
		deliver_until_locked(host, &host->owed, &own);
		return;
	}
	/* In a callback: other hosts that this makes owed wait for the callback's end. */
	was_paying = worker->paying;
	worker->paying = true;
	deliver_until_locked(host, &host->owed, worker);
	worker->paying = was_paying;
}

void si_queue_pay(struct si_worker *worker)
{
	worker->paying = true;
	while (worker->first_owed != NULL) {
		struct sessio_host *host = worker->first_owed;

		worker->first_owed = host->next_owed;
		si_mutex_lock(&host->lock);
		host->is_owed = false;
		/* A thread that delivers already goes on to these, as is_owed is false. */
		if (!host->busy && host->owed.pending != 0) {
			deliver_until_locked(host, &host->owed, worker);
		}
		si_host_unlock(host);
		si_host_unref(host);
	}
	worker->paying = false;
}
