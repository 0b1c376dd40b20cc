/* SPDX-License-Identifier: MIT */
/* The least that a request by libuv can cost: bytes there and the same bytes back. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "bench.h"
#include "pipes.h"

struct echo {
	char path[64];
	uv_pipe_t listening;
	uv_pipe_t served;
	uv_loop_t loop; /* the client's, like all that follows */
	uv_pipe_t client;
	uv_connect_t connecting;
	bool connected;
	size_t came; /* bytes */
	char served_bytes[65536];
	char client_bytes[65536];
};

static void give_served(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	struct echo *echo = (struct echo *)handle->data;

	(void)size;
	*buf = uv_buf_init(echo->served_bytes, sizeof(echo->served_bytes));
}

/* A copy, which uv_write() sends when the pipe is full. */
struct rest {
	uv_write_t write;
	char bytes[];
};

static void on_written(uv_write_t *write, int status)
{
	bench_require(status == 0, "the echo is not written");
	free(write->data);
}

static void send_bytes(uv_pipe_t *to, const char *bytes, size_t size)
{
	uv_buf_t buf = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)size);
	int sent = uv_try_write((uv_stream_t *)to, &buf, 1);
	struct rest *rest;

	if (sent == (int)size) {
		return;
	}
	size -= sent > 0 ? (size_t)sent : 0;
	bytes += sent > 0 ? sent : 0;
	rest = (struct rest *)malloc(sizeof(*rest) + size);
	bench_require(rest != NULL, "out of memory");
	memcpy(rest->bytes, bytes, size);
	rest->write.data = rest;
	buf = uv_buf_init(rest->bytes, (unsigned)size);
	bench_require(uv_write(&rest->write, (uv_stream_t *)to, &buf, 1, on_written) == 0,
		"the echo is not sent");
}

static void on_served(uv_stream_t *stream, ssize_t size, const uv_buf_t *buf)
{
	bench_require(size >= 0, "the echo's client is gone");
	send_bytes((uv_pipe_t *)stream, buf->base, (size_t)size);
}

static void on_connection(uv_stream_t *listening, int status)
{
	struct echo *echo = (struct echo *)listening->data;

	bench_require(status == 0 && uv_pipe_init(listening->loop, &echo->served, 0) == 0 &&
			uv_accept(listening, (uv_stream_t *)&echo->served) == 0,
		"the echo is not reached");
	echo->served.data = echo;
	bench_require(uv_read_start((uv_stream_t *)&echo->served, give_served, on_served) == 0,
		"the echo does not read");
}

static void begin(uv_loop_t *loop, void *arg)
{
	struct echo *echo = (struct echo *)arg;

	bench_require(uv_pipe_init(loop, &echo->listening, 0) == 0 &&
			uv_pipe_bind(&echo->listening, echo->path) == 0 &&
			uv_listen((uv_stream_t *)&echo->listening, 1, on_connection) == 0,
		"no echo");
	echo->listening.data = echo;
}

static void give_client(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	struct echo *echo = (struct echo *)handle->data;

	(void)size;
	*buf = uv_buf_init(echo->client_bytes, sizeof(echo->client_bytes));
}

static void on_echo(uv_stream_t *stream, ssize_t size, const uv_buf_t *buf)
{
	struct echo *echo = (struct echo *)stream->data;

	(void)buf;
	bench_require(size >= 0, "the echo is gone");
	echo->came += (size_t)size;
}

static void on_connected(uv_connect_t *connecting, int status)
{
	struct echo *echo = (struct echo *)connecting->data;

	bench_require(status == 0, "the echo is not there");
	echo->connected = true;
}

void *peer_echo_create(void)
{
	struct echo *echo = (struct echo *)bench_alone(sizeof(*echo));

	pipes_path(echo->path, sizeof(echo->path));
	pipes_serve(begin, echo);
	bench_require(
		uv_loop_init(&echo->loop) == 0 && uv_pipe_init(&echo->loop, &echo->client, 0) == 0,
		"no client");
	echo->client.data = echo;
	echo->connecting.data = echo;
	uv_pipe_connect(&echo->connecting, &echo->client, echo->path, on_connected);
	while (!echo->connected) {
		(void)uv_run(&echo->loop, UV_RUN_ONCE);
	}
	bench_require(uv_read_start((uv_stream_t *)&echo->client, give_client, on_echo) == 0,
		"the client does not read");
	(void)unlink(echo->path);
	return echo;
}

static void send_and_wait(struct echo *echo, size_t messages)
{
	static const char bytes[PIPES_ECHO_BYTES];

	echo->came = 0;
	for (size_t i = 0; i < messages; i++) {
		send_bytes(&echo->client, bytes, sizeof(bytes));
	}
	while (echo->came < messages * sizeof(bytes)) {
		(void)uv_run(&echo->loop, UV_RUN_ONCE);
	}
}

void peer_echo_go(void *echo)
{
	send_and_wait((struct echo *)echo, 1);
}

void peer_echo_many(void *echo, uint64_t n)
{
	while (n-- != 0) {
		send_and_wait((struct echo *)echo, PIPES_IN_FLIGHT);
	}
}
