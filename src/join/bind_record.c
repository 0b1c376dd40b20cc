/* SPDX-License-Identifier: MIT */
/* The records of bound sessions: how they come and go, and what an event does to each. */
#include "join/bind.h"

#include "base/thread_frame.h"

static const char callback_kind; /* frames round the policy's callback; the value is the bind */

static struct si_bound *of_node(struct si_list_node *node)
{
	return node == NULL ? NULL : SI_LIST_ELEMENT(node, struct si_bound, node);
}

/* Both locks are held. The bind, whose hold is the caller's to drop (bind-3). */
static struct sessio_bind *unlink_locked(struct si_bound *bound)
{
	struct sessio_bind *bind = bound->bind;

	si_list_remove(&bind->bound, &bound->node);
	bound->bind = NULL;
	bind->count--;
	return bind;
}

struct sessio_bind *si_bind_detach_locked(struct si_bound *bound)
{
	struct sessio_bind *bind = bound->bind;

	si_mutex_lock(&bind->lock);
	(void)unlink_locked(bound);
	si_mutex_unlock(&bind->lock);
	return bind;
}

static si_mutex *lock_of(const struct si_session *session)
{
	return si_session_resource(session)->lock;
}

sessio_status si_bind_attach_locked(struct sessio_bind *bind, struct si_session *session)
{
	struct si_session_cold *cold = si_session_cold_locked(session);
	sessio_status status = SESSIO_BAD_STATE;

	if (cold == NULL) {
		return SESSIO_NO_MEMORY;
	}
	if (cold->bound.bind != NULL) {
		return SESSIO_EXISTS;
	}
	si_mutex_lock(&bind->lock);
	if (!bind->closed) {
		cold->bound.bind = bind;
		cold->bound.session = session;
		cold->bound.number = ++bind->last_number;
		si_list_append(&bind->bound, &cold->bound.node);
		bind->count++;
		si_bind_ref(bind); /* (bind-3) */
		status = SESSIO_OK;
	}
	si_mutex_unlock(&bind->lock);
	return status;
}

sessio_status si_bind_add(struct sessio_bind *bind, struct si_session *session)
{
	si_mutex *lock = lock_of(session);
	sessio_status status = SESSIO_BAD_STATE;

	si_mutex_lock(lock);
	if (session->end == SI_LIVE && !si_rundown_is_closed(&session->run)) {
		status = si_bind_attach_locked(bind, session);
	}
	si_mutex_unlock(lock);
	return status;
}

bool si_bind_detach(struct sessio_bind *bind, struct si_session *session)
{
	si_mutex *lock = lock_of(session);
	bool found;

	si_mutex_lock(lock);
	found = session->cold != NULL && session->cold->bound.bind == bind;
	if (found) {
		(void)si_bind_detach_locked(&session->cold->bound);
	}
	si_mutex_unlock(lock);
	if (found) {
		si_bind_unref(bind);
	}
	return found;
}

/*
 * Takes the record at the cursor out, unless another resource's lock is needed for it.
 * Both locks are held. The result as before; NULL: it is not.
 */
static struct sessio_bind *detach_at(struct si_list_cursor *cursor, const si_mutex *lock)
{
	struct si_bound *bound = of_node(cursor->at);

	if (bound == NULL || lock_of(bound->session) != lock) {
		return NULL; /* another is the next now */
	}
	(void)si_list_cursor_next(cursor);
	return unlink_locked(bound);
}

/*
 * A reference would not keep a PENDING session (bind-2). So the next record's
 * resource lock is found out, and both locks are taken in the right order. Then
 * the next record is looked at afresh. The resource locks live for ever.
 */
void si_bind_detach_all(struct sessio_bind *bind)
{
	struct si_list_cursor cursor;

	si_mutex_lock(&bind->lock);
	bind->closed = true; /* (bind-4) */
	si_list_cursor_begin(&bind->bound, &cursor);
	while (cursor.at != NULL) {
		si_mutex *lock = lock_of(of_node(cursor.at)->session);
		struct sessio_bind *left;

		si_mutex_unlock(&bind->lock);
		si_mutex_lock(lock);
		si_mutex_lock(&bind->lock);
		left = detach_at(&cursor, lock);
		si_mutex_unlock(&bind->lock);
		si_mutex_unlock(lock);
		if (left != NULL) {
			si_bind_unref(left); /* the caller has another reference */
		}
		si_mutex_lock(&bind->lock);
	}
	si_list_cursor_end(&bind->bound, &cursor);
	si_mutex_unlock(&bind->lock);
}

/* As KosSessionCloseObject() does; a session that is being opened is closed by its opener. */
static void close_one(struct sessio_bind *bind, struct si_session *session) SI_HELD(bind->lock)
{
	enum si_run_close found = si_session_begin_close(session, SESSIO_END_USER_LEFT);

	if (found == SI_CLOSE_IDLE || found == SI_CLOSE_BUSY) {
		si_mutex_unlock(&bind->lock);
		si_session_run_end(session, found);
		si_mutex_lock(&bind->lock);
	}
}

/* As many sessions as a lock is held for in one go. */
#define BATCH 64u

/* Of this session and those behind it: fewer barriers than one for each. */
static void take_bias_from(struct si_list_node *node)
{
	struct si_session *biased[BATCH];
	unsigned count = 0;

	for (unsigned steps = 0; node != NULL && steps < BATCH; steps++) {
		struct si_session *session = of_node(node)->session;

		if (si_rundown_is_biased(&session->run)) {
			biased[count++] = session;
		}
		node = node->next;
	}
	si_session_take_bias(biased, count);
}

#define LINE 64u /* bytes of the cache */
#define FETCH_AHEAD 4u /* sessions: by then the memory has answered */

/*
 * Sessions that were opened in a row often lie at equal distances, each with its record
 * behind it. Then this asks for all of one ahead of time. Otherwise it asks in vain.
 */
static void fetch_ahead(const struct si_list_node *before, struct si_list_node *node)
{
	const struct si_bound *bound = of_node(node);
	uintptr_t distance = (uintptr_t)node - (uintptr_t)before;
	uintptr_t end = (uintptr_t)(bound + 1) + FETCH_AHEAD * distance;
	uintptr_t at = (uintptr_t)bound->session + FETCH_AHEAD * distance;

	/* A cold part that was made later may be anywhere. */
	for (unsigned lines = 0; at < end && lines < 8; lines++) {
		si_prefetch((const void *)at);
		at += LINE;
	}
}

void si_bind_close_all(struct sessio_bind *bind)
{
	struct si_list_cursor cursor;
	struct si_list_node *before; /* nothing may be there */
	unsigned taken = 0; /* sessions ahead whose bias has been taken */
	uint64_t last;

	si_mutex_lock(&bind->lock);
	bind->closed = true;
	last = bind->last_number; /* (bind-4) */
	si_list_cursor_begin(&bind->bound, &cursor);
	before = cursor.at;
	while (cursor.at != NULL && of_node(cursor.at)->number <= last) {
		struct si_list_node *node = si_list_cursor_next(&cursor);

		fetch_ahead(before, node);
		before = node;
		if (taken != 0) {
			taken--;
		} else if (si_rundown_is_biased(&of_node(node)->session->run)) {
			take_bias_from(node);
			taken = BATCH - 1;
		}
		close_one(bind, of_node(node)->session);
	}
	si_list_cursor_end(&bind->bound, &cursor);
	si_mutex_unlock(&bind->lock);
}

/* The callback acts for the bind's user, not for the thread's own. */
static void call(struct sessio_bind *bind, void *context, const sessio_user_notice *notice)
{
	SI_GUARDED_FRAME(frame);

	si_thread_push_foreign(&frame, &callback_kind, bind);
	bind->policy.fn(bind->policy.ctx, bind, context, notice);
	si_thread_pop(&frame);
}

/* The bind's lock is held at the call and at the return, not always in between. */
static void notify_one(struct sessio_bind *bind, struct si_session *session,
	const sessio_user_notice *notice) SI_HELD(bind->lock)
{
	void *context = si_session_context(session);

	/* (bind-2) A context that is on its way out has no reference left to give. */
	if (si_rundown_is_open(&session->run) && si_object_ref_unless_zero(context)) {
		si_mutex_unlock(&bind->lock);
		call(bind, context, notice);
		si_object_put(context);
		si_mutex_lock(&bind->lock);
	}
}

void si_bind_notify_all(struct sessio_bind *bind, const sessio_user_notice *notice)
{
	struct si_list_cursor cursor;
	uint64_t last;

	si_mutex_lock(&bind->lock);
	last = bind->last_number; /* (bind-4) */
	si_list_cursor_begin(&bind->bound, &cursor);
	while (cursor.at != NULL && of_node(cursor.at)->number <= last) {
		notify_one(bind, of_node(si_list_cursor_next(&cursor))->session, notice);
	}
	si_list_cursor_end(&bind->bound, &cursor);
	si_mutex_unlock(&bind->lock);
}
