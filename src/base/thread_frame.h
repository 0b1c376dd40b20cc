/* SPDX-License-Identifier: MIT */
/*
 * What the calling thread is in the middle of.
 *
 * A frame says that this thread is inside something: a destructor, a callback.
 * Frames live in their callers' storage; the platform keeps one pointer per
 * thread, to the innermost.
 *
 * Most frames are pushed and popped like calls. One that a callback pushes and
 * leaves, such as "this thread acts for that session", outlives the callback's
 * own, so that a pop takes out its frame wherever that is.
 */
#ifndef SI_THREAD_H
#define SI_THREAD_H

#include "base/bug.h"

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
	struct si_thread_frame *inner = si_platform_thread_get();

	if (si_likely(inner == frame)) {
		si_platform_thread_set(frame->outer);
		return;
	}
	while (inner != NULL && inner->outer != frame) {
		inner = inner->outer;
	}
	SI_BUG_IF(inner == NULL, "a frame popped by a thread that is not in it");
	inner->outer = frame->outer;
}

/* The first frame of this kind from `frame` outwards, NULL if there is none. */
static inline struct si_thread_frame *si_thread_next(
	struct si_thread_frame *frame, const void *kind)
{
	while (frame != NULL && frame->kind != kind) {
		frame = frame->outer;
	}
	return frame;
}

/* The innermost frame of this kind, NULL if there is none. */
static inline struct si_thread_frame *si_thread_find(const void *kind)
{
	return si_thread_next(si_platform_thread_get(), kind);
}

/* Whether this thread is in a frame of this kind with this value. */
static inline bool si_thread_is_in(const void *kind, const void *value)
{
	struct si_thread_frame *frame = si_thread_find(kind);

	while (frame != NULL && frame->value != value) {
		frame = si_thread_next(frame->outer, kind);
	}
	return frame != NULL;
}

#endif /* SI_THREAD_H */
