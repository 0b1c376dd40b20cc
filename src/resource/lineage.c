/* SPDX-License-Identifier: MIT */
#include "resource/lineage.h"

#include <sessio/handle_space.h>

#include "base/lock_order.h"
#include "base/waiting.h"
#include "resource/notice.h"

/* A transfer or copy with a badge; its top is the node that it made. */
struct si_tie {
	struct si_list_node node; /* lock; object->ties */
	struct si_list_node of_badge; /* lock; badge->own_ties, if it is of a session */
	struct si_badge *badge; /* counted; fixed, as is the next */
	struct si_lineage_node *top;
	struct si_tie *next; /* of a struct work */
};

/* The work that is left for when the lock is released. */
struct work {
	struct si_tie *ties; /* that have ended */
	struct si_lineage_node *dead; /* that have no reference; by parent */
	struct si_badge *badge; /* of the object, if that is gone */
};

/* Ties looked at before the lock is released for others. */
#define CHUNK 64u

static const char object_name[] = "a resource behind handles";
static const char badge_name[] = "a transfer context";

sessio_status si_handle_object_create(
	uint64_t owner, void *context, struct si_handle_object **out_object)
{
	static _Atomic uint32_t last_sid;
	struct si_handle_object *object = si_platform_alloc(sizeof(*object));

	if (object == NULL) {
		return SESSIO_NO_MEMORY;
	}
	*object = (struct si_handle_object){ .owner = owner, .context = context };
	if (!si_mutex_init(&object->lock, SI_RANK_LINEAGE)) {
		si_platform_free(object);
		return SESSIO_NO_MEMORY;
	}
	/* Relaxed: only the numbers have to differ. */
	object->sid = atomic_fetch_add_explicit(&last_sid, 1, memory_order_relaxed) + 1;
	si_refcount_init(&object->refs, 1);
	atomic_init(&object->number, 0);
	atomic_init(&object->borrowed, SESSIO_HANDLE_INVALID);
	*out_object = object;
	return SESSIO_OK;
}

void si_handle_object_ref(struct si_handle_object *object)
{
	(void)si_refcount_ref(&object->refs, object_name);
}

void si_handle_object_unref(struct si_handle_object *object)
{
	if (si_refcount_unref(&object->refs, object_name)) {
		si_mutex_fini(&object->lock);
		si_platform_free(object);
	}
}

sessio_status si_badge_create(void *context, struct si_badge **out_badge)
{
	struct si_badge *badge = si_platform_alloc(sizeof(*badge));

	if (badge == NULL) {
		return SESSIO_NO_MEMORY;
	}
	*badge = (struct si_badge){ .context = context };
	si_refcount_init(&badge->refs, 1);
	atomic_init(&badge->ties, 0);
	*out_badge = badge;
	return SESSIO_OK;
}

void si_badge_ref(struct si_badge *badge)
{
	(void)si_refcount_ref(&badge->refs, badge_name);
}

void si_badge_unref(struct si_badge *badge)
{
	if (si_refcount_unref(&badge->refs, badge_name)) {
		if (badge->object != NULL) {
			si_handle_object_unref(badge->object);
		}
		if (badge->home != NULL) {
			si_handle_object_unref(badge->home);
		}
		si_platform_free(badge);
	}
}

sessio_status si_badge_create_of_session(struct si_handle_object *home, void *context,
	void (*closed)(struct si_badge *badge), struct si_badge **out_badge)
{
	sessio_status status = si_badge_create(context, out_badge);

	if (status == SESSIO_OK) {
		si_handle_object_ref(home);
		(*out_badge)->home = home;
		(*out_badge)->closed = closed;
	}
	return status;
}

static void say_closed(struct si_badge *badge)
{
	si_notice_raise(badge->object, SI_EVENT_BADGE_CLOSED);
}

sessio_status si_badge_create_object(
	uint64_t owner, void *context, struct si_handle_object **out_object)
{
	struct si_handle_object *object;
	struct si_badge *badge;
	sessio_status status = si_badge_create(context, &badge);

	if (status != SESSIO_OK) {
		return status;
	}
	status = si_handle_object_create(owner, context, &object);
	if (status != SESSIO_OK) {
		si_badge_unref(badge);
		return status;
	}
	si_handle_object_ref(object);
	badge->object = object;
	badge->closed = say_closed;
	object->badge = badge;
	*out_object = object;
	return SESSIO_OK;
}

void si_badge_discard_object(struct si_handle_object *object)
{
	si_badge_unref(object->badge);
	si_handle_object_unref(object);
}

struct si_badge *si_badge_of(struct si_handle_object *object)
{
	struct si_badge *badge;

	si_mutex_lock(&object->lock);
	badge = object->badge;
	if (badge != NULL) {
		si_badge_ref(badge);
	}
	si_mutex_unlock(&object->lock);
	return badge;
}

static void unref_locked(struct si_lineage_node *node, struct work *work)
{
	if (--node->refs == 0) {
		node->parent = work->dead;
		work->dead = node;
	}
}

/* Unlocks, and does what must not be done with the lock held. */
static void finish(struct si_handle_object *object, struct work *work) SI_RELEASES(&object->lock)
{
	si_mutex_unlock(&object->lock);
	si_wait_wake();
	while (work->ties != NULL) {
		struct si_tie *tie = work->ties;
		struct si_badge *badge = tie->badge;

		work->ties = tie->next;
		/* Release: the use of the tie. Acquire: that of all others. */
		if (atomic_fetch_sub_explicit(&badge->ties, 1, memory_order_acq_rel) == 1 &&
			badge->closed != NULL) {
			badge->closed(badge);
		}
		si_badge_unref(badge);
		si_platform_free(tie);
	}
	if (work->badge != NULL) {
		si_badge_unref(work->badge);
		work->badge = NULL;
	}
	while (work->dead != NULL) {
		struct si_lineage_node *node = work->dead;

		work->dead = node->parent;
		si_platform_free(node);
		si_handle_object_unref(object);
	}
}

/* A node gives up its place: nothing valid is below it (lineage-5). */
static void leave_place_locked(struct si_lineage_node *node, struct work *work)
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

/* Detaches a node, and those closed ancestors that have no valid children without it. */
static void detach_locked(struct si_lineage_node *node, struct work *work)
{
	bool held = false; /* the reference of the child before */

	while (!node->revoked) {
		struct si_lineage_node *parent = node->parent;
		bool ends;

		leave_place_locked(node, work);
		node->parent = NULL;
		if (parent != NULL && node->born == parent->epoch) {
			parent->live--;
		}
		if (held) {
			unref_locked(node, work);
		}
		if (parent == NULL) {
			return;
		}
		ends = parent->closed && parent->live == 0 && !parent->revoked;
		if (!ends) {
			unref_locked(parent, work);
			return;
		}
		node = parent;
		held = true;
	}
}

/* Takes a closed parent out of the way; the edges on both of its sides are valid. */
static void splice_locked(struct si_lineage_node *node, struct work *work)
{
	struct si_lineage_node *parent = node->parent;
	struct si_lineage_node *above = parent->parent;

	node->parent = above;
	node->born = parent->born;
	above->refs++;
	above->live++;
	if (--parent->live == 0) {
		detach_locked(parent, work);
	}
	unref_locked(parent, work);
}

/* Whether nothing between a node and its root is revoked (lineage-3). */
static bool is_valid_locked(struct si_lineage_node *node, struct work *work)
{
	struct si_lineage_node *at = node;
	bool excluded = node->object->sessions_only; /* (lineage-7) */

	while (!at->revoked && at->parent != NULL) {
		struct si_lineage_node *parent = at->parent;

		excluded = excluded && !(at->is_top && at->tie->badge->home != NULL);
		if (at->born != parent->epoch || parent->revoked) {
			return false;
		}
		if (parent->closed && parent->parent != NULL && !parent->is_top) {
			if (parent->born != parent->parent->epoch) {
				return false;
			}
			splice_locked(at, work);
		} else {
			at = parent;
		}
	}
	return !at->revoked && !excluded;
}

/* The same, and remembers the verdict. */
static bool check_locked(struct si_lineage_node *node, struct work *work)
{
	bool valid = is_valid_locked(node, work);

	if (valid) {
		/* Relaxed, twice: the lock is held by all that change them. */
		atomic_store_explicit(&node->valid_at,
			atomic_load_explicit(&node->object->number, memory_order_relaxed),
			memory_order_relaxed);
	} else if (node->parent != NULL) { /* a root keeps its place, for its sessions' handles */
		detach_locked(node, work);
	}
	return valid;
}

bool si_lineage_check(struct si_lineage_node *node)
{
	struct work work = { 0 };
	bool valid;

	si_mutex_lock(&node->object->lock);
	valid = check_locked(node, &work);
	finish(node->object, &work);
	return valid;
}

static struct si_lineage_node *new_node(
	struct si_handle_object *object, const struct si_handle_place *place)
{
	struct si_lineage_node *node = si_platform_alloc(sizeof(*node));

	if (node != NULL) {
		*node = (struct si_lineage_node){ .refs = 1, .object = object };
		node->space = place->space;
		node->value = place->value;
		si_handle_object_ref(object);
	}
	return node;
}

sessio_status si_lineage_create_root(struct si_handle_object *object,
	const struct si_handle_place *place, struct si_lineage_node **out_node)
{
	*out_node = new_node(object, place);
	return *out_node == NULL ? SESSIO_NO_MEMORY : SESSIO_OK;
}

static struct si_tie *new_tie(struct si_badge *badge, struct si_lineage_node *top)
{
	struct si_tie *tie = si_platform_alloc(sizeof(*tie));

	if (tie != NULL) {
		*tie = (struct si_tie){ .badge = badge, .top = top };
	}
	return tie;
}

static sessio_status link_locked(struct si_lineage_node *parent, struct si_lineage_node *node,
	struct si_tie *tie, struct work *work)
{
	/* A parent that is closed but pinned was closed by its revocation. */
	if (!check_locked(parent, work) || (tie != NULL && tie->badge->over)) {
		return SESSIO_REVOKED;
	}
	if (parent->refs >= UINT32_MAX - 1) {
		return SESSIO_LIMIT;
	}
	parent->refs++;
	parent->live++;
	node->parent = parent;
	node->born = parent->epoch;
	node->tie = tie == NULL ? parent->tie : tie;
	node->is_top = tie != NULL;
	atomic_init(&node->valid_at, atomic_load_explicit(&parent->valid_at, memory_order_relaxed));
	if (tie != NULL) {
		si_badge_ref(tie->badge);
		/* Relaxed: the caller's reference on the badge orders its accesses. */
		atomic_fetch_add_explicit(&tie->badge->ties, 1, memory_order_relaxed);
		si_list_append(&parent->object->ties, &tie->node);
	}
	if (tie != NULL && tie->badge->home != NULL) {
		/* Relaxed: a hint for the thread that has learned that it got no further. */
		atomic_store_explicit(&tie->badge->used, true, memory_order_relaxed);
		si_list_append(&tie->badge->own_ties, &tie->of_badge);
	}
	return SESSIO_OK;
}

/* The number of the session that a valid node is of, 0 for none. */
static uint32_t session_of_locked(const struct si_lineage_node *node)
{
	return node->tie == NULL ? 0 : node->tie->badge->session;
}

sessio_status si_lineage_create_child(struct si_lineage_node *parent, struct si_badge *badge,
	struct si_handle_place *place, struct si_lineage_node **out_node)
{
	struct si_lineage_node *node = new_node(parent->object, place);
	struct si_tie *tie = NULL;
	struct work work = { 0 };
	sessio_status status;

	if (node == NULL) {
		return SESSIO_NO_MEMORY;
	}
	if (badge != NULL && (tie = new_tie(badge, node)) == NULL) {
		si_platform_free(node);
		si_handle_object_unref(parent->object);
		return SESSIO_NO_MEMORY;
	}
	si_mutex_lock(&parent->object->lock);
	status = link_locked(parent, node, tie, &work);
	place->session = session_of_locked(node);
	finish(parent->object, &work);
	if (status != SESSIO_OK) {
		si_platform_free(tie);
		si_platform_free(node);
		si_handle_object_unref(parent->object);
		return status;
	}
	*out_node = node;
	return SESSIO_OK;
}

/* Whether `ancestor` is above a node, as far as walks can see. */
static bool is_below(const struct si_lineage_node *node, const struct si_lineage_node *ancestor)
{
	do {
		node = node->parent;
	} while (node != NULL && node != ancestor);
	return node != NULL;
}

struct sweep {
	const struct si_lineage_node *below; /* ties with this badge, below this node; or NULL */
	const struct si_badge *badge;
};

static bool is_to_end(const struct sweep *sweep, const struct si_tie *tie, struct work *work)
{
	if (!is_valid_locked(tie->top, work)) {
		return true;
	}
	return sweep->badge == tie->badge && is_below(tie->top, sweep->below);
}

/* Ends the ties that a revocation has reached. The lock is released in between. */
static void sweep_locked(struct si_handle_object *object, const struct sweep *sweep,
	struct work *work) SI_HELD(object->lock)
{
	struct si_list_cursor cursor;
	struct si_list_node *at;
	unsigned count = 0;

	si_list_cursor_begin(&object->ties, &cursor);
	while ((at = si_list_cursor_next(&cursor)) != NULL) {
		struct si_tie *tie = SI_LIST_ELEMENT(at, struct si_tie, node);

		if (is_to_end(sweep, tie, work)) {
			detach_locked(tie->top, work);
		}
		if (++count % CHUNK == 0) {
			finish(object, work);
			si_mutex_lock(&object->lock);
		}
	}
	si_list_cursor_end(&object->ties, &cursor);
}

static void raise_number_locked(struct si_handle_object *object)
{
	/* Release: a lookup that sees it and takes the lock sees what was revoked. */
	atomic_fetch_add_explicit(&object->number, 1, memory_order_release);
}

sessio_status si_lineage_revoke(struct si_lineage_node *node, bool close)
{
	struct si_handle_object *object = node->object;
	const struct sweep sweep = { NULL, NULL };
	struct work work = { 0 };
	bool full;

	si_mutex_lock(&object->lock);
	full = node->epoch == UINT32_MAX; /* it would come round to what old children remember */
	if (!full) {
		node->epoch++;
		node->live = 0;
	}
	if (!full || close) {
		raise_number_locked(object);
		if (close) {
			node->closed = true;
			node->space = 0;
			detach_locked(node, &work);
		}
		sweep_locked(object, &sweep, &work);
	}
	finish(object, &work);
	return full && !close ? SESSIO_LIMIT : SESSIO_OK;
}

void si_lineage_withdraw(struct si_lineage_node *node)
{
	struct si_handle_object *object = node->object;
	struct work work = { 0 };

	si_mutex_lock(&object->lock);
	raise_number_locked(object);
	detach_locked(node, &work);
	finish(object, &work);
}

void si_lineage_revoke_ties(struct si_lineage_node *node, struct si_badge *badge)
{
	struct si_handle_object *object = node->object;
	const struct sweep sweep = { node, badge };
	struct work work = { 0 };

	si_mutex_lock(&object->lock);
	raise_number_locked(object);
	sweep_locked(object, &sweep, &work);
	finish(object, &work);
}

void si_lineage_end_badge(struct si_badge *badge)
{
	struct si_handle_object *object = badge->home;
	struct work work = { 0 };
	unsigned count = 0;

	si_mutex_lock(&object->lock);
	badge->over = true;
	if (!si_list_is_empty(&badge->own_ties)) {
		raise_number_locked(object);
	}
	while (!si_list_is_empty(&badge->own_ties)) {
		struct si_tie *tie =
			SI_LIST_ELEMENT(badge->own_ties.first, struct si_tie, of_badge);

		detach_locked(tie->top, &work);
		if (++count % CHUNK == 0) {
			finish(object, &work);
			si_mutex_lock(&object->lock);
		}
	}
	finish(object, &work);
}

void si_lineage_leave_to_sessions(struct si_handle_object *object)
{
	const struct sweep sweep = { NULL, NULL };
	struct work work = { 0 };

	si_mutex_lock(&object->lock);
	object->sessions_only = true;
	raise_number_locked(object);
	sweep_locked(object, &sweep, &work);
	finish(object, &work);
}

bool si_lineage_is_gone(struct si_handle_object *object)
{
	bool gone;

	si_mutex_lock(&object->lock);
	gone = object->gone;
	si_mutex_unlock(&object->lock);
	return gone;
}

sessio_status si_lineage_find_origin(
	struct si_lineage_node *node, uint64_t space, struct si_handle_origin *out_origin)
{
	struct work work = { 0 };
	bool valid;

	si_mutex_lock(&node->object->lock);
	valid = check_locked(node, &work);
	if (valid) {
		const struct si_lineage_node *at = node;

		while (at != NULL && at->space != space) {
			at = at->parent;
		}
		*out_origin = (struct si_handle_origin){ .value = at == NULL ? 0 : at->value,
			.found = at != NULL,
			.session = session_of_locked(node),
			.context = node->tie == NULL ? node->object->context
						     : node->tie->badge->context };
	}
	finish(node->object, &work);
	return valid ? SESSIO_OK : SESSIO_REVOKED;
}

void si_lineage_close(struct si_lineage_node *node)
{
	struct si_handle_object *object = node->object;
	struct work work = { 0 };

	si_handle_object_ref(object); /* its nodes may be the last to hold it */
	si_mutex_lock(&object->lock);
	node->closed = true;
	node->space = 0;
	if (node->live == 0) {
		detach_locked(node, &work);
	} else {
		(void)is_valid_locked(node, &work); /* takes closed parents out of the way */
	}
	unref_locked(node, &work);
	finish(object, &work);
	si_handle_object_unref(object);
}
