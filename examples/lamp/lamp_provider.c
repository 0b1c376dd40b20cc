/* SPDX-License-Identifier: MIT */
/*
 * A lamp for other processes.
 *
 *     lamp_provider PIPE COMMAND...
 *
 * Serves the lamp at PIPE while COMMAND runs, and ends with its result.
 */
#include <stdio.h>

#include <kos/session.h>
#include <sessio/transport.h>
#include <uv.h>

#include "lamp.h"

struct lamp {
	int lit;
};

static KosSessionType *sessions;
static sessio_provider *provider;
static int result = 1;

static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	(void)openCtx;
	*handleRights = KosSessionGetOpenRights(session);
	printf("provider: open \"%s\"\n", sessio_object_name(object));
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	(void)session;
	printf("provider: close \"%s\"\n", sessio_object_name(object));
	return rcOk;
}

/* The object of this name, with a reference for the library. */
static void *find(void *ctx, sessio_connection *connection, const char *name)
{
	(void)connection, (void)name;
	KosRefObject(ctx);
	return ctx;
}

static sessio_status serve(sessio_request *request, unsigned char *lit)
{
	uint32_t operation = sessio_request_operation(request);
	uint32_t right = operation == LAMP_TOGGLE ? LAMP_SWITCH : LAMP_LOOK;
	void *session, *lamp;
	Retcode rc = KosSessionIpcHandleToSession(
		sessio_request_handle(request, 0), sessions, right, &session);

	if (rc != rcOk) {
		return rc == rcNoCapability ? SESSIO_NO_RIGHTS : SESSIO_INVALID_ARG;
	}
	if (KosSessionRef(session, sessions, &lamp) != rcOk) { /* an operation begins */
		return SESSIO_BAD_STATE;
	}
	((struct lamp *)lamp)->lit ^= operation == LAMP_TOGGLE;
	*lit = (unsigned char)((struct lamp *)lamp)->lit;
	KosSessionPut(session); /* and ends */
	return SESSIO_OK;
}

static void call(void *ctx, sessio_request *request)
{
	unsigned char lit;
	sessio_status status = serve(request, &lit);

	(void)ctx;
	(void)sessio_request_reply(request, status, &lit, status == SESSIO_OK, NULL, 0);
}

static const sessio_provider_ops ops = { .find = find, .call = call };

static void on_consumer_end(uv_process_t *process, int64_t code, int signal)
{
	result = signal != 0 || code != 0;
	uv_close((uv_handle_t *)process, NULL);
	sessio_provider_stop(provider, NULL, NULL);
}

static int start(uv_loop_t *loop, void *lamp, char **argv)
{
	const sessio_provider_options options = {
		.loop = loop, .pipe = argv[1], .ops = &ops, .ctx = lamp
	};
	static uv_process_t consumer;
	uv_stdio_container_t stdio[3];
	uv_process_options_t spawn = { .file = argv[2],
		.args = argv + 2,
		.stdio = stdio,
		.stdio_count = 3,
		.exit_cb = on_consumer_end };

	for (int i = 0; i < 3; i++) {
		stdio[i].flags = UV_INHERIT_FD;
		stdio[i].data.fd = i;
	}
	if (sessio_provider_start(&options, &provider) != SESSIO_OK) {
		return 1;
	}
	if (uv_spawn(loop, &consumer, &spawn) != 0) {
		sessio_provider_stop(provider, NULL, NULL);
	}
	return uv_run(loop, UV_RUN_DEFAULT);
}

int main(int argc, char **argv)
{
	static const KosSessionOps session_ops = { on_open, on_close, RTL_NULL };
	KosObjectType *lamps;
	void *lamp;

	(void)setvbuf(stdout, NULL, _IONBF, 0); /* two processes write to it */
	if (argc < 3 ||
		KosCreateObjectType("lamp", kosSessionBaseObjectType, sizeof(struct lamp), RTL_NULL,
			RTL_NULL, &lamps) ||
		KosSessionCreateType(lamps, kosSessionBaseSessionType, &session_ops, &sessions) ||
		KosCreateObject(lamps, "hall", RTL_NULL, &lamp) ||
		KosSessionRegisterObject(sessions, lamp) || start(uv_default_loop(), lamp, argv) ||
		KosSessionUnregisterObject(lamp)) {
		return 1;
	}
	KosPutObject(lamp);
	KosSessionDestroyType(sessions);
	sessio_object_type_unref(lamps);
	return uv_loop_close(uv_default_loop()) != 0 || result;
}
