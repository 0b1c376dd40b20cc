/* SPDX-License-Identifier: MIT */
/* A host and its sessions, as one thread sees them. */
#include "test.h"

#include "host_log.h"
#include "inside.h"
#include "leaks.h"
#include "user/host.h"

/* Clauses: W-19, W-23, W-25 */
static void a_life_has_notices_from_created_to_terminated_once_each(void **state)
{
	static const struct {
		sessio_user_event event;
		sessio_user_state before, after;
	} life[] = {
		{ EVENT(CREATED), STATE(INITIALIZED), STATE(CREATED) },
		{ EVENT(CONNECTED), STATE(CREATED), STATE(CONNECTED) },
		{ EVENT(LOGON), STATE(CONNECTED), STATE(LOGGED_ON) },
		{ EVENT(DISCONNECTED), STATE(LOGGED_ON), STATE(DISCONNECTED_LOGGED_ON) },
		{ EVENT(LOGOFF), STATE(DISCONNECTED_LOGGED_ON), STATE(DISCONNECTED) },
		{ EVENT(TERMINATED), STATE(DISCONNECTED), STATE(TERMINATED) },
	};
	sessio_host *host = new_host();
	struct logged a = { 0 };

	(void)state;
	logged_start(&a, host, NULL, "a");
	for (unsigned i = 0; i < sizeof(life) / sizeof(life[0]); i++) {
		post(host, 7, life[i].event);
		assert_int_equal(a.calls, i + 1);
		assert_ptr_equal(a.last.host, host);
		assert_non_null(a.last.session);
		assert_int_equal(a.last.session_id, 7);
		assert_int_equal(a.last.event, life[i].event);
		assert_int_equal(a.last.before, life[i].before);
		assert_int_equal(a.last.state, life[i].after);
		assert_int_equal(a.last.flags, 0);
	}
	assert_int_equal(sessio_host_post(host, 7, EVENT(CONNECTED), 0, NULL), SESSIO_BAD_STATE);
	assert_int_equal(a.calls, 6);
	drop(host);
	assert_int_equal(a.releases, 1);
}

static void a_refused_event_changes_nothing_and_says_what_was_refused(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { 0 };
	sessio_refusal refusal = { 0 };
	char line[64];

	(void)state;
	post(host, 3, EVENT(CREATED));
	logged_start(&a, host, NULL, "a");
	assert_int_equal(sessio_host_post(host, 3, EVENT(LOGON), 0, &refusal), SESSIO_BAD_STATE);
	assert_int_equal(refusal.session_id, 3);
	assert_int_equal(refusal.state, STATE(CREATED));
	assert_int_equal(refusal.event, EVENT(LOGON));
	assert_int_equal(a.calls, 0);
	post(host, 3, EVENT(CONNECTED));
	assert_int_equal(a.last.before, STATE(CREATED));
	assert_int_equal(sessio_refusal_text(&refusal, line, sizeof(line)), 44);
	assert_string_equal(line, "session 3: Logon is refused in state Created");
	assert_int_equal(sessio_refusal_text(&refusal, line, 8), 44);
	assert_string_equal(line, "session");
	assert_int_equal(sessio_refusal_text(&refusal, NULL, 0), 44);
	refusal.session_id = 4294967295u;
	refusal.event = EVENT(NONE);
	(void)sessio_refusal_text(&refusal, line, sizeof(line));
	assert_string_equal(line, "session 4294967295: its host is being destroyed");
	drop(host);
}

static void an_unknown_session_is_initialized_and_only_created_makes_it(void **state)
{
	sessio_host *host = new_host();
	sessio_refusal refusal = { 0 };
	sessio_user_session *session = NULL;

	(void)state;
	for (int e = 2; e < EVENT(MAX); e++) {
		assert_int_equal(sessio_host_post(host, 5, (sessio_user_event)e, 0, &refusal),
			SESSIO_BAD_STATE);
		assert_int_equal(refusal.state, STATE(INITIALIZED));
		assert_int_equal(refusal.event, e);
	}
	assert_int_equal(sessio_host_find_session(host, 5, &session), SESSIO_NOT_FOUND);
	assert_null(session);
	assert_int_equal(sessio_host_session_count(host), 0);
	post(host, 5, EVENT(CREATED));
	assert_int_equal(sessio_host_session_count(host), 1);
	assert_int_equal(sessio_host_find_session(host, 5, &session), SESSIO_OK);
	assert_int_equal(sessio_user_session_id(session), 5);
	sessio_user_session_unref(session);
	drop(host);
}

static void wrong_arguments_are_refused(void **state)
{
	sessio_host *host = new_host();
	sessio_host *none = NULL;
	sessio_user_session *session = NULL;

	size_t before = leaks_live();

	(void)state;
	assert_int_equal(sessio_host_create((sessio_rules)0, &none), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_create((sessio_rules)3, &none), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_create(SESSIO_RULES_OBSERVED, NULL), SESSIO_INVALID_ARG);
	assert_null(none);
	for (int e = -1; e <= EVENT(MAX) + 1; e++) {
		sessio_user_event event = (sessio_user_event)e;
		bool remote = e == EVENT(CREATED) || e == EVENT(CONNECTED);

		if (e < EVENT(CREATED) || e >= EVENT(MAX)) {
			assert_int_equal(
				sessio_host_post(host, 1, event, 0, NULL), SESSIO_INVALID_ARG);
			assert_int_equal(
				sessio_host_observe(host, 1, event, 0), SESSIO_INVALID_ARG);
		} else if (!remote) {
			assert_int_equal(sessio_host_post(host, 1, event, SESSIO_POST_REMOTE, NULL),
				SESSIO_INVALID_ARG);
			assert_int_equal(sessio_host_observe(host, 1, event, SESSIO_POST_REMOTE),
				SESSIO_INVALID_ARG);
		}
	}
	assert_int_equal(sessio_host_post(host, 1, EVENT(CREATED), 2, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_post(NULL, 1, EVENT(CREATED), 0, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_observe(NULL, 1, EVENT(CREATED), 0), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_adopt(NULL, 1, STATE(CREATED), 0), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_adopt(host, 1, STATE(TERMINATED), 0), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_adopt(host, 1, STATE(NONE), 0), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_adopt(host, 1, STATE(CREATED), 2), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_find_session(NULL, 1, &session), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_find_session(host, 1, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_unwatch(NULL, 1), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_unwatch(host, 0), SESSIO_NOT_FOUND);
	assert_int_equal(sessio_host_destroy(NULL), SESSIO_INVALID_ARG);
	assert_int_equal(leaks_live(), before);
	assert_int_equal(sessio_host_session_count(host), 0);
	drop(host);
}

static void judge_on_release(void *ctx)
{
	sessio_host *host = ctx;
	static const char key;
	sessio_watch_options options = { .events = ALL_EVENTS, .key = &key };
	sessio_refusal refusal = { .session_id = 99 };
	unsigned calls = 0;
	sessio_watch watch = 0;

	note_that(sessio_host_post(host, 1, EVENT(NONE), 0, &refusal) == SESSIO_INVALID_ARG);
	note_that(sessio_host_observe(host, 1, EVENT(LOGON), 4) == SESSIO_INVALID_ARG);
	note_that(sessio_host_adopt(host, 1, STATE(NONE), 0) == SESSIO_INVALID_ARG);
	note_that(refusal.session_id == 99);
	note_that(
		sessio_host_watch(host, &options, count_calls, &calls, &watch) == SESSIO_BAD_STATE);
	options.flags = 8;
	note_that(sessio_host_watch(host, &options, count_calls, &calls, &watch) ==
		SESSIO_INVALID_ARG);
}

/* Argument, then state, then the rest: on a host that is being destroyed. */
static void of_several_faults_the_argument_comes_first(void **state)
{
	sessio_host *host = new_host();
	sessio_watch_options options = { .events = ALL_EVENTS, .released = judge_on_release };
	sessio_watch watch = 0;
	size_t before;

	(void)state;
	post(host, 1, EVENT(CREATED));
	assert_int_equal(sessio_host_watch(host, &options, count_calls, host, &watch), SESSIO_OK);
	before = leaks_live();
	assert_int_equal(sessio_host_adopt(host, 1, STATE(TERMINATED), 0), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_adopt(host, 1, STATE(CREATED), 0), SESSIO_EXISTS);
	assert_int_equal(sessio_host_post(host, 2, EVENT(LOGON), 1, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_post(host, 2, EVENT(LOGON), 0, NULL), SESSIO_BAD_STATE);
	assert_int_equal(sessio_host_watch(host, &options, NULL, host, &watch), SESSIO_INVALID_ARG);
	assert_int_equal(leaks_live(), before);
	drop(host);
}

static void no_call_needs_a_host(void **state)
{
	char text[] = "as it was";

	(void)state;
	assert_int_equal(sessio_host_rules(NULL), 0);
	assert_int_equal(sessio_host_session_count(NULL), 0);
	assert_int_equal(sessio_host_watch_count(NULL), 0);
	assert_int_equal(sessio_refusal_text(NULL, text, sizeof(text)), 0);
	assert_string_equal(text, "");
	assert_int_equal(sessio_refusal_text(NULL, NULL, 0), 0);
}

/* The only pair that the rule sets judge differently. */
static void a_refusal_says_when_the_observed_rules_would_allow_the_event(void **state)
{
	static const char allowed[] = "session 3: Connected is refused in state "
				      "DisconnectedLoggedOn; the observed rules would allow it";
	sessio_host *host = new_host();
	sessio_refusal refusal = { 0 };
	char line[128];

	(void)state;
	assert_int_equal(sessio_host_adopt(host, 3, STATE(DISCONNECTED_LOGGED_ON), 0), SESSIO_OK);
	assert_int_equal(
		sessio_host_post(host, 3, EVENT(CONNECTED), 0, &refusal), SESSIO_BAD_STATE);
	assert_int_equal(sessio_refusal_text(&refusal, line, sizeof(line)), sizeof(allowed) - 1);
	assert_string_equal(line, allowed);
	assert_int_equal(sessio_refusal_text(&refusal, NULL, sizeof(line)), sizeof(allowed) - 1);
	assert_int_equal(sessio_host_post(host, 3, EVENT(LOGON), 0, &refusal), SESSIO_BAD_STATE);
	(void)sessio_refusal_text(&refusal, line, sizeof(line));
	assert_string_equal(line, "session 3: Logon is refused in state DisconnectedLoggedOn");
	drop(host);
}

static void query_inside(struct logged *self, const sessio_user_notice *notice)
{
	sessio_user_session *session = NULL;
	bool ended = notice->event == EVENT(TERMINATED);

	note_that(sessio_user_session_state(notice->session) == notice->state);
	note_that(sessio_user_session_id(notice->session) == notice->session_id);
	note_that(sessio_host_find_session(self->host, notice->session_id, &session) ==
		(ended ? SESSIO_NOT_FOUND : SESSIO_OK));
	if (!ended) {
		note_that(session == notice->session);
		sessio_user_session_unref(session);
	}
}

/* Clauses: W-29 */
static void the_state_seen_in_a_callback_is_the_one_after_the_event(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { .act = query_inside };

	(void)state;
	logged_start(&a, host, NULL, "a");
	post(host, 1, EVENT(CREATED));
	assert_int_equal(sessio_user_session_state(a.last.session), STATE(CREATED));
	post(host, 1, EVENT(DISCONNECTED));
	post(host, 1, EVENT(LOGON));
	post(host, 1, EVENT(TERMINATED));
	assert_int_equal(a.calls, 4);
	drop(host);
}

/* Clauses: W-22 */
static void a_session_is_one_object_all_its_life_and_no_other_live_one(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { 0 };
	sessio_user_session *first;
	sessio_user_session *second;

	(void)state;
	logged_start(&a, host, NULL, "a");
	post(host, 1, EVENT(CREATED));
	first = sessio_user_session_ref(a.last.session);
	post(host, 2, EVENT(CREATED));
	second = a.last.session;
	assert_ptr_not_equal(first, second);
	post(host, 1, EVENT(CONNECTED));
	assert_ptr_equal(a.last.session, first);
	post(host, 2, EVENT(CONNECTED));
	assert_ptr_equal(a.last.session, second);
	post(host, 1, EVENT(TERMINATED));
	assert_ptr_equal(a.last.session, first);
	post(host, 1, EVENT(CREATED));
	assert_ptr_not_equal(a.last.session, first);
	assert_ptr_not_equal(a.last.session, second);
	sessio_user_session_unref(first);
	drop(host);
}

static void a_destroyed_host_is_empty_to_who_comes_through_a_kept_session(void **state)
{
	sessio_host *host = new_host();
	sessio_user_session *session = NULL;
	sessio_user_session *found = NULL;
	sessio_watch_options options = { .events = ALL_EVENTS };
	unsigned calls = 0;
	sessio_watch watch = 0;

	(void)state;
	for (uint32_t id = 0; id < 100; id++) {
		post(host, id, EVENT(CREATED));
		assert_int_equal(
			sessio_host_watch(host, &options, count_calls, &calls, &watch), SESSIO_OK);
	}
	assert_int_equal(sessio_host_find_session(host, 50, &session), SESSIO_OK);
	drop(host);
	assert_ptr_equal(si_user_session_host(session), host);
	calls = 0;
	assert_int_equal(sessio_host_unwatch(host, watch), SESSIO_NOT_FOUND);
	assert_int_equal(sessio_host_find_session(host, 50, &found), SESSIO_NOT_FOUND);
	assert_int_equal(sessio_host_post(host, 50, EVENT(CONNECTED), 0, NULL), SESSIO_BAD_STATE);
	assert_int_equal(sessio_host_observe(host, 50, EVENT(CONNECTED), 0), SESSIO_BAD_STATE);
	assert_int_equal(sessio_host_adopt(host, 50, STATE(CREATED), 0), SESSIO_BAD_STATE);
	assert_int_equal(
		sessio_host_watch(host, &options, count_calls, &calls, &watch), SESSIO_BAD_STATE);
	assert_int_equal(sessio_host_destroy(host), SESSIO_BAD_STATE);
	assert_int_equal(sessio_host_session_count(host), 0);
	assert_int_equal(sessio_host_watch_count(host), 0);
	assert_int_equal(calls, 0);
	sessio_user_session_unref(session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_life_has_notices_from_created_to_terminated_once_each),
		cmocka_unit_test(a_refused_event_changes_nothing_and_says_what_was_refused),
		cmocka_unit_test(an_unknown_session_is_initialized_and_only_created_makes_it),
		cmocka_unit_test(wrong_arguments_are_refused),
		cmocka_unit_test(of_several_faults_the_argument_comes_first),
		cmocka_unit_test(no_call_needs_a_host),
		cmocka_unit_test(a_refusal_says_when_the_observed_rules_would_allow_the_event),
		cmocka_unit_test(the_state_seen_in_a_callback_is_the_one_after_the_event),
		cmocka_unit_test(a_session_is_one_object_all_its_life_and_no_other_live_one),
		cmocka_unit_test(a_destroyed_host_is_empty_to_who_comes_through_a_kept_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
