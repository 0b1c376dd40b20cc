/* SPDX-License-Identifier: MIT */
/* A provider that welcomes a consumer and is gone before the consumer's next look. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "inside.h"

#include <sessio/transport.h>

#include <uv.h>

#include "pipe_end.h"
#include "transport/transport_frame.h"

static char path[100];
static struct pipe_listener listener;

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
	pipe_end accepted;

	__real_uv_pipe_connect(connect, pipe, name, done);
	si_frame_write(&welcome, bytes);
	accepted = pipe_accept(&listener);
	note_that(pipe_end_write(accepted, bytes, size));
	pipe_end_close(&accepted);
}

static int set_up(void **state)
{
	(void)state;
	pipe_end_name(path, sizeof(path), "welcome");
	pipe_listen(&listener, path);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pipe_listener_close(&listener);
	notes_assert();
	return 0;
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
