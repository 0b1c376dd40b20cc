/* SPDX-License-Identifier: MIT */
#include "resource/lineage_tree.h"

#include "base/waiting.h"
#include "resource/notice.h"

static const char tie_name[] = "a tie of a transfer context";

void si_tie_unref(struct si_tie *tie)
{
	if (si_refcount_unref(&tie->refs, tie_name)) {
		si_platform_free(tie);
	}
}

void si_lineage_unref_locked(struct si_lineage_node *node, struct si_lineage_work *work)
{
	if (--node->refs == 0) {
		node->parent = work->dead;
		work->dead = node;
	}
}

/* A tie has ended; the caller has the reference that it had until then. */
static void end_tie(struct si_tie *tie)
{
	struct si_badge *badge = tie->badge;

	si_tie_unref(tie);
	/* Release: the use of the tie. Acquire: that of all others. */
	if (atomic_fetch_sub_explicit(&badge->ties, 1, memory_order_acq_rel) == 1 &&
		badge->closed != NULL) {
		badge->closed(badge);
	}
	si_badge_unref(badge);
}

static void free_node(struct si_lineage_node *node)
{
	struct si_handle_object *object = node->object;

	if (node->tie != NULL) {
		si_tie_unref(node->tie);
	}
	si_platform_free(node);
	si_handle_object_unref(object);
}

static void unlock_and_end(struct si_handle_object *object, struct si_lineage_work *work)
	SI_RELEASES(&object->lock)
{
	si_mutex_unlock(&object->lock);
	si_wait_wake();
	work->steps = 0;
	while (work->ties != NULL) {
		struct si_tie *tie = work->ties;

		work->ties = tie->next;
		end_tie(tie);
	}
	if (work->badge != NULL) {
		si_badge_unref(work->badge);
		work->badge = NULL;
	}
	while (work->dead != NULL) {
		struct si_lineage_node *node = work->dead;

		work->dead = node->parent;
		free_node(node);
	}
}

/* A node gives up its place: nothing valid is below it (lineage-5). */
static void leave_place_locked(struct si_lineage_node *node, struct si_lineage_work *work)
{
	struct si_handle_object *object = node->object;

	node->revoked = true;
	if (node->is_top) {
		si_list_remove(&object->ties, &node->tie->node);
		if (node->tie->badge->home != NULL) {
			si_list_remove(&node->tie->badge->own_ties, &node->tie->of_badge);
		}
		node->tie->next = work->ties;
		work->ties = node->tie;
		node->is_top = false;
	}
	if (node->parent == NULL) {
		object->gone = true;
		work->badge = object->badge;
		object->badge = NULL;
		si_notice_raise_locked(object, SI_EVENT_OBJECT_DESTROYED);
	}
}

/* `held`: the caller has a reference to the node, which ends here. */
static void detach_from_locked(
	struct si_lineage_node *node, bool held, struct si_lineage_work *work)
{
	while (!node->revoked) {
		struct si_lineage_node *parent = node->parent;

		leave_place_locked(node, work);
		node->parent = NULL;
		if (parent != NULL && node->born == parent->epoch) {
			parent->live--;
		}
		if (held) {
			si_lineage_unref_locked(node, work);
		}
		if (parent == NULL) {
			return;
		}
		/* The reference of the child before goes along. */
		node = parent;
		held = true;
		if (!parent->closed || parent->live != 0) {
			break;
		}
		if (++work->steps >= SI_LINEAGE_STEPS && work->pending == NULL) {
			work->pending = node;
			return;
		}
	}
	if (held) {
		si_lineage_unref_locked(node, work);
	}
}

void si_lineage_detach_locked(struct si_lineage_node *node, struct si_lineage_work *work)
{
	detach_from_locked(node, false, work);
}

void si_lineage_finish(struct si_handle_object *object, struct si_lineage_work *work)
{
	unlock_and_end(object, work);
	while (work->pending != NULL) {
		struct si_lineage_node *node = work->pending;

		work->pending = NULL;
		si_mutex_lock(&object->lock);
		detach_from_locked(node, true, work);
		unlock_and_end(object, work);
	}
}

void si_lineage_let_others_in(
	struct si_handle_object *object, struct si_lineage_work *work) SI_UNCHECKED_LOCKING
{
	si_lineage_finish(object, work);
	si_mutex_lock(&object->lock);
}

/* Takes a closed parent out of the way; the edges on both of its sides are valid. */
static void splice_locked(struct si_lineage_node *node, struct si_lineage_work *work)
{
	struct si_lineage_node *parent = node->parent;
	struct si_lineage_node *above = parent->parent;

	node->parent = above;
	node->born = parent->born;
	above->refs++;
	above->live++;
	if (--parent->live == 0) {
		si_lineage_detach_locked(parent, work);
	}
	si_lineage_unref_locked(parent, work);
}

/* Notes what the node is that a climb has come to. */
static void arrive(struct si_climb *climb, struct si_lineage_node *node)
{
	climb->at = node;
	climb->is_below = climb->is_below || (node == climb->below && node != climb->node);
	if (node->is_top && node->tie->badge->home != NULL) {
		climb->excluded = false;
	}
	if (climb->origin == SESSIO_HANDLE_INVALID && node->at_home) {
		climb->origin = node->value;
	}
}

static void begin_climb(struct si_climb *climb)
{
	climb->excluded = climb->node->object->sessions_only;
	climb->origin = SESSIO_HANDLE_INVALID;
	climb->is_below = false;
	arrive(climb, climb->node);
}

/* Whether the rest of the way is known (lineage-3). */
static bool may_stop(const struct si_climb *climb)
{
	/* Relaxed: the lock is held by all that change it. */
	return climb->at != climb->node && climb->below == NULL &&
		atomic_load_explicit(&climb->at->valid_at, memory_order_relaxed) >= climb->number;
}

enum verdict { CLIMBING, VALID, REVOKED };

static enum verdict take_known(struct si_climb *climb)
{
	if (climb->origin == SESSIO_HANDLE_INVALID) {
		climb->origin = atomic_load_explicit(&climb->at->origin, memory_order_relaxed);
	}
	return VALID;
}

static enum verdict climb_on_locked(struct si_climb *climb, struct si_lineage_work *work)
{
	for (; !si_lineage_is_long(work); work->steps++) {
		struct si_lineage_node *at = climb->at;
		struct si_lineage_node *parent = at->parent;

		if (at->revoked || (parent == NULL && climb->excluded)) {
			return REVOKED;
		}
		if (parent == NULL) {
			return VALID;
		}
		if (may_stop(climb)) {
			return take_known(climb);
		}
		if (at->born != parent->epoch || parent->revoked) {
			return REVOKED;
		}
		if (!parent->closed || parent->parent == NULL || parent->is_top) {
			arrive(climb, parent);
		} else if (parent->born != parent->parent->epoch) {
			return REVOKED;
		} else {
			splice_locked(at, work);
		}
	}
	return CLIMBING;
}

bool si_lineage_climb_locked(struct si_climb *climb, struct si_lineage_node *node,
	const struct si_lineage_node *below, struct si_lineage_work *work)
{
	struct si_handle_object *object = node->object;
	enum verdict verdict;

	/* Relaxed: the lock is held. */
	*climb = (struct si_climb){ .node = node,
		.below = below,
		.number = atomic_load_explicit(&object->number, memory_order_relaxed) };
	begin_climb(climb);
	while ((verdict = climb_on_locked(climb, work)) == CLIMBING) {
		struct si_lineage_node *at = climb->at; /* (lineage_tree-1) */

		at->refs++;
		si_lineage_let_others_in(object, work);
		if (at->revoked) {
			begin_climb(climb);
		}
		si_lineage_unref_locked(at, work);
	}
	return verdict == VALID;
}

bool si_lineage_check_locked(struct si_lineage_node *node, struct si_lineage_work *work)
{
	struct si_climb climb;

	if (!si_lineage_climb_locked(&climb, node, NULL, work)) {
		if (node->parent != NULL) { /* a root keeps its place, for its sessions' handles */
			si_lineage_detach_locked(node, work);
		}
		return false;
	}
	/* Relaxed: the lock is held by all that change it. */
	if (atomic_load_explicit(&node->valid_at, memory_order_relaxed) <= climb.number) {
		atomic_store_explicit(&node->origin, climb.origin, memory_order_relaxed);
		/* Release: the origin comes first (lineage-8). */
		atomic_store_explicit(&node->valid_at, climb.number, memory_order_release);
	}
	return true;
}

void si_lineage_raise_number_locked(struct si_handle_object *object)
{
	/* Release: a lookup that sees it and takes the lock sees what was revoked. */
	atomic_fetch_add_explicit(&object->number, 1, memory_order_release);
}
