/* SPDX-License-Identifier: MIT */
/* Consumers of a provider process that is killed and started again, and of two providers. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "doomed.h"
#include "talk.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct heard {
	sessio_remote_handle handle;
	char reason[100];
};

static void on_disconnected(void *ctx, const char *reason)
{
	struct heard *heard = ctx;

	(void)snprintf(heard->reason, sizeof(heard->reason), "%s", reason);
}

static const sessio_consumer_ops ops = { .disconnected = on_disconnected };

static void keep_handle(void *ctx, const sessio_reply *reply)
{
	((struct heard *)ctx)->handle = reply->handles[0];
}

static struct errand errand_of(const char *which)
{
	struct errand errand = { .run = doomed_provider };

	(void)snprintf(errand.pipe, sizeof(errand.pipe), "/tmp/sessio-restart-%s-%d", which,
		(int)getpid());
	return errand;
}

static pid_t start(const struct errand *errand)
{
	pid_t provider = nursery_start(errand);

	nursery_await_ready();
	return provider;
}

/* A provider that is killed leaves its pipe and its lock. */
static void end(const struct errand *errand, pid_t provider)
{
	char lock[sizeof(errand->pipe) + 8];

	nursery_kill(provider);
	(void)snprintf(lock, sizeof(lock), "%s.lock", errand->pipe);
	assert_int_equal(unlink(errand->pipe), 0);
	assert_int_equal(unlink(lock), 0);
}

static sessio_consumer *connect_to(const struct errand *errand, struct heard *heard)
{
	const sessio_consumer_options options = { .pipe = errand->pipe, .ops = &ops, .ctx = heard };
	sessio_consumer *consumer;

	assert_int_equal(sessio_consumer_connect(&options, SESSIO_FOREVER, &consumer), SESSIO_OK);
	return consumer;
}

static sessio_remote_handle open_lamp(sessio_consumer *consumer, struct heard *heard)
{
	const sessio_call open = { .kind = SESSIO_CALL_OPEN, .name = "lamp", .share = 3 };

	assert_int_equal(sessio_consumer_call(consumer, &open, keep_handle, heard, SESSIO_FOREVER),
		SESSIO_OK);
	return heard->handle;
}

static sessio_status use(sessio_consumer *consumer, const sessio_remote_handle *handle)
{
	const sessio_call call = { .kind = SESSIO_CALL_OPERATION,
		.operation = OP_ECHO,
		.handles = handle,
		.handle_count = 1 };

	return sessio_consumer_call(consumer, &call, NULL, NULL, SESSIO_FOREVER);
}

static void handles_of_a_killed_provider_mean_nothing_to_its_successor(void **state)
{
	const struct errand errand = errand_of("one");
	pid_t provider = start(&errand);
	struct heard heard = { .reason = "" };
	sessio_consumer *consumer = connect_to(&errand, &heard);
	const sessio_remote_handle old = open_lamp(consumer, &heard);
	sessio_remote_handle lamp;

	(void)state;
	assert_int_equal(use(consumer, &old), SESSIO_OK);
	nursery_kill(provider);
	assert_int_equal(use(consumer, &old), SESSIO_DISCONNECTED);
	assert_string_equal(heard.reason, "the provider is gone");
	sessio_consumer_close(consumer);

	provider = start(&errand); /* takes the pipe that the dead one left */
	consumer = connect_to(&errand, &heard);
	assert_int_equal(use(consumer, &old), SESSIO_INVALID_ARG);
	lamp = open_lamp(consumer, &heard);
	assert_int_equal(use(consumer, &lamp), SESSIO_OK);
	assert_int_equal(use(consumer, &old), SESSIO_INVALID_ARG);
	sessio_consumer_close(consumer);
	end(&errand, provider);
}

static void a_handle_of_another_provider_is_refused(void **state)
{
	const struct errand first = errand_of("first");
	const struct errand second = errand_of("second");
	pid_t first_provider = start(&first);
	pid_t second_provider = start(&second);
	struct heard heard;
	sessio_consumer *here = connect_to(&first, &heard);
	sessio_consumer *there = connect_to(&second, &heard);
	const sessio_remote_handle lamp = open_lamp(here, &heard);
	const sessio_remote_handle other = open_lamp(there, &heard);
	const sessio_call pass = { .kind = SESSIO_CALL_PASS,
		.connection = sessio_consumer_number(there),
		.handles = &lamp,
		.handle_count = 1 };

	(void)state;
	assert_int_equal(use(there, &lamp), SESSIO_INVALID_ARG);
	assert_int_equal(use(here, &other), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_consumer_call(there, &pass, NULL, NULL, SESSIO_FOREVER), SESSIO_INVALID_ARG);
	assert_int_equal(use(here, &lamp), SESSIO_OK);
	assert_int_equal(use(there, &other), SESSIO_OK);
	sessio_consumer_close(here);
	sessio_consumer_close(there);
	end(&first, first_provider);
	end(&second, second_provider);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handles_of_a_killed_provider_mean_nothing_to_its_successor),
		cmocka_unit_test(a_handle_of_another_provider_is_refused),
	};
	int failed;

	nursery_open();
	failed = cmocka_run_group_tests_name("transport_restart", tests, NULL, NULL);
	nursery_close();
	return failed;
}
