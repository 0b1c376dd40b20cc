/* SPDX-License-Identifier: MIT */
/* A provider, with consumers that keep the rules and with others that do not. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "inside.h"
#include "raw.h"
#include "talk.h"

#include <stdlib.h>
#include <string.h>
#if !defined(_WIN32)
#include <unistd.h>
#endif

#include <uv.h>

#include <kos/session.h>
#include <sessio/inspect.h>

#define MANY 40u

static struct talk *talk;
static struct raw raw;

static int set_up(void **state)
{
	(void)state;
	talk = talk_start(NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	talk_stop(talk);
	talk = NULL;
	return 0;
}

static struct si_frame request(uint16_t kind)
{
	return (struct si_frame){ .kind = kind, .number = ++raw.number };
}

static struct si_frame request_with(uint16_t kind, uint32_t handle)
{
	struct si_frame frame = request(kind);

	frame.handle_count = 1;
	frame.handles[0].value = handle;
	return frame;
}

/* Sends it, and expects this answer. */
static void ask(struct raw *from, const struct si_frame *frame, int32_t code)
{
	raw_send(from, frame);
	(void)raw_expect(from, frame->number, code);
}

/* --- Calls --- */

static void a_call_is_answered_with_its_bytes(void **state)
{
	struct si_frame reply;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_call(&raw, OP_ECHO, "hello", 5);
	reply = raw_expect(&raw, 1, 0);
	assert_int_equal(reply.size, 5);
	assert_memory_equal(reply.bytes, "hello", 5);
	raw_call(&raw, OP_ECHO, NULL, 0);
	assert_int_equal(raw_expect(&raw, 2, 0).size, 0);
	raw_close(&raw);
}

static void operations_finish_later_and_out_of_turn(void **state)
{
	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_call(&raw, OP_LATER, NULL, 0);
	raw_call(&raw, OP_LATER, NULL, 0);
	raw_call(&raw, OP_ECHO, "x", 1);
	(void)raw_expect(&raw, 3, 0);
	raw_call(&raw, OP_FINISH, NULL, 0);
	(void)raw_expect(&raw, 1, 0);
	(void)raw_expect(&raw, 2, 0);
	(void)raw_expect(&raw, 4, 0);
	raw_close(&raw);
}

static void operations_finish_on_another_thread(void **state)
{
	struct si_frame reply;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	for (unsigned i = 0; i < MANY; i++) {
		raw_call(&raw, OP_ELSEWHERE, NULL, 0);
		reply = raw_expect(&raw, raw.number, 0);
		assert_memory_equal(reply.bytes, "from elsewhere", 14);
	}
	raw_close(&raw);
}

static void a_cancelled_call_gets_its_one_answer(void **state)
{
	const struct si_frame cancel = { .kind = SI_FRAME_CANCEL, .number = 1 };

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_send(&raw, &cancel); /* of nothing */
	raw_call(&raw, OP_UNTIL_CANCELLED, NULL, 0);
	raw_send(&raw, &cancel);
	raw_send(&raw, &cancel); /* too late, or twice */
	(void)raw_expect(&raw, 1, 42);
	raw_call(&raw, OP_ECHO, NULL, 0);
	(void)raw_expect(&raw, 2, 0);
	raw_close(&raw);
}

/* Both frames come at once, so the reply waits for the loop when the other is served. */
static void a_cancellation_crosses_the_reply_of_another_thread(void **state)
{
	const struct si_frame call = {
		.kind = SI_FRAME_CALL, .number = 1, .operation = OP_CROSSED
	};
	const struct si_frame cancel = { .kind = SI_FRAME_CANCEL, .number = 1 };
	unsigned char both[16 + 12];

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	si_frame_write(&call, both);
	si_frame_write(&cancel, both + 16);
	for (unsigned i = 0; i < MANY; i++) {
		raw_send_bytes(&raw, both, sizeof(both));
		(void)raw_expect(&raw, 1, 0);
	}
	raw_close(&raw);
	talk_await_connections(talk, 0);
	notes_assert();
}

static void a_call_of_a_consumer_that_is_gone_is_cancelled(void **state)
{
	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_call(&raw, OP_UNTIL_CANCELLED, NULL, 0);
	talk_await_calls(talk, 1);
	raw_close(&raw);
	talk_await_connections(talk, 0);
}

static void a_reply_to_a_consumer_that_is_gone_says_so(void **state)
{
	sessio_request *held;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_call(&raw, OP_HOLD, NULL, 0);
	held = talk_take(talk);
	raw_close(&raw);
	talk_await_connections(talk, 0);
	assert_int_equal(sessio_request_reply(held, 0, "x", 1, NULL, 0), SESSIO_OK);
}

static void replies_after_the_provider_has_stopped_free_their_requests(void **state)
{
	sessio_request *held;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_call(&raw, OP_HOLD, "bytes", 5);
	held = talk_take(talk);
	talk_stop_provider(talk);
	assert_int_equal(sessio_request_reply(held, 0, "x", 1, NULL, 0), SESSIO_OK);
	raw_expect_end(&raw, SI_FRAME_REASON_STOPPING);
}

static void unknown_operations_and_kinds_are_unsupported(void **state)
{
	const struct si_frame call = { .kind = SI_FRAME_CALL, .number = 7, .operation = 99 };
	static const unsigned char unknown[] = { 14, 0, 0, 0, 0x7f, 0, 0, 0, 8, 0, 0, 0, 1, 2 };
	struct si_frame reply;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	ask(&raw, &call, SESSIO_UNSUPPORTED);
	raw_send_bytes(&raw, unknown, sizeof(unknown));
	assert_true(raw_receive(&raw, &reply));
	assert_int_equal(reply.kind, SI_FRAME_UNSUPPORTED);
	assert_int_equal(reply.number, 8);
	assert_int_equal(reply.operation, 0x7f);
	raw_call(&raw, OP_ECHO, NULL, 0);
	(void)raw_expect(&raw, raw.number, 0);
	raw_close(&raw);
}

/* --- Rules --- */

static void greetings_out_of_turn_and_versions(void **state)
{
	struct si_frame hello = { .kind = SI_FRAME_HELLO,
		.magic = SI_FRAME_MAGIC,
		.version_min = 2,
		.version = 9,
		.frame_bytes = SI_FRAME_BYTES_MAX };

	(void)state;
	raw_connect(&raw, talk_pipe(talk));
	raw_send(&raw, &hello);
	raw_expect_end(&raw, SI_FRAME_REASON_VERSION);
	raw_connect(&raw, talk_pipe(talk));
	raw_call(&raw, OP_ECHO, NULL, 0);
	raw_expect_end(&raw, SI_FRAME_REASON_ORDER);
	raw_greet(&raw, talk_pipe(talk));
	hello.version_min = 1;
	raw_send(&raw, &hello);
	raw_expect_end(&raw, SI_FRAME_REASON_ORDER);
	talk_await_connections(talk, 0);
}

static void a_consumer_that_is_refused_is_told_so(void **state)
{
	const struct si_frame hello = { .kind = SI_FRAME_HELLO,
		.magic = SI_FRAME_MAGIC,
		.version_min = 1,
		.version = 1,
		.frame_bytes = SI_FRAME_BYTES_MAX };

	(void)state;
	talk_refuse(talk, SESSIO_NO_RIGHTS);
	raw_connect(&raw, talk_pipe(talk));
	raw_send(&raw, &hello);
	raw_expect_end(&raw, SI_FRAME_REASON_REFUSED);
}

static void the_peer_is_this_process(void **state)
{
	sessio_peer peer;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	peer = talk_last_peer(talk);
	assert_true(peer.known);
	assert_int_equal(peer.pid, uv_os_getpid());
#if !defined(_WIN32)
	assert_int_equal(peer.uid, getuid());
	assert_int_equal(peer.gid, getgid());
#endif
	raw_close(&raw);
}

static void a_provider_that_hangs_up_says_so(void **state)
{
	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_call(&raw, OP_HANG_UP, NULL, 0);
	raw_expect_end(&raw, SI_FRAME_REASON_REFUSED);
	talk_await_connections(talk, 0);
}

static void a_number_in_use_ends_the_connection(void **state)
{
	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_call(&raw, OP_LATER, NULL, 0);
	raw.number--;
	raw_call(&raw, OP_ECHO, NULL, 0);
	raw_expect_end(&raw, SI_FRAME_REASON_NUMBER);
	talk_await_connections(talk, 0);
}

static void half_a_frame_and_the_end_leave_nothing(void **state)
{
	unsigned char bytes[] = { 16, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0 };

	(void)state;
	for (size_t size = 0; size < sizeof(bytes); size++) {
		raw_greet(&raw, talk_pipe(talk));
		raw_send_bytes(&raw, bytes, size);
		pipe_end_stop_writing(&raw.end);
		talk_await_connections(talk, 0);
		raw_close(&raw);
	}
}

static void garbage_ends_only_its_own_connection(void **state)
{
	unsigned char garbage[1000];
	struct raw good;

	(void)state;
	memset(garbage, 0xa5, sizeof(garbage));
	raw_greet(&good, talk_pipe(talk));
	for (unsigned i = 0; i < MANY; i++) {
		raw_connect(&raw, talk_pipe(talk));
		raw_send_bytes(&raw, garbage, sizeof(garbage));
		raw_expect_end(&raw, SI_FRAME_REASON_LENGTH);
	}
	raw_call(&good, OP_ECHO, NULL, 0);
	(void)raw_expect(&good, 1, 0);
	raw_close(&good);
}

/* --- Handles --- */

/* Clauses: SG-1, OP-2 */
static void a_session_from_open_to_drop(void **state)
{
	struct si_frame_handle lamp;
	struct si_frame call;
	struct si_frame close;
	struct si_frame drop;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	lamp = raw_open(&raw, LAMP_READ, LAMP_READ);
	assert_int_equal(lamp.rights & 0xffff, LAMP_READ | LAMP_WRITE);
	talk_await_sessions(talk, 1);
	call = request_with(SI_FRAME_CALL, lamp.value);
	call.operation = OP_ECHO;
	ask(&raw, &call, 0);
	close = request_with(SI_FRAME_CLOSE, lamp.value);
	raw_send(&raw, &close);
	assert_true(raw_receive(&raw, &call));
	assert_int_equal(call.kind, SI_FRAME_REVOKED);
	assert_int_equal(call.handles[0].value, lamp.value);
	(void)raw_expect(&raw, close.number, 0);
	talk_await_sessions(talk, 0);
	call = request_with(SI_FRAME_CALL, lamp.value);
	call.operation = OP_ECHO;
	ask(&raw, &call, SESSIO_REVOKED);
	drop = request_with(SI_FRAME_DROP, lamp.value);
	ask(&raw, &drop, 0);
	drop.number = ++raw.number;
	ask(&raw, &drop, SESSIO_INVALID_ARG);
	raw_close(&raw);
}

static Retcode look_at(void *object, void *context, void *ctx)
{
	sessio_session_info *info = ctx;
	char text[200];

	note_that(sessio_session_inspect(context, info) == SESSIO_OK);
	(void)object;
	(void)sessio_session_describe(context, text, sizeof(text));
	note_that(strstr(text, info->opener_thread != 0 ? "open for " : "open (not tracked)") !=
		NULL);
	return rcOk;
}

/* So a provider can say how long its consumers' sessions are open. */
static void a_session_that_a_consumer_opens_says_when(void **state)
{
	sessio_session_info info = { 0 };
	sessio_request *held;
	struct sessio_handle_desc made;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	(void)raw_open(&raw, LAMP_READ, LAMP_READ);
	assert_int_equal(KosSessionWalk(talk_lamp(talk), look_at, &info), rcOk);
	assert_int_equal(info.phase, SESSIO_SESSION_OPEN);
	assert_int_not_equal(info.opener_thread, 0);
	assert_false(info.tracked);
	raw_close(&raw);
	talk_await_sessions(talk, 0);
	/* The provider's own sessions are tracked if it asks for that. */
	raw_greet(&raw, talk_pipe(talk));
	raw_call(&raw, OP_HOLD, NULL, 0);
	held = talk_take(talk);
	made = talk_contain(talk, held);
	assert_int_equal(KosSessionWalk(talk_lamp(talk), look_at, &info), rcOk);
	assert_int_equal(info.opener_thread, 0);
	assert_int_equal(info.opened_ms, 0);
	assert_int_equal(sessio_request_reply(held, 0, NULL, 0, &made, 1), SESSIO_OK);
	(void)raw_expect(&raw, raw.number, 0);
	raw_close(&raw);
}

static void dropping_the_last_handle_ends_the_session(void **state)
{
	struct si_frame_handle lamp;
	struct si_frame drop;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	lamp = raw_open(&raw, LAMP_READ, LAMP_READ);
	drop = request_with(SI_FRAME_DROP, lamp.value);
	ask(&raw, &drop, 0);
	talk_await_sessions(talk, 0);
	raw_close(&raw);
}

static void a_consumer_that_dies_leaves_no_session(void **state)
{
#if !defined(_WIN32)
	unsigned before = descriptors();
#endif

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		raw_greet(&raw, talk_pipe(talk));
		for (unsigned j = 0; j < MANY; j++) {
			(void)raw_open(&raw, LAMP_READ, LAMP_READ);
		}
		raw_close(&raw);
	}
	talk_await_connections(talk, 0);
	talk_await_sessions(talk, 0);
#if !defined(_WIN32)
	assert_int_equal(descriptors(), before);
#endif
}

static void openings_are_refused_for_their_reason(void **state)
{
	struct si_frame open = { .kind = SI_FRAME_OPEN, .name = "lump", .name_size = 4 };

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	open.number = ++raw.number;
	ask(&raw, &open, SESSIO_NOT_FOUND);
	(void)raw_open(&raw, LAMP_WRITE, 0);
	open.name = "lamp";
	open.rights = LAMP_WRITE;
	open.number = ++raw.number;
	ask(&raw, &open, SESSIO_BUSY);
	raw_close(&raw);
	talk_await_sessions(talk, 0);
	raw_greet(&raw, talk_pipe(talk));
	open.bytes = (const unsigned char *)"deny";
	open.size = 4;
	open.number = ++raw.number;
	ask(&raw, &open, SESSIO_REFUSED);
	raw_close(&raw);
}

static void a_handle_of_one_consumer_is_nothing_to_another(void **state)
{
	struct si_frame_handle lamp;
	struct si_frame call;
	struct raw other;

	(void)state;
	raw_greet(&other, talk_pipe(talk));
	raw_greet(&raw, talk_pipe(talk));
	lamp = raw_open(&other, LAMP_READ, LAMP_READ);
	call = request_with(SI_FRAME_CALL, lamp.value);
	call.operation = OP_ECHO;
	ask(&raw, &call, SESSIO_INVALID_ARG);
	raw_close(&raw);
	raw_close(&other);
}

static void a_handle_is_passed_on_with_fewer_rights(void **state)
{
	struct si_frame_handle lamp;
	struct si_frame pass;
	struct si_frame given;
	struct si_frame call = { .kind = SI_FRAME_CALL, .operation = OP_ECHO, .handle_count = 1 };
	struct raw other;

	(void)state;
	raw_greet(&other, talk_pipe(talk));
	raw_greet(&raw, talk_pipe(talk));
	lamp = raw_open(&raw, LAMP_READ, LAMP_READ);
	pass = request_with(SI_FRAME_PASS, lamp.value);
	pass.handles[0].rights = LAMP_READ;
	pass.connection = other.connection;
	ask(&raw, &pass, 0);
	assert_true(raw_receive(&other, &given));
	assert_int_equal(given.kind, SI_FRAME_GIVEN);
	assert_int_equal(given.connection, raw.connection);
	assert_int_equal(given.handles[0].rights, LAMP_READ);
	call.handles[0].value = given.handles[0].value;
	pass.number = ++raw.number;
	pass.connection = UINT32_MAX;
	ask(&raw, &pass, SESSIO_NOT_FOUND);
	raw_close(&raw);
	talk_await_connections(talk, 1);
	call.number = ++other.number;
	ask(&other, &call, 0);
	talk_await_sessions(talk, 1);
	raw_close(&other);
	talk_await_sessions(talk, 0);
}

static void forged_handles_reach_nothing(void **state)
{
	struct si_frame call = { .kind = SI_FRAME_CALL, .operation = OP_ECHO, .handle_count = 1 };
	struct si_frame_handle lamp;
	uint32_t value = 1;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	lamp = raw_open(&raw, LAMP_READ, LAMP_READ);
	for (unsigned i = 0; i < 2000; i++) {
		value = value * 1664525u + 1013904223u;
		if (value != lamp.value) {
			call.handles[0].value = value;
			call.number = ++raw.number;
			ask(&raw, &call, SESSIO_INVALID_ARG);
		}
	}
	raw_close(&raw);
}

static void withdrawing_the_object_revokes_every_handle(void **state)
{
	struct si_frame_handle lamp;
	struct si_frame revoked;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	lamp = raw_open(&raw, LAMP_READ, LAMP_READ);
	talk_withdraw(talk);
	assert_true(raw_receive(&raw, &revoked));
	assert_int_equal(revoked.kind, SI_FRAME_REVOKED);
	assert_int_equal(revoked.handles[0].value, lamp.value);
	talk_await_sessions(talk, 0);
	raw_close(&raw);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_call_is_answered_with_its_bytes),
		TEST(operations_finish_later_and_out_of_turn),
		TEST(operations_finish_on_another_thread),
		TEST(a_cancelled_call_gets_its_one_answer),
		TEST(a_cancellation_crosses_the_reply_of_another_thread),
		TEST(a_call_of_a_consumer_that_is_gone_is_cancelled),
		TEST(a_reply_to_a_consumer_that_is_gone_says_so),
		TEST(replies_after_the_provider_has_stopped_free_their_requests),
		TEST(unknown_operations_and_kinds_are_unsupported),
		TEST(greetings_out_of_turn_and_versions),
		TEST(a_consumer_that_is_refused_is_told_so),
		TEST(the_peer_is_this_process),
		TEST(a_provider_that_hangs_up_says_so),
		TEST(a_number_in_use_ends_the_connection),
		TEST(half_a_frame_and_the_end_leave_nothing),
		TEST(garbage_ends_only_its_own_connection),
		TEST(a_session_from_open_to_drop),
		TEST(a_session_that_a_consumer_opens_says_when),
		TEST(dropping_the_last_handle_ends_the_session),
		TEST(a_consumer_that_dies_leaves_no_session),
		TEST(openings_are_refused_for_their_reason),
		TEST(a_handle_of_one_consumer_is_nothing_to_another),
		TEST(a_handle_is_passed_on_with_fewer_rights),
		TEST(forged_handles_reach_nothing),
		TEST(withdrawing_the_object_revokes_every_handle),
	};
#undef TEST

	return cmocka_run_group_tests_name("transport", tests, NULL, NULL);
}
