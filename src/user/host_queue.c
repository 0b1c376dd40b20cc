/* SPDX-License-Identifier: MIT */
/*
 * Who delivers next: the queue and the baton (host-2, host-3, host-7).
 *
 * Whoever posts and finds the baton free takes it and delivers from the head of
 * the queue, other threads' items too, until its own root is at 0. Then it puts
 * the baton down; whoever waits with items in the queue takes it up. A thread
 * in a callback that finds the baton taken leaves its item to the root of the
 * item in hand: somebody waits for that one.
 */
#include "user/host.h"

#define SLICE_NS UINT64_C(1000000000) /* a wait is woken, not timed; this bounds a mistake */

static void append(struct sessio_host *host, struct si_item *item, struct si_root *root)
{
	item->next = NULL;
	item->root = root;
	root->pending++;
	if (host->head == NULL) {
		host->head = item;
	} else {
		host->tail->next = item;
	}
	host->tail = item;
}

bool si_queue_must_defer_locked(struct sessio_host *host)
{
	return host->busy && si_host_is_inside_any();
}

void si_queue_defer_locked(struct sessio_host *host, struct si_item *item)
{
	append(host, item, host->current != NULL ? host->current->root : host->holder);
}

/* Delivers the head; the lock is released meanwhile. */
static void deliver_next_locked(struct sessio_host *host) SI_LOCKED_HOST
{
	struct si_item *item = host->head;
	struct si_root *root = item->root;

	host->head = item->next;
	host->current = item;
	item->deliver(host, item);
	host->current = NULL;
	item->done(host, item);
	/* Its poster waits, unless it is this thread. A root at 0 is not touched again (host-7). */
	if (--root->pending == 0 && root != host->holder) {
		si_host_wake_locked(host);
	}
}

static bool may_go_on(struct sessio_host *host, void *arg)
{
	const struct si_root *own = arg;

	return own->pending == 0 || !host->busy;
}

void si_queue_run_locked(struct sessio_host *host, struct si_item *item, struct si_root *own)
{
	own->pending = 0;
	append(host, item, own);
	while (own->pending != 0) {
		if (host->busy) {
			/* Outside any callback, or it would have been deferred: always safe. */
			(void)si_host_wait_locked(host, may_go_on, own);
			continue;
		}
		host->busy = true;
		host->holder = own;
		while (own->pending != 0) {
			deliver_next_locked(host);
		}
		/* The lock is not released between here and the caller's si_host_unlock(). */
		host->busy = false;
		host->holder = NULL;
	}
}

void si_host_unlock(struct sessio_host *host)
{
	bool wake = host->waiters != 0;

	si_mutex_unlock(&host->lock);
	if (si_unlikely(wake)) {
		si_gate_wake();
	}
}

void si_host_wake_locked(struct sessio_host *host)
{
	if (si_unlikely(host->waiters != 0)) {
		si_mutex_unlock(&host->lock);
		si_gate_wake();
		si_mutex_lock(&host->lock);
	}
}

/* Inside the gate: says what every callback that this thread is in waits for. */
static void set_waits_for(struct sessio_host *awaited)
{
	struct si_thread_frame *frame = NULL;

	while ((frame = si_host_inside_next(frame)) != NULL) {
		((struct sessio_host *)frame->value)->waits_for = awaited;
	}
}

/* Inside the gate: follows who waits for whom, to see whether it comes back to this thread. */
static bool may_wait_for(struct sessio_host *host)
{
	while (host != NULL && !si_host_is_inside(host)) {
		host = host->waits_for;
	}
	return host == NULL;
}

bool si_host_wait_locked(struct sessio_host *host, si_host_condition_fn *is_true, void *arg)
{
	bool safe;

	host->waiters++;
	si_mutex_unlock(&host->lock);
	si_gate_enter();
	safe = may_wait_for(host);
	if (safe) {
		set_waits_for(host);
	}
	si_mutex_lock(&host->lock);
	while (safe && !is_true(host, arg)) {
		si_mutex_unlock(&host->lock);
		si_gate_wait(SLICE_NS);
		si_mutex_lock(&host->lock);
	}
	if (safe) {
		set_waits_for(NULL);
	}
	host->waiters--;
	si_gate_leave();
	return safe;
}
