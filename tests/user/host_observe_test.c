/* SPDX-License-Identifier: MIT */
/* Events that have happened elsewhere: no host refuses them, whatever its rules. */
#include "test.h"

#include "host_log.h"

static struct host_log text;

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

/* A trace of a real system: a remote user took over a session and gave it back. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_observation_outside_the_rules_is_delivered_and_marked),
		cmocka_unit_test(every_observation_is_delivered_in_every_state),
		cmocka_unit_test(
			a_take_over_moves_three_sessions_and_leaves_the_documented_table_twice),
		cmocka_unit_test(an_observation_of_an_unknown_session_makes_it_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
