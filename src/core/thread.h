/* SPDX-License-Identifier: MIT */
/*
 * What the calling thread is in the middle of.
 *
 * A frame says that this thread is inside something: a destructor, a callback.
 * Frames live in their callers' storage and are pushed and popped like calls;
 * the platform keeps one pointer per thread, to the innermost.
 */
#ifndef SI_THREAD_H
#define SI_THREAD_H

#include "core/bug.h"

struct si_thread_frame {
	const void *kind; /* an address that names what this is */
	void *value;
	struct si_thread_frame *outer;
};

static inline void si_thread_push(struct si_thread_frame *frame, const void *kind, void *value)
{
	frame->kind = kind;
	frame->value = value;
	frame->outer = si_platform_thread_get();
	si_platform_thread_set(frame);
}

static inline void si_thread_pop(struct si_thread_frame *frame)
{
	SI_BUG_IF(si_platform_thread_get() != frame, "a frame popped out of order");
	si_platform_thread_set(frame->outer);
}

/* The innermost frame of this kind, NULL if there is none. */
static inline struct si_thread_frame *si_thread_find(const void *kind)
{
	struct si_thread_frame *frame = si_platform_thread_get();

	while (frame != NULL && frame->kind != kind) {
		frame = frame->outer;
	}
	return frame;
}

#endif /* SI_THREAD_H */
