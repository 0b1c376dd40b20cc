/* SPDX-License-Identifier: MIT */
/* Callbacks of a host: which work they belong to, and what they may do to hosts. */
#include "test.h"

#include "host_log.h"
#include "leaks.h"

static struct host_log text;

/* Recorded by callbacks, asserted outside. */
static struct {
	sessio_user_session *entered;
	sessio_status left;
	sessio_status destroyed;
	sessio_status unwatched;
} seen;

static void look_around(sessio_host *host)
{
	seen.entered = sessio_host_entered_session(host);
	seen.left = sessio_host_leave_session(host);
}

static void look_around_on_notice(struct logged *self, const sessio_user_notice *notice)
{
	(void)notice;
	look_around(self->host);
}

static sessio_user_session *enter(sessio_host *host, uint32_t id)
{
	sessio_user_session *session = NULL;

	assert_int_equal(sessio_host_find_session(host, id, &session), SESSIO_OK);
	assert_int_equal(sessio_host_enter_session(host, session), SESSIO_OK);
	sessio_user_session_unref(session);
	return session;
}

static void a_watcher_does_not_see_what_the_poster_acts_for(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { .act = look_around_on_notice };
	sessio_user_session *user;

	(void)state;
	post(host, 2, EVENT(CREATED));
	user = enter(host, 2);
	logged_start(&a, host, NULL, "a");
	seen.entered = user;
	post(host, 1, EVENT(CREATED));
	assert_null(seen.entered);
	assert_int_equal(seen.left, SESSIO_BAD_STATE);
	assert_ptr_equal(sessio_host_entered_session(host), user);
	assert_int_equal(sessio_host_leave_session(host), SESSIO_OK);
	drop(host);
}

static void enter_and_stay(struct logged *self, const sessio_user_notice *notice)
{
	(void)self;
	(void)!sessio_host_enter_session(notice->host, notice->session);
}

static void a_watcher_does_not_see_what_the_one_before_entered(void **state)
{
	sessio_host *host = new_host();
	struct logged a = { .act = enter_and_stay };
	struct logged b = { .act = look_around_on_notice };

	(void)state;
	logged_start(&a, host, NULL, "a");
	logged_start(&b, host, NULL, "b");
	post(host, 1, EVENT(CREATED));
	assert_null(seen.entered);
	assert_int_equal(seen.left, SESSIO_BAD_STATE);
	assert_int_equal(sessio_user_session_id(sessio_host_entered_session(host)), 1);
	assert_int_equal(sessio_host_leave_session(host), SESSIO_OK);
	drop(host);
}

/* Enters a session of the second host, and looks for one of the first. */
static void enter_second_and_look(struct logged *self, const sessio_user_notice *notice)
{
	sessio_host *second = self->more;
	sessio_user_session *session = NULL;

	(void)notice;
	if (sessio_host_find_session(second, 1, &session) == SESSIO_OK) {
		(void)!sessio_host_enter_session(second, session);
		sessio_user_session_unref(session);
	}
	look_around(self->host);
	(void)sessio_host_leave_session(second);
}

static void a_session_entered_in_a_callback_uncovers_no_other(void **state)
{
	sessio_host *host = new_host();
	sessio_host *second = new_host();
	struct logged a = { .act = enter_second_and_look, .more = second };

	(void)state;
	post(second, 1, EVENT(CREATED));
	post(host, 2, EVENT(CREATED));
	seen.entered = enter(host, 2);
	logged_start(&a, host, NULL, "a");
	post(host, 1, EVENT(CREATED));
	assert_null(seen.entered);
	assert_int_equal(seen.left, SESSIO_BAD_STATE);
	assert_null(sessio_host_entered_session(second));
	assert_int_equal(sessio_host_leave_session(host), SESSIO_OK);
	drop(host);
	drop(second);
}

static void look_around_on_release(void *ctx)
{
	look_around(ctx);
}

static void a_release_does_not_see_what_the_thread_acts_for(void **state)
{
	sessio_host *host = new_host();
	sessio_watch_options options = { .events = 1, .released = look_around_on_release };
	sessio_user_session *user;
	sessio_watch watch = 0;

	(void)state;
	post(host, 2, EVENT(CREATED));
	user = enter(host, 2);
	assert_int_equal(sessio_host_watch(host, &options, count_calls, host, &watch), SESSIO_OK);
	seen.entered = user;
	assert_int_equal(sessio_host_unwatch(host, watch), SESSIO_OK);
	assert_null(seen.entered);
	assert_int_equal(seen.left, SESSIO_BAD_STATE);
	assert_ptr_equal(sessio_host_entered_session(host), user);
	assert_int_equal(sessio_host_leave_session(host), SESSIO_OK);
	drop(host);
}

static sessio_watch released_watch;

static void destroy_on_release(void *ctx)
{
	seen.destroyed = sessio_host_destroy(ctx);
	seen.unwatched = sessio_host_unwatch(ctx, released_watch);
}

static void a_host_is_not_destroyed_from_a_release(void **state)
{
	sessio_host *host = new_host();
	sessio_watch_options options = { .events = 1, .released = destroy_on_release };

	(void)state;
	assert_int_equal(
		sessio_host_watch(host, &options, count_calls, host, &released_watch), SESSIO_OK);
	seen.destroyed = SESSIO_OK;
	assert_int_equal(sessio_host_unwatch(host, released_watch), SESSIO_OK);
	assert_int_equal(seen.destroyed, SESSIO_BUSY);
	assert_int_equal(seen.unwatched, SESSIO_NOT_FOUND);
	post(host, 1, EVENT(CREATED));
	assert_int_equal(sessio_host_session_count(host), 1);
	drop(host);
}

static void post_to_second(struct logged *self, const sessio_user_notice *notice)
{
	post(self->more, notice->session_id, EVENT(CREATED));
}

static void an_event_posted_to_a_second_host_follows_the_event_in_hand(void **state)
{
	sessio_host *host = new_host();
	sessio_host *second = new_host();
	struct logged a = { .act = post_to_second, .more = second };
	struct logged b = { 0 };
	struct logged c = { 0 };
	sessio_watch_options options = { .events = sessio_user_event_bit(EVENT(CREATED)) };

	(void)state;
	logged_start_with(&a, host, &text, "a", options);
	logged_start(&b, host, &text, "b");
	logged_start(&c, second, &text, "second");
	post(host, 1, EVENT(CREATED));
	log_expect(&text, "a:1+Created b:1+Created second:1+Created");
	assert_int_equal(sessio_host_session_count(second), 1);
	drop(host);
	drop(second);
	log_expect(&text, "a. b. second.");
}

static void post_twice_to_second(struct logged *self, const sessio_user_notice *notice)
{
	post(self->more, notice->session_id, EVENT(CREATED));
	post(self->host, notice->session_id, EVENT(DISCONNECTED));
	post(self->more, notice->session_id, EVENT(CONNECTED));
}

static void events_of_a_second_host_precede_the_next_event_of_the_first(void **state)
{
	sessio_host *host = new_host();
	sessio_host *second = new_host();
	struct logged a = { .act = post_twice_to_second, .more = second };
	struct logged b = { 0 };
	struct logged c = { 0 };
	sessio_watch_options options = { .events = sessio_user_event_bit(EVENT(CREATED)) };

	(void)state;
	logged_start_with(&a, host, &text, "a", options);
	logged_start(&b, host, &text, "b");
	logged_start(&c, second, &text, "second");
	post(host, 1, EVENT(CREATED));
	log_expect(&text,
		"a:1+Created b:1+Created second:1+Created second:1+Connected b:1+Disconnected");
	drop(host);
	drop(second);
	log_expect(&text, "a. b. second.");
}

#define OTHERS 3u

static void post_to_others(struct logged *self, const sessio_user_notice *notice)
{
	sessio_host **others = self->more;

	for (unsigned i = 0; i < OTHERS; i++) {
		post(others[i], notice->session_id, EVENT(CREATED));
	}
}

static void a_callback_may_post_to_several_hosts(void **state)
{
	static const char *const names[OTHERS] = { "b", "c", "d" };
	sessio_host *host = new_host();
	sessio_host *others[OTHERS];
	struct logged a = { .act = post_to_others, .more = others };
	struct logged each[OTHERS] = { { 0 } };

	(void)state;
	for (unsigned i = 0; i < OTHERS; i++) {
		others[i] = new_host();
		logged_start(&each[i], others[i], &text, names[i]);
	}
	logged_start(&a, host, &text, "a");
	post(host, 1, EVENT(CREATED));
	log_expect(&text, "a:1+Created b:1+Created c:1+Created d:1+Created");
	drop(host);
	for (unsigned i = 0; i < OTHERS; i++) {
		drop(others[i]);
	}
	log_expect(&text, "a. b. c. d.");
}

#define CHAIN 500u

static struct {
	sessio_host *hosts[CHAIN];
	unsigned depth;
	unsigned deepest;
	unsigned calls;
	uintptr_t lowest; /* of the stack, in all calls */
	uintptr_t highest;
} chain;

#define STACK_FOR_ALL (16u * 1024u) /* a level for each host would need more */

static void post_to_next(const sessio_user_notice *notice, void *ctx)
{
	unsigned next = *(unsigned *)ctx + 1;
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	chain.lowest = chain.lowest == 0 || here < chain.lowest ? here : chain.lowest;
	chain.highest = here > chain.highest ? here : chain.highest;
	chain.calls++;
	chain.depth++;
	chain.deepest = chain.depth > chain.deepest ? chain.depth : chain.deepest;
	if (next < CHAIN) {
		(void)!sessio_host_post(
			chain.hosts[next], notice->session_id, EVENT(CREATED), 0, NULL);
	}
	chain.depth--;
}

static void posts_chained_across_hosts_do_not_recurse(void **state)
{
	static unsigned numbers[CHAIN];
	sessio_watch_options options = { .events = ALL_EVENTS };
	sessio_watch watch = 0;

	(void)state;
	for (unsigned i = 0; i < CHAIN; i++) {
		numbers[i] = i;
		chain.hosts[i] = new_host();
		assert_int_equal(sessio_host_watch(chain.hosts[i], &options, post_to_next,
					 &numbers[i], &watch),
			SESSIO_OK);
	}
	post(chain.hosts[0], 1, EVENT(CREATED));
	assert_int_equal(chain.calls, CHAIN);
	assert_int_equal(chain.deepest, 1);
	assert_true(chain.highest - chain.lowest < STACK_FOR_ALL);
	for (unsigned i = 0; i < CHAIN; i++) {
		drop(chain.hosts[i]);
	}
}

static void post_to_second_on_release(void *ctx)
{
	struct logged *self = ctx;

	post(self->more, 1, EVENT(CREATED));
	post(self->host, 2, EVENT(CREATED));
	self->releases = sessio_host_session_count(self->more) == 0 &&
		sessio_host_session_count(self->host) == 0;
}

static void events_posted_in_a_release_follow_it(void **state)
{
	sessio_host *host = new_host();
	sessio_host *second = new_host();
	struct logged a = { .host = host, .more = second };
	sessio_watch_options options = { .events = 1, .released = post_to_second_on_release };

	(void)state;
	assert_int_equal(sessio_host_watch(host, &options, count_calls, &a, &a.watch), SESSIO_OK);
	assert_int_equal(sessio_host_unwatch(host, a.watch), SESSIO_OK);
	assert_int_equal(a.releases, 1);
	assert_int_equal(sessio_host_session_count(second), 1);
	assert_int_equal(sessio_host_session_count(host), 1);
	drop(host);
	drop(second);
}

static void post_to_second_and_destroy_it(struct logged *self, const sessio_user_notice *notice)
{
	post(self->more, notice->session_id, EVENT(CREATED));
	seen.destroyed = sessio_host_destroy(self->more);
}

static void a_host_that_a_callback_destroys_delivers_its_posts_first(void **state)
{
	sessio_host *host = new_host();
	sessio_host *second = new_host();
	struct logged a = { .act = post_to_second_and_destroy_it, .more = second };
	struct logged b = { 0 };
	size_t before = leaks_live();

	(void)state;
	logged_start(&b, second, &text, "b");
	logged_start(&a, host, &text, "a");
	post(host, 1, EVENT(CREATED));
	assert_int_equal(seen.destroyed, SESSIO_OK);
	log_expect(&text, "a:1+Created b:1+Created b.");
	drop(host);
	log_expect(&text, "a.");
	assert_true(leaks_live() < before);
}

static void a_host_that_a_callback_destroys_delivers_nothing_on_others(void **state)
{
	sessio_host *host = new_host();
	sessio_host *second = new_host();
	sessio_host *third = new_host();
	struct logged a = { .act = post_to_second_and_destroy_it, .more = second };
	struct logged b = { .act = post_to_second, .more = third };
	struct logged c = { 0 };
	struct logged d = { 0 };

	(void)state;
	logged_start(&b, second, &text, "b");
	logged_start(&a, host, &text, "a");
	logged_start(&c, host, &text, "c");
	logged_start(&d, third, &text, "third");
	post(host, 1, EVENT(CREATED));
	assert_int_equal(seen.destroyed, SESSIO_OK);
	log_expect(&text, "a:1+Created b:1+Created b. c:1+Created third:1+Created");
	drop(host);
	drop(third);
	log_expect(&text, "a. c. third.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_watcher_does_not_see_what_the_poster_acts_for),
		cmocka_unit_test(a_watcher_does_not_see_what_the_one_before_entered),
		cmocka_unit_test(a_session_entered_in_a_callback_uncovers_no_other),
		cmocka_unit_test(a_release_does_not_see_what_the_thread_acts_for),
		cmocka_unit_test(an_event_posted_to_a_second_host_follows_the_event_in_hand),
		cmocka_unit_test(events_of_a_second_host_precede_the_next_event_of_the_first),
		cmocka_unit_test(a_callback_may_post_to_several_hosts),
		cmocka_unit_test(posts_chained_across_hosts_do_not_recurse),
		cmocka_unit_test(events_posted_in_a_release_follow_it),
		cmocka_unit_test(a_host_that_a_callback_destroys_delivers_its_posts_first),
		cmocka_unit_test(a_host_that_a_callback_destroys_delivers_nothing_on_others),
		cmocka_unit_test(a_host_is_not_destroyed_from_a_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
