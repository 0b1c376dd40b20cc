/* SPDX-License-Identifier: MIT */
#include "core/walk.h"

#include <string.h>

/* Sessions taken in one go: enough to make the lock cheap, few enough for any stack. */
#define BATCH 32u

struct taken {
	struct si_session *session; /* counted */
	enum si_run_close found;
};

void si_session_link(struct si_resource *resource, struct si_session *session)
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

/* Which sessions a walk takes; none takes one that is PENDING (S5). */
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
		return session->end != SI_ENDED && !si_rundown_is_pending(&session->run);
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
			si_object_ref(si_session_context(at));
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

/* Only the links and the mark of a cursor are ever looked at. */
static void cursor_init(struct si_session *cursor)
{
	memset(cursor, 0, sizeof(*cursor));
	cursor->end = SI_CURSOR;
}

void si_walk_close_all(struct si_resource *resource)
{
	struct taken batch[BATCH];
	struct si_session cursor;
	unsigned count;

	cursor_init(&cursor);
	si_session_link(resource, &cursor);
	while ((count = take_some(&cursor, CLOSE, batch)) != 0) {
		si_mutex_unlock(resource->lock);
		for (unsigned i = 0; i < count; i++) {
			si_session_closed(batch[i].session, batch[i].found);
			si_object_put(si_session_context(batch[i].session));
		}
		si_mutex_lock(resource->lock);
	}
	si_session_unlink(&cursor);
}

void si_walk_all(void *object, void (*visit)(void *object, void *context))
{
	struct si_resource *resource = si_resource_of(object);
	struct taken batch[BATCH];
	struct si_session cursor;
	unsigned count;

	cursor_init(&cursor);
	si_mutex_lock(resource->lock);
	si_session_link(resource, &cursor);
	while ((count = take_some(&cursor, VISIT_ALL, batch)) != 0) {
		si_mutex_unlock(resource->lock);
		for (unsigned i = 0; i < count; i++) {
			void *context = si_session_context(batch[i].session);

			visit(object, context);
			si_object_put(context);
		}
		si_mutex_lock(resource->lock);
	}
	si_session_unlink(&cursor);
	si_mutex_unlock(resource->lock);
}

sessio_status si_session_walk(
	void *object, si_session_walk_fn *handler, void *arg, int32_t *out_reason)
{
	struct si_resource *resource = si_resource_of(object);
	struct taken batch[BATCH];
	struct si_session cursor;
	unsigned count;
	int32_t reason = 0;

	if (resource == NULL) {
		return SESSIO_INVALID_ARG;
	}
	cursor_init(&cursor);
	si_mutex_lock(resource->lock);
	if (!si_session_type_is_live(atomic_load_explicit(&resource->type, memory_order_relaxed))) {
		si_mutex_unlock(resource->lock);
		return SESSIO_NOT_FOUND;
	}
	si_object_ref(object); /* the handler may drop every other one */
	si_session_link(resource, &cursor);
	while (reason == 0 && (count = take_some(&cursor, VISIT_OPEN, batch)) != 0) {
		si_mutex_unlock(resource->lock);
		for (unsigned i = 0; i < count; i++) {
			void *context = si_session_context(batch[i].session);

			if (reason == 0 && si_rundown_is_open(&batch[i].session->run)) {
				reason = handler(object, context, arg);
			}
			si_object_put(context);
		}
		si_mutex_lock(resource->lock);
	}
	si_session_unlink(&cursor);
	si_mutex_unlock(resource->lock);
	si_object_put(object);
	if (reason != 0) {
		*out_reason = reason;
		return SESSIO_REFUSED;
	}
	return SESSIO_OK;
}
