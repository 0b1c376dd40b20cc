/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "source_suite.h"

#include <string.h>

#include <uv.h>

#include "alloc_fail.h"
#include "host_log.h"
#include "inside.h"

static void begin(const struct source_case *test)
{
	if (test->begin != NULL) {
		test->begin();
	}
}

static sessio_source *open_on(const struct source_case *test, sessio_host *host)
{
	sessio_source *source = NULL;

	begin(test);
	assert_int_equal(si_source_open(test->ops, host, &source), SESSIO_OK);
	assert_non_null(source);
	return source;
}

static sessio_host *host_for(const struct source_case *test)
{
	sessio_host *host = NULL;

	assert_int_equal(sessio_host_create(test->ops->rules, &host), SESSIO_OK);
	return host;
}

static void close_it(sessio_source *source)
{
	assert_int_equal(sessio_source_close(source), SESSIO_OK);
}

static void every_slot_is_filled(const struct source_case *test)
{
	assert_non_null(test->ops->name);
	assert_true(strlen(test->ops->name) > 0);
	assert_true(test->ops->rules == SESSIO_RULES_DOCUMENTED ||
		test->ops->rules == SESSIO_RULES_OBSERVED);
	assert_non_null(test->ops->is_offered);
	assert_non_null(test->ops->start);
	assert_non_null(test->ops->post);
	assert_non_null(test->ops->stop);
	assert_non_null(test->ops->fini);
}

static void it_opens_again_and_again_and_beside_itself(const struct source_case *test)
{
	sessio_host *host = host_for(test);
	sessio_host *other = host_for(test);
	sessio_source *source = open_on(test, host);
	sessio_source *second = open_on(test, other);

	assert_string_equal(sessio_source_name(source), test->ops->name);
	close_it(source);
	source = open_on(test, host);
	close_it(second);
	close_it(source);
	drop(host);
	drop(other);
}

static void events_reach_the_host(const struct source_case *test)
{
	sessio_host *host = host_for(test);
	struct host_log text = { .length = 0 };
	struct logged a = { 0 };
	sessio_source *source = open_on(test, host);

	logged_start(&a, host, &text, "a");
	assert_int_equal(test->make(source, 71, EVENT(CREATED)), SESSIO_OK);
	assert_int_equal(test->make(source, 71, EVENT(CONNECTED)), SESSIO_OK);
	assert_int_equal(test->make(source, 72, EVENT(CREATED)), SESSIO_OK);
	assert_int_equal(test->make(source, 71, EVENT(TERMINATED)), SESSIO_OK);
	log_expect(&text, "a:71+Created a:71+Connected a:72+Created a:71+Terminated");
	assert_int_equal(a.last.flags & SESSIO_NOTICE_OUTSIDE, 0);
	close_it(source);
	drop(host);
}

static void the_host_keeps_its_sessions_when_the_source_is_closed(const struct source_case *test)
{
	sessio_host *host = host_for(test);
	sessio_source *source = open_on(test, host);
	struct logged a = { 0 };
	size_t before;

	assert_int_equal(test->make(source, 71, EVENT(CREATED)), SESSIO_OK);
	before = sessio_host_session_count(host);
	logged_start(&a, host, NULL, "a");
	close_it(source);
	assert_int_equal(a.calls, 0);
	assert_true(before > 0);
	assert_int_equal(sessio_host_session_count(host), before);
	drop(host);
}

struct inside {
	const struct source_case *test;
	sessio_source *source;
};

static void act_inside(struct logged *self, const sessio_user_notice *notice)
{
	struct inside *inside = self->more;

	if (notice->event == EVENT(CREATED)) {
		note_that(sessio_source_close(inside->source) == SESSIO_BUSY);
		note_that(inside->test->make(inside->source, notice->session_id,
				  EVENT(CONNECTED)) == SESSIO_OK);
	}
}

static void a_callback_may_use_but_not_close_it(const struct source_case *test)
{
	sessio_host *host = host_for(test);
	struct inside inside = { .test = test };
	struct logged a = { .act = act_inside, .more = &inside };
	struct host_log text = { .length = 0 };

	inside.source = open_on(test, host);
	logged_start(&a, host, &text, "a");
	assert_int_equal(test->make(inside.source, 71, EVENT(CREATED)), SESSIO_OK);
	close_it(inside.source);
	log_expect(&text, "a:71+Created a:71+Connected");
	drop(host);
}

/* Another thread's event, in the middle of its report. */
struct report {
	const struct source_case *test;
	sessio_source *source;
	uv_sem_t entered;
	bool done;
};

static void report_from_thread(void *arg)
{
	struct report *report = arg;

	(void)report->test->make(report->source, 71, EVENT(CREATED));
}

static void until_closing(struct logged *self, const sessio_user_notice *notice)
{
	struct report *report = self->more;

	(void)notice;
	uv_sem_post(&report->entered);
	while (!si_rundown_is_closed(&report->source->reports)) {
	}
	report->done = true;
}

static void closing_waits_for_a_report_that_runs(const struct source_case *test)
{
	sessio_host *host = host_for(test);
	struct report report = { .test = test };
	struct logged a = { .act = until_closing, .more = &report };
	uv_thread_t thread;

	report.source = open_on(test, host);
	assert_int_equal(uv_sem_init(&report.entered, 0), 0);
	logged_start(&a, host, NULL, "a");
	assert_int_equal(uv_thread_create(&thread, report_from_thread, &report), 0);
	uv_sem_wait(&report.entered);
	close_it(report.source);
	assert_true(report.done);
	assert_int_equal(uv_thread_join(&thread), 0);
	uv_sem_destroy(&report.entered);
	drop(host);
}

static void open_and_close(struct alloc_fail *tester, void *ctx)
{
	const struct source_case *test = ctx;
	sessio_host *host = host_for(test);
	sessio_source *source = NULL;
	sessio_status status;

	begin(test);
	alloc_fail_on(tester);
	status = si_source_open(test->ops, host, &source);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_null(source);
	} else {
		close_it(source);
	}
	drop(host);
}

static void without_memory_it_does_not_open(const struct source_case *test)
{
	alloc_fail_sweep(open_and_close, (void *)(uintptr_t)test);
}

void source_suite(const struct source_case *test)
{
	static void (*const tests[])(const struct source_case *test) = {
		every_slot_is_filled,
		it_opens_again_and_again_and_beside_itself,
		events_reach_the_host,
		the_host_keeps_its_sessions_when_the_source_is_closed,
		a_callback_may_use_but_not_close_it,
		closing_waits_for_a_report_that_runs,
		without_memory_it_does_not_open,
	};

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		tests[i](test);
	}
}
