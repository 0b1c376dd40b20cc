/* SPDX-License-Identifier: MIT */
#include "resource/walk.h"

#define FETCH_AHEAD 32u /* sessions: by then the memory has answered */

static const char in_handler; /* the kind of frame of a thread in a walk handler */

static void begin(struct si_resource *resource, struct si_walker *walker) SI_HELD(*resource->lock)
{
	walker->taken = NULL;
	walker->count = 0;
	walker->left = 0;
	walker->before = 0;
	si_stack_cursor_begin(&resource->sessions, &walker->cursor);
}

static void end(struct si_resource *resource, struct si_walker *walker) SI_HELD(*resource->lock)
{
	si_stack_cursor_end(&resource->sessions, &walker->cursor);
}

static struct si_session *next_session(struct si_walker *walker)
{
	struct si_list_node *node = si_list_cursor_next(&walker->cursor);

	return node == NULL ? NULL : SI_LIST_ELEMENT(node, struct si_session, node);
}

/* Counts a step; after SI_WALK_STEPS of them the lock is released for a moment. */
static void step(struct si_resource *resource, unsigned *steps) SI_HELD(*resource->lock)
{
	if (++*steps == SI_WALK_STEPS) {
		*steps = 0;
		si_mutex_unlock(resource->lock);
		si_mutex_lock(resource->lock);
	}
}

/* Of this session and those behind it: fewer barriers than one for each. */
static void take_bias_from(struct si_session *session)
{
	struct si_session *biased[SI_WALK_STEPS];
	struct si_list_node *node = &session->node;
	unsigned count = 0;

	for (unsigned steps = 0; node != NULL && steps < SI_WALK_STEPS; steps++) {
		session = SI_LIST_ELEMENT(node, struct si_session, node);
		if (si_rundown_is_biased(&session->run)) {
			biased[count++] = session;
		}
		node = node->next;
	}
	si_session_take_bias(biased, count);
}

void si_walk_close_all(struct si_resource *resource)
{
	struct si_walker walker;
	struct si_session *session;
	unsigned steps = 0;
	unsigned taken = 0; /* sessions ahead whose bias has been taken */

	begin(resource, &walker);
	while ((session = next_session(&walker)) != NULL) {
		enum si_run_close found;

		if (taken != 0) {
			taken--;
		} else if (si_rundown_is_biased(&session->run)) {
			take_bias_from(session);
			taken = SI_WALK_STEPS - 1;
		}
		found = si_session_begin_close(session, SESSIO_END_UNREGISTERED);
		if (found == SI_CLOSE_IDLE || found == SI_CLOSE_BUSY) {
			si_mutex_unlock(resource->lock);
			si_session_run_end(session, found);
			si_mutex_lock(resource->lock);
		} else {
			step(resource, &steps); /* its opener or another closer ends it */
		}
	}
	end(resource, &walker);
}

void si_walk_look(struct si_resource *resource, void (*look)(struct si_session *session, void *arg),
	void *arg)
{
	struct si_walker walker;
	struct si_session *session;
	unsigned steps = 0;

	si_mutex_lock(resource->lock);
	begin(resource, &walker);
	while ((session = next_session(&walker)) != NULL) {
		look(session, arg);
		step(resource, &steps);
	}
	end(resource, &walker);
	si_mutex_unlock(resource->lock);
}

/* True from the open callback's agreement until the end is all but complete. */
static bool has_agreed(const struct si_session *session)
{
	/* Acquire: a handler may read all that the open callback has written. */
	return atomic_load_explicit(&session->stage, memory_order_acquire) == SI_AGREED;
}

static bool is_completing(const struct si_session *session)
{
	/* Acquire: a session that has ended is not used as if it had not. */
	return atomic_load_explicit(&session->end, memory_order_acquire) != SI_LIVE;
}

unsigned si_walk_leave_to_walkers_locked(
	struct si_resource *resource, const struct si_session *session)
{
	unsigned walkers = 0;

	for (struct si_list_cursor *at = resource->sessions.cursors; at != NULL; at = at->outer) {
		struct si_walker *walker = (struct si_walker *)(void *)at;
		uint32_t i = 0;

		while (i < walker->count && walker->taken[i] != session) {
			i++;
		}
		if (i < walker->count) {
			walker->left |= UINT32_C(1) << i;
			walkers++;
		}
	}
	return walkers;
}

/*
 * Sessions that were opened in a row often lie at equal distances. Then this asks for
 * one ahead of time. Otherwise it asks in vain, which costs next to nothing.
 */
static void fetch_ahead(uintptr_t before, uintptr_t at)
{
	si_prefetch((const void *)(at + FETCH_AHEAD * (at - before)));
}

/* False: no session follows those that it takes. */
static bool take_some(struct si_walker *walker)
{
	struct si_list_node *at = walker->cursor.at;
	uintptr_t before = walker->before == 0 ? (uintptr_t)at : walker->before;
	uint32_t count = 0;

	for (unsigned steps = 0; at != NULL && steps < SI_WALK_STEPS && count < SI_WALK_BATCH;
		steps++) {
		struct si_session *session = SI_LIST_ELEMENT(at, struct si_session, node);

		fetch_ahead(before, (uintptr_t)at);
		if (has_agreed(session)) { /* (session-5) */
			walker->taken[count++] = session;
		}
		before = (uintptr_t)at;
		at = at->next;
	}
	walker->cursor.at = at;
	walker->before = before;
	walker->count = count;
	return at != NULL;
}

/* Ends what was left to this walker last. A reference is put without the lock (session-6). */
static SI_NOINLINE void finish_left(struct si_resource *resource, struct si_walker *walker)
	SI_HELD(*resource->lock)
{
	struct si_session *owned[SI_WALK_BATCH];
	unsigned count = 0;

	for (uint32_t i = 0; i < walker->count; i++) {
		struct si_session *session = walker->taken[i];

		if ((walker->left >> i & 1u) != 0 && --session->pins == 0) {
			bool owns = !session->first_dropped; /* (session-11) */

			/* Without a reference of its own, this thread is done with it now. */
			atomic_store_explicit(&session->end, SI_ENDED, memory_order_release);
			if (owns) {
				owned[count++] = session;
			}
		}
	}
	walker->count = 0;
	walker->left = 0;
	si_mutex_unlock(resource->lock);
	for (unsigned i = 0; i < count; i++) {
		si_object_put(si_session_context(owned[i]));
	}
	si_mutex_lock(resource->lock);
}

/* Uses one session of a walk; false ends the walk. */
typedef bool use_fn(void *object, struct si_session *session, void *arg);

/*
 * The lock is held at the call and at the return, not in between. Inline, so that
 * only the handler is called through a pointer.
 */
SI_INLINE void walk(struct si_resource *resource, use_fn *use, void *object, void *arg)
	SI_HELD(*resource->lock)
{
	struct si_session *taken[SI_WALK_BATCH];
	struct si_walker walker;
	bool more = true;

	begin(resource, &walker);
	walker.taken = taken;
	while (more) {
		uint32_t count;

		more = take_some(&walker);
		count = walker.count;
		si_mutex_unlock(resource->lock);
		for (uint32_t i = 0; i < count; i++) {
			if (!use(object, taken[i], arg)) {
				more = false;
				break;
			}
		}
		si_mutex_lock(resource->lock);
		if (si_unlikely(walker.left != 0)) {
			finish_left(resource, &walker);
		}
	}
	end(resource, &walker);
}

struct visiting {
	void (*visit)(void *object, void *context);
};

static bool visit_one(void *object, struct si_session *session, void *arg)
{
	const struct visiting *visiting = arg;

	if (atomic_load_explicit(&session->end, memory_order_acquire) < SI_PINNED) {
		visiting->visit(object, si_session_context(session));
	}
	return true;
}

void si_walk_visit(void *object, void (*visit)(void *object, void *context))
{
	struct si_resource *resource = si_resource_of(object);
	struct visiting visiting = { visit };

	si_mutex_lock(resource->lock);
	walk(resource, visit_one, object, &visiting);
	si_mutex_unlock(resource->lock);
}

struct handling {
	si_session_walk_fn *handler;
	void *arg;
	int32_t reason;
};

static bool handle_one(void *object, struct si_session *session, void *arg)
{
	struct handling *handling = arg;

	if (!is_completing(session)) {
		handling->reason =
			handling->handler(object, si_session_context(session), handling->arg);
	}
	return handling->reason == 0;
}

/* The lock is held at the call and at the return, not in between. */
static void handle_all(struct si_resource *resource, void *object, struct handling *handling)
	SI_HELD(*resource->lock)
{
	SI_GUARDED_FRAME(frame);

	si_thread_push(&frame, &in_handler, NULL);
	walk(resource, handle_one, object, handling);
	si_thread_pop(&frame);
}

sessio_status si_session_walk(
	void *object, si_session_walk_fn *handler, void *arg, int32_t *out_reason)
{
	struct si_resource *resource = si_resource_of(object);
	struct handling handling = { handler, arg, 0 };
	struct si_session_type *type;
	bool last = false;

	if (resource == NULL) {
		return SESSIO_INVALID_ARG;
	}
	si_mutex_lock(resource->lock);
	type = atomic_load_explicit(&resource->type, memory_order_relaxed);
	if (type != NULL) {
		/* The handler may drop everything else that keeps the object. */
		si_resource_add_context_locked(resource, type);
		handle_all(resource, object, &handling);
		last = si_resource_remove_context_locked(resource, type);
	}
	si_mutex_unlock(resource->lock);
	if (type == NULL) {
		return SESSIO_NOT_FOUND;
	}
	if (last) {
		si_resource_put_held(object, type);
	}
	if (handling.reason != 0) {
		*out_reason = handling.reason;
		return SESSIO_REFUSED;
	}
	return SESSIO_OK;
}
