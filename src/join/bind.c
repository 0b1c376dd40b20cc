/* SPDX-License-Identifier: MIT */
/*
 * The join of user sessions and resource sessions.
 *
 * Each bound session has a record, which its cold part points to and which is in its
 * bind's list.
 *
 * (bind-1) A record is made and linked with the session's resource lock and, inside
 *      it, the bind's lock held. Whoever takes it out of the session's cold part,
 *      under the resource lock, unlinks and frees it.
 * (bind-2) A session takes its own record out before it drops the context's first
 *      reference, or gives a PENDING context back, and unlinks it under the
 *      bind's lock. So a session that is in a bind's list is there as long as
 *      that lock is held, and can be referenced if it is not PENDING.
 * (bind-3) Each record, each scope, the watcher and the creator hold the bind.
 * (bind-4) When an event closes, and when a bind is detached, `spent` is set before
 *      the first session is told; nothing is linked after that. Told sessions
 *      move to the end of the list with the pass's number, so one pass meets
 *      each once.
 * (bind-5) Between the lock and a call anything may happen, the end of the bind
 *      inside the call before, too: each session is looked at again.
 *
 * Lock order: one resource lock, then one bind's lock.
 *
 * tests/models/join.pml checks (bind-1), (bind-2) and (bind-4) exhaustively.
 */
#include <sessio/bind.h>

#include <stdatomic.h>

#include "base/thread_frame.h"
#include "resource/session.h"
#include "user/host.h"

struct si_bound {
	struct sessio_bind *bind; /* counted */
	struct si_session *session;
	struct si_bound *next; /* the bind's lock; bind->first */
	struct si_bound *previous;
	uint64_t told; /* the bind's lock; number of the last pass that met it */
};

struct sessio_bind {
	si_mutex lock;
	_Atomic uint32_t refs; /* (bind-3) */
	sessio_user_session *user; /* counted */
	sessio_bind_policy policy;
	sessio_watch watch;
	bool spent; /* lock */
	uint64_t pass; /* lock; number of the latest pass over the list */
	size_t count; /* lock */
	struct si_bound *first; /* lock; in the order in which passes met them */
	struct si_bound *last;
};

static _Atomic uint32_t scopes; /* entered and not left, by all threads */

static const char scope_kind; /* a thread in a bind */

/* Sessions told in one go: enough to make the lock cheap, few enough for any stack. */
#define BATCH 32u

struct told {
	struct si_session *session; /* counted */
	enum si_run_close found;
};

static void unref(struct sessio_bind *bind)
{
	/* Release: this holder's use. Acquire: everybody's, before it goes. */
	if (atomic_fetch_sub_explicit(&bind->refs, 1, memory_order_acq_rel) == 1) {
		SI_BUG_IF(bind->first != NULL, "a bind went with sessions in it (bind-3)");
		sessio_user_session_unref(bind->user);
		si_mutex_fini(&bind->lock);
		si_platform_free(bind);
	}
}

static void ref(struct sessio_bind *bind)
{
	/* Relaxed: the caller's own reference orders its accesses. */
	atomic_fetch_add_explicit(&bind->refs, 1, memory_order_relaxed);
}

static void link_last(struct sessio_bind *bind, struct si_bound *bound) SI_HELD(bind->lock)
{
	bound->next = NULL;
	bound->previous = bind->last;
	*(bind->last == NULL ? &bind->first : &bind->last->next) = bound;
	bind->last = bound;
}

static void unlink_one(struct sessio_bind *bind, struct si_bound *bound) SI_HELD(bind->lock)
{
	*(bound->previous == NULL ? &bind->first : &bound->previous->next) = bound->next;
	*(bound->next == NULL ? &bind->last : &bound->next->previous) = bound->previous;
}

static void drop(struct si_bound *bound)
{
	struct sessio_bind *bind = bound->bind;

	si_mutex_lock(&bind->lock);
	unlink_one(bind, bound);
	bind->count--;
	si_mutex_unlock(&bind->lock);
	si_platform_free(bound);
	unref(bind);
}

/* Both locks are held: links the record unless the bind is spent. */
static sessio_status link_unless_spent(struct sessio_bind *bind, struct si_bound *bound)
{
	sessio_status status = SESSIO_BAD_STATE;

	si_mutex_lock(&bind->lock);
	if (!bind->spent) {
		bound->told = bind->pass;
		link_last(bind, bound);
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
	status = link_unless_spent(bind, bound);
	if (status == SESSIO_OK) {
		cold->bound = bound;
	}
	return status;
}

static sessio_status attach(struct sessio_bind *bind, struct si_session *session)
{
	struct si_bound *bound = si_platform_alloc(sizeof(*bound));
	si_mutex *lock = lock_of(session);
	sessio_status status;

	if (bound == NULL) {
		return SESSIO_NO_MEMORY;
	}
	bound->bind = bind;
	bound->session = session;
	ref(bind);
	si_mutex_lock(lock);
	status = attach_locked(bind, session, bound);
	si_mutex_unlock(lock);
	if (status != SESSIO_OK) {
		si_platform_free(bound);
		unref(bind);
	}
	return status;
}

/* The record of a session, if it is in this bind; the resource lock is held. */
static struct si_bound *record_of(struct sessio_bind *bind, const struct si_session *session)
{
	struct si_bound *bound = session->cold == NULL ? NULL : session->cold->bound;

	return bound != NULL && bound->bind == bind ? bound : NULL;
}

/* Takes a session out of this bind; false if it is not in it. */
static bool detach(struct sessio_bind *bind, struct si_session *session)
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
	drop(bound);
	return true;
}

/*
 * Takes the first record out of its session's cold part and of the list. NULL: it is
 * passed by, as its session is about to drop it, or it is of another resource.
 */
static struct si_bound *detach_first(struct sessio_bind *bind, const si_mutex *lock)
	SI_HELD(bind->lock)
{
	struct si_bound *bound = bind->first;

	if (bound == NULL || lock_of(bound->session) != lock) {
		return NULL; /* another is the first now */
	}
	unlink_one(bind, bound);
	bound->told = bind->pass;
	if (record_of(bind, bound->session) != bound) {
		link_last(bind, bound); /* (bind-1) */
		return NULL;
	}
	bound->session->cold->bound = NULL;
	bind->count--;
	return bound;
}

/*
 * Unbinds everything. A reference would not keep a PENDING session (bind-2), so the
 * first record's resource lock is found out, taken in the right order, and what
 * is the first then is looked at afresh. The locks themselves live for ever.
 */
static void detach_all(struct sessio_bind *bind)
{
	si_mutex_lock(&bind->lock);
	bind->spent = true; /* (bind-4) */
	bind->pass++;
	while (bind->first != NULL && bind->first->told != bind->pass) {
		si_mutex *lock = lock_of(bind->first->session);
		struct si_bound *bound;

		si_mutex_unlock(&bind->lock);
		si_mutex_lock(lock);
		si_mutex_lock(&bind->lock);
		bound = detach_first(bind, lock);
		si_mutex_unlock(&bind->lock);
		si_mutex_unlock(lock);
		if (bound != NULL) {
			si_platform_free(bound);
			unref(bind);
		}
		si_mutex_lock(&bind->lock);
	}
	si_mutex_unlock(&bind->lock);
}

static bool take(struct si_session *session, sessio_bind_action action, enum si_run_close *found)
{
	if (action == SESSIO_BIND_CALL) {
		return si_rundown_is_open(&session->run);
	}
	*found = si_rundown_close(&session->run);
	return *found == SI_CLOSE_IDLE || *found == SI_CLOSE_BUSY;
}

/* Takes some that have not heard of this event yet. Returns false when all have. */
static bool take_some(struct sessio_bind *bind, sessio_bind_action action, struct told batch[BATCH],
	unsigned *out_count) SI_HELD(bind->lock)
{
	unsigned count = 0;

	while (count < BATCH && bind->first != NULL && bind->first->told != bind->pass) {
		struct si_bound *bound = bind->first;

		unlink_one(bind, bound);
		bound->told = bind->pass;
		link_last(bind, bound);
		if (take(bound->session, action, &batch[count].found)) {
			si_object_ref(si_session_context(bound->session)); /* (bind-2) */
			batch[count++].session = bound->session;
		}
	}
	*out_count = count;
	return count != 0;
}

static bool is_open_here(struct sessio_bind *bind, struct si_session *session)
{
	si_mutex *lock = lock_of(session);
	bool here;

	si_mutex_lock(lock);
	here = record_of(bind, session) != NULL;
	si_mutex_unlock(lock);
	return here && si_rundown_is_open(&session->run);
}

static void tell_one(struct sessio_bind *bind, sessio_bind_action action, const struct told *told,
	const sessio_user_notice *notice)
{
	void *context = si_session_context(told->session);

	if (action == SESSIO_BIND_CLOSE) {
		si_session_closed(told->session, told->found);
	} else if (is_open_here(bind, told->session)) { /* (bind-5) */
		bind->policy.fn(bind->policy.ctx, bind, context, notice);
	}
	si_object_put(context);
}

static void tell_all(
	struct sessio_bind *bind, sessio_bind_action action, const sessio_user_notice *notice)
{
	struct told batch[BATCH];
	unsigned count;

	si_mutex_lock(&bind->lock);
	bind->spent = bind->spent || action == SESSIO_BIND_CLOSE; /* (bind-4) */
	bind->pass++;
	while (take_some(bind, action, batch, &count)) {
		si_mutex_unlock(&bind->lock);
		for (unsigned i = 0; i < count; i++) {
			tell_one(bind, action, &batch[i], notice);
		}
		si_mutex_lock(&bind->lock);
	}
	si_mutex_unlock(&bind->lock);
}

static sessio_bind_action action_of(const sessio_bind_policy *policy, sessio_user_event event)
{
	switch (event) {
	case SESSIO_USER_EVENT_DISCONNECTED:
		return policy->on_disconnect;
	case SESSIO_USER_EVENT_LOGOFF:
		return policy->on_logoff;
	case SESSIO_USER_EVENT_TERMINATED:
		return policy->on_termination;
	default:
		return SESSIO_BIND_NOTHING;
	}
}

static void on_event(const sessio_user_notice *notice, void *ctx)
{
	struct sessio_bind *bind = ctx;
	sessio_bind_action action = action_of(&bind->policy, notice->event);

	if (notice->session != bind->user) {
		return; /* another session that has the id now */
	}
	if (action != SESSIO_BIND_NOTHING) {
		tell_all(bind, action, notice);
	}
	if (notice->event == SESSIO_USER_EVENT_TERMINATED) {
		detach_all(bind);
		/* The id may come again, and has nothing to do with this bind then. */
		(void)sessio_host_unwatch(notice->host, bind->watch);
	}
}

/* The watcher is gone: by us, by Terminated, or with the host. */
static void on_released(void *ctx)
{
	struct sessio_bind *bind = ctx;

	detach_all(bind);
	unref(bind);
}

static bool is_valid(const sessio_bind_policy *policy)
{
	const sessio_bind_action actions[] = { policy->on_disconnect, policy->on_logoff,
		policy->on_termination };

	for (unsigned i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if ((unsigned)actions[i] > SESSIO_BIND_CLOSE ||
			(actions[i] == SESSIO_BIND_CALL && policy->fn == NULL)) {
			return false;
		}
	}
	return true;
}

static sessio_status watch(struct sessio_bind *bind)
{
	const sessio_watch_options options = {
		.events = sessio_user_event_bit(SESSIO_USER_EVENT_DISCONNECTED) |
			sessio_user_event_bit(SESSIO_USER_EVENT_LOGOFF) |
			sessio_user_event_bit(SESSIO_USER_EVENT_TERMINATED),
		.flags = SESSIO_WATCH_ONE_SESSION,
		.session_id = sessio_user_session_id(bind->user),
		.released = on_released,
	};
	struct sessio_host *host = si_user_session_host(bind->user);
	sessio_status status;

	ref(bind); /* the watcher's, which on_released() gives back */
	status = sessio_host_watch(host, &options, on_event, bind, &bind->watch);
	if (status != SESSIO_OK) {
		unref(bind);
		return status;
	}
	/* Terminated may have come and gone before the watcher. */
	if (sessio_user_state_is_terminal(sessio_user_session_state(bind->user))) {
		(void)sessio_host_unwatch(host, bind->watch);
		return SESSIO_BAD_STATE;
	}
	return SESSIO_OK;
}

static struct sessio_bind *entered(void)
{
	struct si_thread_frame *frame;

	/* Relaxed: a thread sees its own count. */
	if (si_likely(atomic_load_explicit(&scopes, memory_order_relaxed) == 0)) {
		return NULL;
	}
	frame = si_thread_find(&scope_kind);
	return frame == NULL ? NULL : frame->value;
}

static const struct si_session_join session_join = { entered, attach, drop };

sessio_status sessio_bind_create(
	sessio_user_session *user, const sessio_bind_policy *policy, sessio_bind **out_bind)
{
	struct sessio_bind *bind;
	sessio_status status;

	if (user == NULL || policy == NULL || out_bind == NULL || !is_valid(policy)) {
		return SESSIO_INVALID_ARG;
	}
	bind = si_platform_alloc(sizeof(*bind));
	if (bind == NULL) {
		return SESSIO_NO_MEMORY;
	}
	*bind = (struct sessio_bind){ .policy = *policy };
	atomic_init(&bind->refs, 1);
	if (!si_mutex_init(&bind->lock)) {
		si_platform_free(bind);
		return SESSIO_NO_MEMORY;
	}
	bind->user = sessio_user_session_ref(user);
	si_session_set_join(&session_join);
	status = watch(bind);
	if (status != SESSIO_OK) {
		unref(bind);
		return status;
	}
	*out_bind = bind;
	return SESSIO_OK;
}

void sessio_bind_destroy(sessio_bind *bind)
{
	if (bind == NULL) {
		return;
	}
	/* Not found: the user session's end or the host's was first. */
	(void)sessio_host_unwatch(si_user_session_host(bind->user), bind->watch);
	detach_all(bind);
	unref(bind);
}

sessio_status sessio_bind_add(sessio_bind *bind, void *session_context)
{
	struct si_session *session = si_session_of(session_context);

	if (bind == NULL || session == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (!si_rundown_is_open(&session->run)) {
		return SESSIO_BAD_STATE;
	}
	return attach(bind, session);
}

sessio_status sessio_bind_remove(sessio_bind *bind, void *session_context)
{
	struct si_session *session = si_session_of(session_context);

	if (bind == NULL || session == NULL) {
		return SESSIO_INVALID_ARG;
	}
	return detach(bind, session) ? SESSIO_OK : SESSIO_NOT_FOUND;
}

_Static_assert(sizeof(struct si_thread_frame) <= sizeof(sessio_bind_scope) &&
		_Alignof(struct si_thread_frame) <= _Alignof(sessio_bind_scope),
	"a scope has room for a frame");

sessio_status sessio_bind_enter(sessio_bind *bind, sessio_bind_scope *scope)
{
	if (bind == NULL || scope == NULL) {
		return SESSIO_INVALID_ARG;
	}
	ref(bind);
	atomic_fetch_add_explicit(&scopes, 1, memory_order_relaxed);
	si_thread_push((struct si_thread_frame *)(void *)scope, &scope_kind, bind);
	return SESSIO_OK;
}

void sessio_bind_leave(sessio_bind_scope *scope)
{
	struct si_thread_frame *frame = (struct si_thread_frame *)(void *)scope;
	struct sessio_bind *bind = frame->value;

	si_thread_pop(frame);
	atomic_fetch_sub_explicit(&scopes, 1, memory_order_relaxed);
	unref(bind);
}

size_t sessio_bind_count(sessio_bind *bind)
{
	size_t count;

	if (bind == NULL) {
		return 0;
	}
	si_mutex_lock(&bind->lock);
	count = bind->count;
	si_mutex_unlock(&bind->lock);
	return count;
}

sessio_user_session *sessio_bind_user(const sessio_bind *bind)
{
	return bind->user;
}
