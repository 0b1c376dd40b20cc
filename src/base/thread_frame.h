/* SPDX-License-Identifier: MIT */
/*
 * The callbacks and scopes that the calling thread is in.
 *
 * A frame says that this thread is inside something: a destructor, a callback.
 * Frames live in their callers' storage; the platform keeps one pointer per
 * thread, to the innermost.
 *
 * Most frames are pushed and popped like calls. A frame that a callback pushes
 * and leaves, such as "this thread acts for that session", outlives the
 * callback's own. A pop therefore takes out its frame wherever that is.
 *
 * A foreign frame stands round a callback that this thread runs for others' work.
 * The frames outside of it are not the callback's: si_thread_find_own().
 *
 * A callback may leave by no other way than its return. Its frame is declared
 * with SI_GUARDED_FRAME(), which stops the program if a C++ exception, a thread
 * exit or a cancellation comes through. A longjmp comes through unseen. It is found
 * when the thread next looks for a frame or pushes one. The frame that was left must
 * lie on the thread's own stack, and the thread must be further out by then. Frames
 * on other stacks, as of coroutines and fibers, are taken for good.
 */
#ifndef SI_THREAD_FRAME_H
#define SI_THREAD_FRAME_H

#include "base/bug.h"

struct si_thread_frame {
	struct si_thread_link link; /* first: the platform's */
	const void *kind; /* an address that names what this is; NULL: not pushed */
	void *value;
	struct si_thread_frame *outer;
	bool foreign;
	bool is_covered; /* another was pushed inside of it, and may still be there */
};

/* The thread's innermost frame, NULL if it is in none. */
static inline struct si_thread_frame *si_thread_innermost(void)
{
	struct si_thread_frame *frame = si_platform_thread_get();

	SI_BUG_IF(frame != NULL && (uintptr_t)frame < si_platform_here() &&
			si_platform_has_left(frame),
		"a callback was left by a longjmp");
	return frame;
}

static inline void si_thread_link(
	struct si_thread_frame *frame, const void *kind, void *value, bool foreign)
{
	frame->kind = kind;
	frame->value = value;
	frame->outer = si_thread_innermost();
	frame->foreign = foreign;
	frame->is_covered = false;
	if (frame->outer != NULL) {
		frame->outer->is_covered = true;
	}
	si_platform_thread_set(frame);
}

static inline void si_thread_push(struct si_thread_frame *frame, const void *kind, void *value)
{
	si_thread_link(frame, kind, value, false);
}

/* The same for the frame of a callback that this thread runs for others' work. */
static inline void si_thread_push_foreign(
	struct si_thread_frame *frame, const void *kind, void *value)
{
	si_thread_link(frame, kind, value, true);
}

static inline void si_thread_pop(struct si_thread_frame *frame)
{
	struct si_thread_frame *inner = si_platform_thread_get();

	if (si_likely(inner == frame)) {
		si_platform_thread_set(frame->outer);
	} else {
		while (inner != NULL && inner->outer != frame) {
			inner = inner->outer;
		}
		SI_BUG_IF(inner == NULL, "a frame popped by a thread that is not in it");
		inner->outer = frame->outer;
	}
	frame->kind = NULL;
}

/* The same for a frame that the calling function has pushed: then it is this thread's. */
static inline void si_thread_pop_here(struct si_thread_frame *frame)
{
	if (si_likely(!frame->is_covered)) {
		si_platform_thread_set(frame->outer);
		frame->kind = NULL;
	} else {
		si_thread_pop(frame);
	}
}

/* Runs when a guarded frame's block is left, in any way. */
static inline void si_thread_guard(struct si_thread_frame *frame)
{
	SI_BUG_IF(frame->kind != NULL,
		"a callback was left by an exception, a thread exit or a cancellation");
}

#if defined(__GNUC__)
#define SI_GUARDED_FRAME(name)                                                 \
	struct si_thread_frame name __attribute__((cleanup(si_thread_guard))); \
	(name).kind = NULL
#else
#define SI_GUARDED_FRAME(name)       \
	struct si_thread_frame name; \
	(name).kind = NULL
#endif

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
	return si_thread_next(si_thread_innermost(), kind);
}

/* The next one of this kind from `frame` outwards, but not outside of others' work. */
static inline struct si_thread_frame *si_thread_next_own(
	struct si_thread_frame *frame, const void *kind)
{
	while (frame != NULL && frame->kind != kind) {
		frame = frame->foreign ? NULL : frame->outer;
	}
	return frame;
}

/* The innermost, but not outside of others' work that the thread runs a callback for. */
static inline struct si_thread_frame *si_thread_find_own(const void *kind)
{
	return si_thread_next_own(si_thread_innermost(), kind);
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

#endif /* SI_THREAD_FRAME_H */
