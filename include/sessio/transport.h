/* SPDX-License-Identifier: MIT */
/*
 * Consumers in other processes: a provider listens on a pipe, consumers connect,
 * open its objects and call its operations.
 *
 * A connection stands for one consumer process and has a handle space of its own:
 * its numbers mean nothing in any other connection. The provider serves requests
 * on its loop's thread, and may answer them later and from any thread. When a
 * connection ends, for whatever reason, its handles are closed.
 *
 * From examples/remote_diary.c:
 *
 *     if (sessio_consumer_connect(&options, 10000, &consumer) ||
 *         sessio_consumer_call(consumer, &open, keep_handle, &handle, 10000)) {
 *         return 1;
 *     }
 *     call.operation = DIARY_READ;
 *     (void)sessio_consumer_call(consumer, &call, print_reply, NULL, 10000);
 *
 * A peer that goes away must not end the process. So a thread that starts a provider
 * or a consumer has SIGPIPE blocked from then on.
 *
 * Default: a call keeps no reference and borrows its arguments, does not block,
 *          calls nobody back, and is for the loop's thread, in callbacks, too.
 */
#ifndef SESSIO_TRANSPORT_H
#define SESSIO_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sessio/host.h>
#include <sessio/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uv_loop_s;
struct sessio_handle_desc;
struct sessio_bind_policy;

/** The limits of a side. 0 stands for the default in brackets. */
typedef struct sessio_transport_limits {
	uint32_t frame_bytes; /**< the largest frame to take, 512 to 65536 [65536] */
	uint32_t requests; /**< of one consumer in flight, to 16384 [32]; provider only */
	/** May wait to be sent to one peer [4 MiB]; a provider's has 64 KiB for each request, and one. */
	uint32_t queue_bytes;
	uint32_t connections; /**< at a time [1024]; provider only */
	uint32_t handles; /**< of one consumer at a time [SESSIO_HANDLES_MAX]; provider only */
	uint32_t greeting_ms; /**< until a consumer greets [10000]; provider only */
	/**
	 * That one consumer may have from one other by SESSIO_CALL_PASS [1024]. All that were
	 * passed to it are half of `handles` at most. Provider only.
	 */
	uint32_t passed;
} sessio_transport_limits;

/* --- The provider's side --- */

/** A provider that listens. */
typedef struct sessio_provider sessio_provider;

/** One consumer process, as its provider sees it. */
typedef struct sessio_connection sessio_connection;

/** One request that is being served. */
typedef struct sessio_request sessio_request;

/**
 * A consumer process, by the operating system. Linux tells all three; Windows tells the process
 * alone, and the two others are 0 there.
 */
typedef struct sessio_peer {
	bool known; /**< false where the platform does not tell: the rest is 0 then */
	uint32_t uid;
	uint32_t gid;
	uint32_t pid;
} sessio_peer;

/** The callbacks of a provider, on the loop's thread. */
typedef struct sessio_provider_ops {
	/**
	 * Decides about a new consumer: SESSIO_OK lets it in, anything else sends it away
	 * with the reason REFUSED. The place for sessio_connection_bind(). May be NULL.
	 */
	sessio_status (*connected)(void *ctx, sessio_connection *connection);

	/** The last call for a connection. Its handles are closed. May be NULL. */
	void (*disconnected)(void *ctx, sessio_connection *connection);

	/**
	 * Finds the object that an open request names: a registered object with a
	 * reference for the library, or NULL. The bytes that the consumer sent with the
	 * name are in the openCtx of the `open` callback: see sessio_opening.
	 */
	void *(*find)(void *ctx, sessio_connection *connection, const char *name);

	/**
	 * Serves a call. The request is answered once with sessio_request_reply(), here
	 * or later. May be NULL: calls are answered with SESSIO_UNSUPPORTED then.
	 */
	void (*call)(void *ctx, sessio_request *request);
} sessio_provider_ops;

/** The openCtx of a session that a consumer opens. */
typedef struct sessio_opening {
	sessio_connection *connection;
	const void *bytes; /**< as the consumer sent them; NULL if there are none */
	size_t size;
} sessio_opening;

/** How a provider starts. */
typedef struct sessio_provider_options {
	struct uv_loop_s *loop; /**< outlives the provider */
	const char *pipe; /**< a path; on Windows a name such as \\.\pipe\lamp */
	const sessio_provider_ops *ops; /**< outlives the provider */
	void *ctx; /**< passed to every callback */
	sessio_transport_limits limits;
} sessio_provider_options;

/**
 * Start to listen. A pipe that a dead provider left behind is replaced; one that
 * is served is not. After a failure the loop has to run once more before it can
 * be closed.
 *
 * @param out_provider set on SESSIO_OK only.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (a pointer is NULL, a limit is out of
 *         bounds, the name is too long), SESSIO_EXISTS (another provider serves this
 *         pipe), SESSIO_NO_RIGHTS (the system forbids it), SESSIO_NO_MEMORY,
 *         SESSIO_REFUSED (the system fails otherwise).
 *
 * Ref:     *out_provider is the caller's, for sessio_provider_stop().
 */
SESSIO_MUST_CHECK
sessio_status sessio_provider_start(
	const sessio_provider_options *options, sessio_provider **out_provider);

/** Runs once, on the loop's thread, when a provider has stopped. */
typedef void sessio_provider_stopped_fn(void *ctx);

/**
 * Stop: take no new consumer, tell those that are there STOPPING, and close their
 * handles. Requests that are still served are answered into nothing. Objects stay
 * registered. NULL is a no-op.
 *
 * Ref:     -1 on @p provider; do not touch it after @p stopped has run.
 * Calls back: @p stopped, later, after each connection's `disconnected`; may be NULL.
 */
void sessio_provider_stop(
	sessio_provider *provider, sessio_provider_stopped_fn *stopped, void *ctx);

/**
 * The number of a connection, by which others pass handles to it.
 *
 * @return the number, never 0; 0 for NULL.
 */
uint32_t sessio_connection_number(const sessio_connection *connection);

/**
 * The consumer process, by the operating system.
 *
 * @return a copy; all 0 for NULL.
 */
sessio_peer sessio_connection_peer(const sessio_connection *connection);

/**
 * The pointer of sessio_connection_set_data().
 *
 * @return the pointer; NULL before, and for NULL.
 *
 * Ref:     none is taken: it is the provider's own.
 */
void *sessio_connection_data(const sessio_connection *connection);

/** Keep a pointer with a connection. NULL for the connection is a no-op. */
void sessio_connection_set_data(sessio_connection *connection, void *data);

/**
 * Bind a consumer to a user session: all that it opens from now on follows @p policy, and
 * so do its handles. An event whose action is SESSIO_BIND_CLOSE closes these sessions on
 * its thread, and their handles go with their ends. Soon after, on the loop's thread, all
 * other handles of the consumer are revoked, with those that it has passed on, wherever
 * they came from. From then on the consumer gets no handle: openings, replies with
 * handles and passing to it fail with SESSIO_BAD_STATE. The policy's callback
 * runs as sessio_bind_fn says.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_EXISTS (it is bound already),
 *         SESSIO_BAD_STATE (the user session has ended), SESSIO_NO_MEMORY.
 */
SESSIO_MUST_CHECK
sessio_status sessio_connection_bind(sessio_connection *connection, sessio_user_session *user,
	const struct sessio_bind_policy *policy);

/** End a connection with the reason REFUSED; its `disconnected` runs later. */
void sessio_connection_close(sessio_connection *connection);

/**
 * The connection that a request came from. It may end before the request is answered.
 *
 * @return the connection; NULL for NULL.
 *
 * Ref:     borrowed until the request is answered.
 */
sessio_connection *sessio_request_connection(const sessio_request *request);

/**
 * The operation of a call, as the consumer and the provider agree on it.
 *
 * @return the number; 0 for NULL.
 *
 * Threads: any.
 */
uint32_t sessio_request_operation(const sessio_request *request);

/**
 * The bytes of a call.
 *
 * @return the bytes; NULL if there are none, or for NULL.
 *
 * Ref:     borrowed until the request is answered.
 * Threads: any.
 */
const void *sessio_request_bytes(const sessio_request *request, size_t *out_size);

/**
 * How many handles came with a call.
 *
 * @return the number; 0 for NULL.
 *
 * Threads: any.
 */
size_t sessio_request_handle_count(const sessio_request *request);

/**
 * A handle of a call, for KosSessionIpcHandleToSession() and the like. A handle of
 * this provider comes dereferenced; its session's context stays until the request
 * is answered.
 *
 * @return the container; NULL beyond the last.
 *
 * Ref:     borrowed until the request is answered.
 * Threads: any.
 */
const struct sessio_handle_desc *sessio_request_handle(const sessio_request *request, size_t index);

/**
 * Runs once if the consumer cancels a request or is gone; the loop's thread. Not if the
 * answer has begun before. If another thread begins to answer meanwhile, the two cross. So
 * @p ctx has to last for both, or the callback is taken back before that thread may answer.
 */
typedef void sessio_request_cancel_fn(void *ctx, sessio_request *request);

/**
 * Hear of a cancellation, at once if it has come already. NULL for the callback: no
 * more.
 *
 * Calls back: @p fn, once.
 */
void sessio_request_on_cancel(sessio_request *request, sessio_request_cancel_fn *fn, void *ctx);

/**
 * Answer a request, once. Handles are transferred to the consumer; a container that
 * cannot be delivered counts as made and closed.
 *
 * @param code 0 for success, a sessio_status, or a positive number of the provider's.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (NULL, or more handles or bytes than a frame
 *         takes: the request is answered with SESSIO_LIMIT), SESSIO_DISCONNECTED (the
 *         consumer is gone, seen on the loop's thread only), SESSIO_NO_MEMORY (the consumer learns so).
 *
 * Ref:     -1 on @p request, whatever is returned, unless that is NULL.
 * Threads: any.
 */
sessio_status sessio_request_reply(sessio_request *request, int32_t code, const void *bytes,
	size_t size, const struct sessio_handle_desc *handles, size_t handle_count);

/* --- The consumer's side --- */

/** A connection to a provider. */
typedef struct sessio_consumer sessio_consumer;

/** A handle in a reply, a number of this connection only. */
typedef struct sessio_remote_handle {
	uint32_t value;
	uint32_t rights;
} sessio_remote_handle;

/** The callbacks of a consumer besides replies. Each may be NULL. */
typedef struct sessio_consumer_ops {
	/** The greeting is over: requests may be sent. Not called for a failed connect. */
	void (*connected)(void *ctx);

	/** Another connection, of this number, passed a handle. */
	void (*given)(void *ctx, sessio_remote_handle handle, uint32_t from);

	/** A handle is revoked. It is still to be dropped. */
	void (*revoked)(void *ctx, uint32_t handle);

	/**
	 * The connection has ended; the last call. Every request in flight was answered
	 * with SESSIO_DISCONNECTED before. @p reason is the provider's in words.
	 */
	void (*disconnected)(void *ctx, const char *reason);
} sessio_consumer_ops;

/** How a consumer connects. */
typedef struct sessio_consumer_options {
	/** NULL: the consumer has a loop of its own, which its calls run while they wait. */
	struct uv_loop_s *loop;
	const char *pipe;
	const sessio_consumer_ops *ops; /**< NULL: none */
	void *ctx;
	sessio_transport_limits limits;
} sessio_consumer_options;

/** The kinds of requests. */
typedef enum sessio_call_kind {
	SESSIO_CALL_OPEN = 2, /**< name, rights, share, bytes: the reply has the handle */
	SESSIO_CALL_OPERATION = 3, /**< operation, handles, bytes */
	SESSIO_CALL_CLOSE = 4, /**< one handle: ends its session */
	SESSIO_CALL_DROP = 5, /**< one handle: closes it */
	SESSIO_CALL_PASS = 6 /**< one handle with the rights to give, connection */
} sessio_call_kind;

/** One request. Fields that its kind does not use are 0. */
typedef struct sessio_call {
	sessio_call_kind kind;
	const char *name;
	uint32_t rights;
	uint32_t share;
	uint32_t operation;
	uint32_t connection;
	const sessio_remote_handle *handles;
	size_t handle_count;
	const void *bytes;
	size_t size;
} sessio_call;

/** The answer to a request; borrowed for the callback. */
typedef struct sessio_reply {
	/** By the code. SESSIO_REFUSED: a positive one of the provider's. */
	sessio_status status;
	int32_t code;
	const sessio_remote_handle *handles;
	size_t handle_count;
	const void *bytes;
	size_t size;
} sessio_reply;

/** Gets the one reply of a request. */
typedef void sessio_reply_fn(void *ctx, const sessio_reply *reply);

/**
 * Connect. With a loop of the caller's this returns at once, and `connected` or
 * `disconnected` follows. Without one it waits for the greeting.
 *
 * @param timeout_ms for the greeting; SESSIO_FOREVER waits without end.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NOT_FOUND (nobody serves this pipe),
 *         SESSIO_NO_RIGHTS, SESSIO_REFUSED (the provider or the system says no),
 *         SESSIO_UNSUPPORTED (no common version), SESSIO_TIMEOUT, SESSIO_NO_MEMORY.
 *         With a loop of the caller's only SESSIO_OK, SESSIO_INVALID_ARG and
 *         SESSIO_NO_MEMORY.
 *
 * Ref:     *out_consumer is the caller's, for sessio_consumer_close().
 * Blocks:  for the greeting, if the consumer has a loop of its own.
 */
SESSIO_MUST_CHECK
sessio_status sessio_consumer_connect(const sessio_consumer_options *options, uint32_t timeout_ms,
	sessio_consumer **out_consumer);

/**
 * This connection's number at the provider.
 *
 * @return the number; 0 before the greeting, and for NULL.
 */
uint32_t sessio_consumer_number(const sessio_consumer *consumer);

/**
 * Send a request.
 *
 * @param out_number for sessio_consumer_cancel(); may be NULL.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (a field is out of bounds, or the request is
 *         larger than the provider takes), SESSIO_LIMIT (as many are in flight as the
 *         provider allows, or the queue is full), SESSIO_BAD_STATE (before the greeting),
 *         SESSIO_DISCONNECTED, SESSIO_NO_MEMORY.
 *
 * Calls back: @p fn, later and once, if this returns SESSIO_OK.
 */
SESSIO_MUST_CHECK
sessio_status sessio_consumer_send(sessio_consumer *consumer, const sessio_call *call,
	sessio_reply_fn *fn, void *ctx, uint32_t *out_number);

/**
 * Send a request and wait for its reply, with a consumer that has a loop of its own.
 * Other callbacks of the consumer may run meanwhile.
 *
 * @param fn gets the reply; NULL: only the status is of interest.
 * @return the reply's status, or as sessio_consumer_send(), or SESSIO_BUSY (inside a
 *         callback of this consumer), or SESSIO_TIMEOUT. Then the request is
 *         cancelled, and its reply and the handles in it are dropped.
 *
 * Blocks:  for the reply.
 * Calls back: @p fn before it returns, and the consumer's ops.
 */
sessio_status sessio_consumer_call(sessio_consumer *consumer, const sessio_call *call,
	sessio_reply_fn *fn, void *ctx, uint32_t timeout_ms);

/**
 * Ask the provider to end a request soon. Its reply comes all the same.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NOT_FOUND (not in flight),
 *         SESSIO_DISCONNECTED, SESSIO_LIMIT (the queue is full), SESSIO_NO_MEMORY.
 */
sessio_status sessio_consumer_cancel(sessio_consumer *consumer, uint32_t number);

/**
 * Wait for what the provider says besides replies, with a consumer that has a loop
 * of its own.
 *
 * @return SESSIO_OK (there was something), SESSIO_TIMEOUT, SESSIO_INVALID_ARG (it has a
 *         loop of the caller's), SESSIO_BUSY (inside a callback of this consumer),
 *         SESSIO_DISCONNECTED.
 *
 * Blocks:  for @p timeout_ms at most.
 * Calls back: the consumer's ops.
 */
sessio_status sessio_consumer_wait(sessio_consumer *consumer, uint32_t timeout_ms);

/**
 * Disconnect. Requests in flight are answered with SESSIO_DISCONNECTED, and
 * `disconnected` runs: at once with a loop of its own, else later. NULL is a no-op.
 *
 * Ref:     -1 on @p consumer; do not touch it after `disconnected` has run.
 * Calls back: as said.
 */
void sessio_consumer_close(sessio_consumer *consumer);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_TRANSPORT_H */
