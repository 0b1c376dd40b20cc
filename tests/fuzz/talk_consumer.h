/* SPDX-License-Identifier: MIT */
/*
 * The library's consumers in transport_talk.c. The relay may give them any bytes, and
 * the model reads the same. Each request is answered once, and each notice is heard
 * once. Bytes that break a rule end the connection.
 */
#ifndef SESSIO_TESTS_FUZZ_TALK_CONSUMER_H
#define SESSIO_TESTS_FUZZ_TALK_CONSUMER_H

#include "talk_world.h"

static inline void learn(struct peer *peer, uint32_t value)
{
	peer->known[peer->known_count++ % HANDLES_EACH] = value;
}

static inline void on_connected(void *ctx)
{
	struct peer *peer = ctx;

	FUZZ_CHECK(!peer->ready && !peer->gone);
	peer->ready = true;
}

static inline void on_given(void *ctx, sessio_remote_handle handle, uint32_t from)
{
	struct peer *peer = ctx;

	(void)from;
	FUZZ_CHECK(peer->ready && !peer->gone);
	peer->given++;
	learn(peer, handle.value);
}

static inline void on_revoked(void *ctx, uint32_t handle)
{
	struct peer *peer = ctx;

	(void)handle;
	FUZZ_CHECK(peer->ready && !peer->gone);
	peer->heard_revoked++;
}

static inline void on_gone(void *ctx, const char *reason)
{
	struct peer *peer = ctx;

	FUZZ_CHECK(!peer->gone && reason != NULL);
	FUZZ_CHECK(peer->answered == peer->sent);
	peer->gone = true;
}

static inline void on_reply(void *ctx, const sessio_reply *reply)
{
	struct peer *peer = ctx;

	FUZZ_CHECK(!peer->gone && peer->answered < peer->sent);
	peer->answered++;
	for (size_t i = 0; i < reply->handle_count; i++) {
		learn(peer, reply->handles[i].value);
	}
}

static const sessio_consumer_ops consumer_ops = { on_connected, on_given, on_revoked, on_gone };

static inline void connect_consumer(struct peer *peer)
{
	const sessio_consumer_options options = { .loop = &w.loop,
		.pipe = w.relay_pipe,
		.ops = &consumer_ops,
		.ctx = peer,
		.limits = { .frame_bytes = FRAME_BYTES } };

	FUZZ_CHECK(sessio_consumer_connect(&options, 0, &peer->library) == SESSIO_OK);
	peer->consumer = accept(w.listener, NULL, NULL);
	FUZZ_CHECK(peer->consumer >= 0 && fcntl(peer->consumer, F_SETFL, O_NONBLOCK) == 0);
}

/* A number of a request that is waiting, or NULL. */
static inline uint32_t *find_waiting(struct peer *peer, uint32_t number)
{
	for (unsigned i = 0; number != 0 && i < peer->sent; i++) {
		if (peer->waiting[i] == number) {
			return &peer->waiting[i];
		}
	}
	return NULL;
}

static inline void send_request(struct peer *peer, const sessio_call *call)
{
	uint32_t number = 0;
	sessio_status status;

	if (peer->sent == EXPECTED) {
		return;
	}
	status = sessio_consumer_send(peer->library, call, on_reply, peer, &number);
	if (status == SESSIO_OK) {
		FUZZ_CHECK(peer->ready && !peer->gone);
		FUZZ_CHECK(number != 0 && find_waiting(peer, number) == NULL);
		peer->waiting[peer->sent++] = number;
	} else {
		FUZZ_CHECK(number == 0);
		FUZZ_CHECK(status == SESSIO_LIMIT || status == SESSIO_INVALID_ARG ||
			status == (peer->gone ? SESSIO_DISCONNECTED : SESSIO_BAD_STATE));
		FUZZ_CHECK(status != SESSIO_BAD_STATE || !peer->ready);
	}
}

/* One frame that the consumer was given; whether it keeps the rules. */
static inline bool judge_heard(struct peer *peer, const struct si_frame *frame)
{
	uint32_t *waiting;

	if (frame->kind == SI_FRAME_GOODBYE) {
		return true;
	}
	if ((frame->kind == SI_FRAME_WELCOME) == peer->expect_ready) {
		return false;
	}
	switch (frame->kind) {
	case SI_FRAME_WELCOME:
		peer->expect_ready = frame->version == 1;
		return peer->expect_ready;
	case SI_FRAME_REPLY:
	case SI_FRAME_UNSUPPORTED:
		waiting = find_waiting(peer, frame->number);
		if (waiting != NULL) {
			*waiting = 0;
		}
		return waiting != NULL;
	case SI_FRAME_GIVEN:
		peer->expect_given++;
		return true;
	case SI_FRAME_REVOKED:
		peer->expect_heard_revoked++;
		return true;
	default:
		return (frame->kind & 0x8000u) != 0;
	}
}

static inline void judge_consumer(struct peer *peer)
{
	while (!peer->expect_gone) {
		struct si_frame frame;
		enum si_frame_reason reason;
		size_t size;
		enum si_frame_result result = si_frame_parse(
			peer->parsed.bytes, peer->parsed.size, FRAME_BYTES, &frame, &size, &reason);

		if (result == SI_FRAME_PARTIAL) {
			return;
		}
		peer->expect_gone = result == SI_FRAME_BROKEN || !judge_heard(peer, &frame);
		if (!peer->expect_gone) {
			queue_take(&peer->parsed, size);
		}
	}
}

static inline void check_consumer(struct peer *peer)
{
	unsigned waiting = 0;

	for (unsigned i = 0; i < peer->sent; i++) {
		waiting += peer->waiting[i] != 0;
	}
	FUZZ_CHECK(peer->gone == peer->expect_gone);
	FUZZ_CHECK(peer->ready == peer->expect_ready);
	FUZZ_CHECK(peer->given == peer->expect_given);
	FUZZ_CHECK(peer->heard_revoked == peer->expect_heard_revoked);
	FUZZ_CHECK(peer->answered == (peer->gone ? peer->sent : peer->sent - waiting));
}

#endif /* SESSIO_TESTS_FUZZ_TALK_CONSUMER_H */
