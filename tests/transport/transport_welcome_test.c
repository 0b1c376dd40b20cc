/* SPDX-License-Identifier: MIT */
/* A provider that welcomes a consumer and is gone before the consumer's next look. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include <sessio/transport.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <uv.h>

#include "transport/transport_frame.h"

static char path[100];
static int listener;

void __real_uv_pipe_connect(
	uv_connect_t *connect, uv_pipe_t *pipe, const char *name, uv_connect_cb done);
void __wrap_uv_pipe_connect(
	uv_connect_t *connect, uv_pipe_t *pipe, const char *name, uv_connect_cb done);

/* So everything has been said before the consumer looks for the first time. */
void __wrap_uv_pipe_connect(
	uv_connect_t *connect, uv_pipe_t *pipe, const char *name, uv_connect_cb done)
{
	const struct si_frame welcome = {
		.kind = SI_FRAME_WELCOME,
		.magic = SI_FRAME_MAGIC,
		.version = SI_FRAME_VERSION,
		.frame_bytes = SI_FRAME_BYTES_MAX,
		.requests = 1,
		.connection = 1,
	};
	unsigned char bytes[SI_FRAME_BYTES_MIN];
	size_t size = si_frame_size(&welcome, sizeof(bytes));
	int accepted;

	__real_uv_pipe_connect(connect, pipe, name, done);
	si_frame_write(&welcome, bytes);
	accepted = accept(listener, NULL, NULL);
	(void)send(accepted, bytes, size, MSG_NOSIGNAL);
	(void)close(accepted);
}

static int set_up(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *folder = getenv("TMPDIR");

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/sessio-welcome-%d", folder == NULL ? "/tmp" : folder,
		(int)getpid());
	memcpy(address.sun_path, path, strlen(path) + 1);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return bind(listener, (const struct sockaddr *)(const void *)&address, sizeof(address)) !=
		0 ||
		listen(listener, 1) != 0;
}

static int tear_down(void **state)
{
	(void)state;
	return close(listener) != 0 || unlink(path) != 0;
}

static void a_consumer_is_handed_out_or_refused(void **state)
{
	const sessio_consumer_options options = { .pipe = path };
	sessio_consumer *consumer = NULL;

	(void)state;
	assert_int_equal(
		sessio_consumer_connect(&options, SESSIO_FOREVER, &consumer), SESSIO_REFUSED);
	assert_null(consumer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_consumer_is_handed_out_or_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("transport_welcome", tests, NULL, NULL);
}
