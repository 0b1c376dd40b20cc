/* SPDX-License-Identifier: MIT */
/*
 * Conversations of a provider with up to four peers at a time. A relay between them
 * passes bytes on in pieces of any size, late, changed, or not at all. A model says what
 * each side must have made of the bytes that it was given. Memory, answers and
 * callbacks are held to a bound by the number of those bytes.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "talk_consumer.h"
#include "talk_model.h"

#include "resource/handle_space.h"

static const KosSessionOps session_ops = { on_open, on_close, on_complete };
static const sessio_provider_ops provider_ops = { NULL, NULL, on_find, on_call };

/* --- From side to side --- */

/* Sends some of the bytes that wait, and lets all come of them that will. */
static size_t deliver(int fd, struct queue *queue, size_t size, struct queue *model)
{
	ssize_t sent = 0;

	if (fd >= 0 && size != 0) {
		sent = send(fd, queue->bytes, size, MSG_NOSIGNAL);
	}
	if (sent > 0 && model->size + (size_t)sent <= QUEUE) {
		queue_put(model, queue->bytes, (size_t)sent);
	}
	queue_take(queue, size);
	w.fed += sent > 0 ? (size_t)sent : 0;
	pump();
	return sent > 0 ? (size_t)sent : 0;
}

static size_t some_of(const struct queue *queue)
{
	size_t size = fuzz_byte(&w.in);

	size = size >= 48 || size == 0 ? queue->size : size;
	return size < queue->size ? size : queue->size;
}

static void mutate(struct queue *queue, size_t size)
{
	if (size != 0 && fuzz_below(&w.in, 24) == 1) {
		size_t at = fuzz_byte(&w.in) % size;

		queue->bytes[at] ^= fuzz_byte(&w.in);
	}
}

static void check(void)
{
	check_at_rest();
	for (unsigned i = 0; i < PEERS; i++) {
		if (w.peers[i].used && w.peers[i].library != NULL) {
			check_consumer(&w.peers[i]);
		}
	}
}

static void deliver_to_provider(struct peer *peer)
{
	size_t size = some_of(&peer->to_provider);

	mutate(&peer->to_provider, size);
	(void)deliver(peer->provider, &peer->to_provider, size, &peer->unparsed);
	judge_peer(peer);
	if (peer->over) {
		peer->unparsed.size = 0;
	}
	check();
}

static void deliver_to_consumer(struct peer *peer)
{
	size_t size = some_of(&peer->to_consumer);

	mutate(&peer->to_consumer, size);
	(void)deliver(peer->consumer, &peer->to_consumer, size, &peer->parsed);
	if (peer->library != NULL) {
		judge_consumer(peer);
		check();
	}
}

/* --- Peers that come and go --- */

static void come(struct peer *peer, bool library)
{
	memset(peer, 0, sizeof(*peer));
	peer->consumer = -1;
	for (unsigned i = 0; i < IN_FLIGHT; i++) {
		peer->in_flight[i].call = NONE;
	}
	w.peers_ever++;
	if (library) {
		connect_consumer(peer);
	}
	peer->provider = connect_to_provider();
	peer->used = true;
	pump();
	check();
}

static void cut_from_provider(struct peer *peer)
{
	close_socket(&peer->provider);
	pump();
	if (!peer->over) {
		end_peer(peer);
	}
	check();
}

static void cut_from_consumer(struct peer *peer)
{
	if (peer->library != NULL) {
		close_socket(&peer->consumer);
		peer->expect_gone = true;
		pump();
		check();
	}
}

static void leave(struct peer *peer)
{
	cut_from_consumer(peer);
	sessio_consumer_close(peer->library);
	peer->library = NULL;
	cut_from_provider(peer);
	peer->used = false;
}

/* Mostly not at all, unless the provider has ended it already. */
static void leave_some_way(struct peer *peer, unsigned way)
{
	if (way == 0) {
		cut_from_provider(peer);
	} else if (way == 1) {
		cut_from_consumer(peer);
	} else if (way == 2 || peer->over) {
		leave(peer);
	}
}

/* --- Requests --- */

static uint32_t any_value(const struct peer *peer)
{
	uint8_t kind = fuzz_byte(&w.in);
	uint32_t value = 0;

	if (peer->library != NULL) {
		value = peer->known[kind % HANDLES_EACH];
	} else if (w.handles_used != 0) {
		unsigned first = kind;

		value = w.handles[first % w.handles_used].value;
		for (unsigned i = 0; kind < 224 && i < w.handles_used; i++) {
			const struct handle *h = &w.handles[(first + i) % w.handles_used];

			if (h->open && &w.peers[h->peer] == peer) {
				value = h->value;
				break;
			}
		}
	}
	return kind < 248 ? value : value ^ UINT32_C(1) << kind % 8;
}

static uint32_t any_mask(void)
{
	uint8_t byte = fuzz_byte(&w.in);

	return byte < 128 ? UINT32_MAX : byte < 160 ? byte & 7u : MASK;
}

static uint32_t any_connection(void)
{
	const struct peer *peer = &w.peers[fuzz_below(&w.in, PEERS)];

	return peer->used && peer->greeted ? peer->number : fuzz_byte(&w.in);
}

static struct si_frame any_frame(const struct peer *peer)
{
	static const unsigned char text[] = "dddd bytes";
	struct si_frame frame = { .kind = (uint16_t)(SI_FRAME_OPEN + fuzz_below(&w.in, 6)),
		.number = 1 + fuzz_below(&w.in, 32) };

	switch (frame.kind) {
	case SI_FRAME_OPEN:
		frame.name = &"ab"[fuzz_below(&w.in, 2)];
		frame.name_size = 1;
		frame.rights = any_mask() & 3u;
		frame.share = any_mask();
		frame.bytes = text;
		frame.size = fuzz_below(&w.in, 16) == 1;
		return frame;
	case SI_FRAME_CALL:
		frame.operation = OP_ECHO + fuzz_below(&w.in, 4);
		frame.handle_count = fuzz_below(&w.in, 3);
		frame.bytes = text;
		frame.size = fuzz_below(&w.in, 10);
		break;
	case SI_FRAME_CANCEL:
		if (peer->in_flight[0].call != NONE) {
			frame.number = peer->in_flight[0].number;
		}
		return frame;
	default:
		frame.handle_count = 1;
		frame.connection = frame.kind == SI_FRAME_PASS ? any_connection() : 0;
	}
	for (unsigned i = 0; i < frame.handle_count; i++) {
		frame.handles[i].value = any_value(peer);
		frame.handles[i].rights = frame.kind == SI_FRAME_PASS ? any_mask() : 0;
	}
	return frame;
}

static void greet(struct peer *peer)
{
	struct si_frame hello = { .kind = SI_FRAME_HELLO,
		.magic = SI_FRAME_MAGIC,
		.version_min = 1,
		.version = 1,
		.frame_bytes = SI_FRAME_BYTES_MIN };
	unsigned char bytes[64];

	hello.version += (uint16_t)(fuzz_below(&w.in, 8) == 1);
	hello.version_min += (uint16_t)(fuzz_below(&w.in, 32) == 1);
	si_frame_write(&hello, bytes);
	queue_put(&peer->to_provider, bytes, si_frame_size(&hello, sizeof(bytes)));
}

/* The first session of a peer, mostly, so that there is something to go on with. */
static void open_first(struct peer *peer)
{
	const struct si_frame open = {
		.kind = SI_FRAME_OPEN, .number = 1, .share = UINT32_MAX, .name = "a", .name_size = 1
	};
	unsigned char bytes[64];

	if (fuzz_below(&w.in, 4) != 0) {
		si_frame_write(&open, bytes);
		queue_put(&peer->to_provider, bytes, si_frame_size(&open, sizeof(bytes)));
	}
}

/* A frame of a peer that is only bytes. */
static void write_frame(struct peer *peer)
{
	struct si_frame frame = any_frame(peer);
	unsigned char bytes[256];

	si_frame_write(&frame, bytes);
	queue_put(&peer->to_provider, bytes, si_frame_size(&frame, sizeof(bytes)));
}

static void ask(struct peer *peer)
{
	struct si_frame frame = any_frame(peer);
	sessio_remote_handle handles[2];
	const char name[2] = { frame.name == NULL ? 'a' : frame.name[0], '\0' };
	sessio_call call = { .kind = (sessio_call_kind)frame.kind,
		.name = frame.kind == SI_FRAME_OPEN ? name : NULL,
		.rights = frame.rights,
		.share = frame.share,
		.operation = frame.operation,
		.connection = frame.connection,
		.handles = handles,
		.handle_count = frame.handle_count,
		.bytes = frame.bytes,
		.size = frame.size };

	for (unsigned i = 0; i < frame.handle_count; i++) {
		handles[i].value = frame.handles[i].value;
		handles[i].rights = frame.handles[i].rights;
	}
	if (frame.kind == SI_FRAME_CANCEL) {
		(void)sessio_consumer_cancel(peer->library, frame.number);
	} else {
		send_request(peer, &call);
	}
	/* Its own memory is held to the same bound. */
	w.fed += SI_FRAME_HEADER_BYTES;
	pump();
}

static void speak(struct peer *peer)
{
	if (!queue_has_room(&peer->to_provider)) {
		return;
	}
	if (peer->library != NULL) {
		ask(peer);
	} else if (!peer->greeted && peer->to_provider.size == 0) {
		greet(peer);
	} else {
		write_frame(peer);
	}
}

static void write_garbage(struct peer *peer)
{
	for (unsigned i = fuzz_below(&w.in, 16); i != 0 && queue_has_room(&peer->to_provider);
		i--) {
		unsigned char byte = fuzz_byte(&w.in);

		queue_put(&peer->to_provider, &byte, 1);
	}
}

/* --- The provider's own doings --- */

static void finish_one(struct peer *peer)
{
	for (unsigned i = 0; i < IN_FLIGHT; i++) {
		struct in_flight *in_flight = &peer->in_flight[i];

		if (in_flight->call != NONE && !peer->over) {
			struct call *call = &w.calls[in_flight->call];

			(void)sessio_request_reply(call->held, FINISHED, NULL, 0, NULL, 0);
			call->held = NULL;
			pump();
			(void)expect_reply(peer, in_flight->number, FINISHED);
			land(peer, in_flight);
			break;
		}
	}
	check();
}

/* Mostly both are offered. */
static void offer_or_withdraw(unsigned object)
{
	object = w.offered[0] && w.offered[1] ? object : !w.offered[1];
	if (w.offered[object]) {
		for (unsigned i = 0; i < w.sessions_modelled; i++) {
			if (w.sessions[i].object == object && !w.sessions[i].ended) {
				end_session(i);
			}
		}
		FUZZ_CHECK(KosSessionUnregisterObject(w.objects[object]) == rcOk);
	} else {
		FUZZ_CHECK(KosSessionRegisterObject(w.session_type, w.objects[object]) == rcOk);
	}
	w.offered[object] = !w.offered[object];
	pump();
	check();
}

/* --- A history --- */

static void act(void)
{
	unsigned what = fuzz_below(&w.in, 32);
	struct peer *peer = &w.peers[fuzz_below(&w.in, PEERS)];

	if (!peer->used) {
		come(peer, what % 4 == 0);
		if (what % 4 != 0) {
			greet(peer);
			open_first(peer);
		}
		deliver_to_provider(peer);
		deliver_to_consumer(peer);
	} else if (what < 18) {
		speak(peer);
		if (what < 14) {
			deliver_to_provider(peer);
		}
		if (what < 12) {
			deliver_to_consumer(peer);
		}
	} else if (what < 21) {
		deliver_to_provider(peer);
	} else if (what < 24) {
		deliver_to_consumer(peer);
	} else if (what < 27) {
		finish_one(peer);
	} else if (what == 27 && fuzz_below(&w.in, 4) == 1) {
		write_garbage(peer);
	} else if (what == 28) {
		leave_some_way(peer, fuzz_below(&w.in, 8));
	} else if (what == 31 || !w.offered[0] || !w.offered[1]) {
		offer_or_withdraw(fuzz_below(&w.in, OBJECTS));
	}
}

static void start(void)
{
	sessio_provider_options options = { .loop = &w.loop,
		.pipe = w.pipe,
		.ops = &provider_ops,
		.limits = { .frame_bytes = FRAME_BYTES,
			.requests = IN_FLIGHT,
			.handles = HANDLES_EACH,
			.passed = PASSED_EACH,
			.greeting_ms = 3600000 } };

	(void)snprintf(w.pipe, sizeof(w.pipe), "/tmp/sessio-talk-%d", (int)getpid());
	(void)snprintf(w.relay_pipe, sizeof(w.relay_pipe), "/tmp/sessio-relay-%d", (int)getpid());
	FUZZ_CHECK(KosCreateObjectType("lamp", kosSessionBaseObjectType, 0, NULL, NULL, &w.type) ==
		rcOk);
	FUZZ_CHECK(KosSessionCreateType(w.type, kosSessionBaseSessionType, &session_ops,
			   &w.session_type) == rcOk);
	for (unsigned i = 0; i < OBJECTS; i++) {
		FUZZ_CHECK(KosCreateObject(w.type, NULL, NULL, &w.objects[i]) == rcOk);
		FUZZ_CHECK(KosSessionRegisterObject(w.session_type, w.objects[i]) == rcOk);
		w.offered[i] = true;
	}
	FUZZ_CHECK(uv_loop_init(&w.loop) == 0);
	FUZZ_CHECK(sessio_provider_start(&options, &w.provider) == SESSIO_OK);
	listen_for_consumers();
}

static void on_stopped(void *ctx)
{
	(void)ctx;
	w.stopped = true;
}

static void stop(void)
{
	for (unsigned i = 0; i < PEERS; i++) {
		if (w.peers[i].used) {
			leave(&w.peers[i]);
		}
	}
	for (unsigned i = 0; i < w.sessions_used; i++) {
		FUZZ_CHECK(w.sessions[i].completed);
	}
	sessio_provider_stop(w.provider, on_stopped, NULL);
	(void)uv_run(&w.loop, UV_RUN_DEFAULT);
	FUZZ_CHECK(w.stopped && uv_loop_close(&w.loop) == 0);
	close_socket(&w.listener);
	(void)unlink(w.relay_pipe);
	for (unsigned i = 0; i < OBJECTS; i++) {
		if (w.offered[i]) {
			FUZZ_CHECK(KosSessionUnregisterObject(w.objects[i]) == rcOk);
		}
		KosPutObject(w.objects[i]);
	}
	KosSessionDestroyType(w.session_type);
	sessio_object_type_unref(w.type);
	FUZZ_CHECK(sessio_handle_space_count(sessio_handle_space_own()) == 0);
}

static bool has_room(void)
{
	return w.handles_used < HANDLES - 16 && w.sessions_used < SESSIONS - 16 &&
		w.calls_used < CALLS - 16;
}

/*
 * Makes the things that the library keeps for the process. Its own space takes no
 * memory any more once more than 1024 of its numbers wait to be used again.
 */
static void warm_up(void)
{
	static bool warm;

	for (unsigned i = 0; !warm && i < 2 * SI_HANDLE_WAITING; i++) {
		uint32_t handle;

		FUZZ_CHECK(sessio_handle_space_create_object(
				   sessio_handle_space_own(), 0, NULL, &handle) == SESSIO_OK);
		FUZZ_CHECK(
			sessio_handle_space_close(sessio_handle_space_own(), handle) == SESSIO_OK);
	}
	if (!warm) {
		/* A leak sanitizer does not find its way to all that it keeps. */
		FUZZ_CHECK(atexit(si_handle_space_end_own) == 0);
		start();
		stop();
		warm = true;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t before;

	memset(&w, 0, sizeof(w));
	warm_up();
	fuzz_memory_begin();
	before = fuzz_memory.live;
	memset(&w, 0, sizeof(w));
	w.in = (struct fuzz_input){ data, data + size };
	start();
	while (fuzz_has_more(&w.in) && has_room()) {
		act();
	}
	stop();
	FUZZ_CHECK(fuzz_memory.live == before);
	return 0;
}
