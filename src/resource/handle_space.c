/* SPDX-License-Identifier: MIT */
#include "resource/handle_space_slot.h"

#include "base/lock_order.h"
#include "base/thread_frame.h"
#include "resource/session_handle.h"

static const char scope_kind; /* frames whose value is the space that a thread uses */

static _Atomic(struct sessio_handle_space *) own_space;

/* A number that others cannot easily guess: the clock, an address and a count, mixed. */
static uint32_t new_secret(const void *address, uint64_t count)
{
	uint64_t mixed = si_platform_now_ns() ^ (uint64_t)(uintptr_t)address << 24 ^ count << 56;

	mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(mixed ^ (mixed >> 31));
}

sessio_status sessio_handle_space_create(sessio_handle_space **out_space)
{
	static _Atomic uint64_t last_number;
	struct sessio_handle_space *space;

	if (out_space == NULL) {
		return SESSIO_INVALID_ARG;
	}
	space = si_platform_alloc(sizeof(*space));
	if (space == NULL) {
		return SESSIO_NO_MEMORY;
	}
	*space = (struct sessio_handle_space){ .made = 0 };
	if (!si_mutex_init(&space->lock, SI_RANK_SPACE)) {
		si_platform_free(space);
		return SESSIO_NO_MEMORY;
	}
	/* Relaxed: only the numbers have to differ. */
	space->number = atomic_fetch_add_explicit(&last_number, 1, memory_order_relaxed) + 1;
	space->secret = new_secret(space, space->number);
	*out_space = space;
	return SESSIO_OK;
}

static void destroy(struct sessio_handle_space *space)
{
	si_handle_close_all(space);
	SI_BUG_IF(space->open != 0, "a handle space goes while a handle is used");
	for (unsigned i = 0; i < SI_HANDLE_CHUNKS; i++) {
		si_platform_free(
			si_handle_slot_at(space, si_chunks_first(i, SI_HANDLE_FIRST_BITS)));
	}
	si_mutex_fini(&space->lock);
	si_platform_free(space);
}

void sessio_handle_space_destroy(sessio_handle_space *space)
{
	if (space == NULL) {
		return;
	}
	/* Relaxed: a compare with an address that the caller has. */
	SI_BUG_IF(space == atomic_load_explicit(&own_space, memory_order_relaxed),
		"the process's own handle space is never destroyed");
	destroy(space);
}

void si_handle_space_end_own(void)
{
	/* Acquire: whole, and all that other threads did in it. */
	struct sessio_handle_space *space =
		atomic_exchange_explicit(&own_space, NULL, memory_order_acquire);

	if (space != NULL) {
		destroy(space);
	}
}

void si_handle_space_end_empty_own(void)
{
	/* Acquire: whole. */
	struct sessio_handle_space *space = atomic_load_explicit(&own_space, memory_order_acquire);

	if (sessio_handle_space_count(space) == 0) {
		si_handle_space_end_own();
	}
}

sessio_handle_space *sessio_handle_space_own(void)
{
	/* Acquire: the space that another thread made, whole. */
	struct sessio_handle_space *space = atomic_load_explicit(&own_space, memory_order_acquire);
	struct sessio_handle_space *none = NULL;

	if (si_likely(space != NULL) || sessio_handle_space_create(&space) != SESSIO_OK) {
		return space;
	}
	/* Release: our space, whole. Acquire: another's, if it was first. */
	if (!atomic_compare_exchange_strong_explicit(
		    &own_space, &none, space, memory_order_acq_rel, memory_order_acquire)) {
		sessio_handle_space_destroy(space);
		return none;
	}
	return space;
}

_Static_assert(sizeof(struct si_thread_frame) <= sizeof(sessio_handle_scope) &&
		_Alignof(struct si_thread_frame) <= _Alignof(sessio_handle_scope),
	"a scope has room for a frame");

sessio_status sessio_handle_space_enter(sessio_handle_space *space, sessio_handle_scope *scope)
{
	struct si_thread_frame *frame = (struct si_thread_frame *)(void *)scope;
	const struct si_thread_frame *at = si_platform_thread_get();

	if (space == NULL || scope == NULL) {
		return SESSIO_INVALID_ARG;
	}
	while (at != NULL && at != frame) {
		at = at->outer;
	}
	if (at != NULL) {
		return SESSIO_BAD_STATE;
	}
	si_thread_push(frame, &scope_kind, space);
	return SESSIO_OK;
}

void sessio_handle_space_leave(sessio_handle_scope *scope)
{
	if (scope != NULL) {
		si_thread_pop((struct si_thread_frame *)(void *)scope);
	}
}

sessio_handle_space *sessio_handle_space_entered(void)
{
	struct si_thread_frame *frame = si_thread_find_own(&scope_kind);

	return frame == NULL ? sessio_handle_space_own() : frame->value;
}

size_t sessio_handle_space_count(sessio_handle_space *space)
{
	size_t count;

	if (space == NULL) {
		return 0;
	}
	si_mutex_lock(&space->lock);
	count = space->open;
	si_mutex_unlock(&space->lock);
	return count;
}

static sessio_status look_up(struct sessio_handle_space *space, uint32_t handle, uint32_t rights,
	struct si_handle_pin *out_pin)
{
	sessio_status status = si_handle_pin(space, handle, out_pin);

	if (si_unlikely(status != SESSIO_OK)) {
		return status;
	}
	if (si_unlikely(!si_lineage_is_valid(out_pin->node))) {
		status = SESSIO_REVOKED;
	} else if (si_unlikely((rights & ~out_pin->rights) != 0)) {
		status = SESSIO_NO_RIGHTS;
	}
	if (si_unlikely(status != SESSIO_OK)) {
		(void)si_handle_unpin(space, out_pin);
	}
	return status;
}

sessio_status si_handle_look_up(struct sessio_handle_space *space, uint32_t handle, uint32_t rights,
	struct si_handle_pin *out_pin)
{
	return look_up(space, handle, rights, out_pin);
}

sessio_status si_handle_look_up_badge(
	struct sessio_handle_space *space, uint32_t handle, struct si_badge **out_badge)
{
	struct si_handle_pin pin;
	sessio_status status;

	if (handle == SESSIO_HANDLE_INVALID) {
		*out_badge = NULL;
		return SESSIO_OK;
	}
	status = si_handle_look_up(space, handle, 0, &pin);
	if (status == SESSIO_OK) {
		*out_badge = si_badge_of(pin.node->object);
		(void)si_handle_unpin(space, &pin);
		status = *out_badge == NULL ? SESSIO_INVALID_ARG : SESSIO_OK;
	}
	return status;
}

sessio_status si_handle_create_first(struct sessio_handle_space *space,
	struct si_handle_object *object, uint32_t rights, uint32_t *out_handle)
{
	struct si_handle_place place = { .space = space->number };
	struct si_lineage_node *node;
	uint32_t index;
	sessio_status status = si_handle_reserve(space, &index, &place.value);

	if (status != SESSIO_OK) {
		return status;
	}
	status = si_lineage_create_root(object, &place, &node);
	if (status != SESSIO_OK) {
		si_handle_give_back(space, index);
		return status;
	}
	*out_handle = place.value;
	si_handle_publish(space, index, node, rights);
	return SESSIO_OK;
}

sessio_status sessio_handle_space_create_object(
	sessio_handle_space *space, uint32_t rights, void *context, uint32_t *out_handle)
{
	struct si_handle_object *object;
	sessio_status status;

	if (space == NULL || out_handle == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = si_handle_object_create(space->number, context, &object);
	if (status == SESSIO_OK) {
		status = si_handle_create_first(space, object, rights, out_handle);
		si_handle_object_unref(object);
	}
	return status;
}

sessio_status sessio_handle_space_create_badge(
	sessio_handle_space *space, void *context, uint32_t *out_handle)
{
	struct si_handle_object *object;
	sessio_status status;

	if (space == NULL || out_handle == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = si_badge_create_object(space->number, context, &object);
	if (status != SESSIO_OK) {
		return status;
	}
	status = si_handle_create_first(
		space, object, SESSIO_HANDLE_GET_SID | SESSIO_HANDLE_GET_EVENT, out_handle);
	if (status != SESSIO_OK) {
		si_badge_discard_object(object);
		return status;
	}
	si_handle_object_unref(object);
	return SESSIO_OK;
}

/* A descendant of a pinned handle in this space. */
static sessio_status descend(struct sessio_handle_space *to, const struct si_handle_pin *pin,
	struct si_badge *badge, sessio_handle_desc *desc)
{
	struct si_handle_place place = { .space = to->number };
	struct si_lineage_node *node;
	uint32_t index;
	sessio_status status = si_handle_reserve(to, &index, &place.value);

	if (status != SESSIO_OK) {
		return status;
	}
	status = si_lineage_create_child(pin->node, badge, &place, &node);
	if (status != SESSIO_OK) {
		si_handle_give_back(to, index);
		return status;
	}
	desc->handle = place.value;
	desc->session = place.session;
	si_handle_publish(to, index, node, desc->rights);
	return SESSIO_OK;
}

/* The rights that a sender gives; SESSIO_NO_RIGHTS if it has not all of them. */
static sessio_status rights_to_give(uint32_t wanted, uint32_t has, uint32_t *out_rights)
{
	if (wanted == SESSIO_HANDLE_SAME_RIGHTS) {
		wanted = has;
	}
	*out_rights = wanted;
	return (wanted & ~has) == 0 ? SESSIO_OK : SESSIO_NO_RIGHTS;
}

/* The badge of a container, with a reference; NULL if it has none. */
static sessio_status find_badge(struct sessio_handle_space *from, const struct si_handle_pin *pin,
	const sessio_handle_desc *sent, struct si_badge **out_badge)
{
	if (sent->session == 0) {
		return si_handle_look_up_badge(from, (uint32_t)sent->badge, out_badge);
	}
	if (pin->node->object->owner != from->number) {
		return SESSIO_INVALID_ARG;
	}
	*out_badge = si_session_handle_badge(sent);
	if (*out_badge == NULL) {
		return SESSIO_REVOKED;
	}
	if ((*out_badge)->home != pin->node->object) {
		si_badge_unref(*out_badge);
		return SESSIO_INVALID_ARG;
	}
	return SESSIO_OK;
}

/* Fills in the handle, which gets the rights that are there. */
static sessio_status descend_with(struct sessio_handle_space *from, const struct si_handle_pin *pin,
	const sessio_handle_desc *sent, struct sessio_handle_space *to,
	sessio_handle_desc *received)
{
	struct si_badge *badge;
	sessio_status status = find_badge(from, pin, sent, &badge);

	if (status != SESSIO_OK) {
		return status;
	}
	status = descend(to, pin, badge, received);
	if (badge != NULL) {
		si_badge_unref(badge);
	}
	return status;
}

sessio_status sessio_handle_space_copy(sessio_handle_space *space, uint32_t handle, uint32_t rights,
	uint32_t badge, uint32_t *out_handle)
{
	sessio_handle_desc sent = { .handle = handle, .badge = badge };
	sessio_handle_desc made = { .handle = handle };
	struct si_handle_pin pin;
	sessio_status status;

	if (space == NULL || out_handle == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = si_handle_look_up(space, handle, SESSIO_HANDLE_COPY, &pin);
	if (status != SESSIO_OK) {
		return status;
	}
	status = rights_to_give(rights, pin.rights, &made.rights);
	if (status == SESSIO_OK) {
		status = descend_with(space, &pin, &sent, space, &made);
	}
	(void)si_handle_unpin(space, &pin);
	if (status == SESSIO_OK) {
		*out_handle = made.handle;
	}
	return status;
}

static sessio_status pass_on(struct sessio_handle_space *from, const struct si_handle_pin *pin,
	const sessio_handle_desc *sent, struct sessio_handle_space *to,
	sessio_handle_desc *out_received)
{
	sessio_handle_desc received = { .handle = SESSIO_HANDLE_INVALID };
	sessio_status status = rights_to_give(sent->rights, pin->rights, &received.rights);

	if (status == SESSIO_OK && (pin->rights & SESSIO_HANDLE_TRANSFER) == 0) {
		status = SESSIO_NO_RIGHTS;
	}
	if (status == SESSIO_OK) {
		status = descend_with(from, pin, sent, to, &received);
	}
	if (status == SESSIO_OK) {
		*out_received = received;
	}
	return status;
}

/* Fills in a dereferenced container. */
static inline void come_home(
	const struct si_handle_pin *pin, uint32_t rights, sessio_handle_desc *out_received)
{
	si_lineage_origin(pin->node, out_received);
	out_received->rights = rights;
	out_received->dereferenced = 1;
}

static sessio_status dereference(const struct si_handle_pin *pin, const sessio_handle_desc *sent,
	sessio_handle_desc *out_received)
{
	uint32_t rights;
	sessio_status status = rights_to_give(sent->rights, pin->rights, &rights);

	if (status == SESSIO_OK) {
		come_home(pin, rights, out_received);
	}
	return status;
}

/* A transfer of a handle that is pinned already; `what` has its index and its rights. */
static SI_NOINLINE sessio_status transfer_pinned(struct sessio_handle_space *from,
	const sessio_handle_desc *sent, struct sessio_handle_space *to,
	sessio_handle_desc *out_received, struct si_handle_slot *slot, uint64_t what)
{
	const struct si_handle_pin pin = { .slot = slot,
		.node = si_handle_node_of(slot),
		.index = (uint32_t)(what >> 32),
		.rights = (uint32_t)what };
	sessio_status status = SESSIO_REVOKED;

	if (si_lineage_is_valid(pin.node)) {
		status = pin.node->object->owner == to->number
			? dereference(&pin, sent, out_received)
			: pass_on(from, &pin, sent, to, out_received);
	}
	(void)si_handle_unpin(from, &pin);
	return status;
}

/*
 * The way home is quick: two read-modify-writes, and no call that it comes back from, so
 * that a compiler needs no stack. A read-modify-write waits for the stores before it.
 */
sessio_status sessio_handle_space_transfer(sessio_handle_space *from,
	const sessio_handle_desc *sent, sessio_handle_space *to, sessio_handle_desc *out_received)
{
	struct si_handle_pin pin;
	uint64_t met = 0;

	if (si_unlikely(from == NULL || sent == NULL || to == NULL || out_received == NULL)) {
		return SESSIO_INVALID_ARG;
	}
	if (si_unlikely(!si_handle_try_pin(from, sent->handle, &pin, &met))) {
		return si_handle_refuse_pin(from, pin.slot, pin.index, met);
	}
	pin.node = si_handle_node_of(pin.slot);
	if (si_unlikely(pin.node->object->owner != to->number ||
		    sent->rights != SESSIO_HANDLE_SAME_RIGHTS ||
		    !si_lineage_is_surely_valid(pin.node))) {
		return transfer_pinned(from, sent, to, out_received, pin.slot,
			(uint64_t)pin.index << 32 | pin.rights);
	}
	come_home(&pin, pin.rights, out_received);
	return si_handle_unpin(from, &pin);
}

/* Whether a pinned handle is its provider's own, which others may use at any time. */
static bool is_borrowed(
	const struct sessio_handle_space *space, uint32_t handle, const struct si_handle_pin *pin)
{
	const struct si_handle_object *object = pin->node->object;

	/* Relaxed: the number says all. */
	return object->owner == space->number &&
		atomic_load_explicit(&object->borrowed, memory_order_relaxed) == handle;
}

static sessio_status close_handle(struct sessio_handle_space *space, uint32_t handle, bool any)
{
	struct si_handle_pin pin;
	sessio_status status = si_handle_pin(space, handle, &pin);

	if (status != SESSIO_OK) {
		return status;
	}
	if (!any && is_borrowed(space, handle, &pin)) {
		status = SESSIO_BAD_STATE;
	} else if (!si_handle_mark_closed(&pin)) {
		status = SESSIO_INVALID_ARG;
	}
	(void)si_handle_unpin(space, &pin);
	return status;
}

sessio_status si_handle_close(struct sessio_handle_space *space, uint32_t handle)
{
	return close_handle(space, handle, true);
}

sessio_status sessio_handle_space_close(sessio_handle_space *space, uint32_t handle)
{
	return space == NULL ? SESSIO_INVALID_ARG : close_handle(space, handle, false);
}

sessio_status sessio_handle_space_revoke(sessio_handle_space *space, uint32_t handle, bool close)
{
	struct si_handle_pin pin;
	sessio_status status;

	if (space == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = si_handle_look_up(space, handle, 0, &pin);
	if (status != SESSIO_OK) {
		return status;
	}
	if (close && !si_handle_mark_closed(&pin)) {
		status = SESSIO_INVALID_ARG; /* another thread was first */
	} else {
		status = si_lineage_revoke(pin.node, close);
	}
	(void)si_handle_unpin(space, &pin);
	return status;
}

sessio_status si_handle_withdraw(struct sessio_handle_space *space, uint32_t handle)
{
	struct si_handle_pin pin;
	sessio_status status = si_handle_pin(space, handle, &pin);

	if (status == SESSIO_OK) {
		si_lineage_withdraw(pin.node);
		(void)si_handle_unpin(space, &pin);
	}
	return status;
}

sessio_status sessio_handle_space_revoke_badge(
	sessio_handle_space *space, uint32_t handle, uint32_t badge)
{
	struct si_handle_pin pin;
	struct si_badge *known;
	sessio_status status;

	if (space == NULL || badge == SESSIO_HANDLE_INVALID) {
		return SESSIO_INVALID_ARG;
	}
	status = si_handle_look_up(space, handle, 0, &pin);
	if (status != SESSIO_OK) {
		return status;
	}
	status = si_handle_look_up_badge(space, badge, &known);
	if (status == SESSIO_OK) {
		si_lineage_revoke_ties(pin.node, known);
		si_badge_unref(known);
	}
	(void)si_handle_unpin(space, &pin);
	return status;
}

sessio_status sessio_handle_space_rights(
	sessio_handle_space *space, uint32_t handle, uint32_t *out_rights)
{
	struct si_handle_pin pin;
	sessio_status status;

	if (space == NULL || out_rights == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = si_handle_look_up(space, handle, 0, &pin);
	if (status == SESSIO_OK) {
		*out_rights = pin.rights;
		(void)si_handle_unpin(space, &pin);
	}
	return status;
}

sessio_status sessio_handle_space_sid(
	sessio_handle_space *space, uint32_t handle, uint32_t *out_sid)
{
	struct si_handle_pin pin;
	sessio_status status;

	if (space == NULL || out_sid == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = si_handle_look_up(space, handle, SESSIO_HANDLE_GET_SID, &pin);
	if (status == SESSIO_OK) {
		*out_sid = pin.node->object->sid;
		(void)si_handle_unpin(space, &pin);
	}
	return status;
}
