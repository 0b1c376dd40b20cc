/* SPDX-License-Identifier: MIT */
/* Revocations: of very many handles at once, of some of a session's, and to whom they go. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "inside.h"
#include "raw.h"
#include "talk.h"

#include <string.h>

#include <kos/session.h>
#include <sessio/handle_space.h>

#include "resource/session_handle.h"
#include "transport/transport_provider.h"

#define MANY 300000u

static struct raw raw;

struct heard {
	unsigned revoked;
	sessio_remote_handle handle;
	bool disconnected;
};

static void on_revoked(void *ctx, uint32_t handle)
{
	(void)handle;
	((struct heard *)ctx)->revoked++;
}

static void on_disconnected(void *ctx, const char *reason)
{
	(void)reason;
	((struct heard *)ctx)->disconnected = true;
}

static const sessio_consumer_ops ops = { .revoked = on_revoked, .disconnected = on_disconnected };

static void keep_handle(void *ctx, const sessio_reply *reply)
{
	((struct heard *)ctx)->handle = reply->handles[0];
}

/* On the provider's thread: gives the connection many more handles of its session. */
struct gift {
	uint32_t connection;
	uint32_t value;
	unsigned count;
	uint32_t last; /* the value of the last one */
};

static void give_many(struct talk *talk, void *arg)
{
	struct gift *gift = arg;
	struct sessio_connection *to = si_provider_find(talk_provider(talk), gift->connection);
	struct sessio_handle_desc received;
	struct sessio_handle_desc sent;
	struct si_frame_handle given;

	if (!note_that(to != NULL) ||
		!note_that(si_peer_receive(&to->peer, gift->value, &received) == SESSIO_OK) ||
		!note_that(si_session_handle_fill((void *)received.badge, &sent) == SESSIO_OK)) {
		return;
	}
	for (unsigned i = 0; i < gift->count; i++) {
		note_that(si_peer_give(&to->peer, &sent, &given) == SESSIO_OK);
		gift->last = given.value;
	}
	si_peer_release(&received);
}

/* With one frame for each in the queue this would be more than a queue takes. */
static void very_many_handles_are_revoked_at_once(void **state)
{
	struct talk *talk = talk_start(NULL);
	struct heard heard = { 0 };
	const sessio_consumer_options options = {
		.pipe = talk_pipe(talk), .ops = &ops, .ctx = &heard
	};
	const sessio_call open = { .kind = SESSIO_CALL_OPEN, .name = "lamp", .share = 3 };
	struct gift gift = { .count = MANY };
	sessio_consumer *consumer;

	(void)state;
	assert_int_equal(sessio_consumer_connect(&options, SESSIO_FOREVER, &consumer), SESSIO_OK);
	assert_int_equal(sessio_consumer_call(consumer, &open, keep_handle, &heard, SESSIO_FOREVER),
		SESSIO_OK);
	gift.connection = sessio_consumer_number(consumer);
	gift.value = heard.handle.value;
	talk_do(talk, give_many, &gift);
	notes_assert();
	talk_withdraw(talk);
	while (heard.revoked < MANY + 1 && !heard.disconnected) {
		(void)sessio_consumer_wait(consumer, SESSIO_FOREVER);
	}
	assert_false(heard.disconnected);
	assert_int_equal(heard.revoked, MANY + 1);
	sessio_consumer_close(consumer);
	talk_stop(talk);
}

/* It reads nothing until its sessions are gone, and hears of each of them all the same. */
static void a_consumer_that_reads_late_hears_of_every_revocation(void **state)
{
	const sessio_transport_limits limits = { .requests = 1, .queue_bytes = 2 * 65536 };
	struct talk *talk = talk_start(&limits);
	struct gift gift = { .count = 20000 };
	struct si_frame frame;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	gift.connection = raw.connection;
	gift.value = raw_open(&raw, 0, 3).value;
	talk_do(talk, give_many, &gift);
	notes_assert();
	talk_withdraw(talk);
	talk_await_sessions(talk, 0);
	for (unsigned i = 0; i < gift.count + 1; i++) {
		assert_true(raw_receive(&raw, &frame));
		assert_string_equal(si_frame_kind_name(frame.kind), "REVOKED");
	}
	raw_call(&raw, OP_ECHO, NULL, 0);
	(void)raw_expect(&raw, raw.number, 0);
	raw_close(&raw);
	talk_stop(talk);
}

/* The line of those that wait is longer than what a pipe takes. */
static void a_handle_that_is_dropped_leaves_the_line(void **state)
{
	struct talk *talk = talk_start(NULL);
	struct gift gift = { .count = 20000 };
	struct si_frame drop = { .kind = SI_FRAME_DROP, .handle_count = 1 };
	struct si_frame frame;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	gift.connection = raw.connection;
	gift.value = raw_open(&raw, 0, 3).value;
	talk_do(talk, give_many, &gift);
	notes_assert();
	talk_withdraw(talk);
	talk_await_sessions(talk, 0);
	drop.number = ++raw.number;
	drop.handles[0].value = gift.last;
	raw_send(&raw, &drop);
	raw_call(&raw, OP_ECHO, NULL, 0);
	talk_await_calls(talk, 1); /* so the drop was served, too */
	for (unsigned i = 0; i < gift.count; i++) {
		assert_true(raw_receive(&raw, &frame));
		assert_string_equal(si_frame_kind_name(frame.kind), "REVOKED");
		assert_int_not_equal(frame.handles[0].value, gift.last);
	}
	(void)raw_expect(&raw, drop.number, 0);
	(void)raw_expect(&raw, raw.number, 0);
	raw_close(&raw);
	talk_stop(talk);
}

/* --- Users who leave --- */

static sessio_host *host;
static sessio_user_session *user;

static void log_on(struct talk *talk)
{
	assert_int_equal(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host), SESSIO_OK);
	assert_int_equal(sessio_host_adopt(host, 1, SESSIO_USER_STATE_LOGGED_ON, 0), SESSIO_OK);
	assert_int_equal(sessio_host_find_session(host, 1, &user), SESSIO_OK);
	talk_bind(talk, user);
}

static void log_off(void)
{
	assert_int_equal(sessio_host_post(host, 1, SESSIO_USER_EVENT_LOGOFF, 0, NULL), SESSIO_OK);
}

static void forget_user(struct talk *talk)
{
	talk_bind(talk, NULL);
	sessio_user_session_unref(user);
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
}

/* Gives another consumer a handle, and returns the number that it has there. */
static uint32_t pass(struct raw *from, uint32_t value, struct raw *to)
{
	struct si_frame frame = { .kind = SI_FRAME_PASS, .handle_count = 1 };

	frame.number = ++from->number;
	frame.connection = to->connection;
	frame.handles[0] = (struct si_frame_handle){ value, LAMP_READ | SESSIO_HANDLE_TRANSFER };
	raw_send(from, &frame);
	(void)raw_expect(from, from->number, SESSIO_OK);
	assert_true(raw_receive(to, &frame));
	assert_string_equal(si_frame_kind_name(frame.kind), "GIVEN");
	assert_int_equal(frame.connection, from->connection);
	return frame.handles[0].value;
}

static void expect_revoked(struct raw *self, uint32_t value)
{
	struct si_frame frame;

	assert_true(raw_receive(self, &frame));
	assert_string_equal(si_frame_kind_name(frame.kind), "REVOKED");
	assert_int_equal(frame.handles[0].value, value);
}

/* A call, or another request with one handle. */
static void use(struct raw *self, uint16_t kind, uint32_t value, int32_t code)
{
	struct si_frame frame = { .kind = kind, .handle_count = 1, .operation = OP_ECHO };

	frame.number = ++self->number;
	frame.handles[0].value = value;
	raw_send(self, &frame);
	(void)raw_expect(self, self->number, code);
}

static void a_logoff_takes_what_was_passed_on(void **state)
{
	struct talk *talk = talk_start(NULL);
	struct raw other;
	uint32_t lamp;
	uint32_t given;

	(void)state;
	raw_greet(&other, talk_pipe(talk));
	log_on(talk);
	raw_greet(&raw, talk_pipe(talk));
	lamp = raw_open(&raw, LAMP_READ, LAMP_READ).value;
	given = pass(&raw, lamp, &other);
	use(&other, SI_FRAME_CALL, given, SESSIO_OK);
	log_off();
	expect_revoked(&raw, lamp);
	expect_revoked(&other, given);
	use(&other, SI_FRAME_CALL, given, SESSIO_REVOKED);
	talk_await_sessions(talk, 0);
	raw_close(&raw);
	raw_close(&other);
	talk_await_connections(talk, 0);
	forget_user(talk);
	talk_stop(talk);
}

/* Another's session goes on; the handles of the one who leaves go, and those behind them. */
static void a_logoff_takes_what_was_received(void **state)
{
	struct talk *talk = talk_start(NULL);
	struct si_frame again = { .kind = SI_FRAME_PASS, .handle_count = 1 };
	struct raw owner;
	struct raw last;
	uint32_t lamp;
	uint32_t given;
	uint32_t behind;

	(void)state;
	raw_greet(&owner, talk_pipe(talk));
	raw_greet(&last, talk_pipe(talk));
	log_on(talk);
	raw_greet(&raw, talk_pipe(talk)); /* the one who leaves */
	lamp = raw_open(&owner, LAMP_READ, LAMP_READ).value;
	given = pass(&owner, lamp, &raw);
	behind = pass(&raw, given, &last);
	log_off();
	expect_revoked(&raw, given);
	expect_revoked(&last, behind);
	use(&raw, SI_FRAME_CALL, given, SESSIO_REVOKED);
	use(&last, SI_FRAME_CALL, behind, SESSIO_REVOKED);
	use(&owner, SI_FRAME_CALL, lamp, SESSIO_OK);
	again.number = ++owner.number;
	again.connection = raw.connection;
	again.handles[0] = (struct si_frame_handle){ lamp, LAMP_READ };
	raw_send(&owner, &again);
	(void)raw_expect(&owner, owner.number, SESSIO_BAD_STATE);
	use(&raw, SI_FRAME_DROP, given, SESSIO_OK);
	use(&last, SI_FRAME_DROP, behind, SESSIO_OK);
	talk_await_sessions(talk, 1);
	use(&owner, SI_FRAME_DROP, lamp, SESSIO_OK); /* the last valid handle */
	talk_await_sessions(talk, 0);
	raw_close(&raw);
	raw_close(&last);
	raw_close(&owner);
	talk_await_connections(talk, 0);
	forget_user(talk);
	talk_stop(talk);
}

static void a_consumer_whose_user_has_left_opens_and_gets_nothing(void **state)
{
	struct talk *talk = talk_start(NULL);
	struct si_frame open = { .kind = SI_FRAME_OPEN,
		.rights = LAMP_READ,
		.share = 3,
		.name = "lamp",
		.name_size = 4 };
	uint32_t lamp;

	(void)state;
	log_on(talk);
	raw_greet(&raw, talk_pipe(talk));
	lamp = raw_open(&raw, LAMP_READ, 3).value;
	log_off();
	expect_revoked(&raw, lamp);
	open.number = ++raw.number;
	raw_send(&raw, &open);
	(void)raw_expect(&raw, raw.number, SESSIO_BAD_STATE);
	use(&raw, SI_FRAME_DROP, lamp, SESSIO_OK);
	raw_close(&raw);
	talk_await_connections(talk, 0);
	talk_await_sessions(talk, 0);
	forget_user(talk);
	talk_stop(talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(very_many_handles_are_revoked_at_once),
		cmocka_unit_test(a_consumer_that_reads_late_hears_of_every_revocation),
		cmocka_unit_test(a_handle_that_is_dropped_leaves_the_line),
		cmocka_unit_test(a_logoff_takes_what_was_passed_on),
		cmocka_unit_test(a_logoff_takes_what_was_received),
		cmocka_unit_test(a_consumer_whose_user_has_left_opens_and_gets_nothing),
	};

	return cmocka_run_group_tests_name("transport_revocation", tests, NULL, NULL);
}
