/* SPDX-License-Identifier: MIT */
/*
 * A provider, its connections and their requests. All of it belongs to the loop's
 * thread, but for the list of posts.
 *
 * (transport_provider-1) A provider, a connection and a request each live as long
 *      as somebody counts on them. The provider's owner, each connection and each
 *      request count on the provider. The pipe and each request count on their
 *      connection.
 * (transport_provider-2) Other threads only append to `posts`, under its lock, and
 *      wake the loop. Each post is posted once, and runs once on the loop's thread.
 * (transport_provider-3) A request is in its connection's map and list from its
 *      frame to its reply, or to the connection's end.
 * (transport_provider-4) After a connection's end nothing of it is delivered, its
 *      handles are closed, and `disconnected` has run or is about to.
 * (transport_provider-5) Once a provider has stopped, a post runs at once and on the
 *      thread that posts it. It only frees then: all connections are gone.
 *
 * tests/models/transport.pml checks all but (transport_provider-3) exhaustively.
 */
#ifndef SI_TRANSPORT_PROVIDER_H
#define SI_TRANSPORT_PROVIDER_H

#include <stdatomic.h>

#include <uv.h>

#include <sessio/loop.h>
#include <sessio/transport.h>

#include "base/list.h"
#include "base/map.h"
#include "base/refcount.h"
#include "transport/transport_connection.h"
#include "transport/transport_peer.h"
#include "transport/transport_pipe.h"

/* Work for the loop's thread, in the storage of what it is about. */
struct si_post {
	struct si_list_node node; /* provider->posts */
	void (*run)(struct si_post *post);
};

/* A call callback that runs. */
struct si_serving {
	struct sessio_request *request; /* NULL once it is answered */
	struct si_serving *outer;
};

struct sessio_provider {
	uv_loop_t *loop;
	uv_thread_t thread; /* the loop's */
	uv_pipe_t listener;
	struct si_pipe_claim claim;
	uv_async_t wake;
	unsigned open_handles; /* of libuv: the listener, the async and that of deliveries */
	sessio_loop *deliveries; /* of events of users; NULL until a consumer is bound */
	struct si_refcount refs; /* (transport_provider-1) */
	const sessio_provider_ops *ops;
	void *ctx;
	sessio_transport_limits limits;
	struct si_list connections;
	struct si_map by_number; /* of connections */
	size_t connection_count;
	uint32_t last_number;
	uv_pipe_t unwanted; /* of a consumer that there was no memory for, until it is closed */
	bool turning_away; /* unwanted is open */
	unsigned unanswered; /* consumers that came meanwhile */
	bool stopping;
	sessio_provider_stopped_fn *stopped;
	void *stopped_ctx;
	struct si_revocations revocations;
	struct si_serving *serving; /* the innermost; NULL outside of the call callback */
	bool in_frame; /* the loop's thread: a frame is served (transport_revocation-4) */
	si_mutex lock; /* guards the next two; (transport_provider-2) */
	struct si_list posts;
	bool awake; /* the async can be used */
};

struct sessio_connection {
	struct si_connection wire; /* first */
	struct si_list_node node; /* provider->connections */
	struct si_map_node by_number; /* provider->by_number; key: its number */
	struct sessio_provider *provider; /* counted */
	struct si_refcount refs; /* (transport_provider-1) */
	enum { SI_PEER_GREETING, SI_PEER_READY, SI_PEER_GONE } state;
	bool known; /* `connected` let it in, so `disconnected` runs */
	struct si_peer peer; /* its handles */
	sessio_loop_watch *user_watch; /* of the user that it is bound to, or NULL */
	sessio_peer who;
	void *data;
	struct si_map requests; /* by number */
	struct si_list request_list;
	uint32_t in_flight;
};

struct sessio_request {
	struct si_map_node by_number; /* connection->requests */
	struct si_list_node node; /* connection->request_list, until the reply or the end */
	struct si_post post; /* the reply, from another thread */
	struct sessio_connection *connection; /* counted */
	bool listed; /* in the map and the list */
	bool cancelled;
	_Atomic bool answered; /* the reply waits for the loop; no `cancel` begins any more */
	struct si_list filled; /* containers that the call callback has filled */
	sessio_request_cancel_fn *cancel;
	void *cancel_ctx;
	uint32_t operation;
	size_t handle_count;
	struct sessio_handle_desc handles[SI_FRAME_HANDLES_MAX];
	int32_t code; /* of the reply */
	size_t reply_handle_count;
	struct sessio_handle_desc reply_handles[SI_FRAME_HANDLES_MAX];
	unsigned char *reply_bytes; /* a copy, if the reply waits for the loop */
	size_t reply_size;
	size_t size;
	unsigned char bytes[]; /* of the call */
};

/* Runs a post on the loop's thread, soon; any thread. It may be gone afterwards. */
void si_provider_post(struct sessio_provider *provider, struct si_post *post);

/* Whether this is the loop's thread. */
bool si_provider_is_here(const struct sessio_provider *provider);

void si_provider_unref(struct sessio_provider *provider);
void si_connection_unref(struct sessio_connection *connection);

/* Reserves room in the queue for answers to what is in flight and one more. */
void si_connection_reserve_answers(struct sessio_connection *connection);

/* A request frame of a connection that is ready. */
void si_request_serve(struct sessio_connection *connection, const struct si_frame *frame);

/* The call callback of this request has filled a container. */
void si_request_filled(struct sessio_request *request, const struct sessio_handle_desc *desc);

/* The consumer has to be notified of revoked handles. */
void si_connection_notify_of(struct si_peer *peer);

/* The connection has ended: its requests are cancelled, and answered into nothing. */
void si_request_abandon_all(struct sessio_connection *connection);

/* The connection of this number that is ready, or NULL. */
struct sessio_connection *si_provider_find(struct sessio_provider *provider, uint32_t number);

#endif /* SI_TRANSPORT_PROVIDER_H */
