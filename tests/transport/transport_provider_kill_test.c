/* SPDX-License-Identifier: MIT */
/*
 * Provider processes that are killed, at every step of the protocol and at any moment,
 * and started again on the same pipe. Every consumer notices, every request is answered
 * once, and nothing is left in the consumers' process. SESSIO_PROVIDER_KILLS says how
 * many are killed at any moment.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "doomed.h"
#include "inside.h"
#include "leaks.h"
#include "random.h"
#include "raw.h"
#include "talk.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <uv.h>

#define KILLS 40u
#define CONSUMERS 6u
#define IN_FLIGHT 4u

static struct errand errand_of(void (*run)(const struct errand *errand))
{
	struct errand errand = { .run = run };
	const char *folder = getenv("TMPDIR");

	(void)snprintf(errand.pipe, sizeof(errand.pipe), "%s/sessio-killed-%d",
		folder == NULL ? "/tmp" : folder, (int)getpid());
	return errand;
}

static void count(void *ctx, const char *reason)
{
	note_that(reason[0] != '\0');
	++*(unsigned *)ctx;
}

/* --- At every step --- */

static sessio_status call_number(sessio_consumer *consumer, unsigned number)
{
	static const sessio_call_kind kinds[DOOMED_CALLS] = { SESSIO_CALL_OPEN,
		SESSIO_CALL_OPERATION, SESSIO_CALL_OPERATION, SESSIO_CALL_CLOSE, SESSIO_CALL_DROP,
		SESSIO_CALL_OPERATION };
	const sessio_remote_handle handle = { 77, 0 };
	sessio_call call = { .kind = kinds[number] };

	if (call.kind == SESSIO_CALL_OPEN) {
		call.name = "lamp";
	} else {
		call.handles = &handle;
		call.handle_count = 1;
	}
	return sessio_consumer_call(consumer, &call, NULL, NULL, SESSIO_FOREVER);
}

/* How many calls were answered before the provider was gone. */
static unsigned talk_to_a_doomed(const char *pipe)
{
	unsigned noticed = 0;
	unsigned answered = 0;
	const sessio_consumer_ops ops = { .disconnected = count };
	const sessio_consumer_options options = { .pipe = pipe, .ops = &ops, .ctx = &noticed };
	sessio_consumer *consumer = NULL;
	sessio_status status = sessio_consumer_connect(&options, SESSIO_FOREVER, &consumer);

	if (status != SESSIO_OK) {
		assert_int_equal(status, SESSIO_REFUSED);
		assert_null(consumer);
		return 0;
	}
	while (answered < DOOMED_CALLS && (status = call_number(consumer, answered)) == SESSIO_OK) {
		answered++;
	}
	if (answered < DOOMED_CALLS) {
		assert_int_equal(status, SESSIO_DISCONNECTED);
		assert_int_equal(call_number(consumer, 0), SESSIO_DISCONNECTED);
	}
	while (sessio_consumer_wait(consumer, SESSIO_FOREVER) == SESSIO_OK) {
	}
	assert_int_equal(noticed, 1);
	sessio_consumer_close(consumer);
	assert_int_equal(noticed, 1);
	return answered;
}

static void killed_at_every_step(void **state)
{
	struct errand errand = errand_of(doomed_scripted_provider);
	unsigned before = descriptors();
	unsigned answered = 0;
	int status;

	(void)state;
	do {
		unsigned now;
		pid_t child;

		errand.step++;
		child = nursery_start(&errand);
		nursery_await_ready();
		now = talk_to_a_doomed(errand.pipe);
		status = nursery_reap(child);
		assert_true(now == answered || now == answered + 1);
		answered = now;
		assert_int_equal(descriptors(), before);
		assert_int_equal(leaks_live(), 0);
	} while (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(status, 0);
	assert_int_equal(answered, DOOMED_CALLS);
	print_message("%u steps\n", errand.step - 1);
	assert_in_range(errand.step, 30, 100);
	assert_int_equal(unlink(errand.pipe), 0);
}

/* --- At any moment --- */

struct one {
	sessio_consumer *consumer;
	sessio_remote_handle handle;
	unsigned sent;
	unsigned answered;
	bool gone;
};

static struct {
	uv_loop_t loop;
	struct one consumers[CONSUMERS];
	struct random random;
	pid_t provider; /* 0: killed */
	unsigned before_the_kill; /* answers */
	unsigned gone;
} scene;

static void send_one(struct one *one);

static void on_reply(void *ctx, const sessio_reply *reply)
{
	struct one *one = ctx;

	note_that(!one->gone);
	one->answered++;
	if (reply->status == SESSIO_DISCONNECTED) {
		return;
	}
	if (reply->handle_count != 0) {
		one->handle = reply->handles[0];
	}
	scene.before_the_kill -= scene.before_the_kill != 0;
	send_one(one);
}

static void send_one(struct one *one)
{
	static const uint32_t operations[] = { OP_ECHO, OP_ELSEWHERE, OP_AGAIN, OP_WASTE };
	sessio_call call = { .kind = SESSIO_CALL_OPERATION,
		.handles = &one->handle,
		.handle_count = 1,
		.operation = operations[random_below(&scene.random, 4)] };
	unsigned which = random_below(&scene.random, 8);
	sessio_status status;

	if (which == 0 || one->handle.value == 0) {
		call = (sessio_call){
			.kind = SESSIO_CALL_OPEN, .name = "lamp", .share = UINT32_MAX
		};
	} else if (which == 1) {
		call.kind = SESSIO_CALL_CLOSE;
	} else if (which == 2) {
		call.kind = SESSIO_CALL_PASS;
		call.connection = 1 + random_below(&scene.random, CONSUMERS);
	}
	status = sessio_consumer_send(one->consumer, &call, on_reply, one, NULL);
	one->sent += status == SESSIO_OK;
	note_that(status == SESSIO_OK || status == SESSIO_DISCONNECTED);
}

static void on_connected(void *ctx)
{
	for (unsigned i = 0; i < IN_FLIGHT; i++) {
		send_one(ctx);
	}
}

static void on_disconnected(void *ctx, const char *reason)
{
	struct one *one = ctx;

	note_that(!one->gone && reason[0] != '\0');
	note_that(one->sent == one->answered);
	one->gone = true;
	scene.gone++;
}

static const sessio_consumer_ops ops = { .connected = on_connected,
	.disconnected = on_disconnected };

/* After a random number of answers, and perhaps a few turns of the loop. */
static void kill_the_provider(void)
{
	unsigned turns = random_below(&scene.random, 4);

	while (scene.before_the_kill != 0) {
		(void)uv_run(&scene.loop, UV_RUN_ONCE);
	}
	while (turns-- != 0) {
		(void)uv_run(&scene.loop, UV_RUN_NOWAIT);
	}
	nursery_kill(scene.provider);
}

static void one_life(const struct errand *errand)
{
	sessio_consumer_options options = {
		.loop = &scene.loop, .pipe = errand->pipe, .ops = &ops
	};

	memset(scene.consumers, 0, sizeof(scene.consumers));
	scene.gone = 0;
	scene.before_the_kill = random_below(&scene.random, 100);
	scene.provider = nursery_start(errand);
	nursery_await_ready();
	assert_int_equal(uv_loop_init(&scene.loop), 0);
	for (unsigned i = 0; i < CONSUMERS; i++) {
		options.ctx = &scene.consumers[i];
		assert_int_equal(sessio_consumer_connect(&options, 0, &scene.consumers[i].consumer),
			SESSIO_OK);
	}
	kill_the_provider();
	while (scene.gone != CONSUMERS) {
		(void)uv_run(&scene.loop, UV_RUN_ONCE);
	}
	for (unsigned i = 0; i < CONSUMERS; i++) {
		sessio_consumer_close(scene.consumers[i].consumer);
	}
	(void)uv_run(&scene.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&scene.loop), 0);
	notes_assert();
}

static void killed_at_any_moment_and_started_again(void **state)
{
	const char *text = getenv("SESSIO_PROVIDER_KILLS");
	unsigned kills = text == NULL ? KILLS : (unsigned)strtoul(text, NULL, 10);
	struct errand errand = errand_of(doomed_provider);
	unsigned before = descriptors();
	char lock[sizeof(errand.pipe) + 8];

	(void)state;
	assert_int_not_equal(kills, 0);
	scene.random.state = 8;
	for (unsigned i = 0; i < kills; i++) {
		one_life(&errand);
		assert_int_equal(descriptors(), before);
		assert_int_equal(leaks_live(), 0);
	}
	print_message("%u killed\n", kills);
	(void)snprintf(lock, sizeof(lock), "%s.lock", errand.pipe);
	assert_int_equal(unlink(errand.pipe), 0);
	assert_int_equal(unlink(lock), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_every_step),
		cmocka_unit_test(killed_at_any_moment_and_started_again),
	};
	uv_loop_t first;
	int failed;

	nursery_open();
	/* The first loop of a process makes descriptors that stay. */
	if (uv_loop_init(&first) != 0 || uv_loop_close(&first) != 0) {
		return 1;
	}
	failed = cmocka_run_group_tests_name("transport_provider_kill", tests, NULL, NULL);
	nursery_close();
	return failed;
}
