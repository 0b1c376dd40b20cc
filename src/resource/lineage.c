/* SPDX-License-Identifier: MIT */
#include "base/lock_order.h"
#include "resource/lineage_tree.h"
#include "resource/notice.h"

static const char object_name[] = "a resource behind handles";
static const char badge_name[] = "a transfer context";
static const char tie_name[] = "a tie of a transfer context";

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

bool si_lineage_check(struct si_lineage_node *node)
{
	struct si_lineage_work work = { 0 };
	bool valid;

	si_mutex_lock(&node->object->lock);
	valid = si_lineage_check_locked(node, &work);
	si_lineage_finish(node->object, &work);
	return valid;
}

static struct si_lineage_node *new_node(
	struct si_handle_object *object, const struct si_handle_place *place)
{
	struct si_lineage_node *node = si_platform_alloc(sizeof(*node));

	if (node != NULL) {
		*node = (struct si_lineage_node){ .refs = 1,
			.object = object,
			.value = place->value,
			.at_home = place->space == object->owner };
		atomic_init(&node->valid_at, 0);
		atomic_init(&node->origin, node->at_home ? node->value : SESSIO_HANDLE_INVALID);
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
		*tie = (struct si_tie){ .session = badge->session,
			.context = badge->context,
			.badge = badge,
			.top = top };
		si_refcount_init(&tie->refs, 2); /* the top's, too */
	}
	return tie;
}

/* Whether a node is valid in this hold, which matters to a tie: no sweep comes again. */
static bool is_valid_now_locked(struct si_lineage_node *node, struct si_lineage_work *work)
{
	while (si_lineage_check_locked(node, work)) {
		/* Relaxed, twice: the lock is held by all that change them. */
		if (atomic_load_explicit(&node->valid_at, memory_order_relaxed) ==
			atomic_load_explicit(&node->object->number, memory_order_relaxed)) {
			return true;
		}
	}
	return false;
}

/* The lock is held, and the parent was found valid in this hold. */
static void add_child_locked(struct si_lineage_node *parent, struct si_lineage_node *node)
{
	parent->refs++;
	parent->live++;
	node->parent = parent;
	node->born = parent->epoch;
	atomic_init(&node->valid_at, atomic_load_explicit(&parent->valid_at, memory_order_relaxed));
	if (!node->at_home) {
		atomic_init(
			&node->origin, atomic_load_explicit(&parent->origin, memory_order_relaxed));
	}
}

static void add_tie_locked(struct si_handle_object *object, struct si_tie *tie)
{
	struct si_badge *badge = tie->badge;

	si_badge_ref(badge);
	/* Relaxed: the caller's reference on the badge orders its accesses. */
	atomic_fetch_add_explicit(&badge->ties, 1, memory_order_relaxed);
	si_list_append(&object->ties, &tie->node);
	if (badge->home != NULL) {
		/* Relaxed: a hint for the thread that has learned that it got no further. */
		atomic_store_explicit(&badge->used, true, memory_order_relaxed);
		si_list_append(&badge->own_ties, &tie->of_badge);
	}
}

static sessio_status link_locked(struct si_lineage_node *parent, struct si_lineage_node *node,
	struct si_tie *tie, struct si_lineage_work *work)
{
	/* A parent that is closed but pinned was closed by its revocation. */
	if (!is_valid_now_locked(parent, work) || (tie != NULL && tie->badge->over)) {
		return SESSIO_REVOKED;
	}
	if (parent->refs >= UINT32_MAX - SI_LINEAGE_STEPS) {
		return SESSIO_LIMIT;
	}
	add_child_locked(parent, node);
	node->is_top = tie != NULL;
	if (tie != NULL) {
		node->tie = tie;
		add_tie_locked(parent->object, tie);
	} else if (parent->tie != NULL) {
		node->tie = parent->tie;
		(void)si_refcount_ref(&parent->tie->refs, tie_name);
	}
	return SESSIO_OK;
}

/* The number of the session that a node is of, 0 for none. */
static uint32_t session_of(const struct si_lineage_node *node)
{
	return node->tie == NULL ? 0 : node->tie->session;
}

sessio_status si_lineage_create_child(struct si_lineage_node *parent, struct si_badge *badge,
	struct si_handle_place *place, struct si_lineage_node **out_node)
{
	struct si_lineage_node *node = new_node(parent->object, place);
	struct si_tie *tie = NULL;
	struct si_lineage_work work = { 0 };
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
	place->session = session_of(node);
	si_lineage_finish(parent->object, &work);
	if (status != SESSIO_OK) {
		si_platform_free(tie);
		si_platform_free(node);
		si_handle_object_unref(parent->object);
		return status;
	}
	*out_node = node;
	return SESSIO_OK;
}

struct sweep {
	const struct si_lineage_node *below; /* ties with this badge, below this node; or NULL */
	const struct si_badge *badge;
};

/*
 * Ends a tie that a revocation has reached. The lock may be released meanwhile, and
 * the tie end by another thread.
 */
static void sweep_tie_locked(
	const struct sweep *sweep, struct si_lineage_node *top, struct si_lineage_work *work)
{
	const struct si_lineage_node *below = sweep->badge == top->tie->badge ? sweep->below : NULL;
	struct si_climb climb;

	top->refs++;
	if (!si_lineage_climb_locked(&climb, top, below, work) || climb.is_below) {
		si_lineage_detach_locked(top, work);
	}
	si_lineage_unref_locked(top, work);
}

/* Ends the ties that a revocation has reached. The lock is released in between. */
static void sweep_locked(struct si_handle_object *object, const struct sweep *sweep,
	struct si_lineage_work *work) SI_HELD(object->lock)
{
	struct si_list_cursor cursor;
	struct si_list_node *at;

	si_list_cursor_begin(&object->ties, &cursor);
	while ((at = si_list_cursor_next(&cursor)) != NULL) {
		sweep_tie_locked(sweep, SI_LIST_ELEMENT(at, struct si_tie, node)->top, work);
		work->steps++;
		if (si_lineage_is_long(work)) {
			si_lineage_let_others_in(object, work);
		}
	}
	si_list_cursor_end(&object->ties, &cursor);
}

sessio_status si_lineage_revoke(struct si_lineage_node *node, bool close)
{
	struct si_handle_object *object = node->object;
	const struct sweep sweep = { NULL, NULL };
	struct si_lineage_work work = { 0 };
	bool full;

	si_mutex_lock(&object->lock);
	full = node->epoch == UINT32_MAX; /* it would come round to what old children remember */
	if (!full) {
		node->epoch++;
		node->live = 0;
	}
	if (!full || close) {
		si_lineage_raise_number_locked(object);
		if (close) {
			node->closed = true;
			node->at_home = false;
			si_lineage_detach_locked(node, &work);
		}
		sweep_locked(object, &sweep, &work);
	}
	si_lineage_finish(object, &work);
	return full && !close ? SESSIO_LIMIT : SESSIO_OK;
}

void si_lineage_withdraw(struct si_lineage_node *node)
{
	struct si_handle_object *object = node->object;
	struct si_lineage_work work = { 0 };

	si_mutex_lock(&object->lock);
	si_lineage_raise_number_locked(object);
	si_lineage_detach_locked(node, &work);
	si_lineage_finish(object, &work);
}

void si_lineage_revoke_ties(struct si_lineage_node *node, struct si_badge *badge)
{
	struct si_handle_object *object = node->object;
	const struct sweep sweep = { node, badge };
	struct si_lineage_work work = { 0 };

	si_mutex_lock(&object->lock);
	si_lineage_raise_number_locked(object);
	sweep_locked(object, &sweep, &work);
	si_lineage_finish(object, &work);
}

void si_lineage_end_badge(struct si_badge *badge)
{
	struct si_handle_object *object = badge->home;
	struct si_lineage_work work = { 0 };

	si_mutex_lock(&object->lock);
	badge->over = true;
	if (!si_list_is_empty(&badge->own_ties)) {
		si_lineage_raise_number_locked(object);
	}
	while (!si_list_is_empty(&badge->own_ties)) {
		struct si_tie *tie =
			SI_LIST_ELEMENT(badge->own_ties.first, struct si_tie, of_badge);

		si_lineage_detach_locked(tie->top, &work);
		work.steps++;
		if (si_lineage_is_long(&work)) {
			si_lineage_let_others_in(object, &work);
		}
	}
	si_lineage_finish(object, &work);
}

void si_lineage_leave_to_sessions(struct si_handle_object *object)
{
	const struct sweep sweep = { NULL, NULL };
	struct si_lineage_work work = { 0 };

	si_mutex_lock(&object->lock);
	object->sessions_only = true;
	si_lineage_raise_number_locked(object);
	sweep_locked(object, &sweep, &work);
	si_lineage_finish(object, &work);
}

bool si_lineage_is_gone(struct si_handle_object *object)
{
	bool gone;

	si_mutex_lock(&object->lock);
	gone = object->gone;
	si_mutex_unlock(&object->lock);
	return gone;
}

/* Takes closed parents out of the way. No descendant comes home by this handle any more. */
static void leave_descendants_locked(struct si_lineage_node *node, struct si_lineage_work *work)
{
	struct si_climb climb;

	if (node->at_home) {
		node->at_home = false;
		si_lineage_raise_number_locked(node->object); /* (lineage-8) */
	}
	(void)si_lineage_climb_locked(&climb, node, NULL, work);
}

void si_lineage_close(struct si_lineage_node *node)
{
	struct si_handle_object *object = node->object;
	struct si_lineage_work work = { 0 };

	si_handle_object_ref(object); /* its nodes may be the last to hold it */
	si_mutex_lock(&object->lock);
	node->closed = true;
	if (node->live == 0) {
		si_lineage_detach_locked(node, &work);
	} else {
		leave_descendants_locked(node, &work);
	}
	si_lineage_unref_locked(node, &work);
	si_lineage_finish(object, &work);
	si_handle_object_unref(object);
}
