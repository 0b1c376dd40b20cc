/* SPDX-License-Identifier: MIT */
/* The choices of a watcher, and the notices that it gets. */
#include "test.h"

#include "host_log.h"
#include "user/host.h"

static struct host_log text;

static void a_watcher_must_want_something(void **state)
{
	static const sessio_watch_options bad[] = {
		{ 0 },
		{ .events = ALL_EVENTS + 1 },
		{ .flags = SESSIO_WATCH_SNAPSHOT },
		{ .events = 1, .flags = 1u << 3 },
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
	set_last_watch(host, UINTPTR_MAX - 1);
	logged_start(&a, host, NULL, "a");
	assert_int_equal(a.watch, UINTPTR_MAX);
	logged_start(&b, host, NULL, "b");
	assert_int_equal(b.watch, 1);
	set_last_watch(host, 0);
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

static void an_adopted_session_reaches_those_with_a_snapshot(void **state)
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
		cmocka_unit_test(a_watcher_must_want_something),
		cmocka_unit_test(only_connected_has_a_payload),
		cmocka_unit_test(the_payload_says_which_session_and_whose_terminal),
		cmocka_unit_test(a_mask_chooses_events),
		cmocka_unit_test(a_filter_chooses_a_session_whenever_it_comes),
		cmocka_unit_test(a_key_is_taken_once_until_its_watcher_ends),
		cmocka_unit_test(a_watcher_that_ended_is_not_found),
		cmocka_unit_test(numbers_of_watchers_leave_out_zero_and_those_in_use),
		cmocka_unit_test(a_watcher_gets_no_replay_unless_it_asks),
		cmocka_unit_test(an_adopted_session_reaches_those_with_a_snapshot),
		cmocka_unit_test(ten_thousand_sessions_and_watchers_are_nothing_special),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
