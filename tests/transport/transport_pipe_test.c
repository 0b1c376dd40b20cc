/* SPDX-License-Identifier: MIT */
/* The name of a pipe and the process behind it, on any system. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "inside.h"
#include "leaks.h"

#include <stdio.h>
#include <string.h>

#include <uv.h>

#include <sessio/transport.h>

#if defined(_WIN32)
#define PIPE "\\\\.\\pipe\\"
#else
#define PIPE "/tmp/"
#endif

static struct {
	char pipe[64];
	uv_loop_t loop;
	sessio_provider *provider;
	sessio_consumer *consumer;
	sessio_peer peer;
	unsigned connected;
	unsigned welcomed;
	unsigned stopped;
} scene;

static void *find_nothing(void *ctx, sessio_connection *connection, const char *name)
{
	(void)ctx;
	(void)connection;
	(void)name;
	return NULL;
}

static sessio_status on_consumer(void *ctx, sessio_connection *connection)
{
	(void)ctx;
	scene.connected++;
	scene.peer = sessio_connection_peer(connection);
	return SESSIO_OK;
}

static const sessio_provider_ops provider_ops = { .connected = on_consumer, .find = find_nothing };

static sessio_status start(sessio_provider **out_provider)
{
	const sessio_provider_options options = {
		.loop = &scene.loop, .pipe = scene.pipe, .ops = &provider_ops
	};

	return sessio_provider_start(&options, out_provider);
}

static void count_stopped(void *ctx)
{
	(void)ctx;
	scene.stopped++;
}

static int set_up(void **state)
{
	(void)state;
	memset(&scene, 0, sizeof(scene));
	(void)snprintf(scene.pipe, sizeof(scene.pipe), PIPE "sessio-pipe-%d", (int)uv_os_getpid());
	return uv_loop_init(&scene.loop);
}

static void run_to_the_end(void)
{
	(void)uv_run(&scene.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&scene.loop), 0);
	notes_assert();
}

/* Whether the system keeps a pipe's name for its first owner: Windows does, Wine 8 does not. */
static bool names_are_kept(void)
{
#if defined(_WIN32)
	const DWORD mode =
		PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE;
	HANDLE first = CreateNamedPipeA(scene.pipe, mode, PIPE_TYPE_BYTE, 2, 64, 64, 0, NULL);
	HANDLE second = CreateNamedPipeA(scene.pipe, mode, PIPE_TYPE_BYTE, 2, 64, 64, 0, NULL);
	bool kept = first != INVALID_HANDLE_VALUE && second == INVALID_HANDLE_VALUE;

	(void)CloseHandle(first);
	(void)CloseHandle(second);
	return kept;
#else
	return true;
#endif
}

static void a_name_has_one_provider_at_a_time(void **state)
{
	sessio_provider *second = NULL;

	(void)state;
	if (!names_are_kept()) {
		assert_int_equal(uv_loop_close(&scene.loop), 0);
		skip();
	}
	assert_int_equal(start(&scene.provider), SESSIO_OK);
	assert_int_equal(start(&second), SESSIO_EXISTS);
	assert_null(second);
	sessio_provider_stop(scene.provider, count_stopped, NULL);
	(void)uv_run(&scene.loop, UV_RUN_DEFAULT);
	assert_int_equal(scene.stopped, 1);
	assert_int_equal(start(&second), SESSIO_OK);
	sessio_provider_stop(second, count_stopped, NULL);
	run_to_the_end();
	assert_int_equal(scene.stopped, 2);
}

static void a_name_that_nobody_serves_is_not_found(void **state)
{
	const sessio_consumer_ops ops = { NULL, NULL, NULL, NULL };
	const sessio_consumer_options options = { .pipe = scene.pipe, .ops = &ops };

	/* On a loop of its own. */

	(void)state;
	assert_int_equal(sessio_consumer_connect(&options, SESSIO_FOREVER, &scene.consumer),
		SESSIO_NOT_FOUND);
	run_to_the_end();
}

static void on_welcome(void *ctx)
{
	(void)ctx;
	scene.welcomed++;
	sessio_consumer_close(scene.consumer);
	sessio_provider_stop(scene.provider, count_stopped, NULL);
}

static void a_provider_knows_the_process_of_a_consumer(void **state)
{
	const sessio_consumer_ops ops = { on_welcome, NULL, NULL, NULL };
	const sessio_consumer_options options = {
		.loop = &scene.loop, .pipe = scene.pipe, .ops = &ops
	};

	(void)state;
	assert_int_equal(start(&scene.provider), SESSIO_OK);
	assert_int_equal(sessio_consumer_connect(&options, 0, &scene.consumer), SESSIO_OK);
	run_to_the_end();
	assert_int_equal(scene.connected, 1);
	assert_int_equal(scene.welcomed, 1);
#if defined(__linux__) || defined(_WIN32)
	assert_true(scene.peer.known);
	assert_int_equal(scene.peer.pid, uv_os_getpid());
#endif
#if defined(_WIN32)
	assert_int_equal(scene.peer.uid, 0);
	assert_int_equal(scene.peer.gid, 0);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_name_has_one_provider_at_a_time, set_up),
		cmocka_unit_test_setup(a_name_that_nobody_serves_is_not_found, set_up),
		cmocka_unit_test_setup(a_provider_knows_the_process_of_a_consumer, set_up),
	};

	leaks_allow(1); /* the lock of revocations */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
