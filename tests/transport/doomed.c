/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* SOCK_CLOEXEC */
#endif

#include "doomed.h"

#include "random.h"
#include "talk.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define HELD 8u /* handles of a random consumer */
#define NOT_AS_SCRIPTED 9 /* exit status */

struct wire {
	const struct errand *errand;
	int fd;
	uint32_t number; /* of the last request */
	uint32_t connection;
	unsigned char bytes[SI_FRAME_BYTES_MAX]; /* of the last frame */
};

static struct wire wire;

static void must(bool fine)
{
	if (!fine) {
		_exit(NOT_AS_SCRIPTED);
	}
}

static struct sockaddr_un address_of(const struct errand *errand)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	must(strlen(errand->pipe) < sizeof(address.sun_path));
	strcpy(address.sun_path, errand->pipe);
	return address;
}

static void put_bytes(const unsigned char *at, size_t size)
{
	while (size != 0) {
		ssize_t sent = send(wire.fd, at, size, MSG_NOSIGNAL);

		must(sent > 0);
		at += sent;
		size -= (size_t)sent;
	}
}

static void get_bytes(unsigned char *at, size_t size)
{
	while (size != 0) {
		ssize_t got = recv(wire.fd, at, size, 0);

		must(got > 0);
		at += got;
		size -= (size_t)got;
	}
}

static void put(const struct si_frame *frame)
{
	size_t size = si_frame_size(frame, SI_FRAME_BYTES_MAX);

	must(size != 0);
	si_frame_write(frame, wire.bytes);
	put_bytes(wire.bytes, size / 2);
	nursery_step(wire.errand);
	put_bytes(wire.bytes + size / 2, size - size / 2);
	nursery_step(wire.errand);
}

static struct si_frame get(void)
{
	struct si_frame frame;
	enum si_frame_reason reason;
	size_t size;

	get_bytes(wire.bytes, SI_FRAME_HEADER_BYTES);
	nursery_step(wire.errand);
	size = wire.bytes[0] | (size_t)wire.bytes[1] << 8;
	must(size >= SI_FRAME_HEADER_BYTES);
	get_bytes(wire.bytes + SI_FRAME_HEADER_BYTES, size - SI_FRAME_HEADER_BYTES);
	nursery_step(wire.errand);
	must(si_frame_parse(wire.bytes, size, SI_FRAME_BYTES_MAX, &frame, &size, &reason) ==
		SI_FRAME_WHOLE);
	return frame;
}

/* --- A consumer by script --- */

static struct si_frame get_kind(uint16_t kind)
{
	struct si_frame frame = get();

	must(frame.kind == kind);
	return frame;
}

static struct si_frame get_reply(int32_t code)
{
	struct si_frame frame = get_kind(SI_FRAME_REPLY);

	must(frame.code == code);
	return frame;
}

static void put_request(uint16_t kind, uint32_t handle)
{
	struct si_frame frame = { .kind = kind, .number = ++wire.number };

	if (handle != 0) {
		frame.handle_count = 1;
		frame.handles[0].value = handle;
	}
	if (kind == SI_FRAME_PASS) {
		frame.handles[0].rights = LAMP_READ;
		frame.connection = wire.connection;
	}
	put(&frame);
}

static void put_call(uint32_t operation, uint32_t handle)
{
	struct si_frame frame = { .kind = SI_FRAME_CALL,
		.number = ++wire.number,
		.operation = operation,
		.bytes = (const unsigned char *)"some bytes",
		.size = 10 };

	if (handle != 0) {
		frame.handle_count = 1;
		frame.handles[0].value = handle;
	}
	put(&frame);
}

static uint32_t open_lamp(void)
{
	const struct si_frame open = { .kind = SI_FRAME_OPEN,
		.number = ++wire.number,
		.rights = LAMP_READ,
		.share = UINT32_MAX,
		.name = "lamp",
		.name_size = 4 };

	put(&open);
	return get_reply(SESSIO_OK).handles[0].value;
}

static void call_everything(uint32_t handle)
{
	put_call(OP_ECHO, handle);
	(void)get_reply(SESSIO_OK);
	put_call(OP_ELSEWHERE, handle);
	(void)get_reply(SESSIO_OK);
	put_call(OP_AGAIN, handle);
	must(get_reply(SESSIO_OK).handle_count == 1);
	put_call(OP_WASTE, 0);
	(void)get_reply(SESSIO_OK);
	put_call(OP_UNTIL_CANCELLED, handle);
	wire.number--; /* of the call */
	put_request(SI_FRAME_CANCEL, 0);
	(void)get_reply(42);
	put_call(OP_LATER, handle);
	put_call(OP_FINISH, 0);
	(void)get_reply(SESSIO_OK);
	(void)get_reply(SESSIO_OK);
}

void doomed_scripted_consumer(const struct errand *errand)
{
	const struct si_frame hello = { .kind = SI_FRAME_HELLO,
		.magic = SI_FRAME_MAGIC,
		.version_min = 1,
		.version = 1,
		.frame_bytes = SI_FRAME_BYTES_MAX };
	const struct sockaddr_un address = address_of(errand);
	uint32_t handles[2];

	wire.errand = errand;
	wire.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(connect(wire.fd, (const struct sockaddr *)(const void *)&address, sizeof(address)) ==
		0);
	nursery_step(errand);
	put(&hello);
	wire.connection = get_kind(SI_FRAME_WELCOME).connection;
	handles[0] = open_lamp();
	handles[1] = open_lamp();
	call_everything(handles[0]);
	put_request(SI_FRAME_PASS, handles[0]);
	(void)get_kind(SI_FRAME_GIVEN);
	(void)get_reply(SESSIO_OK);
	put_request(SI_FRAME_DROP, handles[1]);
	(void)get_reply(SESSIO_OK);
	put_request(SI_FRAME_CLOSE, handles[0]);
	/* The handle itself, its descendant, and the one of OP_AGAIN. */
	for (unsigned i = 0; i < 3; i++) {
		(void)get_kind(SI_FRAME_REVOKED);
	}
	(void)get_reply(SESSIO_OK);
	put_request(SI_FRAME_DROP, handles[0]);
	(void)get_reply(SESSIO_OK);
	(void)open_lamp();
	put_call(OP_LATER, 0);
}

/* --- A consumer that goes on and on --- */

struct held {
	sessio_remote_handle handles[HELD];
	unsigned next;
};

static void hold(void *ctx, const sessio_reply *reply)
{
	struct held *held = ctx;

	for (size_t i = 0; i < reply->handle_count; i++) {
		held->handles[held->next++ % HELD] = reply->handles[i];
	}
}

static sessio_status act(sessio_consumer *consumer, struct random *random, struct held *held)
{
	static const uint32_t operations[] = { OP_ECHO, OP_ELSEWHERE, OP_AGAIN, OP_WASTE,
		OP_UNTIL_CANCELLED, OP_MUCH };
	const sessio_remote_handle *handle = &held->handles[random_below(random, HELD)];
	sessio_call call = { .kind = (sessio_call_kind)(SESSIO_CALL_OPEN + random_below(random, 6)),
		.name = NULL };
	uint32_t size = 10000;

	if (call.kind > SESSIO_CALL_PASS || call.kind == SESSIO_CALL_OPERATION) {
		call.kind = SESSIO_CALL_OPERATION;
		call.operation = operations[random_below(random, 6)];
		call.bytes = &size;
		call.size = sizeof(size);
	}
	if (call.kind == SESSIO_CALL_OPEN) {
		call.name = "lamp";
		call.share = UINT32_MAX;
	} else {
		call.handles = handle;
		call.handle_count = call.operation != OP_WASTE;
	}
	call.connection = 1 + random_below(random, 16);
	return sessio_consumer_call(consumer, &call, hold, held,
		call.operation == OP_UNTIL_CANCELLED ? 1 : SESSIO_FOREVER);
}

void doomed_random_consumer(const struct errand *errand)
{
	const sessio_consumer_options options = { .pipe = errand->pipe };
	struct random random = { errand->seed };
	struct held held = { .next = 0 };
	sessio_consumer *consumer;

	must(sessio_consumer_connect(&options, SESSIO_FOREVER, &consumer) == SESSIO_OK);
	while (act(consumer, &random, &held) != SESSIO_DISCONNECTED) {
	}
}

/* --- Providers --- */

static void reply_to(const struct si_frame *request, uint16_t before)
{
	struct si_frame notice = { .kind = before, .handle_count = 1, .handles = { { 77, 1 } } };
	struct si_frame reply = { .kind = SI_FRAME_REPLY, .number = request->number };

	if (before != 0) {
		put(&notice);
	}
	if (request->kind == SI_FRAME_OPEN) {
		reply.handle_count = 1;
		reply.handles[0] = (struct si_frame_handle){ 77, 3 };
	}
	put(&reply);
}

void doomed_scripted_provider(const struct errand *errand)
{
	const struct si_frame welcome = { .kind = SI_FRAME_WELCOME,
		.magic = SI_FRAME_MAGIC,
		.version = 1,
		.frame_bytes = SI_FRAME_BYTES_MAX,
		.requests = 4,
		.connection = 1 };
	const struct si_frame goodbye = { .kind = SI_FRAME_GOODBYE,
		.reason = SI_FRAME_REASON_STOPPING };
	const struct sockaddr_un address = address_of(errand);
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	wire.errand = errand;
	(void)unlink(errand->pipe);
	must(bind(listener, (const struct sockaddr *)(const void *)&address, sizeof(address)) == 0);
	must(listen(listener, 1) == 0);
	nursery_say_ready();
	wire.fd = accept(listener, NULL, NULL);
	must(wire.fd >= 0);
	nursery_step(errand);
	(void)get_kind(SI_FRAME_HELLO);
	put(&welcome);
	for (unsigned i = 0; i < DOOMED_CALLS; i++) {
		const struct si_frame request = get();

		reply_to(&request, i == 1 ? SI_FRAME_GIVEN : i == 2 ? SI_FRAME_REVOKED : 0);
	}
	put(&goodbye);
}

void doomed_provider(const struct errand *errand)
{
	(void)talk_start_at(errand->pipe, NULL);
	nursery_say_ready();
	for (;;) {
		(void)pause();
	}
}
