/* SPDX-License-Identifier: MIT */
/*
 * User sessions: counted objects that a host knows by id.
 *
 * (user_session-1) The map has a session from its first post until Terminated is delivered,
 *      and a reference with it, which then goes to that event. So no other event
 *      needs one. Two sessions may have the same id: one whose Terminated is in
 *      the queue, and a later one that is planned.
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
	struct si_list_node *node = host->spare_sessions.first;

	if (node == NULL) {
		return NULL;
	}
	si_list_remove(&host->spare_sessions, node);
	host->spare_session_count--;
	return SI_LIST_ELEMENT(node, struct sessio_user_session, by_age);
}

bool si_user_session_fill_reserve_locked(struct sessio_host *host)
{
	while (host->spare_session_count < SI_HOST_RESERVE) {
		struct sessio_user_session *session = si_platform_alloc(sizeof(*session));

		if (session == NULL) {
			return false;
		}
		si_list_prepend(&host->spare_sessions, &session->by_age);
		host->spare_session_count++;
	}
	return true;
}

void si_user_session_free_reserve_locked(struct sessio_host *host)
{
	while (!si_list_is_empty(&host->spare_sessions)) {
		si_platform_free(take_spare_locked(host));
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
	si_refcount_init(&session->refs, 1);
	atomic_init(&session->state, (unsigned char)SESSIO_USER_STATE_INITIALIZED);
	atomic_init(&session->local, true);
	session->exists = false;
	session->planned = SESSIO_USER_STATE_INITIALIZED;
	return session;
}

struct sessio_user_session *si_user_session_planned_locked(struct sessio_host *host, uint32_t id)
{
	struct sessio_user_session *latest = host->latest;
	struct si_map_node *node;

	if (latest != NULL && latest->by_id.key == id && !si_state_is_terminal(latest->planned)) {
		return latest; /* so there is none that is planned after it */
	}
	node = si_map_find(&host->sessions, id);
	/* The latest comes first; if that will have ended, so will all before it (user_session-1). */
	if (node == NULL || si_state_is_terminal(of_node(node)->planned)) {
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
	si_list_append(&host->existing, &session->by_age);
	host->session_count++;
}

static void cease_to_exist_locked(
	struct sessio_host *host, struct sessio_user_session *session) SI_LOCKED_HOST
{
	session->exists = false;
	si_list_remove(&host->existing, &session->by_age);
	host->session_count--;
}

/* The reference of the map is the caller's now. */
static void forget_locked(
	struct sessio_host *host, struct sessio_user_session *session) SI_LOCKED_HOST
{
	if (session->exists) {
		cease_to_exist_locked(host, session);
	}
	if (host->latest == session) {
		host->latest = NULL;
	}
	si_map_remove(&host->sessions, &session->by_id);
}

void si_user_session_apply_locked(struct sessio_host *host, const struct si_event *event)
{
	struct sessio_user_session *session = event->session;

	if (event->sets_local) {
		atomic_store_explicit(&session->local, event->local, memory_order_relaxed);
	}
	/* Release: a reader of the state sees where the terminal is. */
	atomic_store_explicit(&session->state, (unsigned char)event->after, memory_order_release);
	if (si_state_is_terminal(event->after)) {
		forget_locked(host, session);
		return;
	}
	if (!session->exists) {
		begin_existing_locked(host, session);
	}
	host->latest = session;
	host->latest_state = event->after;
}

void si_user_session_forget_all_locked(struct sessio_host *host)
{
	/* Nothing is being delivered or queued: all that are in the map exist. */
	while (!si_list_is_empty(&host->existing)) {
		struct sessio_user_session *session =
			SI_LIST_ELEMENT(host->existing.first, struct sessio_user_session, by_age);

		forget_locked(host, session);
		sessio_user_session_unref(session);
	}
}

sessio_user_session *sessio_user_session_ref(sessio_user_session *session)
{
	if (session != NULL) {
		(void)si_refcount_ref(
			&session->refs, "a user session is used after its last reference");
	}
	return session;
}

void sessio_user_session_unref(sessio_user_session *session)
{
	if (session != NULL &&
		si_refcount_unref(&session->refs, "a user session is given back once too often")) {
		struct sessio_host *host = session->host;

		si_platform_free(session);
		si_host_unref(host);
	}
}

uint32_t sessio_user_session_id(const sessio_user_session *session)
{
	return session == NULL ? 0 : (uint32_t)session->by_id.key;
}

sessio_user_state sessio_user_session_state(const sessio_user_session *session)
{
	if (session == NULL) {
		return SESSIO_USER_STATE_NONE;
	}
	return (sessio_user_state)atomic_load_explicit(&session->state, memory_order_acquire);
}

bool sessio_user_session_is_local(const sessio_user_session *session)
{
	return session != NULL && atomic_load_explicit(&session->local, memory_order_relaxed);
}

static const char entered_kind; /* frames whose value is a struct entered */

/* On the thread's chain of frames until it is left. */
struct entered {
	struct si_thread_frame frame;
	struct sessio_user_session *session; /* has a reference, and that one on the host */
};

sessio_status sessio_host_enter_session(sessio_host *host, sessio_user_session *session)
{
	struct entered *entered;

	if (host == NULL || session == NULL || si_user_session_host(session) != host) {
		return SESSIO_INVALID_ARG;
	}
	entered = si_platform_alloc(sizeof(*entered));
	if (entered == NULL) {
		return SESSIO_NO_MEMORY;
	}
	entered->session = sessio_user_session_ref(session);
	si_thread_push(&entered->frame, &entered_kind, entered);
	return SESSIO_OK;
}

/* The latest of this host, but for those outside of the callback that the thread is in. */
static struct entered *find_entered(const struct sessio_host *host)
{
	struct si_thread_frame *frame = si_thread_find_own(&entered_kind);

	while (frame != NULL) {
		struct entered *entered = frame->value;

		if (si_user_session_host(entered->session) == host) {
			return entered;
		}
		frame = si_thread_next_own(frame->outer, &entered_kind);
	}
	return NULL;
}

sessio_status sessio_host_leave_session(sessio_host *host)
{
	struct entered *entered;

	if (host == NULL) {
		return SESSIO_INVALID_ARG;
	}
	entered = find_entered(host);
	if (entered == NULL) {
		return SESSIO_BAD_STATE;
	}
	si_thread_pop(&entered->frame);
	sessio_user_session_unref(entered->session);
	si_platform_free(entered);
	return SESSIO_OK;
}

sessio_user_session *sessio_host_entered_session(const sessio_host *host)
{
	struct entered *entered = host == NULL ? NULL : find_entered(host);

	return entered == NULL ? NULL : entered->session;
}
