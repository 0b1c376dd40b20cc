/* SPDX-License-Identifier: MIT */
/* The life of one session: open, operations, close, end. */
#include "resource/session.h"

#include "base/diag.h"
#include "base/waiting.h"

/* Relaxed everywhere: the table is constant, and a thread in a bind has seen it set. */
static _Atomic(const struct si_session_join *) session_join;

void si_session_set_join(const struct si_session_join *join)
{
	atomic_store_explicit(&session_join, join, memory_order_relaxed);
}

/* Lets go of what a session that is in no list any more holds (session-3). */
static void let_go(void *object, struct si_session_type *type, bool holds)
{
	if (holds) {
		si_object_put(type);
		si_object_put(object);
	}
}

struct si_session_cold *si_session_cold_locked(struct si_session *session)
{
	if (session->cold == NULL) {
		session->cold = si_platform_alloc(sizeof(*session->cold));
		if (session->cold != NULL) {
			*session->cold = (struct si_session_cold){ .holders = NULL };
		}
	}
	return session->cold;
}

/* Gives back what a session has besides its context. */
static void fini(struct si_session *session)
{
	si_rundown_fini(&session->run);
	si_platform_free(session->cold);
}

static void destruct_session(void *context, void *segment)
{
	struct si_session *session = segment;
	void *object = session->object;
	struct si_session_type *type = session->type;
	struct si_resource *resource;
	bool holds;

	(void)context;
	if (atomic_load_explicit(&session->stage, memory_order_relaxed) == SI_RAW) {
		return; /* its opener cleans up */
	}
	fini(session);
	resource = si_resource_of(object);
	si_mutex_lock(resource->lock);
	SI_BUG_IF(session->end != SI_ENDED,
		"a context went before its session had ended: one put too many (session-3)");
	si_session_unlink(session);
	holds = session->holds;
	si_mutex_unlock(resource->lock);
	let_go(object, type, holds);
}

static const struct si_ancestor session_chain[] = { { &si_session_base_type,
	-(ptrdiff_t)(sizeof(struct si_header) + SI_ALIGNED(sizeof(struct si_session))) } };
struct si_type si_session_base_type = {
	.name = "session",
	.destruct = destruct_session,
	.hidden = sizeof(struct si_session),
	.before = SI_ALIGNED(sizeof(struct si_session)),
	.kind = SI_KIND_SESSION,
	.quiet = true,
	.is_static = true,
	.chain = session_chain,
};

/* Makes a PENDING session if the object is registered and the share rule allows it. */
static sessio_status admit(struct si_resource *resource, void *object, uint32_t required,
	uint32_t shared, struct si_session **out_session) SI_HELD(*resource->lock)
{
	struct si_session_type *type = atomic_load_explicit(&resource->type, memory_order_relaxed);
	struct si_session *session;
	void *context;
	sessio_status status;

	if (!si_session_type_is_live(type)) {
		return SESSIO_NOT_FOUND;
	}
	if (si_rights_conflict(&resource->rights, required, shared)) {
		return SESSIO_BUSY;
	}
	/* Inside the lock, which saves taking it twice; nothing here calls anybody. */
	status = si_object_alloc(type->context_type, NULL, &context);
	if (status != SESSIO_OK) {
		return status;
	}
	session = si_session_of(context);
	si_rundown_init(&session->run);
	session->object = object;
	session->type = type;
	session->required = required;
	session->shared = shared;
	/* Without memory for it the operations count all the same, they only have no names. */
	session->tracked = si_session_is_tracking() && si_session_cold_locked(session) != NULL;
	session->opener = si_platform_thread_id();
	session->opened_ns = si_platform_stamp_ns();
	atomic_init(&session->closed_ns, 0);
	si_rights_add(&resource->rights, required, shared);
	si_session_link(resource, session);
	*out_session = session;
	return SESSIO_OK;
}

/* Takes a session out of its bind; what is left to do comes after the lock. */
static struct si_bound *unbind_locked(struct si_session *session)
{
	struct si_bound *bound = NULL;

	if (session->cold != NULL) {
		bound = session->cold->bound;
		session->cold->bound = NULL;
	}
	return bound;
}

static void drop_bound(struct si_bound *bound)
{
	if (si_unlikely(bound != NULL)) {
		atomic_load_explicit(&session_join, memory_order_relaxed)->drop(bound);
	}
}

/* The bind that this thread opens for, NULL if it is in none. */
static struct sessio_bind *entered_bind(void)
{
	const struct si_session_join *join =
		atomic_load_explicit(&session_join, memory_order_relaxed);

	return si_likely(join == NULL) ? NULL : join->entered();
}

/*
 * It was not to be bound, or its context was refused: takes back what admit() did.
 * True if the object has been unregistered meanwhile.
 */
static bool retract(struct si_session *session)
{
	void *object = session->object;
	struct si_session_type *type = session->type;
	struct si_resource *resource = si_resource_of(object);
	struct si_bound *bound;
	bool unregistered;

	si_mutex_lock(resource->lock);
	bound = unbind_locked(session);
	si_rights_remove(&resource->rights, session->required, session->shared);
	unregistered = session->holds; /* (session-3) */
	si_session_hold(session); /* the context's type is needed a little longer */
	si_session_unlink(session);
	si_mutex_unlock(resource->lock);
	drop_bound(bound);
	si_wait_wake();
	fini(session);
	si_object_discard(si_session_context(session));
	let_go(object, type, true);
	return unregistered;
}

/* The open callback refused: there never was a session, but references may be left. */
static void bury(struct si_session *session)
{
	struct si_resource *resource = si_resource_of(session->object);
	struct si_bound *bound;

	/* Nothing could begin on it anyway, but now it says so, and has no rights. */
	(void)si_rundown_close(&session->run);
	si_mutex_lock(resource->lock);
	bound = unbind_locked(session);
	si_rights_remove(&resource->rights, session->required, session->shared);
	session->end = SI_ENDED;
	si_mutex_unlock(resource->lock);
	drop_bound(bound);
	si_wait_wake();
	si_object_put(si_session_context(session));
}

/* Constructs the context and asks the open callback. */
static sessio_status introduce(struct si_session *session, void *open_arg, int32_t *out_reason)
{
	void *context = si_session_context(session);
	sessio_status status = si_object_construct(context, open_arg, out_reason);

	if (status != SESSIO_OK) {
		(void)retract(session);
		return status;
	}
	/* Relaxed, twice: the opener writes it for itself, and as a hint to si_session_close(). */
	atomic_store_explicit(&session->stage, SI_CONSTRUCTED, memory_order_relaxed);
	*out_reason = session->type->ops.open(
		session->object, context, open_arg, &session->handle_rights);
	if (*out_reason != 0) {
		bury(session);
		return SESSIO_REFUSED;
	}
	atomic_store_explicit(&session->stage, SI_AGREED, memory_order_relaxed);
	return SESSIO_OK;
}

/*
 * Unregistered while it was opened, closed by somebody whom the open callback
 * told of it, or its user has left. That callback has run, so the end runs, too.
 */
static sessio_status overtaken(struct si_resource *resource, struct si_session *session)
{
	bool unregistered;

	si_mutex_lock(resource->lock);
	unregistered = session->holds; /* (session-3) */
	si_mutex_unlock(resource->lock);
	si_session_closed(session, SI_CLOSE_IDLE);
	return unregistered ? SESSIO_NOT_FOUND : SESSIO_BAD_STATE;
}

sessio_status si_session_open(void *object, uint32_t required, uint32_t shared, void *open_arg,
	void **out_context, int32_t *out_reason)
{
	struct si_resource *resource = si_resource_of(object);
	struct sessio_bind *bind = entered_bind();
	struct si_session *session = NULL;
	sessio_status status;

	if (resource == NULL) {
		return SESSIO_INVALID_ARG;
	}
	/* A refusal needs no lock: see rights.h. Acquire: pairs with the registration. */
	if (si_rights_conflict(&resource->rights, required, shared) &&
		si_session_type_is_live(
			atomic_load_explicit(&resource->type, memory_order_acquire))) {
		return SESSIO_BUSY;
	}
	si_mutex_lock(resource->lock);
	status = admit(resource, object, required, shared, &session);
	si_mutex_unlock(resource->lock);
	if (status != SESSIO_OK) {
		return status;
	}
	if (si_unlikely(bind != NULL)) {
		status = atomic_load_explicit(&session_join, memory_order_relaxed)
				 ->attach(bind, session);
		if (status != SESSIO_OK) {
			return retract(session) ? SESSIO_NOT_FOUND : status;
		}
	}
	status = introduce(session, open_arg, out_reason);
	if (status != SESSIO_OK) {
		return status;
	}
	if (!si_rundown_open(&session->run)) {
		return overtaken(resource, session);
	}
	*out_context = si_session_context(session);
	return SESSIO_OK;
}

/* What is left of a session's end once it is over: who lets go of the context, and how. */
enum rest { FREE_IT, PUT_IT, LEAVE_IT };

/*
 * The shortest way is to free it at once: no destructor, no other reference. Then
 * this one visit to the lock, which is held here, takes it out of the list; after
 * it the context's type may be gone.
 */
static enum rest leave(struct si_session *session)
{
	const struct si_header *header = si_header_of(si_session_context(session));

	if (session->pins != 0) {
		session->end = SI_LEFT; /* (session-6) */
		return LEAVE_IT;
	}
	session->end = SI_ENDED;
	/* Acquire: the only reference is ours, so what its other holders did is done. */
	if (!header->type->quiet ||
		atomic_load_explicit(&header->u.live.refs.count, memory_order_acquire) != 1) {
		return PUT_IT;
	}
	si_session_unlink(session);
	return FREE_IT;
}

/* The last step of a session (session-2). */
static void complete(struct si_session *session)
{
	void *context = si_session_context(session);
	void *object = session->object;
	struct si_session_type *type = session->type;
	struct si_resource *resource = si_resource_of(object);
	void (*close_complete)(void *, void *) = type->ops.close_complete;
	size_t before = si_object_type(context)->before;
	struct si_bound *bound;
	enum rest rest;
	bool holds;

	si_mutex_lock(resource->lock);
	bound = unbind_locked(session);
	session->end = SI_COMPLETING;
	si_rights_remove(&resource->rights, session->required, session->shared);
	if (close_complete != NULL || bound != NULL) {
		si_mutex_unlock(resource->lock);
		drop_bound(bound);
		if (close_complete != NULL) {
			close_complete(object, context);
		}
		si_mutex_lock(resource->lock);
	}
	holds = session->holds;
	rest = leave(session);
	si_mutex_unlock(resource->lock);
	si_wait_wake();
	if (rest == FREE_IT) {
		fini(session);
		si_object_free(context, before);
		let_go(object, type, holds);
	} else if (rest == PUT_IT) {
		si_object_put(context); /* (session-3) */
	}
}

void si_session_closed(struct si_session *session, enum si_run_close found)
{
	if (found == SI_CLOSE_BUSY) {
		/* Relaxed: for diagnosis only, and only of ends that take time. */
		atomic_store_explicit(
			&session->closed_ns, si_platform_stamp_ns(), memory_order_relaxed);
	}
	(void)session->type->ops.close(session->object, si_session_context(session));
	if (si_rundown_let_go(&session->run, found)) {
		complete(session);
	}
}

sessio_status si_session_close(void *context)
{
	struct si_session *session = si_session_of(context);
	enum si_run_close found;

	if (session == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (atomic_load_explicit(&session->stage, memory_order_relaxed) != SI_AGREED) {
		return SESSIO_BAD_STATE; /* its open callback runs still, or has refused */
	}
	found = si_rundown_close(&session->run);
	if (found == SI_CLOSE_LATE) {
		return SESSIO_BAD_STATE;
	}
	if (found == SI_CLOSE_PENDING) {
		return SESSIO_OK; /* right behind its open callback: the opener runs the end */
	}
	si_session_closed(session, found);
	return SESSIO_OK;
}

sessio_status si_session_ref_slowly(struct si_session *session)
{
	switch (si_rundown_acquire(&session->run)) {
	case SI_RUN_OK:
		if (session->tracked) {
			si_session_began(session);
		}
		return SESSIO_OK;
	case SI_RUN_REFUSED:
		return SESSIO_BAD_STATE;
	case SI_RUN_FULL:
		break;
	}
	return SESSIO_LIMIT;
}

void si_session_put_slowly(struct si_session *session)
{
	if (session->tracked) {
		si_session_done(session);
	}
	if (si_rundown_release(&session->run)) {
		complete(session);
	}
}

void si_session_put_last(struct si_session *session, uint64_t met)
{
	if (si_rundown_settle(&session->run, met)) {
		complete(session);
	}
}
