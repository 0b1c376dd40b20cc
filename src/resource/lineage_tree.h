/* SPDX-License-Identifier: MIT */
/*
 * The tree of a lineage under its lock, for lineage.c and lineage_tree.c alone.
 *
 * (lineage_tree-1) A hold of the lock has at most SI_LINEAGE_STEPS steps and some. A climb
 *      that needs more has a reference to the node that it is at, and releases the
 *      lock. If that node was detached meanwhile, the climb begins anew.
 * (lineage_tree-2) The verdict of a climb is that of its beginning, and so is the number
 *      that it is remembered with. An edge that is valid later was valid then.
 * (lineage_tree-3) A tie is there while a node has it, also after it has ended.
 *
 * tests/models/climbs.pml checks all three exhaustively.
 */
#ifndef SI_LINEAGE_TREE_H
#define SI_LINEAGE_TREE_H

#include "resource/lineage.h"

#define SI_LINEAGE_STEPS 64u

/* The work of a hold, and what it leaves for when the lock is released. */
struct si_lineage_work {
	struct si_tie *ties; /* that have ended */
	struct si_lineage_node *dead; /* that have no reference; by parent */
	struct si_lineage_node *pending; /* counted; closed, to be detached in another hold */
	struct si_badge *badge; /* of the object, if that is gone */
	unsigned steps; /* of this hold */
};

/* A climb from a node towards its root; `below` is a node to be met, or NULL. */
struct si_climb {
	struct si_lineage_node *node;
	struct si_lineage_node *at;
	const struct si_lineage_node *below;
	uint64_t number; /* the object's when it began */
	uint32_t origin; /* (lineage-8) */
	bool excluded; /* (lineage-7) */
	bool is_below;
};

static inline bool si_lineage_is_long(const struct si_lineage_work *work)
{
	return work->steps >= SI_LINEAGE_STEPS;
}

/* Unlocks, and does what must not be done with the lock held. */
void si_lineage_finish(struct si_handle_object *object, struct si_lineage_work *work)
	SI_RELEASES(&object->lock);

/* The same, and takes the lock again. */
void si_lineage_let_others_in(struct si_handle_object *object, struct si_lineage_work *work);

void si_lineage_unref_locked(struct si_lineage_node *node, struct si_lineage_work *work);

/* Detaches a node, and those closed ancestors that have no valid children without it. */
void si_lineage_detach_locked(struct si_lineage_node *node, struct si_lineage_work *work);

/*
 * Whether nothing between a node and its root is revoked. Takes closed parents out of
 * the way. May release the lock meanwhile, so the caller has a reference to the node.
 */
bool si_lineage_climb_locked(struct si_climb *climb, struct si_lineage_node *node,
	const struct si_lineage_node *below, struct si_lineage_work *work);

/* The same, and remembers the verdict. */
bool si_lineage_check_locked(struct si_lineage_node *node, struct si_lineage_work *work);

/* Lookups that come later climb. */
void si_lineage_raise_number_locked(struct si_handle_object *object);

void si_tie_unref(struct si_tie *tie);

#endif /* SI_LINEAGE_TREE_H */
