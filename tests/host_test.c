/* SPDX-License-Identifier: MIT */
/* What one thread sees of a host. */
#include "test.h"

#include <string.h>

#include "core/host.h"
#include "host_log.h"

#define STATE(name) SESSIO_USER_STATE_##name
#define EVENT(name) SESSIO_USER_EVENT_##name

static struct host_log text;

static void drop(sessio_host *host)
{
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
}

static void count_calls(const sessio_user_notice *notice, void *ctx)
{
	(void)notice;
	++*(unsigned *)ctx;
}

/* Clauses: W-19, W-23, W-25 */
static void a_life_is_told_from_created_to_terminated_once_each(void **state)
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
	assert_int_equal(sessio_host_enter_session(NULL, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_enter_session(host, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_leave_session(NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_session_count(host), 0);
	drop(host);
	sessio_user_session_unref(NULL);
}

static void a_watcher_must_want_something(void **state)
{
	static const sessio_watch_options bad[] = {
		{ 0 },
		{ .events = ALL_EVENTS + 1 },
		{ .flags = SESSIO_WATCH_SNAPSHOT },
		{ .events = 1, .flags = 1u << 2 },
	};
	static const sessio_watch_options good = { .events = 0xFFFFFFFFu };
	sessio_host *host = new_host();
	unsigned calls = 0;
	sessio_watch watch = 77;

	(void)state;
	for (size_t i = 1; i < 4; i++) {
		sessio_watch_options options = bad[i];

		options.events &= i == 1 ? ~ALL_EVENTS : ~0u;
		assert_int_equal(sessio_host_watch(host, &options, count_calls, &calls, &watch),
			SESSIO_INVALID_ARG);
	}
	assert_int_equal(
		sessio_host_watch(host, &bad[0], count_calls, &calls, &watch), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_watch(host, &good, NULL, &calls, &watch), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_host_watch(host, NULL, count_calls, &calls, &watch), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_host_watch(NULL, &good, count_calls, &calls, &watch), SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_host_watch(host, &good, count_calls, &calls, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(watch, 77);
	assert_int_equal(sessio_host_watch_count(host), 0);
	assert_int_equal(sessio_host_watch(host, &good, count_calls, &calls, &watch), SESSIO_OK);
	post(host, 1, EVENT(CREATED));
	assert_int_equal(calls, 1);
	drop(host);
}

static void query_inside(struct logged *self, const sessio_user_notice *notice)
{
	sessio_user_session *session = NULL;
	bool ended = notice->event == EVENT(TERMINATED);

	assert_int_equal(sessio_user_session_state(notice->session), notice->state);
	assert_int_equal(sessio_user_session_id(notice->session), notice->session_id);
	assert_int_equal(sessio_host_find_session(self->host, notice->session_id, &session),
		ended ? SESSIO_NOT_FOUND : SESSIO_OK);
	if (!ended) {
		assert_ptr_equal(session, notice->session);
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

/* Clauses: W-38 */
static void a_held_session_outlives_its_end_and_its_host(void **state)
{
	sessio_host *host = new_host();
	sessio_user_session *ended = NULL;
	sessio_user_session *orphan = NULL;

	(void)state;
	post(host, 1, EVENT(CREATED));
	post(host, 2, EVENT(CREATED));
	assert_int_equal(sessio_host_find_session(host, 1, &ended), SESSIO_OK);
	assert_int_equal(sessio_host_find_session(host, 2, &orphan), SESSIO_OK);
	post(host, 1, EVENT(TERMINATED));
	assert_int_equal(sessio_user_session_state(ended), STATE(TERMINATED));
	drop(host);
	assert_int_equal(sessio_user_session_id(ended), 1);
	assert_int_equal(sessio_user_session_state(ended), STATE(TERMINATED));
	assert_int_equal(sessio_user_session_state(orphan), STATE(CREATED));
	assert_true(sessio_user_session_is_local(orphan));
	sessio_user_session_unref(ended);
	sessio_user_session_unref(orphan);
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

/* Clauses: W-20, W-21 */
static void only_connected_has_a_payload(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { 0 };

	(void)state;
	logged_start(&a, host, NULL, "a");
	for (int e = 1; e < EVENT(MAX); e++) {
		/* Observed: any order will do. */
		assert_int_equal(sessio_host_observe(host, 9, (sessio_user_event)e, 0), SESSIO_OK);
		assert_int_equal(a.last.event, e);
		if (e == EVENT(CONNECTED)) {
			assert_non_null(a.last.payload);
			assert_int_equal(a.last.payload_length, 8);
		} else {
			assert_null(a.last.payload);
			assert_int_equal(a.last.payload_length, 0);
		}
	}
	drop(host);
}

static void read_payload(struct logged *self, const sessio_user_notice *notice)
{
	if (notice->payload != NULL) {
		*(sessio_user_connect *)self->more = *(const sessio_user_connect *)notice->payload;
	}
}

/* Clauses: W-20 */
static void the_payload_says_which_session_and_whose_terminal(void **state)
{
	sessio_host *host = new_host();
	sessio_user_connect connect = { 0 };
	struct logged a = { .act = read_payload, .more = &connect };

	(void)state;
	logged_start(&a, host, NULL, "a");
	assert_int_equal(
		sessio_host_post(host, 12, EVENT(CREATED), SESSIO_POST_REMOTE, NULL), SESSIO_OK);
	assert_false(a.last.local);
	post(host, 12, EVENT(CONNECTED));
	assert_int_equal(connect.session_id, 12);
	assert_int_equal(connect.local, 1);
	assert_true(a.last.local);
	post(host, 12, EVENT(DISCONNECTED));
	assert_true(a.last.local);
	assert_int_equal(
		sessio_host_post(host, 12, EVENT(CONNECTED), SESSIO_POST_REMOTE, NULL), SESSIO_OK);
	assert_int_equal(connect.local, 0);
	assert_false(a.last.local);
	post(host, 12, EVENT(LOGON));
	assert_false(a.last.local);
	assert_false(sessio_user_session_is_local(a.last.session));
	drop(host);
}

static void a_mask_chooses_events(void **state)
{
	sessio_host *host = new_host();
	struct logged each[SESSIO_USER_EVENT_MAX] = { { 0 } };

	(void)state;
	for (int e = 1; e < EVENT(MAX); e++) {
		sessio_watch_options options = { .events = sessio_user_event_bit(
							 (sessio_user_event)e) };

		logged_start_with(&each[e], host, NULL, "e", options);
	}
	for (int e = 1; e < EVENT(MAX); e++) {
		assert_int_equal(sessio_host_observe(host, 1, (sessio_user_event)e, 0), SESSIO_OK);
		for (int other = 1; other < EVENT(MAX); other++) {
			assert_int_equal(each[other].calls, other <= e ? 1 : 0);
		}
	}
	drop(host);
}

static void a_filter_chooses_a_session_whenever_it_comes(void **state)
{
	sessio_host *host = new_host();
	struct logged two = { 0 };
	struct logged all = { 0 };
	sessio_watch_options options = { .flags = SESSIO_WATCH_ONE_SESSION, .session_id = 2 };

	(void)state;
	logged_start_with(&two, host, &text, "two", options);
	logged_start(&all, host, &text, "all");
	post(host, 1, EVENT(CREATED));
	post(host, 2, EVENT(CREATED));
	post(host, 2, EVENT(TERMINATED));
	post(host, 2, EVENT(CREATED));
	log_expect(&text,
		"all:1+Created two:2+Created all:2+Created two:2+Terminated all:2+Terminated "
		"two:2+Created all:2+Created");
	assert_int_equal(sessio_host_unwatch(host, two.watch), SESSIO_OK);
	post(host, 2, EVENT(CONNECTED));
	log_expect(&text, "two. all:2+Connected");
	drop(host);
	log_expect(&text, "all.");
}

static void a_key_is_taken_once_until_its_watcher_ends(void **state)
{
	static const char keys[2];
	sessio_host *host = new_host();
	sessio_host *other = new_host();
	sessio_watch_options options = { .events = ALL_EVENTS, .key = &keys[0] };
	struct logged a = { 0 };
	struct logged b = { 0 };
	unsigned calls = 0;
	sessio_watch watch = 0;

	(void)state;
	logged_start_with(&a, host, NULL, "a", options);
	options.events = 1;
	assert_int_equal(
		sessio_host_watch(host, &options, count_calls, &calls, &watch), SESSIO_EXISTS);
	assert_int_equal(watch, 0);
	logged_start_with(&b, other, NULL, "b", options);
	options.key = &keys[1];
	assert_int_equal(sessio_host_watch(host, &options, count_calls, &calls, &watch), SESSIO_OK);
	post(host, 1, EVENT(CREATED));
	assert_int_equal(a.calls, 1);
	assert_int_equal(calls, 1);
	assert_int_equal(sessio_host_unwatch(host, a.watch), SESSIO_OK);
	options.key = &keys[0];
	assert_int_equal(sessio_host_watch(host, &options, count_calls, &calls, &watch), SESSIO_OK);
	drop(host);
	drop(other);
}

/* Clauses: W-31 */
static void a_watcher_that_ended_is_not_found(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { 0 };
	struct logged b = { 0 };

	(void)state;
	logged_start(&a, host, NULL, "a");
	assert_int_equal(sessio_host_unwatch(host, a.watch), SESSIO_OK);
	assert_int_equal(a.releases, 1);
	assert_int_equal(sessio_host_unwatch(host, a.watch), SESSIO_NOT_FOUND);
	logged_start(&b, host, NULL, "b");
	assert_int_not_equal(a.watch, b.watch);
	assert_int_equal(sessio_host_unwatch(host, a.watch), SESSIO_NOT_FOUND);
	post(host, 1, EVENT(CREATED));
	assert_int_equal(a.calls, 0);
	assert_int_equal(a.releases, 1);
	assert_int_equal(b.calls, 1);
	drop(host);
}

static void numbers_of_watchers_leave_out_zero_and_those_in_use(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { 0 };
	struct logged b = { 0 };
	struct logged c = { 0 };

	(void)state;
	host->last_watch = UINTPTR_MAX - 1;
	logged_start(&a, host, NULL, "a");
	assert_int_equal(a.watch, UINTPTR_MAX);
	logged_start(&b, host, NULL, "b");
	assert_int_equal(b.watch, 1);
	host->last_watch = 0;
	logged_start(&c, host, NULL, "c");
	assert_int_equal(c.watch, 2);
	drop(host);
}

/* Clauses: W-17 */
static void a_watcher_gets_no_replay_unless_it_asks(void **state)
{
	sessio_host *host = new_host();
	struct logged plain = { 0 };
	struct logged snap = { 0 };
	struct logged one = { 0 };
	sessio_watch_options options = { .flags = SESSIO_WATCH_SNAPSHOT };

	(void)state;
	post(host, 1, EVENT(CREATED));
	post(host, 3, EVENT(CREATED));
	post(host, 2, EVENT(CREATED));
	post(host, 3, EVENT(TERMINATED));
	post(host, 1, EVENT(CONNECTED));
	logged_start(&plain, host, &text, "plain");
	logged_start_with(&snap, host, &text, "snap", options);
	log_expect(&text, "snap:1=Connected snap:2=Created");
	assert_int_equal(snap.last.event, EVENT(NONE));
	assert_int_equal(snap.last.before, STATE(CREATED));
	assert_int_equal(snap.last.state, STATE(CREATED));
	assert_null(snap.last.payload);
	options.flags |= SESSIO_WATCH_ONE_SESSION;
	options.session_id = 1;
	logged_start_with(&one, host, &text, "one", options);
	log_expect(&text, "one:1=Connected");
	post(host, 2, EVENT(CONNECTED));
	log_expect(&text, "plain:2+Connected snap:2+Connected");
	drop(host);
	log_expect(&text, "plain. snap. one.");
}

static void an_adopted_session_is_told_to_those_with_a_snapshot(void **state)
{
	sessio_host *host = new_host();
	struct logged plain = { 0 };
	struct logged snap = { 0 };
	sessio_watch_options options = { .flags = SESSIO_WATCH_SNAPSHOT };

	(void)state;
	logged_start(&plain, host, &text, "plain");
	logged_start_with(&snap, host, &text, "snap", options);
	assert_int_equal(
		sessio_host_adopt(host, 4, STATE(LOGGED_ON), SESSIO_POST_REMOTE), SESSIO_OK);
	log_expect(&text, "snap:4=LoggedOn");
	assert_false(snap.last.local);
	assert_int_equal(sessio_host_adopt(host, 4, STATE(CREATED), 0), SESSIO_EXISTS);
	post(host, 4, EVENT(LOGOFF));
	log_expect(&text, "plain:4+Logoff snap:4+Logoff");
	drop(host);
	log_expect(&text, "plain. snap.");
}

/* Clauses: D1, D8 */
static void an_observation_outside_the_rules_is_delivered_and_marked(void **state)
{
	sessio_host *host = new_host();
	sessio_host *observed = NULL;
	struct logged a = { 0 };

	(void)state;
	logged_start(&a, host, NULL, "a");
	assert_int_equal(sessio_host_observe(host, 1, EVENT(CREATED), 0), SESSIO_OK);
	assert_int_equal(a.last.flags, SESSIO_NOTICE_OBSERVED);
	assert_int_equal(sessio_host_observe(host, 1, EVENT(LOGON), 0), SESSIO_OK);
	assert_int_equal(a.last.flags, SESSIO_NOTICE_OBSERVED | SESSIO_NOTICE_OUTSIDE);
	assert_int_equal(a.last.state, STATE(LOGGED_ON));
	assert_int_equal(sessio_host_observe(host, 1, EVENT(DISCONNECTED), 0), SESSIO_OK);
	assert_int_equal(a.last.flags, SESSIO_NOTICE_OBSERVED);
	assert_int_equal(sessio_host_post(host, 1, EVENT(CONNECTED), 0, NULL), SESSIO_BAD_STATE);
	assert_int_equal(sessio_host_observe(host, 1, EVENT(CONNECTED), 0), SESSIO_OK);
	assert_int_equal(a.last.flags, SESSIO_NOTICE_OBSERVED | SESSIO_NOTICE_OUTSIDE);
	assert_int_equal(a.last.state, STATE(LOGGED_ON));
	drop(host);

	assert_int_equal(sessio_host_create(SESSIO_RULES_OBSERVED, &observed), SESSIO_OK);
	assert_int_equal(sessio_host_rules(observed), SESSIO_RULES_OBSERVED);
	assert_int_equal(
		sessio_host_adopt(observed, 1, STATE(DISCONNECTED_LOGGED_ON), 0), SESSIO_OK);
	logged_start(&a, observed, NULL, "a");
	assert_int_equal(sessio_host_observe(observed, 1, EVENT(CONNECTED), 0), SESSIO_OK);
	assert_int_equal(a.last.flags, SESSIO_NOTICE_OBSERVED);
	assert_int_equal(a.last.state, STATE(LOGGED_ON));
	drop(observed);
}

static void every_observation_is_delivered_in_every_state(void **state)
{
	(void)state;
	for (int s = 1; s < STATE(TERMINATED); s++) {
		for (int e = 1; e < EVENT(MAX); e++) {
			sessio_host *host = new_host();
			struct logged a = { 0 };
			sessio_user_state at = (sessio_user_state)s;
			sessio_user_event event = (sessio_user_event)e;
			bool inside = sessio_user_state_next(SESSIO_RULES_DOCUMENTED, at, event) !=
				STATE(NONE);

			logged_start(&a, host, NULL, "a");
			assert_int_equal(sessio_host_adopt(host, 1, at, 0), SESSIO_OK);
			assert_int_equal(sessio_host_observe(host, 1, event, 0), SESSIO_OK);
			assert_int_equal(a.calls, 1);
			assert_int_equal(a.last.before, s);
			assert_int_equal(a.last.state, sessio_user_state_after(at, event));
			assert_int_equal((a.last.flags & SESSIO_NOTICE_OUTSIDE) == 0, inside);
			drop(host);
		}
	}
}

/* What a real system did while a remote user took over a session and gave it back. */
static const struct {
	char session;
	sessio_user_event event;
} trace[] = {
	{ 'A', EVENT(CREATED) },
	{ 'A', EVENT(CONNECTED) },
	{ 'X', EVENT(DISCONNECTED) },
	{ 'A', EVENT(DISCONNECTED) },
	{ 'B', EVENT(CREATED) },
	{ 'B', EVENT(CONNECTED) },
	{ 'X', EVENT(CONNECTED) },
	{ 'A', EVENT(TERMINATED) },
	{ 'X', EVENT(DISCONNECTED) },
	{ 'B', EVENT(DISCONNECTED) },
	{ 'X', EVENT(CONNECTED) },
	{ 'B', EVENT(TERMINATED) },
};

/* Counts what the trace does outside a rule set. */
static unsigned replay_trace(sessio_rules rules)
{
	sessio_host *host = NULL;
	struct logged a = { 0 };
	unsigned outside = 0;

	assert_int_equal(sessio_host_create(rules, &host), SESSIO_OK);
	assert_int_equal(sessio_host_adopt(host, 'X', STATE(LOGGED_ON), 0), SESSIO_OK);
	logged_start(&a, host, NULL, "a");
	for (unsigned i = 0; i < sizeof(trace) / sizeof(trace[0]); i++) {
		assert_int_equal(
			sessio_host_observe(host, (uint32_t)trace[i].session, trace[i].event, 0),
			SESSIO_OK);
		assert_int_equal(a.calls, i + 1);
		assert_int_equal(a.last.session_id, trace[i].session);
		assert_int_equal(a.last.event, trace[i].event);
		outside += (a.last.flags & SESSIO_NOTICE_OUTSIDE) != 0;
	}
	assert_int_equal(sessio_host_session_count(host), 1);
	assert_int_equal(a.last.state, STATE(TERMINATED));
	drop(host);
	return outside;
}

/* Clauses: W-24, D1, D3 */
static void a_take_over_moves_three_sessions_and_leaves_the_documented_table_twice(void **state)
{
	(void)state;
	assert_int_equal(replay_trace(SESSIO_RULES_DOCUMENTED), 2);
	assert_int_equal(replay_trace(SESSIO_RULES_OBSERVED), 0);
}

static void an_observation_of_an_unknown_session_makes_it_known(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { 0 };

	(void)state;
	logged_start(&a, host, &text, "a");
	assert_int_equal(sessio_host_observe(host, 6, EVENT(DISCONNECTED), 0), SESSIO_OK);
	assert_int_equal(a.last.before, STATE(INITIALIZED));
	assert_int_equal(a.last.state, STATE(DISCONNECTED));
	assert_int_equal(sessio_host_session_count(host), 1);
	assert_int_equal(sessio_host_observe(host, 8, EVENT(TERMINATED), 0), SESSIO_OK);
	assert_int_equal(sessio_host_session_count(host), 1);
	log_expect(&text, "a:6+Disconnected a:8+Terminated");
	drop(host);
	log_expect(&text, "a.");
}

static void a_thread_acts_for_the_session_that_it_entered_last(void **state)
{
	sessio_host *host = new_host();
	sessio_host *other = new_host();
	sessio_user_session *one = NULL;
	sessio_user_session *two = NULL;

	(void)state;
	post(host, 1, EVENT(CREATED));
	post(host, 2, EVENT(CREATED));
	assert_int_equal(sessio_host_find_session(host, 1, &one), SESSIO_OK);
	assert_int_equal(sessio_host_find_session(host, 2, &two), SESSIO_OK);
	assert_null(sessio_host_entered_session(host));
	assert_int_equal(sessio_host_leave_session(host), SESSIO_BAD_STATE);
	assert_int_equal(sessio_host_enter_session(other, one), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_host_enter_session(host, one), SESSIO_OK);
	assert_int_equal(sessio_host_enter_session(host, two), SESSIO_OK);
	sessio_user_session_unref(one);
	sessio_user_session_unref(two);
	assert_ptr_equal(sessio_host_entered_session(host), two);
	assert_null(sessio_host_entered_session(other));
	assert_int_equal(sessio_host_leave_session(other), SESSIO_BAD_STATE);
	post(host, 2, EVENT(TERMINATED));
	assert_ptr_equal(sessio_host_entered_session(host), two);
	assert_int_equal(sessio_user_session_state(two), STATE(TERMINATED));
	assert_int_equal(sessio_host_leave_session(host), SESSIO_OK);
	assert_ptr_equal(sessio_host_entered_session(host), one);
	drop(host); /* still entered: the session and what is left of its host stay */
	assert_int_equal(sessio_user_session_id(one), 1);
	assert_int_equal(sessio_host_leave_session(host), SESSIO_OK);
	drop(other);
}

static void enter_inside(struct logged *self, const sessio_user_notice *notice)
{
	(void)self;
	assert_int_equal(sessio_host_enter_session(notice->host, notice->session), SESSIO_OK);
}

static void a_session_that_a_callback_enters_stays_entered(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { .act = enter_inside };

	(void)state;
	logged_start(&a, host, NULL, "a");
	post(host, 1, EVENT(CREATED));
	assert_int_equal(sessio_user_session_id(sessio_host_entered_session(host)), 1);
	assert_int_equal(sessio_host_leave_session(host), SESSIO_OK);
	assert_null(sessio_host_entered_session(host));
	drop(host);
}

static void the_default_host_is_one_and_stays(void **state)
{
	sessio_host *host = sessio_host_default();

	(void)state;
	assert_non_null(host);
	assert_ptr_equal(sessio_host_default(), host);
	assert_int_equal(sessio_host_rules(host), SESSIO_RULES_DOCUMENTED);
	assert_int_equal(sessio_host_destroy(host), SESSIO_BAD_STATE);
	post(host, 1, EVENT(CREATED));
	post(host, 1, EVENT(TERMINATED));
}

#define MANY 10000u

static void ten_thousand_sessions_and_watchers_are_nothing_special(void **state)
{
	static struct logged watchers[MANY];
	sessio_host *host = new_host();

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		sessio_watch_options options = { .events = sessio_user_event_bit(EVENT(CONNECTED)),
			.flags = SESSIO_WATCH_ONE_SESSION,
			.session_id = i };

		logged_start_with(&watchers[i], host, NULL, "w", options);
		post(host, i, EVENT(CREATED));
	}
	assert_int_equal(sessio_host_session_count(host), MANY);
	assert_int_equal(sessio_host_watch_count(host), MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		post(host, i, EVENT(CONNECTED));
		assert_int_equal(watchers[i].calls, 1);
		assert_int_equal(watchers[i].last.session_id, i);
	}
	for (uint32_t i = 0; i < MANY; i++) {
		post(host, i, EVENT(TERMINATED));
		assert_int_equal(watchers[i].calls, 1);
		assert_int_equal(sessio_host_unwatch(host, watchers[i].watch), SESSIO_OK);
	}
	assert_int_equal(sessio_host_session_count(host), 0);
	assert_int_equal(sessio_host_watch_count(host), 0);
	drop(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_life_is_told_from_created_to_terminated_once_each),
		cmocka_unit_test(a_refused_event_changes_nothing_and_says_what_was_refused),
		cmocka_unit_test(an_unknown_session_is_initialized_and_only_created_makes_it),
		cmocka_unit_test(wrong_arguments_are_refused),
		cmocka_unit_test(a_watcher_must_want_something),
		cmocka_unit_test(the_state_seen_in_a_callback_is_the_one_after_the_event),
		cmocka_unit_test(a_session_is_one_object_all_its_life_and_no_other_live_one),
		cmocka_unit_test(a_held_session_outlives_its_end_and_its_host),
		cmocka_unit_test(a_destroyed_host_is_empty_to_who_comes_through_a_kept_session),
		cmocka_unit_test(only_connected_has_a_payload),
		cmocka_unit_test(the_payload_says_which_session_and_whose_terminal),
		cmocka_unit_test(a_mask_chooses_events),
		cmocka_unit_test(a_filter_chooses_a_session_whenever_it_comes),
		cmocka_unit_test(a_key_is_taken_once_until_its_watcher_ends),
		cmocka_unit_test(a_watcher_that_ended_is_not_found),
		cmocka_unit_test(numbers_of_watchers_leave_out_zero_and_those_in_use),
		cmocka_unit_test(a_watcher_gets_no_replay_unless_it_asks),
		cmocka_unit_test(an_adopted_session_is_told_to_those_with_a_snapshot),
		cmocka_unit_test(an_observation_outside_the_rules_is_delivered_and_marked),
		cmocka_unit_test(every_observation_is_delivered_in_every_state),
		cmocka_unit_test(
			a_take_over_moves_three_sessions_and_leaves_the_documented_table_twice),
		cmocka_unit_test(an_observation_of_an_unknown_session_makes_it_known),
		cmocka_unit_test(a_thread_acts_for_the_session_that_it_entered_last),
		cmocka_unit_test(a_session_that_a_callback_enters_stays_entered),
		cmocka_unit_test(the_default_host_is_one_and_stays),
		cmocka_unit_test(ten_thousand_sessions_and_watchers_are_nothing_special),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
