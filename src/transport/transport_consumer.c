/* SPDX-License-Identifier: MIT */
/*
 * A consumer: requests out, replies and notices in.
 *
 *     CONNECTING -> GREETING  [on_connected: HELLO is sent]
 *     GREETING   -> READY     [a WELCOME with a version that we know]
 *     any        -> GONE      [on_closed: the pipe is closed, all is answered]
 *
 * (transport_consumer-1) A request is in the map and in the list from its sending
 *      to its reply or to GONE. Its callback runs once.
 * (transport_consumer-2) The consumer's memory goes when it is GONE and its owner
 *      has closed it, whichever comes later, and never inside a callback.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include <sessio/transport.h>

#include <string.h>

#include "base/bug.h"
#include "base/map.h"
#include "transport/transport_connection.h"
#include "transport/transport_pipe.h"

#define QUEUE_BYTES (UINT32_C(4) << 20)

struct request {
	struct si_map_node by_number; /* consumer->by_number */
	struct si_list_node node; /* consumer->requests */
	sessio_reply_fn *fn; /* NULL: the reply is of no interest any more */
	void *ctx;
};

struct sessio_consumer {
	struct si_connection connection; /* first: of_connection() */
	enum { CONNECTING, GREETING, READY, GONE } state;
	uv_connect_t connect;
	uv_loop_t loop; /* its own, if owns_loop */
	uv_timer_t timer; /* of its own loop */
	bool owns_loop;
	bool running; /* its own loop runs */
	bool closed; /* by its owner */
	bool telling; /* the last callbacks run */
	bool timed_out;
	sessio_consumer_ops ops;
	void *ctx;
	struct si_map by_number;
	struct si_list requests;
	size_t in_flight;
	uint32_t in_flight_max; /* from the greeting */
	uint32_t last_number;
	uint32_t number; /* of the connection */
	uint64_t notices; /* how many were delivered */
	sessio_status failure; /* why it did not come to READY */
	char reason[SI_FRAME_TEXT_MAX + 1];
};

static sessio_consumer *of_connection(struct si_connection *connection)
{
	_Static_assert(offsetof(sessio_consumer, connection) == 0, "the connection comes first");
	return (sessio_consumer *)(void *)connection;
}

static struct request *of_number(struct si_map_node *node)
{
	_Static_assert(offsetof(struct request, by_number) == 0, "the node comes first");
	return (struct request *)(void *)node;
}

static void say(sessio_consumer *consumer, const char *text, size_t size)
{
	size = size < sizeof(consumer->reason) ? size : sizeof(consumer->reason) - 1;
	memcpy(consumer->reason, text, size);
	consumer->reason[size] = '\0';
}

/* Takes a request out and answers it (transport_consumer-1). */
static void answer(sessio_consumer *consumer, struct request *request, const sessio_reply *reply)
{
	si_map_remove(&consumer->by_number, &request->by_number);
	si_list_remove(&consumer->requests, &request->node);
	consumer->in_flight--;
	if (request->fn != NULL) {
		request->fn(request->ctx, reply);
	}
	si_platform_free(request);
}

static void answer_all(sessio_consumer *consumer)
{
	const sessio_reply reply = { .status = SESSIO_DISCONNECTED };

	while (!si_list_is_empty(&consumer->requests)) {
		answer(consumer, SI_LIST_ELEMENT(consumer->requests.first, struct request, node),
			&reply);
	}
}

static sessio_status status_of_code(int32_t code)
{
	switch ((sessio_status)code) { /* no default: the compiler names a missing row */
#define XX(name, value, text) \
	case SESSIO_##name:   \
		return SESSIO_##name;
		SESSIO_STATUS_MAP(XX)
#undef XX
	}
	return SESSIO_REFUSED;
}

static void ignore(void *ctx, const sessio_reply *reply)
{
	(void)ctx;
	(void)reply;
}

/* A reply has brought handles, and nobody waits for it any more. */
static void drop_unwanted(
	sessio_consumer *consumer, const sessio_remote_handle *handles, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const sessio_call drop = {
			.kind = SESSIO_CALL_DROP, .handles = &handles[i], .handle_count = 1
		};

		/* At worst it stays until the connection ends. */
		if (sessio_consumer_send(consumer, &drop, ignore, NULL, NULL) != SESSIO_OK) {
			return;
		}
	}
}

static void take_reply(sessio_consumer *consumer, const struct si_frame *frame)
{
	struct si_map_node *node = si_map_find(&consumer->by_number, frame->number);
	sessio_remote_handle handles[SI_FRAME_HANDLES_MAX];
	sessio_reply reply = { .handles = handles, .handle_count = frame->handle_count };

	if (node == NULL) {
		si_connection_end(&consumer->connection, SI_FRAME_REASON_NUMBER, false);
		return;
	}
	for (unsigned i = 0; i < frame->handle_count; i++) {
		handles[i].value = frame->handles[i].value;
		handles[i].rights = frame->handles[i].rights;
	}
	reply.code = frame->code;
	reply.status = frame->kind == SI_FRAME_UNSUPPORTED ? SESSIO_UNSUPPORTED
							   : status_of_code(frame->code);
	reply.bytes = frame->size == 0 ? NULL : frame->bytes;
	reply.size = frame->size;
	if (of_number(node)->fn == NULL) {
		drop_unwanted(consumer, handles, frame->handle_count);
	}
	answer(consumer, of_number(node), &reply);
}

static void take_welcome(sessio_consumer *consumer, const struct si_frame *frame)
{
	if (consumer->state != GREETING || frame->version != SI_FRAME_VERSION) {
		consumer->failure = SESSIO_UNSUPPORTED;
		si_connection_end(&consumer->connection, SI_FRAME_REASON_ORDER, false);
		return;
	}
	consumer->connection.peer_frame_bytes =
		frame->frame_bytes < SI_FRAME_BYTES_MAX ? frame->frame_bytes : SI_FRAME_BYTES_MAX;
	consumer->in_flight_max = frame->requests;
	consumer->number = frame->connection;
	consumer->state = READY;
	if (consumer->ops.connected != NULL) {
		consumer->ops.connected(consumer->ctx);
	}
}

static void take_goodbye(sessio_consumer *consumer, const struct si_frame *frame)
{
	say(consumer, frame->name, frame->name_size);
	if (consumer->state != READY) {
		consumer->failure = frame->reason == SI_FRAME_REASON_VERSION ? SESSIO_UNSUPPORTED
									     : SESSIO_REFUSED;
	}
}

static void take_notice(sessio_consumer *consumer, const struct si_frame *frame)
{
	consumer->notices++;
	if (frame->kind == SI_FRAME_REVOKED && consumer->ops.revoked != NULL) {
		consumer->ops.revoked(consumer->ctx, frame->handles[0].value);
	} else if (frame->kind == SI_FRAME_GIVEN && consumer->ops.given != NULL) {
		const sessio_remote_handle handle = { frame->handles[0].value,
			frame->handles[0].rights };

		consumer->ops.given(consumer->ctx, handle, frame->connection);
	}
}

static void on_frame(struct si_connection *connection, const struct si_frame *frame)
{
	sessio_consumer *consumer = of_connection(connection);

	if (consumer->state != READY && frame->kind != SI_FRAME_WELCOME &&
		frame->kind != SI_FRAME_GOODBYE) {
		si_connection_end(connection, SI_FRAME_REASON_ORDER, false);
		return;
	}
	switch (frame->kind) {
	case SI_FRAME_WELCOME:
		take_welcome(consumer, frame);
		return;
	case SI_FRAME_REPLY:
	case SI_FRAME_UNSUPPORTED:
		take_reply(consumer, frame);
		return;
	case SI_FRAME_GIVEN:
	case SI_FRAME_REVOKED:
		take_notice(consumer, frame);
		return;
	case SI_FRAME_GOODBYE:
		take_goodbye(consumer, frame);
		return;
	default:
		/* A notice of a later version is passed over; a consumer's frame is a mistake. */
		if ((frame->kind & 0x8000u) == 0) {
			si_connection_end(connection, SI_FRAME_REASON_SIDE, false);
		}
		return;
	}
}

/* The rest goes, after its own loop if it has one (transport_consumer-2). */
static void free_consumer(sessio_consumer *consumer)
{
	si_map_fini(&consumer->by_number);
	if (consumer->owns_loop) {
		(void)uv_loop_close(&consumer->loop);
	}
	si_platform_free(consumer);
}

static void on_closed(struct si_connection *connection, enum si_frame_reason reason, bool by_peer)
{
	sessio_consumer *consumer = of_connection(connection);

	consumer->state = GONE;
	consumer->telling = true;
	if (consumer->reason[0] == '\0') {
		const char *text =
			by_peer ? "the provider is gone" : si_frame_reason_text((uint16_t)reason);

		say(consumer, text, strlen(text));
	}
	answer_all(consumer);
	if (consumer->ops.disconnected != NULL) {
		consumer->ops.disconnected(consumer->ctx, consumer->reason);
	}
	consumer->telling = false;
	if (consumer->closed && !consumer->owns_loop) {
		free_consumer(consumer);
	}
}

static const struct si_connection_ops connection_ops = { on_frame, NULL, on_closed };

static void on_connected(uv_connect_t *connect, int error)
{
	sessio_consumer *consumer = connect->data;
	struct si_frame hello = {
		.kind = SI_FRAME_HELLO,
		.magic = SI_FRAME_MAGIC,
		.version_min = SI_FRAME_VERSION,
		.version = SI_FRAME_VERSION,
		.frame_bytes = (uint32_t)consumer->connection.frame_bytes,
	};

	if (consumer->connection.state != SI_CONNECTION_OPEN) {
		return; /* closed meanwhile */
	}
	if (error != 0) {
		consumer->failure = si_pipe_status(error);
		say(consumer, uv_strerror(error), strlen(uv_strerror(error)));
		si_connection_end(&consumer->connection, SI_FRAME_REASON_NONE, false);
		return;
	}
	consumer->state = GREETING;
	if (si_connection_start(&consumer->connection) &&
		si_connection_send(&consumer->connection, &hello) == SESSIO_NO_MEMORY) {
		consumer->failure = SESSIO_NO_MEMORY;
		si_connection_end(&consumer->connection, SI_FRAME_REASON_MEMORY, false);
	}
}

static void on_timer(uv_timer_t *timer)
{
	((sessio_consumer *)timer->data)->timed_out = true;
	/* A timer that is due when the loop begins to turn would not end that turn. */
	uv_stop(timer->loop);
}

/* Runs its own loop until the condition holds; false after the time. */
static bool run_until(sessio_consumer *consumer,
	bool (*holds)(sessio_consumer *consumer, void *arg), void *arg, uint32_t timeout_ms)
{
	si_pipe_block_signal(); /* it may have come to another thread */
	consumer->running = true;
	consumer->timed_out = false;
	if (timeout_ms != SESSIO_FOREVER) {
		/* The loop's time is that of its last turn. */
		uv_update_time(&consumer->loop);
		(void)uv_timer_start(&consumer->timer, on_timer, timeout_ms, 0);
	}
	while (!holds(consumer, arg) && !consumer->timed_out) {
		(void)uv_run(&consumer->loop, UV_RUN_ONCE);
	}
	(void)uv_timer_stop(&consumer->timer);
	consumer->running = false;
	return holds(consumer, arg);
}

static bool is_ready_or_gone(sessio_consumer *consumer, void *arg)
{
	(void)arg;
	return consumer->state >= READY;
}

static bool is_gone(sessio_consumer *consumer, void *arg)
{
	(void)arg;
	return consumer->state == GONE;
}

/* With a loop of its own: closes what is open, and frees everything. */
static void destroy(sessio_consumer *consumer)
{
	si_connection_end(&consumer->connection, SI_FRAME_REASON_NONE, false);
	(void)run_until(consumer, is_gone, NULL, SESSIO_FOREVER);
	uv_close((uv_handle_t *)&consumer->timer, NULL);
	(void)uv_run(&consumer->loop, UV_RUN_DEFAULT);
	free_consumer(consumer);
}

static bool limits_are_valid(const sessio_transport_limits *limits)
{
	return limits->frame_bytes == 0 ||
		(limits->frame_bytes >= SI_FRAME_BYTES_MIN &&
			limits->frame_bytes <= SI_FRAME_BYTES_MAX);
}

/* A consumer that has not begun to connect. */
static sessio_status create(const sessio_consumer_options *options, sessio_consumer **out_consumer)
{
	const sessio_transport_limits *limits = &options->limits;
	sessio_consumer *consumer = si_platform_alloc(sizeof(*consumer));
	uv_loop_t *loop = options->loop;

	if (consumer == NULL) {
		return SESSIO_NO_MEMORY;
	}
	memset(consumer, 0, sizeof(*consumer));
	consumer->owns_loop = loop == NULL;
	if (consumer->owns_loop) {
		if (uv_loop_init(&consumer->loop) != 0) {
			si_platform_free(consumer);
			return SESSIO_NO_MEMORY;
		}
		loop = &consumer->loop;
	}
	if (si_connection_init(&consumer->connection, loop, &connection_ops,
		    limits->frame_bytes == 0 ? SI_FRAME_BYTES_MAX : limits->frame_bytes,
		    limits->queue_bytes == 0 ? QUEUE_BYTES : limits->queue_bytes) != SESSIO_OK) {
		if (consumer->owns_loop) {
			(void)uv_loop_close(loop);
		}
		si_platform_free(consumer);
		return SESSIO_NO_MEMORY;
	}
	if (consumer->owns_loop) {
		(void)uv_timer_init(loop, &consumer->timer);
		consumer->timer.data = consumer;
	}
	consumer->ops = options->ops == NULL ? (sessio_consumer_ops){ 0 } : *options->ops;
	consumer->ctx = options->ctx;
	consumer->failure = SESSIO_REFUSED;
	si_map_init(&consumer->by_number);
	*out_consumer = consumer;
	return SESSIO_OK;
}

sessio_status sessio_consumer_connect(
	const sessio_consumer_options *options, uint32_t timeout_ms, sessio_consumer **out_consumer)
{
	sessio_consumer *consumer;
	sessio_status status;

	if (options == NULL || options->pipe == NULL || out_consumer == NULL ||
		!si_pipe_name_is_valid(options->pipe) || !limits_are_valid(&options->limits)) {
		return SESSIO_INVALID_ARG;
	}
	si_pipe_block_signal();
	status = create(options, &consumer);
	if (status != SESSIO_OK) {
		return status;
	}
	consumer->connect.data = consumer;
	uv_pipe_connect(
		&consumer->connect, &consumer->connection.pipe, options->pipe, on_connected);
	if (consumer->owns_loop) {
		bool decided = run_until(consumer, is_ready_or_gone, NULL, timeout_ms);

		if (consumer->state != READY) {
			status = decided ? consumer->failure : SESSIO_TIMEOUT;
			consumer->ops.disconnected = NULL;
			destroy(consumer);
			return status;
		}
	}
	*out_consumer = consumer;
	return SESSIO_OK;
}

uint32_t sessio_consumer_number(const sessio_consumer *consumer)
{
	return consumer == NULL ? 0 : consumer->number;
}

/* The call as a frame; false if a field is out of bounds. */
static bool frame_of(const sessio_call *call, struct si_frame *out_frame)
{
	struct si_frame frame = { .kind = (uint16_t)call->kind, .number = 1 };

	if (call->handle_count > SI_FRAME_HANDLES_MAX ||
		(call->handle_count != 0 && call->handles == NULL) ||
		(call->size != 0 && call->bytes == NULL) || (unsigned)call->kind < SI_FRAME_OPEN ||
		(unsigned)call->kind > SI_FRAME_PASS) {
		return false;
	}
	for (size_t i = 0; i < call->handle_count; i++) {
		frame.handles[i] = (struct si_frame_handle){
			call->handles[i].value,
			call->kind == SESSIO_CALL_PASS ? call->handles[i].rights : 0,
		};
	}
	frame.handle_count = (unsigned)call->handle_count;
	frame.name = call->name;
	frame.name_size = call->name == NULL ? 0 : strlen(call->name);
	frame.rights = call->rights;
	frame.share = call->share;
	frame.operation = call->operation;
	frame.connection = call->connection;
	frame.bytes = call->bytes;
	frame.size = call->size;
	*out_frame = frame;
	return frame.name_size <= SI_FRAME_NAME_MAX;
}

static uint32_t new_number(sessio_consumer *consumer)
{
	/* Numbers come round; 0 and those in flight are left out. */
	do {
		consumer->last_number++;
	} while (consumer->last_number == 0 ||
		si_map_find(&consumer->by_number, consumer->last_number) != NULL);
	return consumer->last_number;
}

/* Whether requests can be sent now. */
static sessio_status readiness(const sessio_consumer *consumer)
{
	if (consumer->state == GONE || consumer->connection.state != SI_CONNECTION_OPEN) {
		return SESSIO_DISCONNECTED;
	}
	return consumer->state == READY ? SESSIO_OK : SESSIO_BAD_STATE;
}

sessio_status sessio_consumer_send(sessio_consumer *consumer, const sessio_call *call,
	sessio_reply_fn *fn, void *ctx, uint32_t *out_number)
{
	struct si_frame frame;
	struct request *request;
	sessio_status status;

	if (consumer == NULL || call == NULL || fn == NULL || !frame_of(call, &frame)) {
		return SESSIO_INVALID_ARG;
	}
	status = readiness(consumer);
	if (status == SESSIO_OK && consumer->in_flight >= consumer->in_flight_max) {
		status = SESSIO_LIMIT;
	}
	if (status != SESSIO_OK) {
		return status;
	}
	si_pipe_block_signal();
	request = si_platform_alloc(sizeof(*request));
	if (request == NULL) {
		return SESSIO_NO_MEMORY;
	}
	frame.number = new_number(consumer);
	status = si_connection_send(&consumer->connection, &frame);
	if (status != SESSIO_OK) {
		si_platform_free(request);
		return status == SESSIO_BAD_STATE ? SESSIO_DISCONNECTED : status;
	}
	request->fn = fn;
	request->ctx = ctx;
	si_map_add(&consumer->by_number, &request->by_number, frame.number);
	si_list_append(&consumer->requests, &request->node);
	consumer->in_flight++;
	if (out_number != NULL) {
		*out_number = frame.number;
	}
	return SESSIO_OK;
}

struct waited {
	sessio_reply_fn *fn;
	void *ctx;
	sessio_status status;
	bool done;
};

static void take_waited(void *ctx, const sessio_reply *reply)
{
	struct waited *waited = ctx;

	waited->status = reply->status;
	waited->done = true;
	if (waited->fn != NULL) {
		waited->fn(waited->ctx, reply);
	}
}

static bool is_done(sessio_consumer *consumer, void *arg)
{
	(void)consumer;
	return ((const struct waited *)arg)->done;
}

/* After its own loop ran: the closing that was put off meanwhile. */
static bool was_closed(sessio_consumer *consumer)
{
	if (!consumer->closed) {
		return false;
	}
	destroy(consumer);
	return true;
}

sessio_status sessio_consumer_call(sessio_consumer *consumer, const sessio_call *call,
	sessio_reply_fn *fn, void *ctx, uint32_t timeout_ms)
{
	struct waited waited = { fn, ctx, SESSIO_TIMEOUT, false };
	uint32_t number;
	sessio_status status;

	if (consumer == NULL || !consumer->owns_loop) {
		return SESSIO_INVALID_ARG;
	}
	if (consumer->running) {
		return SESSIO_BUSY;
	}
	status = sessio_consumer_send(consumer, call, take_waited, &waited, &number);
	if (status != SESSIO_OK) {
		return status;
	}
	if (!run_until(consumer, is_done, &waited, timeout_ms)) {
		of_number(si_map_find(&consumer->by_number, number))->fn = NULL;
		(void)sessio_consumer_cancel(consumer, number);
	}
	return was_closed(consumer) ? SESSIO_DISCONNECTED : waited.status;
}

sessio_status sessio_consumer_cancel(sessio_consumer *consumer, uint32_t number)
{
	const struct si_frame frame = { .kind = SI_FRAME_CANCEL, .number = number };
	sessio_status status;

	if (consumer == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = readiness(consumer);
	if (status == SESSIO_DISCONNECTED) {
		return status;
	}
	if (si_map_find(&consumer->by_number, number) == NULL) {
		return SESSIO_NOT_FOUND;
	}
	status = si_connection_send(&consumer->connection, &frame);
	return status == SESSIO_BAD_STATE ? SESSIO_DISCONNECTED : status;
}

static bool has_more_notices(sessio_consumer *consumer, void *arg)
{
	return consumer->state == GONE || consumer->notices != *(const uint64_t *)arg;
}

sessio_status sessio_consumer_wait(sessio_consumer *consumer, uint32_t timeout_ms)
{
	uint64_t before;
	bool heard;

	if (consumer == NULL || !consumer->owns_loop) {
		return SESSIO_INVALID_ARG;
	}
	if (consumer->running) {
		return SESSIO_BUSY;
	}
	if (consumer->state == GONE) {
		return SESSIO_DISCONNECTED;
	}
	before = consumer->notices;
	heard = run_until(consumer, has_more_notices, &before, timeout_ms);
	if (was_closed(consumer)) {
		return SESSIO_DISCONNECTED;
	}
	if (heard && consumer->notices != before) {
		return SESSIO_OK;
	}
	return consumer->state == GONE ? SESSIO_DISCONNECTED : SESSIO_TIMEOUT;
}

void sessio_consumer_close(sessio_consumer *consumer)
{
	if (consumer == NULL) {
		return;
	}
	consumer->closed = true;
	if (consumer->owns_loop) {
		if (!consumer->running) {
			destroy(consumer);
		} else {
			si_connection_end(&consumer->connection, SI_FRAME_REASON_NONE, false);
		}
	} else if (consumer->state == GONE) {
		if (!consumer->telling) {
			free_consumer(consumer);
		}
	} else {
		si_connection_end(&consumer->connection, SI_FRAME_REASON_NONE, false);
	}
}
