/* SPDX-License-Identifier: MIT */
/* Every source, through the suite; and what they have in common, on one made for the purpose. */
#include "test.h"

#include <string.h>

#include "alloc_fail.h"
#include "host_log.h"
#include "leaks.h"
#include "source_suite.h"
#include "user/host.h"

static sessio_status make_by_post(
	sessio_source *source, uint32_t session_id, sessio_user_event event)
{
	return sessio_source_post(source, session_id, event, 0, NULL);
}

static void the_manual_source_keeps_the_promises_of_a_source(void **state)
{
	static const struct source_case test = { .ops = &si_source_manual, .make = make_by_post };

	(void)state;
	source_suite(&test);
}

/* A mirror of a system that the tests play: one session is there, others come. */
static bool mirror_offered = true;
static sessio_status mirror_fails;
static sessio_status status_after_close;

struct mirror {
	sessio_source *source;
};

static bool mirror_is_offered(void)
{
	return mirror_offered;
}

static sessio_status mirror_start(sessio_source *source, void **out_state)
{
	struct mirror *mirror = si_platform_alloc(sizeof(*mirror));
	sessio_status status = mirror == NULL ? SESSIO_NO_MEMORY : mirror_fails;

	if (status == SESSIO_OK) {
		mirror->source = source;
		status = si_source_adopt(source, 1, STATE(LOGGED_ON), 0);
		if (status == SESSIO_EXISTS) {
			status = SESSIO_OK; /* it was opened on this host before */
		}
	}
	if (status != SESSIO_OK) {
		si_platform_free(mirror);
		return status;
	}
	*out_state = mirror;
	return SESSIO_OK;
}

static void mirror_stop(void *state)
{
	struct mirror *mirror = state;

	status_after_close = si_source_observe(mirror->source, 9, EVENT(CREATED), 0);
	si_platform_free(mirror);
}

static sessio_status mirror_post(sessio_source *source, uint32_t session_id,
	sessio_user_event event, unsigned flags, sessio_refusal *refusal)
{
	(void)source;
	(void)session_id;
	(void)event;
	(void)flags;
	(void)refusal;
	return SESSIO_UNSUPPORTED;
}

static const struct si_source_ops mirror_ops = {
	.name = "mirror",
	.rules = SESSIO_RULES_OBSERVED,
	.is_offered = mirror_is_offered,
	.start = mirror_start,
	.post = mirror_post,
	.stop = mirror_stop,
	.fini = si_source_no_fini,
};

static sessio_status make_by_report(
	sessio_source *source, uint32_t session_id, sessio_user_event event)
{
	return si_source_observe(source, session_id, event, 0);
}

static void a_mirror_adopts_what_exists_and_refuses_to_post(void **state)
{
	sessio_host *host = new_host();
	sessio_source *source = NULL;
	sessio_user_session *session = NULL;

	(void)state;
	assert_int_equal(si_source_open(&mirror_ops, host, &source), SESSIO_OK);
	assert_int_equal(sessio_host_find_session(host, 1, &session), SESSIO_OK);
	assert_int_equal(sessio_user_session_state(session), STATE(LOGGED_ON));
	sessio_user_session_unref(session);
	assert_int_equal(sessio_source_post(source, 1, EVENT(LOGOFF), 0, NULL), SESSIO_UNSUPPORTED);
	assert_int_equal(sessio_source_close(source), SESSIO_OK);
	drop(host);
}

static void reports_are_refused_once_it_is_being_closed(void **state)
{
	sessio_host *host = new_host();
	sessio_source *source = NULL;

	(void)state;
	assert_int_equal(si_source_open(&mirror_ops, host, &source), SESSIO_OK);
	status_after_close = SESSIO_OK;
	assert_int_equal(sessio_source_close(source), SESSIO_OK);
	assert_int_equal(status_after_close, SESSIO_BAD_STATE);
	assert_int_equal(sessio_host_session_count(host), 1);
	drop(host);
}

static void a_source_that_does_not_start_leaves_nothing_behind(void **state)
{
	sessio_host *host = new_host();
	sessio_source *source = NULL;
	size_t before = leaks_live();

	(void)state;
	mirror_fails = SESSIO_UNSUPPORTED;
	assert_int_equal(si_source_open(&mirror_ops, host, &source), SESSIO_UNSUPPORTED);
	mirror_fails = SESSIO_OK;
	mirror_offered = false;
	assert_int_equal(si_source_open(&mirror_ops, host, &source), SESSIO_UNSUPPORTED);
	mirror_offered = true;
	assert_null(source);
	assert_int_equal(leaks_live(), before);
	drop(host);
}

static void a_mirror_keeps_the_promises_of_a_source(void **state)
{
	static const struct source_case test = { .ops = &mirror_ops, .make = make_by_report };

	(void)state;
	source_suite(&test);
}

static void sources_are_found_by_name_and_the_default_is_offered_here(void **state)
{
	sessio_host *host = new_host();
	sessio_source *source = NULL;
	size_t count = 0;
	bool has_manual = false;

	(void)state;
	for (const char *name; (name = sessio_source_name_at(count)) != NULL; count++) {
		has_manual = has_manual || strcmp(name, "manual") == 0;
	}
	assert_true(has_manual);
	assert_string_equal(sessio_source_name_at(count - 1), "manual");
	assert_int_equal(sessio_source_rules("manual"), SESSIO_RULES_DOCUMENTED);
	assert_int_equal(sessio_source_rules("manua"), SESSIO_RULES_DOCUMENTED);
	assert_int_equal(sessio_source_rules(NULL), SESSIO_RULES_DOCUMENTED);
	assert_int_equal(sessio_source_open("manuals", host, &source), SESSIO_NOT_FOUND);
	assert_int_equal(sessio_source_open("manua", host, &source), SESSIO_NOT_FOUND);
	assert_int_equal(sessio_source_open(NULL, host, &source), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_source_open("manual", NULL, &source), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_source_open("manual", host, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_source_default(NULL, &source), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_source_default(host, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_source_close(NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_source_post(NULL, 1, EVENT(CREATED), 0, NULL), SESSIO_INVALID_ARG);
	assert_null(sessio_source_name(NULL));
	assert_null(source);
	assert_int_equal(sessio_source_open("manual", host, &source), SESSIO_OK);
	assert_string_equal(sessio_source_name(source), "manual");
	assert_int_equal(sessio_source_close(source), SESSIO_OK);
	assert_int_equal(sessio_source_default(host, &source), SESSIO_OK);
	assert_non_null(sessio_source_name(source));
	assert_int_equal(sessio_source_close(source), SESSIO_OK);
	drop(host);
}

static void a_post_that_the_rules_refuse_says_what_was_refused(void **state)
{
	sessio_host *host = new_host();
	sessio_source *source = NULL;
	sessio_refusal refusal = { 0 };

	(void)state;
	assert_int_equal(sessio_source_open("manual", host, &source), SESSIO_OK);
	assert_int_equal(
		sessio_source_post(source, 4, EVENT(LOGON), 0, &refusal), SESSIO_BAD_STATE);
	assert_int_equal(refusal.session_id, 4);
	assert_int_equal(refusal.state, STATE(INITIALIZED));
	assert_int_equal(refusal.event, EVENT(LOGON));
	assert_int_equal(sessio_source_close(source), SESSIO_OK);
	drop(host);
}

static sessio_status status_of_close;

static void close_on_release(void *ctx)
{
	status_of_close = sessio_source_close(ctx);
}

static void a_source_is_not_closed_from_a_release(void **state)
{
	sessio_host *host = new_host();
	sessio_watch_options options = { .events = ALL_EVENTS, .released = close_on_release };
	sessio_source *source = NULL;
	sessio_watch watch = 0;

	(void)state;
	assert_int_equal(sessio_source_open("manual", host, &source), SESSIO_OK);
	assert_int_equal(sessio_host_watch(host, &options, count_calls, source, &watch), SESSIO_OK);
	assert_int_equal(sessio_host_unwatch(host, watch), SESSIO_OK);
	assert_int_equal(status_of_close, SESSIO_BUSY);
	assert_int_equal(sessio_source_post(source, 1, EVENT(CREATED), 0, NULL), SESSIO_OK);
	assert_int_equal(sessio_source_close(source), SESSIO_OK);
	drop(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
			the_manual_source_keeps_the_promises_of_a_source, alloc_fail_say),
		cmocka_unit_test_teardown(a_mirror_keeps_the_promises_of_a_source, alloc_fail_say),
		cmocka_unit_test(a_mirror_adopts_what_exists_and_refuses_to_post),
		cmocka_unit_test(reports_are_refused_once_it_is_being_closed),
		cmocka_unit_test(a_source_that_does_not_start_leaves_nothing_behind),
		cmocka_unit_test(sources_are_found_by_name_and_the_default_is_offered_here),
		cmocka_unit_test(a_source_is_not_closed_from_a_release),
		cmocka_unit_test(a_post_that_the_rules_refuse_says_what_was_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
