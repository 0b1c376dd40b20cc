/* SPDX-License-Identifier: MIT */
/* A consumer of the lamp: lamp_consumer PIPE. Prints what it asks and hears. */
#include <stdio.h>

#include <sessio/transport.h>

#include "lamp.h"

#define PATIENCE_MS 10000u

static void keep_handle(void *ctx, const sessio_reply *reply)
{
	if (reply->handle_count == 1) {
		*(sessio_remote_handle *)ctx = reply->handles[0];
	}
}

static void print_light(void *ctx, const sessio_reply *reply)
{
	(void)ctx;
	if (reply->size == 1) {
		printf("consumer: it is %s\n", *(const char *)reply->bytes ? "lit" : "dark");
	}
}

static void ask(sessio_consumer *consumer, sessio_remote_handle handle, uint32_t operation)
{
	const sessio_call call = { .kind = SESSIO_CALL_OPERATION,
		.operation = operation,
		.handles = &handle,
		.handle_count = 1 };
	sessio_status status =
		sessio_consumer_call(consumer, &call, print_light, NULL, PATIENCE_MS);

	if (status != SESSIO_OK) {
		printf("consumer: %s\n", sessio_status_text(status));
	}
}

int main(int argc, char **argv)
{
	const sessio_consumer_options options = { .pipe = argc == 2 ? argv[1] : NULL };
	const sessio_call open = { .kind = SESSIO_CALL_OPEN,
		.name = "hall",
		.rights = LAMP_LOOK,
		.share = LAMP_LOOK | LAMP_SWITCH };
	const sessio_call open_all = { .kind = SESSIO_CALL_OPEN,
		.name = "hall",
		.rights = LAMP_LOOK | LAMP_SWITCH,
		.share = LAMP_LOOK };
	sessio_remote_handle looking = { 0 }, switching = { 0 };
	sessio_consumer *consumer;

	(void)setvbuf(stdout, NULL, _IONBF, 0);
	if (sessio_consumer_connect(&options, PATIENCE_MS, &consumer) ||
		sessio_consumer_call(consumer, &open, keep_handle, &looking, PATIENCE_MS) ||
		sessio_consumer_call(consumer, &open_all, keep_handle, &switching, PATIENCE_MS)) {
		return 1;
	}
	ask(consumer, looking, LAMP_IS_LIT);
	ask(consumer, looking, LAMP_TOGGLE);
	ask(consumer, switching, LAMP_TOGGLE);
	ask(consumer, looking, LAMP_IS_LIT);
	sessio_consumer_close(consumer);
	return 0;
}
