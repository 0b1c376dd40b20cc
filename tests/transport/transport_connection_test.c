/* SPDX-License-Identifier: MIT */
/* One end of a pipe by itself: its queue, its notices and its last frame. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "transport/transport_connection.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUEUE_BYTES 10000u
#define MANY 1000u

static uv_loop_t loop;
static struct si_connection connection;
static int other; /* the peer's end */
static unsigned notices; /* that are still to come */
static bool closed;
static size_t plugged; /* bytes that keep the pipe full */

static void on_frame(struct si_connection *self, const struct si_frame *frame)
{
	(void)self;
	(void)frame;
}

static bool next_notice(struct si_connection *self, struct si_frame *out_frame)
{
	(void)self;
	if (notices == 0) {
		return false;
	}
	*out_frame = (struct si_frame){ .kind = SI_FRAME_REVOKED, .handle_count = 1 };
	out_frame->handles[0].value = notices--;
	return true;
}

static void on_closed(struct si_connection *self, enum si_frame_reason reason, bool by_peer)
{
	(void)self;
	(void)reason;
	(void)by_peer;
	closed = true;
}

static const struct si_connection_ops ops = { on_frame, next_notice, on_closed };

static int start(void **state)
{
	int ends[2];

	(void)state;
	notices = 0;
	closed = false;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(si_connection_init(&connection, &loop, &ops, 512, QUEUE_BYTES), SESSIO_OK);
	assert_int_equal(uv_pipe_open(&connection.pipe, ends[0]), 0);
	assert_true(si_connection_start(&connection));
	other = ends[1];
	return 0;
}

/* Fills the pipe, so that what is sent has to wait. */
static void plug(void)
{
	static const unsigned char bytes[4096];
	uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, sizeof(bytes));
	int written;

	plugged = 0;
	while ((written = uv_try_write((uv_stream_t *)&connection.pipe, &buffer, 1)) > 0) {
		plugged += (size_t)written;
	}
	assert_int_equal(written, UV_EAGAIN);
}

/* The peer reads all of the plug, and nothing else. */
static void unplug(void)
{
	static unsigned char bytes[4096];

	while (plugged != 0) {
		ssize_t got =
			recv(other, bytes, plugged < sizeof(bytes) ? plugged : sizeof(bytes), 0);

		assert_true(got > 0);
		plugged -= (size_t)got;
	}
}

static int stop(void **state)
{
	(void)state;
	si_connection_end(&connection, SI_FRAME_REASON_NONE, false);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_true(closed);
	assert_int_equal(uv_loop_close(&loop), 0);
	return close(other);
}

/* The loop turns while there is nothing to read. */
static void receive_bytes(unsigned char *bytes, size_t size)
{
	while (size != 0) {
		ssize_t got = recv(other, bytes, size, 0);

		assert_true(got != 0);
		if (got < 0) {
			(void)uv_run(&loop, UV_RUN_NOWAIT);
			continue;
		}
		bytes += got;
		size -= (size_t)got;
	}
}

/* The peer's next frame; false at the end of the pipe. */
static bool receive(struct si_frame *out_frame)
{
	static unsigned char bytes[512];
	size_t received = 0;
	size_t wanted = SI_FRAME_HEADER_BYTES;
	enum si_frame_reason reason;

	for (;;) {
		ssize_t got = recv(other, bytes + received, wanted - received, 0);

		if (got == 0) {
			return false;
		}
		if (got < 0) {
			(void)uv_run(&loop, UV_RUN_NOWAIT);
			continue;
		}
		received += (size_t)got;
		if (received < wanted) {
			continue;
		}
		if (si_frame_parse(bytes, received, sizeof(bytes), out_frame, &wanted, &reason) ==
			SI_FRAME_WHOLE) {
			return true;
		}
	}
}

static void expect(uint16_t kind)
{
	struct si_frame frame = { 0 };

	assert_true(receive(&frame));
	assert_string_equal(si_frame_kind_name(frame.kind), si_frame_kind_name(kind));
}

static struct si_frame reply_of(size_t frame_bytes)
{
	static const unsigned char bytes[512];

	return (struct si_frame){
		.kind = SI_FRAME_REPLY, .number = 1, .bytes = bytes, .size = frame_bytes - 16
	};
}

/* The frame under way still goes out, then the reason in the place of all that waits. */
static void a_queue_that_overflows_ends_the_connection_with_its_reason(void **state)
{
	const struct si_frame reply = reply_of(500);
	struct si_frame last = { 0 };

	(void)state;
	plug();
	for (unsigned i = 0; i < QUEUE_BYTES / 500; i++) {
		assert_int_equal(si_connection_must_send(&connection, &reply), SESSIO_OK);
	}
	assert_int_equal(connection.state, SI_CONNECTION_OPEN);
	assert_int_equal(si_connection_must_send(&connection, &reply), SESSIO_LIMIT);
	assert_int_equal(connection.state, SI_CONNECTION_ENDING);
	unplug();
	expect(SI_FRAME_REPLY);
	assert_true(receive(&last));
	assert_int_equal(last.kind, SI_FRAME_GOODBYE);
	assert_int_equal(last.reason, SI_FRAME_REASON_QUEUE);
	assert_memory_equal(last.name, "the peer does not read", 22);
	assert_false(receive(&last));
}

static void a_frame_that_may_be_refused_ends_nothing(void **state)
{
	const struct si_frame reply = reply_of(500);

	(void)state;
	plug();
	for (unsigned i = 0; i < QUEUE_BYTES / 500; i++) {
		assert_int_equal(si_connection_send(&connection, &reply), SESSIO_OK);
	}
	assert_int_equal(si_connection_send(&connection, &reply), SESSIO_LIMIT);
	unplug();
	for (unsigned i = 0; i < QUEUE_BYTES / 500; i++) {
		expect(SI_FRAME_REPLY);
	}
	assert_int_equal(si_connection_send(&connection, &reply), SESSIO_OK);
	expect(SI_FRAME_REPLY);
}

static void notices_go_first_and_take_no_room_in_the_queue(void **state)
{
	const struct si_frame reply = reply_of(500);
	struct si_frame frame = { 0 };

	(void)state;
	plug();
	assert_int_equal(si_connection_send(&connection, &reply), SESSIO_OK); /* is under way */
	for (unsigned i = 1; i < QUEUE_BYTES / 500; i++) {
		assert_int_equal(si_connection_send(&connection, &reply), SESSIO_OK);
	}
	notices = MANY;
	si_connection_notify(&connection);
	assert_int_equal(notices, MANY); /* they wait with their owner */
	unplug();
	expect(SI_FRAME_REPLY);
	for (unsigned i = MANY; i > 0; i--) {
		assert_true(receive(&frame));
		assert_int_equal(frame.kind, SI_FRAME_REVOKED);
		assert_int_equal(frame.handles[0].value, i);
	}
	for (unsigned i = 1; i < QUEUE_BYTES / 500; i++) {
		expect(SI_FRAME_REPLY);
	}
}

#define LARGE 60001u /* bytes of a frame that a pipe may take in parts */

/* The reply to this request. */
static struct si_frame large_reply(uint32_t number)
{
	static unsigned char body[LARGE - 16];

	for (size_t i = 0; i < sizeof(body); i++) {
		body[i] = (unsigned char)(i % 251);
	}
	return (struct si_frame){
		.kind = SI_FRAME_REPLY, .number = number, .bytes = body, .size = sizeof(body)
	};
}

static void send_large(uint32_t number)
{
	const struct si_frame reply = large_reply(number);

	assert_int_equal(si_connection_send(&connection, &reply), SESSIO_OK);
}

/* The pipe takes a part of a frame, and the rest when the peer has read. */
static void a_frame_that_is_cut_is_whole_in_the_end(void **state)
{
	static unsigned char expected[LARGE], bytes[LARGE];
	uint32_t sent = 0;

	(void)state;
	connection.peer_frame_bytes = LARGE;
	connection.queue_bytes = 100u * LARGE;
	while (!connection.is_writing) {
		send_large(++sent);
	}
	for (unsigned i = 0; i < 20; i++) { /* the next write has them all */
		send_large(++sent);
	}
	for (uint32_t i = 1; i <= sent; i++) {
		const struct si_frame reply = large_reply(i);

		si_frame_write(&reply, expected);
		receive_bytes(bytes, LARGE);
		assert_memory_equal(bytes, expected, LARGE);
	}
	(void)uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(connection.queued, 0);
	assert_true(recv(other, bytes, 1, 0) < 0);
}

static void notices_come_before_the_last_frame(void **state)
{
	const struct si_frame reply = reply_of(500);

	(void)state;
	plug();
	assert_int_equal(si_connection_send(&connection, &reply), SESSIO_OK);
	notices = 40;
	si_connection_notify(&connection);
	si_connection_end(&connection, SI_FRAME_REASON_STOPPING, true);
	unplug();
	expect(SI_FRAME_REPLY);
	for (unsigned i = 0; i < 40; i++) {
		expect(SI_FRAME_REVOKED);
	}
	expect(SI_FRAME_GOODBYE);
}

#define each(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		each(a_queue_that_overflows_ends_the_connection_with_its_reason),
		each(a_frame_that_may_be_refused_ends_nothing),
		each(notices_go_first_and_take_no_room_in_the_queue),
		each(a_frame_that_is_cut_is_whole_in_the_end),
		each(notices_come_before_the_last_frame),
	};

	return cmocka_run_group_tests_name("transport_connection", tests, NULL, NULL);
}
