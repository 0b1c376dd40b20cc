/* SPDX-License-Identifier: MIT */
/*
 * Resource sessions: who has what open, with which rights, doing how much.
 *
 * A resource is an object that can be registered with a session type; opening
 * it makes a session, whose context is an object, too. Both keep their private
 * part in a root segment, out of their owners' sight.
 *
 *     PENDING  -> OPEN      [si_session_open, after the open callback]  operation counter
 *     PENDING  -> CLOSED    [as from OPEN; the opener runs the end]     operation counter
 *     PENDING  -> ENDED     [bury: the open callback refused]           resource lock
 *     OPEN     -> CLOSED    [si_session_close, si_resource_unregister,
 *                            an event that closes a bind]               operation counter
 *     CLOSED   -> ENDED     [complete: last operation or closer]        resource lock
 *
 * (session-1) A session is in its resource's list from PENDING until its context goes.
 *      Its rights count in the share rule from PENDING until just before
 *      closeComplete.
 * (session-2) Whoever closes the operation counter runs the close callback; whoever
 *      brings it to rest completes the end. Each happens once.
 * (session-3) While a resource is registered, its registration holds resource and type
 *      for all sessions in the list; unregistering makes each session in the list
 *      hold both itself. The end drops the context's first reference, and nothing
 *      else does.
 * (session-4) Callbacks run with no lock held.
 * (session-5) Nobody but its opener takes a reference on a PENDING session, or a pin.
 * (session-6) A session with pins keeps its first reference: its end leaves that to the
 *      last walker that takes a pin off.
 *
 * Lock order: the gate, then one resource lock, then one bind's lock.
 */
#ifndef SI_SESSION_H
#define SI_SESSION_H

#include "base/object.h"
#include "base/rundown.h"
#include "resource/share_rule.h"

struct si_session;
struct si_bound;
struct sessio_bind;

/* The callbacks of a session type; any int32_t but 0 refuses. */
struct si_session_ops {
	int32_t (*open)(void *object, void *context, void *open_arg, uint32_t *handle_rights);
	int32_t (*close)(void *object, void *context);
	void (*close_complete)(void *object, void *context); /* may be NULL */
};

struct si_session_type {
	struct si_type *object_type; /* counted */
	struct si_type *context_type; /* counted */
	struct si_session_ops ops;
	_Atomic uint32_t registered; /* objects registered now */
	_Atomic bool destroyed;
};

/* A list of sessions; walkers put a cursor of their own between them. */
struct si_links {
	struct si_session *next;
	struct si_session **prev; /* what points here */
};

/* The private part of a resource. */
struct si_resource {
	si_mutex *lock;
	_Atomic(struct si_session_type *) type; /* NULL: never registered; si_unregistered */
	struct si_session *sessions; /* resource lock; newest first */
	struct si_rights rights; /* resource lock */
};

/* How far the opening is: nothing to destruct, constructed, its open callback has agreed. */
enum si_session_stage { SI_RAW, SI_CONSTRUCTED, SI_AGREED };

/*
 * How far the end of a session is: none yet, closeComplete runs, over, over but
 * for a walker (session-6); or it is no session at all.
 */
enum si_session_end { SI_LIVE, SI_COMPLETING, SI_ENDED, SI_LEFT, SI_CURSOR };

/* The cold part: what only some sessions have. */
struct si_session_cold {
	struct si_holder *holders; /* the session's own shared lock; operations, if tracked */
	struct si_bound *bound; /* resource lock; the join's record of this session */
};

/* The private part of a session context. */
struct si_session {
	struct si_rundown run;
	void *object; /* the resource; (session-3) */
	struct si_session_type *type; /* (session-3) */
	bool tracked; /* operations say who they are; fixed */
	_Atomic uint8_t stage; /* an si_session_stage; written by the opener alone */
	bool holds; /* resource lock; (session-3) */
	uint8_t end; /* resource lock; an si_session_end */
	uint32_t required; /* fixed at open, as are the next two */
	uint32_t shared;
	uint32_t handle_rights;
	struct si_links links; /* resource lock; resource->sessions */
	uint64_t opened_ns; /* fixed at open */
	_Atomic uint64_t closed_ns; /* 0 until the close began */
	uint32_t opener; /* the thread that opened it; fixed */
	uint32_t pins; /* resource lock; walkers that are at it (session-6) */
	struct si_session_cold *cold; /* resource lock; set once, at open if tracked */
};

extern struct si_type si_resource_type; /* root of all resources */
extern struct si_type si_session_base_type; /* root of all contexts */

/* The private part, NULL if it is NULL or of another kind. */
static inline struct si_session *si_session_of(const void *context)
{
	if (si_unlikely(context == NULL || !si_object_is_kind(context, SI_KIND_SESSION))) {
		return NULL;
	}
	return si_object_hidden(context, sizeof(struct si_session));
}

static inline void *si_session_context(const struct si_session *session)
{
	return si_object_of_hidden(session, sizeof(struct si_session));
}

static inline struct si_resource *si_resource_of(const void *object)
{
	if (si_unlikely(object == NULL || !si_object_is_kind(object, SI_KIND_RESOURCE))) {
		return NULL;
	}
	return si_object_hidden(object, sizeof(struct si_resource));
}

/* The session type behind an object pointer, NULL if it is none. */
struct si_session_type *si_session_type_of(const void *object);

/* False for NULL and for what stands there after an unregistration. */
bool si_session_type_is_live(const struct si_session_type *type);

sessio_status si_session_type_create(struct si_type *object_type, struct si_type *context_type,
	const struct si_session_ops *ops, struct si_session_type **out_type);
void si_session_type_destroy(struct si_session_type *type);

sessio_status si_resource_register(struct si_session_type *type, void *object);
sessio_status si_resource_unregister(void *object);

/* On SESSIO_REFUSED *out_reason is what the open callback or a constructor said. */
sessio_status si_session_open(void *object, uint32_t required, uint32_t shared, void *open_arg,
	void **out_context, int32_t *out_reason);
sessio_status si_session_close(void *context);

/* After si_rundown_close() by the caller: runs the close callback and lets the end happen. */
void si_session_closed(struct si_session *session, enum si_run_close found);

/* The cold part, made if there is none; the resource lock is held. NULL: no memory. */
struct si_session_cold *si_session_cold_locked(struct si_session *session);

/*
 * What the join does in the life of a session. Its records are opaque here. The
 * first bind sets the table; without one no session is ever bound.
 */
struct si_session_join {
	/* The bind that the calling thread opens for; NULL if there is none. */
	struct sessio_bind *(*entered)(void);

	/* Binds a session that is open or about to be: sets cold->bound. No lock is held. */
	sessio_status (*attach)(struct sessio_bind *bind, struct si_session *session);

	/* Frees a record that has been taken out of cold->bound. No lock is held. */
	void (*drop)(struct si_bound *bound);
};

void si_session_set_join(const struct si_session_join *join);

/* Into and out of the resource's list; the resource lock is held. */
void si_session_link(struct si_resource *resource, struct si_session *session);
void si_session_unlink(struct si_session *session);

/* Makes a session in the list hold its resource and type; the resource lock is held. */
void si_session_hold(struct si_session *session);

typedef int32_t si_session_walk_fn(void *object, void *context, void *arg);

/* On SESSIO_REFUSED *out_reason is what the handler said. */
sessio_status si_session_walk(
	void *object, si_session_walk_fn *handler, void *arg, int32_t *out_reason);

/* The slow sides of the two calls below: everything, and what is left after a release. */
sessio_status si_session_ref_slowly(struct si_session *session);
void si_session_put_slowly(struct si_session *session);
void si_session_put_last(struct si_session *session, uint64_t met);

/* Whether new sessions are tracked: a flag that orders nothing. */
extern _Atomic bool si_session_tracking;

static inline bool si_session_is_tracking(void)
{
	return atomic_load_explicit(&si_session_tracking, memory_order_relaxed);
}

/* inspect.c remembers the operations of a tracked session. */
void si_session_began(struct si_session *session);
void si_session_done(struct si_session *session);

/* False: si_session_ref_slowly() has not been tried yet. */
static inline bool si_session_ref_quickly(struct si_session *session)
{
	return si_likely(!session->tracked && si_rundown_is_calm(&session->run)) &&
		si_rundown_acquire_calm(&session->run);
}

static inline void si_session_put(struct si_session *session)
{
	uint64_t met;

	if (si_unlikely(session->tracked || !si_rundown_is_calm(&session->run))) {
		si_session_put_slowly(session);
	} else if (si_unlikely(!si_rundown_release_calm(&session->run, &met))) {
		si_session_put_last(session, met);
	}
}

#endif /* SI_SESSION_H */
