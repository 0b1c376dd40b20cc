/* SPDX-License-Identifier: MIT */
/*
 * Two consumers of a user, when memory runs out at every allocation: they have
 * answers from another thread, cancelling, PASS, revocation and a logoff.
 * A request that fails for want of memory has changed nothing, and each is answered.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "alloc_fail.h"
#include "inside.h"
#include "leaks.h"
#include "pipe_end.h"

#include <string.h>

#include <uv.h>

#include <sessio/bind.h>
#include <sessio/host.h>
#include <sessio/inspect.h>
#include <sessio/transport.h>
#include <sessio/user_session.h>

#include "provider.h"
#include "transport/transport_provider.h"

#define GREETING_MS 60000u
#define ELSEWHERE 1u
#define AGAIN 2u
#define UNTIL_CANCELLED 3u
#define READ 1u

struct side {
	sessio_consumer *consumer;
	sessio_connection *connection; /* the provider's view; NULL once it is gone */
	sessio_remote_handle handle; /* of the last answer, or as it was given */
	sessio_status status; /* of the last answer */
	unsigned sent;
	unsigned answered;
	unsigned given;
	unsigned revoked;
	bool ready;
	bool gone;
};

/* Everything that a request could change. */
struct standing {
	uint64_t sessions;
	size_t handles[2];
};

static struct {
	char pipe[64];
	uv_loop_t loop;
	sessio_host *host;
	sessio_user_session *user;
	sessio_provider *server;
	struct side sides[2];
	unsigned connections;
	bool failed; /* something did not go as it does with memory */
} scene;

/* --- The provider --- */

static sessio_status connected(void *ctx, sessio_connection *connection)
{
	const sessio_bind_policy policy = { .on_logoff = SESSIO_BIND_CLOSE };
	sessio_status status = sessio_connection_bind(connection, scene.user, &policy);

	(void)ctx;
	if (status == SESSIO_OK && note_that(scene.connections < 2)) {
		/* Consumers connect one after the other. */
		scene.sides[scene.connections++].connection = connection;
	}
	return status;
}

static void disconnected(void *ctx, sessio_connection *connection)
{
	(void)ctx;
	for (unsigned i = 0; i < 2; i++) {
		if (scene.sides[i].connection == connection) {
			scene.sides[i].connection = NULL;
		}
	}
}

static void *find(void *ctx, sessio_connection *connection, const char *name)
{
	(void)ctx;
	(void)connection;
	(void)name;
	KosRefObject(provider.file);
	return provider.file;
}

static void reply_elsewhere(void *arg)
{
	(void)sessio_request_reply(arg, 0, "elsewhere", 9, NULL, 0);
}

static void on_cancel(void *ctx, sessio_request *request)
{
	(void)ctx;
	(void)sessio_request_reply(request, SESSIO_TIMEOUT, NULL, 0, NULL, 0);
}

static void serve_again(sessio_request *request)
{
	struct sessio_handle_desc more;
	void *session;
	Retcode rc = KosSessionIpcHandleToSession(
		sessio_request_handle(request, 0), NULL, READ, &session);

	note_that(rc == rcOk);
	rc = KosSessionContextToIpcHandle(session, &more);
	(void)sessio_request_reply(
		request, rc == rcOk ? 0 : SESSIO_NO_MEMORY, NULL, 0, &more, rc == rcOk);
}

static void serve(void *ctx, sessio_request *request)
{
	uv_thread_t thread;

	(void)ctx;
	switch (sessio_request_operation(request)) {
	case ELSEWHERE:
		note_that(uv_thread_create(&thread, reply_elsewhere, request) == 0);
		note_that(uv_thread_join(&thread) == 0);
		return;
	case UNTIL_CANCELLED:
		sessio_request_on_cancel(request, on_cancel, NULL);
		return;
	default:
		serve_again(request);
	}
}

static const sessio_provider_ops server_ops = { connected, disconnected, find, serve };

/* --- The consumers --- */

static void on_ready(void *ctx)
{
	((struct side *)ctx)->ready = true;
}

static void on_given(void *ctx, sessio_remote_handle handle, uint32_t from)
{
	struct side *side = ctx;

	note_that(from != 0 && handle.rights == READ);
	side->given++;
	side->handle = handle;
}

static void on_revoked(void *ctx, uint32_t handle)
{
	(void)handle;
	((struct side *)ctx)->revoked++;
}

static void on_gone(void *ctx, const char *reason)
{
	struct side *side = ctx;

	note_that(!side->gone && reason[0] != '\0' && side->answered == side->sent);
	side->gone = true;
}

static void on_reply(void *ctx, const sessio_reply *reply)
{
	struct side *side = ctx;

	note_that(!side->gone);
	side->answered++;
	side->status = reply->status;
	if (reply->status == SESSIO_OK && reply->handle_count != 0) {
		side->handle = reply->handles[0];
	}
	note_that(reply->status == SESSIO_OK || reply->handle_count == 0);
}

static const sessio_consumer_ops ops = { on_ready, on_given, on_revoked, on_gone };

static struct standing stand(void)
{
	struct standing standing = { 0 };
	sessio_object_info info;

	if (sessio_object_inspect(provider.file, &info) == SESSIO_OK) {
		standing.sessions = info.open + info.opening + info.ending;
	}
	for (unsigned i = 0; i < 2; i++) {
		if (scene.sides[i].connection != NULL) {
			standing.handles[i] =
				sessio_handle_space_count(scene.sides[i].connection->peer.space);
		}
	}
	return standing;
}

static void turn(void)
{
	(void)uv_run(&scene.loop, UV_RUN_ONCE);
}

/* Sends it, and runs until it is answered. Whether it went as it does with memory. */
static bool ask(struct side *side, const sessio_call *call, sessio_status expected)
{
	const struct standing before = stand();
	uint32_t number;
	sessio_status status;

	if (scene.failed) {
		return false;
	}
	status = sessio_consumer_send(side->consumer, call, on_reply, side, &number);
	if (status == SESSIO_OK) {
		side->sent++;
		if (call->operation == UNTIL_CANCELLED) {
			(void)sessio_consumer_cancel(side->consumer, number);
		}
		while (side->answered != side->sent && !scene.failed) {
			turn();
			/* A cancellation may have found no memory. */
			if (call->operation == UNTIL_CANCELLED && side->answered != side->sent) {
				(void)sessio_consumer_cancel(side->consumer, number);
			}
		}
		status = side->status;
	}
	if (status == SESSIO_NO_MEMORY && side->connection != NULL) {
		const struct standing now = stand();

		assert_memory_equal(&now, &before, sizeof(now));
	}
	scene.failed = scene.failed || status != expected;
	return !scene.failed;
}

static sessio_call call_of(const struct side *side, sessio_call_kind kind, uint32_t operation)
{
	return (sessio_call){
		.kind = kind, .operation = operation, .handles = &side->handle, .handle_count = 1
	};
}

/* Runs until a side has heard of something, or a side is gone. */
static bool await(const unsigned *what, unsigned count)
{
	while (*what != count && !scene.sides[0].gone && !scene.sides[1].gone) {
		turn();
	}
	scene.failed = scene.failed || *what != count;
	return !scene.failed;
}

static bool open_file(struct side *side)
{
	const sessio_call open = {
		.kind = SESSIO_CALL_OPEN, .name = "file", .rights = READ, .share = UINT32_MAX
	};

	return ask(side, &open, SESSIO_OK);
}

/* The first opens, and passes its handle on to the second, which uses it. */
static bool pass(struct side *first, struct side *second)
{
	sessio_call pass = call_of(first, SESSIO_CALL_PASS, 0);
	sessio_remote_handle given;
	sessio_call call;

	pass.connection = sessio_consumer_number(second->consumer);
	given = (sessio_remote_handle){ first->handle.value, READ };
	pass.handles = &given;
	if (!ask(first, &pass, SESSIO_OK) || !await(&second->given, 1)) {
		return false;
	}
	call = call_of(second, SESSIO_CALL_OPERATION, ELSEWHERE);
	if (!ask(second, &call, SESSIO_OK)) {
		return false;
	}
	call.operation = UNTIL_CANCELLED;
	return ask(second, &call, SESSIO_TIMEOUT);
}

static bool copy_and_close(struct side *first, struct side *second)
{
	sessio_remote_handle kept = first->handle;
	sessio_call call = call_of(first, SESSIO_CALL_OPERATION, AGAIN);
	sessio_call drop;

	if (!ask(first, &call, SESSIO_OK)) {
		return false;
	}
	drop = call_of(first, SESSIO_CALL_DROP, 0);
	if (!ask(first, &drop, SESSIO_OK)) {
		return false;
	}
	first->handle = kept;
	call = call_of(first, SESSIO_CALL_CLOSE, 0);
	return ask(first, &call, SESSIO_OK) && await(&first->revoked, 1) &&
		await(&second->revoked, 1);
}

/* A logoff closes the session, and revokes. */
static bool log_off(struct side *side)
{
	sessio_status status;

	if (!open_file(side)) {
		return false;
	}
	status = sessio_host_post(scene.host, 1, SESSIO_USER_EVENT_LOGOFF, 0, NULL);
	note_that(status == SESSIO_OK || status == SESSIO_NO_MEMORY);
	scene.failed = status != SESSIO_OK;
	return !scene.failed && await(&side->revoked, 2);
}

static bool connect_side(struct side *side)
{
	const sessio_consumer_options options = {
		.loop = &scene.loop, .pipe = scene.pipe, .ops = &ops, .ctx = side
	};
	sessio_status status = sessio_consumer_connect(&options, 0, &side->consumer);

	if (status != SESSIO_OK) {
		note_that(status == SESSIO_NO_MEMORY);
		return false;
	}
	while (!side->ready && !side->gone) {
		turn();
	}
	return !side->gone;
}

static void play(void)
{
	struct side *first = &scene.sides[0];
	struct side *second = &scene.sides[1];
	sessio_provider_options server = {
		.loop = &scene.loop, .pipe = scene.pipe, .ops = &server_ops
	};
	sessio_status status;

	server.limits.greeting_ms = GREETING_MS;
	status = sessio_provider_start(&server, &scene.server);
	if (status != SESSIO_OK) {
		note_that(status == SESSIO_NO_MEMORY);
		scene.failed = true;
		return;
	}
	scene.failed = !connect_side(first) || !connect_side(second);
	(void)(open_file(first) && pass(first, second) && copy_and_close(first, second) &&
		log_off(first));
}

static void conversation(struct alloc_fail *tester, void *ctx)
{
	(void)ctx;
	memset(&scene, 0, sizeof(scene));
	pipe_end_name(scene.pipe, sizeof(scene.pipe), "calls");
	assert_int_equal(uv_loop_init(&scene.loop), 0);
	assert_int_equal(sessio_host_create(SESSIO_RULES_DOCUMENTED, &scene.host), SESSIO_OK);
	assert_int_equal(
		sessio_host_adopt(scene.host, 1, SESSIO_USER_STATE_LOGGED_ON, 0), SESSIO_OK);
	assert_int_equal(sessio_host_find_session(scene.host, 1, &scene.user), SESSIO_OK);
	if (tester != NULL) {
		alloc_fail_on(tester);
	}
	play();
	for (unsigned i = 0; i < 2; i++) {
		sessio_consumer_close(scene.sides[i].consumer);
	}
	sessio_provider_stop(scene.server, NULL, NULL);
	(void)uv_run(&scene.loop, UV_RUN_DEFAULT);
	if (tester != NULL) {
		(void)alloc_fail_off(tester, scene.failed);
	}
	assert_int_equal(uv_loop_close(&scene.loop), 0);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(scene.sides[i].answered, scene.sides[i].sent);
		assert_true(scene.sides[i].consumer == NULL || scene.sides[i].gone);
	}
	notes_assert();
	sessio_user_session_unref(scene.user);
	assert_int_equal(sessio_host_destroy(scene.host), SESSIO_OK);
}

static void calls_fail_whole(void **state)
{
	(void)state;
	provider.silent = true;
	provider.handle_rights = READ | SESSIO_HANDLE_TRANSFER;
	/* The first makes the process's own space and the object's handle, which stay. */
	conversation(NULL, NULL);
	assert_false(scene.failed);
	alloc_fail_sweep(conversation, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(
		calls_fail_whole, provider_start, provider_stop) };

	leaks_allow(4); /* the own space, its lock and its slots; the lock of revocations */
	return cmocka_run_group_tests_name("transport_calls_alloc", tests, NULL, NULL);
}
