/* SPDX-License-Identifier: MIT */
/*
 * Locks of driver code. An order is a pair: a thread held the first lock and was about
 * to wait for the second. A ring of orders can deadlock, even if it never did.
 */
#include <stdlib.h>

#include "testing/kit.h"

#define HELD 16u /* more locks at once are not looked at */

struct held {
	const void *lock;
	struct si_kit_place at; /* where it was taken */
};

struct holder {
	struct si_map_node by_thread; /* kit->locks.threads */
	struct si_list_node link; /* kit->locks.all_threads */
	struct held held[HELD]; /* in the order in which they were taken */
	size_t count;
};

struct order {
	struct si_map_node by_first; /* kit->locks.orders */
	struct si_list_node link; /* kit->locks.all_orders */
	const void *first, *second;
	struct si_kit_place at; /* where the second was wanted */
	unsigned search; /* the latest that came by */
};

void si_kit_locks_init(sessio_kit *kit)
{
	si_map_init(&kit->locks.threads);
	si_map_init(&kit->locks.orders);
}

static void drop_order_locked(struct si_kit_locks *locks, struct order *order)
{
	si_map_remove(&locks->orders, &order->by_first);
	si_list_remove(&locks->all_orders, &order->link);
	free(order);
}

void si_kit_locks_fini(sessio_kit *kit)
{
	struct si_kit_locks *locks = &kit->locks;

	while (!si_list_is_empty(&locks->all_orders)) {
		drop_order_locked(
			locks, SI_LIST_ELEMENT(locks->all_orders.first, struct order, link));
	}
	while (!si_list_is_empty(&locks->all_threads)) {
		struct holder *holder =
			SI_LIST_ELEMENT(locks->all_threads.first, struct holder, link);

		si_map_remove(&locks->threads, &holder->by_thread);
		si_list_remove(&locks->all_threads, &holder->link);
		free(holder);
	}
	si_map_fini(&locks->threads);
	si_map_fini(&locks->orders);
}

static struct holder *find_holder_locked(struct si_kit_locks *locks)
{
	struct si_map_node *node = si_map_find(&locks->threads, (uintptr_t)si_wdk_thread());

	return node != NULL ? CONTAINING_RECORD(node, struct holder, by_thread) : NULL;
}

/* The orders that begin with this lock, from the first or from the one behind. */
static struct order *orders_of(struct si_kit_locks *locks, const void *first, struct order *last)
{
	struct si_map_node *node = last != NULL ? si_map_skip(last->by_first.next, (uintptr_t)first)
						: si_map_find(&locks->orders, (uintptr_t)first);

	return node != NULL ? CONTAINING_RECORD(node, struct order, by_first) : NULL;
}

/* Whether orders lead from one lock to the other. Each order is followed once. */
static bool leads_locked(struct si_kit_locks *locks, const void *from, const void *to)
{
	struct order *order = NULL;

	while ((order = orders_of(locks, from, order)) != NULL) {
		if (order->search == locks->search) {
			continue;
		}
		order->search = locks->search;
		if (order->second == to || leads_locked(locks, order->second, to)) {
			return true;
		}
	}
	return false;
}

/* The first order of a way from one lock to the other, NULL if there is none. */
static struct order *way_locked(struct si_kit_locks *locks, const void *from, const void *to)
{
	struct order *order = NULL;

	locks->search++;
	while ((order = orders_of(locks, from, order)) != NULL) {
		if (order->second == to || leads_locked(locks, order->second, to)) {
			return order;
		}
	}
	return NULL;
}

static bool is_known_locked(struct si_kit_locks *locks, const void *first, const void *second)
{
	struct order *order = NULL;

	while ((order = orders_of(locks, first, order)) != NULL) {
		if (order->second == second) {
			return true;
		}
	}
	return false;
}

/* Notes an order. True, with the place of the opposite, if it closes a ring. */
static bool note_locked(
	struct si_kit_locks *locks, struct order *fresh, struct si_kit_place *out_opposite)
{
	struct order *opposite = way_locked(locks, fresh->second, fresh->first);

	if (opposite != NULL) {
		*out_opposite = opposite->at;
	}
	si_map_add(&locks->orders, &fresh->by_first, (uintptr_t)fresh->first);
	si_list_append(&locks->all_orders, &fresh->link);
	return opposite != NULL;
}

/* The locks that this thread holds, if none of them is the one that it wants. */
static size_t held_by_me(sessio_kit *kit, const void *wanted, const void **out_held)
{
	struct holder *holder;
	size_t count = 0;

	si_wdk_lock(&kit->lock);
	holder = find_holder_locked(&kit->locks);
	for (size_t i = 0; holder != NULL && i < holder->count; i++) {
		if (holder->held[i].lock == wanted) {
			count = 0;
			break;
		}
		out_held[count++] = holder->held[i].lock;
	}
	si_wdk_unlock(&kit->lock);
	return count;
}

static bool is_known(sessio_kit *kit, const void *first, const void *second)
{
	bool known;

	si_wdk_lock(&kit->lock);
	known = is_known_locked(&kit->locks, first, second);
	si_wdk_unlock(&kit->lock);
	return known;
}

/* An order that is not known, unless another thread has noted it meanwhile. */
static void note(sessio_kit *kit, const void *held, const void *lock)
{
	struct order *fresh = calloc(1, sizeof(*fresh));
	struct si_kit_place opposite = { 0 }, here = si_kit_note_here(kit);
	bool known, closes = false;

	if (fresh == NULL) {
		return; /* then an order is not noticed, and that is all */
	}
	fresh->first = held;
	fresh->second = lock;
	fresh->at = here;
	si_wdk_lock(&kit->lock);
	known = is_known_locked(&kit->locks, held, lock);
	if (!known) {
		closes = note_locked(&kit->locks, fresh, &opposite);
	}
	si_wdk_unlock(&kit->lock);
	if (known) {
		free(fresh);
	} else if (closes) {
		si_kit_find_pair(kit, SESSIO_KIT_RULE_LOCK_ORDER, lock,
			"it is taken with another held, and elsewhere the other way round", here,
			opposite);
	}
}

static void want(sessio_kit *kit, const void *lock)
{
	const void *held[HELD];
	size_t count = held_by_me(kit, lock, held);

	for (size_t i = 0; i < count; i++) {
		if (!is_known(kit, held[i], lock)) {
			note(kit, held[i], lock);
		}
	}
}

/* This thread's; NULL if there is no memory. Nobody else adds it. */
static struct holder *make_holder(sessio_kit *kit)
{
	struct holder *holder = calloc(1, sizeof(*holder));

	if (holder != NULL) {
		si_wdk_lock(&kit->lock);
		si_map_add(&kit->locks.threads, &holder->by_thread, (uintptr_t)si_wdk_thread());
		si_list_append(&kit->locks.all_threads, &holder->link);
		si_wdk_unlock(&kit->lock);
	}
	return holder;
}

static void take(sessio_kit *kit, const void *lock)
{
	struct si_kit_place here = si_kit_note_here(kit);
	struct holder *holder;

	si_wdk_lock(&kit->lock);
	holder = find_holder_locked(&kit->locks);
	si_wdk_unlock(&kit->lock);
	if (holder == NULL) {
		holder = make_holder(kit);
	}
	si_wdk_lock(&kit->lock);
	if (holder != NULL && holder->count < HELD) {
		holder->held[holder->count++] = (struct held){ lock, here };
	}
	si_wdk_unlock(&kit->lock);
}

/* Takes the lock from those that a thread holds, the latest first. */
static bool take_away_locked(struct holder *holder, const void *lock)
{
	for (size_t i = holder != NULL ? holder->count : 0; i-- > 0;) {
		if (holder->held[i].lock == lock) {
			holder->count--;
			memmove(&holder->held[i], &holder->held[i + 1],
				(holder->count - i) * sizeof(holder->held[0]));
			return true;
		}
	}
	return false;
}

static bool take_from_others_locked(struct si_kit_locks *locks, const void *lock)
{
	for (struct si_list_node *node = locks->all_threads.first; node != NULL;
		node = node->next) {
		if (take_away_locked(SI_LIST_ELEMENT(node, struct holder, link), lock)) {
			return true;
		}
	}
	return false;
}

static void give(sessio_kit *kit, const void *lock)
{
	bool others;

	si_wdk_lock(&kit->lock);
	others = !take_away_locked(find_holder_locked(&kit->locks), lock) &&
		take_from_others_locked(&kit->locks, lock);
	si_wdk_unlock(&kit->lock);
	if (others) {
		si_kit_find(kit, SESSIO_KIT_RULE_LOCK_MISUSED, lock,
			"a lock given back by another thread than the one that took it");
	}
}

void si_kit_find_lock_left(sessio_kit *kit, const void *routine, const char *text)
{
	struct si_kit_place at = si_kit_here(kit);
	struct held left = { 0 };
	struct holder *holder;

	si_wdk_lock(&kit->lock);
	holder = find_holder_locked(&kit->locks);
	if (holder != NULL && holder->count != 0) {
		left = holder->held[--holder->count]; /* it is not missed once more */
	}
	si_wdk_unlock(&kit->lock);
	if (at.image == NULL) {
		at = si_kit_place_of(kit, routine);
	}
	si_kit_find_pair(kit, SESSIO_KIT_RULE_LOCK_LEFT, routine, text, at, left.at);
}

void si_kit_on_lock(const void *lock, enum si_wdk_lock_step step)
{
	sessio_kit *kit = si_kit_current();

	if (kit == NULL || lock == NULL || kit->unverified) {
		return;
	}
	switch (step) {
	case SI_WDK_LOCK_NEW:
		si_kit_locks_gone(kit, lock, 1, false);
		break;
	case SI_WDK_LOCK_WANTED:
		want(kit, lock);
		break;
	case SI_WDK_LOCK_TAKEN:
		take(kit, lock);
		break;
	case SI_WDK_LOCK_GIVEN:
		give(kit, lock);
		break;
	}
}

static bool is_in(const void *lock, const void *memory, size_t size)
{
	return (uintptr_t)lock >= (uintptr_t)memory && (uintptr_t)lock - (uintptr_t)memory < size;
}

/* A lock in this memory that a thread holds, which is forgotten; NULL if there is none. */
static const void *take_held_locked(struct si_kit_locks *locks, const void *memory, size_t size)
{
	for (struct si_list_node *node = locks->all_threads.first; node != NULL;
		node = node->next) {
		struct holder *holder = SI_LIST_ELEMENT(node, struct holder, link);

		for (size_t i = 0; i < holder->count; i++) {
			const void *lock = holder->held[i].lock;

			if (is_in(lock, memory, size)) {
				(void)take_away_locked(holder, lock);
				/* It is not missed again when the routine returns. */
				si_wdk_thread()->locks -= holder == find_holder_locked(locks) &&
					si_wdk_thread()->locks != 0;
				return lock;
			}
		}
	}
	return NULL;
}

void si_kit_locks_gone(sessio_kit *kit, const void *memory, size_t size, bool may_be_held)
{
	struct si_kit_locks *locks = &kit->locks;
	struct si_list_node *next;
	const void *held;

	if (memory == NULL) {
		return;
	}
	si_wdk_lock(&kit->lock);
	for (struct si_list_node *node = locks->all_orders.first; node != NULL; node = next) {
		struct order *order = SI_LIST_ELEMENT(node, struct order, link);

		next = node->next;
		if (is_in(order->first, memory, size) || is_in(order->second, memory, size)) {
			drop_order_locked(locks, order);
		}
	}
	held = take_held_locked(locks, memory, size);
	si_wdk_unlock(&kit->lock);
	if (held != NULL && !may_be_held) {
		si_kit_find(kit, SESSIO_KIT_RULE_LOCK_FREED, held,
			"the memory of a lock went, or began anew, while a thread held it");
	}
}
