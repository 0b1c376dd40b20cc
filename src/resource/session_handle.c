/* SPDX-License-Identifier: MIT */
#include "resource/session_handle.h"

#include "resource/handle_space.h"
#include "resource/session_number.h"

/* The rights of an object's own handle: the specialised ones, and the general ones that have a name. */
#define OWN_RIGHTS                                                                                \
	(UINT32_C(0xffff) | SESSIO_HANDLE_TRANSFER | SESSIO_HANDLE_COPY | SESSIO_HANDLE_GET_SID | \
		SESSIO_HANDLE_GET_EVENT | SESSIO_HANDLE_SET_EVENT)

static _Atomic(const struct si_session_handle_watch *) current_watch;

void si_session_handle_set_watch(const struct si_session_handle_watch *watch)
{
	/* Release: the table, which another thread's call then reads. */
	atomic_store_explicit(&current_watch, watch, memory_order_release);
}

/* --- Badges, by number --- */

static struct si_badge *pin_badge(const sessio_handle_desc *desc)
{
	return desc->session == 0 ? NULL : si_session_number_pin(desc->session, desc->badge);
}

struct si_badge *si_session_handle_badge(const sessio_handle_desc *desc)
{
	struct si_badge *badge = pin_badge(desc);

	if (badge != NULL) {
		si_badge_ref(badge);
		si_session_number_unpin(desc->session);
	}
	return badge;
}

/* The context of a badge that can still be found, with a reference; else NULL. */
static void *ref_context(const struct si_badge *badge)
{
	uint32_t number = badge->session;

	if (si_session_number_pin(number, (uintptr_t)badge->context) == NULL) {
		return NULL;
	}
	(void)si_object_ref(badge->context); /* (session_handle-1) */
	si_session_number_unpin(number);
	return badge->context;
}

/* --- The first reference (session_handle-2) --- */

/* The badge has no descendant, or had none a moment ago. */
static void drop_first(struct si_badge *badge)
{
	void *context = ref_context(badge);
	struct si_session *session = si_session_of(context);
	struct si_resource *resource;
	bool drops;

	if (session == NULL) {
		return; /* the end drops it */
	}
	resource = si_resource_of(session->object);
	si_mutex_lock(resource->lock);
	/* Acquire: a descendant that was made meanwhile counts. */
	drops = !session->first_dropped &&
		atomic_load_explicit(&session->end, memory_order_relaxed) == SI_LIVE &&
		atomic_load_explicit(&badge->ties, memory_order_acquire) == 0;
	session->first_dropped = session->first_dropped || drops;
	si_mutex_unlock(resource->lock);
	if (drops) {
		si_object_put(context);
	}
	si_object_put(context); /* ours */
}

static void say_gone(struct si_badge *badge)
{
	/* Acquire: the table, whole. */
	const struct si_session_handle_watch *watch =
		atomic_load_explicit(&current_watch, memory_order_acquire);

	if (watch != NULL) {
		watch->gone(badge->session);
	}
	drop_first(badge);
}

void si_session_handle_end(struct si_badge *badge)
{
	if (badge != NULL) {
		si_session_number_remove(badge);
		si_lineage_end_badge(badge);
		si_badge_unref(badge);
	}
}

void si_session_handle_discard(const sessio_handle_desc *desc)
{
	struct si_badge *badge = si_session_handle_badge(desc);

	if (badge != NULL) {
		drop_first(badge);
		si_badge_unref(badge);
	}
}

/* --- The handle of an object --- */

static void close_own(struct si_own_handle handle)
{
	struct sessio_handle_space *space = sessio_handle_space_entered();

	if (space == NULL || space->number != handle.object->owner) {
		space = sessio_handle_space_own();
	}
	/* Made in a space that this thread has left: that closes it when it is destroyed. */
	if (space != NULL && space->number == handle.object->owner) {
		(void)si_handle_close(space, handle.value);
	}
}

/* A resource keeps the object of its handle. That object knows the value. */
static struct si_own_handle own_of(struct si_handle_object *object)
{
	struct si_own_handle handle = { object, SESSIO_HANDLE_INVALID };

	if (object != NULL) {
		/* Relaxed: written before the object became the resource's. */
		handle.value = atomic_load_explicit(&object->borrowed, memory_order_relaxed);
	}
	return handle;
}

struct si_own_handle si_resource_take_handle_locked(struct si_resource *resource)
{
	struct si_own_handle handle = own_of(resource->handle);

	resource->handle = NULL;
	return handle;
}

void si_resource_drop_handle(struct si_own_handle handle)
{
	if (handle.object != NULL) {
		/* Relaxed: the number says all. */
		atomic_store_explicit(
			&handle.object->borrowed, SESSIO_HANDLE_INVALID, memory_order_relaxed);
		si_lineage_leave_to_sessions(handle.object);
		close_own(handle);
		si_handle_object_unref(handle.object);
	}
}

/* The handle as it is now, with a reference to its object. */
static sessio_status get_own(struct si_resource *resource, struct si_own_handle *out_handle)
{
	bool registered;

	si_mutex_lock(resource->lock);
	registered = atomic_load_explicit(&resource->type, memory_order_relaxed) != NULL;
	*out_handle = own_of(resource->handle);
	if (out_handle->object != NULL) {
		si_handle_object_ref(out_handle->object);
	}
	si_mutex_unlock(resource->lock);
	return registered ? SESSIO_OK : SESSIO_NOT_FOUND;
}

/* Whether it is open and not revoked. SESSIO_BAD_STATE: nobody can say from this space. */
static sessio_status check_own(struct sessio_handle_space *space, struct si_own_handle handle)
{
	struct si_handle_pin pin;
	sessio_status status;

	if (handle.object == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (handle.object->owner != space->number) {
		return si_lineage_is_gone(handle.object) ? SESSIO_INVALID_ARG : SESSIO_BAD_STATE;
	}
	status = si_handle_look_up(space, handle.value, 0, &pin);
	if (status == SESSIO_OK) {
		status = pin.node->object == handle.object ? SESSIO_OK : SESSIO_INVALID_ARG;
		(void)si_handle_unpin(space, &pin);
	}
	return status;
}

static sessio_status create_own(
	struct sessio_handle_space *space, void *object, struct si_own_handle *out_handle)
{
	sessio_status status = si_handle_object_create(space->number, object, &out_handle->object);

	if (status != SESSIO_OK) {
		return status;
	}
	status = si_handle_create_first(space, out_handle->object, OWN_RIGHTS, &out_handle->value);
	if (status != SESSIO_OK) {
		si_handle_object_unref(out_handle->object);
		return status;
	}
	/* Relaxed: the number says all. */
	atomic_store_explicit(
		&out_handle->object->borrowed, out_handle->value, memory_order_relaxed);
	return SESSIO_OK;
}

/* Puts a new handle in the place of an old one; false if that is not there any more. */
static bool replace_own(
	struct si_resource *resource, struct si_own_handle old, struct si_own_handle fresh)
{
	bool fits;

	si_mutex_lock(resource->lock);
	fits = resource->handle == old.object &&
		atomic_load_explicit(&resource->type, memory_order_relaxed) != NULL;
	if (fits) {
		resource->handle = fresh.object;
		si_handle_object_ref(fresh.object);
	}
	si_mutex_unlock(resource->lock);
	return fits;
}

/* One look: *out_handle has a reference on success. SESSIO_BUSY: look again. */
static sessio_status obtain_own(struct sessio_handle_space *space, void *object,
	struct si_resource *resource, struct si_own_handle *out_handle)
{
	struct si_own_handle old;
	struct si_own_handle fresh;
	sessio_status status = get_own(resource, &old);

	if (status == SESSIO_OK) {
		status = check_own(space, old);
	}
	if (status == SESSIO_OK) {
		*out_handle = old;
		return SESSIO_OK;
	}
	if (status == SESSIO_INVALID_ARG || status == SESSIO_REVOKED) {
		status = create_own(space, object, &fresh);
		if (status == SESSIO_OK && !replace_own(resource, old, fresh)) {
			(void)si_handle_close(space, fresh.value);
			si_handle_object_unref(fresh.object);
			status = SESSIO_BUSY;
		} else if (status == SESSIO_OK) {
			*out_handle = fresh;
			if (old.object != NULL) {
				si_handle_object_unref(old.object); /* the resource's */
			}
		}
	}
	if (old.object != NULL) {
		si_handle_object_unref(old.object);
	}
	return status;
}

static sessio_status own_handle(void *object, struct si_own_handle *out_handle)
{
	struct sessio_handle_space *space = sessio_handle_space_entered();
	sessio_status status;

	if (space == NULL) {
		return SESSIO_NO_MEMORY;
	}
	do {
		status = obtain_own(space, object, si_resource_of(object), out_handle);
	} while (status == SESSIO_BUSY);
	return status;
}

sessio_status si_resource_handle(void *object, uint32_t *out_handle)
{
	struct si_own_handle handle;
	sessio_status status;

	if (si_resource_of(object) == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = own_handle(object, &handle);
	if (status == SESSIO_OK) {
		*out_handle = handle.value;
		si_handle_object_unref(handle.object);
	}
	return status;
}

/* --- Containers --- */

/* Whether a badge of a handle that was revoked may make room (session_handle-4). */
static bool is_settled_locked(const struct si_session *session, const struct si_badge *badge)
{
	return session->first_dropped || !atomic_load_explicit(&badge->used, memory_order_acquire);
}

/* Makes this the session's badge unless one of the same home is there: then that is. */
static sessio_status set_badge_locked(
	struct si_session *session, struct si_badge *fresh, struct si_badge **out_old)
{
	struct si_session_cold *cold = si_session_cold_locked(session);

	if (cold == NULL) {
		return SESSIO_NO_MEMORY;
	}
	if (cold->badge != NULL && cold->badge->home == fresh->home) {
		return SESSIO_EXISTS;
	}
	if (cold->badge != NULL && !is_settled_locked(session, cold->badge)) {
		return SESSIO_REVOKED;
	}
	*out_old = cold->badge;
	cold->badge = fresh;
	return SESSIO_OK;
}

void si_session_handle_close_locked(struct si_session *session)
{
	if (session->cold != NULL && session->cold->badge != NULL) {
		si_session_number_close(session->cold->badge->session);
	}
}

void si_session_handle_close_sent(struct si_session *session)
{
	si_mutex *lock = si_resource_of(session->object)->lock;

	si_mutex_lock(lock);
	si_session_handle_close_locked(session);
	si_mutex_unlock(lock);
}

/* The number of the session's badge for this home, 0 if there is none. */
static uint32_t number_of_badge(struct si_session *session, const struct si_handle_object *home)
{
	si_mutex *lock = si_resource_of(session->object)->lock;
	const struct si_badge *badge;
	uint32_t number;

	si_mutex_lock(lock);
	badge = session->cold == NULL ? NULL : session->cold->badge;
	number = badge == NULL || badge->home != home ? 0 : badge->session;
	si_mutex_unlock(lock);
	return number;
}

static sessio_status create_badge(struct si_session *session, struct si_handle_object *home)
{
	si_mutex *lock = si_resource_of(session->object)->lock;
	struct si_badge *old = NULL;
	struct si_badge *fresh;
	sessio_status status =
		si_badge_create_of_session(home, si_session_context(session), say_gone, &fresh);

	if (status != SESSIO_OK) {
		return status;
	}
	status = si_session_number_add(fresh, session->type);
	if (status != SESSIO_OK) {
		si_badge_unref(fresh);
		return status;
	}
	si_mutex_lock(lock);
	status = set_badge_locked(session, fresh, &old);
	/* Sequentially consistent, as is the load in is_open (session_number-5). */
	atomic_store(&session->sent, true);
	if (!si_rundown_is_open(&session->run)) {
		si_session_handle_close_locked(session);
	}
	si_mutex_unlock(lock);
	si_session_handle_end(status == SESSIO_OK ? old : fresh);
	return status == SESSIO_EXISTS ? SESSIO_OK : status;
}

/* The session has an operation, and so its end waits. */
static sessio_status fill(struct si_session *session, sessio_handle_desc *out_desc)
{
	struct si_own_handle own;
	sessio_status status = own_handle(session->object, &own);

	if (status != SESSIO_OK) {
		return status;
	}
	*out_desc = (sessio_handle_desc){ .handle = own.value,
		.rights = session->handle_rights,
		.badge = (uintptr_t)si_session_context(session),
		.session = number_of_badge(session, own.object) };
	if (out_desc->session == 0) {
		status = create_badge(session, own.object);
		out_desc->session = number_of_badge(session, own.object);
	}
	si_handle_object_unref(own.object);
	if (status == SESSIO_OK && out_desc->session == 0) {
		status = SESSIO_REVOKED; /* and the session has another badge already */
	}
	return status;
}

sessio_status si_session_handle_fill(void *context, sessio_handle_desc *out_desc)
{
	struct si_session *session = si_session_of(context);
	const struct si_session_handle_watch *watch;
	sessio_handle_desc desc;
	sessio_status status;

	if (session == NULL) {
		return SESSIO_INVALID_ARG;
	}
	/* Acquire: the mask, as the open callback has set it. */
	if (atomic_load_explicit(&session->stage, memory_order_acquire) != SI_AGREED) {
		return SESSIO_BAD_STATE;
	}
	if ((session->handle_rights & ~OWN_RIGHTS) != 0) {
		return SESSIO_NO_RIGHTS;
	}
	status = si_session_ref_slowly(session);
	if (status != SESSIO_OK) {
		return status;
	}
	status = fill(session, &desc);
	if (status == SESSIO_OK) {
		*out_desc = desc;
		/* Acquire: the table, whole. */
		watch = atomic_load_explicit(&current_watch, memory_order_acquire);
		if (watch != NULL) {
			watch->filled(&desc);
		}
	}
	si_session_put(session);
	return status;
}

static sessio_status check_session(struct si_session *session, const void *type, uint32_t missing)
{
	if (type != NULL && !si_session_is_of_type(session, type)) {
		return SESSIO_INVALID_ARG;
	}
	if (missing != 0) {
		return SESSIO_NO_RIGHTS;
	}
	return si_rundown_is_open(&session->run) ? SESSIO_OK : SESSIO_BAD_STATE;
}

sessio_status si_session_handle_find_slowly(
	const sessio_handle_desc *desc, const void *type, uint32_t operation, void **out_context)
{
	const struct si_badge *badge;
	sessio_status status;

	if (desc->dereferenced == 0 || desc->session == 0) {
		return SESSIO_INVALID_ARG;
	}
	badge = pin_badge(desc);
	if (badge == NULL) {
		return SESSIO_REVOKED;
	}
	/* (session_handle-1) */
	status = check_session(si_session_of(badge->context), type, operation & ~desc->rights);
	if (status == SESSIO_OK) {
		*out_context = badge->context;
	}
	si_session_number_unpin(desc->session);
	return status;
}

bool si_session_handle_is_open(uint32_t session)
{
	const struct si_badge *badge = si_session_number_pin(session, 0);
	bool is_open;

	if (badge == NULL) {
		return false;
	}
	is_open = si_rundown_is_open(&si_session_of(badge->context)->run);
	si_session_number_unpin(session);
	return is_open;
}

sessio_status si_session_handle_close(const sessio_handle_desc *desc, const void *type)
{
	sessio_status status;
	void *context;

	if (desc->dereferenced == 0 || desc->session == 0) {
		return SESSIO_INVALID_ARG;
	}
	status = si_session_handle_pin(desc);
	if (status != SESSIO_OK) {
		return status;
	}
	context = (void *)desc->badge;
	status = check_session(si_session_of(context), type, 0);
	if (status == SESSIO_OK) {
		status = si_session_close(context);
	}
	si_object_put(context);
	return status;
}

sessio_status si_session_handle_pin(const sessio_handle_desc *desc)
{
	struct si_badge *badge = pin_badge(desc);

	if (badge == NULL) {
		return desc->session == 0 ? SESSIO_OK : SESSIO_REVOKED;
	}
	(void)si_object_ref(badge->context); /* (session_handle-1) */
	si_session_number_unpin(desc->session);
	return SESSIO_OK;
}

void si_session_handle_unpin(const sessio_handle_desc *desc)
{
	if (desc->session != 0) {
		si_object_put((void *)desc->badge);
	}
}
