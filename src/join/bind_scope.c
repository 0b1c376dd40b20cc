/* SPDX-License-Identifier: MIT */
/* Scopes: a thread enters a bind, and its openings are bound. */
#include "join/bind.h"

#include "base/thread_frame.h"

static const char scope_kind; /* frames whose value is the bind that a thread is in */

_Static_assert(sizeof(struct si_thread_frame) <= sizeof(sessio_bind_scope) &&
		_Alignof(struct si_thread_frame) <= _Alignof(sessio_bind_scope),
	"a scope has room for a frame");

static struct si_thread_frame *frame_of(sessio_bind_scope *scope)
{
	return (struct si_thread_frame *)(void *)scope;
}

/* The storage says nothing until it has been entered, so the thread's chain is asked. */
static bool is_in_use(const struct si_thread_frame *frame)
{
	const struct si_thread_frame *at = si_platform_thread_get();

	while (at != NULL && at != frame) {
		at = at->outer;
	}
	return at != NULL;
}

sessio_status sessio_bind_enter(sessio_bind *bind, sessio_bind_scope *scope)
{
	if (bind == NULL || scope == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (is_in_use(frame_of(scope))) {
		return SESSIO_BAD_STATE;
	}
	si_bind_ref(bind);
	atomic_fetch_add_explicit(&si_session_scopes, 1, memory_order_relaxed);
	si_thread_push(frame_of(scope), &scope_kind, bind);
	return SESSIO_OK;
}

void sessio_bind_leave(sessio_bind_scope *scope)
{
	if (scope == NULL) {
		return;
	}
	si_thread_pop(frame_of(scope));
	atomic_fetch_sub_explicit(&si_session_scopes, 1, memory_order_relaxed);
	si_bind_unref(frame_of(scope)->value);
}

struct sessio_bind *si_bind_entered(void)
{
	struct si_thread_frame *frame = si_thread_find_own(&scope_kind);

	return frame == NULL ? NULL : frame->value;
}
