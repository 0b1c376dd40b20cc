/* SPDX-License-Identifier: MIT */
/*
 * The model of transport_talk.c: it reads the bytes that the provider was given, frame
 * by frame, and knows what each must be answered with. It takes only the values of
 * new handles from the answers.
 *
 * (talk_model-1) A peer's bytes are delivered to one side at a time, and all that comes
 *      of them has come before the model reads them.
 * (talk_model-2) A session ends when it is closed or withdrawn. It also ends when it has
 *      neither a valid handle nor a request in flight that came with one.
 */
#ifndef SESSIO_TESTS_FUZZ_TALK_MODEL_H
#define SESSIO_TESTS_FUZZ_TALK_MODEL_H

#include "talk_world.h"

/* For each byte that a side is given, and for each peer before its first byte. */
#define MEMORY_A_BYTE 32u
#define MEMORY_A_PEER 6000u
#define OUTPUT_A_BYTE 3u
#define OUTPUT_A_PEER 100u

/* --- Answers --- */

/* The next frame that the provider has sent to a peer, but for REVOKED. */
static inline bool next_answer(struct peer *peer, struct si_frame *out_frame)
{
	static unsigned char copy[QUEUE];
	enum si_frame_reason reason;
	size_t size;

	for (;;) {
		if (si_frame_parse(peer->heard.bytes, peer->heard.size, SI_FRAME_BYTES_MAX,
			    out_frame, &size, &reason) != SI_FRAME_WHOLE) {
			return false;
		}
		memcpy(copy, peer->heard.bytes, size);
		queue_take(&peer->heard, size);
		(void)si_frame_parse(copy, size, SI_FRAME_BYTES_MAX, out_frame, &size, &reason);
		if (out_frame->kind != SI_FRAME_REVOKED) {
			return true;
		}
		FUZZ_CHECK(peer->revoked_count < HANDLES);
		peer->revoked[peer->revoked_count++] = out_frame->handles[0].value;
	}
}

static inline struct si_frame expect(struct peer *peer, uint16_t kind, uint32_t number)
{
	struct si_frame frame;

	FUZZ_CHECK(next_answer(peer, &frame));
	FUZZ_CHECK(frame.kind == kind && frame.number == number);
	return frame;
}

static inline struct si_frame expect_reply(struct peer *peer, uint32_t number, int32_t code)
{
	struct si_frame frame = expect(peer, SI_FRAME_REPLY, number);

	FUZZ_CHECK(frame.code == code);
	FUZZ_CHECK(code == 0 || (frame.handle_count == 0 && frame.size == 0));
	return frame;
}

/* --- Handles and sessions --- */

static inline struct handle *find_handle(const struct peer *peer, uint32_t value)
{
	for (unsigned i = 0; i < w.handles_used; i++) {
		struct handle *h = &w.handles[i];

		if (h->open && &w.peers[h->peer] == peer && h->value == value) {
			return h;
		}
	}
	return NULL;
}

static inline sessio_status look_up(
	const struct peer *peer, uint32_t value, struct handle **out_handle)
{
	*out_handle = find_handle(peer, value);
	return *out_handle == NULL       ? SESSIO_INVALID_ARG
		: (*out_handle)->revoked ? SESSIO_REVOKED
					 : SESSIO_OK;
}

static inline unsigned count_handles(const struct peer *peer)
{
	unsigned count = 0;

	for (unsigned i = 0; i < w.handles_used; i++) {
		count += w.handles[i].open && &w.peers[w.handles[i].peer] == peer;
	}
	return count;
}

/* How many were passed to a peer; by one giver, or by all if that is 0. */
static inline unsigned count_passed(const struct peer *peer, uint32_t giver)
{
	unsigned count = 0;

	for (unsigned i = 0; i < w.handles_used; i++) {
		const struct handle *h = &w.handles[i];

		count += h->open && &w.peers[h->peer] == peer && h->giver != 0 &&
			(giver == 0 || h->giver == giver);
	}
	return count;
}

static inline struct handle *add_handle(
	const struct peer *peer, unsigned session, const struct si_frame_handle *sent)
{
	struct handle *made = &w.handles[w.handles_used];

	FUZZ_CHECK(w.handles_used < HANDLES);
	FUZZ_CHECK(find_handle(peer, sent->value) == NULL);
	*made = (struct handle){ .peer = (unsigned)(peer - w.peers),
		.session = session,
		.value = sent->value,
		.rights = sent->rights,
		.open = true };
	w.handles_used++;
	return made;
}

/* (talk_model-2) */
static inline void settle(void)
{
	bool held[SESSIONS] = { false };

	for (unsigned i = 0; i < w.handles_used; i++) {
		const struct handle *h = &w.handles[i];

		if (h->open && !h->revoked) {
			held[h->session] = true;
		}
	}
	for (unsigned i = 0; i < w.sessions_modelled; i++) {
		w.sessions[i].ended = w.sessions[i].ended || (!held[i] && w.sessions[i].pins == 0);
	}
}

static inline void end_session(unsigned session)
{
	w.sessions[session].ended = true;
	for (unsigned i = 0; i < w.handles_used; i++) {
		struct handle *h = &w.handles[i];
		struct peer *peer = &w.peers[h->peer];

		if (h->open && !h->revoked && h->session == session) {
			h->revoked = true;
			peer->expect_revoked[peer->expect_revoked_count++] = h->value;
		}
	}
}

/* --- Requests in flight --- */

static inline struct in_flight *find_in_flight(struct peer *peer, uint32_t number)
{
	for (unsigned i = 0; i < IN_FLIGHT; i++) {
		if (peer->in_flight[i].call != NONE && peer->in_flight[i].number == number) {
			return &peer->in_flight[i];
		}
	}
	return NULL;
}

static inline void land(struct peer *peer, struct in_flight *in_flight)
{
	const struct call *call = &w.calls[in_flight->call];

	FUZZ_CHECK(call->held == NULL);
	for (size_t i = 0; i < call->handle_count; i++) {
		w.sessions[call->sessions[i]].pins--;
	}
	in_flight->call = NONE;
	peer->in_flight_count--;
	settle();
}

static inline void take_off(struct peer *peer, uint32_t number, unsigned call)
{
	unsigned at = 0;

	while (peer->in_flight[at].call != NONE) {
		at++;
	}
	peer->in_flight[at] = (struct in_flight){ number, call };
	peer->in_flight_count++;
	for (size_t i = 0; i < w.calls[call].handle_count; i++) {
		w.sessions[w.calls[call].sessions[i]].pins++;
	}
}

/* A connection has ended: nothing is left of it. */
static inline void end_peer(struct peer *peer)
{
	peer->over = true;
	for (unsigned i = 0; i < IN_FLIGHT; i++) {
		if (peer->in_flight[i].call != NONE) {
			land(peer, &peer->in_flight[i]);
		}
	}
	for (unsigned i = 0; i < w.handles_used; i++) {
		w.handles[i].open = w.handles[i].open && &w.peers[w.handles[i].peer] != peer;
	}
	settle();
}

static inline void end_with(struct peer *peer, enum si_frame_reason reason)
{
	const struct si_frame goodbye = expect(peer, SI_FRAME_GOODBYE, 0);

	FUZZ_CHECK(goodbye.reason == reason);
	end_peer(peer);
}

/* --- Each kind --- */

static inline void judge_hello(struct peer *peer, const struct si_frame *hello)
{
	struct si_frame welcome;

	if (hello->version_min > 1 || hello->version < 1) {
		end_with(peer, SI_FRAME_REASON_VERSION);
		return;
	}
	welcome = expect(peer, SI_FRAME_WELCOME, 0);
	FUZZ_CHECK(welcome.version == 1 && welcome.requests == IN_FLIGHT);
	FUZZ_CHECK(welcome.frame_bytes == FRAME_BYTES && welcome.connection != 0);
	peer->greeted = true;
	peer->number = welcome.connection;
	peer->frame_bytes =
		hello->frame_bytes < SI_FRAME_BYTES_MAX ? hello->frame_bytes : SI_FRAME_BYTES_MAX;
}

static inline bool share_rule_allows(unsigned object, const struct party *party)
{
	for (unsigned i = 0; i < w.sessions_modelled; i++) {
		const struct session *s = &w.sessions[i];

		if (s->object == object && !s->ended && !are_compatible(party, &s->party)) {
			return false;
		}
	}
	return true;
}

static inline void judge_open(struct peer *peer, const struct si_frame *open)
{
	const struct party party = { open->rights, open->share };
	unsigned object = open->name_size != 1 ? NONE : (unsigned)(open->name[0] - 'a');
	unsigned session = w.sessions_modelled;
	int32_t code = 0;
	struct si_frame reply;

	if (object >= OBJECTS || !w.offered[object]) {
		code = SESSIO_NOT_FOUND;
	} else if (!share_rule_allows(object, &party)) {
		code = SESSIO_BUSY;
	} else if (open->size != 0 && open->bytes[0] == 'd') {
		code = DENIED;
	} else {
		FUZZ_CHECK(session < w.sessions_used && w.sessions[session].object == object);
		w.sessions[session].party = party;
		w.sessions_modelled++;
		code = count_handles(peer) < HANDLES_EACH ? 0 : SESSIO_LIMIT;
	}
	reply = expect_reply(peer, open->number, code);
	if (code == 0) {
		FUZZ_CHECK(reply.handle_count == 1 && reply.handles[0].rights == MASK);
		(void)add_handle(peer, session, &reply.handles[0]);
	}
}

static inline void judge_echo(struct peer *peer, const struct si_frame *call)
{
	struct si_frame reply = { .kind = SI_FRAME_REPLY,
		.number = call->number,
		.bytes = call->bytes,
		.size = call->size };

	if (si_frame_size(&reply, peer->frame_bytes) == 0) {
		(void)expect_reply(peer, call->number, SESSIO_LIMIT);
		return;
	}
	reply = expect_reply(peer, call->number, 0);
	FUZZ_CHECK(reply.size == call->size && reply.handle_count == 0);
	FUZZ_CHECK(reply.size == 0 || memcmp(reply.bytes, call->bytes, call->size) == 0);
}

static inline void judge_again(struct peer *peer, uint32_t number, const struct call *call)
{
	struct si_frame reply;

	if (call->handle_count == 0) {
		(void)expect_reply(peer, number, SESSIO_INVALID_ARG);
	} else if (count_handles(peer) >= HANDLES_EACH) {
		(void)expect_reply(peer, number, SESSIO_LIMIT);
	} else {
		reply = expect_reply(peer, number, 0);
		FUZZ_CHECK(reply.handle_count == 1 && reply.handles[0].rights == MASK);
		(void)add_handle(peer, call->sessions[0], &reply.handles[0]);
	}
}

/* The call as the provider got it, which must be as it was sent. */
static inline unsigned next_call(const struct peer *peer, const struct si_frame *sent)
{
	unsigned index = w.calls_modelled++;
	const struct call *call = &w.calls[index];

	FUZZ_CHECK(index < w.calls_used);
	FUZZ_CHECK(call->connection == peer->number && call->operation == sent->operation);
	FUZZ_CHECK(call->handle_count == sent->handle_count && call->size == sent->size);
	FUZZ_CHECK(call->size == 0 || memcmp(call->bytes, sent->bytes, call->size) == 0);
	for (size_t i = 0; i < call->handle_count; i++) {
		const struct handle *h = find_handle(peer, sent->handles[i].value);

		FUZZ_CHECK(call->sessions[i] == h->session && call->rights[i] == h->rights);
	}
	return index;
}

static inline void judge_call(struct peer *peer, const struct si_frame *sent)
{
	sessio_status status = SESSIO_OK;
	struct handle *handle;
	unsigned call;

	for (unsigned i = 0; i < sent->handle_count && status == SESSIO_OK; i++) {
		status = look_up(peer, sent->handles[i].value, &handle);
	}
	if (status != SESSIO_OK) {
		(void)expect_reply(peer, sent->number, status);
		return;
	}
	call = next_call(peer, sent);
	switch (sent->operation) {
	case OP_ECHO:
		judge_echo(peer, sent);
		return;
	case OP_HOLD:
		take_off(peer, sent->number, call);
		return;
	case OP_AGAIN:
		judge_again(peer, sent->number, &w.calls[call]);
		return;
	default:
		(void)expect_reply(peer, sent->number, SESSIO_UNSUPPORTED);
	}
}

static inline void judge_close(struct peer *peer, const struct si_frame *close)
{
	struct handle *handle;
	sessio_status status = look_up(peer, close->handles[0].value, &handle);

	if (status == SESSIO_OK) {
		end_session(handle->session);
	}
	(void)expect_reply(peer, close->number, status);
}

static inline void judge_drop(struct peer *peer, const struct si_frame *drop)
{
	struct handle *handle = find_handle(peer, drop->handles[0].value);

	(void)expect_reply(peer, drop->number, handle == NULL ? SESSIO_INVALID_ARG : SESSIO_OK);
	if (handle != NULL) {
		handle->open = false;
	}
}

static inline struct peer *find_peer(uint32_t number)
{
	for (unsigned i = 0; i < PEERS; i++) {
		struct peer *peer = &w.peers[i];

		if (peer->used && peer->greeted && !peer->over && peer->number == number) {
			return peer;
		}
	}
	return NULL;
}

static inline void judge_pass(struct peer *peer, const struct si_frame *pass)
{
	struct peer *to = find_peer(pass->connection);
	uint32_t rights = pass->handles[0].rights;
	struct handle *handle;
	sessio_status status = look_up(peer, pass->handles[0].value, &handle);
	struct si_frame given;

	if (to == NULL) {
		status = SESSIO_NOT_FOUND;
	} else if (count_handles(to) >= HANDLES_EACH || count_passed(to, 0) >= HANDLES_EACH / 2 ||
		count_passed(to, peer->number) >= PASSED_EACH) {
		status = SESSIO_LIMIT;
	} else if (status == SESSIO_OK) {
		rights = rights == SESSIO_HANDLE_SAME_RIGHTS ? handle->rights : rights;
		if ((rights & ~handle->rights) != 0 ||
			(handle->rights & SESSIO_HANDLE_TRANSFER) == 0) {
			status = SESSIO_NO_RIGHTS;
		}
	}
	if (status == SESSIO_OK) {
		unsigned session = handle->session;

		given = expect(to, SI_FRAME_GIVEN, 0);
		FUZZ_CHECK(given.connection == peer->number && given.handles[0].rights == rights);
		add_handle(to, session, &given.handles[0])->giver = peer->number;
	}
	(void)expect_reply(peer, pass->number, status);
}

static inline void judge_cancel(struct peer *peer, uint32_t number)
{
	struct in_flight *in_flight = find_in_flight(peer, number);

	if (in_flight != NULL) {
		(void)expect_reply(peer, number, CANCELLED);
		land(peer, in_flight);
	}
}

static inline void judge_request(struct peer *peer, const struct si_frame *frame)
{
	if (frame->kind == SI_FRAME_CANCEL) {
		judge_cancel(peer, frame->number);
	} else if (find_in_flight(peer, frame->number) != NULL) {
		end_with(peer, SI_FRAME_REASON_NUMBER);
	} else if (peer->in_flight_count == IN_FLIGHT) {
		end_with(peer, SI_FRAME_REASON_FLOOD);
	} else if (frame->kind == SI_FRAME_OPEN) {
		judge_open(peer, frame);
	} else if (frame->kind == SI_FRAME_CALL) {
		judge_call(peer, frame);
	} else if (frame->kind == SI_FRAME_CLOSE) {
		judge_close(peer, frame);
	} else if (frame->kind == SI_FRAME_DROP) {
		judge_drop(peer, frame);
	} else if (frame->kind == SI_FRAME_PASS) {
		judge_pass(peer, frame);
	} else if (frame->number != 0) {
		FUZZ_CHECK(
			expect(peer, SI_FRAME_UNSUPPORTED, frame->number).operation == frame->kind);
	}
}

static inline void judge_frame(struct peer *peer, const struct si_frame *frame)
{
	if ((frame->kind & 0x8000u) != 0) {
		end_with(peer, SI_FRAME_REASON_SIDE);
	} else if ((frame->kind == SI_FRAME_HELLO) == peer->greeted) {
		end_with(peer, SI_FRAME_REASON_ORDER);
	} else if (frame->kind == SI_FRAME_HELLO) {
		judge_hello(peer, frame);
	} else {
		judge_request(peer, frame);
	}
	settle();
}

/* All that is to be said about the bytes that the provider was given last. */
static inline void judge_peer(struct peer *peer)
{
	while (!peer->over) {
		struct si_frame frame;
		enum si_frame_reason reason;
		size_t size;
		enum si_frame_result result = si_frame_parse(peer->unparsed.bytes,
			peer->unparsed.size, FRAME_BYTES, &frame, &size, &reason);

		if (result == SI_FRAME_PARTIAL) {
			return;
		}
		if (result == SI_FRAME_BROKEN) {
			end_with(peer, reason);
			return;
		}
		judge_frame(peer, &frame);
		queue_take(&peer->unparsed, size);
	}
}

/* --- At rest --- */

static inline unsigned count_value(const uint32_t *values, unsigned count, uint32_t value)
{
	unsigned times = 0;

	for (unsigned i = 0; i < count; i++) {
		times += values[i] == value;
	}
	return times;
}

/* One REVOKED for each revoked handle, unless it was dropped before that was sent. */
static inline void check_revoked(const struct peer *peer)
{
	for (unsigned i = 0; i < peer->revoked_count; i++) {
		uint32_t value = peer->revoked[i];

		FUZZ_CHECK(count_value(peer->revoked, peer->revoked_count, value) == 1);
		FUZZ_CHECK(
			count_value(peer->expect_revoked, peer->expect_revoked_count, value) == 1);
	}
	for (unsigned i = 0; i < peer->expect_revoked_count; i++) {
		uint32_t value = peer->expect_revoked[i];

		FUZZ_CHECK(find_handle(peer, value) == NULL ||
			count_value(peer->revoked, peer->revoked_count, value) == 1);
	}
}

static inline void check_provider_side(struct peer *peer)
{
	struct si_frame frame;

	FUZZ_CHECK(!next_answer(peer, &frame) && peer->heard.size == 0);
	FUZZ_CHECK(peer->over == peer->ended);
	check_revoked(peer);
	peer->revoked_count = 0;
	peer->expect_revoked_count = 0;
}

static inline void check_bounds(void)
{
	FUZZ_CHECK(fuzz_memory.bytes <=
		(uint64_t)(w.peers_ever + 2) * MEMORY_A_PEER + w.fed * MEMORY_A_BYTE);
	FUZZ_CHECK(w.said <= (uint64_t)w.peers_ever * OUTPUT_A_PEER + w.fed * OUTPUT_A_BYTE);
	/* The shortest opening has 23 bytes and two callbacks, and the session's end two more. */
	FUZZ_CHECK(w.callbacks * 23 <= w.fed * 4);
}

static inline void check_at_rest(void)
{
	for (unsigned i = 0; i < PEERS; i++) {
		if (w.peers[i].used && w.peers[i].provider >= 0) {
			check_provider_side(&w.peers[i]);
		}
	}
	FUZZ_CHECK(w.sessions_modelled == w.sessions_used);
	FUZZ_CHECK(w.calls_modelled == w.calls_used);
	for (unsigned i = 0; i < w.sessions_used; i++) {
		FUZZ_CHECK(w.sessions[i].completed == w.sessions[i].ended);
	}
	check_bounds();
}

#endif /* SESSIO_TESTS_FUZZ_TALK_MODEL_H */
