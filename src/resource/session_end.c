/* SPDX-License-Identifier: MIT */
/* Ends: a session is closed, its operations run out, its context goes. */
#include "base/diag.h"
#include "base/text.h"
#include "base/waiting.h"
#include "resource/session_handle.h"
#include "resource/session_list.h"
#include "resource/session_memory.h"
#include "resource/walk.h"

/* The kinds of frames of a thread in one of these callbacks. */
static const char in_close;
static const char in_close_complete;

static struct si_session *session_of_item(struct si_deferred *item)
{
	return (struct si_session *)(void *)((unsigned char *)item -
		offsetof(struct si_session, item));
}

/* The last step with the context of a session that has ended. */
enum leftover {
	FREE_CONTEXT, /* no other reference, and no destructor */
	PUT_CONTEXT, /* drop the end's reference */
	LEFT_TO_OTHERS, /* the end has no reference (session-11) */
	LEFT_TO_WALKER /* (session-6) */
};

/* Facts for the part of an end that comes after its last visit to the lock. */
struct ending {
	void *context;
	void *object;
	struct si_session_type *type;
	size_t before; /* bytes of the context before its header */
	struct si_list watches; /* (session-12) */
	enum leftover leftover;
	bool referenced; /* LEFT_TO_WALKER: somebody else has a reference */
	bool last_context; /* FREE_CONTEXT: of its type on this object */
};

static struct ending finish_locked(struct si_resource *resource, struct si_session *session)
	SI_HELD(*resource->lock)
{
	void *context = si_session_context(session);
	const struct si_header *header = si_header_of(context);
	struct ending ending = { .context = context,
		.object = session->object,
		.type = session->type,
		.before = header->type->before,
		.watches = si_session_take_watches_locked(session),
		.leftover = PUT_CONTEXT };
	uint32_t references;

	/* Acquire: if the only reference is the end's, what other holders did is done. */
	references = atomic_load_explicit(&header->u.live.refs.count, memory_order_acquire);
	si_session_list_drop(resource, session);
	session->pins = si_walk_count_locked(resource, session);
	if (si_unlikely(session->pins != 0)) {
		atomic_store_explicit(&session->end, SI_PINNED, memory_order_release);
		ending.leftover = LEFT_TO_WALKER;
		ending.referenced = references != 1;
		return ending;
	}
	if (si_unlikely(session->first_dropped)) {
		ending.leftover = LEFT_TO_OTHERS;
		/* The last one of them may free it from now on. */
		atomic_store_explicit(&session->end, SI_ENDED, memory_order_release);
		return ending;
	}
	atomic_store_explicit(&session->end, SI_ENDED, memory_order_release);
	if (header->type->quiet && references == 1) {
		ending.leftover = FREE_CONTEXT;
		ending.last_context = si_resource_remove_context_locked(resource, session->type);
	}
	return ending;
}

static void free_context(const struct ending *ending, struct si_session *session)
{
	si_session_fini(session);
	si_platform_free(si_object_unmake(ending->context, ending->before));
	if (ending->last_context) {
		si_resource_put_held(ending->object, ending->type);
	}
}

/* Drops the end's reference. True if somebody else has one. */
SI_INLINE bool put_context(void *context)
{
	if (si_refcount_unref_unless_last(&si_header_of(context)->u.live.refs, SI_OBJECT_GONE)) {
		return true;
	}
	si_object_put(context);
	return false;
}

/* The last step of all. True if somebody else has a reference to the context. */
static bool finish_unlocked(struct ending *ending, struct si_session *session)
{
	si_session_call_watches(&ending->watches);
	si_wait_wake();
	switch (ending->leftover) {
	case FREE_CONTEXT:
		free_context(ending, session);
		return false;
	case PUT_CONTEXT:
		return put_context(ending->context);
	case LEFT_TO_OTHERS:
		return true;
	case LEFT_TO_WALKER:
		break;
	}
	return ending->referenced;
}

static bool finish(struct si_session *session)
{
	struct si_resource *resource = si_session_resource(session);
	struct ending ending;

	si_mutex_lock(resource->lock);
	ending = finish_locked(resource, session);
	si_mutex_unlock(resource->lock);
	return finish_unlocked(&ending, session);
}

static void call_close_complete(struct si_session *session)
{
	SI_GUARDED_FRAME(frame);

	si_thread_push_foreign(&frame, &in_close_complete, NULL);
	session->type->ops.close_complete(session->object, si_session_context(session));
	si_thread_pop(&frame);
}

static bool call_and_finish(struct si_session *session)
{
	if (session->type->ops.close_complete != NULL) {
		call_close_complete(session);
	}
	return finish(session);
}

static void finish_item(struct si_deferred *item)
{
	(void)call_and_finish(session_of_item(item));
}

/* The records of others that a session leaves before closeComplete. */
struct ties {
	struct sessio_bind *bind;
	struct si_badge *badge;
};

static void drop_ties(const struct ties *ties)
{
	si_session_handle_end(ties->badge); /* its handles are revoked */
	si_session_drop_bind(ties->bind);
}

/* Its rights are free again, and it belongs to no user session any more. */
static struct ties begin_completing_locked(struct si_resource *resource, struct si_session *session)
	SI_HELD(*resource->lock)
{
	si_session_list_count_out(resource, session);
	return (struct ties){ si_session_unbind_locked(session),
		si_session_take_badge_locked(session) };
}

/* The part of an end that calls somebody, or leaves the session to a walker or a handle. */
static SI_NOINLINE void complete_slowly(struct si_resource *resource, struct si_session *session)
	SI_RELEASES(*resource->lock)
{
	struct ties ties = begin_completing_locked(resource, session);
	struct ending ending = { .context = NULL };

	if (ties.badge == NULL && session->type->ops.close_complete == NULL) {
		ending = finish_locked(resource, session);
	}
	si_mutex_unlock(resource->lock);
	if (ending.context != NULL) {
		si_session_drop_bind(ties.bind);
		(void)finish_unlocked(&ending, session);
		return;
	}
	drop_ties(&ties);
	session->item.run = finish_item;
	si_deferred_run(&session->item); /* (session-8) */
}

/*
 * Gives the memory of an ended context back, that nobody has a reference to. The
 * session has been finished, and the lock is held; it is released.
 */
SI_INLINE void free_locked(struct si_resource *resource, struct si_session *session)
	SI_RELEASES(*resource->lock)
{
	void *context = si_session_context(session);
	void *object = session->object;
	struct si_session_type *type = session->type;
	/* Read before the type may go. */
	size_t size = si_session_memory_size(type, session->roomy);
	void *memory = si_object_unmake(context, si_header_of(context)->type->before);
	bool last = si_resource_remove_context_locked(resource, type);

	memory = si_session_memory_keep_locked(resource, memory, size);
	si_mutex_unlock(resource->lock);
	if (si_unlikely(memory != NULL)) {
		si_platform_free(memory);
	}
	if (si_unlikely(last)) {
		si_resource_put_held(object, type);
	}
}

/* Nobody waits for this end, and the cold part goes with the session. */
static inline bool is_alone(const struct si_session *session)
{
	const struct si_session_cold *cold = session->cold;

	return si_likely(cold == NULL) ||
		(session->roomy && cold->badge == NULL && si_list_is_empty(&cold->watches));
}

void si_session_complete(struct si_session *session)
{
	struct si_resource *resource = si_session_resource(session);
	void *context = si_session_context(session);
	const struct si_header *header = si_header_of(context);
	struct sessio_bind *bind;

	si_mutex_lock(resource->lock);
	if (si_unlikely(!is_alone(session) || session->first_dropped ||
		    resource->sessions.cursors != NULL ||
		    session->type->ops.close_complete != NULL)) {
		complete_slowly(resource, session);
		return;
	}
	bind = si_likely(session->cold == NULL) ? NULL : si_session_unbind_locked(session);
	si_session_list_remove(resource, session);
	/* Acquire: if the only reference is the end's, what other holders did is done. */
	if (si_likely(header->type->quiet && si_rundown_is_whole(&session->run) &&
		    atomic_load_explicit(&header->u.live.refs.count, memory_order_acquire) == 1)) {
		free_locked(resource, session);
		if (si_unlikely(bind != NULL)) {
			si_session_drop_bind(bind);
		}
		si_wait_wake();
		return;
	}
	atomic_store_explicit(&session->end, SI_ENDED, memory_order_release);
	si_mutex_unlock(resource->lock);
	if (si_unlikely(bind != NULL)) {
		si_session_drop_bind(bind);
	}
	si_wait_wake();
	(void)put_context(context);
}

static SI_COLD void report_close(struct si_session *session, int32_t result)
{
	char line[600];
	struct si_text text = si_text_start(line, sizeof(line));
	char about[512];

	(void)sessio_session_describe(si_session_context(session), about, sizeof(about));
	si_text_put(&text, "a close callback returned ");
	si_text_put_hex(&text, (uint32_t)result);
	si_text_put(&text, ", which changes nothing: ");
	si_text_put(&text, about);
	si_diag_report(SESSIO_DIAG_CALLBACK, session->object, si_session_context(session), line);
}

SI_INLINE void call_close(struct si_session *session)
{
	SI_GUARDED_FRAME(frame);
	int32_t result;

	si_thread_push_foreign(&frame, &in_close, NULL);
	result = session->type->ops.close(session->object, si_session_context(session));
	si_thread_pop(&frame);
	if (si_unlikely(result != 0)) {
		report_close(session, result);
	}
}

SI_INLINE enum si_run_close begin_close(struct si_session *session, sessio_end_reason reason)
{
	enum si_run_close found;

	/*
	 * Relaxed, twice. An opener may find the session closed before the second store,
	 * and then reads the first. When two threads close at once the second is right.
	 */
	if (atomic_load_explicit(&session->reason, memory_order_relaxed) == SESSIO_END_NONE) {
		atomic_store_explicit(&session->reason, (uint8_t)reason, memory_order_relaxed);
	}
	found = si_rundown_close(&session->run);
	if (found != SI_CLOSE_LATE) {
		atomic_store_explicit(&session->reason, (uint8_t)reason, memory_order_relaxed);
	}
	return found;
}

enum si_run_close si_session_begin_close(struct si_session *session, sessio_end_reason reason)
{
	return begin_close(session, reason);
}

void si_session_take_bias(struct si_session *const sessions[], unsigned count)
{
	bool any = false;

	for (unsigned i = 0; i < count; i++) {
		any = si_fast_revoke(&sessions[i]->run) || any;
	}
	if (any) {
		si_heavy_barrier();
		for (unsigned i = 0; i < count; i++) {
			si_fast_revoked(&sessions[i]->run);
		}
	}
}

/* For diagnosis only, and only of ends that take time. */
static SI_NOINLINE void note_closing_time(struct si_session *session)
{
	si_mutex *lock = si_session_resource(session)->lock;
	struct si_session_cold *cold;

	si_mutex_lock(lock);
	cold = si_session_cold_locked(session);
	if (cold != NULL) {
		cold->closed_ns = si_platform_stamp_ns();
	}
	si_mutex_unlock(lock);
}

SI_INLINE void run_end(struct si_session *session, enum si_run_close found)
{
	if (found == SI_CLOSE_BUSY) {
		note_closing_time(session);
	}
	/* Sequentially consistent (session_number-5). */
	if (si_unlikely(atomic_load(&session->sent))) {
		si_session_handle_close_sent(session);
	}
	call_close(session);
	if (si_rundown_release_closer(&session->run, found)) {
		si_session_complete(session);
	}
}

void si_session_run_end(struct si_session *session, enum si_run_close found)
{
	run_end(session, found);
}

bool si_session_run_end_of_opening(struct si_session *session)
{
	struct si_resource *resource = si_session_resource(session);
	struct ties ties;

	call_close(session);
	(void)si_rundown_release_closer(&session->run, SI_CLOSE_IDLE);
	si_mutex_lock(resource->lock);
	ties = begin_completing_locked(resource, session);
	si_mutex_unlock(resource->lock);
	drop_ties(&ties);
	return call_and_finish(session);
}

sessio_status si_session_close(void *context)
{
	struct si_session *session = si_session_of(context);
	enum si_run_close found;

	if (session == NULL) {
		return SESSIO_INVALID_ARG;
	}
	/* Relaxed: a thread that saw the open callback agree sees this, too. */
	if (atomic_load_explicit(&session->stage, memory_order_relaxed) != SI_AGREED) {
		return SESSIO_BAD_STATE; /* its open callback runs still, or has refused */
	}
	found = begin_close(session, SESSIO_END_CLOSED);
	if (si_unlikely(found == SI_CLOSE_LATE)) {
		return SESSIO_BAD_STATE;
	}
	if (si_likely(found != SI_CLOSE_PENDING)) {
		run_end(session, found);
	}
	return SESSIO_OK; /* PENDING: right behind its open callback, the opener runs the end */
}

static void end_idle_item(struct si_deferred *item)
{
	si_session_run_end(session_of_item(item), SI_CLOSE_IDLE);
}

static void end_busy_item(struct si_deferred *item)
{
	si_session_run_end(session_of_item(item), SI_CLOSE_BUSY);
}

/* Frees the context of an ended session that has no destructor; otherwise false. */
static bool free_ended(struct si_session *session, const struct si_header *header)
{
	struct si_resource *resource = si_session_resource(session);

	if (!header->type->quiet) {
		return false;
	}
	/* Acquire: all that other holders did is done. */
	(void)atomic_load_explicit(&header->u.live.refs.count, memory_order_acquire);
	si_session_fini(session);
	si_mutex_lock(resource->lock);
	free_locked(resource, session);
	return true;
}

/* A last reference: of an ended session; the first; or one that takes its place (session-11). */
enum last { LAST_OF_ENDED, LAST_IS_FIRST, LAST_REPLACES_FIRST };

/*
 * Closes the counter unless the session has ended. Under the lock: once another thread's
 * end owns the reference, this thread does not touch the session any more.
 */
static enum last close_at_last(struct si_session *session, enum si_run_close *out_found)
{
	struct si_resource *resource = si_session_resource(session);
	enum last last = LAST_IS_FIRST;

	si_mutex_lock(resource->lock);
	if (atomic_load_explicit(&session->end, memory_order_relaxed) == SI_ENDED) {
		last = LAST_OF_ENDED;
	} else {
		*out_found = si_session_begin_close(session, SESSIO_END_LAST_REFERENCE);
		si_session_handle_close_locked(session);
		last = session->first_dropped ? LAST_REPLACES_FIRST : LAST_IS_FIRST;
		session->first_dropped = false;
	}
	si_mutex_unlock(resource->lock);
	return last;
}

bool si_session_last_reference(void *context)
{
	struct si_session *session = si_session_of(context);
	enum si_run_close found = SI_CLOSE_LATE;
	enum last last;

	/* Acquire: the end is done with it. Nobody takes a weak reference any more. */
	if (atomic_load_explicit(&session->end, memory_order_acquire) == SI_ENDED) {
		return free_ended(session, si_header_of(context));
	}
	last = close_at_last(session, &found);
	if (last == LAST_OF_ENDED) {
		return free_ended(session, si_header_of(context));
	}
	if (found != SI_CLOSE_IDLE && found != SI_CLOSE_BUSY) {
		SI_BUG_IF(last == LAST_IS_FIRST,
			"a context's last reference went before its session had ended: "
			"one put too many (session-7)");
		return true; /* another thread closes it, with this reference */
	}
	session->item.run = found == SI_CLOSE_IDLE ? end_idle_item : end_busy_item;
	si_deferred_run(&session->item); /* (session-8) */
	return true;
}
