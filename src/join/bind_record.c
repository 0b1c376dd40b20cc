/* SPDX-License-Identifier: MIT */
/* The records of bound sessions: how they come and go, and what an event does to each. */
#include "join/bind.h"

#include "base/thread_frame.h"

#define LINE 64u /* bytes of the cache */
#define FETCHED (5 * LINE)

static const char callback_kind; /* frames round the policy's callback; the value is the bind */

static struct si_bound *of_node(struct si_list_node *node)
{
	return node == NULL ? NULL : SI_LIST_ELEMENT(node, struct si_bound, node);
}

void si_bound_drop(struct si_bound *bound)
{
	struct sessio_bind *bind = bound->bind;

	si_mutex_lock(&bind->lock);
	si_list_remove(&bind->bound, &bound->node);
	bind->count--;
	si_mutex_unlock(&bind->lock);
	si_platform_free(bound);
	si_bind_unref(bind);
}

/* Both locks are held: links the record unless the bind is closed. */
static sessio_status link_unless_closed(struct sessio_bind *bind, struct si_bound *bound)
{
	sessio_status status = SESSIO_BAD_STATE;

	si_mutex_lock(&bind->lock);
	if (!bind->closed) {
		bound->number = ++bind->last_number;
		si_list_append(&bind->bound, &bound->node);
		bind->count++;
		status = SESSIO_OK;
	}
	si_mutex_unlock(&bind->lock);
	return status;
}

static si_mutex *lock_of(const struct si_session *session)
{
	return si_resource_of(session->object)->lock;
}

static sessio_status attach_locked(
	struct sessio_bind *bind, struct si_session *session, struct si_bound *bound)
{
	struct si_session_cold *cold;
	sessio_status status;

	if (session->end != SI_LIVE || si_rundown_is_closed(&session->run)) {
		return SESSIO_BAD_STATE;
	}
	cold = si_session_cold_locked(session);
	if (cold == NULL) {
		return SESSIO_NO_MEMORY;
	}
	if (cold->bound != NULL) {
		return SESSIO_EXISTS;
	}
	status = link_unless_closed(bind, bound);
	if (status == SESSIO_OK) {
		cold->bound = bound;
	}
	return status;
}

sessio_status si_bind_attach(struct sessio_bind *bind, struct si_session *session)
{
	struct si_bound *bound = si_platform_alloc(sizeof(*bound));
	si_mutex *lock = lock_of(session);
	sessio_status status;

	if (bound == NULL) {
		return SESSIO_NO_MEMORY;
	}
	bound->bind = bind;
	bound->session = session;
	si_bind_ref(bind);
	si_mutex_lock(lock);
	status = attach_locked(bind, session, bound);
	si_mutex_unlock(lock);
	if (status != SESSIO_OK) {
		si_platform_free(bound);
		si_bind_unref(bind);
	}
	return status;
}

/* The record of a session, if it is in this bind; the resource lock is held. */
static struct si_bound *record_of(struct sessio_bind *bind, const struct si_session *session)
{
	struct si_bound *bound = session->cold == NULL ? NULL : session->cold->bound;

	return bound != NULL && bound->bind == bind ? bound : NULL;
}

bool si_bind_detach(struct sessio_bind *bind, struct si_session *session)
{
	si_mutex *lock = lock_of(session);
	struct si_bound *bound;

	si_mutex_lock(lock);
	bound = record_of(bind, session);
	if (bound != NULL) {
		session->cold->bound = NULL;
	}
	si_mutex_unlock(lock);
	if (bound == NULL) {
		return false;
	}
	si_bound_drop(bound);
	return true;
}

/*
 * Takes the record at the cursor out of its session's cold part and of the list.
 * NULL: its session is about to drop it, or another resource's lock is needed.
 */
static struct si_bound *detach_at(struct sessio_bind *bind, struct si_list_cursor *cursor,
	const si_mutex *lock) SI_HELD(bind->lock)
{
	struct si_bound *bound = of_node(cursor->at);

	if (bound == NULL || lock_of(bound->session) != lock) {
		return NULL; /* another is the next now */
	}
	(void)si_list_cursor_next(cursor);
	if (record_of(bind, bound->session) != bound) {
		return NULL; /* (bind-1) */
	}
	bound->session->cold->bound = NULL;
	si_list_remove(&bind->bound, &bound->node);
	bind->count--;
	return bound;
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
		struct si_bound *bound;

		si_mutex_unlock(&bind->lock);
		si_mutex_lock(lock);
		si_mutex_lock(&bind->lock);
		bound = detach_at(bind, &cursor, lock);
		si_mutex_unlock(&bind->lock);
		si_mutex_unlock(lock);
		if (bound != NULL) {
			si_platform_free(bound);
			si_bind_unref(bind);
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

/*
 * Asks for the memory of the next session. Behind it most have what was allocated next:
 * the record and the cold part. By the time that they are used they are there.
 */
static void fetch_ahead(struct si_list_node *node)
{
	uintptr_t memory;

	if (node == NULL) {
		return;
	}
	memory = (uintptr_t)of_node(node)->session;
	for (uintptr_t at = memory; at < memory + FETCHED; at += LINE) {
		si_prefetch((const void *)at);
	}
	si_prefetch(node->next);
}

void si_bind_close_all(struct sessio_bind *bind)
{
	struct si_list_cursor cursor;
	unsigned taken = 0; /* sessions ahead whose bias has been taken */
	uint64_t last;

	si_mutex_lock(&bind->lock);
	bind->closed = true;
	last = bind->last_number; /* (bind-4) */
	si_list_cursor_begin(&bind->bound, &cursor);
	while (cursor.at != NULL && of_node(cursor.at)->number <= last) {
		struct si_list_node *node = si_list_cursor_next(&cursor);

		if (taken != 0) {
			taken--;
		} else if (si_rundown_is_biased(&of_node(node)->session->run)) {
			take_bias_from(node);
			taken = BATCH - 1;
		}
		fetch_ahead(cursor.at);
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
