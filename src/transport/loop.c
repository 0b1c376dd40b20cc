/* SPDX-License-Identifier: MIT */
/*
 * Deliveries on a loop; see sessio/loop.h.
 *
 * Each watch hears of things on any thread, and appends a delivery to the queue. The loop's thread
 * takes the queue's first and runs it.
 *
 * (loop-1) The queue, and whether a watch or the whole has ended, change under the lock.
 *      The wake is sent under it, too, and closed only after `stopped` is set.
 * (loop-2) A watch has a reference of its own until it has ended, one of what it
 *      watches, and one of each delivery in the queue.
 * (loop-3) Only the loop's thread ends a watch. After that no delivery of it runs.
 * (loop-4) While a gap is queued, what follows is counted in it. So order holds.
 *
 * tests/models/loop.pml checks all of them exhaustively.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include <sessio/loop.h>

#include <string.h>

#include <uv.h>

#include "base/lock_order.h"
#include "base/thread_frame.h"
#include "resource/session.h"
#include "user/host.h"

static const char in_delivery; /* the kind of frame of a thread in a callback */
static const char loop_name[] = "deliveries on a loop";
static const char watch_name[] = "a watch of a loop";

struct sessio_loop {
	uv_async_t wake;
	struct si_refcount refs; /* until the wake is closed, and each watch's */
	si_mutex lock;
	struct si_list queue; /* lock; of struct delivery */
	size_t queued; /* lock */
	struct si_list watches; /* lock */
	bool stopped; /* lock; (loop-1) */
	sessio_loop_stopped_fn *on_stopped;
	void *ctx;
};

struct watch_ops {
	/* After the end: takes it back from what it watches, and drops its own reference. */
	void (*take_back)(struct sessio_loop_watch *watch);
	void (*destroy)(struct sessio_loop_watch *watch);
};

struct sessio_loop_watch {
	struct si_list_node node; /* lock; loop->watches until it has ended */
	const struct watch_ops *ops;
	struct sessio_loop *loop; /* counted */
	struct si_refcount refs; /* (loop-2) */
	bool ended; /* lock to change; (loop-3) */
};

struct delivery {
	struct si_list_node node; /* lock; loop->queue */
	struct sessio_loop_watch *watch; /* counted while it is queued */
	void (*run)(struct delivery *delivery);
	void (*drop)(struct delivery *delivery); /* it has run, or will not; NULL: nothing to do */
};

static void unref_loop(struct sessio_loop *loop)
{
	if (si_refcount_unref(&loop->refs, loop_name)) {
		si_mutex_fini(&loop->lock);
		si_platform_free(loop);
	}
}

static void unref_watch(struct sessio_loop_watch *watch)
{
	if (si_refcount_unref(&watch->refs, watch_name)) {
		struct sessio_loop *loop = watch->loop;

		watch->ops->destroy(watch);
		unref_loop(loop);
	}
}

/* Each watch begins with its own reference and that of what it watches. */
static void init_watch(
	struct sessio_loop_watch *watch, struct sessio_loop *loop, const struct watch_ops *ops)
{
	watch->ops = ops;
	watch->loop = loop;
	watch->ended = false;
	(void)si_refcount_ref(&loop->refs, loop_name);
	si_refcount_init(&watch->refs, 2);
}

static bool is_open_locked(const struct sessio_loop_watch *watch)
{
	return !watch->loop->stopped && !watch->ended;
}

static void post_locked(struct sessio_loop_watch *watch, struct delivery *delivery)
{
	struct sessio_loop *loop = watch->loop;

	(void)si_refcount_ref(&watch->refs, watch_name);
	si_list_append(&loop->queue, &delivery->node);
	loop->queued++;
	(void)uv_async_send(&loop->wake);
}

/* On the loop's thread. False: it had ended before. */
static bool mark_ended(struct sessio_loop_watch *watch)
{
	struct sessio_loop *loop = watch->loop;
	bool first;

	si_mutex_lock(&loop->lock);
	first = !watch->ended;
	if (first) {
		watch->ended = true;
		si_list_remove(&loop->watches, &watch->node);
	}
	si_mutex_unlock(&loop->lock);
	return first;
}

static void finish_delivery(struct delivery *delivery)
{
	struct sessio_loop_watch *watch = delivery->watch;

	if (delivery->drop != NULL) {
		delivery->drop(delivery);
	}
	unref_watch(watch);
}

static struct delivery *take_locked(struct sessio_loop *loop)
{
	struct delivery *delivery = SI_LIST_ELEMENT(loop->queue.first, struct delivery, node);

	si_list_remove(&loop->queue, &delivery->node);
	loop->queued--;
	return delivery;
}

/* Delivers what is there, and leaves what comes meanwhile to the next wake. */
static void on_wake(uv_async_t *wake)
{
	struct sessio_loop *loop = wake->data;

	si_mutex_lock(&loop->lock);
	for (size_t left = loop->queued; left != 0 && !loop->stopped; left--) {
		struct delivery *delivery = take_locked(loop);

		si_mutex_unlock(&loop->lock);
		if (!delivery->watch->ended) {
			delivery->run(delivery);
		}
		finish_delivery(delivery);
		si_mutex_lock(&loop->lock);
	}
	si_mutex_unlock(&loop->lock);
}

sessio_status sessio_loop_start(struct uv_loop_s *uv, sessio_loop **out_loop)
{
	struct sessio_loop *loop;

	if (uv == NULL || out_loop == NULL) {
		return SESSIO_INVALID_ARG;
	}
	loop = si_platform_alloc(sizeof(*loop));
	if (loop == NULL) {
		return SESSIO_NO_MEMORY;
	}
	memset(loop, 0, sizeof(*loop));
	if (!si_mutex_init(&loop->lock, SI_RANK_ALONE)) {
		si_platform_free(loop);
		return SESSIO_NO_MEMORY;
	}
	si_refcount_init(&loop->refs, 1);
	loop->wake.data = loop;
	if (uv_async_init(uv, &loop->wake, on_wake) != 0) {
		unref_loop(loop);
		return SESSIO_NO_MEMORY;
	}
	*out_loop = loop;
	return SESSIO_OK;
}

static void on_closed(uv_handle_t *wake)
{
	struct sessio_loop *loop = wake->data;
	SI_GUARDED_FRAME(frame);

	if (loop->on_stopped != NULL) {
		si_thread_push_foreign(&frame, &in_delivery, NULL);
		loop->on_stopped(loop->ctx);
		si_thread_pop(&frame);
	}
	unref_loop(loop);
}

/* No watch appends anything any more, and nothing waits (loop-1). */
static void drop_queue(struct sessio_loop *loop)
{
	si_mutex_lock(&loop->lock);
	loop->stopped = true;
	while (loop->queued != 0) {
		struct delivery *delivery = take_locked(loop);

		si_mutex_unlock(&loop->lock);
		finish_delivery(delivery);
		si_mutex_lock(&loop->lock);
	}
	si_mutex_unlock(&loop->lock);
}

static struct sessio_loop_watch *first_watch(struct sessio_loop *loop)
{
	struct si_list_node *node;

	si_mutex_lock(&loop->lock);
	node = loop->watches.first;
	si_mutex_unlock(&loop->lock);
	return node == NULL ? NULL : SI_LIST_ELEMENT(node, struct sessio_loop_watch, node);
}

void sessio_loop_stop(sessio_loop *loop, sessio_loop_stopped_fn *stopped, void *ctx)
{
	struct sessio_loop_watch *watch;

	if (loop == NULL || loop->stopped) {
		return;
	}
	loop->on_stopped = stopped;
	loop->ctx = ctx;
	drop_queue(loop);
	while ((watch = first_watch(loop)) != NULL) {
		sessio_loop_unwatch(watch);
	}
	uv_close((uv_handle_t *)&loop->wake, on_closed);
}

void sessio_loop_unwatch(sessio_loop_watch *watch)
{
	if (watch != NULL && mark_ended(watch)) {
		watch->ops->take_back(watch);
	}
}

/* --- Hosts --- */

struct event {
	struct delivery delivery; /* first */
	sessio_user_notice notice;
	sessio_user_connect connect;
};

struct host_watch {
	struct sessio_loop_watch watch; /* first */
	struct sessio_host *host; /* counted: it may be destroyed meanwhile */
	sessio_watch number;
	sessio_loop_options options;
	bool calling; /* the loop's thread: a callback runs */
	bool host_is_gone; /* lock, as is what follows */
	struct si_list spare; /* events for the time without memory */
	unsigned spare_count;
	struct delivery gap; /* (loop-4) */
	bool gap_is_queued;
	size_t missed;
	struct delivery last; /* the host has released the watch */
};

static struct host_watch *host_watch_of(struct sessio_loop_watch *watch)
{
	_Static_assert(offsetof(struct host_watch, watch) == 0, "the watch comes first");
	return (struct host_watch *)(void *)watch;
}

static struct event *event_of(struct delivery *delivery)
{
	_Static_assert(offsetof(struct event, delivery) == 0, "the delivery comes first");
	return (struct event *)(void *)delivery;
}

static struct event *take_spare_locked(struct host_watch *watch)
{
	struct delivery *delivery;

	if (watch->spare_count == 0) {
		return NULL;
	}
	delivery = SI_LIST_ELEMENT(watch->spare.first, struct delivery, node);
	si_list_remove(&watch->spare, &delivery->node);
	watch->spare_count--;
	return event_of(delivery);
}

/* The reserve is filled first. */
static void give_back(struct host_watch *watch, struct event *event)
{
	si_mutex_lock(&watch->watch.loop->lock);
	if (watch->spare_count < SESSIO_LOOP_RESERVE) {
		si_list_append(&watch->spare, &event->delivery.node);
		watch->spare_count++;
		event = NULL;
	}
	si_mutex_unlock(&watch->watch.loop->lock);
	si_platform_free(event);
}

static void destroy_host_watch(struct sessio_loop_watch *base)
{
	struct host_watch *watch = host_watch_of(base);
	struct event *event;

	while ((event = take_spare_locked(watch)) != NULL) { /* nobody else has it */
		si_platform_free(event);
	}
	si_host_unref(watch->host);
	si_platform_free(watch);
}

static void release(struct host_watch *watch)
{
	SI_GUARDED_FRAME(frame);

	if (watch->options.released != NULL) {
		si_thread_push_foreign(&frame, &in_delivery, NULL);
		watch->options.released(watch->options.ctx);
		si_thread_pop(&frame);
	}
	unref_watch(&watch->watch);
}

static void take_back_from_host(struct sessio_loop_watch *base)
{
	struct host_watch *watch = host_watch_of(base);

	/* Not found: the host has released it. */
	(void)si_host_unwatch_own(watch->host, watch->number, watch);
	if (!watch->calling) {
		release(watch);
	}
}

static const struct watch_ops host_ops = { take_back_from_host, destroy_host_watch };

/* The callback has returned. The watch may have been ended in it. */
static void called(struct host_watch *watch)
{
	watch->calling = false;
	if (watch->watch.ended) {
		release(watch);
	}
}

static void run_event(struct delivery *delivery)
{
	struct host_watch *watch = host_watch_of(delivery->watch);
	struct event *event = event_of(delivery);
	SI_GUARDED_FRAME(frame);

	si_mutex_lock(&watch->watch.loop->lock);
	event->notice.host = watch->host_is_gone ? NULL : watch->host;
	si_mutex_unlock(&watch->watch.loop->lock);
	watch->calling = true;
	si_thread_push_foreign(&frame, &in_delivery, NULL);
	watch->options.event(&event->notice, watch->options.ctx);
	si_thread_pop(&frame);
	called(watch);
}

static void drop_event(struct delivery *delivery)
{
	struct event *event = event_of(delivery);

	sessio_user_session_unref(event->notice.session);
	give_back(host_watch_of(delivery->watch), event);
}

static void run_gap(struct delivery *delivery)
{
	struct host_watch *watch = host_watch_of(delivery->watch);
	size_t missed;
	SI_GUARDED_FRAME(frame);

	si_mutex_lock(&watch->watch.loop->lock);
	missed = watch->missed;
	watch->missed = 0;
	watch->gap_is_queued = false;
	si_mutex_unlock(&watch->watch.loop->lock);
	watch->calling = true;
	si_thread_push_foreign(&frame, &in_delivery, NULL);
	watch->options.missed(watch->options.ctx, missed);
	si_thread_pop(&frame);
	called(watch);
}

static void run_last(struct delivery *delivery)
{
	(void)mark_ended(delivery->watch);
	release(host_watch_of(delivery->watch));
}

static void fill(struct event *event, struct host_watch *watch, const sessio_user_notice *notice)
{
	event->delivery =
		(struct delivery){ .watch = &watch->watch, .run = run_event, .drop = drop_event };
	event->notice = *notice;
	(void)sessio_user_session_ref(notice->session);
	if (notice->payload != NULL) {
		event->connect = *(const sessio_user_connect *)notice->payload;
		event->notice.payload = &event->connect;
	}
}

/* The host's callback, on any thread. */
static void on_event(const sessio_user_notice *notice, void *ctx)
{
	struct host_watch *watch = ctx;
	struct sessio_loop *loop = watch->watch.loop;
	struct event *event = si_platform_alloc(sizeof(*event));
	struct event *unused = event;

	si_mutex_lock(&loop->lock);
	if (is_open_locked(&watch->watch)) {
		if (watch->gap_is_queued) {
			watch->missed++;
		} else if (event != NULL || (event = take_spare_locked(watch)) != NULL) {
			unused = NULL;
			fill(event, watch, notice);
			post_locked(&watch->watch, &event->delivery);
		} else {
			watch->gap_is_queued = true;
			watch->missed = 1;
			post_locked(&watch->watch, &watch->gap);
		}
	}
	si_mutex_unlock(&loop->lock);
	si_platform_free(unused);
}

/* The host is done with it, on any thread: it was taken back, or the host is destroyed. */
static void on_released(void *ctx)
{
	struct host_watch *watch = ctx;
	struct sessio_loop *loop = watch->watch.loop;

	si_mutex_lock(&loop->lock);
	watch->host_is_gone = true;
	if (is_open_locked(&watch->watch)) {
		post_locked(&watch->watch, &watch->last);
	}
	si_mutex_unlock(&loop->lock);
	unref_watch(&watch->watch);
}

static bool fill_reserve(struct host_watch *watch)
{
	while (watch->spare_count < SESSIO_LOOP_RESERVE) {
		struct event *event = si_platform_alloc(sizeof(*event));

		if (event == NULL) {
			return false;
		}
		si_list_append(&watch->spare, &event->delivery.node);
		watch->spare_count++;
	}
	return true;
}

static struct host_watch *create_host_watch(
	struct sessio_loop *loop, struct sessio_host *host, const sessio_loop_options *options)
{
	struct host_watch *watch = si_platform_alloc(sizeof(*watch));

	if (watch == NULL) {
		return NULL;
	}
	memset(watch, 0, sizeof(*watch));
	init_watch(&watch->watch, loop, &host_ops);
	watch->host = host;
	si_host_ref(host);
	watch->options = *options;
	watch->gap = (struct delivery){ .watch = &watch->watch, .run = run_gap };
	watch->last = (struct delivery){ .watch = &watch->watch, .run = run_last };
	if (!fill_reserve(watch)) {
		unref_watch(&watch->watch);
		unref_watch(&watch->watch);
		return NULL;
	}
	return watch;
}

/* False: deliveries have been stopped meanwhile. */
static bool list(struct sessio_loop_watch *watch)
{
	struct sessio_loop *loop = watch->loop;
	bool stopped;

	si_mutex_lock(&loop->lock);
	stopped = loop->stopped;
	if (!stopped) {
		si_list_append(&loop->watches, &watch->node);
	}
	si_mutex_unlock(&loop->lock);
	return !stopped;
}

sessio_status sessio_loop_watch_host(sessio_loop *loop, sessio_host *host,
	const sessio_loop_options *options, sessio_loop_watch **out_watch)
{
	sessio_watch_options wishes = { 0 };
	struct host_watch *watch;
	sessio_status status;

	if (loop == NULL || host == NULL || options == NULL || out_watch == NULL ||
		options->event == NULL || options->missed == NULL) {
		return SESSIO_INVALID_ARG;
	}
	watch = create_host_watch(loop, host, options);
	if (watch == NULL) {
		return SESSIO_NO_MEMORY;
	}
	wishes.events = options->events;
	wishes.flags = options->flags;
	wishes.session_id = options->session_id;
	wishes.released = on_released;
	status = sessio_host_watch(host, &wishes, on_event, watch, &watch->number);
	if (status != SESSIO_OK) {
		unref_watch(&watch->watch);
	} else if (!list(&watch->watch)) {
		(void)si_host_unwatch_own(host, watch->number, watch);
		status = SESSIO_BAD_STATE;
	}
	if (status != SESSIO_OK) {
		unref_watch(&watch->watch);
		return status;
	}
	*out_watch = &watch->watch;
	return SESSIO_OK;
}

/* --- Sessions --- */

struct session_watch {
	struct sessio_loop_watch watch; /* first */
	struct si_end_watch end;
	struct delivery delivery;
	sessio_session_ended_fn *fn;
	void *ctx;
};

static struct session_watch *session_watch_of(struct sessio_loop_watch *watch)
{
	_Static_assert(offsetof(struct session_watch, watch) == 0, "the watch comes first");
	return (struct session_watch *)(void *)watch;
}

static void take_back_from_session(struct sessio_loop_watch *watch)
{
	if (si_session_unwatch_end(&session_watch_of(watch)->end)) {
		unref_watch(watch); /* the session's */
	}
	unref_watch(watch);
}

static void destroy_session_watch(struct sessio_loop_watch *watch)
{
	si_platform_free(session_watch_of(watch));
}

static const struct watch_ops session_ops = { take_back_from_session, destroy_session_watch };

static void run_end(struct delivery *delivery)
{
	struct session_watch *watch = session_watch_of(delivery->watch);
	const sessio_session_end end = {
		.session = watch->end.context,
		.reason = watch->end.reason,
		.required_rights = watch->end.required,
		.share_mode = watch->end.shared,
	};
	SI_GUARDED_FRAME(frame);

	(void)mark_ended(&watch->watch);
	si_thread_push_foreign(&frame, &in_delivery, NULL);
	watch->fn(watch->ctx, &end);
	si_thread_pop(&frame);
	unref_watch(&watch->watch);
}

/* On the thread of the session's end. */
static void on_ended(struct si_end_watch *end)
{
	struct session_watch *watch = SI_LIST_ELEMENT(end, struct session_watch, end);
	struct sessio_loop *loop = watch->watch.loop;

	si_mutex_lock(&loop->lock);
	if (is_open_locked(&watch->watch)) {
		post_locked(&watch->watch, &watch->delivery);
	}
	si_mutex_unlock(&loop->lock);
	unref_watch(&watch->watch);
}

sessio_status sessio_loop_watch_session(sessio_loop *loop, void *session_context,
	sessio_session_ended_fn *fn, void *ctx, sessio_loop_watch **out_watch)
{
	struct session_watch *watch;
	sessio_status status;

	if (loop == NULL || fn == NULL || si_session_of(session_context) == NULL) {
		return SESSIO_INVALID_ARG;
	}
	watch = si_platform_alloc(sizeof(*watch));
	if (watch == NULL) {
		return SESSIO_NO_MEMORY;
	}
	memset(watch, 0, sizeof(*watch));
	init_watch(&watch->watch, loop, &session_ops);
	watch->end.ended = on_ended;
	watch->delivery = (struct delivery){ .watch = &watch->watch, .run = run_end };
	watch->fn = fn;
	watch->ctx = ctx;
	if (out_watch != NULL) {
		*out_watch = &watch->watch;
	}
	if (!list(&watch->watch)) {
		status = SESSIO_BAD_STATE;
	} else {
		status = si_session_watch_end(session_context, &watch->end);
		if (status != SESSIO_OK) {
			(void)mark_ended(&watch->watch);
		}
	}
	if (status != SESSIO_OK) {
		unref_watch(&watch->watch);
		unref_watch(&watch->watch);
	}
	return status;
}
