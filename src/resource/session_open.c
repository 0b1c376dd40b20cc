/* SPDX-License-Identifier: MIT */
/* Opening: a session is created, constructed, and asked for. */
#include "base/waiting.h"
#include "resource/session_list.h"
#include "resource/session_memory.h"

static const char in_open; /* the kind of frame of a thread in an open callback */

/* Writes every member but the node and the item, field by field: the memory may be used. */
SI_INLINE void init_session(struct si_session *session, void *object, struct si_session_type *type,
	uint32_t required, uint32_t shared, bool roomy)
{
	si_rundown_init(&session->run);
	session->object = object;
	session->type = type;
	atomic_init(&session->stage, SI_RAW);
	atomic_init(&session->end, SI_LIVE);
	atomic_init(&session->reason, SESSIO_END_NONE);
	atomic_init(&session->sent, false);
	session->tracked = false;
	session->first_dropped = false;
	session->roomy = roomy;
	session->pins = 0;
	session->handle_rights = 0;
	session->cold = NULL;
	session->required = required;
	session->shared = shared;
}

/* Of a new session. If that fails it never was. */
static SI_NOINLINE sessio_status bind_locked(struct sessio_bind *bind, struct si_session *session)
{
	const struct si_session_join *join =
		atomic_load_explicit(&si_session_join, memory_order_relaxed);
	sessio_status status = join->attach(bind, session);

	if (status != SESSIO_OK) {
		void *context = si_session_context(session);

		si_platform_free(si_object_unmake(context, si_header_of(context)->type->before));
	}
	return status;
}

/* Without memory for it the operations count all the same, they only have no names. */
static SI_NOINLINE void stamp_locked(struct si_session *session, bool tracked)
{
	if (si_session_cold_locked(session) == NULL) {
		return;
	}
	session->tracked = tracked;
	if (tracked) {
		si_rundown_watch(&session->run);
	}
	session->cold->opener = si_platform_thread_id();
	session->cold->opened_ns = si_platform_stamp_ns();
}

/*
 * Makes an OPENING session if the object is registered and the share rule allows it. It is
 * bound to `bind`, unless that is NULL. `stamped`: its opener and its time are kept in any
 * case. Such sessions have room for it: each is one piece of memory.
 */
SI_INLINE sessio_status create_locked(struct si_resource *resource, uint32_t required,
	uint32_t shared, struct sessio_bind *bind, bool stamped, struct si_session **out_session)
	SI_HELD(*resource->lock)
{
	struct si_session_type *type = atomic_load_explicit(&resource->type, memory_order_relaxed);
	const bool tracked = si_session_is_tracking();
	const bool roomy = bind != NULL || stamped;
	struct si_session *session;
	void *memory;

	if (si_unlikely(type == NULL)) {
		return SESSIO_NOT_FOUND;
	}
	if (si_unlikely(si_rights_conflict(&resource->rights, required, shared))) {
		return SESSIO_BUSY;
	}
	/* Inside the lock, which saves taking it twice; nothing here calls anybody. */
	memory = si_session_memory_take_locked(resource, si_session_memory_size(type, roomy));
	if (si_unlikely(memory == NULL)) {
		return SESSIO_NO_MEMORY;
	}
	/* No check of the kind: a session type's contexts are sessions. */
	session = si_object_hidden(si_object_form(type->context_type, memory, sizeof(*session),
					   SI_KIND_SESSION | SI_MARK_ASKS),
		sizeof(*session));
	init_session(session, si_object_of_hidden(resource, sizeof(*resource)), type, required,
		shared, roomy);
	if (si_unlikely(bind != NULL)) {
		sessio_status status = bind_locked(bind, session);

		if (status != SESSIO_OK) {
			return status;
		}
	}
	if (si_unlikely(tracked || stamped)) {
		stamp_locked(session, tracked);
	}
	si_session_list_add(resource, session);
	si_resource_add_context_locked(resource, type);
	*out_session = session;
	return SESSIO_OK;
}

/* The reason, as the opener of a session that was closed meanwhile has to answer it. */
static sessio_status why_closed_locked(const struct si_session *session)
{
	return atomic_load_explicit(&session->reason, memory_order_relaxed) ==
			SESSIO_END_UNREGISTERED
		? SESSIO_NOT_FOUND
		: SESSIO_BAD_STATE;
}

/* Its context could not be constructed: takes back what create_locked() did. */
static SI_NOINLINE void cancel_open(struct si_session *session)
{
	void *object = session->object;
	struct si_session_type *type = session->type;
	struct si_resource *resource = si_session_resource(session);
	struct sessio_bind *bind;
	bool last;

	si_mutex_lock(resource->lock);
	bind = si_session_unbind_locked(session);
	si_session_list_remove(resource, session);
	si_mutex_unlock(resource->lock);
	si_session_drop_bind(bind);
	si_wait_wake();
	si_session_fini(session);
	si_object_discard(si_session_context(session));

	/* Only now: the context's type was needed until here. */
	si_mutex_lock(resource->lock);
	last = si_resource_remove_context_locked(resource, type);
	si_mutex_unlock(resource->lock);
	if (last) {
		si_resource_put_held(object, type);
	}
}

/* The open callback refused: there never was a session, but references may be left. */
static SI_NOINLINE void abort_open(struct si_session *session)
{
	struct si_resource *resource = si_session_resource(session);
	struct si_list watches;
	struct sessio_bind *bind;

	/* Nothing could begin on it anyway, but now it says so, and has no rights. */
	(void)si_rundown_close(&session->run);
	si_mutex_lock(resource->lock);
	bind = si_session_unbind_locked(session);
	si_session_list_remove(resource, session);
	watches = si_session_take_watches_locked(session);
	atomic_store_explicit(&session->end, SI_ENDED, memory_order_release);
	si_mutex_unlock(resource->lock);
	si_session_drop_bind(bind);
	si_session_call_watches(&watches);
	si_wait_wake();
	si_object_put(si_session_context(session));
}

SI_INLINE int32_t call_open(struct si_session *session, void *open_arg)
{
	SI_GUARDED_FRAME(frame);
	/* Relaxed: it is set before the opening begins. */
	si_session_ask_open_fn *ask =
		atomic_load_explicit(&si_session_ask_open, memory_order_relaxed);
	int32_t reason = si_likely(ask == NULL) ? 0 : ask();

	if (reason != 0) {
		return reason;
	}
	si_thread_push(&frame, &in_open, NULL);
	reason = session->type->ops.open(
		session->object, si_session_context(session), open_arg, &session->handle_rights);
	si_thread_pop(&frame);
	return reason;
}

/* Constructs the context and asks the open callback. */
SI_INLINE sessio_status construct_and_open(
	struct si_session *session, void *open_arg, int32_t *out_reason)
{
	sessio_status status =
		si_object_construct(si_session_context(session), open_arg, out_reason);

	if (status != SESSIO_OK) {
		cancel_open(session);
		return status;
	}
	/* Relaxed: only the destructor asks for it, and it comes after the last reference. */
	atomic_store_explicit(&session->stage, SI_CONSTRUCTED, memory_order_relaxed);
	*out_reason = call_open(session, open_arg);
	if (*out_reason != 0) {
		abort_open(session);
		return SESSIO_REFUSED;
	}
	/* Release: walkers may now use what the callback has written. */
	atomic_store_explicit(&session->stage, SI_AGREED, memory_order_release);
	return SESSIO_OK;
}

/*
 * The callback has agreed, but the session is closed (session-9). Its object was
 * unregistered, its user has left, or a thread that learned of it has closed it.
 */
static SI_NOINLINE sessio_status closed_while_opening(
	struct si_resource *resource, struct si_session *session, void **out_context)
{
	void *context = si_session_context(session);
	sessio_status status;

	si_mutex_lock(resource->lock);
	status = why_closed_locked(session);
	si_mutex_unlock(resource->lock);
	if (!si_session_run_end_of_opening(session)) {
		return status;
	}
	*out_context = context;
	return SESSIO_OK;
}

/* Takes the session from its creation to OPEN; `held`: with a reference for the caller. */
SI_INLINE sessio_status begin(struct si_resource *resource, struct si_session *session,
	void *open_arg, bool held, void **out_context, int32_t *out_reason)
{
	void *context = si_session_context(session);
	sessio_status status = construct_and_open(session, open_arg, out_reason);

	if (status != SESSIO_OK) {
		return status;
	}
	if (held) {
		si_object_ref(context);
	}
	if (!si_rundown_open(&session->run)) {
		return closed_while_opening(resource, session, out_context);
	}
	*out_context = context;
	return SESSIO_OK;
}

/* The bind that this thread opens for. */
static inline struct sessio_bind *entered_bind(void)
{
	/* Relaxed, twice: a thread sees its own scope, and the table that its bind has set. */
	if (si_likely(atomic_load_explicit(&si_session_scopes, memory_order_relaxed) == 0)) {
		return NULL;
	}
	return atomic_load_explicit(&si_session_join, memory_order_relaxed)->entered();
}

SI_INLINE sessio_status open_session(void *object, uint32_t required, uint32_t shared,
	void *open_arg, bool held, void **out_context, int32_t *out_reason)
{
	struct si_resource *resource = si_resource_of(object);
	struct sessio_bind *bind = entered_bind();
	struct si_session *session = NULL;
	sessio_status status;

	if (resource == NULL) {
		return SESSIO_INVALID_ARG;
	}
	si_mutex_lock(resource->lock);
	status = create_locked(resource, required, shared, bind, held, &session);
	si_mutex_unlock(resource->lock);
	if (status != SESSIO_OK) {
		return status;
	}
	return begin(resource, session, open_arg, held, out_context, out_reason);
}

sessio_status si_session_open(void *object, uint32_t required, uint32_t shared, void *open_arg,
	void **out_context, int32_t *out_reason)
{
	return open_session(object, required, shared, open_arg, false, out_context, out_reason);
}

sessio_status si_session_open_held(void *object, uint32_t required, uint32_t shared, void *open_arg,
	void **out_context, int32_t *out_reason)
{
	return open_session(object, required, shared, open_arg, true, out_context, out_reason);
}
