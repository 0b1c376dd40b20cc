/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "inside.h"
#include "leaks.h"
#include "pipe_end.h"
#include "talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if !defined(_WIN32)
#include <unistd.h>
#endif

#include <uv.h>

#include <kos/session.h>
#include <sessio/bind.h>
#include <sessio/handle_space.h>

#define WAITING_MAX 4096u

struct talk {
	char pipe[100];
	uv_loop_t loop;
	uv_thread_t thread;
	uv_async_t doing;
	uv_mutex_t lock; /* guards what follows to `bound_to` */
	uv_cond_t changed;
	void (*fn)(struct talk *talk, void *arg);
	void *arg;
	bool ready;
	bool stopped;
	unsigned connections;
	unsigned calls;
	unsigned sessions;
	sessio_request *held;
	sessio_status verdict;
	sessio_peer peer;
	sessio_user_session *bound_to;
	sessio_transport_limits limits;
	sessio_provider *provider; /* the thread's, as are the next two */
	sessio_request *waiting[WAITING_MAX];
	unsigned waiting_count;
	KosObjectType *lamp_type;
	KosSessionType *session_type;
	void *lamp;
};

static struct talk *the_talk; /* for the lamp's callbacks */

/* --- The lamp --- */

static void count_session(int by)
{
	uv_mutex_lock(&the_talk->lock);
	the_talk->sessions += (unsigned)by;
	uv_cond_broadcast(&the_talk->changed);
	uv_mutex_unlock(&the_talk->lock);
}

static Retcode open_lamp(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	const sessio_opening *opening = open_ctx;

	(void)object;
	(void)context;
	note_that(opening->connection != NULL);
	*handle_rights = LAMP_READ | LAMP_WRITE | SESSIO_HANDLE_TRANSFER;
	if (opening->size == 4 && memcmp(opening->bytes, "deny", 4) == 0) {
		return rcSecurityDisallow;
	}
	count_session(1);
	return rcOk;
}

static Retcode close_lamp(void *object, void *context)
{
	(void)object;
	(void)context;
	return rcOk;
}

static void complete_lamp(void *object, void *context)
{
	(void)object;
	(void)context;
	count_session(-1);
}

static const KosSessionOps lamp_ops = { open_lamp, close_lamp, complete_lamp };

static void light(struct talk *talk)
{
	assert_int_equal(KosCreateObjectType(
				 "lamp", kosSessionBaseObjectType, 8, NULL, NULL, &talk->lamp_type),
		rcOk);
	assert_int_equal(KosSessionCreateType(talk->lamp_type, kosSessionBaseSessionType, &lamp_ops,
				 &talk->session_type),
		rcOk);
	assert_int_equal(KosCreateObject(talk->lamp_type, "lamp", NULL, &talk->lamp), rcOk);
	talk_offer(talk);
}

static void put_out(struct talk *talk)
{
	(void)KosSessionUnregisterObject(talk->lamp);
	KosPutObject(talk->lamp);
	KosSessionDestroyType(talk->session_type);
	sessio_object_type_unref(talk->lamp_type);
}

void talk_offer(struct talk *talk)
{
	assert_int_equal(KosSessionRegisterObject(talk->session_type, talk->lamp), rcOk);
}

void *talk_lamp(struct talk *talk)
{
	return talk->lamp;
}

struct sessio_handle_desc talk_contain(struct talk *talk, sessio_request *request)
{
	sessio_opening opening = { sessio_request_connection(request), NULL, 0 };
	struct sessio_handle_desc desc = { 0 };
	void *context;

	note_that(KosSessionOpenObject(talk->lamp, 0, LAMP_READ, &opening, &context) == rcOk);
	note_that(KosSessionContextToIpcHandle(context, &desc) == rcOk);
	return desc;
}

void talk_withdraw(struct talk *talk)
{
	assert_int_equal(KosSessionUnregisterObject(talk->lamp), rcOk);
}

/* --- The provider --- */

static sessio_status on_connected(void *ctx, sessio_connection *connection)
{
	struct talk *talk = ctx;
	const sessio_bind_policy policy = { .on_logoff = SESSIO_BIND_CLOSE };
	sessio_status verdict;

	uv_mutex_lock(&talk->lock);
	verdict = talk->verdict;
	talk->peer = sessio_connection_peer(connection);
	if (verdict == SESSIO_OK && talk->bound_to != NULL) {
		verdict = sessio_connection_bind(connection, talk->bound_to, &policy);
	}
	talk->connections += verdict == SESSIO_OK;
	uv_cond_broadcast(&talk->changed);
	uv_mutex_unlock(&talk->lock);
	sessio_connection_set_data(connection, talk);
	return verdict;
}

static void on_disconnected(void *ctx, sessio_connection *connection)
{
	struct talk *talk = ctx;

	note_that(sessio_connection_data(connection) == talk);
	uv_mutex_lock(&talk->lock);
	talk->connections--;
	uv_cond_broadcast(&talk->changed);
	uv_mutex_unlock(&talk->lock);
}

static void *on_find(void *ctx, sessio_connection *connection, const char *name)
{
	struct talk *talk = ctx;

	(void)connection;
	if (strcmp(name, "lamp") != 0) {
		return NULL;
	}
	KosRefObject(talk->lamp);
	return talk->lamp;
}

static void answer_elsewhere(void *arg)
{
	static const char text[] = "from elsewhere";

	(void)sessio_request_reply(arg, 0, text, sizeof(text) - 1, NULL, 0);
}

static void answer_big(sessio_request *request, const void *bytes, size_t size)
{
	uint32_t wanted = 0;
	char *big;

	memcpy(&wanted, bytes, size < 4 ? size : 4);
	big = malloc(wanted + 1u);
	note_that(big != NULL);
	if (big != NULL) {
		memset(big, 'b', wanted + 1u);
	}
	(void)sessio_request_reply(request, 0, big, wanted, NULL, 0);
	free(big);
}

/* The reply is under way: there is nothing to cancel any more. */
static void note_late_cancel(void *ctx, sessio_request *request)
{
	(void)ctx;
	(void)request;
	note_that(false); /* cancelled after the reply */
}

static void answer_cancelled(void *ctx, sessio_request *request)
{
	(void)ctx;
	(void)sessio_request_reply(request, 42, NULL, 0, NULL, 0);
}

void talk_finish(struct talk *talk)
{
	for (unsigned i = 0; i < talk->waiting_count; i++) {
		(void)sessio_request_reply(talk->waiting[i], 0, NULL, 0, NULL, 0);
	}
	talk->waiting_count = 0;
}

static void hold(struct talk *talk, sessio_request *request)
{
	uv_mutex_lock(&talk->lock);
	note_that(talk->held == NULL);
	talk->held = request;
	uv_cond_broadcast(&talk->changed);
	uv_mutex_unlock(&talk->lock);
}

static void start_elsewhere(sessio_request *request)
{
	uv_thread_t thread;

	note_that(uv_thread_create(&thread, answer_elsewhere, request) == 0);
	note_that(uv_thread_join(&thread) == 0);
}

static void give_again(sessio_request *request)
{
	struct sessio_handle_desc more;
	void *context;

	if (KosSessionIpcHandleToSession(
		    sessio_request_handle(request, 0), NULL, LAMP_READ, &context) != rcOk ||
		KosSessionContextToIpcHandle(context, &more) != rcOk) {
		(void)sessio_request_reply(request, SESSIO_INVALID_ARG, NULL, 0, NULL, 0);
		return;
	}
	(void)sessio_request_reply(request, 0, NULL, 0, &more, 1);
}

/* A session of the provider's own making, whose container goes nowhere. */
static void waste(struct talk *talk, sessio_request *request)
{
	(void)talk_contain(talk, request);
	(void)sessio_request_reply(request, 0, NULL, 0, NULL, 0);
}

/* The answer has gone, and the request with it: the container belongs to no request. */
static void fill_afterwards(struct talk *talk, sessio_request *request)
{
	sessio_opening opening = { sessio_request_connection(request), NULL, 0 };
	struct sessio_handle_desc desc;
	void *context;

	(void)sessio_request_reply(request, 0, NULL, 0, NULL, 0);
	note_that(KosSessionOpenObject(talk->lamp, 0, LAMP_READ, &opening, &context) == rcOk);
	note_that(KosSessionContextToIpcHandle(context, &desc) == rcOk);
	note_that(KosSessionCloseObject(context) == rcOk);
}

static void serve(struct talk *talk, sessio_request *request)
{
	size_t size;
	const void *bytes = sessio_request_bytes(request, &size);

	switch (sessio_request_operation(request)) {
	case OP_ECHO:
		(void)sessio_request_reply(request, 0, bytes, size, NULL, 0);
		return;
	case OP_LATER:
		note_that(talk->waiting_count < WAITING_MAX);
		talk->waiting[talk->waiting_count++] = request;
		return;
	case OP_FINISH:
		talk_finish(talk);
		(void)sessio_request_reply(request, 0, NULL, 0, NULL, 0);
		return;
	case OP_ELSEWHERE:
		start_elsewhere(request);
		return;
	case OP_MUCH:
		answer_big(request, bytes, size);
		return;
	case OP_UNTIL_CANCELLED:
		sessio_request_on_cancel(request, answer_cancelled, talk);
		return;
	case OP_CROSSED:
		sessio_request_on_cancel(request, note_late_cancel, NULL);
		start_elsewhere(request);
		return;
	case OP_HOLD:
		hold(talk, request);
		return;
	case OP_AGAIN:
		give_again(request);
		return;
	case OP_WASTE:
		waste(talk, request);
		return;
	case OP_AFTERWARDS:
		fill_afterwards(talk, request);
		return;
	case OP_HANG_UP:
		sessio_connection_close(sessio_request_connection(request));
		(void)sessio_request_reply(request, 0, NULL, 0, NULL, 0);
		return;
	default:
		(void)sessio_request_reply(request, SESSIO_UNSUPPORTED, NULL, 0, NULL, 0);
		return;
	}
}

static void on_call(void *ctx, sessio_request *request)
{
	struct talk *talk = ctx;

	serve(talk, request);
	uv_mutex_lock(&talk->lock);
	talk->calls++;
	uv_cond_broadcast(&talk->changed);
	uv_mutex_unlock(&talk->lock);
}

static const sessio_provider_ops ops = { on_connected, on_disconnected, on_find, on_call };

/* --- Its thread --- */

static void on_do(uv_async_t *async)
{
	struct talk *talk = async->data;
	void (*fn)(struct talk * talk, void *arg);

	uv_mutex_lock(&talk->lock);
	fn = talk->fn;
	uv_mutex_unlock(&talk->lock);
	if (fn != NULL) {
		fn(talk, talk->arg);
		uv_mutex_lock(&talk->lock);
		talk->fn = NULL;
		uv_cond_broadcast(&talk->changed);
		uv_mutex_unlock(&talk->lock);
	}
}

static void run(void *arg)
{
	struct talk *talk = arg;
	const sessio_provider_options options = {
		.loop = &talk->loop,
		.pipe = talk->pipe,
		.ops = &ops,
		.ctx = talk,
		.limits = talk->limits,
	};

	note_that(uv_loop_init(&talk->loop) == 0);
	note_that(uv_async_init(&talk->loop, &talk->doing, on_do) == 0);
	talk->doing.data = talk;
	note_that(sessio_provider_start(&options, &talk->provider) == SESSIO_OK);
	uv_mutex_lock(&talk->lock);
	talk->ready = true;
	uv_cond_broadcast(&talk->changed);
	uv_mutex_unlock(&talk->lock);
	(void)uv_run(&talk->loop, UV_RUN_DEFAULT);
	note_that(uv_loop_close(&talk->loop) == 0);
}

struct talk *talk_start(const sessio_transport_limits *limits)
{
	char pipe[sizeof(((struct talk *)NULL)->pipe)];

	pipe_end_name(pipe, sizeof(pipe), "talk");
	return talk_start_at(pipe, limits);
}

struct talk *talk_start_at(const char *pipe, const sessio_transport_limits *limits)
{
	struct talk *talk = calloc(1, sizeof(*talk));

	assert_non_null(talk);
	(void)snprintf(talk->pipe, sizeof(talk->pipe), "%s", pipe);
	if (limits != NULL) {
		talk->limits = *limits;
	}
	assert_int_equal(uv_mutex_init(&talk->lock), 0);
	assert_int_equal(uv_cond_init(&talk->changed), 0);
	/* The process's own space, its lock and its slots; the lock of revocations. */
	leaks_allow(4);
	the_talk = talk;
	light(talk);
	assert_int_equal(uv_thread_create(&talk->thread, run, talk), 0);
	uv_mutex_lock(&talk->lock);
	while (!talk->ready) {
		uv_cond_wait(&talk->changed, &talk->lock);
	}
	uv_mutex_unlock(&talk->lock);
	return talk;
}

static void on_stopped(void *ctx)
{
	struct talk *talk = ctx;

	uv_mutex_lock(&talk->lock);
	note_that(!talk->stopped);
	talk->stopped = true;
	note_that(talk->connections == 0);
	uv_mutex_unlock(&talk->lock);
	uv_close((uv_handle_t *)&talk->doing, NULL);
}

static void stop(struct talk *talk, void *arg)
{
	(void)arg;
	talk_finish(talk);
	sessio_provider_stop(talk->provider, on_stopped, talk);
}

void talk_stop_provider(struct talk *talk)
{
	talk_do(talk, stop, NULL);
	assert_int_equal(uv_thread_join(&talk->thread), 0);
	assert_true(talk->stopped);
}

void talk_stop(struct talk *talk)
{
	if (!talk->stopped) {
		talk_stop_provider(talk);
	}
	notes_assert();
	assert_int_equal(talk->sessions, 0);
#if !defined(_WIN32)
	assert_int_equal(access(talk->pipe, F_OK), -1);
#endif
	put_out(talk);
	uv_cond_destroy(&talk->changed);
	uv_mutex_destroy(&talk->lock);
	free(talk);
	the_talk = NULL;
}

const char *talk_pipe(const struct talk *talk)
{
	return talk->pipe;
}

void talk_do(struct talk *talk, void (*fn)(struct talk *talk, void *arg), void *arg)
{
	uv_mutex_lock(&talk->lock);
	talk->fn = fn;
	talk->arg = arg;
	assert_int_equal(uv_async_send(&talk->doing), 0);
	while (talk->fn != NULL) {
		uv_cond_wait(&talk->changed, &talk->lock);
	}
	uv_mutex_unlock(&talk->lock);
}

sessio_provider *talk_provider(struct talk *talk)
{
	return talk->provider;
}

static void await(struct talk *talk, const unsigned *what, unsigned count, bool or_more)
{
	uv_mutex_lock(&talk->lock);
	while (*what < count || (*what > count && !or_more)) {
		uv_cond_wait(&talk->changed, &talk->lock);
	}
	uv_mutex_unlock(&talk->lock);
}

void talk_await_connections(struct talk *talk, unsigned count)
{
	await(talk, &talk->connections, count, false);
}

void talk_await_calls(struct talk *talk, unsigned count)
{
	await(talk, &talk->calls, count, true);
}

void talk_await_sessions(struct talk *talk, unsigned count)
{
	await(talk, &talk->sessions, count, false);
}

static unsigned now(struct talk *talk, const unsigned *what)
{
	unsigned count;

	uv_mutex_lock(&talk->lock);
	count = *what;
	uv_mutex_unlock(&talk->lock);
	return count;
}

unsigned talk_calls(struct talk *talk)
{
	return now(talk, &talk->calls);
}

unsigned talk_sessions(struct talk *talk)
{
	return now(talk, &talk->sessions);
}

sessio_request *talk_take(struct talk *talk)
{
	sessio_request *request;

	uv_mutex_lock(&talk->lock);
	while (talk->held == NULL) {
		uv_cond_wait(&talk->changed, &talk->lock);
	}
	request = talk->held;
	talk->held = NULL;
	uv_mutex_unlock(&talk->lock);
	return request;
}

void talk_refuse(struct talk *talk, sessio_status status)
{
	uv_mutex_lock(&talk->lock);
	talk->verdict = status;
	uv_mutex_unlock(&talk->lock);
}

sessio_peer talk_last_peer(struct talk *talk)
{
	sessio_peer peer;

	uv_mutex_lock(&talk->lock);
	peer = talk->peer;
	uv_mutex_unlock(&talk->lock);
	return peer;
}

void talk_bind(struct talk *talk, sessio_user_session *user)
{
	uv_mutex_lock(&talk->lock);
	talk->bound_to = user;
	uv_mutex_unlock(&talk->lock);
}
