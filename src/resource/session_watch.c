/* SPDX-License-Identifier: MIT */
/* Watches of a session's end (session-12). */
#include "resource/session.h"

/* Constructed, and not ended. Relaxed: the opener's own stores, or after its agreement. */
static bool can_end_locked(const struct si_session *session)
{
	return atomic_load_explicit(&session->stage, memory_order_relaxed) != SI_RAW &&
		atomic_load_explicit(&session->end, memory_order_relaxed) < SI_PINNED;
}

sessio_status si_session_watch_end(void *context, struct si_end_watch *watch)
{
	struct si_session *session = si_session_of(context);
	struct si_session_cold *cold;
	sessio_status status = SESSIO_OK;

	if (session == NULL) {
		return SESSIO_INVALID_ARG;
	}
	watch->lock = si_resource_of(session->object)->lock;
	si_mutex_lock(watch->lock);
	cold = si_session_cold_locked(session);
	if (!can_end_locked(session)) {
		status = SESSIO_BAD_STATE;
	} else if (cold == NULL) {
		status = SESSIO_NO_MEMORY;
	} else {
		watch->session = session;
		si_list_append(&cold->watches, &watch->node);
	}
	si_mutex_unlock(watch->lock);
	return status;
}

bool si_session_unwatch_end(struct si_end_watch *watch)
{
	bool listed;

	si_mutex_lock(watch->lock);
	listed = watch->session != NULL;
	if (listed) {
		si_list_remove(&watch->session->cold->watches, &watch->node);
		watch->session = NULL;
	}
	si_mutex_unlock(watch->lock);
	return listed;
}

struct si_list si_session_take_watches_locked(struct si_session *session)
{
	struct si_list watches = { NULL, NULL, NULL };

	if (si_likely(session->cold == NULL)) {
		return watches;
	}
	watches = session->cold->watches;
	session->cold->watches = (struct si_list){ NULL, NULL, NULL };
	for (struct si_list_node *at = watches.first; at != NULL; at = at->next) {
		struct si_end_watch *watch = SI_LIST_ELEMENT(at, struct si_end_watch, node);

		watch->session = NULL;
		watch->context = si_session_context(session);
		watch->required = session->required;
		watch->shared = session->shared;
		watch->reason = (sessio_end_reason)atomic_load_explicit(
			&session->reason, memory_order_relaxed);
	}
	return watches;
}

void si_session_call_watches(struct si_list *watches)
{
	while (!si_list_is_empty(watches)) {
		struct si_end_watch *watch =
			SI_LIST_ELEMENT(watches->first, struct si_end_watch, node);

		si_list_remove(watches, &watch->node);
		watch->ended(watch);
	}
}
