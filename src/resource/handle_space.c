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
		si_platform_free(atomic_load_explicit(&space->chunks[i], memory_order_relaxed));
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

sessio_status si_handle_look_up(struct sessio_handle_space *space, uint32_t handle, uint32_t rights,
	struct si_handle_pin *out_pin)
{
	struct si_handle_pin pin;
	sessio_status status = si_handle_pin(space, handle, &pin);

	if (status != SESSIO_OK) {
		return status;
	}
	if (!si_lineage_is_valid(pin.node)) {
		status = SESSIO_REVOKED;
	} else if ((rights & ~pin.rights) != 0) {
		status = SESSIO_NO_RIGHTS;
	}
	if (status != SESSIO_OK) {
		si_handle_unpin(space, &pin);
		return status;
	}
	*out_pin = pin;
	return SESSIO_OK;
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
		si_handle_unpin(space, &pin);
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
	si_handle_unpin(space, &pin);
	if (status == SESSIO_OK) {
		*out_handle = made.handle;
	}
	return status;
}

static sessio_status dereference(const struct si_handle_pin *pin, uint32_t rights,
	const struct sessio_handle_space *home, sessio_handle_desc *out_received)
{
	struct si_handle_origin origin;
	sessio_status status = si_lineage_find_origin(pin->node, home->number, &origin);

	if (status == SESSIO_OK) {
		*out_received = (sessio_handle_desc){ .rights = rights,
			.handle = origin.found ? origin.value : SESSIO_HANDLE_INVALID,
			.badge = (uintptr_t)origin.context,
			.dereferenced = 1,
			.session = origin.session };
	}
	return status;
}

static sessio_status pass_on(struct sessio_handle_space *from, const struct si_handle_pin *pin,
	const sessio_handle_desc *sent, struct sessio_handle_space *to,
	sessio_handle_desc *out_received)
{
	sessio_handle_desc received = { .rights = sent->rights };
	sessio_status status;

	if ((pin->rights & SESSIO_HANDLE_TRANSFER) == 0) {
		return SESSIO_NO_RIGHTS;
	}
	status = descend_with(from, pin, sent, to, &received);
	if (status == SESSIO_OK) {
		*out_received = received;
	}
	return status;
}

sessio_status sessio_handle_space_transfer(sessio_handle_space *from,
	const sessio_handle_desc *sent, sessio_handle_space *to, sessio_handle_desc *out_received)
{
	sessio_handle_desc given;
	struct si_handle_pin pin;
	sessio_status status;

	if (from == NULL || sent == NULL || to == NULL || out_received == NULL) {
		return SESSIO_INVALID_ARG;
	}
	given = *sent;
	status = si_handle_look_up(from, sent->handle, 0, &pin);
	if (status != SESSIO_OK) {
		return status;
	}
	status = rights_to_give(sent->rights, pin.rights, &given.rights);
	if (status == SESSIO_OK && pin.node->object->owner == to->number) {
		status = dereference(&pin, given.rights, to, out_received);
	} else if (status == SESSIO_OK) {
		status = pass_on(from, &pin, &given, to, out_received);
	}
	si_handle_unpin(from, &pin);
	return status;
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
	si_handle_unpin(space, &pin);
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
	si_handle_unpin(space, &pin);
	return status;
}

sessio_status si_handle_withdraw(struct sessio_handle_space *space, uint32_t handle)
{
	struct si_handle_pin pin;
	sessio_status status = si_handle_pin(space, handle, &pin);

	if (status == SESSIO_OK) {
		si_lineage_withdraw(pin.node);
		si_handle_unpin(space, &pin);
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
	si_handle_unpin(space, &pin);
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
		si_handle_unpin(space, &pin);
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
		si_handle_unpin(space, &pin);
	}
	return status;
}
