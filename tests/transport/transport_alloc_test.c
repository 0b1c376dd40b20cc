/* SPDX-License-Identifier: MIT */
/* A provider and a consumer on one loop, when memory runs out: at every allocation. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "alloc_fail.h"
#include "inside.h"
#include "leaks.h"

#include <stdio.h>
#include <string.h>

#include <uv.h>

#include <sessio/transport.h>

#include "provider.h"

#define GREETING_MS 60000u
#if defined(_WIN32)
#define PIPE "\\\\.\\pipe\\"
#else
#define PIPE "/tmp/"
#endif

struct scene {
	char pipe[64];
	uv_loop_t loop;
	sessio_provider *server;
	sessio_consumer *consumer;
	sessio_remote_handle handle;
	unsigned answers;
	bool failed; /* something did not go as it does with memory */
	bool gone; /* the consumer */
};

static struct scene scene;

static void *find(void *ctx, sessio_connection *connection, const char *name)
{
	(void)ctx;
	(void)connection;
	(void)name;
	KosRefObject(provider.file);
	return provider.file;
}

/* Answers with the same bytes and with one more handle of the session. */
static void serve(void *ctx, sessio_request *request)
{
	struct sessio_handle_desc more;
	void *session;
	size_t size;
	const void *bytes = sessio_request_bytes(request, &size);
	Retcode rc;

	(void)ctx;
	rc = KosSessionIpcHandleToSession(sessio_request_handle(request, 0), NULL, 0, &session);
	note_that(rc == rcOk);
	rc = KosSessionContextToIpcHandle(session, &more);
	scene.failed = scene.failed || rc != rcOk;
	(void)sessio_request_reply(
		request, rc == rcOk ? 0 : SESSIO_NO_MEMORY, bytes, size, &more, rc == rcOk);
}

static void end_all(void)
{
	sessio_consumer_close(scene.consumer);
	scene.consumer = NULL;
	sessio_provider_stop(scene.server, NULL, NULL);
}

static void on_reply(void *ctx, const sessio_reply *reply);

static void send_call(const sessio_call *call)
{
	if (sessio_consumer_send(scene.consumer, call, on_reply, NULL, NULL) != SESSIO_OK) {
		scene.failed = true;
		end_all();
	}
}

static void on_reply(void *ctx, const sessio_reply *reply)
{
	const sessio_call call = { .kind = SESSIO_CALL_OPERATION,
		.handles = &scene.handle,
		.handle_count = 1,
		.bytes = "bytes",
		.size = 5 };
	const sessio_call close = {
		.kind = SESSIO_CALL_CLOSE, .handles = &scene.handle, .handle_count = 1
	};

	(void)ctx;
	if (scene.consumer == NULL) {
		return;
	}
	if (reply->status != SESSIO_OK) {
		scene.failed = true;
		if (reply->status != SESSIO_DISCONNECTED) {
			end_all();
		}
		return;
	}
	switch (scene.answers++) {
	case 0:
		scene.handle = reply->handles[0];
		send_call(&call);
		return;
	case 1:
		note_that(reply->size == 5 && reply->handle_count == 1);
		send_call(&close);
		return;
	default:
		end_all();
		return;
	}
}

static void on_connected(void *ctx)
{
	const sessio_call open = { .kind = SESSIO_CALL_OPEN, .name = "file", .share = UINT32_MAX };

	(void)ctx;
	send_call(&open);
}

static void on_disconnected(void *ctx, const char *reason)
{
	(void)ctx;
	(void)reason;
	if (scene.consumer != NULL) {
		scene.failed = true;
		end_all();
	}
}

static const sessio_provider_ops server_ops = { NULL, NULL, find, serve };
static const sessio_consumer_ops consumer_ops = { on_connected, NULL, NULL, on_disconnected };

static void conversation(struct alloc_fail *tester, void *ctx)
{
	sessio_provider_options server = {
		.loop = &scene.loop, .pipe = scene.pipe, .ops = &server_ops
	};
	const sessio_consumer_options consumer = {
		.loop = &scene.loop, .pipe = scene.pipe, .ops = &consumer_ops
	};
	sessio_status status;

	(void)ctx;
	memset(&scene, 0, sizeof(scene));
	server.limits.greeting_ms = GREETING_MS;
	(void)snprintf(scene.pipe, sizeof(scene.pipe), PIPE "sessio-alloc-%d", (int)uv_os_getpid());
	assert_int_equal(uv_loop_init(&scene.loop), 0);
	if (tester != NULL) {
		alloc_fail_on(tester);
	}
	status = sessio_provider_start(&server, &scene.server);
	if (status == SESSIO_OK) {
		status = sessio_consumer_connect(&consumer, 0, &scene.consumer);
		if (status != SESSIO_OK) {
			sessio_provider_stop(scene.server, NULL, NULL);
		}
	}
	if (status != SESSIO_OK) {
		scene.failed = true;
		note_that(status == SESSIO_NO_MEMORY);
	}
	(void)uv_run(&scene.loop, UV_RUN_DEFAULT);
	if (tester != NULL) {
		(void)alloc_fail_off(tester, scene.failed);
	}
	assert_int_equal(uv_loop_close(&scene.loop), 0);
	notes_assert();
	assert_true(scene.failed || scene.answers == 3);
}

static void a_conversation_fails_whole(void **state)
{
	(void)state;
	provider.silent = true;
	/* The first makes the process's own space and the object's handle, which stay. */
	conversation(NULL, NULL);
	assert_false(scene.failed);
	alloc_fail_sweep(conversation, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(
		a_conversation_fails_whole, provider_start, provider_stop) };

	leaks_allow(4); /* the own space, its lock and its slots; the lock of revocations */
	return cmocka_run_group_tests_name("transport_alloc", tests, NULL, NULL);
}
