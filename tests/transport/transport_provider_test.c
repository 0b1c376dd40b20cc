/* SPDX-License-Identifier: MIT */
/* A provider's start and stop, its pipe's name, and arguments that are missing. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "inside.h"
#include "raw.h"
#include "talk.h"

#include <stdio.h>
#include <string.h>
#if !defined(_WIN32)
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#endif

#include <uv.h>

#include <sessio/bind.h>

static char path[100];

static void *find(void *ctx, sessio_connection *connection, const char *name)
{
	(void)ctx;
	(void)connection;
	(void)name;
	return NULL;
}

static const sessio_provider_ops ops = { NULL, NULL, find, NULL };

static int set_up(void **state)
{
	(void)state;
	pipe_end_name(path, sizeof(path), "provider");
	return 0;
}

#if !defined(_WIN32) /* there a pipe is in no folder, and goes with its provider */
static sessio_status start(uv_loop_t *loop, sessio_provider **out_provider)
{
	const sessio_provider_options options = { .loop = loop, .pipe = path, .ops = &ops };

	return sessio_provider_start(&options, out_provider);
}

static void count(void *ctx)
{
	(*(unsigned *)ctx)++;
}

static void a_pipe_that_is_served_is_not_replaced(void **state)
{
	sessio_provider *first;
	sessio_provider *second;
	unsigned stopped = 0;
	uv_loop_t loop;

	(void)state;
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(start(&loop, &first), SESSIO_OK);
	assert_int_equal(start(&loop, &second), SESSIO_EXISTS);
	sessio_provider_stop(first, count, &stopped);
	sessio_provider_stop(first, count, &stopped);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(stopped, 1);
	assert_int_equal(start(&loop, &second), SESSIO_OK);
	sessio_provider_stop(second, NULL, NULL);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

/* A socket without a listener, and a lock file without a lock: as after a kill. */
static void a_pipe_that_a_dead_provider_left_is_replaced(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	sessio_provider *provider;
	uv_loop_t loop;
	int left = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char lock[sizeof(path) + 5];
	FILE *file;

	(void)state;
	(void)strcpy(address.sun_path, path);
	assert_int_equal(
		bind(left, (const struct sockaddr *)(const void *)&address, sizeof(address)), 0);
	assert_int_equal(listen(left, 1), 0);
	assert_int_equal(close(left), 0);
	(void)snprintf(lock, sizeof(lock), "%s.lock", path);
	file = fopen(lock, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(start(&loop, &provider), SESSIO_OK);
	sessio_provider_stop(provider, NULL, NULL);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(lock, F_OK), -1);
}

static void a_file_that_is_no_pipe_is_not_removed(void **state)
{
	FILE *file = fopen(path, "w");
	sessio_provider *provider;
	uv_loop_t loop;

	(void)state;
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(start(&loop, &provider), SESSIO_EXISTS);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_int_equal(unlink(path), 0);
}

static void a_folder_that_is_not_there(void **state)
{
	sessio_provider *provider;
	uv_loop_t loop;

	(void)state;
	(void)strcpy(path, "/nowhere/sessio");
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(start(&loop, &provider), SESSIO_NOT_FOUND);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}
#endif

static void limits_just_outside_are_refused(void **state)
{
	static const sessio_transport_limits wrong[] = {
		{ .frame_bytes = SI_FRAME_BYTES_MIN - 1 },
		{ .frame_bytes = SI_FRAME_BYTES_MAX + 1 },
		{ .requests = 16385 },
		{ .requests = 1, .queue_bytes = 2 * SI_FRAME_BYTES_MAX - 1 },
		{ .handles = 1048513 },
	};
	sessio_provider *provider;
	uv_loop_t loop;

	(void)state;
	assert_int_equal(uv_loop_init(&loop), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const sessio_provider_options options = {
			.loop = &loop, .pipe = path, .ops = &ops, .limits = wrong[i]
		};

		assert_int_equal(sessio_provider_start(&options, &provider), SESSIO_INVALID_ARG);
	}
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void a_missing_pointer_is_refused(void **state)
{
	static const sessio_provider_ops no_find = { NULL, NULL, NULL, NULL };
	const sessio_bind_policy policy = { .on_logoff = SESSIO_BIND_CLOSE };
	sessio_provider *provider;
	uv_loop_t loop;
	sessio_provider_options options = { .loop = &loop, .pipe = path, .ops = &ops };
	size_t size;

	(void)state;
	assert_int_equal(sessio_provider_start(NULL, &provider), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_provider_start(&options, NULL), SESSIO_INVALID_ARG);
	options.loop = NULL;
	assert_int_equal(sessio_provider_start(&options, &provider), SESSIO_INVALID_ARG);
	options = (sessio_provider_options){ .loop = &loop, .ops = &ops };
	assert_int_equal(sessio_provider_start(&options, &provider), SESSIO_INVALID_ARG);
	options = (sessio_provider_options){ .loop = &loop, .pipe = path };
	assert_int_equal(sessio_provider_start(&options, &provider), SESSIO_INVALID_ARG);
	options.ops = &no_find;
	assert_int_equal(sessio_provider_start(&options, &provider), SESSIO_INVALID_ARG);
	sessio_provider_stop(NULL, NULL, NULL);
	assert_int_equal(sessio_connection_number(NULL), 0);
	assert_false(sessio_connection_peer(NULL).known);
	assert_null(sessio_connection_data(NULL));
	sessio_connection_set_data(NULL, &loop);
	assert_int_equal(sessio_connection_bind(NULL, NULL, &policy), SESSIO_INVALID_ARG);
	sessio_connection_close(NULL);
	assert_null(sessio_request_connection(NULL));
	assert_int_equal(sessio_request_operation(NULL), 0);
	assert_null(sessio_request_bytes(NULL, &size));
	assert_int_equal(sessio_request_handle_count(NULL), 0);
	assert_null(sessio_request_handle(NULL, 0));
	sessio_request_on_cancel(NULL, NULL, NULL);
	assert_int_equal(sessio_request_reply(NULL, 0, NULL, 0, NULL, 0), SESSIO_INVALID_ARG);
}

static void a_reply_with_too_much_is_answered_with_a_limit(void **state)
{
	struct talk *talk = talk_start(NULL);
	sessio_connection *connection;
	sessio_request *held;
	struct raw raw;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_call(&raw, OP_HOLD, NULL, 0);
	held = talk_take(talk);
	assert_null(sessio_request_bytes(held, NULL));
	connection = sessio_request_connection(held);
	assert_int_equal(sessio_connection_bind(connection, NULL, NULL), SESSIO_INVALID_ARG);
	sessio_connection_set_data(connection, NULL);
	assert_null(sessio_connection_data(connection));
	sessio_connection_set_data(connection, talk);
	assert_int_equal(sessio_request_reply(held, 0, NULL, 1, NULL, 0), SESSIO_INVALID_ARG);
	(void)raw_expect(&raw, 1, SESSIO_LIMIT);
	raw_call(&raw, OP_HOLD, NULL, 0);
	held = talk_take(talk);
	assert_int_equal(sessio_request_reply(held, 0, NULL, 0, NULL, 1), SESSIO_INVALID_ARG);
	(void)raw_expect(&raw, 2, SESSIO_LIMIT);
	raw_close(&raw);
	talk_stop(talk);
}

static void a_container_that_is_not_in_the_reply_ends_its_session(void **state)
{
	struct talk *talk = talk_start(NULL);
	struct raw raw;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_call(&raw, OP_WASTE, NULL, 0);
	(void)raw_expect(&raw, 1, 0);
	talk_await_sessions(talk, 0);
	raw_close(&raw);
	talk_stop(talk);
}

static void a_container_that_is_filled_after_the_answer_is_no_requests(void **state)
{
	struct talk *talk = talk_start(NULL);
	struct raw raw;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	raw_call(&raw, OP_AFTERWARDS, NULL, 0);
	(void)raw_expect(&raw, 1, 0);
	raw_call(&raw, OP_ECHO, NULL, 0);
	(void)raw_expect(&raw, 2, 0);
	talk_await_sessions(talk, 0);
	raw_close(&raw);
	talk_stop(talk);
}

static void reply_to_both(void *arg)
{
	sessio_request **held = arg;

	note_that(sessio_request_reply(held[0], 5, NULL, 0, NULL, 0) == SESSIO_OK);
	note_that(sessio_request_reply(held[1], 6, NULL, 0, NULL, 0) == SESSIO_OK);
}

/* On the loop's thread, which therefore wakes once for both. */
static void reply_to_both_elsewhere(struct talk *talk, void *held)
{
	uv_thread_t thread;

	(void)talk;
	note_that(uv_thread_create(&thread, reply_to_both, held) == 0);
	note_that(uv_thread_join(&thread) == 0);
}

static void one_wake_sends_all_replies_of_other_threads(void **state)
{
	struct talk *talk = talk_start(NULL);
	sessio_request *held[2];
	struct raw raw;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	for (unsigned i = 0; i < 2; i++) {
		raw_call(&raw, OP_HOLD, NULL, 0);
		held[i] = talk_take(talk);
	}
	talk_do(talk, reply_to_both_elsewhere, held);
	(void)raw_expect(&raw, 1, 5);
	(void)raw_expect(&raw, 2, 6);
	raw_close(&raw);
	talk_stop(talk);
}

static void a_reply_brings_another_handle_of_the_session(void **state)
{
	struct talk *talk = talk_start(NULL);
	struct si_frame call = {
		.kind = SI_FRAME_CALL, .number = 9, .operation = OP_AGAIN, .handle_count = 1
	};
	struct si_frame drop = { .kind = SI_FRAME_DROP, .number = 10, .handle_count = 1 };
	struct si_frame again;
	struct raw raw;

	(void)state;
	raw_greet(&raw, talk_pipe(talk));
	call.handles[0].value = drop.handles[0].value = raw_open(&raw, 0, 3).value;
	raw_send(&raw, &call);
	again = raw_expect(&raw, 9, 0);
	assert_int_equal(again.handle_count, 1);
	drop.handles[0].value = call.handles[0].value;
	raw_send(&raw, &drop);
	call.handles[0].value = again.handles[0].value;
	(void)raw_expect(&raw, 10, 0);
	assert_int_equal(talk_sessions(talk), 1);
	drop.handles[0].value = call.handles[0].value;
	raw_send(&raw, &drop);
	(void)raw_expect(&raw, 10, 0);
	talk_await_sessions(talk, 0);
	raw_close(&raw);
	talk_stop(talk);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
#if !defined(_WIN32)
		TEST(a_pipe_that_is_served_is_not_replaced),
		TEST(a_pipe_that_a_dead_provider_left_is_replaced),
		TEST(a_file_that_is_no_pipe_is_not_removed),
		TEST(a_folder_that_is_not_there),
#endif
		TEST(limits_just_outside_are_refused),
		TEST(a_missing_pointer_is_refused),
		TEST(a_reply_with_too_much_is_answered_with_a_limit),
		TEST(a_container_that_is_not_in_the_reply_ends_its_session),
		TEST(a_container_that_is_filled_after_the_answer_is_no_requests),
		TEST(one_wake_sends_all_replies_of_other_threads),
		TEST(a_reply_brings_another_handle_of_the_session),
	};
#undef TEST

	return cmocka_run_group_tests_name("transport_provider", tests, NULL, NULL);
}
