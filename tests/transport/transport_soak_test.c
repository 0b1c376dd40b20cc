/* SPDX-License-Identifier: MIT */
/*
 * The same work round after round, with a consumer that stays and others that come and
 * go. After each round the provider's process holds as many bytes as after the one
 * before. SESSIO_SOAK says how many rounds there are.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "holding.h"
#include "inside.h"
#include "leaks.h"
#include "random.h"
#include "talk.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <sessio/handle_space.h>
#include <sessio/host.h>
#include <sessio/user_session.h>

#include "platform/hooks.h"
#include "resource/handle_space.h"

#define ROUNDS 25u
/* A space gives out a closed number again after 1024 others: then it grows no more. */
#define WARM_UP 10u
#define OPENINGS 100u
#define A_THING 32u /* bytes by which the room of an allocation may differ */
#define GUESTS 3u
#define GUEST_OPENINGS 8u

static struct talk *talk;
static sessio_consumer *resident;
static sessio_remote_handle given[GUESTS * GUEST_OPENINGS];
static unsigned given_count;
static unsigned revoked_count;
static _Atomic size_t bytes; /* that the library holds */

static void count_in(void *memory, size_t size)
{
	(void)size;
	atomic_fetch_add_explicit(&bytes, malloc_usable_size(memory), memory_order_relaxed);
}

static void count_out(void *memory)
{
	atomic_fetch_sub_explicit(&bytes, malloc_usable_size(memory), memory_order_relaxed);
}

static void on_given(void *ctx, sessio_remote_handle handle, uint32_t from)
{
	(void)ctx;
	(void)from;
	if (note_that(given_count < GUESTS * GUEST_OPENINGS)) {
		given[given_count++] = handle;
	}
}

static void on_revoked(void *ctx, uint32_t handle)
{
	(void)ctx;
	(void)handle;
	revoked_count++;
}

static const sessio_consumer_ops ops = { .given = on_given, .revoked = on_revoked };

static void keep_first(void *ctx, const sessio_reply *reply)
{
	if (reply->handle_count != 0) {
		*(sessio_remote_handle *)ctx = reply->handles[0];
	}
}

static sessio_consumer *new_consumer(const sessio_consumer_ops *with)
{
	const sessio_consumer_options options = { .pipe = talk_pipe(talk), .ops = with };
	sessio_consumer *consumer;

	assert_int_equal(sessio_consumer_connect(&options, SESSIO_FOREVER, &consumer), SESSIO_OK);
	return consumer;
}

static sessio_remote_handle open_lamp(sessio_consumer *consumer)
{
	const sessio_call open = {
		.kind = SESSIO_CALL_OPEN, .name = "lamp", .share = UINT32_MAX, .rights = LAMP_READ
	};
	sessio_remote_handle handle;

	assert_int_equal(sessio_consumer_call(consumer, &open, keep_first, &handle, SESSIO_FOREVER),
		SESSIO_OK);
	return handle;
}

static void tell(sessio_consumer *consumer, sessio_call_kind kind, sessio_remote_handle handle)
{
	const sessio_call call = { .kind = kind,
		.handles = &handle,
		.handle_count = 1,
		.connection = sessio_consumer_number(resident) };

	assert_int_equal(
		sessio_consumer_call(consumer, &call, NULL, NULL, SESSIO_FOREVER), SESSIO_OK);
}

static sessio_status call(sessio_consumer *consumer, uint32_t operation,
	const sessio_remote_handle *handle, sessio_remote_handle *out_handle)
{
	static const unsigned char some[1000];
	const sessio_call call = { .kind = SESSIO_CALL_OPERATION,
		.operation = operation,
		.handles = handle,
		.handle_count = 1,
		.bytes = some,
		.size = sizeof(some) };

	return sessio_consumer_call(consumer, &call, keep_first, out_handle,
		operation == OP_UNTIL_CANCELLED ? 1 : SESSIO_FOREVER);
}

/* The resident opens, operates, copies and closes. */
static void reside(void)
{
	for (unsigned i = 0; i < OPENINGS; i++) {
		sessio_remote_handle handle = open_lamp(resident);
		sessio_remote_handle again;

		assert_int_equal(call(resident, OP_ECHO, &handle, &again), SESSIO_OK);
		assert_int_equal(call(resident, OP_AGAIN, &handle, &again), SESSIO_OK);
		tell(resident, SESSIO_CALL_DROP, again);
		if (i % 2 == 0) {
			tell(resident, SESSIO_CALL_CLOSE, handle);
		}
		tell(resident, SESSIO_CALL_DROP, handle);
	}
}

/* Guests pass handles to the resident, and go with all they have. */
static void visit(void)
{
	for (unsigned i = 0; i < GUESTS; i++) {
		sessio_consumer *guest = new_consumer(NULL);
		sessio_remote_handle none;

		for (unsigned j = 0; j < GUEST_OPENINGS; j++) {
			sessio_remote_handle handle = open_lamp(guest);

			tell(guest, SESSIO_CALL_PASS,
				(sessio_remote_handle){ handle.value, LAMP_READ });
			assert_int_equal(call(guest, OP_ELSEWHERE, &handle, &none), SESSIO_OK);
			if (j == 0) {
				(void)call(guest, OP_UNTIL_CANCELLED, &handle, &none);
			}
		}
		sessio_consumer_close(guest);
	}
	while (given_count < GUESTS * GUEST_OPENINGS) {
		assert_int_equal(sessio_consumer_wait(resident, SESSIO_FOREVER), SESSIO_OK);
	}
}

static void drop_the_given(void)
{
	while (given_count != 0) {
		tell(resident, SESSIO_CALL_DROP, given[--given_count]);
	}
}

/* The lamp goes and comes, and the resident learns which handles are revoked. */
static void withdraw(void)
{
	revoked_count = 0;
	talk_withdraw(talk);
	while (revoked_count < given_count) {
		assert_int_equal(sessio_consumer_wait(resident, SESSIO_FOREVER), SESSIO_OK);
	}
	talk_offer(talk);
}

/* A user comes, opens and is logged off. */
static void log_off(void)
{
	sessio_user_session *user = NULL;
	sessio_consumer *guest;
	sessio_host *host;

	assert_int_equal(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host), SESSIO_OK);
	assert_int_equal(sessio_host_adopt(host, 1, SESSIO_USER_STATE_LOGGED_ON, 0), SESSIO_OK);
	assert_int_equal(sessio_host_find_session(host, 1, &user), SESSIO_OK);
	talk_bind(talk, user);
	guest = new_consumer(NULL);
	(void)open_lamp(guest);
	assert_int_equal(sessio_host_post(host, 1, SESSIO_USER_EVENT_LOGOFF, 0, NULL), SESSIO_OK);
	assert_int_equal(sessio_consumer_wait(guest, SESSIO_FOREVER), SESSIO_OK);
	sessio_consumer_close(guest);
	talk_bind(talk, NULL);
	talk_await_connections(talk, 1);
	sessio_user_session_unref(user);
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
}

static void go_round(unsigned round)
{
	visit();
	if (round % 3 == 0) {
		withdraw();
	}
	drop_the_given();
	if (round % 4 == 0) {
		log_off();
	}
	/* The last: with it the lamp has its own handle again. */
	reside();
	notes_assert();
}

/*
 * The process's own space has a number for the lamp each time that it is offered, which
 * would need thousands of rounds to come round.
 */
static void use_up_numbers(void)
{
	for (unsigned i = 0; i < 4096; i++) {
		uint32_t handle;

		assert_int_equal(sessio_handle_space_create_object(
					 sessio_handle_space_own(), 0, NULL, &handle),
			SESSIO_OK);
		assert_int_equal(
			sessio_handle_space_close(sessio_handle_space_own(), handle), SESSIO_OK);
	}
}

static void memory_is_flat(void **state)
{
	const char *text = getenv("SESSIO_SOAK");
	unsigned rounds = text == NULL ? ROUNDS : (unsigned)strtoul(text, NULL, 10);
	struct holding before = { 0 };
	size_t bytes_before = 0;

	(void)state;
	assert_true(rounds > WARM_UP);
	talk = talk_start(NULL);
	use_up_numbers();
	resident = new_consumer(&ops);
	for (unsigned round = 0; round < rounds; round++) {
		go_round(round);
		if (round < WARM_UP) {
			before = holding_take(talk, 1, 0);
			bytes_before = atomic_load(&bytes);
			continue;
		}
		holding_check(talk, 1, 0, &before);
		/* The same allocation may have some more room at another place. */
		assert_true(atomic_load(&bytes) <= bytes_before + A_THING * before.things);
	}
	print_message("%zu bytes in %zu allocations and locks after each of %u rounds\n",
		bytes_before, before.things, rounds);
	sessio_consumer_close(resident);
	talk_stop(talk);
	/* It has grown, and a leak sanitizer does not find its way to what it keeps. */
	si_handle_space_end_own();
	leaks_allow(1); /* the lock of revocations */
}

int main(void)
{
	static const struct si_hooks hooks = { .allocated = count_in, .freeing = count_out };
	const struct CMUnitTest tests[] = { cmocka_unit_test(memory_is_flat) };

	leaks_hook(&hooks);
	return cmocka_run_group_tests_name("transport_soak", tests, NULL, NULL);
}
