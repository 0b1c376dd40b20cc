/* SPDX-License-Identifier: MIT */
/* Consumers: with a loop of their own, and on a loop of the caller's. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "inside.h"
#include "pipe_end.h"
#include "talk.h"

#include <string.h>
#if !defined(_WIN32)
#include <signal.h>
#endif

#include <uv.h>

#include <kos/session.h>

static struct talk *talk;

/* All that a consumer was given to hear. */
struct heard {
	unsigned connected;
	unsigned given;
	unsigned revoked;
	unsigned disconnected;
	unsigned replies;
	sessio_reply last;
	sessio_remote_handle handle;
	char reason[256];
	sessio_consumer *consumer;
};

static struct heard heard;

static int set_up(void **state)
{
	(void)state;
	memset(&heard, 0, sizeof(heard));
	talk = talk_start(NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	talk_stop(talk);
	return 0;
}

static void on_connected(void *ctx)
{
	((struct heard *)ctx)->connected++;
}

static void on_given(void *ctx, sessio_remote_handle handle, uint32_t from)
{
	struct heard *self = ctx;

	(void)from;
	self->given++;
	self->handle = handle;
}

static void on_revoked(void *ctx, uint32_t handle)
{
	struct heard *self = ctx;

	self->revoked++;
	self->handle.value = handle;
}

static void on_disconnected(void *ctx, const char *reason)
{
	struct heard *self = ctx;

	self->disconnected++;
	(void)strncpy(self->reason, reason, sizeof(self->reason) - 1);
}

static const sessio_consumer_ops ops = { on_connected, on_given, on_revoked, on_disconnected };

static void on_reply(void *ctx, const sessio_reply *reply)
{
	struct heard *self = ctx;

	self->replies++;
	self->last = *reply;
	if (reply->handle_count != 0) {
		self->handle = reply->handles[0];
	}
}

static sessio_consumer *connect_own(struct heard *self)
{
	const sessio_consumer_options options = {
		.pipe = talk_pipe(talk), .ops = &ops, .ctx = self
	};
	sessio_consumer *consumer = NULL;

	assert_int_equal(sessio_consumer_connect(&options, SESSIO_FOREVER, &consumer), SESSIO_OK);
	assert_int_equal(self->connected, 1);
	assert_int_not_equal(sessio_consumer_number(consumer), 0);
	return consumer;
}

static sessio_call operation(uint32_t number, const void *bytes, size_t size)
{
	return (sessio_call){
		.kind = SESSIO_CALL_OPERATION, .operation = number, .bytes = bytes, .size = size
	};
}

static sessio_remote_handle open_lamp(sessio_consumer *consumer, struct heard *self)
{
	const sessio_call open = {
		.kind = SESSIO_CALL_OPEN, .name = "lamp", .rights = LAMP_READ, .share = LAMP_READ
	};

	assert_int_equal(
		sessio_consumer_call(consumer, &open, on_reply, self, SESSIO_FOREVER), SESSIO_OK);
	return self->handle;
}

static void a_consumer_opens_calls_and_closes(void **state)
{
	sessio_consumer *consumer = connect_own(&heard);
	sessio_remote_handle lamp = open_lamp(consumer, &heard);
	sessio_call call = operation(OP_ECHO, "hi", 2);
	const sessio_call close = {
		.kind = SESSIO_CALL_CLOSE, .handles = &lamp, .handle_count = 1
	};
	const sessio_call drop = { .kind = SESSIO_CALL_DROP, .handles = &lamp, .handle_count = 1 };

	(void)state;
	call.handles = &lamp;
	call.handle_count = 1;
	assert_int_equal(
		sessio_consumer_call(consumer, &call, on_reply, &heard, SESSIO_FOREVER), SESSIO_OK);
	assert_int_equal(heard.last.size, 2);
	assert_int_equal(
		sessio_consumer_call(consumer, &close, NULL, NULL, SESSIO_FOREVER), SESSIO_OK);
	assert_int_equal(heard.revoked, 1);
	assert_int_equal(
		sessio_consumer_call(consumer, &call, NULL, NULL, SESSIO_FOREVER), SESSIO_REVOKED);
	assert_int_equal(
		sessio_consumer_call(consumer, &drop, NULL, NULL, SESSIO_FOREVER), SESSIO_OK);
	sessio_consumer_close(consumer);
	assert_int_equal(heard.disconnected, 1);
}

static void nobody_serves_the_pipe(void **state)
{
	char name[100];
	const sessio_consumer_options options = { .pipe = name };
	sessio_consumer *consumer;

	(void)state;
	pipe_end_name(name, sizeof(name), "nobody");
	assert_int_equal(
		sessio_consumer_connect(&options, SESSIO_FOREVER, &consumer), SESSIO_NOT_FOUND);
}

static void a_provider_that_refuses(void **state)
{
	const sessio_consumer_options options = { .pipe = talk_pipe(talk) };
	sessio_consumer *consumer;

	(void)state;
	talk_refuse(talk, SESSIO_NO_RIGHTS);
	assert_int_equal(
		sessio_consumer_connect(&options, SESSIO_FOREVER, &consumer), SESSIO_REFUSED);
}

static void a_provider_that_hangs_is_not_awaited(void **state)
{
	char name[100];
	const sessio_consumer_options options = { .pipe = name };
	sessio_consumer *consumer;
	struct pipe_listener listener;

	(void)state;
	pipe_end_name(name, sizeof(name), "mute");
	pipe_listen(&listener, name);
	assert_int_equal(sessio_consumer_connect(&options, 10, &consumer), SESSIO_TIMEOUT);
	pipe_listener_close(&listener);
}

static void a_call_that_takes_too_long_is_cancelled(void **state)
{
	sessio_consumer *consumer = connect_own(&heard);
	sessio_call call = operation(OP_UNTIL_CANCELLED, NULL, 0);

	(void)state;
	assert_int_equal(
		sessio_consumer_call(consumer, &call, on_reply, &heard, 10), SESSIO_TIMEOUT);
	call = operation(OP_ECHO, NULL, 0);
	assert_int_equal(
		sessio_consumer_call(consumer, &call, NULL, NULL, SESSIO_FOREVER), SESSIO_OK);
	assert_int_equal(heard.replies, 0);
	assert_int_equal(sessio_consumer_cancel(consumer, 1), SESSIO_NOT_FOUND);
	sessio_consumer_close(consumer);
}

/* Its loop has stood still meanwhile, for longer than the limit. */
static void a_time_limit_begins_with_its_call(void **state)
{
	sessio_consumer *consumer = connect_own(&heard);
	const sessio_call call = operation(OP_UNTIL_CANCELLED, NULL, 0);
	uint64_t began;

	(void)state;
	uv_sleep(60);
	began = uv_hrtime();
	assert_int_equal(sessio_consumer_call(consumer, &call, NULL, NULL, 40), SESSIO_TIMEOUT);
	/* The loop's clock counts whole milliseconds. */
	assert_true(uv_hrtime() - began >= UINT64_C(39000000));
	sessio_consumer_close(consumer);
}

static void positive_codes_are_the_providers(void **state)
{
	sessio_consumer *consumer = connect_own(&heard);
	const sessio_call call = operation(OP_UNTIL_CANCELLED, NULL, 0);
	uint32_t number;

	(void)state;
	assert_int_equal(
		sessio_consumer_send(consumer, &call, on_reply, &heard, &number), SESSIO_OK);
	assert_int_equal(sessio_consumer_cancel(consumer, number), SESSIO_OK);
	while (heard.replies == 0) {
		assert_int_equal(sessio_consumer_wait(consumer, 10), SESSIO_TIMEOUT);
	}
	assert_int_equal(heard.last.status, SESSIO_REFUSED);
	assert_int_equal(heard.last.code, 42);
	sessio_consumer_close(consumer);
}

static void as_many_requests_as_the_provider_allows(void **state)
{
	sessio_consumer *consumer = connect_own(&heard);
	const sessio_call call = operation(OP_LATER, NULL, 0);

	(void)state;
	for (unsigned i = 0; i < 32; i++) {
		assert_int_equal(
			sessio_consumer_send(consumer, &call, on_reply, &heard, NULL), SESSIO_OK);
	}
	assert_int_equal(
		sessio_consumer_send(consumer, &call, on_reply, &heard, NULL), SESSIO_LIMIT);
	sessio_consumer_close(consumer);
	assert_int_equal(heard.replies, 32);
	assert_int_equal(heard.last.status, SESSIO_DISCONNECTED);
}

static void a_handle_is_passed_to_another_consumer(void **state)
{
	struct heard other_heard = { 0 };
	sessio_consumer *consumer = connect_own(&heard);
	sessio_consumer *other = connect_own(&other_heard);
	sessio_remote_handle lamp = open_lamp(consumer, &heard);
	const sessio_call pass = { .kind = SESSIO_CALL_PASS,
		.connection = sessio_consumer_number(other),
		.handles = &lamp,
		.handle_count = 1 };

	(void)state;
	lamp.rights = LAMP_READ;
	assert_int_equal(
		sessio_consumer_call(consumer, &pass, NULL, NULL, SESSIO_FOREVER), SESSIO_OK);
	assert_int_equal(sessio_consumer_wait(other, SESSIO_FOREVER), SESSIO_OK);
	assert_int_equal(other_heard.given, 1);
	assert_int_equal(other_heard.handle.rights, LAMP_READ);
	sessio_consumer_close(consumer);
	talk_withdraw(talk);
	assert_int_equal(sessio_consumer_wait(other, SESSIO_FOREVER), SESSIO_OK);
	assert_int_equal(other_heard.revoked, 1);
	sessio_consumer_close(other);
}

static void a_provider_that_stops_is_noticed_with_its_reason(void **state)
{
	sessio_consumer *consumer = connect_own(&heard);
	const sessio_call call = operation(OP_ECHO, NULL, 0);

	(void)state;
	talk_stop_provider(talk);
	assert_int_equal(sessio_consumer_wait(consumer, SESSIO_FOREVER), SESSIO_DISCONNECTED);
	assert_string_equal(heard.reason, "the provider stops");
	assert_int_equal(sessio_consumer_call(consumer, &call, NULL, NULL, 1), SESSIO_DISCONNECTED);
	assert_int_equal(sessio_consumer_cancel(consumer, 1), SESSIO_DISCONNECTED);
	sessio_consumer_close(consumer);
	assert_int_equal(heard.disconnected, 1);
}

static void a_session_bound_to_a_user_ends_with_the_logoff(void **state)
{
	sessio_user_session *user = NULL;
	sessio_consumer *consumer;
	sessio_host *host;

	(void)state;
	assert_int_equal(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host), SESSIO_OK);
	assert_int_equal(sessio_host_adopt(host, 1, SESSIO_USER_STATE_LOGGED_ON, 0), SESSIO_OK);
	assert_int_equal(sessio_host_find_session(host, 1, &user), SESSIO_OK);
	talk_bind(talk, user);
	consumer = connect_own(&heard);
	(void)open_lamp(consumer, &heard);
	talk_await_sessions(talk, 1);
	assert_int_equal(sessio_host_post(host, 1, SESSIO_USER_EVENT_LOGOFF, 0, NULL), SESSIO_OK);
	assert_int_equal(sessio_consumer_wait(consumer, SESSIO_FOREVER), SESSIO_OK);
	assert_int_equal(heard.revoked, 1);
	talk_await_sessions(talk, 0);
	sessio_consumer_close(consumer);
	talk_await_connections(talk, 0);
	talk_bind(talk, NULL);
	sessio_user_session_unref(user);
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
}

/* --- On a loop of the caller's --- */

static void connected_asks(void *ctx)
{
	struct heard *self = ctx;
	const sessio_call call = operation(OP_ECHO, "later", 5);

	self->connected++;
	note_that(sessio_consumer_send(self->consumer, &call, on_reply, self, NULL) == SESSIO_OK);
}

static void reply_closes(void *ctx, const sessio_reply *reply)
{
	struct heard *self = ctx;

	on_reply(ctx, reply);
	sessio_consumer_close(self->consumer);
}

static void connected_asks_and_closes(void *ctx)
{
	struct heard *self = ctx;
	const sessio_call call = operation(OP_ECHO, "later", 5);

	self->connected++;
	note_that(
		sessio_consumer_send(self->consumer, &call, reply_closes, self, NULL) == SESSIO_OK);
}

static void many_consumers_on_one_loop(void **state)
{
	static const sessio_consumer_ops asking = { connected_asks_and_closes, NULL, NULL,
		on_disconnected };
	struct heard many[20] = { { 0 } };
	uv_loop_t loop;

	(void)state;
	assert_int_equal(uv_loop_init(&loop), 0);
	for (unsigned i = 0; i < 20; i++) {
		const sessio_consumer_options options = {
			.loop = &loop, .pipe = talk_pipe(talk), .ops = &asking, .ctx = &many[i]
		};

		assert_int_equal(
			sessio_consumer_connect(&options, SESSIO_FOREVER, &many[i].consumer),
			SESSIO_OK);
	}
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(many[i].connected, 1);
		assert_int_equal(many[i].replies, 1);
		assert_int_equal(many[i].disconnected, 1);
	}
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void a_connection_that_fails_is_told_later(void **state)
{
	static const sessio_consumer_ops asking = { connected_asks, NULL, NULL, on_disconnected };
	char name[100];
	uv_loop_t loop;
	const sessio_consumer_options options = {
		.loop = &loop, .pipe = name, .ops = &asking, .ctx = &heard
	};
	const sessio_call call = operation(OP_ECHO, NULL, 0);

	(void)state;
	pipe_end_name(name, sizeof(name), "nobody");
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(sessio_consumer_connect(&options, 0, &heard.consumer), SESSIO_OK);
	assert_int_equal(sessio_consumer_send(heard.consumer, &call, on_reply, &heard, NULL),
		SESSIO_BAD_STATE);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(heard.connected, 0);
	assert_int_equal(heard.disconnected, 1);
	sessio_consumer_close(heard.consumer);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void disconnected_closes(void *ctx, const char *reason)
{
	struct heard *self = ctx;

	on_disconnected(ctx, reason);
	sessio_consumer_close(self->consumer);
}

static void connected_asks_for_ever(void *ctx)
{
	struct heard *self = ctx;
	const sessio_call call = operation(OP_UNTIL_CANCELLED, NULL, 0);

	self->connected++;
	note_that(
		sessio_consumer_send(self->consumer, &call, reply_closes, self, NULL) == SESSIO_OK);
}

static void the_last_callbacks_may_close(void **state)
{
	static const sessio_consumer_ops closing = { NULL, NULL, NULL, disconnected_closes };
	static const sessio_consumer_ops asking = { connected_asks_for_ever, NULL, NULL,
		on_disconnected };
	struct heard failing = { 0 };
	char name[100];
	uv_loop_t loop;
	sessio_consumer_options options = {
		.loop = &loop, .pipe = name, .ops = &closing, .ctx = &failing
	};

	(void)state;
	pipe_end_name(name, sizeof(name), "nobody");
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(sessio_consumer_connect(&options, 0, &failing.consumer), SESSIO_OK);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(failing.disconnected, 1);
	options.pipe = talk_pipe(talk);
	options.ops = &asking;
	options.ctx = &heard;
	assert_int_equal(sessio_consumer_connect(&options, 0, &heard.consumer), SESSIO_OK);
	while (heard.connected == 0) {
		(void)uv_run(&loop, UV_RUN_ONCE);
	}
	talk_await_calls(talk, 1);
	talk_stop_provider(talk);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(heard.replies, 1);
	assert_int_equal(heard.disconnected, 1);
	assert_int_equal(uv_loop_close(&loop), 0);
}

/* None of the three overtakes another. */
static void a_cancellation_follows_its_call(void **state)
{
	sessio_consumer *consumer = connect_own(&heard);
	const sessio_call echo = operation(OP_ECHO, NULL, 0);
	const sessio_call endless = operation(OP_UNTIL_CANCELLED, NULL, 0);
	uint32_t number = 0;

	(void)state;
	assert_int_equal(sessio_consumer_send(consumer, &echo, on_reply, &heard, NULL), SESSIO_OK);
	assert_int_equal(
		sessio_consumer_send(consumer, &endless, on_reply, &heard, &number), SESSIO_OK);
	assert_int_equal(sessio_consumer_cancel(consumer, number), SESSIO_OK);
	assert_int_equal(
		sessio_consumer_call(consumer, &echo, on_reply, &heard, SESSIO_FOREVER), SESSIO_OK);
	assert_int_equal(heard.replies, 3);
	sessio_consumer_close(consumer);
}

/* The call that runs the loop comes back first, and takes the consumer with it. */
static void a_reply_may_close_a_consumer_with_a_loop_of_its_own(void **state)
{
	const sessio_call echo = operation(OP_ECHO, NULL, 0);

	(void)state;
	heard.consumer = connect_own(&heard);
	assert_int_equal(
		sessio_consumer_call(heard.consumer, &echo, reply_closes, &heard, SESSIO_FOREVER),
		SESSIO_DISCONNECTED);
	assert_int_equal(heard.replies, 1);
	assert_int_equal(heard.disconnected, 1);
	talk_await_connections(talk, 0);
}

static void a_consumer_that_was_left_says_so(void **state)
{
	sessio_consumer *consumer = connect_own(&heard);
	const sessio_call echo = operation(OP_ECHO, NULL, 0);

	(void)state;
	talk_stop_provider(talk);
	assert_int_equal(sessio_consumer_wait(consumer, SESSIO_FOREVER), SESSIO_DISCONNECTED);
	assert_int_equal(heard.disconnected, 1);
	assert_int_equal(
		sessio_consumer_send(consumer, &echo, on_reply, &heard, NULL), SESSIO_DISCONNECTED);
	assert_int_equal(sessio_consumer_call(consumer, &echo, on_reply, &heard, SESSIO_FOREVER),
		SESSIO_DISCONNECTED);
	assert_int_equal(sessio_consumer_cancel(consumer, 1), SESSIO_DISCONNECTED);
	assert_int_equal(sessio_consumer_wait(consumer, 0), SESSIO_DISCONNECTED);
	assert_int_equal(heard.replies, 0);
	sessio_consumer_close(consumer);
	assert_int_equal(heard.disconnected, 1);
}

#if !defined(_WIN32)
static bool takes_back_signal(void)
{
	sigset_t pipe;
	sigset_t before;

	(void)sigemptyset(&pipe);
	(void)sigaddset(&pipe, SIGPIPE);
	(void)pthread_sigmask(SIG_UNBLOCK, &pipe, &before);
	return sigismember(&before, SIGPIPE) == 1;
}

/* A thread that has just been given the consumer must not die of a closed pipe. */
static void each_thread_that_sends_blocks_the_signal(void **state)
{
	sessio_consumer *consumer;
	const sessio_call echo = operation(OP_ECHO, NULL, 0);

	(void)state;
	(void)takes_back_signal();
	consumer = connect_own(&heard);
	assert_true(takes_back_signal());
	assert_int_equal(sessio_consumer_send(consumer, &echo, on_reply, &heard, NULL), SESSIO_OK);
	assert_true(takes_back_signal());
	assert_int_equal(sessio_consumer_wait(consumer, 0), SESSIO_TIMEOUT);
	assert_true(takes_back_signal());
	sessio_consumer_close(consumer);
	assert_true(takes_back_signal());
}
#endif

static void a_call_carries_so_much_and_no_more(void **state)
{
	static char much[SI_FRAME_BYTES_MAX];
	char name[SI_FRAME_NAME_MAX + 2] = "";
	const size_t room = SI_FRAME_BYTES_MAX - SI_FRAME_HEADER_BYTES - sizeof(uint32_t);
	sessio_consumer *consumer = connect_own(&heard);
	sessio_remote_handle handles[SI_FRAME_HANDLES_MAX + 1];
	sessio_call call = operation(OP_ECHO, NULL, 0);
	sessio_call open = { .kind = SESSIO_CALL_OPEN, .name = name };

	(void)state;
	call.handles = handles;
	call.handle_count = SI_FRAME_HANDLES_MAX;
	handles[0] = open_lamp(consumer, &heard);
	for (unsigned i = 1; i <= SI_FRAME_HANDLES_MAX; i++) {
		handles[i] = handles[0];
	}
#define CALL(call) sessio_consumer_call(consumer, &(call), on_reply, &heard, SESSIO_FOREVER)
	assert_int_equal(CALL(call), SESSIO_OK);
	call.handle_count++;
	assert_int_equal(CALL(call), SESSIO_INVALID_ARG);
	call = operation(OP_ECHO, much, room);
	assert_int_equal(CALL(call), SESSIO_OK);
	assert_int_equal(heard.last.size, room);
	call.size++;
	assert_int_equal(CALL(call), SESSIO_INVALID_ARG);
	memset(name, 'n', SI_FRAME_NAME_MAX);
	assert_int_equal(CALL(open), SESSIO_NOT_FOUND);
	name[SI_FRAME_NAME_MAX] = 'n';
	assert_int_equal(CALL(open), SESSIO_INVALID_ARG);
	name[0] = '\0';
	assert_int_equal(CALL(open), SESSIO_INVALID_ARG);
#undef CALL
	sessio_consumer_close(consumer);
}

static void a_missing_pointer_is_refused(void **state)
{
	sessio_consumer *consumer = connect_own(&heard);
	const sessio_call call = operation(OP_ECHO, NULL, 0);
	const sessio_call strange = { .kind = (sessio_call_kind)99 };
	const sessio_call no_bytes = { .kind = SESSIO_CALL_OPERATION, .size = 1 };
	const sessio_call no_handles = { .kind = SESSIO_CALL_OPERATION, .handle_count = 1 };
	const sessio_call no_name = { .kind = SESSIO_CALL_OPEN };
	const sessio_consumer_options no_pipe = { .ctx = NULL };
	const sessio_consumer_options pipe = { .pipe = talk_pipe(talk) };

	(void)state;
	assert_int_equal(sessio_consumer_connect(NULL, 0, &consumer), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_consumer_connect(&no_pipe, 0, &consumer), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_consumer_number(NULL), 0);
#define REFUSED(call) assert_int_equal(call, SESSIO_INVALID_ARG)
	REFUSED(sessio_consumer_send(NULL, &call, on_reply, &heard, NULL));
	REFUSED(sessio_consumer_send(consumer, NULL, on_reply, &heard, NULL));
	REFUSED(sessio_consumer_send(consumer, &call, NULL, &heard, NULL));
	REFUSED(sessio_consumer_send(consumer, &strange, on_reply, &heard, NULL));
	REFUSED(sessio_consumer_send(consumer, &no_bytes, on_reply, &heard, NULL));
	REFUSED(sessio_consumer_send(consumer, &no_handles, on_reply, &heard, NULL));
	REFUSED(sessio_consumer_send(consumer, &no_name, on_reply, &heard, NULL));
	REFUSED(sessio_consumer_connect(&pipe, 0, NULL));
#undef REFUSED
	assert_int_equal(sessio_consumer_call(NULL, &call, NULL, NULL, 1), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_consumer_call(consumer, NULL, NULL, NULL, 1), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_consumer_cancel(NULL, 1), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_consumer_wait(NULL, 1), SESSIO_INVALID_ARG);
	sessio_consumer_close(NULL);
	sessio_consumer_close(consumer);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_consumer_opens_calls_and_closes),
		TEST(nobody_serves_the_pipe),
		TEST(a_provider_that_refuses),
		TEST(a_provider_that_hangs_is_not_awaited),
		TEST(a_call_that_takes_too_long_is_cancelled),
		TEST(a_time_limit_begins_with_its_call),
		TEST(positive_codes_are_the_providers),
		TEST(as_many_requests_as_the_provider_allows),
		TEST(a_handle_is_passed_to_another_consumer),
		TEST(a_provider_that_stops_is_noticed_with_its_reason),
		TEST(a_session_bound_to_a_user_ends_with_the_logoff),
		TEST(many_consumers_on_one_loop),
		TEST(a_connection_that_fails_is_told_later),
		TEST(the_last_callbacks_may_close),
		TEST(a_cancellation_follows_its_call),
		TEST(a_reply_may_close_a_consumer_with_a_loop_of_its_own),
		TEST(a_consumer_that_was_left_says_so),
#if !defined(_WIN32)
		TEST(each_thread_that_sends_blocks_the_signal),
#endif
		TEST(a_call_carries_so_much_and_no_more),
		TEST(a_missing_pointer_is_refused),
	};
#undef TEST

	return cmocka_run_group_tests_name("transport_consumer", tests, NULL, NULL);
}
