/* SPDX-License-Identifier: MIT */
#include "resource/walk.h"

/* Sessions taken in one go: enough to make the lock cheap, few enough for any stack. */
#define BATCH 32u

struct taken {
	struct si_session *session; /* pinned */
	enum si_run_close found;
};

/* Inlined, gcc takes a cursor for left in the list when its walk has unlinked it. */
SI_NOINLINE void si_session_link(struct si_resource *resource, struct si_session *session)
{
	session->links.next = resource->sessions;
	session->links.prev = &resource->sessions;
	if (session->links.next != NULL) {
		session->links.next->links.prev = &session->links.next;
	}
	resource->sessions = session;
}

void si_session_unlink(struct si_session *session)
{
	*session->links.prev = session->links.next;
	if (session->links.next != NULL) {
		session->links.next->links.prev = session->links.prev;
	}
}

void si_session_hold(struct si_session *session)
{
	if (!session->holds) {
		si_object_ref(session->object);
		si_object_ref(session->type);
		session->holds = true;
	}
}

static void link_after(struct si_session *place, struct si_session *cursor)
{
	cursor->links.next = place->links.next;
	cursor->links.prev = &place->links.next;
	if (cursor->links.next != NULL) {
		cursor->links.next->links.prev = &cursor->links.next;
	}
	place->links.next = cursor;
}

/* Which sessions a walk takes; none takes one that is PENDING (session-5). */
enum purpose { VISIT_OPEN, VISIT_ALL, CLOSE };

/* Whether it takes this session; closes it in the same moment if that is what for. */
static bool take(struct si_session *session, enum purpose purpose, enum si_run_close *found)
{
	if (session->end == SI_CURSOR) {
		return false;
	}
	switch (purpose) {
	case VISIT_OPEN:
		return si_rundown_is_open(&session->run);
	case VISIT_ALL:
		return session->end < SI_ENDED && !si_rundown_is_pending(&session->run);
	case CLOSE:
		si_session_hold(session);
		*found = si_rundown_close(&session->run);
		return *found == SI_CLOSE_IDLE || *found == SI_CLOSE_BUSY;
	}
	return false;
}

/* Fills the batch with what comes next and moves the cursor behind it. */
static unsigned take_some(
	struct si_session *cursor, enum purpose purpose, struct taken batch[BATCH])
{
	struct si_session *last = NULL;
	unsigned count = 0;

	for (struct si_session *at = cursor->links.next; at != NULL && count < BATCH;
		at = at->links.next) {
		if (take(at, purpose, &batch[count].found)) {
			at->pins++; /* (session-6) */
			batch[count++].session = at;
		}
		last = at;
	}
	if (last != NULL) {
		si_session_unlink(cursor);
		link_after(last, cursor);
	}
	return count;
}

/* Takes the pins of a batch off; what that leaves to the walker is put without the lock. */
static void unpin(struct si_resource *resource, struct taken batch[BATCH], unsigned count)
	SI_HELD(*resource->lock)
{
	unsigned left = 0;

	for (unsigned i = 0; i < count; i++) {
		struct si_session *session = batch[i].session;

		if (--session->pins == 0 && session->end == SI_LEFT) {
			session->end = SI_ENDED;
			batch[left++].session = session;
		}
	}
	if (left != 0) {
		si_mutex_unlock(resource->lock);
		for (unsigned i = 0; i < left; i++) {
			si_object_put(si_session_context(batch[i].session)); /* (session-3) */
		}
		si_mutex_lock(resource->lock);
	}
}

/* Uses one session of a walk; false ends the walk. */
typedef bool use_fn(void *object, const struct taken *taken, void *arg);

/* The walk itself. The lock is held at the call and at the return, not in between. */
static void walk(struct si_resource *resource, enum purpose purpose, use_fn *use, void *object,
	void *arg) SI_HELD(*resource->lock)
{
	struct taken batch[BATCH];
	struct si_session cursor;
	unsigned count;
	bool more = true;

	/* Only the links and the mark of a cursor are ever looked at. */
	cursor.end = SI_CURSOR;
	si_session_link(resource, &cursor);
	while (more && (count = take_some(&cursor, purpose, batch)) != 0) {
		si_mutex_unlock(resource->lock);
		for (unsigned i = 0; more && i < count; i++) {
			more = use(object, &batch[i], arg);
		}
		si_mutex_lock(resource->lock);
		unpin(resource, batch, count);
	}
	si_session_unlink(&cursor);
}

static bool close_one(void *object, const struct taken *taken, void *arg)
{
	(void)object;
	(void)arg;
	si_session_closed(taken->session, taken->found);
	return true;
}

void si_walk_close_all(struct si_resource *resource)
{
	walk(resource, CLOSE, close_one, NULL, NULL);
}

struct visiting {
	void (*visit)(void *object, void *context);
};

static bool visit_one(void *object, const struct taken *taken, void *arg)
{
	const struct visiting *visiting = arg;

	visiting->visit(object, si_session_context(taken->session));
	return true;
}

void si_walk_all(void *object, void (*visit)(void *object, void *context))
{
	struct si_resource *resource = si_resource_of(object);
	struct visiting visiting = { visit };

	si_mutex_lock(resource->lock);
	walk(resource, VISIT_ALL, visit_one, object, &visiting);
	si_mutex_unlock(resource->lock);
}

struct handling {
	si_session_walk_fn *handler;
	void *arg;
	int32_t reason;
};

static bool handle_one(void *object, const struct taken *taken, void *arg)
{
	struct handling *handling = arg;

	if (si_rundown_is_open(&taken->session->run)) {
		handling->reason = handling->handler(
			object, si_session_context(taken->session), handling->arg);
	}
	return handling->reason == 0;
}

sessio_status si_session_walk(
	void *object, si_session_walk_fn *handler, void *arg, int32_t *out_reason)
{
	struct si_resource *resource = si_resource_of(object);
	struct handling handling = { handler, arg, 0 };
	bool live;

	if (resource == NULL) {
		return SESSIO_INVALID_ARG;
	}
	si_mutex_lock(resource->lock);
	live = si_session_type_is_live(atomic_load_explicit(&resource->type, memory_order_relaxed));
	if (live) {
		si_object_ref(object); /* the handler may drop every other one */
		walk(resource, VISIT_OPEN, handle_one, object, &handling);
	}
	si_mutex_unlock(resource->lock);
	if (!live) {
		return SESSIO_NOT_FOUND;
	}
	si_object_put(object);
	if (handling.reason != 0) {
		*out_reason = handling.reason;
		return SESSIO_REFUSED;
	}
	return SESSIO_OK;
}
