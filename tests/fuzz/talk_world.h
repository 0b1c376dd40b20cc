/* SPDX-License-Identifier: MIT */
/*
 * The world of transport_talk.c: a provider on a loop, and peers. Between a peer and
 * the provider stands a relay of ours, with two sockets and two queues of bytes. A peer
 * is a consumer of the library, or only bytes.
 *
 * The provider's callbacks write down each session and each call, and the model says
 * afterwards whether there should have been one.
 */
#ifndef SESSIO_TESTS_FUZZ_TALK_WORLD_H
#define SESSIO_TESTS_FUZZ_TALK_WORLD_H

#include "fuzz_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <uv.h>

#include <kos/session.h>
#include <sessio/handle_space.h>
#include <sessio/transport.h>

#include "share_rule.h"
#include "transport/transport_frame.h"

#define PEERS 4u
#define OBJECTS 2u
#define SESSIONS 128u
#define CALLS 256u
#define HANDLES 256u
#define EXPECTED 256u /* answers of a consumer */
#define QUEUE 8192u
#define FRAME_BYTES 1024u /* that the provider takes */
#define IN_FLIGHT 2u
#define HANDLES_EACH 6u
#define PASSED_EACH 2u /* by one peer to another */
#define MASK (3u | SESSIO_HANDLE_TRANSFER)
#define DENIED 5 /* a reason of the provider's own */
#define CANCELLED 42
#define FINISHED 43
#define NONE UINT32_MAX

enum operation { OP_ECHO = 7, OP_HOLD = 8, OP_AGAIN = 9 };

struct queue {
	unsigned char bytes[QUEUE];
	size_t size;
};

struct session {
	void *context;
	unsigned object;
	bool completed; /* the provider has noticed its end */
	struct party party; /* from here on the model's */
	unsigned pins;
	bool ended;
};

/* A call as the provider's callback got it. */
struct call {
	uint32_t connection;
	uint32_t operation;
	size_t handle_count;
	unsigned sessions[SI_FRAME_HANDLES_MAX];
	uint32_t rights[SI_FRAME_HANDLES_MAX];
	unsigned char bytes[FRAME_BYTES];
	size_t size;
	sessio_request *held; /* NULL once it is answered */
};

/* A request in flight that the provider holds. */
struct in_flight {
	uint32_t number;
	unsigned call; /* NONE: free */
};

struct peer {
	bool used;
	int provider; /* sockets of the relay; -1: closed */
	int consumer; /* -1 for a peer of bytes, too */
	struct queue to_provider;
	struct queue to_consumer;
	struct queue heard; /* of the provider, to be compared with the model */
	struct queue unparsed; /* delivered to the provider, not yet a whole frame */
	bool greeted;
	bool over; /* the connection has ended, by the model */
	uint32_t number;
	uint32_t frame_bytes; /* that it takes */
	struct in_flight in_flight[IN_FLIGHT];
	unsigned in_flight_count;
	unsigned answers; /* to in_flight's requests, since the peer came */
	bool ended; /* the provider has closed its end */
	uint32_t revoked[HANDLES]; /* REVOKED frames that are not compared yet */
	unsigned revoked_count;
	uint32_t expect_revoked[HANDLES]; /* values; dropped ones may have no REVOKED */
	unsigned expect_revoked_count;
	/* Of a consumer of the library. */
	sessio_consumer *library;
	struct queue parsed; /* delivered to the consumer, not yet a whole frame */
	uint32_t waiting[EXPECTED]; /* numbers of its requests, 0: answered */
	unsigned sent;
	unsigned answered;
	unsigned given;
	unsigned expect_given;
	unsigned heard_revoked;
	unsigned expect_heard_revoked;
	uint32_t known[HANDLES_EACH]; /* values that it has learned, the latest */
	unsigned known_count;
	bool ready;
	bool expect_ready;
	bool gone;
	bool expect_gone;
};

struct handle {
	unsigned peer;
	uint32_t giver; /* the connection that passed it, 0: the provider gave it */
	unsigned session;
	uint32_t value;
	uint32_t rights;
	bool open;
	bool revoked;
};

static struct {
	struct fuzz_input in;
	uv_loop_t loop;
	char pipe[64]; /* the provider's */
	char relay_pipe[64]; /* where the library's consumers connect */
	int listener;
	sessio_provider *provider;
	bool stopped;
	KosObjectType *type;
	KosSessionType *session_type;
	void *objects[OBJECTS];
	bool offered[OBJECTS];
	struct session sessions[SESSIONS];
	unsigned sessions_used;
	unsigned sessions_modelled;
	struct call calls[CALLS];
	unsigned calls_used;
	unsigned calls_modelled;
	struct handle handles[HANDLES];
	unsigned handles_used;
	struct peer peers[PEERS];
	unsigned peers_ever;
	uint64_t fed; /* bytes that the provider and the consumers were given */
	uint64_t said; /* bytes that the provider gave */
	uint64_t callbacks; /* of the provider */
} w;

/* --- Bytes --- */

static inline void queue_put(struct queue *queue, const void *bytes, size_t size)
{
	FUZZ_CHECK(size <= QUEUE - queue->size);
	memcpy(queue->bytes + queue->size, bytes, size);
	queue->size += size;
}

static inline void queue_take(struct queue *queue, size_t size)
{
	memmove(queue->bytes, queue->bytes + size, queue->size - size);
	queue->size -= size;
}

static inline bool queue_has_room(const struct queue *queue)
{
	return queue->size < QUEUE / 2;
}

static inline int new_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	FUZZ_CHECK(fd >= 0);
	return fd;
}

static inline struct sockaddr_un address_of(const char *pipe)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, pipe);
	return address;
}

static inline int connect_to_provider(void)
{
	struct sockaddr_un address = address_of(w.pipe);
	int fd = new_socket();

	FUZZ_CHECK(
		connect(fd, (const struct sockaddr *)(const void *)&address, sizeof(address)) == 0);
	FUZZ_CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	return fd;
}

static inline void listen_for_consumers(void)
{
	struct sockaddr_un address = address_of(w.relay_pipe);

	w.listener = new_socket();
	(void)unlink(w.relay_pipe);
	FUZZ_CHECK(bind(w.listener, (const struct sockaddr *)(const void *)&address,
			   sizeof(address)) == 0);
	FUZZ_CHECK(listen(w.listener, (int)PEERS) == 0);
}

static inline void close_socket(int *fd)
{
	if (*fd >= 0) {
		FUZZ_CHECK(close(*fd) == 0);
		*fd = -1;
	}
}

/* Reads all that is there. Whether there was something; *out_end: the other end is closed. */
static inline bool read_all(int fd, struct queue *queue, bool *out_end)
{
	bool something = false;

	while (fd >= 0 && queue->size != QUEUE) {
		ssize_t got = recv(fd, queue->bytes + queue->size, QUEUE - queue->size, 0);

		if (got <= 0) {
			*out_end = got == 0 || errno == ECONNRESET;
			return something;
		}
		queue->size += (size_t)got;
		something = true;
	}
	FUZZ_CHECK(queue->size != QUEUE);
	return something;
}

static inline bool read_from_provider(struct peer *peer)
{
	size_t before = peer->heard.size;
	bool end = false;
	bool something = read_all(peer->provider, &peer->heard, &end);

	w.said += peer->heard.size - before;
	if (something && peer->consumer >= 0) {
		size_t more = peer->heard.size - before;

		/* Some of it is lost if the consumer is that far behind. */
		more = more < QUEUE - peer->to_consumer.size ? more
							     : QUEUE - peer->to_consumer.size;
		queue_put(&peer->to_consumer, peer->heard.bytes + before, more);
	}
	something = something || (end && !peer->ended);
	peer->ended = peer->ended || end;
	return something;
}

/* Runs the loop until nothing happens any more. */
static inline void pump(void)
{
	unsigned quiet = 0;
	unsigned turns = 0;

	while (quiet < 3) {
		bool something = false;

		(void)uv_run(&w.loop, UV_RUN_NOWAIT);
		for (unsigned i = 0; i < PEERS; i++) {
			struct peer *peer = &w.peers[i];
			bool end = false;

			if (peer->used) {
				something = read_from_provider(peer) || something;
				something = read_all(peer->consumer, &peer->to_provider, &end) ||
					something;
				if (end) {
					close_socket(&peer->consumer);
				}
			}
		}
		quiet = something ? 0 : quiet + 1;
		FUZZ_CHECK(++turns < 200);
	}
}

/* --- The provider's callbacks --- */

static inline Retcode on_open(
	void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	const sessio_opening *opening = open_ctx;
	struct session *session = &w.sessions[w.sessions_used];

	w.callbacks++;
	*handle_rights = MASK;
	if (opening->size != 0 && *(const char *)opening->bytes == 'd') {
		return (Retcode)DENIED;
	}
	FUZZ_CHECK(w.sessions_used < SESSIONS);
	*session = (struct session){ .context = context, .object = object == w.objects[1] };
	w.sessions_used++;
	return rcOk;
}

static inline Retcode on_close(void *object, void *context)
{
	(void)object;
	(void)context;
	w.callbacks++;
	return rcOk;
}

static inline unsigned session_of(const void *context)
{
	for (unsigned i = w.sessions_used; i-- != 0;) {
		if (w.sessions[i].context == context) {
			return i;
		}
	}
	return NONE;
}

static inline void on_complete(void *object, void *context)
{
	unsigned index = session_of(context);

	(void)object;
	w.callbacks++;
	FUZZ_CHECK(index != NONE && !w.sessions[index].completed);
	w.sessions[index].completed = true;
}

static inline void *on_find(void *ctx, sessio_connection *connection, const char *name)
{
	void *object = strcmp(name, "a") == 0 ? w.objects[0]
		: strcmp(name, "b") == 0      ? w.objects[1]
					      : NULL;

	(void)ctx;
	(void)connection;
	w.callbacks++;
	if (object != NULL) {
		KosRefObject(object);
	}
	return object;
}

static inline void on_cancel(void *ctx, sessio_request *request)
{
	struct call *call = ctx;

	w.callbacks++;
	FUZZ_CHECK(call->held == request);
	call->held = NULL;
	(void)sessio_request_reply(request, CANCELLED, NULL, 0, NULL, 0);
}

static inline void answer_again(sessio_request *request)
{
	struct sessio_handle_desc more;
	void *context;

	if (KosSessionIpcHandleToSession(sessio_request_handle(request, 0), NULL, 0, &context) !=
		rcOk) {
		(void)sessio_request_reply(request, SESSIO_INVALID_ARG, NULL, 0, NULL, 0);
		return;
	}
	FUZZ_CHECK(KosSessionContextToIpcHandle(context, &more) == rcOk);
	(void)sessio_request_reply(request, 0, NULL, 0, &more, 1);
}

static inline void write_down(struct call *call, sessio_request *request)
{
	const void *bytes = sessio_request_bytes(request, &call->size);

	call->connection = sessio_connection_number(sessio_request_connection(request));
	call->operation = sessio_request_operation(request);
	call->handle_count = sessio_request_handle_count(request);
	FUZZ_CHECK(call->size <= FRAME_BYTES && call->handle_count <= SI_FRAME_HANDLES_MAX);
	if (call->size != 0) {
		memcpy(call->bytes, bytes, call->size);
	}
	for (size_t i = 0; i < call->handle_count; i++) {
		const struct sessio_handle_desc *desc = sessio_request_handle(request, i);
		void *context;

		FUZZ_CHECK(KosSessionIpcHandleToSession(desc, NULL, 0, &context) == rcOk);
		call->sessions[i] = session_of(context);
		call->rights[i] = desc->rights;
	}
}

static inline void on_call(void *ctx, sessio_request *request)
{
	struct call *call = &w.calls[w.calls_used];

	(void)ctx;
	w.callbacks++;
	FUZZ_CHECK(w.calls_used < CALLS);
	memset(call, 0, sizeof(*call));
	w.calls_used++;
	write_down(call, request);
	switch (call->operation) {
	case OP_ECHO:
		(void)sessio_request_reply(request, 0, call->bytes, call->size, NULL, 0);
		return;
	case OP_HOLD:
		call->held = request;
		sessio_request_on_cancel(request, on_cancel, call);
		return;
	case OP_AGAIN:
		answer_again(request);
		return;
	default:
		(void)sessio_request_reply(request, SESSIO_UNSUPPORTED, NULL, 0, NULL, 0);
	}
}

#endif /* SESSIO_TESTS_FUZZ_TALK_WORLD_H */
