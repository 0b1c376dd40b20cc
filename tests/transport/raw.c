/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "raw.h"
#include "talk.h"

#include <stdlib.h>
#include <string.h>
#if !defined(_WIN32)
#include <dirent.h>
#endif

void raw_connect(struct raw *raw, const char *pipe)
{
	memset(raw, 0, sizeof(*raw));
	raw->frame_bytes = SI_FRAME_BYTES_MAX;
	raw->input = malloc(SI_FRAME_BYTES_MAX);
	assert_non_null(raw->input);
	raw->end = pipe_end_connect(pipe);
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
	pipe_end_close(&raw->end);
	free(raw->input);
}

void raw_send_bytes(struct raw *raw, const void *bytes, size_t size)
{
	/* Where the other end is closed, its last frames can still be read. */
	(void)pipe_end_write(raw->end, bytes, size);
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
		size_t got;

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
		got = pipe_end_read(
			raw->end, raw->input + raw->received, SI_FRAME_BYTES_MAX - raw->received);
		if (got == 0) {
			return false;
		}
		raw->received += got;
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

#if !defined(_WIN32)

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

#endif
