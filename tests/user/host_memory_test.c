/* SPDX-License-Identifier: MIT */
/* A host without memory: every allocation fails once, and for ever; nothing is lost or kept. */
#include "test.h"

#include "alloc_fail.h"
#include "host_log.h"
#include "inside.h"
#include "leaks.h"
#include "user/host.h"

static void create(struct alloc_fail *tester, void *ctx)
{
	sessio_host *host = NULL;
	sessio_status status;

	(void)ctx;
	alloc_fail_on(tester);
	status = sessio_host_create(SESSIO_RULES_DOCUMENTED, &host);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_null(host);
		return;
	}
	drop(host);
}

static void post_outside(struct alloc_fail *tester, void *ctx)
{
	sessio_host *host = new_host();
	struct logged a = { 0 };
	sessio_refusal refusal = { .event = EVENT(LOGON) };
	sessio_status status;

	(void)ctx;
	logged_start(&a, host, NULL, "a");
	alloc_fail_on(tester);
	status = sessio_host_post(host, 1, EVENT(CREATED), 0, &refusal);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_int_equal(a.calls, 0);
		assert_int_equal(sessio_host_session_count(host), 0);
		assert_int_equal(refusal.event, EVENT(LOGON));
		post(host, 1, EVENT(CREATED));
	}
	assert_int_equal(a.calls, 1);
	drop(host);
}

struct inside {
	struct alloc_fail *tester;
	sessio_status status;
};

static void post_two_inside(struct logged *self, const sessio_user_notice *notice)
{
	struct inside *inside = self->more;

	if (notice->session_id != 1) {
		return;
	}
	alloc_fail_on(inside->tester);
	inside->status = sessio_host_post(self->host, 2, EVENT(CREATED), 0, NULL);
	if (alloc_fail_off(inside->tester, inside->status != SESSIO_OK)) {
		note_that(inside->status == SESSIO_NO_MEMORY);
		post(self->host, 2, EVENT(CREATED));
	}
}

static void post_inside(struct alloc_fail *tester, void *ctx)
{
	sessio_host *host = new_host();
	struct inside inside = { .tester = tester };
	struct logged a = { .act = post_two_inside, .more = &inside };
	struct host_log text = { .length = 0 };

	(void)ctx;
	logged_start(&a, host, &text, "a");
	post(host, 1, EVENT(CREATED));
	log_expect(&text, "a:1+Created a:2+Created");
	drop(host);
}

static void ignore(const sessio_user_notice *notice, void *ctx)
{
	(void)notice;
	(void)ctx;
}

static void watch(struct alloc_fail *tester, void *ctx)
{
	const sessio_watch_options *given = ctx;
	sessio_host *host = new_host();
	struct logged a = { 0 };
	sessio_watch_options options = *given;
	sessio_watch number = 0;
	sessio_status status;

	post(host, 5, EVENT(CREATED));
	options.events = ALL_EVENTS;
	alloc_fail_on(tester);
	status = sessio_host_watch(host, &options, ignore, NULL, &number);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_int_equal(number, 0);
		assert_int_equal(sessio_host_watch_count(host), 0);
		/* The key was not taken. */
		logged_start_with(&a, host, NULL, "a", options);
	}
	assert_int_equal(sessio_host_watch_count(host), 1);
	drop(host);
}

static void adopt(struct alloc_fail *tester, void *ctx)
{
	sessio_host *host = new_host();
	sessio_status status;

	(void)ctx;
	alloc_fail_on(tester);
	status = sessio_host_adopt(host, 1, STATE(LOGGED_ON), 0);
	/* As an observation: the reserve carries it. */
	assert_false(alloc_fail_off(tester, status != SESSIO_OK));
	assert_int_equal(sessio_host_session_count(host), 1);
	drop(host);
}

static void enter(struct alloc_fail *tester, void *ctx)
{
	sessio_host *host = new_host();
	sessio_user_session *session = NULL;
	sessio_status status;

	(void)ctx;
	post(host, 1, EVENT(CREATED));
	assert_int_equal(sessio_host_find_session(host, 1, &session), SESSIO_OK);
	alloc_fail_on(tester);
	status = sessio_host_enter_session(host, session);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_null(sessio_host_entered_session(host));
	} else {
		assert_int_equal(sessio_host_leave_session(host), SESSIO_OK);
	}
	sessio_user_session_unref(session);
	drop(host);
}

static void every_call_says_that_there_is_no_memory_and_changes_nothing(void **state)
{
	static const char key;
	static sessio_watch_options plain;
	static sessio_watch_options keyed = { .key = &key };
	static sessio_watch_options one = { .flags = SESSIO_WATCH_ONE_SESSION, .session_id = 9 };
	static sessio_watch_options snap = { .flags = SESSIO_WATCH_SNAPSHOT };

	(void)state;
	alloc_fail_sweep(create, NULL);
	alloc_fail_sweep(post_outside, NULL);
	alloc_fail_sweep(post_inside, NULL);
	alloc_fail_sweep(watch, &plain);
	alloc_fail_sweep(watch, &keyed);
	alloc_fail_sweep(watch, &one);
	alloc_fail_sweep(watch, &snap);
	alloc_fail_sweep(adopt, NULL);
	alloc_fail_sweep(enter, NULL);
}

static void observe_inside(struct logged *self, const sessio_user_notice *notice)
{
	struct inside *inside = self->more;

	if (notice->session_id != 1) {
		return;
	}
	alloc_fail_on(inside->tester);
	for (uint32_t id = 2; id < 2 + SI_HOST_RESERVE; id++) {
		inside->status = sessio_host_observe(self->host, id, EVENT(CREATED), 0);
		note_that(!alloc_fail_off(inside->tester, inside->status != SESSIO_OK));
		alloc_fail_on(inside->tester);
	}
	inside->status = sessio_host_observe(self->host, 99, EVENT(CREATED), 0);
	if (alloc_fail_off(inside->tester, inside->status != SESSIO_OK)) {
		note_that(inside->status == SESSIO_NO_MEMORY);
	}
}

static void observe(struct alloc_fail *tester, void *ctx)
{
	sessio_host *host = new_host();
	struct inside inside = { .tester = tester };
	struct logged a = { .act = observe_inside, .more = &inside };

	(void)ctx;
	logged_start(&a, host, NULL, "a");
	assert_int_equal(sessio_host_observe(host, 1, EVENT(CREATED), 0), SESSIO_OK);
	/* None is lost: it was delivered, or its caller knows that it was not. */
	assert_int_equal(a.calls, 1 + SI_HOST_RESERVE + (inside.status == SESSIO_OK));
	if (inside.status != SESSIO_OK) {
		assert_int_equal(sessio_host_observe(host, 99, EVENT(CREATED), 0), SESSIO_OK);
		assert_int_equal(a.calls, 2 + SI_HOST_RESERVE);
	}
	/* With memory again, an observation fills up what others have used. */
	assert_int_equal(sessio_host_observe(host, 98, EVENT(CREATED), 0), SESSIO_OK);
	assert_int_equal(host->spare_event_count, SI_HOST_RESERVE);
	assert_int_equal(host->spare_session_count, SI_HOST_RESERVE);
	drop(host);
}

static void observations_are_delivered_without_memory_as_long_as_the_reserve_lasts(void **state)
{
	(void)state;
	alloc_fail_sweep(observe, NULL);
}

static void the_memory_of_a_host_returns_when_sessions_and_watchers_end(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { 0 };
	size_t before;

	(void)state;
	post(host, 1, EVENT(CREATED));
	before = leaks_live();
	for (uint32_t id = 100; id < 1100; id++) {
		post(host, id, EVENT(CREATED));
	}
	assert_true(leaks_live() >= before + 1000);
	for (uint32_t id = 100; id < 1100; id++) {
		sessio_watch_options options = { .flags = SESSIO_WATCH_ONE_SESSION,
			.session_id = id };

		logged_start_with(&a, host, NULL, "a", options);
		if (id % 2 == 0) {
			post(host, id, EVENT(TERMINATED));
		}
		assert_int_equal(sessio_host_unwatch(host, a.watch), SESSIO_OK);
		if (id % 2 == 1) {
			post(host, id, EVENT(TERMINATED)); /* nobody is notified */
		}
	}
	assert_int_equal(leaks_live(), before);
	drop(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
			every_call_says_that_there_is_no_memory_and_changes_nothing,
			alloc_fail_say),
		cmocka_unit_test_teardown(
			observations_are_delivered_without_memory_as_long_as_the_reserve_lasts,
			alloc_fail_say),
		cmocka_unit_test(the_memory_of_a_host_returns_when_sessions_and_watchers_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
