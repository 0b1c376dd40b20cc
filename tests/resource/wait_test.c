/* SPDX-License-Identifier: MIT */
/* Waiting for sessions to end, and the reports when they do not. */
#include "test.h"

#include <string.h>

#include <uv.h>

#include <kos/session.h>
#include <sessio/diag.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "base/waiting.h"
#include "inside.h"
#include "provider.h"
#include "sleepers.h"

/* Long enough to mean "it never happened" wherever these tests run. */
#define LONG_MS 60000u

#define REPORTED_MAX 4u

/* The reports that the sink got. */
static struct {
	unsigned times;
	const void *objects[REPORTED_MAX];
	const void *contexts[REPORTED_MAX];
	char texts[REPORTED_MAX][160];
} reported;

static void hear(void *ctx, sessio_diag_kind kind, const void *object, const void *session_context,
	const char *text)
{
	(void)ctx;
	note_that(kind == SESSIO_DIAG_TIMEOUT);
	note_that(reported.times < REPORTED_MAX);
	reported.objects[reported.times] = object;
	reported.contexts[reported.times] = session_context;
	strncpy(reported.texts[reported.times], text, sizeof(reported.texts[0]) - 1);
	reported.times++;
}

static int start(void **state)
{
	memset(&reported, 0, sizeof(reported));
	sessio_diag_set_sink(hear, NULL);
	return provider_start(state);
}

static int stop(void **state)
{
	int result = provider_stop(state);

	sessio_diag_set_sink(NULL, NULL);
	return result;
}

static void begin(void *context)
{
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
}

static void must_close(void *context)
{
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

static void a_wait_that_may_not_wait_only_looks(void **state)
{
	void *context = provider_open("a");

	(void)state;
	KosRefObject(context);
	assert_int_equal(sessio_session_wait(context, 0), SESSIO_TIMEOUT);
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_TIMEOUT);
	begin(context);
	must_close(context);
	assert_int_equal(sessio_session_wait(context, 0), SESSIO_TIMEOUT);
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_TIMEOUT);
	assert_int_equal(reported.times, 0); /* polling is silent */
	KosSessionPut(context);
	assert_int_equal(sessio_session_wait(context, 0), SESSIO_OK);
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_OK);
	assert_int_equal(sessio_session_wait(context, SESSIO_FOREVER), SESSIO_OK);
	assert_int_equal(reported.times, 0);
	KosPutObject(context);
}

static void nothing_is_harmed_by_a_timeout(void **state)
{
	void *context = provider_open("a");

	(void)state;
	KosRefObject(context);
	begin(context);
	must_close(context);
	assert_int_equal(sessio_session_wait(context, 1), SESSIO_TIMEOUT);
	assert_ptr_equal(reported.objects[0], provider.file);
	assert_ptr_equal(reported.contexts[0], context);
	assert_non_null(strstr(reported.texts[0], "session on \"file\" (rights 0x0"));
	assert_non_null(strstr(reported.texts[0], "waits for 1 operation"));
	provider_expect("construct a, open a, close a");
	KosSessionPut(context);
	provider_expect("complete a");
	KosPutObject(context);
}

/* The sink may do with a session what it likes, in the midst of a drain's reports. */
static void close_it(void *ctx, sessio_diag_kind kind, const void *object,
	const void *session_context, const char *text)
{
	unsigned *times = ctx;
	sessio_object_info info;

	(void)kind;
	(void)text;
	note_that(sessio_object_inspect((void *)(uintptr_t)object, &info) == SESSIO_OK);
	must_close((void *)(uintptr_t)session_context);
	(*times)++;
}

static void a_sink_may_end_what_it_is_told_of(void **state)
{
	unsigned times = 0;

	(void)state;
	provider.silent = true;
	sessio_diag_set_sink(close_it, &times);
	for (unsigned i = 0; i < 50; i++) {
		(void)provider_open("a");
	}
	assert_int_equal(sessio_object_drain(provider.file, 1), SESSIO_TIMEOUT);
	assert_int_equal(times, 50);
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_OK);
}

static Retcode close_and_drain(void *object, void *context, void *walk_ctx)
{
	unsigned *walked = walk_ctx;

	must_close(context);
	(*walked)++;
	/* The first wait reports the session that is left, the second none. */
	note_that(sessio_object_drain(object, 1) == (*walked == 1 ? SESSIO_TIMEOUT : SESSIO_OK));
	note_that(reported.times == 1);
	return rcOk;
}

static void a_session_that_ended_under_a_walk_is_not_left(void **state)
{
	unsigned walked = 0;

	(void)state;
	(void)provider_open("a");
	(void)provider_open("b");
	assert_int_equal(KosSessionWalk(provider.file, close_and_drain, &walked), rcOk);
	assert_int_equal(walked, 2);
	assert_non_null(strstr(reported.texts[0], "open (not tracked), 0 operations"));
}

static void what_cannot_be_waited_for_is_refused(void **state)
{
	void *context = provider_open("a");

	(void)state;
	assert_int_equal(sessio_session_wait(NULL, 0), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_wait(provider.file, 0), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_object_drain(NULL, 0), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_object_drain(context, 0), SESSIO_INVALID_ARG);
	assert_int_equal(reported.times, 0);
	must_close(context);
}

/* A thread that waits; the other side acts once it is on its way. */
struct waiter {
	struct sleeper sleeper;
	void *session; /* or the object, for a drain */
	bool is_drain;
	uint32_t timeout_ms;
	sessio_status status;
	unsigned seen; /* of what the ending side wrote before; plain, ordered by the wait */
};

static unsigned written;

static void wait_for_it(void *arg)
{
	struct waiter *waiter = arg;

	waiter->status = waiter->is_drain
		? sessio_object_drain(waiter->session, waiter->timeout_ms)
		: sessio_session_wait(waiter->session, waiter->timeout_ms);
	waiter->seen = written;
}

static void start_waiting(struct waiter *waiter)
{
	written = 0;
	sleeper_start(&waiter->sleeper, wait_for_it, waiter);
}

static void expect_the_end_seen(struct waiter *waiter)
{
	sleeper_join(&waiter->sleeper);
	assert_int_equal(waiter->status, SESSIO_OK);
	assert_int_equal(waiter->seen, 5);
	assert_int_equal(reported.times, 0);
}

static void write_it(void *object, void *context)
{
	(void)object;
	(void)context;
	written = 5;
}

static void a_wait_comes_back_when_another_thread_ends_the_session(void **state)
{
	static const uint32_t timeouts[] = { LONG_MS, SESSIO_FOREVER };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		void *context = provider_open("a");
		struct waiter waiter = { .session = context, .timeout_ms = timeouts[i] };

		KosRefObject(context);
		begin(context);
		must_close(context);
		start_waiting(&waiter);
		provider.in[COMPLETE] = write_it; /* closeComplete comes before the wait's end */
		KosSessionPut(context);
		expect_the_end_seen(&waiter);
		KosPutObject(context);
	}
}

static void a_drain_comes_back_when_the_last_session_has_ended(void **state)
{
	static const uint32_t timeouts[] = { LONG_MS, SESSIO_FOREVER };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		void *first = provider_open("a");
		void *second = provider_open("b");
		struct waiter waiter = {
			.session = provider.file, .is_drain = true, .timeout_ms = timeouts[i]
		};

		begin(first);
		begin(second);
		assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
		start_waiting(&waiter);
		KosSessionPut(first);
		provider.in[COMPLETE] = write_it;
		KosSessionPut(second);
		expect_the_end_seen(&waiter);
		assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcOk);
	}
}

/* An open callback or a constructor that refuses while somebody drains. */
static struct waiter drainer;

static void start_draining(void *object, void *context)
{
	(void)context;
	drainer = (struct waiter){
		.session = object, .is_drain = true, .timeout_ms = SESSIO_FOREVER
	};
	start_waiting(&drainer);
	written = 5;
}

static void a_drain_comes_back_when_an_opening_is_refused(void **state)
{
	void *context = NULL;

	(void)state;
	provider.open_result = rcFail;
	provider.in[OPEN] = start_draining;
	assert_int_equal(KosSessionOpenObject(provider.file, 0, 0, NULL, &context), rcFail);
	expect_the_end_seen(&drainer);
	provider.open_result = rcOk;
	provider.construct_result = rcFail;
	provider.in[CONSTRUCT] = start_draining;
	assert_int_equal(KosSessionOpenObject(provider.file, 0, 0, NULL, &context), rcFail);
	expect_the_end_seen(&drainer);
}

static void a_drain_tells_of_every_session_that_is_left(void **state)
{
	void *open = provider_open("a");
	void *ending = provider_open("b");
	void *ended = provider_open("c");

	(void)state;
	begin(ending);
	must_close(ending);
	KosRefObject(ended);
	must_close(ended);
	assert_int_equal(sessio_object_drain(provider.file, 1), SESSIO_TIMEOUT);
	assert_int_equal(reported.times, 2);
	assert_ptr_equal(reported.objects[0], provider.file);
	assert_ptr_equal(reported.objects[1], provider.file);
	assert_true((reported.contexts[0] == open && reported.contexts[1] == ending) ||
		(reported.contexts[0] == ending && reported.contexts[1] == open));
	KosSessionPut(ending);
	KosPutObject(ended);
}

static void drain_in_open(void *object, void *context)
{
	(void)context;
	note_that(sessio_object_drain(object, 1) == SESSIO_TIMEOUT);
}

static void a_drain_tells_of_sessions_that_are_opening(void **state)
{
	(void)state;
	provider.in[OPEN] = drain_in_open;
	(void)provider_open("a");
	assert_int_equal(reported.times, 1);
	assert_ptr_equal(reported.objects[0], provider.file);
	assert_null(reported.contexts[0]);
	assert_string_equal(reported.texts[0],
		"1 session on \"file\" of type \"file\" whose open callback has not returned");
}

static void open_and_drain(void *object, void *context)
{
	provider.in[OPEN] = drain_in_open;
	(void)provider_open("b");
	(void)object;
	(void)context;
}

static void a_drain_counts_the_sessions_that_are_opening(void **state)
{
	(void)state;
	provider.in[OPEN] = open_and_drain;
	(void)provider_open("a");
	assert_int_equal(reported.times, 1);
	assert_string_equal(reported.texts[0],
		"2 sessions on \"file\" of type \"file\" whose open callback has not returned");
}

static void an_object_with_other_sessions_is_not_waited_for(void **state)
{
	void *file = provider_make_file("other");
	void *context;

	(void)state;
	assert_int_equal(KosSessionOpenObject(file, 0, 0, NULL, &context), rcOk);
	assert_int_equal(sessio_object_drain(provider.file, 0), SESSIO_OK);
	assert_int_equal(sessio_object_drain(file, 0), SESSIO_TIMEOUT);
	assert_int_equal(KosSessionUnregisterObject(file), rcOk);
	assert_int_equal(sessio_object_drain(file, 0), SESSIO_OK);
	KosPutObject(file);
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDED(a_wait_that_may_not_wait_only_looks),
		PROVIDED(nothing_is_harmed_by_a_timeout),
		PROVIDED(a_sink_may_end_what_it_is_told_of),
		PROVIDED(a_session_that_ended_under_a_walk_is_not_left),
		PROVIDED(what_cannot_be_waited_for_is_refused),
		PROVIDED(a_wait_comes_back_when_another_thread_ends_the_session),
		PROVIDED(a_drain_comes_back_when_the_last_session_has_ended),
		PROVIDED(a_drain_comes_back_when_an_opening_is_refused),
		PROVIDED(a_drain_tells_of_every_session_that_is_left),
		PROVIDED(a_drain_counts_the_sessions_that_are_opening),
		PROVIDED(a_drain_tells_of_sessions_that_are_opening),
		PROVIDED(an_object_with_other_sessions_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
