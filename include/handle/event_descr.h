/* SPDX-License-Identifier: MIT */
/*
 * Our reading of <handle/event_descr.h>.
 *
 * EventDesc with its fields and the names of events are documented. The numbers
 * are ours, and so is the place of the parts of a mask.
 */
#ifndef HANDLE_EVENT_DESCR_H
#define HANDLE_EVENT_DESCR_H

#include <rtl/stdint.h>

/** The events that one entry of a notice has collected. */
typedef struct {
	rtl_uintptr_t eventId;
	rtl_uint32_t eventMask;
} EventDesc;

/* The general part: the lower 16 bits. No program can raise these. */
#define EVENT_OBJECT_DESTROYED 0x1u /**< no valid handle of the resource is left */
#define EVENT_BADGE_CLOSED 0x2u /**< no valid handle of the badge's transfers is left */

/** Events of a kind of resource, by number from 0 to 7. */
#define OBJECT_EVENT_SPEC(number) (0x10000u << (number))
/** Events of a user resource, by number from 0 to 7. */
#define OBJECT_EVENT_USER(number) (0x1000000u << (number))

#define EVENT_TASK_COMPLETED OBJECT_EVENT_SPEC(0) /**< nothing here raises it */

#endif /* HANDLE_EVENT_DESCR_H */
