/* SPDX-License-Identifier: MIT */
/*
 * One end of a connection on a loop that the test turns itself; the other end is a
 * socket that the test reads and writes. So every order here is certain.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "transport/transport_connection.h"
#include "transport/transport_pipe.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inside.h"

#define REVOKED_BYTES 20u /* a header and one handle */
#define FRAMES 64u

static struct {
	uv_loop_t loop;
	struct si_connection connection;
	int peer; /* the other end; -1: closed */
	size_t plug; /* bytes that keep the pipe full */
	unsigned frames;
	uint32_t values[FRAMES]; /* the handles of the frames that came */
	unsigned closed;
	enum si_frame_reason reason;
	bool by_peer;
	void (*act)(void); /* in each frame's callback; may be NULL */
} end;

static void on_frame(struct si_connection *connection, const struct si_frame *frame)
{
	note_that(connection == &end.connection && end.closed == 0 && end.frames < FRAMES);
	end.values[end.frames++] = frame->handle_count == 0 ? 0 : frame->handles[0].value;
	if (end.act != NULL) {
		end.act();
	}
}

static void on_closed(struct si_connection *connection, enum si_frame_reason reason, bool by_peer)
{
	note_that(connection == &end.connection);
	end.closed++;
	end.reason = reason;
	end.by_peer = by_peer;
}

static const struct si_connection_ops ops = { on_frame, NULL, on_closed };

static void turn(void)
{
	(void)uv_run(&end.loop, UV_RUN_NOWAIT);
}

static void start(size_t queue_bytes)
{
	int sockets[2];

	memset(&end, 0, sizeof(end));
	si_pipe_block_signal();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), 0);
	end.peer = sockets[0];
	assert_int_equal(uv_loop_init(&end.loop), 0);
	assert_int_equal(
		si_connection_init(&end.connection, &end.loop, &ops, 512, queue_bytes), SESSIO_OK);
	assert_int_equal(uv_pipe_open(&end.connection.pipe, sockets[1]), 0);
	assert_true(si_connection_start(&end.connection));
}

/* Fills the pipe, so that what is sent has to wait. */
static void plug(void)
{
	static const unsigned char bytes[4096];
	uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, sizeof(bytes));
	int written;

	while ((written = uv_try_write((uv_stream_t *)&end.connection.pipe, &buffer, 1)) > 0) {
		end.plug += (size_t)written;
	}
	assert_int_equal(written, UV_EAGAIN);
}

/* The peer reads all of the plug, and nothing else. */
static void unplug(void)
{
	static unsigned char bytes[4096];

	while (end.plug != 0) {
		size_t size = end.plug < sizeof(bytes) ? end.plug : sizeof(bytes);
		ssize_t got = recv(end.peer, bytes, size, 0);

		assert_true(got > 0);
		end.plug -= (size_t)got;
	}
}

/* Ends what has not ended, and checks that it did so once. */
static void stop(void)
{
	si_connection_end(&end.connection, SI_FRAME_REASON_NONE, false);
	(void)uv_run(&end.loop, UV_RUN_DEFAULT);
	assert_int_equal(end.closed, 1);
	assert_int_equal(uv_loop_close(&end.loop), 0);
	if (end.peer >= 0) {
		assert_int_equal(close(end.peer), 0);
	}
	notes_assert();
}

static struct si_frame revoked(uint32_t value)
{
	return (struct si_frame){
		.kind = SI_FRAME_REVOKED, .handle_count = 1, .handles = { { value, 0 } }
	};
}

static sessio_status send_value(uint32_t value)
{
	struct si_frame frame = revoked(value);

	return si_connection_send(&end.connection, &frame);
}

/* The peer can read these frames now; returns the reason of a GOODBYE behind them. */
static int expect(const uint32_t *values, unsigned count)
{
	unsigned char bytes[FRAMES * REVOKED_BYTES];
	ssize_t got = recv(end.peer, bytes, sizeof(bytes), MSG_DONTWAIT);
	enum si_frame_reason reason;
	struct si_frame frame;
	size_t at = 0;
	size_t size;

	for (unsigned i = 0; i < count; i++) {
		assert_true(got > 0);
		assert_int_equal(
			si_frame_parse(bytes + at, (size_t)got - at, 512, &frame, &size, &reason),
			SI_FRAME_WHOLE);
		assert_int_equal(frame.kind, SI_FRAME_REVOKED);
		assert_int_equal(frame.handles[0].value, values[i]);
		at += size;
	}
	if (got < 0 || at == (size_t)got) {
		return -1;
	}
	assert_int_equal(si_frame_parse(bytes + at, (size_t)got - at, 512, &frame, &size, &reason),
		SI_FRAME_WHOLE);
	assert_int_equal(frame.kind, SI_FRAME_GOODBYE);
	assert_int_equal(at + size, (size_t)got);
	return frame.reason;
}

/* The peer says several things in one go. */
static void peer_says(const uint32_t *values, unsigned count)
{
	unsigned char bytes[FRAMES * REVOKED_BYTES];

	for (unsigned i = 0; i < count; i++) {
		struct si_frame frame = revoked(values[i]);

		si_frame_write(&frame, bytes + i * REVOKED_BYTES);
	}
	assert_int_equal(send(end.peer, bytes, count * REVOKED_BYTES, MSG_NOSIGNAL),
		(ssize_t)(count * REVOKED_BYTES));
}

static void the_queue_holds_so_many_bytes_and_no_more(void **state)
{
	(void)state;
	start(3 * REVOKED_BYTES);
	for (uint32_t round = 0; round < 3; round++) {
		plug();
		for (uint32_t i = 0; i < 3; i++) {
			assert_int_equal(send_value(3 * round + i), SESSIO_OK);
		}
		assert_int_equal(send_value(99), SESSIO_LIMIT);
		unplug();
		turn();
		turn();
		assert_int_equal(
			expect((const uint32_t[]){ 3 * round, 3 * round + 1, 3 * round + 2 }, 3),
			-1);
	}
	stop();
}

static void a_peer_that_does_not_read_is_told_so_instead(void **state)
{
	struct si_frame frame = revoked(9);

	(void)state;
	start(2 * REVOKED_BYTES);
	plug();
	assert_int_equal(send_value(1), SESSIO_OK);
	assert_int_equal(send_value(2), SESSIO_OK);
	assert_int_equal(si_connection_must_send(&end.connection, &frame), SESSIO_LIMIT);
	assert_int_equal(send_value(3), SESSIO_BAD_STATE);
	unplug();
	(void)uv_run(&end.loop, UV_RUN_DEFAULT);
	/* The first was on its way, the second gives way to the GOODBYE. */
	assert_int_equal(expect((const uint32_t[]){ 1 }, 1), SI_FRAME_REASON_QUEUE);
	assert_int_equal(end.reason, SI_FRAME_REASON_QUEUE);
	assert_false(end.by_peer);
	stop();
}

static void a_goodbye_comes_after_what_waits(void **state)
{
	(void)state;
	start(2 * REVOKED_BYTES);
	plug();
	assert_int_equal(send_value(1), SESSIO_OK);
	assert_int_equal(send_value(2), SESSIO_OK);
	si_connection_end(&end.connection, SI_FRAME_REASON_STOPPING, true);
	si_connection_end(&end.connection, SI_FRAME_REASON_TIME, true);
	unplug();
	(void)uv_run(&end.loop, UV_RUN_DEFAULT);
	assert_int_equal(expect((const uint32_t[]){ 1, 2 }, 2), SI_FRAME_REASON_STOPPING);
	assert_int_equal(end.reason, SI_FRAME_REASON_STOPPING);
	stop();
}

static void frames_come_in_their_order(void **state)
{
	(void)state;
	start(1000);
	peer_says((const uint32_t[]){ 7, 8, 9 }, 3);
	turn();
	assert_int_equal(end.frames, 3);
	assert_int_equal(end.values[0], 7);
	assert_int_equal(end.values[2], 9);
	assert_int_equal(close(end.peer), 0);
	end.peer = -1;
	(void)uv_run(&end.loop, UV_RUN_DEFAULT);
	assert_int_equal(end.closed, 1);
	assert_int_equal(end.reason, SI_FRAME_REASON_NONE);
	assert_true(end.by_peer);
	stop();
}

static void end_it(void)
{
	si_connection_end(&end.connection, SI_FRAME_REASON_REFUSED, true);
}

static void nothing_is_delivered_after_the_end(void **state)
{
	(void)state;
	start(1000);
	end.act = end_it;
	peer_says((const uint32_t[]){ 7, 8, 9 }, 3);
	(void)uv_run(&end.loop, UV_RUN_DEFAULT);
	assert_int_equal(end.frames, 1);
	assert_int_equal(expect(NULL, 0), SI_FRAME_REASON_REFUSED);
	stop();
}

static void hold_back(void)
{
	end.connection.reserved = end.connection.queue_bytes + 1;
}

/* An answer may relieve the queue while the frames that came are still being delivered. */
static void relieve_inside(void)
{
	si_connection_relieve(&end.connection);
}

static void a_full_queue_stops_the_peer_until_it_is_relieved(void **state)
{
	(void)state;
	start(1000);
	end.act = hold_back;
	peer_says((const uint32_t[]){ 7, 8, 9 }, 3);
	turn();
	assert_int_equal(end.frames, 1);
	assert_true(si_connection_is_full(&end.connection));
	/* The pipe is not read, either. */
	peer_says((const uint32_t[]){ 10 }, 1);
	turn();
	turn();
	assert_int_equal(end.connection.received, 2 * REVOKED_BYTES);
	si_connection_relieve(&end.connection);
	assert_int_equal(end.frames, 1);
	end.connection.reserved = 1000; /* as much as there may be */
	end.act = relieve_inside;
	si_connection_relieve(&end.connection);
	assert_int_equal(end.frames, 3);
	assert_int_equal(end.values[1], 8);
	assert_int_equal(end.values[2], 9);
	turn();
	assert_int_equal(end.frames, 4);
	assert_int_equal(end.values[3], 10);
	stop();
}

/* A queue that empties relieves by itself. */
static void what_is_written_lets_the_peer_go_on(void **state)
{
	(void)state;
	start(2 * REVOKED_BYTES);
	plug();
	end.connection.reserved = REVOKED_BYTES;
	assert_int_equal(send_value(1), SESSIO_OK);
	assert_int_equal(send_value(2), SESSIO_OK);
	assert_true(si_connection_is_full(&end.connection));
	peer_says((const uint32_t[]){ 7 }, 1);
	turn();
	turn();
	assert_int_equal(end.frames, 0);
	unplug();
	turn();
	turn();
	assert_int_equal(end.frames, 1);
	stop();
}

static void answer_twice(void)
{
	unsigned char byte;

	note_that(send_value(10 * end.values[end.frames - 1]) == SESSIO_OK);
	note_that(send_value(10 * end.values[end.frames - 1] + 1) == SESSIO_OK);
	note_that(recv(end.peer, &byte, 1, MSG_DONTWAIT) < 0); /* (transport_connection-7) */
}

static void answers_to_frames_that_come_together_go_together(void **state)
{
	(void)state;
	start(1000);
	end.act = answer_twice;
	peer_says((const uint32_t[]){ 7, 8 }, 2);
	turn();
	assert_int_equal(end.frames, 2);
	assert_int_equal(expect((const uint32_t[]){ 70, 71, 80, 81 }, 4), -1);
	stop();
}

static void answer_once(void)
{
	note_that(send_value(end.values[end.frames - 1]) == SESSIO_OK);
}

/* Answers that wait for the last frame must not keep that frame back. */
static void answers_that_fill_the_queue_go_before_the_next_frame(void **state)
{
	(void)state;
	start(2 * REVOKED_BYTES);
	end.connection.reserved = REVOKED_BYTES;
	end.act = answer_once;
	peer_says((const uint32_t[]){ 1, 2, 3, 4, 5 }, 5);
	turn();
	assert_int_equal(end.frames, 5);
	assert_int_equal(expect((const uint32_t[]){ 1, 2, 3, 4, 5 }, 5), -1);
	stop();
}

static void answer_and_close(void)
{
	answer_once();
	si_connection_end(&end.connection, SI_FRAME_REASON_NONE, false);
}

static void what_was_sent_before_the_end_still_goes_out(void **state)
{
	(void)state;
	start(1000);
	end.act = answer_and_close;
	peer_says((const uint32_t[]){ 7, 8 }, 2);
	turn();
	assert_int_equal(end.frames, 1);
	assert_int_equal(expect((const uint32_t[]){ 7 }, 1), -1);
	stop();
}

static void a_write_that_fails_still_leaves_the_peers_last_words(void **state)
{
	(void)state;
	start(1000);
	peer_says((const uint32_t[]){ 7 }, 1);
	assert_int_equal(shutdown(end.peer, SHUT_RD), 0);
	assert_int_equal(send_value(1), SESSIO_OK);
	assert_int_equal(send_value(2), SESSIO_OK);
	turn();
	assert_int_equal(end.frames, 1);
	assert_int_equal(send_value(3), SESSIO_BAD_STATE);
	assert_int_equal(end.connection.queued, 0);
	assert_int_equal(end.closed, 0);
	peer_says((const uint32_t[]){ 8 }, 1);
	turn();
	assert_int_equal(end.frames, 2);
	assert_int_equal(close(end.peer), 0);
	end.peer = -1;
	(void)uv_run(&end.loop, UV_RUN_DEFAULT);
	assert_true(end.by_peer);
	stop();
}

static void nobody_says_goodbye_to_a_peer_that_takes_nothing(void **state)
{
	(void)state;
	start(1000);
	assert_int_equal(shutdown(end.peer, SHUT_RD), 0);
	assert_int_equal(send_value(1), SESSIO_OK);
	turn();
	si_connection_end(&end.connection, SI_FRAME_REASON_STOPPING, true);
	assert_int_equal(end.connection.state, SI_CONNECTION_CLOSED);
	stop();
	assert_int_equal(end.reason, SI_FRAME_REASON_STOPPING);
}

static void a_frame_that_breaks_a_rule_is_not_sent(void **state)
{
	struct si_frame frame = revoked(1);

	(void)state;
	start(1000);
	frame.handle_count = 0;
	assert_int_equal(si_connection_must_send(&end.connection, &frame), SESSIO_INVALID_ARG);
	assert_int_equal(end.connection.state, SI_CONNECTION_OPEN);
	stop();
}

static void a_frame_that_is_broken_ends_the_connection_with_its_reason(void **state)
{
	static const unsigned char frame[12] = { 11, 0, 0, 0, 4, 0x80 };

	(void)state;
	start(1000);
	assert_int_equal(send(end.peer, frame, sizeof(frame), MSG_NOSIGNAL), sizeof(frame));
	(void)uv_run(&end.loop, UV_RUN_DEFAULT);
	assert_int_equal(end.frames, 0);
	assert_int_equal(expect(NULL, 0), SI_FRAME_REASON_LENGTH);
	assert_int_equal(end.reason, SI_FRAME_REASON_LENGTH);
	assert_false(end.by_peer);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_queue_holds_so_many_bytes_and_no_more),
		cmocka_unit_test(a_peer_that_does_not_read_is_told_so_instead),
		cmocka_unit_test(a_goodbye_comes_after_what_waits),
		cmocka_unit_test(frames_come_in_their_order),
		cmocka_unit_test(nothing_is_delivered_after_the_end),
		cmocka_unit_test(a_full_queue_stops_the_peer_until_it_is_relieved),
		cmocka_unit_test(what_is_written_lets_the_peer_go_on),
		cmocka_unit_test(answers_to_frames_that_come_together_go_together),
		cmocka_unit_test(answers_that_fill_the_queue_go_before_the_next_frame),
		cmocka_unit_test(what_was_sent_before_the_end_still_goes_out),
		cmocka_unit_test(a_write_that_fails_still_leaves_the_peers_last_words),
		cmocka_unit_test(nobody_says_goodbye_to_a_peer_that_takes_nothing),
		cmocka_unit_test(a_frame_that_breaks_a_rule_is_not_sent),
		cmocka_unit_test(a_frame_that_is_broken_ends_the_connection_with_its_reason),
	};

	return cmocka_run_group_tests_name("transport_connection_order", tests, NULL, NULL);
}
