/* SPDX-License-Identifier: MIT */
/*
 * Going through a resource's sessions while they come and go.
 *
 * A walker leaves a cursor in the list, takes some sessions at a time and
 * releases the lock while it uses them. New sessions come before every cursor.
 * So a walk ends, and a session that is there throughout is met exactly once.
 *
 * Nothing is written to a session for a walk that passes it. The walker's batch says
 * which ones it has. An end looks there, if there is any walker, and marks the places
 * where it finds its session. A marked session is left to the walkers (session-6).
 */
#ifndef SI_WALK_H
#define SI_WALK_H

#include "resource/session.h"

/* So many sessions are looked at under the lock in one go (session-10). */
#define SI_WALK_STEPS 64u

/* Sessions taken in one go: enough to make the lock cheap, few enough for any stack. */
#define SI_WALK_BATCH 32u

/* A walk's place in the list, and what it has taken there. Resource lock. */
struct si_walker {
	struct si_list_cursor cursor; /* first */
	struct si_session **taken; /* the sessions themselves do not change until `count` is 0 */
	uint32_t count;
	uintptr_t
		before; /* the address of the node that was met last, or 0; nothing may be there */
	uint32_t left; /* bit i: taken[i] has ended, and is left to this walker */
};

/* How many walkers have this session. It is marked in their batches. */
unsigned si_walk_leave_to_walkers_locked(
	struct si_resource *resource, const struct si_session *session);

static inline unsigned si_walk_count_locked(
	struct si_resource *resource, const struct si_session *session)
{
	return si_likely(resource->sessions.cursors == NULL)
		? 0
		: si_walk_leave_to_walkers_locked(resource, session);
}

/*
 * Closes all sessions one after the other, each as a call to close it would. The
 * lock is held at the call and at the return, not between.
 */
void si_walk_close_all(struct si_resource *resource) SI_HELD(*resource->lock);

/* Calls for every session whose open callback has agreed, until it has ended. */
void si_walk_visit(void *object, void (*visit)(void *object, void *context));

/* Calls for every session, with the lock held. */
void si_walk_look(struct si_resource *resource, void (*look)(struct si_session *session, void *arg),
	void *arg);

#endif /* SI_WALK_H */
