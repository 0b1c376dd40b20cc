/* SPDX-License-Identifier: MIT */
/*
 * Events of user sessions and ends of resource sessions, delivered on a libuv loop.
 *
 * Both happen on any thread: that of a post, or of the last operation. A program with a
 * loop wants to hear of them on the loop's thread, one after the other.
 *
 * - Deliveries come in the order in which things happened, over all watches of one
 *   sessio_loop. They run one at a time, from the loop's own turn, and never inside
 *   the call that caused them.
 * - None is lost. The memory for a session's end is taken when its watch begins. The
 *   memory for an event is taken when it happens; each watch keeps SESSIO_LOOP_RESERVE
 *   more events for the time without memory. After those, `missed` is called once
 *   in the place of the events that are left out.
 * - No lock of the library is held in a callback, and every function may be called
 *   from one. A callback is work for others, as a watcher of a host is.
 *
 * Default: a call keeps no reference and borrows its arguments, does not block,
 *          calls nobody back, and is for the loop's thread, in callbacks, too.
 */
#ifndef SESSIO_LOOP_H
#define SESSIO_LOOP_H

/*
 * From examples/on_a_loop.c:
 *
 *     if (sessio_loop_start(uv_default_loop(), &deliveries) ||
 *         sessio_loop_watch_host(deliveries, sessio_host_default(), &wishes, &watch)) {
 *         return 1;
 *     }
 */

#include <stddef.h>
#include <stdint.h>

#include <sessio/host.h>
#include <sessio/inspect.h>
#include <sessio/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uv_loop_s;

/** So many events of each watch are delivered without memory. */
#define SESSIO_LOOP_RESERVE 16

/** Deliveries on one loop. */
typedef struct sessio_loop sessio_loop;

/** A host or a session that is watched. */
typedef struct sessio_loop_watch sessio_loop_watch;

/**
 * Begin to deliver on a loop. The loop does not end by itself before the
 * sessio_loop_stop().
 *
 * @param uv       outlives the deliveries.
 * @param out_loop set on SESSIO_OK only.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NO_MEMORY.
 *
 * Ref:     *out_loop is the caller's, for sessio_loop_stop().
 */
SESSIO_MUST_CHECK
sessio_status sessio_loop_start(struct uv_loop_s *uv, sessio_loop **out_loop);

/** Runs once, on the loop's thread, when deliveries have stopped. */
typedef void sessio_loop_stopped_fn(void *ctx);

/**
 * Stop: end every watch. Events and ends that are not delivered yet are dropped. May be called
 * before the loop has run, in a delivery, and with hosts and sessions gone. NULL is a
 * no-op.
 *
 * Ref:     -1 on @p loop; do not touch it or its watches after this.
 * Blocks:  as sessio_loop_unwatch(), for each watch.
 * Calls back: the `released` of each watch of a host, and then @p stopped, later, when
 *          the loop runs; it may be NULL.
 */
void sessio_loop_stop(sessio_loop *loop, sessio_loop_stopped_fn *stopped, void *ctx);

/**
 * Called in the place of @p count events, one at least, that there was no memory for. The
 * host's sessions may be looked at again.
 */
typedef void sessio_loop_missed_fn(void *ctx, size_t count);

/** The wishes of a watch of a host; copied. */
typedef struct sessio_loop_options {
	uint32_t events; /**< as the next two, as in sessio_watch_options */
	unsigned flags;
	uint32_t session_id;
	/** The notice is as it was when it happened. Its host is NULL if that is destroyed. */
	sessio_user_watch_fn *event;
	sessio_loop_missed_fn *missed; /**< not NULL */
	/** The last call: the watch has ended, or its host is destroyed. May be NULL. */
	sessio_watch_released_fn *released;
	void *ctx; /**< passed to each; borrowed until `released` has been called */
} sessio_loop_options;

/**
 * Follow the events of a host. A watch whose host is destroyed delivers what has
 * happened until then, and ends.
 *
 * @param out_watch set on SESSIO_OK only; good until `released` has been called.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (also: no event, an unknown flag), SESSIO_BAD_STATE
 *         (the host is being destroyed, or deliveries have been stopped meanwhile),
 *         SESSIO_NO_MEMORY.
 *
 * Ref:     *out_watch is the caller's, for sessio_loop_unwatch(); it keeps no reference to
 *          @p host.
 * Blocks:  as sessio_host_watch().
 * Calls back: as sessio_host_watch(), and none of @p options.
 */
SESSIO_MUST_CHECK
sessio_status sessio_loop_watch_host(sessio_loop *loop, sessio_host *host,
	const sessio_loop_options *options, sessio_loop_watch **out_watch);

/** How a resource session has ended: its closeComplete callback has returned. */
typedef struct sessio_session_end {
	/** The context's address, to be compared only: the context may be gone. */
	const void *session;
	/** SESSIO_END_NONE: its open callback refused, and there never was a session. */
	sessio_end_reason reason;
	uint32_t required_rights; /**< as given at open, like the next one */
	uint32_t share_mode;
} sessio_session_end;

/** Called once, unless the watch is ended before. The watch is gone then. */
typedef void sessio_session_ended_fn(void *ctx, const sessio_session_end *end);

/**
 * Hear of a resource session's end. It has no say in it: the session lives and ends as
 * if it were not watched. For all sessions of an object, watch each in its `open`
 * callback. An opening that there is no memory to watch is refused there.
 *
 * @param out_watch set before @p fn can run; good until then, and if this returns
 *                  SESSIO_OK. May be NULL.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (also: no session), SESSIO_BAD_STATE (it has
 *         ended, or deliveries have been stopped), SESSIO_NO_MEMORY.
 *
 * Ref:     none is taken on the context; @p ctx is borrowed until @p fn or the end of
 *          the watch.
 * Threads: any, before the sessio_loop_stop().
 */
SESSIO_MUST_CHECK
sessio_status sessio_loop_watch_session(sessio_loop *loop, void *session_context,
	sessio_session_ended_fn *fn, void *ctx, sessio_loop_watch **out_watch);

/**
 * End a watch: nothing of it is delivered any more, but for its `released`. In a call of
 * the watch itself that is the last one. NULL is a no-op.
 *
 * Ref:     -1 on @p watch.
 * Blocks:  as sessio_host_unwatch(); a watch of a session not at all.
 * Calls back: `released`; in the watch's own call, after that has returned.
 */
void sessio_loop_unwatch(sessio_loop_watch *watch);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_LOOP_H */
