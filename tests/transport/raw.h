/* SPDX-License-Identifier: MIT */
/* Consumers, byte by byte, by the operating system's own calls. */
#ifndef SESSIO_TESTS_RAW_H
#define SESSIO_TESTS_RAW_H

#include "transport/transport_frame.h"

#include "pipe_end.h"

/* A consumer that sends any bytes. */
struct raw {
	pipe_end end;
	size_t frame_bytes;
	unsigned char *input;
	size_t received;
	size_t used;
	uint32_t number; /* of the last request */
	uint32_t connection; /* from the greeting */
};

/* Connects, and greets or not. */
void raw_connect(struct raw *raw, const char *pipe);
void raw_greet(struct raw *raw, const char *pipe);
void raw_close(struct raw *raw);

void raw_send_bytes(struct raw *raw, const void *bytes, size_t size);
void raw_send(struct raw *raw, const struct si_frame *frame);

/* The next frame; false at the end of the pipe. */
bool raw_receive(struct raw *raw, struct si_frame *out_frame);

/* Sends a call with bytes under a new number. */
void raw_call(struct raw *raw, uint32_t operation, const void *bytes, size_t size);

/* Expects the answer to a request, with this code. The frame is good until the next. */
struct si_frame raw_expect(struct raw *raw, uint32_t number, int32_t code);

/* Expects a GOODBYE with this reason, and then the end. Closes. */
void raw_expect_end(struct raw *raw, enum si_frame_reason reason);

/* Opens the lamp; the handle. */
struct si_frame_handle raw_open(struct raw *raw, uint32_t rights, uint32_t share);

#if !defined(_WIN32)
/* How many descriptors this process has. */
unsigned descriptors(void);
#endif

#endif /* SESSIO_TESTS_RAW_H */
