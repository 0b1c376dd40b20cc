/* SPDX-License-Identifier: MIT */
/*
 * Lineages: which handle was made from which, for each resource.
 *
 * Each handle has a node. A copy or a transfer makes a descendant. A lookup that
 * follows no revocation compares two numbers and takes no lock.
 *
 * (lineage-1) One lock for each resource guards its nodes and ties. No callback
 *      runs with it held. A space's lock may be taken under it, or a notice's.
 * (lineage-2) An edge to a parent is valid while the child's `born` is the parent's
 *      `epoch`. Revoking the descendants of a node raises its epoch, and that is all.
 * (lineage-3) A node is revoked if an edge on its way to the root is not valid, or
 *      if it or an ancestor says so. `valid_at` is the resource's number at which
 *      the node was last found valid. Each revocation raises that number. So a climb
 *      may stop at an ancestor that was found valid at its own number or later.
 * (lineage-4) A closed node stays in place while it has descendants. A walk takes it
 *      out between child and grandparent, unless it is a root or has a tie.
 * (lineage-5) A closed node without valid children is detached, as a revoked one
 *      is: it gives up its place, and its tie ends. It is freed with its last
 *      reference, which its slot and its children have.
 * (lineage-6) A tie ends exactly when no valid handle is left of its transfer. A
 *      badge is closed when its last tie has ended.
 *
 * (lineage-7) The badge of a session belongs to one resource, and knows its ties. When
 *      the resource is `sessions_only`, a node is revoked unless it or an ancestor is
 *      the top of such a tie.
 * (lineage-8) `origin` is the handle that the provider gets when this one comes home: of
 *      the nearest open ancestor in the provider's space. It is stored before
 *      `valid_at`. The close of a handle there raises the number, if it has descendants.
 *
 * tests/models/handles.pml checks (lineage-2) to (lineage-5) exhaustively, and
 * tests/models/climbs.pml (lineage-8).
 */
#ifndef SI_LINEAGE_H
#define SI_LINEAGE_H

#include <sessio/handle_space.h>

#include "base/list.h"
#include "base/refcount.h"

struct si_badge;

/* A resource that handles stand for. */
struct si_handle_object {
	si_mutex lock; /* (lineage-1) */
	struct si_refcount refs; /* its nodes', its subscriptions', its maker's */
	uint32_t sid; /* fixed, as are the next two */
	uint64_t owner; /* the number of the space that made it */
	void *context;
	_Atomic uint32_t borrowed; /* the first handle, while nobody may close it, or none */
	struct si_badge
		*badge; /* lock; counted until `gone`; the resource is this context, or NULL */
	_Atomic uint64_t number; /* lock to change; (lineage-3) */
	struct si_list ties; /* lock */
	struct si_list subscriptions; /* lock; notice.c */
	bool gone; /* lock; no valid handle is left */
	bool sessions_only; /* lock; (lineage-7) */
};

/* A transfer context. */
struct si_badge {
	struct si_refcount refs;
	_Atomic uint32_t ties; /* (lineage-6) */
	void *context;
	struct si_handle_object *object; /* counted; its handles stand for this badge, or NULL */
	void (*closed)(struct si_badge *badge); /* no lock is held; may be NULL */
	struct si_handle_object *home; /* counted; (lineage-7); NULL: of no session */
	uint32_t session; /* its number; 0: of no session */
	_Atomic bool used; /* the home's lock to change; there has been a tie */
	bool over; /* the home's lock; no more ties */
	struct si_list own_ties; /* the home's lock, if there is one */
};

/* A transfer or copy with a badge; its top is the node that it made. */
struct si_tie {
	struct si_refcount refs; /* its nodes', and one until it has ended */
	uint32_t session; /* fixed, as are the next three; the badge's number */
	void *context; /* the badge's */
	struct si_badge *badge; /* counted until the tie has ended */
	struct si_lineage_node *top;
	struct si_list_node node; /* lock; object->ties */
	struct si_list_node of_badge; /* lock; badge->own_ties, if it is of a session */
	struct si_tie *next; /* of lineage_tree.h's work */
};

/* A handle, or what is left of it. At most 64 bytes. */
struct si_lineage_node {
	uint32_t refs; /* lock, as is all that is not fixed */
	uint32_t live; /* children with a valid edge */
	uint32_t epoch; /* (lineage-2) */
	uint32_t born; /* the parent's epoch */
	struct si_lineage_node *parent; /* counted; NULL for a root and once detached */
	struct si_handle_object *object; /* counted; fixed */
	struct si_tie *tie; /* counted; fixed; of the transfer that it comes from, or NULL */
	_Atomic uint64_t valid_at; /* (lineage-3) */
	_Atomic uint32_t origin; /* (lineage-8) */
	uint32_t value; /* its handle; fixed */
	bool at_home; /* in the provider's space; false once it is closed */
	bool closed;
	bool revoked; /* or detached */
	bool is_top; /* of its tie, which it keeps until it is detached */
};

_Static_assert(sizeof(struct si_lineage_node) <= 64, "a node has at most 64 bytes");

/* Where a handle stands. */
struct si_handle_place {
	uint64_t space;
	uint32_t value;
	uint32_t session; /* set by si_lineage_create_child(): of its badge, 0: of no session */
};

sessio_status si_handle_object_create(
	uint64_t owner, void *context, struct si_handle_object **out_object);
void si_handle_object_ref(struct si_handle_object *object);
void si_handle_object_unref(struct si_handle_object *object);

sessio_status si_badge_create(void *context, struct si_badge **out_badge);
/* The badge of a session, to be tied to handles of this resource alone. */
sessio_status si_badge_create_of_session(struct si_handle_object *home, void *context,
	void (*closed)(struct si_badge *badge), struct si_badge **out_badge);
/* A badge that handles stand for; the object has the first reference. */
sessio_status si_badge_create_object(
	uint64_t owner, void *context, struct si_handle_object **out_object);
/* Gives up what si_badge_create_object() made, before it has had a handle. */
void si_badge_discard_object(struct si_handle_object *object);
/* The badge that an object stands for, with a reference; NULL: none, or gone. */
struct si_badge *si_badge_of(struct si_handle_object *object);
void si_badge_ref(struct si_badge *badge);
void si_badge_unref(struct si_badge *badge);

/* The first node of a resource. */
sessio_status si_lineage_create_root(struct si_handle_object *object,
	const struct si_handle_place *place, struct si_lineage_node **out_node);

/* A descendant, tied to a badge unless that is NULL. The caller has a pin on the parent's slot. */
sessio_status si_lineage_create_child(struct si_lineage_node *parent, struct si_badge *badge,
	struct si_handle_place *place, struct si_lineage_node **out_node);

/* The slow side of si_lineage_is_valid(). */
bool si_lineage_check(struct si_lineage_node *node);

/* Whether nothing was revoked since a node was found valid. The caller has a pin on its slot. */
static inline bool si_lineage_is_surely_valid(struct si_lineage_node *node)
{
	/* Acquire: a revocation that has returned before is seen; the origin (lineage-8). */
	uint64_t number = atomic_load_explicit(&node->object->number, memory_order_acquire);

	return atomic_load_explicit(&node->valid_at, memory_order_acquire) == number;
}

/* Whether a node is not revoked, likewise. */
static inline bool si_lineage_is_valid(struct si_lineage_node *node)
{
	return si_likely(si_lineage_is_surely_valid(node)) || si_lineage_check(node);
}

/* Revokes all descendants; the node itself is closed with them, or stays. */
sessio_status si_lineage_revoke(struct si_lineage_node *node, bool close);

/*
 * Revokes a node, which is not a root, and all its descendants. Its slot stays. No
 * transfer from it or below it has a badge of its own.
 */
void si_lineage_withdraw(struct si_lineage_node *node);

/* Revokes those descendants that transfers with this badge have made, and theirs. */
void si_lineage_revoke_ties(struct si_lineage_node *node, struct si_badge *badge);

/* Revokes all descendants of a session's badge. Nothing is tied to it after that. */
void si_lineage_end_badge(struct si_badge *badge);

/* Revokes all handles of a resource but those of sessions, and those to come. */
void si_lineage_leave_to_sessions(struct si_handle_object *object);

/* Whether no valid handle is left of a resource. */
bool si_lineage_is_gone(struct si_handle_object *object);

/*
 * Fills in what a provider knows of a handle that comes home. That is its own handle, the
 * session, and the context of the badge or else of the resource. The caller has a pin
 * on the node's slot, and found it valid after that.
 */
static inline void si_lineage_origin(struct si_lineage_node *node, sessio_handle_desc *desc)
{
	const struct si_tie *tie = node->tie;

	/* Relaxed: the caller has loaded valid_at (lineage-8). */
	desc->handle = atomic_load_explicit(&node->origin, memory_order_relaxed);
	desc->session = tie == NULL ? 0 : tie->session;
	desc->badge = (uintptr_t)(tie == NULL ? node->object->context : tie->context);
}

/* The slot of a node is gone, and with it this pointer. */
void si_lineage_close(struct si_lineage_node *node);

#endif /* SI_LINEAGE_H */
