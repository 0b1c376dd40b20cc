/* SPDX-License-Identifier: MIT */
/* The life of one session: open, operations, close, end. */
#include "core/session.h"

#include "core/diag.h"
#include "core/wait.h"

static void destruct_session(void *object, void *segment)
{
	struct si_session *session = segment;

	(void)object;
	si_rundown_fini(&session->run);
	if (session->constructed) {
		si_object_put(session->object);
		si_object_put(session->type);
	}
}

static const struct si_ancestor session_chain[] = { { &si_session_base_type,
	-(ptrdiff_t)(sizeof(struct si_header) + SI_ALIGNED(sizeof(struct si_session))) } };
struct si_type si_session_base_type = {
	.name = "session",
	.destruct = destruct_session,
	.hidden = sizeof(struct si_session),
	.before = SI_ALIGNED(sizeof(struct si_session)),
	.kind = SI_KIND_SESSION,
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
	session->tracked = si_diag_tracking();
	session->opener = si_platform_thread_id();
	session->opened_ns = si_platform_stamp_ns();
	atomic_init(&session->closed_ns, 0);
	si_object_ref(object);
	si_object_ref(type);
	si_rights_add(&resource->rights, required, shared);
	si_session_link(resource, session);
	*out_session = session;
	return SESSIO_OK;
}

/* Takes back what admit() did, after the session was refused. */
static void retract(struct si_resource *resource, struct si_session *session)
{
	si_mutex_lock(resource->lock);
	si_session_unlink(session);
	si_rights_remove(&resource->rights, session->required, session->shared);
	si_mutex_unlock(resource->lock);
	si_wait_wake();
}

/* Constructs the context and asks the open callback. */
static sessio_status introduce(struct si_session *session, void *open_arg, int32_t *out_reason)
{
	void *object = session->object;
	struct si_session_type *type = session->type;
	void *context = si_session_context(session);
	sessio_status status = si_object_construct(context, open_arg, out_reason);

	if (status != SESSIO_OK) {
		retract(si_resource_of(object), session);
		si_object_discard(context);
		si_object_put(type);
		si_object_put(object);
		return status;
	}
	session->constructed = true;
	*out_reason = type->ops.open(object, context, open_arg, &session->handle_rights);
	if (*out_reason != 0) {
		retract(si_resource_of(object), session);
		si_object_put(context);
		return SESSIO_REFUSED;
	}
	return SESSIO_OK;
}

sessio_status si_session_open(void *object, uint32_t required, uint32_t shared, void *open_arg,
	void **out_context, int32_t *out_reason)
{
	struct si_resource *resource = si_resource_of(object);
	struct si_session *session;
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
	status = introduce(session, open_arg, out_reason);
	if (status != SESSIO_OK) {
		return status;
	}
	if (!si_rundown_open(&session->run)) {
		/* Unregistered meanwhile. The open callback has run, so the end runs, too. */
		si_session_closed(session, SI_CLOSE_IDLE);
		return SESSIO_NOT_FOUND;
	}
	*out_context = si_session_context(session);
	return SESSIO_OK;
}

/* The last step of a session (S2). */
static void complete(struct si_session *session)
{
	void *context = si_session_context(session);
	void *object = session->object;
	struct si_resource *resource = si_resource_of(object);
	void (*close_complete)(void *, void *) = session->type->ops.close_complete;

	si_mutex_lock(resource->lock);
	session->end = SI_COMPLETING;
	si_rights_remove(&resource->rights, session->required, session->shared);
	if (close_complete != NULL) {
		si_mutex_unlock(resource->lock);
		close_complete(object, context);
		si_mutex_lock(resource->lock);
	}
	session->end = SI_ENDED;
	si_session_unlink(session);
	si_mutex_unlock(resource->lock);
	si_wait_wake();
	si_object_put(context); /* (S3) */
}

void si_session_closed(struct si_session *session, enum si_run_close found)
{
	/* Relaxed: for diagnosis only. */
	atomic_store_explicit(&session->closed_ns, si_platform_stamp_ns(), memory_order_relaxed);
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
	if (!si_rundown_is_open(&session->run)) {
		return SESSIO_BAD_STATE; /* its open callback runs still, or it is closed */
	}
	found = si_rundown_close(&session->run);
	if (found == SI_CLOSE_LATE) {
		return SESSIO_BAD_STATE;
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
