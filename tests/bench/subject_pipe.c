/* SPDX-License-Identifier: MIT */
/* Requests of a consumer that runs a loop of its own thread. */
#include <unistd.h>

#include <uv.h>

#include <sessio/transport.h>

#include "bench.h"
#include "pipes.h"
#include "subject_type.h"

struct pipe {
	char path[64];
	void *object;
	uv_loop_t loop; /* the consumer's, like all that follows */
	sessio_consumer *consumer;
	bool connected;
	unsigned waiting; /* replies that are to come */
	sessio_remote_handle handle; /* in the last reply */
	sessio_remote_handle open;
};

static void *find(void *ctx, sessio_connection *connection, const char *name)
{
	struct pipe *pipe = (struct pipe *)ctx;

	(void)connection;
	(void)name;
	KosRefObject(pipe->object);
	return pipe->object;
}

/* The work of an operation by handle, as it is documented. */
static void serve(void *ctx, sessio_request *request)
{
	KosSessionType *type = subject_session_type();
	void *context;
	void *object;

	(void)ctx;
	bench_require(KosSessionIpcHandleToSession(sessio_request_handle(request, 0), type,
			      SUBJECT_READ, &context) == rcOk &&
			KosSessionRef(context, type, &object) == rcOk,
		"no session");
	bench_use(object);
	KosSessionPut(context);
	bench_require(sessio_request_reply(request, 0, NULL, 0, NULL, 0) == SESSIO_OK, "no reply");
}

static void begin(uv_loop_t *loop, void *arg)
{
	static const sessio_provider_ops ops = { .find = find, .call = serve };
	struct pipe *pipe = (struct pipe *)arg;
	const sessio_provider_options options = {
		.loop = loop, .pipe = pipe->path, .ops = &ops, .ctx = pipe
	};
	sessio_provider *provider;

	bench_require(sessio_provider_start(&options, &provider) == SESSIO_OK, "no provider");
}

static void on_connected(void *ctx)
{
	((struct pipe *)ctx)->connected = true;
}

static void on_reply(void *ctx, const sessio_reply *reply)
{
	struct pipe *pipe = (struct pipe *)ctx;

	bench_require(reply->status == SESSIO_OK, "a request failed");
	if (reply->handle_count != 0) {
		pipe->handle = reply->handles[0];
	}
	pipe->waiting--;
}

static void send_call(struct pipe *pipe, const sessio_call *call)
{
	bench_require(sessio_consumer_send(pipe->consumer, call, on_reply, pipe, NULL) == SESSIO_OK,
		"a request is not sent");
	pipe->waiting++;
}

static void await_replies(struct pipe *pipe)
{
	while (pipe->waiting != 0) {
		(void)uv_run(&pipe->loop, UV_RUN_ONCE);
	}
}

static void open_session(struct pipe *pipe)
{
	const sessio_call call = { .kind = SESSIO_CALL_OPEN,
		.name = "it",
		.rights = SUBJECT_READ,
		.share = SUBJECT_READ };

	send_call(pipe, &call);
	await_replies(pipe);
}

void *subject_pipe_create(void)
{
	static const sessio_consumer_ops ops = { .connected = on_connected };
	struct pipe *pipe = (struct pipe *)bench_alone(sizeof(*pipe));
	const sessio_consumer_options options = {
		.loop = &pipe->loop, .pipe = pipe->path, .ops = &ops, .ctx = pipe
	};

	pipes_path(pipe->path, sizeof(pipe->path));
	pipe->object = subject_registered_object();
	pipes_serve(begin, pipe);
	bench_require(uv_loop_init(&pipe->loop) == 0 &&
			sessio_consumer_connect(&options, 0, &pipe->consumer) == SESSIO_OK,
		"no consumer");
	while (!pipe->connected) {
		(void)uv_run(&pipe->loop, UV_RUN_ONCE);
	}
	open_session(pipe);
	pipe->open = pipe->handle;
	(void)unlink(pipe->path);
	return pipe;
}

static void send_operation(struct pipe *pipe)
{
	const sessio_call call = { .kind = SESSIO_CALL_OPERATION,
		.operation = 1,
		.handles = &pipe->open,
		.handle_count = 1 };

	send_call(pipe, &call);
}

void subject_pipe_operate(void *pipe)
{
	send_operation((struct pipe *)pipe);
	await_replies((struct pipe *)pipe);
}

void subject_pipe_open_close(void *arg)
{
	struct pipe *pipe = (struct pipe *)arg;
	const sessio_call call = {
		.kind = SESSIO_CALL_CLOSE, .handles = &pipe->handle, .handle_count = 1
	};

	open_session(pipe);
	send_call(pipe, &call);
	await_replies(pipe);
}

void subject_pipe_many(void *arg, uint64_t n)
{
	struct pipe *pipe = (struct pipe *)arg;

	while (n-- != 0) {
		for (unsigned i = 0; i < PIPES_IN_FLIGHT; i++) {
			send_operation(pipe);
		}
		await_replies(pipe);
	}
}
