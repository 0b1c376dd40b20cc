/* SPDX-License-Identifier: MIT */
/* Deliveries on a loop: order, nothing lost, and stops at every bad moment. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "inside.h"
#include "leaks.h"
#include "platform/hooks.h"
#include "provider.h"

#include <stdio.h>
#include <string.h>

#include <uv.h>

#include <sessio/loop.h>
#include <sessio/wait.h>

#define EVENT(name) SESSIO_USER_EVENT_##name

static uv_loop_t uv;
static sessio_loop *deliveries;
static sessio_host *host;

/* The deliveries, as words. */
static char heard[1024];

/* Runs once, in the next delivery. */
static void (*in_delivery)(void);
static sessio_loop_watch *watch;

static void hear(const char *what, unsigned id)
{
	size_t length = strlen(heard);
	void (*inside)(void) = in_delivery;

	(void)snprintf(heard + length, sizeof(heard) - length, "%s%s %u", length == 0 ? "" : ", ",
		what, id);
	in_delivery = NULL;
	if (inside != NULL) {
		inside();
	}
}

static void expect(const char *what)
{
	notes_assert();
	assert_string_equal(heard, what);
	heard[0] = '\0';
}

static void on_event(const sessio_user_notice *notice, void *ctx)
{
	note_that(ctx == heard);
	note_that(sessio_user_session_id(notice->session) == notice->session_id);
	if (notice->event == EVENT(CONNECTED)) {
		const sessio_user_connect *connect = notice->payload;

		note_that(notice->payload_length == sizeof(*connect));
		note_that(connect->session_id == notice->session_id && connect->local == 1);
	}
	hear(notice->event == EVENT(NONE) ? "snapshot" : sessio_user_event_name(notice->event),
		notice->session_id);
}

static void on_missed(void *ctx, size_t count)
{
	note_that(ctx == heard);
	hear("missed", (unsigned)count);
}

static void on_released(void *ctx)
{
	note_that(ctx == heard);
	hear("released", 0);
}

static void on_stopped(void *ctx)
{
	note_that(ctx == heard);
	hear("stopped", 0);
}

static void on_end(void *ctx, const sessio_session_end *end)
{
	note_that(ctx != NULL);
	hear(ctx, (unsigned)end->reason);
}

static const sessio_loop_options every = { .events = SESSIO_USER_EVENTS_ALL,
	.event = on_event,
	.missed = on_missed,
	.released = on_released,
	.ctx = heard };

static int start(void **state)
{
	(void)state;
	heard[0] = '\0';
	in_delivery = NULL;
	assert_int_equal(uv_loop_init(&uv), 0);
	assert_int_equal(sessio_loop_start(&uv, &deliveries), SESSIO_OK);
	assert_int_equal(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host), SESSIO_OK);
	return provider_start(state);
}

static int stop(void **state)
{
	sessio_loop_stop(deliveries, NULL, NULL);
	(void)uv_run(&uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&uv), 0);
	assert_int_equal(sessio_host_destroy(host), host == NULL ? SESSIO_INVALID_ARG : SESSIO_OK);
	return provider_stop(state);
}

static void run(void)
{
	(void)uv_run(&uv, UV_RUN_NOWAIT);
}

static void stop_now(void)
{
	sessio_loop_stop(deliveries, on_stopped, heard);
	deliveries = NULL;
}

static void unwatch_now(void)
{
	sessio_loop_unwatch(watch);
}

static void post(uint32_t id, sessio_user_event event)
{
	assert_int_equal(sessio_host_post(host, id, event, 0, NULL), SESSIO_OK);
}

static void follow(void)
{
	assert_int_equal(sessio_loop_watch_host(deliveries, host, &every, &watch), SESSIO_OK);
}

static void *open_watched(const char *name)
{
	void *session = provider_open(name);

	assert_int_equal(sessio_loop_watch_session(
				 deliveries, session, on_end, (void *)(uintptr_t)name, NULL),
		SESSIO_OK);
	return session;
}

static void events_come_in_order_and_only_from_the_loop(void **state)
{
	(void)state;
	follow();
	post(1, EVENT(CREATED));
	post(1, EVENT(CONNECTED));
	post(2, EVENT(CREATED));
	expect("");
	run();
	expect("Created 1, Connected 1, Created 2");
}

static void ends_and_events_come_in_the_order_in_which_they_happened(void **state)
{
	void *a = open_watched("a");
	void *b = open_watched("b");

	(void)state;
	follow();
	post(1, EVENT(CREATED));
	assert_int_equal(KosSessionCloseObject(b), rcOk);
	post(2, EVENT(CREATED));
	assert_int_equal(KosSessionCloseObject(a), rcOk);
	run();
	expect("Created 1, b 1, Created 2, a 1");
}

static void an_end_says_which_and_why(void **state)
{
	void *a = open_watched("a");

	(void)state;
	assert_int_equal(KosSessionRef(a, provider.type, 0), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	run();
	expect(""); /* an operation is active */
	KosSessionPut(a);
	run();
	expect("a 2");
}

static void watch_at_open(void *object, void *context)
{
	(void)object;
	note_that(
		sessio_loop_watch_session(deliveries, context, on_end, "open", NULL) == SESSIO_OK);
}

static void a_session_is_watched_from_its_opening_on(void **state)
{
	Retcode refusal;
	void *session;

	(void)state;
	provider.in[OPEN] = watch_at_open;
	session = provider_open("a");
	assert_int_equal(KosSessionCloseObject(session), rcOk);
	run();
	expect("open 1");
	provider.in[OPEN] = watch_at_open;
	provider.open_result = rcSecurityDisallow;
	refusal = KosSessionOpenObject(provider.file, 0, UINT32_MAX, "b", &session);
	provider.open_result = rcOk;
	assert_int_equal(refusal, rcSecurityDisallow);
	run();
	expect("open 0"); /* refused: there never was a session */
}

static void a_snapshot_comes_first(void **state)
{
	sessio_loop_options options = every;

	(void)state;
	options.flags = SESSIO_WATCH_SNAPSHOT;
	post(1, EVENT(CREATED));
	assert_int_equal(sessio_loop_watch_host(deliveries, host, &options, &watch), SESSIO_OK);
	post(2, EVENT(CREATED));
	run();
	expect("snapshot 1, Created 2");
}

static void a_stop_drops_what_waits(void **state)
{
	void *a = open_watched("a");
	void *b = open_watched("b");

	(void)state;
	follow();
	post(1, EVENT(CREATED));
	assert_int_equal(KosSessionCloseObject(a), rcOk);
	stop_now();
	expect("released 0");
	post(1, EVENT(CONNECTED));
	assert_int_equal(KosSessionCloseObject(b), rcOk);
	run();
	expect("stopped 0");
}

static void a_stop_inside_a_delivery_is_the_last_one(void **state)
{
	(void)state;
	follow();
	post(1, EVENT(CREATED));
	post(2, EVENT(CREATED));
	in_delivery = stop_now;
	run();
	expect("Created 1, released 0, stopped 0");
}

static void a_stop_before_the_loop_has_run(void **state)
{
	(void)state;
	stop_now();
	expect("");
	run();
	expect("stopped 0");
}

static void a_host_may_be_destroyed_first(void **state)
{
	(void)state;
	follow();
	post(1, EVENT(CREATED));
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
	host = NULL;
	run();
	expect("Created 1, released 0");
}

static void a_watch_of_a_host_that_is_gone_can_be_ended(void **state)
{
	(void)state;
	follow();
	post(1, EVENT(CREATED));
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
	host = NULL;
	sessio_loop_unwatch(watch);
	expect("released 0");
	run();
	expect("");
}

static void a_stop_with_the_host_destroyed_first(void **state)
{
	(void)state;
	follow();
	post(1, EVENT(CREATED));
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
	host = NULL;
	stop_now();
	run();
	expect("released 0, stopped 0");
}

static void a_watch_ended_in_its_own_call_is_released_after_it(void **state)
{
	(void)state;
	follow();
	post(1, EVENT(CREATED));
	post(2, EVENT(CREATED));
	in_delivery = unwatch_now;
	run();
	expect("Created 1, released 0");
	post(3, EVENT(CREATED));
	run();
	expect("");
}

static void a_watch_of_a_session_can_be_ended(void **state)
{
	void *a = provider_open("a");

	(void)state;
	assert_int_equal(sessio_loop_watch_session(deliveries, a, on_end, "a", &watch), SESSIO_OK);
	sessio_loop_unwatch(watch);
	assert_int_equal(sessio_loop_watch_session(deliveries, a, on_end, "b", &watch), SESSIO_OK);
	assert_int_equal(KosSessionCloseObject(a), rcOk);
	sessio_loop_unwatch(watch); /* it waits already */
	run();
	expect("");
}

static void post_more(void)
{
	note_that(sessio_host_post(host, 7, EVENT(CREATED), 0, NULL) == SESSIO_OK);
}

static void what_a_delivery_causes_comes_after_it(void **state)
{
	(void)state;
	follow();
	post(1, EVENT(CREATED));
	post(2, EVENT(CREATED));
	in_delivery = post_more;
	run();
	run();
	expect("Created 1, Created 2, Created 7");
}

static bool no_memory(size_t size)
{
	(void)size;
	return false;
}

static void without_memory_the_reserve_serves_and_then_a_gap(void **state)
{
	static const struct si_hooks starved = { .may_alloc = no_memory };
	const char *reserve = "Connected 1, Disconnected 1, Connected 1, Disconnected 1, "
			      "Connected 1, Disconnected 1, Connected 1, Disconnected 1, "
			      "Connected 1, Disconnected 1, Connected 1, Disconnected 1, "
			      "Connected 1, Disconnected 1, Connected 1, Disconnected 1";
	char expected[512];

	(void)state;
	post(1, EVENT(CREATED));
	follow();
	leaks_hook(&starved);
	for (unsigned i = 0; i < SESSIO_LOOP_RESERVE / 2 + 2; i++) {
		post(1, EVENT(CONNECTED));
		post(1, EVENT(DISCONNECTED));
	}
	leaks_hook(NULL);
	post(1, EVENT(CONNECTED)); /* there is memory, but the gap comes first */
	run();
	(void)snprintf(expected, sizeof(expected), "%s, missed 5", reserve);
	expect(expected);
	post(1, EVENT(DISCONNECTED));
	run();
	expect("Disconnected 1");
	leaks_hook(&starved); /* the reserve is full again */
	for (unsigned i = 0; i < SESSIO_LOOP_RESERVE / 2; i++) {
		post(1, EVENT(CONNECTED));
		post(1, EVENT(DISCONNECTED));
	}
	run();
	leaks_hook(NULL);
	expect(reserve);
}

static void the_end_of_a_session_needs_no_memory(void **state)
{
	static const struct si_hooks starved = { .may_alloc = no_memory };
	void *a = open_watched("a");

	(void)state;
	leaks_hook(&starved);
	assert_int_equal(KosSessionCloseObject(a), rcOk);
	run();
	leaks_hook(NULL);
	expect("a 1");
}

static void wrong_arguments_are_refused(void **state)
{
	sessio_loop_options options = every;
	sessio_loop *other = NULL;
	sessio_loop_watch *none = NULL;
	void *a = provider_open("a");

	(void)state;
	assert_int_equal(sessio_loop_start(NULL, &other), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_loop_start(&uv, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_loop_watch_host(NULL, host, &every, &none), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_loop_watch_host(deliveries, NULL, &every, &none), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_loop_watch_host(deliveries, host, NULL, &none), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_loop_watch_host(deliveries, host, &every, NULL), SESSIO_INVALID_ARG);
	options.missed = NULL;
	assert_int_equal(
		sessio_loop_watch_host(deliveries, host, &options, &none), SESSIO_INVALID_ARG);
	options.missed = on_missed;
	options.events = 0;
	assert_int_equal(
		sessio_loop_watch_host(deliveries, host, &options, &none), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_loop_watch_session(NULL, a, on_end, "a", &none), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_loop_watch_session(deliveries, NULL, on_end, "a", &none),
		SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_loop_watch_session(deliveries, a, NULL, "a", &none), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_loop_watch_session(deliveries, provider.file, on_end, "a", &none),
		SESSIO_INVALID_ARG);
	assert_null(none);
	KosRefObject(a);
	assert_int_equal(KosSessionCloseObject(a), rcOk);
	assert_int_equal(
		sessio_loop_watch_session(deliveries, a, on_end, "a", NULL), SESSIO_BAD_STATE);
	KosPutObject(a);
	sessio_loop_unwatch(NULL);
	sessio_loop_stop(NULL, NULL, NULL);
	run();
	expect("");
}

#define each(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		each(events_come_in_order_and_only_from_the_loop),
		each(ends_and_events_come_in_the_order_in_which_they_happened),
		each(an_end_says_which_and_why),
		each(a_session_is_watched_from_its_opening_on),
		each(a_snapshot_comes_first),
		each(a_stop_drops_what_waits),
		each(a_stop_inside_a_delivery_is_the_last_one),
		each(a_stop_before_the_loop_has_run),
		each(a_host_may_be_destroyed_first),
		each(a_watch_of_a_host_that_is_gone_can_be_ended),
		each(a_stop_with_the_host_destroyed_first),
		each(a_watch_ended_in_its_own_call_is_released_after_it),
		each(a_watch_of_a_session_can_be_ended),
		each(what_a_delivery_causes_comes_after_it),
		each(without_memory_the_reserve_serves_and_then_a_gap),
		each(the_end_of_a_session_needs_no_memory),
		each(wrong_arguments_are_refused),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
