/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what sockets need in strict C11 */
#endif

#include "test.h"

#include "raw.h"
#include "talk.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void raw_connect(struct raw *raw, const char *pipe)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memset(raw, 0, sizeof(*raw));
	assert_true(strlen(pipe) < sizeof(address.sun_path));
	strcpy(address.sun_path, pipe);
	raw->frame_bytes = SI_FRAME_BYTES_MAX;
	raw->input = malloc(SI_FRAME_BYTES_MAX);
	assert_non_null(raw->input);
	raw->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(raw->fd >= 0);
	assert_int_equal(
		connect(raw->fd, (const struct sockaddr *)(const void *)&address, sizeof(address)),
		0);
}

void raw_greet(struct raw *raw, const char *pipe)
{
	const struct si_frame hello = {
		.kind = SI_FRAME_HELLO,
		.magic = SI_FRAME_MAGIC,
		.version_min = 1,
		.version = 1,
		.frame_bytes = SI_FRAME_BYTES_MAX,
	};
	struct si_frame frame;

	raw_connect(raw, pipe);
	raw_send(raw, &hello);
	assert_true(raw_receive(raw, &frame));
	assert_int_equal(frame.kind, SI_FRAME_WELCOME);
	raw->frame_bytes = frame.frame_bytes;
	raw->connection = frame.connection;
}

void raw_close(struct raw *raw)
{
	assert_int_equal(close(raw->fd), 0);
	free(raw->input);
}

void raw_send_bytes(struct raw *raw, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	while (size != 0) {
		ssize_t sent = send(raw->fd, at, size, MSG_NOSIGNAL);

		if (sent <= 0) {
			return; /* closed at the other end, but its last frames can still be read */
		}
		at += sent;
		size -= (size_t)sent;
	}
}

void raw_send(struct raw *raw, const struct si_frame *frame)
{
	size_t size = si_frame_size(frame, SI_FRAME_BYTES_MAX);
	unsigned char *bytes = malloc(size);

	assert_true(size != 0 && bytes != NULL);
	si_frame_write(frame, bytes);
	raw_send_bytes(raw, bytes, size);
	free(bytes);
}

bool raw_receive(struct raw *raw, struct si_frame *out_frame)
{
	raw->received -= raw->used;
	memmove(raw->input, raw->input + raw->used, raw->received);
	raw->used = 0;
	for (;;) {
		enum si_frame_reason reason;
		size_t size;
		ssize_t got;

		switch (si_frame_parse(
			raw->input, raw->received, SI_FRAME_BYTES_MAX, out_frame, &size, &reason)) {
		case SI_FRAME_WHOLE:
			raw->used = size;
			return true;
		case SI_FRAME_BROKEN:
			fail_msg("the provider sent a bad frame: %s",
				si_frame_reason_text((uint16_t)reason));
			return false;
		default:
			break;
		}
		got = recv(
			raw->fd, raw->input + raw->received, SI_FRAME_BYTES_MAX - raw->received, 0);
		if (got <= 0) {
			return false;
		}
		raw->received += (size_t)got;
	}
}

void raw_call(struct raw *raw, uint32_t operation, const void *bytes, size_t size)
{
	const struct si_frame call = {
		.kind = SI_FRAME_CALL,
		.number = ++raw->number,
		.operation = operation,
		.bytes = bytes,
		.size = size,
	};

	raw_send(raw, &call);
}

struct si_frame raw_expect(struct raw *raw, uint32_t number, int32_t code)
{
	struct si_frame frame;

	assert_true(raw_receive(raw, &frame));
	assert_int_equal(frame.kind, SI_FRAME_REPLY);
	assert_int_equal(frame.number, number);
	assert_int_equal(frame.code, code);
	return frame;
}

void raw_expect_end(struct raw *raw, enum si_frame_reason reason)
{
	struct si_frame frame;

	assert_true(raw_receive(raw, &frame));
	assert_string_equal(si_frame_kind_name(frame.kind), "GOODBYE");
	assert_int_equal(frame.reason, reason);
	assert_false(raw_receive(raw, &frame));
	raw_close(raw);
}

struct si_frame_handle raw_open(struct raw *raw, uint32_t rights, uint32_t share)
{
	const struct si_frame open = {
		.kind = SI_FRAME_OPEN,
		.number = ++raw->number,
		.rights = rights,
		.share = share,
		.name = "lamp",
		.name_size = 4,
	};
	struct si_frame reply;

	raw_send(raw, &open);
	reply = raw_expect(raw, raw->number, SESSIO_OK);
	assert_int_equal(reply.handle_count, 1);
	return reply.handles[0];
}

unsigned descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL) {
		count++;
	}
	assert_int_equal(closedir(folder), 0);
	return count;
}
