/* SPDX-License-Identifier: MIT */
#include "base/deferred.h"

static const char in_deferral; /* the kind of frame of a thread that puts work off */

static void run_all(struct si_deferral *deferral)
{
	struct si_deferred *item;

	while ((item = deferral->first) != NULL) {
		deferral->first = item->next;
		if (item->next == NULL) {
			deferral->end = &deferral->first;
		}
		item->run(item);
	}
}

void si_deferral_begin(struct si_deferral *deferral)
{
	deferral->frame.kind = NULL;
	deferral->first = NULL;
	deferral->end = &deferral->first;
	if (si_thread_find(&in_deferral) == NULL) {
		/* Foreign: the thread does not act for its own work in a deferred item. */
		si_thread_push_foreign(&deferral->frame, &in_deferral, deferral);
	}
}

void si_deferral_end(struct si_deferral *deferral)
{
	if (deferral->frame.kind != NULL) {
		run_all(deferral);
		si_thread_pop(&deferral->frame);
	}
}

static void append(struct si_deferral *deferral, struct si_deferred *item)
{
	item->next = NULL;
	*deferral->end = item;
	deferral->end = &item->next;
}

void si_deferred_run(struct si_deferred *item)
{
	struct si_thread_frame *frame = si_thread_find(&in_deferral);
	struct si_deferral own;

	if (frame != NULL) {
		append(frame->value, item);
		return;
	}
	si_deferral_begin(&own);
	append(&own, item);
	si_deferral_end(&own);
}

void si_deferred_flush(void)
{
	struct si_thread_frame *frame = si_thread_find(&in_deferral);

	if (frame != NULL) {
		run_all(frame->value);
	}
}
