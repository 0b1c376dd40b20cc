/* SPDX-License-Identifier: MIT */
/*
 * Going through a resource's sessions while they come and go.
 *
 * A walker leaves a cursor in the list, takes some sessions at a time and
 * releases the lock while it uses them. New sessions come before every cursor.
 * So a walk ends, and a session that is there throughout is met exactly once.
 */
#ifndef SI_WALK_H
#define SI_WALK_H

#include "resource/session.h"

/* So many sessions are looked at under the lock in one go (session-10). */
#define SI_WALK_STEPS 64u

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
