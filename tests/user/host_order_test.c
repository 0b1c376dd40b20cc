/* SPDX-License-Identifier: MIT */
/* The order of notices, and the use that callbacks may make of it; one thread. */
#include "test.h"

#include <string.h>

#include "host_log.h"
#include "inside.h"

static struct host_log text;

static void end(struct logged *watcher)
{
	note_that(sessio_host_unwatch(watcher->host, watcher->watch) == SESSIO_OK);
}

/* Clauses: W-26 */
static void watchers_are_notified_in_the_order_in_which_they_came(void **state)
{
	sessio_host *host = new_host();
	struct logged w[6] = { { 0 } };
	static const char *const names[] = { "a", "b", "c", "d", "e", "f" };

	(void)state;
	for (int i = 0; i < 6; i++) {
		sessio_watch_options options = { .session_id = 1 };

		options.flags = i % 3 == 0 ? 0 : SESSIO_WATCH_ONE_SESSION;
		logged_start_with(&w[i], host, &text, names[i], options);
	}
	post(host, 1, EVENT(CREATED));
	log_expect(
		&text, "a:1+Created b:1+Created c:1+Created d:1+Created e:1+Created f:1+Created");
	end(&w[1]);
	end(&w[3]);
	logged_start(&w[1], host, &text, "b");
	post(host, 1, EVENT(CONNECTED));
	log_expect(&text,
		"b. d. a:1+Connected c:1+Connected e:1+Connected f:1+Connected b:1+Connected");
	drop(host);
	log_expect(&text, "a. c. e. f. b.");
}

static void post_connected(struct logged *self, const sessio_user_notice *notice)
{
	if (notice->event == EVENT(CREATED)) {
		post(self->host, notice->session_id, EVENT(CONNECTED));
		note_that(sessio_user_session_state(notice->session) == STATE(CREATED));
	}
}

static void post_logon(struct logged *self, const sessio_user_notice *notice)
{
	if (notice->event == EVENT(CONNECTED)) {
		post(self->host, notice->session_id, EVENT(LOGON));
	}
}

static void what_a_callback_posts_follows_and_precedes_the_return(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { .act = post_connected };
	struct logged b = { .act = post_logon };

	(void)state;
	logged_start(&a, host, &text, "a");
	logged_start(&b, host, &text, "b");
	post(host, 1, EVENT(CREATED));
	log_expect(
		&text, "a:1+Created b:1+Created a:1+Connected b:1+Connected a:1+Logon b:1+Logon");
	drop(host);
	log_expect(&text, "a. b.");
}

static void end_and_begin_anew(struct logged *self, const sessio_user_notice *notice)
{
	sessio_refusal refusal = { 0 };
	sessio_user_session *session = NULL;

	if (notice->event != EVENT(CONNECTED)) {
		return;
	}
	post(self->host, 1, EVENT(LOGON));
	/* The queue counts: LoggedOn by then. */
	note_that(sessio_host_post(self->host, 1, EVENT(LOGON), 0, &refusal) == SESSIO_BAD_STATE);
	note_that(refusal.state == STATE(LOGGED_ON));
	post(self->host, 1, EVENT(TERMINATED));
	note_that(
		sessio_host_post(self->host, 1, EVENT(CONNECTED), 0, &refusal) == SESSIO_BAD_STATE);
	note_that(refusal.state == STATE(INITIALIZED));
	post(self->host, 1, EVENT(CREATED));
	note_that(sessio_user_session_state(notice->session) == STATE(CONNECTED));
	note_that(sessio_host_find_session(self->host, 1, &session) == SESSIO_OK);
	note_that(session == notice->session);
	sessio_user_session_unref(session);
}

/* Clauses: W-24 */
static void rules_in_a_callback_count_what_is_queued(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { .act = end_and_begin_anew };
	struct logged b = { 0 };

	(void)state;
	post(host, 1, EVENT(CREATED));
	logged_start(&a, host, NULL, "a");
	logged_start(&b, host, &text, "b");
	post(host, 1, EVENT(CONNECTED));
	log_expect(&text, "b:1+Connected b:1+Logon b:1+Terminated b:1+Created");
	assert_int_equal(sessio_host_session_count(host), 1);
	drop(host);
	log_expect(&text, "b.");
}

static void start_another(struct logged *self, const sessio_user_notice *notice)
{
	if (notice->event == EVENT(CREATED)) {
		logged_start(self->more, self->host, self->log, "new");
	}
}

/* Clauses: W-34 */
static void a_watcher_that_comes_during_an_event_gets_the_next(void **state)
{
	sessio_host *host = new_host();
	struct logged more = { 0 };
	struct logged a = { .act = start_another, .more = &more };
	struct logged b = { 0 };

	(void)state;
	logged_start(&a, host, &text, "a");
	logged_start(&b, host, &text, "b");
	post(host, 1, EVENT(CREATED));
	log_expect(&text, "a:1+Created b:1+Created");
	post(host, 1, EVENT(CONNECTED));
	log_expect(&text, "a:1+Connected b:1+Connected new:1+Connected");
	drop(host);
	log_expect(&text, "a. b. new.");
}

static void the_only_watcher_may_start_another_of_the_same_event(void **state)
{
	sessio_host *host = new_host();
	struct logged more = { 0 };
	struct logged a = { .act = start_another, .more = &more };
	sessio_watch_options options = { .flags = SESSIO_WATCH_ONE_SESSION, .session_id = 1 };

	(void)state;
	logged_start_with(&a, host, &text, "a", options);
	post(host, 1, EVENT(CREATED));
	log_expect(&text, "a:1+Created");
	post(host, 1, EVENT(CONNECTED));
	log_expect(&text, "a:1+Connected new:1+Connected");
	drop(host);
	log_expect(&text, "a. new.");
}

static void end_self(struct logged *self, const sessio_user_notice *notice)
{
	(void)notice;
	end(self);
	note_that(self->releases == 0);
	note_that(sessio_host_unwatch(self->host, self->watch) == SESSIO_NOT_FOUND);
}

/* Clauses: W-33 */
static void a_watcher_that_ends_itself_is_released_after_its_last_call(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { .act = end_self };
	struct logged b = { 0 };

	(void)state;
	logged_start(&a, host, &text, "a");
	logged_start(&b, host, &text, "b");
	post(host, 1, EVENT(CREATED));
	log_expect(&text, "a:1+Created a. b:1+Created");
	post(host, 1, EVENT(CONNECTED));
	log_expect(&text, "b:1+Connected");
	assert_int_equal(sessio_host_watch_count(host), 1);
	drop(host);
	log_expect(&text, "b.");
}

static void end_other(struct logged *self, const sessio_user_notice *notice)
{
	struct logged *other = self->more;

	(void)notice;
	if (other->releases == 0) {
		end(other);
		note_that(other->releases == 1);
	}
}

/* Clauses: W-32 */
static void a_watcher_that_another_ends_is_not_called_any_more(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { 0 };
	struct logged c = { 0 };
	struct logged b = { .act = end_other, .more = &c };

	(void)state;
	logged_start(&a, host, &text, "a");
	logged_start(&b, host, &text, "b");
	logged_start(&c, host, &text, "c");
	post(host, 1, EVENT(CREATED));
	log_expect(&text, "a:1+Created b:1+Created c.");
	b.more = &a;
	post(host, 1, EVENT(CONNECTED));
	log_expect(&text, "a:1+Connected b:1+Connected a.");
	post(host, 1, EVENT(LOGON));
	log_expect(&text, "b:1+Logon");
	drop(host);
	log_expect(&text, "b.");
}

static void replace_self(struct logged *self, const sessio_user_notice *notice)
{
	sessio_watch_options options = { .events = ALL_EVENTS, .key = self };

	(void)notice;
	if (self->more != NULL) {
		end(self);
		logged_start_with(self->more, self->host, self->log, "new", options);
	}
}

static void a_watcher_may_replace_itself_under_its_key(void **state)
{
	sessio_host *host = new_host();
	struct logged more = { 0 };
	struct logged a = { .act = replace_self, .more = &more };
	sessio_watch_options options = { .key = &a };

	(void)state;
	logged_start_with(&a, host, &text, "a", options);
	post(host, 1, EVENT(CREATED));
	log_expect(&text, "a:1+Created a.");
	post(host, 1, EVENT(CONNECTED));
	log_expect(&text, "new:1+Connected");
	drop(host);
	log_expect(&text, "new.");
}

static void snapshot_inside(struct logged *self, const sessio_user_notice *notice)
{
	sessio_watch_options options = { .flags = SESSIO_WATCH_SNAPSHOT };

	if (notice->event != EVENT(CREATED) || notice->session_id != 2) {
		return;
	}
	post(self->host, 1, EVENT(CONNECTED));
	post(self->host, 3, EVENT(CREATED));
	logged_start_with(self->more, self->host, self->log, "snap", options);
	post(self->host, 1, EVENT(LOGON));
	post(self->host, 2, EVENT(TERMINATED));
}

static void a_snapshot_asked_for_in_a_callback_has_no_gap_and_no_double(void **state)
{
	sessio_host *host = new_host();
	struct logged snap = { 0 };
	struct logged a = { .act = snapshot_inside, .more = &snap };

	(void)state;
	post(host, 1, EVENT(CREATED));
	logged_start(&a, host, &text, "a");
	post(host, 2, EVENT(CREATED));
	log_expect(&text,
		"a:2+Created a:1+Connected a:3+Created "
		"snap:1=Connected snap:2=Created snap:3=Created "
		"a:1+Logon snap:1+Logon a:2+Terminated snap:2+Terminated");
	drop(host);
	log_expect(&text, "a. snap.");
}

static void post_and_end_in_snapshot(struct logged *self, const sessio_user_notice *notice)
{
	if (notice->event == EVENT(NONE) && notice->session_id == 1) {
		post(self->host, 2, EVENT(CONNECTED));
		post(self->host, 9, EVENT(CREATED));
	}
	if (notice->event == EVENT(CONNECTED)) {
		end(self);
	}
}

static void what_is_posted_in_a_snapshot_comes_after_it(void **state)
{
	sessio_host *host = new_host();
	struct logged snap = { .act = post_and_end_in_snapshot };
	sessio_watch_options options = { .flags = SESSIO_WATCH_SNAPSHOT };

	(void)state;
	post(host, 1, EVENT(CREATED));
	post(host, 2, EVENT(CREATED));
	logged_start_with(&snap, host, &text, "snap", options);
	log_expect(&text, "snap:1=Created snap:2=Created snap:2+Connected snap.");
	drop(host);
}

static void a_watcher_may_end_itself_in_its_snapshot(void **state)
{
	sessio_host *host = new_host();
	struct logged snap = { .act = end_self };
	sessio_watch_options options = { .flags = SESSIO_WATCH_SNAPSHOT };

	(void)state;
	post(host, 1, EVENT(CREATED));
	post(host, 2, EVENT(CREATED));
	logged_start_with(&snap, host, &text, "snap", options);
	log_expect(&text, "snap:1=Created snap.");
	assert_int_equal(sessio_host_watch_count(host), 0);
	post(host, 3, EVENT(CREATED));
	log_expect(&text, "");
	drop(host);
}

static void snapshot_and_end_it(struct logged *self, const sessio_user_notice *notice)
{
	snapshot_inside(self, notice);
	if (notice->session_id == 2 && notice->event == EVENT(CREATED)) {
		end(self->more);
	}
}

static void a_watcher_that_ends_before_its_snapshot_gets_none(void **state)
{
	sessio_host *host = new_host();
	struct logged snap = { 0 };
	struct logged a = { .act = snapshot_and_end_it, .more = &snap };

	(void)state;
	post(host, 1, EVENT(CREATED));
	logged_start(&a, host, NULL, "a");
	a.log = &text;
	post(host, 2, EVENT(CREATED));
	log_expect(&text, "a:2+Created snap. a:1+Connected a:3+Created a:1+Logon a:2+Terminated");
	assert_int_equal(snap.calls, 0);
	drop(host);
	log_expect(&text, "a.");
}

static void destroy_inside(struct logged *self, const sessio_user_notice *notice)
{
	note_that(sessio_host_destroy(notice->host) == SESSIO_BUSY);
	note_that(sessio_host_destroy(notice->host) == SESSIO_BUSY);
	post(self->host, 2, EVENT(CREATED));
	self->act = NULL;
}

static void a_host_is_not_destroyed_from_inside_itself(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { .act = destroy_inside };

	(void)state;
	logged_start(&a, host, &text, "a");
	post(host, 1, EVENT(CREATED));
	log_expect(&text, "a:1+Created a:2+Created");
	drop(host);
	log_expect(&text, "a.");
}

static void destroy_other(struct logged *self, const sessio_user_notice *notice)
{
	(void)notice;
	note_that(sessio_host_destroy(self->more) == SESSIO_OK);
}

static void a_callback_may_destroy_another_host(void **state)
{
	sessio_host *host = new_host();
	sessio_host *other = new_host();
	struct logged a = { .act = destroy_other, .more = other };
	struct logged b = { 0 };

	(void)state;
	logged_start(&a, host, &text, "a");
	logged_start(&b, other, &text, "b");
	post(host, 1, EVENT(CREATED));
	log_expect(&text, "a:1+Created b.");
	drop(host);
	log_expect(&text, "a.");
}

static void mirror(struct logged *self, const sessio_user_notice *notice)
{
	sessio_host *other = self->more;

	if (notice->session_id < 4) {
		post(other, notice->session_id + 1, EVENT(CREATED));
	}
}

static void hosts_that_post_to_each_other_end_before_the_outer_post_returns(void **state)
{
	sessio_host *one = new_host();
	sessio_host *two = new_host();
	struct logged a = { .act = mirror, .more = two };
	struct logged b = { .act = mirror, .more = one };

	(void)state;
	logged_start(&a, one, &text, "a");
	logged_start(&b, two, &text, "b");
	post(one, 1, EVENT(CREATED));
	/* The inner host is idle and delivers at once; the outer one is in the middle of 1. */
	log_expect(&text, "a:1+Created b:2+Created a:3+Created b:4+Created");
	drop(one);
	drop(two);
	log_expect(&text, "a. b.");
}

static sessio_status status_in_release;

static void use_host_on_release(void *ctx)
{
	struct logged *self = ctx;

	self->releases++;
	(void)sessio_host_unwatch(self->host, self->watch);
	status_in_release = sessio_host_post(self->host, 5, EVENT(CREATED), 0, NULL);
}

static void ignore(const sessio_user_notice *notice, void *ctx)
{
	(void)notice;
	(void)ctx;
}

static void a_release_may_use_the_host_and_is_refused_when_that_ends(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { .host = host };
	sessio_watch_options options = { .events = 1, .released = use_host_on_release };

	(void)state;
	assert_int_equal(sessio_host_watch(host, &options, ignore, &a, &a.watch), SESSIO_OK);
	end(&a);
	assert_int_equal(a.releases, 1);
	assert_int_equal(status_in_release, SESSIO_OK);
	assert_int_equal(sessio_host_session_count(host), 1);
	assert_int_equal(sessio_host_watch(host, &options, ignore, &a, &a.watch), SESSIO_OK);
	drop(host);
	assert_int_equal(a.releases, 2);
	assert_int_equal(status_in_release, SESSIO_BAD_STATE);
}

static void try_everything_on_release(void *ctx)
{
	struct logged *self = ctx;
	sessio_watch_options options = { .events = 1 };
	sessio_refusal refusal = { .event = EVENT(LOGON) };
	sessio_watch watch = 0;

	self->releases++;
	note_that(sessio_host_post(self->host, 5, EVENT(CREATED), 0, &refusal) == SESSIO_BAD_STATE);
	note_that(refusal.event == EVENT(NONE));
	note_that(sessio_host_observe(self->host, 5, EVENT(CREATED), 0) == SESSIO_BAD_STATE);
	note_that(sessio_host_adopt(self->host, 5, STATE(CREATED), 0) == SESSIO_BAD_STATE);
	note_that(
		sessio_host_watch(self->host, &options, ignore, NULL, &watch) == SESSIO_BAD_STATE);
	note_that(sessio_host_destroy(self->host) == SESSIO_BAD_STATE);
}

static void a_host_that_is_being_destroyed_takes_nothing_new(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { .host = host };
	sessio_watch_options options = { .events = 1, .released = try_everything_on_release };

	(void)state;
	assert_int_equal(sessio_host_watch(host, &options, ignore, &a, &a.watch), SESSIO_OK);
	drop(host);
	assert_int_equal(a.releases, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(watchers_are_notified_in_the_order_in_which_they_came),
		cmocka_unit_test(what_a_callback_posts_follows_and_precedes_the_return),
		cmocka_unit_test(rules_in_a_callback_count_what_is_queued),
		cmocka_unit_test(a_watcher_that_comes_during_an_event_gets_the_next),
		cmocka_unit_test(the_only_watcher_may_start_another_of_the_same_event),
		cmocka_unit_test(a_watcher_that_ends_itself_is_released_after_its_last_call),
		cmocka_unit_test(a_watcher_that_another_ends_is_not_called_any_more),
		cmocka_unit_test(a_watcher_may_replace_itself_under_its_key),
		cmocka_unit_test(a_snapshot_asked_for_in_a_callback_has_no_gap_and_no_double),
		cmocka_unit_test(what_is_posted_in_a_snapshot_comes_after_it),
		cmocka_unit_test(a_watcher_may_end_itself_in_its_snapshot),
		cmocka_unit_test(a_watcher_that_ends_before_its_snapshot_gets_none),
		cmocka_unit_test(a_host_is_not_destroyed_from_inside_itself),
		cmocka_unit_test(a_callback_may_destroy_another_host),
		cmocka_unit_test(hosts_that_post_to_each_other_end_before_the_outer_post_returns),
		cmocka_unit_test(a_release_may_use_the_host_and_is_refused_when_that_ends),
		cmocka_unit_test(a_host_that_is_being_destroyed_takes_nothing_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
