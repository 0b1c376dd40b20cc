/* SPDX-License-Identifier: MIT */
/* Openings of a thread that is in a bind. */
#include "test.h"

#include <string.h>

#include <uv.h>

#include <sessio/bind.h>
#include <sessio/inspect.h>

#include "host_log.h"
#include "inside.h"
#include "provider.h"

#define ANNA 7u

static struct {
	sessio_host *host;
	sessio_user_session *anna;
	sessio_bind *bind;
	sessio_bind_scope scope;
} world;

static const sessio_bind_policy closing = { .on_logoff = SESSIO_BIND_CLOSE };

static sessio_bind *new_bind(void)
{
	sessio_bind *bind = NULL;

	assert_int_equal(sessio_bind_create(world.anna, &closing, &bind), SESSIO_OK);
	return bind;
}

static int start(void **state)
{
	memset(&world, 0, sizeof(world));
	world.host = new_host();
	post(world.host, ANNA, EVENT(CREATED));
	post(world.host, ANNA, EVENT(CONNECTED));
	post(world.host, ANNA, EVENT(LOGON));
	assert_int_equal(sessio_host_find_session(world.host, ANNA, &world.anna), SESSIO_OK);
	world.bind = new_bind();
	assert_int_equal(sessio_bind_enter(world.bind, &world.scope), SESSIO_OK);
	return provider_start(state);
}

static int stop(void **state)
{
	int failed = provider_stop(state);

	sessio_bind_destroy(world.bind);
	failed += sessio_host_destroy(world.host) != SESSIO_OK;
	sessio_user_session_unref(world.anna);
	return failed;
}

static Retcode try_to_open(void)
{
	void *context = &world; /* must stay as it is */
	Retcode rc = KosSessionOpenObject(provider.file, 1, 0, NULL, &context);

	note_that((rc == rcOk) == (context != &world));
	return rc;
}

static void expect_no_trace_of_an_opening(void)
{
	sessio_object_info info;

	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_int_equal(info.opening + info.open + info.ending, 0);
	assert_int_equal(sessio_bind_count(world.bind), 0);
}

static void what_is_opened_between_enter_and_leave_is_bound(void **state)
{
	(void)state;
	(void)provider_open("in");
	sessio_bind_leave(&world.scope);
	(void)provider_open("out");
	assert_int_equal(sessio_bind_count(world.bind), 1);
	provider_forget();
	post(world.host, ANNA, EVENT(LOGOFF));
	provider_expect("close in, complete in, destruct in");
}

static void the_innermost_counts(void **state)
{
	sessio_bind *inner = new_bind();
	sessio_bind_scope scopes[2];

	(void)state;
	assert_int_equal(sessio_bind_enter(inner, &scopes[0]), SESSIO_OK);
	(void)provider_open("a");
	assert_int_equal(sessio_bind_enter(inner, &scopes[1]), SESSIO_OK); /* again */
	(void)provider_open("b");
	assert_int_equal(sessio_bind_count(inner), 2);
	/* Whichever is left first, the other stays. */
	sessio_bind_leave(&scopes[0]);
	(void)provider_open("c");
	assert_int_equal(sessio_bind_count(inner), 3);
	sessio_bind_leave(&scopes[1]);
	assert_int_equal(sessio_bind_count(world.bind), 0);
	(void)provider_open("d");
	assert_int_equal(sessio_bind_count(inner), 3);
	assert_int_equal(sessio_bind_count(world.bind), 1);
	sessio_bind_leave(&world.scope);
	sessio_bind_destroy(inner);
}

/* The storage may hold anything; it is a scope once it is entered. */
static void a_scope_that_is_in_use_is_refused(void **state)
{
	sessio_bind_scope scope;

	(void)state;
	memset(&scope, 0xa5, sizeof(scope));
	assert_int_equal(sessio_bind_enter(world.bind, &scope), SESSIO_OK);
	assert_int_equal(sessio_bind_enter(world.bind, &world.scope), SESSIO_BAD_STATE);
	assert_int_equal(sessio_bind_enter(world.bind, &scope), SESSIO_BAD_STATE);
	/* Both are as they were, and can be entered again once they are left. */
	sessio_bind_leave(&scope);
	assert_int_equal(sessio_bind_enter(world.bind, &scope), SESSIO_OK);
	sessio_bind_leave(&scope);
	sessio_bind_leave(&world.scope);
	(void)provider_open("out");
	assert_int_equal(sessio_bind_count(world.bind), 0);
}

static void open_one(void *arg)
{
	*(Retcode *)arg = try_to_open();
}

static void what_another_thread_opens_is_not_bound(void **state)
{
	uv_thread_t thread;
	Retcode rc = rcFail;

	(void)state;
	assert_int_equal(uv_thread_create(&thread, open_one, &rc), 0);
	assert_int_equal(uv_thread_join(&thread), 0);
	assert_int_equal(rc, rcOk);
	assert_int_equal(sessio_bind_count(world.bind), 0);
	sessio_bind_leave(&world.scope);
}

static void a_closed_bind_lets_nobody_in(void **state)
{
	(void)state;
	post(world.host, ANNA, EVENT(LOGOFF));
	provider_forget();
	assert_int_equal(try_to_open(), rcInvalidOperation);
	provider_expect("");
	expect_no_trace_of_an_opening();
	/* The share rule has forgotten it, too. */
	sessio_bind_leave(&world.scope);
	assert_int_equal(try_to_open(), rcOk);
}

static void a_bind_that_is_left_after_its_end_lets_nobody_in(void **state)
{
	(void)state;
	sessio_bind_destroy(world.bind);
	world.bind = NULL;
	assert_int_equal(try_to_open(), rcInvalidOperation);
	expect_no_trace_of_an_opening();
	sessio_bind_leave(&world.scope);
	assert_int_equal(try_to_open(), rcOk);
}

static void log_off(void *object, void *context)
{
	(void)object;
	(void)context;
	note_that(sessio_bind_count(world.bind) == 1);
	post(world.host, ANNA, EVENT(LOGOFF));
}

static void an_opening_that_a_logoff_meets_fails_and_its_end_runs(void **state)
{
	(void)state;
	provider.in[OPEN] = log_off;
	assert_int_equal(try_to_open(), rcInvalidOperation);
	provider_expect("construct, open, close, complete, destruct");
	expect_no_trace_of_an_opening();
	sessio_bind_leave(&world.scope);
}

static void an_opening_that_a_logoff_meets_may_still_be_refused(void **state)
{
	(void)state;
	provider.in[CONSTRUCT] = log_off;
	provider.construct_result = rcNotReady;
	assert_int_equal(try_to_open(), rcNotReady);
	provider_expect("construct");
	expect_no_trace_of_an_opening();
	sessio_bind_leave(&world.scope);
}

static void withdraw(void *object, void *context)
{
	(void)context;
	note_that(KosSessionUnregisterObject(object) == rcOk);
	post(world.host, ANNA, EVENT(LOGOFF));
}

static void an_opening_that_a_withdrawal_meets_says_so(void **state)
{
	(void)state;
	provider.in[OPEN] = withdraw;
	assert_int_equal(try_to_open(), rcResourceNotFound);
	provider_expect("construct, open, close, complete, destruct");
	assert_int_equal(sessio_bind_count(world.bind), 0);
	sessio_bind_leave(&world.scope);
}

static void destroy_bind(void *object, void *context)
{
	(void)object;
	(void)context;
	sessio_bind_destroy(world.bind);
	world.bind = NULL;
}

static void an_opening_outlives_the_bind(void **state)
{
	(void)state;
	provider.in[OPEN] = destroy_bind;
	assert_int_equal(try_to_open(), rcOk);
	post(world.host, ANNA, EVENT(LOGOFF));
	provider_expect("construct, open");
	sessio_bind_leave(&world.scope);
}

static void a_refused_opening_is_not_bound(void **state)
{
	(void)state;
	provider.construct_result = rcNotReady;
	assert_int_equal(try_to_open(), rcNotReady);
	expect_no_trace_of_an_opening();
	provider.construct_result = rcOk;
	provider.open_result = rcNotConnected;
	assert_int_equal(try_to_open(), rcNotConnected);
	expect_no_trace_of_an_opening();
	sessio_bind_leave(&world.scope);
}

static void leave_in_open(void *object, void *context)
{
	(void)object;
	(void)context;
	sessio_bind_leave(&world.scope);
	sessio_bind_destroy(world.bind);
	world.bind = NULL;
}

static void a_bind_may_be_left_and_destroyed_by_the_open_callback(void **state)
{
	(void)state;
	provider.in[OPEN] = leave_in_open;
	assert_int_equal(try_to_open(), rcOk);
}

/* A service acts for Ben in an event that Anna's thread delivers. */
static void open_in_call(
	void *ctx, sessio_bind *bind, void *context, const sessio_user_notice *notice)
{
	(void)bind;
	(void)context;
	(void)notice;
	*(void **)ctx = provider_open("for ben");
}

static const uint32_t ben_id = 8;

static sessio_user_session *log_on_ben(void)
{
	sessio_user_session *ben = NULL;

	post(world.host, ben_id, EVENT(CREATED));
	post(world.host, ben_id, EVENT(CONNECTED));
	post(world.host, ben_id, EVENT(LOGON));
	assert_int_equal(sessio_host_find_session(world.host, ben_id, &ben), SESSIO_OK);
	return ben;
}

static void what_a_policy_callback_opens_is_not_for_whom_its_thread_acts(void **state)
{
	sessio_user_session *ben = log_on_ben();
	void *opened = NULL;
	const sessio_bind_policy policy = {
		.on_disconnect = SESSIO_BIND_CALL, .fn = open_in_call, .ctx = &opened
	};
	sessio_bind *of_ben = NULL;
	void *bens;

	(void)state;
	sessio_bind_leave(&world.scope);
	bens = provider_open("ben's");
	assert_int_equal(sessio_bind_create(ben, &policy, &of_ben), SESSIO_OK);
	assert_int_equal(sessio_bind_add(of_ben, bens), SESSIO_OK);
	assert_int_equal(sessio_bind_enter(world.bind, &world.scope), SESSIO_OK);
	post(world.host, ben_id, EVENT(DISCONNECTED));
	assert_non_null(opened);
	assert_int_equal(sessio_bind_count(world.bind), 0);
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_int_equal(KosSessionRef(opened, NULL, NULL), rcOk);
	KosSessionPut(opened);
	/* Back from the call, the thread acts for Anna again. */
	assert_int_equal(try_to_open(), rcInvalidOperation);
	sessio_bind_leave(&world.scope);
	sessio_bind_destroy(of_ben);
	sessio_user_session_unref(ben);
}

static void *opened; /* in a callback for others' work */

static void open_another(void *object, void *context)
{
	(void)object;
	(void)context;
	opened = provider_open("other");
}

static void open_on_event(const sessio_user_notice *notice, void *ctx)
{
	(void)notice;
	(void)ctx;
	opened = provider_open("other");
}

static void open_on_release(void *ctx)
{
	(void)ctx;
	opened = provider_open("other");
}

/* The session is nobody's: Anna's logoff leaves it alone. */
static void expect_not_bound(void)
{
	assert_non_null(opened);
	assert_int_equal(sessio_bind_count(world.bind), 0);
	post(world.host, ANNA, EVENT(LOGOFF));
	assert_int_equal(KosSessionRef(opened, NULL, NULL), rcOk);
	KosSessionPut(opened);
	sessio_bind_leave(&world.scope);
}

static void what_an_end_opens_is_not_for_whom_its_thread_acts(void **state)
{
	static const enum step steps[] = { CLOSE, COMPLETE, DESTRUCT };

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		void *context = provider_open("a");

		assert_int_equal(sessio_bind_remove(world.bind, context), SESSIO_OK);
		opened = NULL;
		provider.in[steps[i]] = open_another;
		assert_int_equal(KosSessionCloseObject(context), rcOk);
		expect_not_bound();
		assert_int_equal(stop(state), 0);
		assert_int_equal(start(state), 0);
	}
	sessio_bind_leave(&world.scope);
}

static void what_a_watcher_opens_is_not_for_whom_its_thread_acts(void **state)
{
	const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL,
		.released = open_on_release };
	sessio_watch watch;

	(void)state;
	opened = NULL;
	assert_int_equal(
		sessio_host_watch(world.host, &options, open_on_event, NULL, &watch), SESSIO_OK);
	post(world.host, ben_id, EVENT(CREATED));
	assert_non_null(opened);
	assert_int_equal(sessio_bind_count(world.bind), 0);
	opened = NULL;
	assert_int_equal(sessio_host_unwatch(world.host, watch), SESSIO_OK);
	expect_not_bound();
}

#define SUITE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUITE(what_is_opened_between_enter_and_leave_is_bound),
		SUITE(the_innermost_counts),
		SUITE(a_scope_that_is_in_use_is_refused),
		SUITE(what_a_policy_callback_opens_is_not_for_whom_its_thread_acts),
		SUITE(what_an_end_opens_is_not_for_whom_its_thread_acts),
		SUITE(what_a_watcher_opens_is_not_for_whom_its_thread_acts),
		SUITE(what_another_thread_opens_is_not_bound),
		SUITE(a_closed_bind_lets_nobody_in),
		SUITE(a_bind_that_is_left_after_its_end_lets_nobody_in),
		SUITE(an_opening_that_a_logoff_meets_fails_and_its_end_runs),
		SUITE(an_opening_that_a_logoff_meets_may_still_be_refused),
		SUITE(an_opening_that_a_withdrawal_meets_says_so),
		SUITE(an_opening_outlives_the_bind),
		SUITE(a_refused_opening_is_not_bound),
		SUITE(a_bind_may_be_left_and_destroyed_by_the_open_callback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
