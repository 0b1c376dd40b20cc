/* SPDX-License-Identifier: MIT */
/* Session contexts, and the operations in them. */
#include "resource/session.h"

/* Relaxed everywhere: the table is constant, and a thread in a bind has seen it set. */
_Atomic(const struct si_session_join *) si_session_join;
_Atomic uint32_t si_session_scopes;
_Atomic(si_session_ask_open_fn *) si_session_ask_open;

void si_session_set_join(const struct si_session_join *join)
{
	atomic_store_explicit(&si_session_join, join, memory_order_relaxed);
}

/* Where the cold part of a roomy session is. */
static void *room_of(const struct si_session *session)
{
	unsigned char *context = si_session_context(session);
	const struct sessio_object_type *type = si_header_of(context)->type;

	return context + SI_ALIGNED(session->type->context_size) - type->before -
		sizeof(struct si_header);
}

struct si_session_cold *si_session_cold_locked(struct si_session *session)
{
	if (session->cold == NULL) {
		session->cold = session->roomy ? room_of(session)
					       : si_platform_alloc(sizeof(*session->cold));
		if (session->cold != NULL) {
			*session->cold = (struct si_session_cold){ .holders = NULL };
		}
	}
	return session->cold;
}

void si_session_fini(struct si_session *session)
{
	si_rundown_fini(&session->run);
	if (!session->roomy) {
		si_platform_free(session->cold);
	}
}

struct sessio_bind *si_session_unbind_locked(struct si_session *session)
{
	if (si_likely(session->cold == NULL || session->cold->bound.bind == NULL)) {
		return NULL;
	}
	return atomic_load_explicit(&si_session_join, memory_order_relaxed)
		->detach(&session->cold->bound);
}

struct si_badge *si_session_take_badge_locked(struct si_session *session)
{
	struct si_badge *badge = NULL;

	if (session->cold != NULL) {
		badge = session->cold->badge;
		session->cold->badge = NULL;
	}
	return badge;
}

void si_session_drop_bind(struct sessio_bind *bind)
{
	if (si_unlikely(bind != NULL)) {
		atomic_load_explicit(&si_session_join, memory_order_relaxed)->drop(bind);
	}
}

static void destruct_session(void *context, void *segment)
{
	struct si_session *session = segment;
	void *object = session->object;
	struct si_session_type *type = session->type;
	struct si_resource *resource;
	bool last;

	(void)context;
	if (atomic_load_explicit(&session->stage, memory_order_relaxed) == SI_RAW) {
		return; /* its opener cleans up */
	}
	si_session_fini(session);
	resource = si_resource_of(object);
	si_mutex_lock(resource->lock);
	last = si_resource_remove_context_locked(resource, type);
	si_mutex_unlock(resource->lock);
	if (last) {
		si_resource_put_held(object, type);
	}
}

static const struct si_ancestor session_chain[] = { { &si_session_base_type,
	-(ptrdiff_t)(sizeof(struct si_header) + SI_ALIGNED(sizeof(struct si_session))) } };
struct sessio_object_type si_session_base_type = {
	.name = "session",
	.destruct = destruct_session,
	.last_reference = si_session_last_reference,
	.hidden = sizeof(struct si_session),
	.before = SI_ALIGNED(sizeof(struct si_session)),
	.kind = SI_KIND_SESSION,
	.quiet = true,
	.is_static = true,
	.chain = session_chain,
};

bool si_session_is_of_type(const struct si_session *session, const void *type)
{
	const struct si_session_type *session_type = si_session_type_of(type);

	return session_type != NULL &&
		si_type_inherits(si_header_of(si_session_context(session))->type,
			session_type->context_type);
}

static sessio_status status_of(enum si_run_result result)
{
	switch (result) {
	case SI_RUN_OK:
		return SESSIO_OK;
	case SI_RUN_REFUSED:
		return SESSIO_BAD_STATE;
	case SI_RUN_FULL:
		break;
	}
	return SESSIO_LIMIT;
}

sessio_status si_session_ref_slowly(struct si_session *session)
{
	sessio_status status = status_of(si_rundown_acquire(&session->run));

	if (status == SESSIO_OK && session->tracked) {
		si_session_began(session);
	}
	return status;
}

sessio_status si_session_finish_ref(struct si_session *session, uint64_t met)
{
	return status_of(si_rundown_finish_acquire(&session->run, met));
}

void si_session_put_slowly(struct si_session *session)
{
	if (session->tracked) {
		si_session_done(session);
	}
	if (si_rundown_release(&session->run)) {
		si_session_complete(session);
	}
}

void si_session_put_last(struct si_session *session, uint64_t met)
{
	if (si_rundown_finish_release(&session->run, met)) {
		si_session_complete(session);
	}
}
