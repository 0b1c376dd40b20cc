/* SPDX-License-Identifier: MIT */
/*
 * The sessions of a resource in the order of their openings, and what the share rule
 * counts of them.
 *
 * Most sessions of an object are opened with the same rights. So a row of such
 * neighbours counts as one, and most openings and ends count nothing.
 *
 * (session_list-1) A run is a row of neighbours with the same rights that are all LIVE,
 *      as long as it can be. The share rule counts each run once.
 * (session_list-2) A session that is not LIVE any more is in no run, and so parts two runs.
 *
 * The resource lock is held in all of these.
 */
#ifndef SI_SESSION_LIST_H
#define SI_SESSION_LIST_H

#include "resource/session.h"

/* The session before or behind a place of the list, if it is LIVE; NULL: it is not. */
static inline const struct si_session *si_session_list_live(const struct si_list_node *node)
{
	const struct si_session *session;

	if (node == NULL) {
		return NULL;
	}
	session = (const struct si_session *)(const void *)((const unsigned char *)node -
		offsetof(struct si_session, node));
	/* Relaxed: it is written under the lock. */
	return atomic_load_explicit(&session->end, memory_order_relaxed) == SI_LIVE ? session
										    : NULL;
}

/* Whether this place of the list has a session that makes a run with this one. */
static inline bool si_session_list_goes_on(
	const struct si_list_node *node, const struct si_session *session)
{
	const struct si_session *other = si_session_list_live(node);

	return other != NULL && other->required == session->required &&
		other->shared == session->shared;
}

/* A new session. */
static inline void si_session_list_add(struct si_resource *resource, struct si_session *session)
{
	if (!si_session_list_goes_on(resource->sessions.first, session)) {
		si_rights_add(&resource->rights, session->required, session->shared);
	}
	si_stack_push(&resource->sessions, &session->node);
}

/* The sides of a session become neighbours. They are one run now if they have the same rights. */
static inline void si_session_list_join_sides(
	struct si_resource *resource, const struct si_session *session)
{
	const struct si_session *before = si_session_list_live(session->node.previous);

	if (before != NULL && si_session_list_goes_on(session->node.next, before)) {
		si_rights_remove(&resource->rights, before->required, before->shared);
	}
}

/* A LIVE session goes. */
static inline void si_session_list_remove(struct si_resource *resource, struct si_session *session)
{
	if (!si_session_list_goes_on(session->node.next, session) &&
		!si_session_list_goes_on(session->node.previous, session)) {
		si_rights_remove(&resource->rights, session->required, session->shared);
		si_session_list_join_sides(resource, session);
	}
	si_stack_remove(&resource->sessions, &session->node);
}

/* A LIVE session is COMPLETING from now on, and stays in the list. */
static inline void si_session_list_count_out(
	struct si_resource *resource, struct si_session *session)
{
	bool before = si_session_list_goes_on(session->node.previous, session);
	bool behind = si_session_list_goes_on(session->node.next, session);

	if (before && behind) {
		si_rights_add(&resource->rights, session->required, session->shared);
	} else if (!before && !behind) {
		si_rights_remove(&resource->rights, session->required, session->shared);
	}
	atomic_store_explicit(&session->end, SI_COMPLETING, memory_order_release);
}

/* One that was counted out goes. */
static inline void si_session_list_drop(struct si_resource *resource, struct si_session *session)
{
	si_session_list_join_sides(resource, session);
	si_stack_remove(&resource->sessions, &session->node);
}

#endif /* SI_SESSION_LIST_H */
