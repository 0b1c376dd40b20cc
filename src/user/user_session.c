/* SPDX-License-Identifier: MIT */
/*
 * User sessions: counted objects that a host knows by id.
 *
 * (user_session-1) The map has a session from its first post until Terminated is delivered,
 *      and a reference with it, which then goes to that event. So no other event
 *      needs one; and two sessions may have the same id: one whose Terminated is
 *      in the queue, and a later one that is planned.
 * (user_session-2) A session exists, and is in the host's list, while Created is delivered
 *      (or it was adopted or observed) and Terminated is not.
 * (user_session-3) A session has a reference on its host's memory, so that it stays
 *      readable when the host has been destroyed.
 */
#include "user/host.h"

static struct sessio_user_session *of_node(struct si_map_node *node)
{
	_Static_assert(offsetof(struct sessio_user_session, by_id) == 0, "the node comes first");
	return (struct sessio_user_session *)(void *)node;
}

static struct sessio_user_session *take_spare_locked(struct sessio_host *host) SI_LOCKED_HOST
{
	struct sessio_user_session *session = host->spare_sessions;

	if (session != NULL) {
		host->spare_sessions = session->newer;
		host->spare_session_count--;
	}
	return session;
}

bool si_user_session_fill_reserve_locked(struct sessio_host *host)
{
	while (host->spare_session_count < SI_HOST_RESERVE) {
		struct sessio_user_session *session = si_platform_alloc(sizeof(*session));

		if (session == NULL) {
			return false;
		}
		session->newer = host->spare_sessions;
		host->spare_sessions = session;
		host->spare_session_count++;
	}
	return true;
}

void si_user_session_free_reserve(struct sessio_host *host)
{
	while (host->spare_sessions != NULL) {
		struct sessio_user_session *session = host->spare_sessions;

		host->spare_sessions = session->newer;
		si_platform_free(session);
	}
}

struct sessio_user_session *si_user_session_create_locked(
	struct sessio_host *host, uint32_t id, bool may_use_reserve)
{
	struct sessio_user_session *session = si_platform_alloc(sizeof(*session));

	if (session == NULL && may_use_reserve) {
		session = take_spare_locked(host);
	}
	if (session == NULL) {
		return NULL;
	}
	session->by_id.next = NULL;
	session->by_id.key = id;
	session->host = host;
	si_host_ref(host);
	atomic_init(&session->refs, 1);
	atomic_init(&session->state, (unsigned char)SESSIO_USER_STATE_INITIALIZED);
	atomic_init(&session->local, true);
	session->exists = false;
	session->planned = SESSIO_USER_STATE_INITIALIZED;
	session->older = NULL;
	session->newer = NULL;
	return session;
}

struct sessio_user_session *si_user_session_planned_locked(struct sessio_host *host, uint32_t id)
{
	struct si_map_node *node = si_map_find(&host->sessions, id);

	/* The latest comes first; if that will have ended, so will all before it (user_session-1). */
	if (node == NULL || sessio_user_state_is_terminal(of_node(node)->planned)) {
		return NULL;
	}
	return of_node(node);
}

struct sessio_user_session *si_user_session_existing_locked(struct sessio_host *host, uint32_t id)
{
	struct si_map_node *node = si_map_find(&host->sessions, id);

	while (node != NULL && !of_node(node)->exists) {
		node = si_map_skip(node->next, id);
	}
	return node == NULL ? NULL : of_node(node);
}

void si_user_session_add_locked(struct sessio_host *host, struct sessio_user_session *session)
{
	si_map_add(&host->sessions, &session->by_id, session->by_id.key);
}

static void begin_existing_locked(
	struct sessio_host *host, struct sessio_user_session *session) SI_LOCKED_HOST
{
	session->exists = true;
	session->older = host->last_session;
	session->newer = NULL;
	if (host->last_session == NULL) {
		host->first_session = session;
	} else {
		host->last_session->newer = session;
	}
	host->last_session = session;
	host->session_count++;
}

static void cease_to_exist_locked(
	struct sessio_host *host, struct sessio_user_session *session) SI_LOCKED_HOST
{
	session->exists = false;
	if (session->older == NULL) {
		host->first_session = session->newer;
	} else {
		session->older->newer = session->newer;
	}
	if (session->newer == NULL) {
		host->last_session = session->older;
	} else {
		session->newer->older = session->older;
	}
	host->session_count--;
}

/* The reference of the map is the caller's now. */
static void forget_locked(
	struct sessio_host *host, struct sessio_user_session *session) SI_LOCKED_HOST
{
	if (session->exists) {
		cease_to_exist_locked(host, session);
	}
	si_map_remove(&host->sessions, &session->by_id);
}

void si_user_session_apply_locked(struct sessio_host *host, const struct si_event *event)
{
	struct sessio_user_session *session = event->session;

	if (event->sets_local) {
		atomic_store_explicit(&session->local, event->local, memory_order_relaxed);
	}
	/* Release: whoever sees the state sees where the terminal is. */
	atomic_store_explicit(&session->state, (unsigned char)event->after, memory_order_release);
	if (sessio_user_state_is_terminal(event->after)) {
		forget_locked(host, session);
	} else if (!session->exists) {
		begin_existing_locked(host, session);
	}
}

void si_user_session_forget_all_locked(struct sessio_host *host)
{
	/* Nothing is being delivered or queued: all that are in the map exist. */
	while (host->first_session != NULL) {
		struct sessio_user_session *session = host->first_session;

		forget_locked(host, session);
		sessio_user_session_unref(session);
	}
}

sessio_status sessio_host_find_session(
	sessio_host *host, uint32_t session_id, sessio_user_session **out_session)
{
	struct sessio_user_session *session;

	if (host == NULL || out_session == NULL) {
		return SESSIO_INVALID_ARG;
	}
	si_mutex_lock(&host->lock);
	session = si_user_session_existing_locked(host, session_id);
	if (session != NULL) {
		*out_session = sessio_user_session_ref(session);
	}
	si_mutex_unlock(&host->lock);
	return session == NULL ? SESSIO_NOT_FOUND : SESSIO_OK;
}

sessio_user_session *sessio_user_session_ref(sessio_user_session *session)
{
	/* Relaxed: the caller's own reference already orders its accesses. */
	uint32_t before = atomic_fetch_add_explicit(&session->refs, 1, memory_order_relaxed);

	SI_BUG_IF(
		before == 0 || before >= UINT32_MAX / 2, "a user session has too many references");
	return session;
}

void sessio_user_session_unref(sessio_user_session *session)
{
	uint32_t before;

	if (session == NULL) {
		return;
	}
	/* Release: what this holder did comes before the end. Acquire: so do the others'. */
	before = atomic_fetch_sub_explicit(&session->refs, 1, memory_order_acq_rel);
	SI_BUG_IF(before == 0, "a user session is given back once too often");
	if (before == 1) {
		struct sessio_host *host = session->host;

		si_platform_free(session);
		si_host_unref(host);
	}
}

uint32_t sessio_user_session_id(const sessio_user_session *session)
{
	return (uint32_t)session->by_id.key;
}

sessio_user_state sessio_user_session_state(const sessio_user_session *session)
{
	return (sessio_user_state)atomic_load_explicit(&session->state, memory_order_acquire);
}

bool sessio_user_session_is_local(const sessio_user_session *session)
{
	return atomic_load_explicit(&session->local, memory_order_relaxed);
}
