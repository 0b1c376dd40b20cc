/* SPDX-License-Identifier: MIT */
/*
 * A provider of a diary, and a consumer in another process that reads it.
 *
 * The program starts itself once more as the consumer, with the pipe's name.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include <kos/session.h>
#include <sessio/transport.h>

#if defined(_WIN32)
#define PIPE "\\\\.\\pipe\\"
#else
#define PIPE "/tmp/"
#endif

#define DIARY_READ 1u
#define DIARY_WRITE 2u

static KosObjectType *diary_type;
static KosSessionType *session_type;
static void *diary;
static sessio_provider *provider;

/* --- The provider --- */

static Retcode open_diary(void *object, void *session, void *open_ctx, rtl_uint32_t *handle_rights)
{
	(void)object;
	(void)session;
	(void)open_ctx;
	*handle_rights = DIARY_READ; /* nobody writes from afar */
	printf("the diary is opened\n");
	return rcOk;
}

static Retcode close_diary(void *object, void *session)
{
	(void)object;
	(void)session;
	printf("the diary is closed\n");
	return rcOk;
}

static const KosSessionOps diary_ops = { open_diary, close_diary, NULL };

static void *find(void *ctx, sessio_connection *connection, const char *name)
{
	(void)ctx;
	(void)connection;
	if (strcmp(name, "diary") != 0) {
		return NULL;
	}
	KosRefObject(diary);
	return diary;
}

static void serve(void *ctx, sessio_request *request)
{
	const struct sessio_handle_desc *handle = sessio_request_handle(request, 0);
	uint32_t operation = sessio_request_operation(request);
	void *session;

	(void)ctx;
	if (KosSessionIpcHandleToSession(handle, session_type, operation, &session) == rcOk) {
		(void)sessio_request_reply(request, SESSIO_OK, "Dear diary", 10, NULL, 0);
	} else {
		(void)sessio_request_reply(request, SESSIO_NO_RIGHTS, NULL, 0, NULL, 0);
	}
}

/* The only consumer has gone. */
static void disconnected(void *ctx, sessio_connection *connection)
{
	(void)ctx;
	(void)connection;
	sessio_provider_stop(provider, NULL, NULL);
}

static int provide(const char *program)
{
	static const sessio_provider_ops ops = { NULL, disconnected, find, serve };
	uv_loop_t *loop = uv_default_loop();
	char pipe[64];
	char *arguments[] = { (char *)program, pipe, NULL };
	uv_stdio_container_t out[] = { { .flags = UV_IGNORE },
		{ .flags = UV_INHERIT_FD, .data.fd = 1 },
		{ .flags = UV_INHERIT_FD, .data.fd = 2 } };
	const uv_process_options_t child = {
		.file = program, .args = arguments, .stdio_count = 3, .stdio = out
	};
	uv_process_t consumer;

	(void)snprintf(pipe, sizeof(pipe), PIPE "sessio-diary-%d", (int)uv_os_getpid());
	if (sessio_provider_start(
		    &(sessio_provider_options){ .loop = loop, .pipe = pipe, .ops = &ops },
		    &provider) != SESSIO_OK ||
		uv_spawn(loop, &consumer, &child) != 0) {
		return 1;
	}
	(void)uv_run(loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&consumer, NULL);
	(void)uv_run(loop, UV_RUN_DEFAULT);
	return uv_loop_close(loop);
}

/* --- The consumer --- */

static void keep_handle(void *ctx, const sessio_reply *reply)
{
	if (reply->handle_count != 0) {
		*(sessio_remote_handle *)ctx = reply->handles[0];
	}
}

static void print_reply(void *ctx, const sessio_reply *reply)
{
	(void)ctx;
	printf("%s: %.*s\n", sessio_status_text(reply->status), (int)reply->size,
		reply->bytes == NULL ? "" : (const char *)reply->bytes);
}

static int consume(const char *pipe)
{
	const sessio_consumer_options options = { .pipe = pipe };
	const sessio_call open = {
		.kind = SESSIO_CALL_OPEN, .name = "diary", .rights = DIARY_READ
	};
	sessio_remote_handle handle;
	sessio_call call = { .kind = SESSIO_CALL_OPERATION, .handles = &handle, .handle_count = 1 };
	sessio_consumer *consumer;

	if (sessio_consumer_connect(&options, 10000, &consumer) ||
		sessio_consumer_call(consumer, &open, keep_handle, &handle, 10000)) {
		return 1;
	}
	call.operation = DIARY_READ;
	(void)sessio_consumer_call(consumer, &call, print_reply, NULL, 10000);
	call.operation = DIARY_WRITE;
	(void)sessio_consumer_call(consumer, &call, print_reply, NULL, 10000);
	sessio_consumer_close(consumer);
	return 0;
}

int main(int count, char **arguments)
{
	int result;

	(void)setvbuf(stdout, NULL, _IONBF, 0); /* two processes write */
	if (count == 2) {
		return consume(arguments[1]);
	}
	if (KosCreateObjectType("diary", kosSessionBaseObjectType, 8, NULL, NULL, &diary_type) ||
		KosSessionCreateType(
			diary_type, kosSessionBaseSessionType, &diary_ops, &session_type) ||
		KosCreateObject(diary_type, "diary", NULL, &diary) ||
		KosSessionRegisterObject(session_type, diary)) {
		return 1;
	}
	result = provide(arguments[0]);
	(void)KosSessionUnregisterObject(diary);
	KosPutObject(diary);
	KosSessionDestroyType(session_type);
	sessio_object_type_unref(diary_type);
	return result;
}
