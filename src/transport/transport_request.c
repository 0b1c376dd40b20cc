/* SPDX-License-Identifier: MIT */
/* Requests of each kind, and the answers to calls. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include <string.h>

#include "base/bug.h"
#include "base/object.h"
#include "transport/transport_provider.h"

static struct sessio_request *of_number(struct si_map_node *node)
{
	_Static_assert(offsetof(struct sessio_request, by_number) == 0, "the node comes first");
	return (struct sessio_request *)(void *)node;
}

static struct sessio_request *of_post(struct si_post *post)
{
	return (struct sessio_request *)(void *)((unsigned char *)post -
		offsetof(struct sessio_request, post));
}

/* --- Answers --- */

/*
 * Sends a reply. Without memory or room for it the connection ends, because a
 * request without an answer would wait for ever.
 */
static void answer(struct sessio_connection *connection, const struct si_frame *reply)
{
	(void)si_connection_must_send(&connection->wire, reply);
}

static void send_code(struct sessio_connection *connection, uint32_t number, int32_t code)
{
	struct si_frame reply = { .kind = SI_FRAME_REPLY, .number = number, .code = code };

	answer(connection, &reply);
}

/* Handles that were made for a reply, and that the reply cannot carry. */
static void take_back(struct sessio_connection *connection, const struct si_frame *reply)
{
	for (unsigned i = 0; i < reply->handle_count; i++) {
		(void)si_peer_drop(&connection->peer, reply->handles[i].value);
	}
}

/* --- Requests that the library serves itself --- */

static void serve_open(struct sessio_connection *connection, const struct si_frame *frame)
{
	const sessio_provider_ops *ops = connection->provider->ops;
	sessio_opening opening = { connection, frame->size == 0 ? NULL : frame->bytes,
		frame->size };
	struct si_frame reply = { .kind = SI_FRAME_REPLY, .number = frame->number };
	char name[SI_FRAME_NAME_MAX + 1];
	sessio_status status = SESSIO_NOT_FOUND;
	int32_t reason = 0;
	void *object;

	memcpy(name, frame->name, frame->name_size);
	name[frame->name_size] = '\0';
	object = ops->find(connection->provider->ctx, connection, name);
	if (object != NULL) {
		status = si_peer_open(&connection->peer, object, frame->rights, frame->share,
			&opening, &reply.handles[0], &reason);
		si_object_put(object);
	}
	if (status == SESSIO_OK) {
		reply.handle_count = 1;
	}
	/* A reason of the provider's own crosses if it is positive, as codes are. */
	reply.code = status == SESSIO_REFUSED && reason > 0 ? reason : status;
	answer(connection, &reply);
}

static void serve_close(struct sessio_connection *connection, const struct si_frame *frame)
{
	send_code(connection, frame->number,
		si_peer_close_session(&connection->peer, frame->handles[0].value));
}

static void serve_pass(struct sessio_connection *connection, const struct si_frame *frame)
{
	struct sessio_connection *to = si_provider_find(connection->provider, frame->connection);
	struct si_frame given = {
		.kind = SI_FRAME_GIVEN,
		.handle_count = 1,
		.connection = (uint32_t)connection->by_number.key,
	};
	sessio_status status = SESSIO_NOT_FOUND;

	if (to != NULL && si_connection_is_full(&to->wire)) {
		status = SESSIO_LIMIT;
	} else if (to != NULL) {
		status = si_peer_pass(&connection->peer, given.connection, &frame->handles[0],
			&to->peer, &given.handles[0]);
	}
	if (status == SESSIO_OK) {
		status = si_connection_send(&to->wire, &given);
		if (status != SESSIO_OK) {
			take_back(to, &given);
			status = status == SESSIO_BAD_STATE ? SESSIO_DISCONNECTED : status;
		}
	}
	send_code(connection, frame->number, status);
}

/* --- Calls --- */

struct filled {
	struct si_list_node node; /* request->filled */
	struct sessio_handle_desc desc;
};

void si_request_filled(struct sessio_request *request, const struct sessio_handle_desc *desc)
{
	struct filled *filled = si_platform_alloc(sizeof(*filled));

	/* Without memory the container counts as delivered: its session ends otherwise. */
	if (filled != NULL) {
		filled->desc = *desc;
		si_list_append(&request->filled, &filled->node);
	}
}

static bool is_in_reply(const struct sessio_request *request, uint32_t session)
{
	for (size_t i = 0; i < request->reply_handle_count; i++) {
		if (request->reply_handles[i].session == session) {
			return true;
		}
	}
	return false;
}

/* Containers that were filled and are not in the reply (transport_peer-3). */
static void discard_undelivered(struct sessio_request *request)
{
	while (!si_list_is_empty(&request->filled)) {
		struct filled *filled = SI_LIST_ELEMENT(request->filled.first, struct filled, node);

		si_list_remove(&request->filled, &filled->node);
		if (!is_in_reply(request, filled->desc.session)) {
			si_peer_discard(&filled->desc);
		}
		si_platform_free(filled);
	}
}

static void release_all(struct sessio_request *request)
{
	for (size_t i = 0; i < request->handle_count; i++) {
		si_peer_release(&request->handles[i]);
	}
	request->handle_count = 0;
}

void si_connection_reserve_answers(struct sessio_connection *connection)
{
	connection->wire.reserved =
		((size_t)connection->in_flight + 1) * connection->wire.peer_frame_bytes;
}

static void unlist(struct sessio_request *request)
{
	struct sessio_connection *connection = request->connection;

	if (request->listed) {
		request->listed = false;
		si_map_remove(&connection->requests, &request->by_number);
		si_list_remove(&connection->request_list, &request->node);
		connection->in_flight--;
		si_connection_reserve_answers(connection);
	}
}

/* On the loop's thread: the request is answered and gone. */
static void destroy(struct sessio_request *request)
{
	struct sessio_connection *connection = request->connection;

	for (struct si_serving *at = connection->provider->serving; at != NULL; at = at->outer) {
		at->request = at->request == request ? NULL : at->request;
	}
	unlist(request);
	discard_undelivered(request);
	release_all(request);
	si_platform_free(request->reply_bytes);
	si_platform_free(request);
	si_connection_unref(connection);
}

static struct sessio_request *create(
	struct sessio_connection *connection, const struct si_frame *frame)
{
	struct sessio_request *request = si_platform_alloc(sizeof(*request) + frame->size);

	if (request == NULL) {
		return NULL;
	}
	memset(request, 0, sizeof(*request));
	request->connection = connection;
	request->operation = frame->operation;
	request->size = frame->size;
	if (frame->size != 0) {
		memcpy(request->bytes, frame->bytes, frame->size);
	}
	(void)si_refcount_ref(&connection->refs, "a connection that is gone");
	si_map_add(&connection->requests, &request->by_number, frame->number);
	si_list_append(&connection->request_list, &request->node);
	request->listed = true;
	connection->in_flight++;
	si_connection_reserve_answers(connection);
	return request;
}

static void serve_call(struct sessio_connection *connection, const struct si_frame *frame)
{
	struct sessio_provider *provider = connection->provider;
	struct si_serving serving;
	struct sessio_request *request;
	sessio_status status = SESSIO_OK;

	if (provider->ops->call == NULL) {
		send_code(connection, frame->number, SESSIO_UNSUPPORTED);
		return;
	}
	request = create(connection, frame);
	if (request == NULL) {
		send_code(connection, frame->number, SESSIO_NO_MEMORY);
		return;
	}
	for (unsigned i = 0; i < frame->handle_count && status == SESSIO_OK; i++) {
		status = si_peer_receive(
			&connection->peer, frame->handles[i].value, &request->handles[i]);
		request->handle_count += status == SESSIO_OK;
	}
	if (status != SESSIO_OK) {
		destroy(request);
		send_code(connection, frame->number, status);
		return;
	}
	serving = (struct si_serving){ request, provider->serving };
	provider->serving = &serving;
	provider->ops->call(provider->ctx, request);
	provider->serving = serving.outer;
}

static void cancel(struct sessio_request *request)
{
	sessio_request_cancel_fn *fn = request->cancel;

	request->cancelled = true;
	request->cancel = NULL;
	/* Acquire: the thread that replies may have freed the callback's memory before. */
	if (fn != NULL && !atomic_load_explicit(&request->answered, memory_order_acquire)) {
		fn(request->cancel_ctx, request);
	}
}

static void serve_cancel(struct sessio_connection *connection, const struct si_frame *frame)
{
	struct si_map_node *node = si_map_find(&connection->requests, frame->number);

	/* Its reply may be on the way already: then there is nothing to cancel. */
	if (node != NULL && !of_number(node)->cancelled) {
		cancel(of_number(node));
	}
}

void si_request_serve(struct sessio_connection *connection, const struct si_frame *frame)
{
	struct si_frame unsupported = {
		.kind = SI_FRAME_UNSUPPORTED, .number = frame->number, .operation = frame->kind
	};

	if (frame->kind == SI_FRAME_CANCEL) {
		serve_cancel(connection, frame);
		return;
	}
	if (si_map_find(&connection->requests, frame->number) != NULL) {
		si_connection_end(&connection->wire, SI_FRAME_REASON_NUMBER, true);
		return;
	}
	if (connection->in_flight >= connection->provider->limits.requests) {
		si_connection_end(&connection->wire, SI_FRAME_REASON_FLOOD, true);
		return;
	}
	switch (frame->kind) {
	case SI_FRAME_OPEN:
		serve_open(connection, frame);
		return;
	case SI_FRAME_CALL:
		serve_call(connection, frame);
		return;
	case SI_FRAME_CLOSE:
		serve_close(connection, frame);
		return;
	case SI_FRAME_DROP:
		send_code(connection, frame->number,
			si_peer_drop(&connection->peer, frame->handles[0].value));
		return;
	case SI_FRAME_PASS:
		serve_pass(connection, frame);
		return;
	default:
		answer(connection, &unsupported);
		return;
	}
}

void si_request_abandon_all(struct sessio_connection *connection)
{
	while (!si_list_is_empty(&connection->request_list)) {
		struct sessio_request *request = SI_LIST_ELEMENT(
			connection->request_list.first, struct sessio_request, node);

		unlist(request);
		if (!request->cancelled) {
			cancel(request);
		}
	}
}

/* --- What a provider asks and says --- */

sessio_connection *sessio_request_connection(const sessio_request *request)
{
	return request == NULL ? NULL : request->connection;
}

uint32_t sessio_request_operation(const sessio_request *request)
{
	return request == NULL ? 0 : request->operation;
}

const void *sessio_request_bytes(const sessio_request *request, size_t *out_size)
{
	if (request == NULL || out_size == NULL) {
		return NULL;
	}
	*out_size = request->size;
	return request->size == 0 ? NULL : request->bytes;
}

size_t sessio_request_handle_count(const sessio_request *request)
{
	return request == NULL ? 0 : request->handle_count;
}

const struct sessio_handle_desc *sessio_request_handle(const sessio_request *request, size_t index)
{
	return request == NULL || index >= request->handle_count ? NULL : &request->handles[index];
}

void sessio_request_on_cancel(sessio_request *request, sessio_request_cancel_fn *fn, void *ctx)
{
	if (request == NULL) {
		return;
	}
	if (request->cancelled && fn != NULL) {
		fn(ctx, request);
		return;
	}
	request->cancel = fn;
	request->cancel_ctx = ctx;
}

/* Containers that will not be delivered (transport_peer-3). */
static void discard_all(const struct sessio_handle_desc *handles, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		si_peer_discard(&handles[i]);
	}
}

/* Makes the reply's handles in the consumer's space; all or none. */
static sessio_status give_all(struct sessio_request *request, struct si_frame *reply)
{
	struct sessio_connection *connection = request->connection;
	sessio_status status = SESSIO_OK;
	size_t i;

	for (i = 0; i < request->reply_handle_count && status == SESSIO_OK; i++) {
		status = si_peer_give(&connection->peer, &request->reply_handles[i],
			&reply->handles[reply->handle_count]);
		reply->handle_count += status == SESSIO_OK;
	}
	if (status != SESSIO_OK) {
		take_back(connection, reply);
		reply->handle_count = 0;
	}
	discard_all(request->reply_handles + i, request->reply_handle_count - i);
	return status;
}

/* On the loop's thread: the frame goes out, and the request goes. */
static sessio_status finish(struct sessio_request *request, const void *bytes, size_t size)
{
	struct sessio_connection *connection = request->connection;
	struct si_frame reply = {
		.kind = SI_FRAME_REPLY,
		.number = (uint32_t)request->by_number.key,
		.code = request->code,
		.bytes = bytes,
		.size = size,
	};
	sessio_status status = SESSIO_DISCONNECTED;

	if (!request->listed) {
		discard_all(request->reply_handles, request->reply_handle_count);
	} else {
		status = give_all(request, &reply);
		if (status != SESSIO_OK) {
			reply.code = status;
			reply.size = 0;
		}
		if (si_frame_size(&reply, connection->wire.peer_frame_bytes) == 0) {
			take_back(connection, &reply);
			reply.handle_count = 0;
			reply.size = 0;
			reply.code = SESSIO_LIMIT;
			status = SESSIO_INVALID_ARG;
		}
		unlist(request);
		answer(connection, &reply);
		si_connection_relieve(&connection->wire);
	}
	destroy(request);
	return status;
}

static void run_reply(struct si_post *post)
{
	struct sessio_request *request = of_post(post);

	(void)finish(request, request->reply_bytes, request->reply_size);
}

/* A reply that waits for the loop keeps a copy of its bytes. */
static sessio_status keep_bytes(struct sessio_request *request, const void *bytes, size_t size)
{
	if (size == 0) {
		return SESSIO_OK;
	}
	request->reply_bytes = si_platform_alloc(size);
	if (request->reply_bytes == NULL) {
		discard_all(request->reply_handles, request->reply_handle_count);
		request->reply_handle_count = 0;
		request->code = SESSIO_NO_MEMORY;
		return SESSIO_NO_MEMORY;
	}
	memcpy(request->reply_bytes, bytes, size);
	request->reply_size = size;
	return SESSIO_OK;
}

sessio_status sessio_request_reply(sessio_request *request, int32_t code, const void *bytes,
	size_t size, const struct sessio_handle_desc *handles, size_t handle_count)
{
	bool valid = handle_count <= SI_FRAME_HANDLES_MAX && size <= SI_FRAME_BYTES_MAX &&
		(handle_count == 0 || handles != NULL) && (size == 0 || bytes != NULL);
	sessio_status status;

	if (request == NULL) {
		return SESSIO_INVALID_ARG;
	}
	request->code = code;
	if (!valid) {
		discard_all(handles, handles == NULL ? 0 : handle_count);
		request->code = SESSIO_LIMIT;
		size = 0;
		handle_count = 0;
	}
	request->reply_handle_count = handle_count;
	if (handle_count != 0) {
		memcpy(request->reply_handles, handles, handle_count * sizeof(*handles));
	}
	if (si_provider_is_here(request->connection->provider)) {
		status = finish(request, bytes, size);
	} else {
		/* Release: see cancel(). */
		atomic_store_explicit(&request->answered, true, memory_order_release);
		status = keep_bytes(request, bytes, size);
		request->post.run = run_reply;
		si_provider_post(request->connection->provider, &request->post);
	}
	return valid ? status : SESSIO_INVALID_ARG;
}
