/* SPDX-License-Identifier: MIT */
/* Revocations as they cross: reported once each, however they meet with what goes on. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "inside.h"
#include "leaks.h"
#include "raw.h"
#include "talk.h"

#include <uv.h>

#include <coresrv/handle/handle_api.h>
#include <kos/session.h>

#include "transport/transport_provider.h"

static struct talk *talk;
static struct raw raw;
static _Atomic bool revoke_after_transfer; /* the next one */

sessio_status __real_sessio_handle_space_transfer(sessio_handle_space *from,
	const sessio_handle_desc *sent, sessio_handle_space *to, sessio_handle_desc *out_received);
sessio_status __wrap_sessio_handle_space_transfer(sessio_handle_space *from,
	const sessio_handle_desc *sent, sessio_handle_space *to, sessio_handle_desc *out_received);

/* Revokes all handles of the lamp but the provider's own. */
static void revoke_all(void)
{
	Handle handle;

	note_that(KosSessionGetObjectHandle(talk_lamp(talk), &handle) == rcOk);
	note_that(KnHandleRevokeEx(handle, rtl_false) == rcOk);
}

sessio_status __wrap_sessio_handle_space_transfer(sessio_handle_space *from,
	const sessio_handle_desc *sent, sessio_handle_space *to, sessio_handle_desc *out_received)
{
	sessio_status status = __real_sessio_handle_space_transfer(from, sent, to, out_received);

	if (revoke_after_transfer) {
		revoke_after_transfer = false;
		revoke_all();
	}
	return status;
}

static int set_up(void **state)
{
	(void)state;
	talk = talk_start(NULL);
	raw_greet(&raw, talk_pipe(talk));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	raw_close(&raw);
	talk_stop(talk);
	return 0;
}

static void expect_revoked(uint32_t handle)
{
	struct si_frame frame;

	assert_true(raw_receive(&raw, &frame));
	assert_int_equal(frame.kind, SI_FRAME_REVOKED);
	assert_int_equal(frame.handles[0].value, handle);
}

static uint32_t send_with(uint16_t kind, uint32_t operation, uint32_t handle)
{
	const struct si_frame frame = {
		.kind = kind,
		.number = ++raw.number,
		.operation = operation,
		.handle_count = 1,
		.handles = { { handle, 0 } },
	};

	raw_send(&raw, &frame);
	return frame.number;
}

/* A call that holds the session of this handle, so that revocations do not end it. */
static sessio_request *hold(uint32_t handle)
{
	(void)send_with(SI_FRAME_CALL, OP_HOLD, handle);
	return talk_take(talk);
}

static void *context_of(const sessio_request *request)
{
	return (void *)sessio_request_handle(request, 0)->badge;
}

static void a_revocation_that_comes_before_the_record_is_reported(void **state)
{
	struct si_frame open = {
		.kind = SI_FRAME_OPEN, .share = LAMP_READ, .name = "lamp", .name_size = 4
	};
	struct si_frame reported;
	struct si_frame reply;
	uint32_t value;

	(void)state;
	revoke_after_transfer = true;
	open.number = ++raw.number;
	raw_send(&raw, &open);
	assert_true(raw_receive(&raw, &reported));
	assert_int_equal(reported.kind, SI_FRAME_REVOKED);
	value = reported.handles[0].value;
	reply = raw_expect(&raw, open.number, 0);
	assert_int_equal(reply.handles[0].value, value);
	talk_await_sessions(talk, 0);
}

static void a_session_can_be_revoked_again(void **state)
{
	uint32_t first = raw_open(&raw, LAMP_READ, LAMP_READ).value;
	sessio_request *held = hold(first);
	void *context = context_of(held);
	struct sessio_handle_desc more;
	struct si_frame reply;

	(void)state;
	revoke_all();
	expect_revoked(first);
	KosRefObject(context); /* or the end of the request would be its end */
	assert_int_equal(KosSessionContextToIpcHandle(context, &more), rcOk);
	assert_int_equal(sessio_request_reply(held, 0, NULL, 0, &more, 1), SESSIO_OK);
	reply = raw_expect(&raw, raw.number, 0);
	assert_int_equal(reply.handle_count, 1);
	assert_int_equal(talk_sessions(talk), 1);
	revoke_all();
	expect_revoked(reply.handles[0].value);
	KosPutObject(context);
	talk_await_sessions(talk, 0);
}

/* On the loop's thread, which hears of both at once. */
static void revoke_twice(struct talk *unused, void *held)
{
	struct sessio_handle_desc more;
	struct sessio_handle_desc received;
	sessio_handle_space *elsewhere;

	(void)unused;
	note_that(sessio_handle_space_create(&elsewhere) == SESSIO_OK);
	revoke_all();
	note_that(KosSessionContextToIpcHandle(context_of(held), &more) == rcOk);
	note_that(sessio_handle_space_transfer(
			  sessio_handle_space_own(), &more, elsewhere, &received) == SESSIO_OK);
	note_that(sessio_handle_space_close(elsewhere, received.handle) == SESSIO_OK);
	sessio_handle_space_destroy(elsewhere);
}

static void two_revocations_at_once_are_reported_as_one(void **state)
{
	uint32_t handle = raw_open(&raw, LAMP_READ, LAMP_READ).value;
	sessio_request *held = hold(handle);

	(void)state;
	talk_do(talk, revoke_twice, held);
	expect_revoked(handle);
	assert_int_equal(sessio_request_reply(held, 0, NULL, 0, NULL, 0), SESSIO_OK);
	(void)raw_expect(&raw, raw.number, 0);
	talk_await_sessions(talk, 0);
}

static void revoke_and_drop(struct talk *unused, void *held)
{
	struct si_peer *peer = &sessio_request_connection(held)->peer;

	(void)unused;
	revoke_all();
	note_that(si_peer_drop(peer,
			  (uint32_t)SI_LIST_ELEMENT(peer->all.first, struct si_delivered, of_peer)
				  ->by_value.key) == SESSIO_OK);
}

static void a_handle_that_is_dropped_meanwhile_is_not_reported(void **state)
{
	uint32_t handle = raw_open(&raw, LAMP_READ, LAMP_READ).value;
	sessio_request *held = hold(handle);

	(void)state;
	talk_do(talk, revoke_and_drop, held);
	assert_int_equal(sessio_request_reply(held, 0, NULL, 0, NULL, 0), SESSIO_OK);
	(void)raw_expect(&raw, raw.number, 0);
	raw_call(&raw, OP_ECHO, NULL, 0);
	(void)raw_expect(&raw, raw.number, 0);
	talk_await_sessions(talk, 0);
}

static void a_dropped_handle_leaves_no_record(void **state)
{
	const unsigned rounds = 300;
	size_t before = 0;

	(void)state;
	for (unsigned i = 0; i < rounds; i++) {
		uint32_t handle = raw_open(&raw, LAMP_READ, LAMP_READ).value;

		(void)raw_expect(&raw, send_with(SI_FRAME_DROP, 0, handle), 0);
		if (i == rounds / 3) {
			before = leaks_live();
		}
	}
	/* Some come and go with the frames on their way, and the space's slots. */
	assert_in_range(leaks_live(), 0, before + rounds / 3);
}

static void a_reply_that_comes_too_late_leaves_no_session(void **state)
{
	uint32_t handle = raw_open(&raw, LAMP_READ, LAMP_READ).value;
	sessio_request *held = hold(handle);
	struct sessio_handle_desc desc;

	(void)state;
	raw_close(&raw);
	talk_await_connections(talk, 0);
	desc = talk_contain(talk, held);
	assert_int_equal(sessio_request_reply(held, 0, NULL, 0, &desc, 1), SESSIO_OK);
	talk_await_sessions(talk, 0);
	raw_greet(&raw, talk_pipe(talk));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_revocation_that_comes_before_the_record_is_reported),
		TEST(a_session_can_be_revoked_again),
		TEST(two_revocations_at_once_are_reported_as_one),
		TEST(a_handle_that_is_dropped_meanwhile_is_not_reported),
		TEST(a_dropped_handle_leaves_no_record),
		TEST(a_reply_that_comes_too_late_leaves_no_session),
	};
#undef TEST

	return cmocka_run_group_tests_name("transport_revocation_race", tests, NULL, NULL);
}
