/* SPDX-License-Identifier: MIT */
#include "resource/walk.h"

/* Sessions taken in one go: enough to make the lock cheap, few enough for any stack. */
#define BATCH 32u

static const char in_handler; /* the kind of frame of a thread in a walk handler */

static struct si_session *next_session(struct si_list_cursor *cursor)
{
	struct si_list_node *node = si_list_cursor_next(cursor);

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

void si_walk_close_all(struct si_resource *resource)
{
	struct si_list_cursor cursor;
	struct si_session *session;
	unsigned steps = 0;

	si_list_cursor_begin(&resource->sessions, &cursor);
	while ((session = next_session(&cursor)) != NULL) {
		enum si_run_close found = si_session_begin_close(session, SESSIO_END_UNREGISTERED);

		if (found == SI_CLOSE_IDLE || found == SI_CLOSE_BUSY) {
			si_mutex_unlock(resource->lock);
			si_session_run_end(session, found);
			si_mutex_lock(resource->lock);
		} else {
			step(resource, &steps); /* its opener or another closer ends it */
		}
	}
	si_list_cursor_end(&resource->sessions, &cursor);
}

void si_walk_look(struct si_resource *resource, void (*look)(struct si_session *session, void *arg),
	void *arg)
{
	struct si_list_cursor cursor;
	struct si_session *session;
	unsigned steps = 0;

	si_mutex_lock(resource->lock);
	si_list_cursor_begin(&resource->sessions, &cursor);
	while ((session = next_session(&cursor)) != NULL) {
		look(session, arg);
		step(resource, &steps);
	}
	si_list_cursor_end(&resource->sessions, &cursor);
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

struct batch {
	struct si_session *sessions[BATCH]; /* pinned */
	unsigned count;
	bool more; /* sessions may follow */
};

static void take_some(struct si_list_cursor *cursor, struct batch *batch)
{
	batch->count = 0;
	batch->more = true;
	for (unsigned steps = 0; steps < SI_WALK_STEPS && batch->count < BATCH; steps++) {
		struct si_session *session = next_session(cursor);

		if (session == NULL) {
			batch->more = false;
			return;
		}
		if (has_agreed(session)) { /* (session-5) */
			session->pins++;
			batch->sessions[batch->count++] = session;
		}
	}
}

/* Takes the pins off. A reference that this leaves here is put without the lock (session-6). */
static void unpin(struct si_resource *resource, struct batch *batch) SI_HELD(*resource->lock)
{
	unsigned left = 0;

	for (unsigned i = 0; i < batch->count; i++) {
		struct si_session *session = batch->sessions[i];

		if (--session->pins == 0 &&
			atomic_load_explicit(&session->end, memory_order_relaxed) == SI_PINNED) {
			bool owned = !session->first_dropped; /* (session-11) */

			/* Without a reference of its own, this thread is done with it now. */
			atomic_store_explicit(&session->end, SI_ENDED, memory_order_release);
			if (owned) {
				batch->sessions[left++] = session;
			}
		}
	}
	if (left != 0) {
		si_mutex_unlock(resource->lock);
		for (unsigned i = 0; i < left; i++) {
			si_object_put(si_session_context(batch->sessions[i]));
		}
		si_mutex_lock(resource->lock);
	}
}

/* Uses one session of a walk; false ends the walk. */
typedef bool use_fn(void *object, struct si_session *session, void *arg);

/* The lock is held at the call and at the return, not in between. */
static void walk(struct si_resource *resource, use_fn *use, void *object, void *arg)
	SI_HELD(*resource->lock)
{
	struct si_list_cursor cursor;
	struct batch batch = { .more = true };

	si_list_cursor_begin(&resource->sessions, &cursor);
	while (batch.more) {
		take_some(&cursor, &batch);
		si_mutex_unlock(resource->lock);
		for (unsigned i = 0; i < batch.count; i++) {
			if (!use(object, batch.sessions[i], arg)) {
				batch.more = false;
				break;
			}
		}
		si_mutex_lock(resource->lock);
		unpin(resource, &batch);
	}
	si_list_cursor_end(&resource->sessions, &cursor);
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
	bool registered;

	if (resource == NULL) {
		return SESSIO_INVALID_ARG;
	}
	si_mutex_lock(resource->lock);
	registered = atomic_load_explicit(&resource->type, memory_order_relaxed) != NULL;
	if (registered) {
		(void)si_object_ref(object); /* the handler may drop every other one */
		handle_all(resource, object, &handling);
	}
	si_mutex_unlock(resource->lock);
	if (!registered) {
		return SESSIO_NOT_FOUND;
	}
	si_object_put(object);
	if (handling.reason != 0) {
		*out_reason = handling.reason;
		return SESSIO_REFUSED;
	}
	return SESSIO_OK;
}
