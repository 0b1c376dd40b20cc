/* SPDX-License-Identifier: MIT */
/*
 * Going through a resource's sessions while they come and go.
 *
 * A walker leaves a cursor in the list, a session in form only, takes some
 * sessions at a time and lets go of the lock while it uses them. New sessions
 * are put before every cursor, so a walk ends, and a session that is there
 * throughout is met exactly once.
 */
#ifndef SI_WALK_H
#define SI_WALK_H

#include "resource/session.h"

/* Closes every session. The lock is held at the call and at the return, not between. */
void si_walk_close_all(struct si_resource *resource) SI_HELD(*resource->lock);

/* Calls for every session that is constructed, whatever its phase. */
void si_walk_all(void *object, void (*visit)(void *object, void *context));

#endif /* SI_WALK_H */
