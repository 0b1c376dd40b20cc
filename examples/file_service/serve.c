/* SPDX-License-Identifier: MIT */
#include "serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessio/handle_space.h>

#include "service.h"

static void on_changed(uv_async_t *changed)
{
	view_answer(changed->data);
}

static void on_stopped(void *ctx)
{
	struct service *service = ctx;

	service->provider = NULL;
}

/* Begins the end: the loop runs dry when the consumers and their operations are gone. */
static void stop(struct service *service)
{
	if (service->stopping) {
		return;
	}
	service->stopping = true;
	for (size_t i = 0; i < sizeof(service->signals) / sizeof(service->signals[0]); i++) {
		uv_close((uv_handle_t *)&service->signals[i], NULL);
	}
	if (service->has_input) {
		uv_close((uv_handle_t *)&service->input, NULL);
	}
	sessio_provider_stop(service->provider, on_stopped, service);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	stop(handle->data);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *out_buffer)
{
	static char nowhere[256];

	(void)handle, (void)wanted;
	*out_buffer = uv_buf_init(nowhere, sizeof(nowhere));
}

static void on_input(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	(void)buffer;
	if (got < 0) {
		stop(stream->data);
	}
}

static void listen_to_ends(struct service *service, bool until_input_ends)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)uv_signal_init(&service->loop, &service->signals[i]);
		service->signals[i].data = service;
		(void)uv_signal_start(&service->signals[i], on_signal, numbers[i]);
		uv_unref((uv_handle_t *)&service->signals[i]);
	}
	if (until_input_ends) {
		(void)uv_pipe_init(&service->loop, &service->input, 0);
		service->has_input = true;
		service->input.data = service;
		if (uv_pipe_open(&service->input, 0) != 0 ||
			uv_read_start((uv_stream_t *)&service->input, on_room, on_input) != 0) {
			stop(service);
		}
	}
}

/* Takes everything down; true if nothing is left anywhere. */
static bool finish(struct service *service)
{
	bool good = store_close(service);
	size_t handles = sessio_handle_space_count(sessio_handle_space_own());

	good = sessio_host_destroy(service->host) == SESSIO_OK && good;
	uv_close((uv_handle_t *)&service->changed, NULL);
	(void)uv_run(&service->loop, UV_RUN_DEFAULT);
	good = uv_loop_close(&service->loop) == 0 && good;
	printf("stopped: sessions opened %lu, closed %lu, completed %lu; handles left %lu\n",
		atomic_load(&service->opened), atomic_load(&service->closed),
		atomic_load(&service->completed), (unsigned long)handles);
	return good && handles == 0 &&
		atomic_load(&service->opened) == atomic_load(&service->completed);
}

static bool start(struct service *service, const char *pipe, const char *directory)
{
	const sessio_provider_options options = {
		.loop = &service->loop, .pipe = pipe, .ops = &service_ops, .ctx = service
	};
	sessio_status status;

	if (!store_open(service, directory)) {
		fprintf(stderr, "sessio_files: there are no files to serve in %s\n", directory);
		return false;
	}
	status = sessio_provider_start(&options, &service->provider);
	if (status != SESSIO_OK) {
		fprintf(stderr, "sessio_files: cannot serve at %s: %s\n", pipe,
			sessio_status_text(status));
	}
	return status == SESSIO_OK;
}

int serve(const char *pipe, const char *directory, bool until_input_ends)
{
	struct service *service = calloc(1, sizeof(*service));
	bool good;

	if (service == NULL || uv_loop_init(&service->loop) != 0) {
		free(service);
		return EXIT_FAILURE;
	}
	(void)uv_async_init(&service->loop, &service->changed, on_changed);
	service->changed.data = service;
	uv_unref((uv_handle_t *)&service->changed);
	service->version = 1; /* a watcher that knows nothing says 0 */
	good = sessio_host_create(SESSIO_RULES_DOCUMENTED, &service->host) == SESSIO_OK &&
		start(service, pipe, directory);
	if (good) {
		listen_to_ends(service, until_input_ends);
		printf("%lu files of %s are served at %s\n", (unsigned long)service->file_count,
			directory, pipe);
		(void)fflush(stdout);
	}
	(void)uv_run(&service->loop, UV_RUN_DEFAULT);
	good = finish(service) && good;
	free(service);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
