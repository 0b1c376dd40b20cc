/* SPDX-License-Identifier: MIT */
/*
 * Notices: queues of events of resources that handles stand for.
 *
 * A subscription collects the events of one resource for one notice in a mask of
 * its own. Raising an event therefore needs no memory, and loses nothing.
 *
 * (notice-1) A subscription is in its notice's list until the notice goes, and in
 *      its resource's until one of the two goes. The side that leaves last frees it.
 * (notice-2) Lock order: a resource's lineage lock, then one notice's lock.
 */
#ifndef SI_NOTICE_H
#define SI_NOTICE_H

#include "base/object.h"
#include "resource/lineage.h"

/* Events of the general part, which only the library raises. */
#define SI_EVENT_OBJECT_DESTROYED (UINT32_C(1) << 0)
#define SI_EVENT_BADGE_CLOSED (UINT32_C(1) << 1)
#define SI_EVENTS_GENERAL UINT32_C(0x0000ffff)

struct si_notice {
	si_mutex lock; /* (notice-2) */
	struct si_list subscriptions; /* lock */
	struct si_list ready; /* lock; those with events, oldest first */
};

struct si_notice_event {
	uintptr_t id;
	uint32_t mask;
};

extern struct sessio_object_type si_notice_type; /* the payload is a struct si_notice */

/* The notice behind an object, NULL if it is none. */
struct si_notice *si_notice_of(void *object);

sessio_status si_notice_create(void **out_object);

/* Another subscription; a subscription with this id takes the new mask instead. */
sessio_status si_notice_subscribe(
	struct si_notice *notice, struct si_handle_object *object, uint32_t mask, uintptr_t id);

/* The lineage lock is held; si_wait_wake() comes after it. */
void si_notice_raise_locked(struct si_handle_object *object, uint32_t events);
void si_notice_raise(struct si_handle_object *object, uint32_t events);

/* Waits for events and fetches at most so many; SESSIO_TIMEOUT if there are none. */
sessio_status si_notice_get(struct si_notice *notice, uint64_t timeout_ns, size_t limit,
	struct si_notice_event *events, size_t *out_count);

#endif /* SI_NOTICE_H */
