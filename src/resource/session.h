/* SPDX-License-Identifier: MIT */
/*
 * Resource sessions: which objects are open, with which rights, doing how much.
 *
 * A resource is an object that can be registered with a session type. Opening
 * it makes a session, whose context is an object, too. Both keep their private
 * part in a root segment, out of their owners' sight.
 *
 *     OPENING    -> OPEN        [si_session_open, after the open callback]  operation counter
 *     OPENING    -> CLOSED      [si_session_begin_close]                    operation counter
 *     OPENING    -> ENDED       [abort_open: the open callback refused]     resource lock
 *     OPEN       -> CLOSED      [si_session_begin_close]                    operation counter
 *     CLOSED     -> COMPLETING  [complete: last operation or closer]        resource lock
 *     COMPLETING -> ENDED       [finish: closeComplete has returned]        resource lock
 *
 * An OPENING session whose context cannot be constructed or bound has no end: its
 * opener frees it [cancel_open].
 *
 * (session-1) A session is in its resource's list from its creation until it is ENDED or
 *      freed. Its rights count in the share rule until COMPLETING.
 * (session-2) The thread that closes the operation counter runs the close callback; the
 *      thread that brings the counter to rest completes the end. Each happens
 *      once. If the counter is closed while OPENING, the opener does both, once
 *      its open callback has agreed.
 * (session-3) A resource holds itself and a session type while it is registered with
 *      the type or a context of that type exists. Contexts are counted in a
 *      struct si_holding, and so need no reference to either.
 * (session-4) Callbacks run with no lock held, in guarded frames. Those of close and
 *      closeComplete are foreign. open and walk handlers are their callers' own.
 * (session-5) Before its open callback has agreed, nobody but the opener takes a
 *      reference to a session, and no walker has it.
 * (session-6) A context's first reference belongs to the opening, then to the session,
 *      then to its end, which drops it as the last step of all. If walkers have
 *      the session in their batches then, the last of them drops it instead.
 * (session-7) The put that would drop the last reference of an OPEN session closes it,
 *      and its reference becomes the end's. With the end begun the reference is
 *      the end's already: then this put is one too many.
 * (session-8) Completions do not nest, nor do ends that a last put begins: they are
 *      items of base/deferred.h. The exception is an opener's, see (session-9).
 * (session-9) An opener that finds its session closed while OPENING completes the end
 *      itself. It drops the end's reference by a compare-exchange that fails if
 *      that is the last. If it fails, nobody has a reference, and the opening
 *      fails. Otherwise the opener gets the context of a closed session.
 * (session-10) No lock is held for more than SI_WALK_STEPS sessions of a list.
 * (session-11) The first reference may be dropped before the end, once: the last handle
 *      that was made from a session takes it along. An end without a first reference
 *      drops none. If the last other reference is put before ENDED, that one
 *      takes the place of the first. So there is a reference until ENDED.
 * (session-12) A watch of the end is listed until it is taken back or the session is
 *      ENDED, or PINNED. The thread that takes it out, under the resource lock, owns it.
 */
#ifndef SI_SESSION_H
#define SI_SESSION_H

#include <sessio/inspect.h>

#include "base/deferred.h"
#include "base/fast.h"
#include "base/list.h"
#include "base/object.h"
#include "base/rundown.h"
#include "resource/share_rule.h"

struct si_session;
struct si_badge;
struct si_handle_object;
struct sessio_bind;

/* Somebody who wants to hear of a session's end, once (session-12). */
struct si_end_watch {
	struct si_list_node node; /* resource lock; cold->watches while it is listed */
	si_mutex *lock; /* fixed: the resource's, which outlives it */
	struct si_session *session; /* resource lock; NULL once it is not listed any more */
	/* On the thread of the end, with no lock held. The watch may be freed. */
	void (*ended)(struct si_end_watch *watch);
	/* Written before `ended` runs. */
	const void *context; /* may be gone by then */
	uint32_t required;
	uint32_t shared;
	sessio_end_reason reason; /* SESSIO_END_NONE: the open callback refused */
};

/* The callbacks of a session type; any int32_t but 0 refuses. */
struct si_session_ops {
	int32_t (*open)(void *object, void *context, void *open_arg, uint32_t *handle_rights);
	int32_t (*close)(void *object, void *context);
	void (*close_complete)(void *object, void *context); /* may be NULL */
};

struct si_session_type {
	struct sessio_object_type *object_type; /* counted */
	struct sessio_object_type *context_type; /* counted */
	size_t context_size; /* bytes of a context without room for the cold part */
	struct si_session_ops ops;
	_Atomic uint32_t registered; /* objects registered now */
	_Atomic bool destroyed;
};

/* A session type that a resource keeps together with itself (session-3). */
struct si_holding {
	struct si_session_type *type; /* counted, as is the object; NULL: nothing is held */
	struct si_holding *next; /* other types, from registrations that are over */
	uint32_t contexts; /* of this type, and walks; memory ends before they are too many */
};

/* The private part of a resource. */
struct si_resource {
	si_mutex *lock;
	_Atomic(struct si_session_type *) type; /* NULL while it is not registered */
	struct si_stack sessions; /* resource lock; newest first */
	struct si_holding holding; /* resource lock */
	struct si_rights rights; /* resource lock */
	/* Its handle in its provider's space. Resource lock; counted; NULL: there is none. */
	struct si_handle_object *handle;
};

/* How far the opening is: nothing to destruct, constructed, its open callback has agreed. */
enum si_session_stage { SI_RAW, SI_CONSTRUCTED, SI_AGREED };

/* How far the end is: none yet, or CLOSED; COMPLETING; ENDED, but for a walker (session-6); ENDED. */
enum si_session_end { SI_LIVE, SI_COMPLETING, SI_PINNED, SI_ENDED };

/* The join's record of a session, which is the join's alone (bind-1). */
struct si_bound {
	struct si_list_node node; /* the bind's lock; bind->bound */
	struct sessio_bind *bind; /* resource lock; NULL: it is in none */
	struct si_session *session;
	uint64_t number; /* the bind's lock; (bind-4) */
};

/* The cold part, which only some sessions have: in memory of its own, or behind the context. */
struct si_session_cold {
	struct si_bound bound;
	struct si_holder *holders; /* the session's own shared lock; operations, if tracked */
	struct si_badge *badge; /* resource lock; counted; session_handle.c's */
	struct si_list watches; /* resource lock; (session-12) */
	uint64_t opened_ns; /* fixed; 0 if the session is neither tracked nor stamped */
	uint64_t closed_ns; /* resource lock; 0, or when it was closed with operations active */
	uint32_t opener; /* fixed; the thread that opened it, 0 if opened_ns is */
};

/* The private part of a session context. */
struct si_session {
	struct si_rundown run;
	void *object; /* the resource; (session-3) */
	struct si_session_type *type; /* (session-3) */
	/* All that a walk looks at lies in one line of the cache: these and the next one. */
	_Atomic uint8_t stage; /* an si_session_stage; written by the opener alone */
	_Atomic uint8_t end; /* an si_session_end; written under the resource lock */
	_Atomic uint8_t reason; /* a sessio_end_reason; why it was closed */
	_Atomic bool sent; /* it has, or had, a number (session_number-5) */
	bool tracked; /* operations say who they are, and go the slow way; fixed */
	bool first_dropped; /* resource lock; (session-11) */
	bool roomy; /* the cold part is behind the context, in the same memory; fixed */
	struct si_list_node node; /* resource lock; resource->sessions */
	uint32_t required; /* fixed at open, as is the next one; beside the node (session_list-1) */
	uint32_t shared;
	uint32_t pins; /* resource lock; walkers that had it when it ended (session-6) */
	uint32_t handle_rights; /* the open callback's until OPEN, then fixed */
	struct si_deferred item; /* its next step, if that is put off; the closer's */
	struct si_session_cold *cold; /* resource lock; set once, at open if tracked or stamped */
};

extern struct sessio_object_type si_resource_type; /* root of all resources */
extern struct sessio_object_type si_session_base_type; /* root of all contexts */

static inline bool si_session_is(const void *context)
{
	return si_likely(context != NULL && si_object_is_kind(context, SI_KIND_SESSION));
}

/* The private part of what is a context. */
static inline struct si_session *si_session_at(const void *context)
{
	return si_object_hidden(context, sizeof(struct si_session));
}

/* The same, NULL if it is NULL or of another kind. */
static inline struct si_session *si_session_of(const void *context)
{
	return si_session_is(context) ? si_session_at(context) : NULL;
}

#if defined(SI_HAS_DESKS)
_Static_assert(SI_ALIGNED(sizeof(struct si_session)) + sizeof(struct si_header) == SI_FAST_BEFORE &&
		offsetof(struct si_session, run) == 0,
	"the key of a slot is a context (fast-1)");
#endif

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

/* The resource of a session. No check of the kind: nothing else is ever opened. */
static inline struct si_resource *si_session_resource(const struct si_session *session)
{
	return si_object_hidden(session->object, sizeof(struct si_resource));
}

/* The session type behind an object pointer, NULL if it is none. */
struct si_session_type *si_session_type_of(const void *object);

sessio_status si_session_type_create(struct sessio_object_type *object_type,
	struct sessio_object_type *context_type, const struct si_session_ops *ops,
	struct si_session_type **out_type);
void si_session_type_destroy(struct si_session_type *type);

sessio_status si_resource_register(struct si_session_type *type, void *object);
sessio_status si_resource_unregister(void *object);

/*
 * True: the share rule refuses such an opening at this moment. The order matters: a session
 * that conflicts was there when the object was seen registered, or has been opened since,
 * which took a registration. No lock is needed, nor stack: most openings under load are
 * refused.
 */
static inline bool si_session_is_busy(const void *object, uint32_t required, uint32_t shared)
{
	const struct si_resource *resource = si_resource_of(object);

	/* Acquire: the conflict is not older than the registration. */
	return resource != NULL &&
		atomic_load_explicit(&resource->type, memory_order_acquire) != NULL &&
		si_rights_conflict(&resource->rights, required, shared);
}

/*
 * Asks the share rule again. On SESSIO_REFUSED *out_reason is what the open callback or a
 * constructor said.
 */
sessio_status si_session_open(void *object, uint32_t required, uint32_t shared, void *open_arg,
	void **out_context, int32_t *out_reason);

/*
 * The same, with a reference to the context for the caller, whatever others close. Its
 * opener and its time are kept as those of a tracked session are.
 */
sessio_status si_session_open_held(void *object, uint32_t required, uint32_t shared, void *open_arg,
	void **out_context, int32_t *out_reason);
sessio_status si_session_close(void *context);

/*
 * Closes the operation counter, for this reason. Calls nobody, and may be called
 * with locks held. On SI_CLOSE_IDLE and SI_CLOSE_BUSY the caller then has to call
 * si_session_run_end(), until which the session keeps its first reference.
 */
enum si_run_close si_session_begin_close(struct si_session *session, sessio_end_reason reason);

/*
 * Before some sessions are closed one after the other: takes the biased counts of all with
 * one barrier (fast-6). A lock is held that keeps them from being freed.
 */
void si_session_take_bias(struct si_session *const sessions[], unsigned count);

/* Runs the close callback and lets the end complete. No lock is held. */
void si_session_run_end(struct si_session *session, enum si_run_close found);

/*
 * The same for the opener of a session that was closed while OPENING, all at once
 * (session-9). True if somebody has a reference to the context.
 */
bool si_session_run_end_of_opening(struct si_session *session);

/* The last reference to a context is put: base/object.h asks (session-7). */
bool si_session_last_reference(void *context);

/*
 * Lists a watch; the caller has a reference to the context, or is in its open callback.
 * SESSIO_INVALID_ARG (no session), SESSIO_BAD_STATE (it has ended, or is not
 * constructed yet), SESSIO_NO_MEMORY.
 */
sessio_status si_session_watch_end(void *context, struct si_end_watch *watch);

/* False: `ended` has run, or is about to. */
bool si_session_unwatch_end(struct si_end_watch *watch);

/* Takes the watches out; then, with the lock released, each is called. */
struct si_list si_session_take_watches_locked(struct si_session *session);
void si_session_call_watches(struct si_list *watches);

/* After si_session_begin_close(), when no operation is active: the rest of the end. */
void si_session_complete(struct si_session *session);

/* Frees what a session has besides its context. */
void si_session_fini(struct si_session *session);

/* Takes the badge out, likewise; NULL if there is none. */
struct si_badge *si_session_take_badge_locked(struct si_session *session);

/* Takes the session out of its bind. Drop the result with the lock released; may be NULL. */
struct sessio_bind *si_session_unbind_locked(struct si_session *session);
void si_session_drop_bind(struct sessio_bind *bind);

/* The cold part, made if there is none; the resource lock is held. NULL: no memory, if not roomy. */
struct si_session_cold *si_session_cold_locked(struct si_session *session);

/*
 * The join's part in the life of a session. The first bind sets the table; without
 * one no session is ever bound.
 */
struct si_session_join {
	/* The bind that the calling thread opens for; NULL if there is none. Asked if scopes are. */
	struct sessio_bind *(*entered)(void);

	/* Binds a session, which is in no bind. The resource lock is held. */
	sessio_status (*attach)(struct sessio_bind *bind, struct si_session *session);

	/* Takes a record out of its bind, which is the result, for drop(). Likewise. */
	struct sessio_bind *(*detach)(struct si_bound *bound);

	/* Drops the hold of a record that has been taken out. No lock is held. */
	void (*drop)(struct sessio_bind *bind);
};

extern _Atomic(const struct si_session_join *) si_session_join;
extern _Atomic uint32_t si_session_scopes; /* binds that threads are in; the join counts them */

/*
 * Asked before each open callback: 0, or the reason of a refusal in its place. NULL in
 * production; set by the test kit while no session is being opened.
 */
typedef int32_t si_session_ask_open_fn(void);
extern _Atomic(si_session_ask_open_fn *) si_session_ask_open;

void si_session_set_join(const struct si_session_join *join);

/* The holding of this type, NULL if the resource does not hold it. The resource lock is held. */
struct si_holding *si_resource_find_holding(
	struct si_resource *resource, const struct si_session_type *type);
/* After the last context of a holding: lets go of it if it is of no use any more. */
bool si_resource_release_locked(struct si_resource *resource, struct si_holding *holding);

static inline struct si_holding *si_resource_holding_locked(
	struct si_resource *resource, const struct si_session_type *type)
{
	return si_likely(resource->holding.type == type) ? &resource->holding
							 : si_resource_find_holding(resource, type);
}

/* Counts a context of this type in, or out (session-3). The resource lock is held. */
static inline void si_resource_add_context_locked(
	struct si_resource *resource, const struct si_session_type *type)
{
	si_resource_holding_locked(resource, type)->contexts++;
}

/* True if that was the last: si_resource_put_held() then, with the lock released. */
static inline bool si_resource_remove_context_locked(
	struct si_resource *resource, const struct si_session_type *type)
{
	struct si_holding *holding = si_resource_holding_locked(resource, type);

	return --holding->contexts == 0 && si_resource_release_locked(resource, holding);
}

void si_resource_put_held(void *object, struct si_session_type *type);

typedef int32_t si_session_walk_fn(void *object, void *context, void *arg);

/* On SESSIO_REFUSED *out_reason is what the handler said. */
sessio_status si_session_walk(
	void *object, si_session_walk_fn *handler, void *arg, int32_t *out_reason);

/* Whether a context is of the type that this session type is for; false if it is none. */
bool si_session_is_of_type(const struct si_session *session, const void *type);

/* The slow sides of the two calls below: everything, and what is left after a quick step. */
sessio_status si_session_ref_slowly(struct si_session *session);
sessio_status si_session_finish_ref(struct si_session *session, uint64_t met);
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

/* In a hurry: it has begun; si_session_finish_ref() has to look at *out_met; not even tried. */
enum si_session_try { SI_TRY_BEGUN, SI_TRY_MET, SI_TRY_NOT };

static inline enum si_session_try si_session_try_ref(struct si_session *session, uint64_t *out_met)
{
	if (si_likely(si_rundown_is_uncontended(&session->run))) {
		return si_rundown_acquire_uncontended(&session->run, out_met) ? SI_TRY_BEGUN
									      : SI_TRY_MET;
	}
	if (si_rundown_is_on_stripes(&session->run)) {
		return si_rundown_acquire_on_stripe(&session->run, out_met) ? SI_TRY_BEGUN
									    : SI_TRY_MET;
	}
	return SI_TRY_NOT;
}

static inline void si_session_put(struct si_session *session)
{
	uint64_t met;
	bool meets_end;

	if (si_likely(si_rundown_is_uncontended(&session->run))) {
		meets_end = !si_rundown_release_uncontended(&session->run, &met);
	} else if (si_rundown_is_on_stripes(&session->run)) {
		meets_end = !si_rundown_release_on_stripe(&session->run, &met);
	} else {
		si_session_put_slowly(session);
		return;
	}
	if (si_unlikely(meets_end)) {
		si_session_put_last(session, met);
	}
}

#endif /* SI_SESSION_H */
