/* SPDX-License-Identifier: MIT */
/* Revocations: of very many handles at once, of some of a session's, and to whom they go. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "inside.h"
#include "talk.h"

#include <string.h>

#include <kos/session.h>

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
};

static void give_many(struct talk *talk, void *arg)
{
	const struct gift *gift = arg;
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
	struct gift gift = { .count = 50000 };
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(very_many_handles_are_revoked_at_once),
		cmocka_unit_test(a_consumer_that_reads_late_hears_of_every_revocation),
	};

	return cmocka_run_group_tests_name("transport_revocation", tests, NULL, NULL);
}
