/* SPDX-License-Identifier: MIT */
/* Every limit, just under and just over; and consumers that flood, hang and are killed. */
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
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <uv.h>

static struct raw raw;

static struct si_frame call_of(size_t frame_bytes)
{
	static unsigned char bytes[SI_FRAME_BYTES_MAX];

	return (struct si_frame){ .kind = SI_FRAME_CALL,
		.number = 1,
		.operation = OP_ECHO,
		.bytes = bytes,
		.size = frame_bytes - 16 };
}

static void a_frame_as_large_as_the_provider_takes(void **state)
{
	const sessio_transport_limits limits = { .frame_bytes = 512 };
	struct talk *talk = talk_start(&limits);
	struct si_frame call = call_of(512);

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	assert_int_equal(raw.frame_bytes, 512);
	raw_send(&raw, &call);
	(void)raw_expect(&raw, 1, 0);
	call.size++;
	raw_send(&raw, &call);
	raw_expect_end(&raw, SI_FRAME_REASON_LENGTH);
	talk_stop(talk);
}

static void an_answer_as_large_as_the_consumer_takes(void **state)
{
	uint32_t fits = SI_FRAME_BYTES_MAX - 16;
	struct talk *talk = talk_start(NULL);

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_call(&raw, OP_MUCH, &fits, 4);
	assert_int_equal(raw_expect(&raw, 1, 0).size, fits);
	fits++;
	raw_call(&raw, OP_MUCH, &fits, 4);
	assert_int_equal(raw_expect(&raw, 2, SESSIO_LIMIT).size, 0);
	raw_close(&raw);
	talk_stop(talk);
}

static void as_many_requests_in_flight_as_allowed(void **state)
{
	const sessio_transport_limits limits = { .requests = 3 };
	struct talk *talk = talk_start(&limits);

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	for (unsigned i = 0; i < 2; i++) {
		raw_call(&raw, OP_LATER, NULL, 0);
		raw_call(&raw, OP_LATER, NULL, 0);
		raw_call(&raw, OP_FINISH, NULL, 0);
		(void)raw_expect(&raw, 3 * i + 1, 0);
		(void)raw_expect(&raw, 3 * i + 2, 0);
		(void)raw_expect(&raw, 3 * i + 3, 0);
	}
	for (unsigned i = 0; i < 4; i++) {
		raw_call(&raw, OP_LATER, NULL, 0);
	}
	raw_expect_end(&raw, SI_FRAME_REASON_FLOOD);
	talk_await_connections(talk, 0);
	talk_stop(talk);
}

static void as_many_connections_as_allowed(void **state)
{
	const sessio_transport_limits limits = { .connections = 2 };
	struct talk *talk = talk_start(&limits);
	struct raw first;
	struct raw second;

	(void)state;
	raw_greet(&first, talk_pipe(talk));
	raw_greet(&second, talk_pipe(talk));
	raw_connect(&raw, talk_pipe(talk));
	raw_expect_end(&raw, SI_FRAME_REASON_REFUSED);
	raw_close(&first);
	talk_await_connections(talk, 1);
	raw_greet(&raw, talk_pipe(talk));
	raw_close(&raw);
	raw_close(&second);
	talk_stop(talk);
}

static void as_many_handles_as_allowed(void **state)
{
	const sessio_transport_limits limits = { .handles = 2 };
	struct talk *talk = talk_start(&limits);
	struct si_frame frame = { .kind = SI_FRAME_OPEN, .name = "lamp", .name_size = 4 };
	struct si_frame_handle lamp;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	lamp = raw_open(&raw, 0, 3);
	(void)raw_open(&raw, 0, 3);
	frame.share = 3;
	frame.number = ++raw.number;
	raw_send(&raw, &frame);
	(void)raw_expect(&raw, raw.number, SESSIO_LIMIT);
	talk_await_sessions(talk, 2);
	frame = (struct si_frame){ .kind = SI_FRAME_DROP, .number = ++raw.number };
	frame.handle_count = 1;
	frame.handles[0].value = lamp.value;
	raw_send(&raw, &frame);
	(void)raw_expect(&raw, raw.number, 0);
	(void)raw_open(&raw, 0, 3);
	raw_close(&raw);
	talk_stop(talk);
}

/* Asks to give another consumer a handle. */
static void pass(struct raw *from, uint32_t value, const struct raw *to, int32_t code)
{
	struct si_frame frame = { .kind = SI_FRAME_PASS, .handle_count = 1 };

	frame.number = ++from->number;
	frame.connection = to->connection;
	frame.handles[0] = (struct si_frame_handle){ value, LAMP_READ };
	raw_send(from, &frame);
	(void)raw_expect(from, from->number, code);
}

static uint32_t next_given(struct raw *self)
{
	struct si_frame frame;

	assert_true(raw_receive(self, &frame));
	assert_int_equal(frame.kind, SI_FRAME_GIVEN);
	return frame.handles[0].value;
}

/* Two from each other consumer, and three from all, which is half of six. */
static void as_many_handles_passed_as_allowed(void **state)
{
	const sessio_transport_limits limits = { .handles = 6, .passed = 2 };
	struct talk *talk = talk_start(&limits);
	struct si_frame drop = { .kind = SI_FRAME_DROP, .handle_count = 1 };
	struct raw giver;
	struct raw other;
	uint32_t lamp;
	uint32_t others;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_greet(&giver, talk_pipe(talk));
	raw_greet(&other, talk_pipe(talk));
	lamp = raw_open(&giver, 0, 3).value;
	others = raw_open(&other, 0, 3).value;
	pass(&giver, lamp, &raw, SESSIO_OK);
	pass(&giver, lamp, &raw, SESSIO_OK);
	pass(&giver, lamp, &raw, SESSIO_LIMIT);
	pass(&other, others, &raw, SESSIO_OK);
	pass(&other, others, &raw, SESSIO_LIMIT);
	drop.handles[0].value = next_given(&raw);
	(void)next_given(&raw);
	(void)next_given(&raw);
	(void)raw_open(&raw, 0, 3); /* the other half is its own */
	(void)raw_open(&raw, 0, 3);
	(void)raw_open(&raw, 0, 3);
	drop.number = ++raw.number;
	raw_send(&raw, &drop);
	(void)raw_expect(&raw, raw.number, 0);
	pass(&giver, lamp, &raw, SESSIO_OK);
	pass(&giver, lamp, &raw, SESSIO_LIMIT);
	raw_close(&giver);
	raw_close(&other);
	raw_close(&raw);
	talk_stop(talk);
}

static void as_many_handles_in_a_frame_as_allowed(void **state)
{
	unsigned char bytes[12 + 9 * 8 + 4] = { sizeof(bytes), 0, 0, 0, 3, 0, 9, 0, 2, 0, 0, 0 };
	struct talk *talk = talk_start(NULL);
	struct si_frame call = {
		.kind = SI_FRAME_CALL, .operation = OP_ECHO, .handle_count = SI_FRAME_HANDLES_MAX
	};

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	for (unsigned i = 0; i < SI_FRAME_HANDLES_MAX; i++) {
		call.handles[i] = raw_open(&raw, 0, 3);
	}
	call.number = ++raw.number;
	raw_send(&raw, &call);
	(void)raw_expect(&raw, raw.number, 0);
	raw_send_bytes(&raw, bytes, sizeof(bytes));
	raw_expect_end(&raw, SI_FRAME_REASON_HANDLES);
	talk_stop(talk);
}

static void a_name_as_long_as_a_pipe_can_have(void **state)
{
	static const sessio_provider_ops no_ops;
#if defined(_WIN32)
	static const char folder[] = "\\\\.\\pipe\\";
	const size_t too_long = 256;
#else
	static const char folder[] = "/tmp/";
	const size_t too_long = 108;
#endif
	char name[300];
	uv_loop_t loop;
	sessio_provider *provider;
	sessio_provider_options options = { .loop = &loop, .pipe = name, .ops = &no_ops };

	(void)state;
	memset(name, 'n', sizeof(name));
	name[too_long] = '\0';
	memcpy(name, folder, sizeof(folder) - 1);
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(sessio_provider_start(&options, &provider), SESSIO_INVALID_ARG);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void a_greeting_that_does_not_come_is_not_awaited(void **state)
{
	const sessio_transport_limits limits = { .greeting_ms = 20 };
	struct talk *talk = talk_start(&limits);

	(void)state;
	raw_connect(&raw, talk_pipe(talk));
	raw_expect_end(&raw, SI_FRAME_REASON_TIME);
	talk_stop(talk);
}

#define CALLS 100u

/* On a thread of its own, which cannot go on while the provider does not read. */
static void send_calls(void *unused)
{
	const struct si_frame call = call_of(SI_FRAME_BYTES_MAX);
	unsigned char *bytes = malloc(SI_FRAME_BYTES_MAX);

	(void)unused;
	note_that(bytes != NULL);
	if (bytes != NULL) {
		si_frame_write(&call, bytes);
		for (unsigned i = 0; i < CALLS; i++) {
			note_that(pipe_end_write(raw.end, bytes, SI_FRAME_BYTES_MAX));
		}
	}
	free(bytes);
}

/* The consumer sends and does not read, until the provider does not read either. */
static void a_consumer_that_does_not_read_is_not_read(void **state)
{
	const sessio_transport_limits limits = { .requests = 1, .queue_bytes = 2 * 65536 };
	struct talk *talk = talk_start(&limits);
	uv_thread_t sender;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	assert_int_equal(uv_thread_create(&sender, send_calls, NULL), 0);
	/* Every call is answered: it was never ended for its slowness. */
	for (unsigned i = 0; i < CALLS; i++) {
		assert_int_equal(raw_expect(&raw, 1, 0).size, call_of(SI_FRAME_BYTES_MAX).size);
	}
	assert_int_equal(uv_thread_join(&sender), 0);
	raw_close(&raw);
	talk_stop(talk);
}

#if !defined(_WIN32)
/* Killed at every byte of a frame, with a session and a request. */
static void killed_consumers_leave_nothing(void **state)
{
	struct talk *talk = talk_start(NULL);
	unsigned before = descriptors();

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		pid_t child;

		raw_greet(&raw, talk_pipe(talk));
		(void)raw_open(&raw, 0, 3);
		raw_call(&raw, OP_UNTIL_CANCELLED, NULL, 0);
		child = fork();
		if (child == 0) {
			static const unsigned char part[] = { 16, 0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0,
				7, 0, 0, 0, 16, 0, 0, 0, 3, 0 };

			(void)!write((int)raw.end, part, i % (sizeof(part) + 1));
			for (;;) {
				(void)pause();
			}
		}
		raw_close(&raw);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
	}
	talk_await_connections(talk, 0);
	talk_await_sessions(talk, 0);
	assert_int_equal(descriptors(), before);
	talk_stop(talk);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_as_large_as_the_provider_takes),
		cmocka_unit_test(an_answer_as_large_as_the_consumer_takes),
		cmocka_unit_test(as_many_requests_in_flight_as_allowed),
		cmocka_unit_test(as_many_connections_as_allowed),
		cmocka_unit_test(as_many_handles_as_allowed),
		cmocka_unit_test(as_many_handles_in_a_frame_as_allowed),
		cmocka_unit_test(as_many_handles_passed_as_allowed),
		cmocka_unit_test(a_name_as_long_as_a_pipe_can_have),
		cmocka_unit_test(a_greeting_that_does_not_come_is_not_awaited),
		cmocka_unit_test(a_consumer_that_does_not_read_is_not_read),
#if !defined(_WIN32)
		cmocka_unit_test(killed_consumers_leave_nothing),
#endif
	};

	return cmocka_run_group_tests_name("transport_limits", tests, NULL, NULL);
}
