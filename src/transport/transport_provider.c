/* SPDX-License-Identifier: MIT */
/* Providers: listening, the greeting, connections that come and go, stopping. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "transport/transport_provider.h"

#include <string.h>

#include <sessio/bind.h>

#include "base/lock_order.h"

#define BACKLOG 128
#define REQUESTS 32u
#define REQUESTS_MAX 16384u
#define QUEUE_BYTES (UINT32_C(4) << 20)
#define CONNECTIONS 1024u
#define HANDLES SESSIO_HANDLES_MAX
#define PASSED 1024u
#define GREETING_MS 10000u

static struct sessio_connection *of_wire(struct si_connection *wire)
{
	_Static_assert(offsetof(struct sessio_connection, wire) == 0, "the wire comes first");
	return (struct sessio_connection *)(void *)wire;
}

static struct sessio_connection *of_number(struct si_map_node *node)
{
	return (struct sessio_connection *)(void *)((unsigned char *)node -
		offsetof(struct sessio_connection, by_number));
}

/* --- Lives --- */

void si_provider_unref(struct sessio_provider *provider)
{
	if (si_refcount_unref(&provider->refs, "a provider that is gone")) {
		si_mutex_fini(&provider->lock);
		si_platform_free(provider);
	}
}

void si_connection_unref(struct sessio_connection *connection)
{
	if (si_refcount_unref(&connection->refs, "a connection that is gone")) {
		struct sessio_provider *provider = connection->provider;

		si_map_fini(&connection->requests);
		si_platform_free(connection);
		si_provider_unref(provider);
	}
}

/* --- Posts (transport_provider-2) --- */

bool si_provider_is_here(const struct sessio_provider *provider)
{
	uv_thread_t self = uv_thread_self();

	return uv_thread_equal(&self, &provider->thread) != 0;
}

void si_provider_post(struct sessio_provider *provider, struct si_post *post)
{
	bool awake;

	si_mutex_lock(&provider->lock);
	awake = provider->awake;
	if (awake) {
		si_list_append(&provider->posts, &post->node);
		(void)uv_async_send(&provider->wake);
	}
	si_mutex_unlock(&provider->lock);
	if (!awake) {
		post->run(post); /* (transport_provider-5) */
	}
}

static void run_posts(struct sessio_provider *provider)
{
	si_mutex_lock(&provider->lock);
	while (!si_list_is_empty(&provider->posts)) {
		struct si_post *post = SI_LIST_ELEMENT(provider->posts.first, struct si_post, node);

		si_list_remove(&provider->posts, &post->node);
		si_mutex_unlock(&provider->lock);
		post->run(post);
		si_mutex_lock(&provider->lock);
	}
	si_mutex_unlock(&provider->lock);
}

static void on_wake(uv_async_t *wake)
{
	struct sessio_provider *provider = wake->data;

	si_revocations_tell(&provider->revocations);
	run_posts(provider);
}

void si_connection_notify_of(struct si_peer *peer)
{
	struct sessio_connection *connection =
		(struct sessio_connection *)(void *)((unsigned char *)peer -
			offsetof(struct sessio_connection, peer));

	si_connection_notify(&connection->wire);
}

static bool next_notice(struct si_connection *wire, struct si_frame *out_frame)
{
	uint32_t value;

	if (!si_peer_take_revoked(&of_wire(wire)->peer, &value)) {
		return false;
	}
	*out_frame = (struct si_frame){
		.kind = SI_FRAME_REVOKED, .handle_count = 1, .handles = { { value, 0 } }
	};
	return true;
}

/* --- Connections --- */

struct sessio_connection *si_provider_find(struct sessio_provider *provider, uint32_t number)
{
	struct si_map_node *node = si_map_find(&provider->by_number, number);

	return node == NULL || of_number(node)->state != SI_PEER_READY ? NULL : of_number(node);
}

static void maybe_stopped(struct sessio_provider *provider);

static void on_gone(struct si_connection *wire, enum si_frame_reason reason, bool by_peer)
{
	struct sessio_connection *connection = of_wire(wire);
	struct sessio_provider *provider = connection->provider;

	(void)reason;
	(void)by_peer;
	connection->state = SI_PEER_GONE;
	si_request_abandon_all(connection);
	sessio_loop_unwatch(connection->user_watch);
	si_peer_close_all(&connection->peer);
	if (connection->known && provider->ops->disconnected != NULL) {
		provider->ops->disconnected(provider->ctx, connection);
	}
	si_map_remove(&provider->by_number, &connection->by_number);
	si_list_remove(&provider->connections, &connection->node);
	provider->connection_count--;
	(void)si_refcount_ref(&provider->refs, "a provider that is gone");
	si_connection_unref(connection);
	maybe_stopped(provider);
	si_provider_unref(provider);
}

static void greet(struct sessio_connection *connection, const struct si_frame *hello)
{
	struct sessio_provider *provider = connection->provider;
	struct si_frame welcome = {
		.kind = SI_FRAME_WELCOME,
		.magic = SI_FRAME_MAGIC,
		.version = SI_FRAME_VERSION,
		.frame_bytes = provider->limits.frame_bytes,
		.requests = provider->limits.requests,
		.connection = (uint32_t)connection->by_number.key,
	};

	if (hello->version_min > SI_FRAME_VERSION || hello->version < SI_FRAME_VERSION) {
		si_connection_end(&connection->wire, SI_FRAME_REASON_VERSION, true);
		return;
	}
	si_connection_greeted(&connection->wire);
	connection->wire.peer_frame_bytes =
		hello->frame_bytes < SI_FRAME_BYTES_MAX ? hello->frame_bytes : SI_FRAME_BYTES_MAX;
	si_connection_reserve_answers(connection);
	connection->who = si_pipe_peer(&connection->wire.pipe);
	if (provider->ops->connected != NULL &&
		provider->ops->connected(provider->ctx, connection) != SESSIO_OK) {
		si_connection_end(&connection->wire, SI_FRAME_REASON_REFUSED, true);
		return;
	}
	connection->known = true;
	connection->state = SI_PEER_READY;
	(void)si_connection_must_send(&connection->wire, &welcome);
}

static void on_frame(struct si_connection *wire, const struct si_frame *frame)
{
	struct sessio_connection *connection = of_wire(wire);

	if ((frame->kind & 0x8000u) != 0) {
		si_connection_end(wire, SI_FRAME_REASON_SIDE, true);
	} else if ((frame->kind == SI_FRAME_HELLO) != (connection->state == SI_PEER_GREETING)) {
		si_connection_end(wire, SI_FRAME_REASON_ORDER, true);
	} else if (frame->kind == SI_FRAME_HELLO) {
		greet(connection, frame);
	} else {
		connection->provider->in_frame = true;
		si_request_serve(connection, frame);
		connection->provider->in_frame = false;
		/* Of what the request has ended; its answer still waits (transport_connection-7). */
		si_revocations_tell(&connection->provider->revocations);
	}
}

static const struct si_connection_ops wire_ops = { on_frame, next_notice, on_gone };

static uint32_t new_number(struct sessio_provider *provider)
{
	do {
		provider->last_number++;
	} while (provider->last_number == 0 ||
		si_map_find(&provider->by_number, provider->last_number) != NULL);
	return provider->last_number;
}

static struct sessio_connection *create_connection(struct sessio_provider *provider)
{
	struct sessio_connection *connection = si_platform_alloc(sizeof(*connection));

	if (connection == NULL) {
		return NULL;
	}
	memset(connection, 0, sizeof(*connection));
	if (si_peer_init(&connection->peer, &provider->revocations, &provider->limits) !=
		SESSIO_OK) {
		si_platform_free(connection);
		return NULL;
	}
	if (si_connection_init(&connection->wire, provider->loop, &wire_ops,
		    provider->limits.frame_bytes, provider->limits.queue_bytes) != SESSIO_OK) {
		si_peer_close_all(&connection->peer);
		si_platform_free(connection);
		return NULL;
	}
	connection->provider = provider;
	(void)si_refcount_ref(&provider->refs, "a provider that is gone");
	si_refcount_init(&connection->refs, 1);
	si_map_init(&connection->requests);
	si_map_add(&provider->by_number, &connection->by_number, new_number(provider));
	si_list_append(&provider->connections, &connection->node);
	provider->connection_count++;
	return connection;
}

static void on_connection(uv_stream_t *listener, int status);

static void on_turned_away(uv_handle_t *pipe)
{
	struct sessio_provider *provider = pipe->data;

	provider->turning_away = false;
	if (provider->unanswered != 0) {
		provider->unanswered--;
		on_connection((uv_stream_t *)&provider->listener, 0);
	}
	si_provider_unref(provider);
}

/*
 * A consumer that there is no memory for: its pipe closes. libuv does not ask again
 * for one that is not accepted, and the consumer would wait for ever. So this takes
 * no memory; there is one pipe for it, and those that come meanwhile are counted.
 */
static void turn_away(struct sessio_provider *provider)
{
	if (provider->turning_away) {
		provider->unanswered++;
		return;
	}
	provider->turning_away = true;
	(void)si_refcount_ref(&provider->refs, "a provider that is gone");
	(void)uv_pipe_init(provider->loop, &provider->unwanted, 0);
	provider->unwanted.data = provider;
	(void)uv_accept((uv_stream_t *)&provider->listener, (uv_stream_t *)&provider->unwanted);
	uv_close((uv_handle_t *)&provider->unwanted, on_turned_away);
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct sessio_provider *provider = listener->data;
	struct sessio_connection *connection;

	if (status != 0 || provider->stopping) {
		return;
	}
	connection = create_connection(provider);
	if (connection == NULL) {
		turn_away(provider);
		return;
	}
	if (uv_accept(listener, (uv_stream_t *)&connection->wire.pipe) != 0) {
		si_connection_end(&connection->wire, SI_FRAME_REASON_NONE, false);
	} else if (provider->connection_count > provider->limits.connections) {
		si_connection_end(&connection->wire, SI_FRAME_REASON_REFUSED, true);
	} else if (si_connection_start(&connection->wire)) {
		si_connection_await_greeting(&connection->wire, provider->limits.greeting_ms);
	}
}

uint32_t sessio_connection_number(const sessio_connection *connection)
{
	return connection == NULL ? 0 : (uint32_t)connection->by_number.key;
}

sessio_peer sessio_connection_peer(const sessio_connection *connection)
{
	return connection == NULL ? (sessio_peer){ 0 } : connection->who;
}

void *sessio_connection_data(const sessio_connection *connection)
{
	return connection == NULL ? NULL : connection->data;
}

void sessio_connection_set_data(sessio_connection *connection, void *data)
{
	if (connection != NULL) {
		connection->data = data;
	}
}

void sessio_connection_close(sessio_connection *connection)
{
	if (connection != NULL) {
		si_connection_end(&connection->wire, SI_FRAME_REASON_REFUSED, true);
	}
}

/* --- The provider itself --- */

static void on_part_closed(struct sessio_provider *provider)
{
	if (--provider->open_handles == 0) {
		si_pipe_release(&provider->claim);
		if (provider->stopped != NULL) {
			provider->stopped(provider->stopped_ctx);
		}
		si_map_fini(&provider->by_number);
		si_provider_unref(provider);
	}
}

static void on_handle_closed(uv_handle_t *handle)
{
	on_part_closed(handle->data);
}

static void on_deliveries_stopped(void *provider)
{
	on_part_closed(provider);
}

/* With the last connection the loop is done with; requests may still be answered. */
static void maybe_stopped(struct sessio_provider *provider)
{
	if (!provider->stopping || provider->connection_count != 0 || !provider->awake) {
		return;
	}
	si_revocations_end(&provider->revocations);
	si_mutex_lock(&provider->lock);
	provider->awake = false;
	si_mutex_unlock(&provider->lock);
	run_posts(provider);
	if (provider->deliveries != NULL) {
		provider->open_handles++;
		sessio_loop_stop(provider->deliveries, on_deliveries_stopped, provider);
	}
	uv_close((uv_handle_t *)&provider->wake, on_handle_closed);
}

static bool resolve_limits(sessio_transport_limits *limits)
{
	uint32_t answers;

	if (limits->frame_bytes == 0) {
		limits->frame_bytes = SI_FRAME_BYTES_MAX;
	}
	if (limits->requests == 0) {
		limits->requests = REQUESTS;
	}
	if (limits->requests > REQUESTS_MAX) {
		return false;
	}
	/* (transport_connection-4): with nothing queued, every request can be answered. */
	answers = (limits->requests + 1) * SI_FRAME_BYTES_MAX;
	if (limits->queue_bytes == 0) {
		limits->queue_bytes = QUEUE_BYTES > 2 * answers ? QUEUE_BYTES : 2 * answers;
	}
	if (limits->greeting_ms == 0) {
		limits->greeting_ms = GREETING_MS;
	}
	if (limits->connections == 0) {
		limits->connections = CONNECTIONS;
	}
	if (limits->handles == 0) {
		limits->handles = HANDLES;
	}
	if (limits->passed == 0) {
		limits->passed = PASSED;
	}
	return limits->frame_bytes >= SI_FRAME_BYTES_MIN &&
		limits->frame_bytes <= SI_FRAME_BYTES_MAX && limits->handles <= HANDLES &&
		limits->passed <= HANDLES && limits->queue_bytes >= answers;
}

static struct sessio_provider *create_provider(const sessio_provider_options *options)
{
	struct sessio_provider *provider = si_platform_alloc(sizeof(*provider));

	if (provider == NULL) {
		return NULL;
	}
	memset(provider, 0, sizeof(*provider));
	if (!si_mutex_init(&provider->lock, SI_RANK_ALONE)) {
		si_platform_free(provider);
		return NULL;
	}
	provider->loop = options->loop;
	provider->thread = uv_thread_self();
	provider->ops = options->ops;
	provider->ctx = options->ctx;
	provider->limits = options->limits;
	provider->claim.lock = -1;
	provider->listener.data = provider;
	provider->wake.data = provider;
	si_refcount_init(&provider->refs, 1);
	si_map_init(&provider->by_number);
	return provider;
}

static void on_unused(uv_handle_t *wake)
{
	si_provider_unref(wake->data);
}

sessio_status sessio_provider_start(
	const sessio_provider_options *options, sessio_provider **out_provider)
{
	sessio_provider_options resolved;
	struct sessio_provider *provider;
	sessio_status status;

	if (options == NULL || out_provider == NULL || options->loop == NULL ||
		options->pipe == NULL || options->ops == NULL || options->ops->find == NULL) {
		return SESSIO_INVALID_ARG;
	}
	resolved = *options;
	if (!resolve_limits(&resolved.limits)) {
		return SESSIO_INVALID_ARG;
	}
	si_pipe_block_signal();
	provider = create_provider(&resolved);
	if (provider == NULL) {
		return SESSIO_NO_MEMORY;
	}
	if (uv_async_init(provider->loop, &provider->wake, on_wake) != 0) {
		si_provider_unref(provider);
		return SESSIO_NO_MEMORY;
	}
	if (!si_revocations_begin(&provider->revocations, provider)) {
		uv_close((uv_handle_t *)&provider->wake, on_unused);
		return SESSIO_NO_MEMORY;
	}
	(void)uv_pipe_init(provider->loop, &provider->listener, 0);
	provider->open_handles = 2;
	provider->awake = true;
	status = si_pipe_listen(
		&provider->claim, &provider->listener, options->pipe, BACKLOG, on_connection);
	if (status != SESSIO_OK) {
		sessio_provider_stop(provider, NULL, NULL);
		return status;
	}
	*out_provider = provider;
	return SESSIO_OK;
}

void sessio_provider_stop(sessio_provider *provider, sessio_provider_stopped_fn *stopped, void *ctx)
{
	if (provider == NULL || provider->stopping) {
		return;
	}
	provider->stopping = true;
	provider->stopped = stopped;
	provider->stopped_ctx = ctx;
	uv_close((uv_handle_t *)&provider->listener, on_handle_closed);
	for (struct si_list_node *at = provider->connections.first; at != NULL; at = at->next) {
		si_connection_end(&SI_LIST_ELEMENT(at, struct sessio_connection, node)->wire,
			SI_FRAME_REASON_STOPPING, true);
	}
	maybe_stopped(provider);
}
