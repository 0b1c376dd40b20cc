/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include <sessio/rules.h>

#define STATE(name) SESSIO_USER_STATE_##name
#define EVENT(name) SESSIO_USER_EVENT_##name

struct transition {
	sessio_user_state from;
	sessio_user_event event;
	sessio_user_state to;
};

/* The rule once more, as the diagram's 17 filled cells read. */
static const struct transition documented[] = {
	{ STATE(INITIALIZED), EVENT(CREATED), STATE(CREATED) },
	{ STATE(CREATED), EVENT(CONNECTED), STATE(CONNECTED) },
	{ STATE(CREATED), EVENT(DISCONNECTED), STATE(DISCONNECTED) },
	{ STATE(CREATED), EVENT(TERMINATED), STATE(TERMINATED) },
	{ STATE(CONNECTED), EVENT(DISCONNECTED), STATE(DISCONNECTED) },
	{ STATE(CONNECTED), EVENT(LOGON), STATE(LOGGED_ON) },
	{ STATE(CONNECTED), EVENT(TERMINATED), STATE(TERMINATED) },
	{ STATE(DISCONNECTED), EVENT(CONNECTED), STATE(CONNECTED) },
	{ STATE(DISCONNECTED), EVENT(LOGON), STATE(DISCONNECTED_LOGGED_ON) },
	{ STATE(DISCONNECTED), EVENT(TERMINATED), STATE(TERMINATED) },
	{ STATE(DISCONNECTED_LOGGED_ON), EVENT(LOGOFF), STATE(DISCONNECTED) },
	{ STATE(DISCONNECTED_LOGGED_ON), EVENT(TERMINATED), STATE(TERMINATED) },
	{ STATE(LOGGED_ON), EVENT(DISCONNECTED), STATE(DISCONNECTED_LOGGED_ON) },
	{ STATE(LOGGED_ON), EVENT(LOGOFF), STATE(LOGGED_OFF) },
	{ STATE(LOGGED_ON), EVENT(TERMINATED), STATE(TERMINATED) },
	{ STATE(LOGGED_OFF), EVENT(DISCONNECTED), STATE(DISCONNECTED) },
	{ STATE(LOGGED_OFF), EVENT(TERMINATED), STATE(TERMINATED) },
};

static const sessio_rules both_rules[] = { SESSIO_RULES_DOCUMENTED, SESSIO_RULES_OBSERVED };

static sessio_user_state expected(
	sessio_rules rules, sessio_user_state state, sessio_user_event event)
{
	for (size_t i = 0; i < sizeof(documented) / sizeof(documented[0]); i++) {
		if (documented[i].from == state && documented[i].event == event) {
			return documented[i].to;
		}
	}
	if (rules == SESSIO_RULES_OBSERVED && state == STATE(DISCONNECTED_LOGGED_ON) &&
		event == EVENT(CONNECTED)) {
		return STATE(LOGGED_ON);
	}
	return STATE(NONE);
}

#define FOR_EACH_STATE(state) for (int state = 1; state < SESSIO_USER_STATE_MAX; state++)
#define FOR_EACH_EVENT(event) for (int event = 1; event < SESSIO_USER_EVENT_MAX; event++)
#define FOR_EACH_RULES(r) for (size_t r = 0; r < 2; r++)

static sessio_user_state next(size_t r, int state, int event)
{
	return sessio_user_state_next(
		both_rules[r], (sessio_user_state)state, (sessio_user_event)event);
}

/* Clauses: D1, D4, D5 */
static void every_state_and_event_lead_where_the_rules_say(void **state)
{
	unsigned transitions[2] = { 0, 0 };

	(void)state;
	FOR_EACH_RULES(r)
	FOR_EACH_STATE(s)
	FOR_EACH_EVENT(e)
	{
		sessio_user_state to = next(r, s, e);

		assert_int_equal(
			to, expected(both_rules[r], (sessio_user_state)s, (sessio_user_event)e));
		transitions[r] += to != STATE(NONE);
	}
	assert_int_equal(transitions[0], 17);
	assert_int_equal(transitions[1], 18);
}

static void what_is_no_state_event_or_rule_set_leads_nowhere(void **state)
{
	static const int no_state[] = { -1, 0, 9, 0x105 };
	static const int no_event[] = { -1, 0, 7, 0x101 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		FOR_EACH_RULES(r)
		{
			assert_int_equal(next(r, no_state[i], 1), 0);
			assert_int_equal(next(r, 2, no_event[i]), 0);
			assert_int_equal(sessio_user_state_events(
						 both_rules[r], (sessio_user_state)no_state[i]),
				0);
		}
		assert_int_equal(
			sessio_user_state_after((sessio_user_state)no_state[i], EVENT(CREATED)), 0);
		assert_int_equal(
			sessio_user_state_after(STATE(INITIALIZED), (sessio_user_event)no_event[i]),
			0);
		assert_int_equal(sessio_user_event_bit((sessio_user_event)no_event[i]), 0);
	}
	assert_int_equal(
		sessio_user_state_next((sessio_rules)0, STATE(INITIALIZED), EVENT(CREATED)), 0);
	assert_int_equal(
		sessio_user_state_next((sessio_rules)3, STATE(INITIALIZED), EVENT(CREATED)), 0);
	assert_int_equal(sessio_user_state_events((sessio_rules)3, STATE(CREATED)), 0);
}

/* Clauses: D7 */
static void a_life_begins_with_initialized_although_its_value_is_second(void **state)
{
	(void)state;
	assert_int_equal(STATE(CREATED), 1);
	assert_int_equal(STATE(INITIALIZED), 2);
	FOR_EACH_RULES(r)
	{
		FOR_EACH_STATE(s)
		FOR_EACH_EVENT(e)
		{
			assert_int_not_equal(next(r, s, e), STATE(INITIALIZED));
		}
		assert_int_equal(sessio_user_state_events(both_rules[r], STATE(INITIALIZED)),
			sessio_user_event_bit(EVENT(CREATED)));
	}
}

static void values_are_those_of_the_headers(void **state)
{
	(void)state;
	assert_int_equal(STATE(CONNECTED), 3);
	assert_int_equal(STATE(DISCONNECTED), 4);
	assert_int_equal(STATE(DISCONNECTED_LOGGED_ON), 5);
	assert_int_equal(STATE(LOGGED_ON), 6);
	assert_int_equal(STATE(LOGGED_OFF), 7);
	assert_int_equal(STATE(TERMINATED), 8);
	assert_int_equal(STATE(MAX), 9);
	assert_int_equal(EVENT(CREATED), 1);
	assert_int_equal(EVENT(TERMINATED), 2);
	assert_int_equal(EVENT(CONNECTED), 3);
	assert_int_equal(EVENT(DISCONNECTED), 4);
	assert_int_equal(EVENT(LOGON), 5);
	assert_int_equal(EVENT(LOGOFF), 6);
	assert_int_equal(EVENT(MAX), 7);
}

static void no_event_leaves_a_state_where_it_is(void **state)
{
	(void)state;
	FOR_EACH_RULES(r)
	FOR_EACH_STATE(s)
	FOR_EACH_EVENT(e)
	{
		assert_int_not_equal(next(r, s, e), s);
	}
}

/* Clauses: D6 */
static void terminated_is_entered_from_every_lived_state_and_never_left(void **state)
{
	(void)state;
	FOR_EACH_RULES(r)
	{
		FOR_EACH_STATE(s)
		{
			bool lived = s != STATE(INITIALIZED) && s != STATE(TERMINATED);

			assert_int_equal(next(r, s, EVENT(TERMINATED)),
				lived ? STATE(TERMINATED) : STATE(NONE));
			assert_int_equal(sessio_user_state_is_terminal((sessio_user_state)s),
				s == STATE(TERMINATED));
		}
		assert_int_equal(sessio_user_state_events(both_rules[r], STATE(TERMINATED)), 0);
	}
	FOR_EACH_EVENT(e)
	{
		assert_int_equal(
			sessio_user_state_after(STATE(TERMINATED), (sessio_user_event)e), 0);
	}
}

/* Clauses: D2 */
static void connected_speaks_of_the_terminal_and_keeps_the_user(void **state)
{
	(void)state;
	assert_int_equal(sessio_user_state_after(STATE(DISCONNECTED_LOGGED_ON), EVENT(CONNECTED)),
		STATE(LOGGED_ON));
	assert_int_equal(
		sessio_user_state_after(STATE(DISCONNECTED), EVENT(CONNECTED)), STATE(CONNECTED));
}

/* An event without a transition changes one of a session's two facts. */
static sessio_user_state by_the_two_facts(int from, int event)
{
	bool user = from == STATE(LOGGED_ON) || from == STATE(DISCONNECTED_LOGGED_ON);
	bool away = from == STATE(DISCONNECTED) || from == STATE(DISCONNECTED_LOGGED_ON);

	switch (event) {
	case SESSIO_USER_EVENT_CREATED:
		return STATE(CREATED);
	case SESSIO_USER_EVENT_TERMINATED:
		return STATE(TERMINATED);
	case SESSIO_USER_EVENT_CONNECTED:
		return user ? STATE(LOGGED_ON) : STATE(CONNECTED);
	case SESSIO_USER_EVENT_DISCONNECTED:
		return user ? STATE(DISCONNECTED_LOGGED_ON) : STATE(DISCONNECTED);
	case SESSIO_USER_EVENT_LOGON:
		return away ? STATE(DISCONNECTED_LOGGED_ON) : STATE(LOGGED_ON);
	default:
		return away ? STATE(DISCONNECTED) : STATE(LOGGED_OFF);
	}
}

/* Clauses: D8 */
static void an_event_that_has_happened_always_leads_somewhere(void **state)
{
	(void)state;
	for (int s = 1; s < SESSIO_USER_STATE_TERMINATED; s++) {
		FOR_EACH_EVENT(e)
		{
			assert_int_equal(
				sessio_user_state_after((sessio_user_state)s, (sessio_user_event)e),
				by_the_two_facts(s, e));
			FOR_EACH_RULES(r)
			{
				if (next(r, s, e) != STATE(NONE)) {
					assert_int_equal(next(r, s, e), by_the_two_facts(s, e));
				}
			}
		}
	}
}

static void the_events_of_a_state_are_those_that_lead_somewhere(void **state)
{
	(void)state;
	FOR_EACH_RULES(r)
	FOR_EACH_STATE(s)
	{
		uint32_t events = sessio_user_state_events(both_rules[r], (sessio_user_state)s);

		FOR_EACH_EVENT(e)
		{
			uint32_t bit = sessio_user_event_bit((sessio_user_event)e);

			assert_int_equal(bit, 1u << (e - 1));
			assert_int_equal((events & bit) != 0, next(r, s, e) != STATE(NONE));
			events &= ~bit;
		}
		assert_int_equal(events, 0);
	}
	assert_int_equal(SESSIO_USER_EVENTS_ALL, 0x3F);
}

/* Clauses: W-28 */
static void there_are_six_events_and_none_is_about_locking(void **state)
{
	static const char *const names[] = { "?", "Created", "Terminated", "Connected",
		"Disconnected", "Logon", "Logoff", "?" };

	(void)state;
	for (int e = 0; e <= SESSIO_USER_EVENT_MAX; e++) {
		assert_string_equal(sessio_user_event_name((sessio_user_event)e), names[e]);
	}
	assert_string_equal(sessio_user_event_name((sessio_user_event)99), "?");
}

/* Clauses: W-40 */
static void a_number_has_one_name_as_state_and_another_as_event(void **state)
{
	static const char *const names[] = { "?", "Created", "Initialized", "Connected",
		"Disconnected", "DisconnectedLoggedOn", "LoggedOn", "LoggedOff", "Terminated",
		"?" };

	(void)state;
	for (int s = 0; s <= SESSIO_USER_STATE_MAX; s++) {
		assert_string_equal(sessio_user_state_name((sessio_user_state)s), names[s]);
	}
	assert_string_equal(sessio_user_state_name((sessio_user_state)99), "?");
	assert_string_equal(sessio_user_state_name((sessio_user_state)6), "LoggedOn");
	assert_string_equal(sessio_user_event_name((sessio_user_event)6), "Logoff");
}

static void dot_has_an_edge_per_transition(void **state)
{
	char dot[4096];
	char edge[128];
	unsigned edges = 0;

	(void)state;
	FOR_EACH_RULES(r)
	{
		size_t length = sessio_user_rules_dot(both_rules[r], dot, sizeof(dot));

		assert_true(length < sizeof(dot));
		assert_int_equal(strlen(dot), length);
		edges = 0;
		for (const char *at = dot; (at = strstr(at, " -> ")) != NULL; at++) {
			edges++;
		}
		assert_int_equal(edges, 17 + r);
		for (size_t i = 0; i < 17; i++) {
			(void)snprintf(edge, sizeof(edge), "\t%s -> %s [label=\"%s\"];\n",
				sessio_user_state_name(documented[i].from),
				sessio_user_state_name(documented[i].to),
				sessio_user_event_name(documented[i].event));
			assert_non_null(strstr(dot, edge));
		}
	}
	assert_non_null(strstr(
		dot, "\tDisconnectedLoggedOn -> LoggedOn [label=\"Connected\", style=dashed];\n"));
}

static void a_text_that_is_null_is_only_measured(void **state)
{
	char text[4096];

	(void)state;
	for (unsigned r = 0; r < 2; r++) {
		assert_int_equal(sessio_user_rules_dot(both_rules[r], NULL, sizeof(text)),
			sessio_user_rules_dot(both_rules[r], text, sizeof(text)));
		assert_int_equal(sessio_user_rules_markdown(both_rules[r], NULL, sizeof(text)),
			sessio_user_rules_markdown(both_rules[r], text, sizeof(text)));
	}
}

static void markdown_is_the_documented_table(void **state)
{
	char table[4096];

	(void)state;
	assert_true(sessio_user_rules_markdown(SESSIO_RULES_DOCUMENTED, table, sizeof(table)) <
		sizeof(table));
	assert_string_equal(table,
		"| to \\ from | Initialized | Created | Connected | Disconnected | "
		"DisconnectedLoggedOn | LoggedOn | LoggedOff |\n"
		"|---|---|---|---|---|---|---|---|\n"
		"| **Created** | Created | | | | | | |\n"
		"| **Connected** | | Connected | | Connected | | | |\n"
		"| **Disconnected** | | Disconnected | Disconnected | | Logoff | | Disconnected |\n"
		"| **DisconnectedLoggedOn** | | | | Logon | | Disconnected | |\n"
		"| **LoggedOn** | | | Logon | | | | |\n"
		"| **LoggedOff** | | | | | | Logoff | |\n"
		"| **Terminated** | | Terminated | Terminated | Terminated | Terminated | "
		"Terminated | Terminated |\n");
	(void)sessio_user_rules_markdown(SESSIO_RULES_OBSERVED, table, sizeof(table));
	assert_non_null(strstr(table, "| **LoggedOn** | | | Logon | | Connected | | |\n"));
}

typedef size_t render_fn(sessio_rules rules, char *text, size_t size);

static void a_rendering_says_its_length_and_stays_in_its_buffer(void **state)
{
	static render_fn *const renders[] = { sessio_user_rules_dot, sessio_user_rules_markdown };
	char whole[4096];
	char cut[4096];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t length = renders[i](SESSIO_RULES_OBSERVED, whole, sizeof(whole));

		assert_int_equal(renders[i](SESSIO_RULES_OBSERVED, NULL, 0), length);
		assert_int_equal(renders[i]((sessio_rules)7, NULL, 0), 0);
		for (size_t size = 1; size <= length + 1; size++) {
			memset(cut, '#', sizeof(cut));
			assert_int_equal(renders[i](SESSIO_RULES_OBSERVED, cut, size), length);
			assert_memory_equal(cut, whole, size - 1);
			assert_int_equal(cut[size - 1], '\0');
			assert_int_equal(cut[size], '#');
		}
		cut[0] = '#';
		assert_int_equal(renders[i]((sessio_rules)7, cut, 1), 0);
		assert_int_equal(cut[0], '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_and_event_lead_where_the_rules_say),
		cmocka_unit_test(what_is_no_state_event_or_rule_set_leads_nowhere),
		cmocka_unit_test(a_life_begins_with_initialized_although_its_value_is_second),
		cmocka_unit_test(values_are_those_of_the_headers),
		cmocka_unit_test(no_event_leaves_a_state_where_it_is),
		cmocka_unit_test(terminated_is_entered_from_every_lived_state_and_never_left),
		cmocka_unit_test(connected_speaks_of_the_terminal_and_keeps_the_user),
		cmocka_unit_test(an_event_that_has_happened_always_leads_somewhere),
		cmocka_unit_test(the_events_of_a_state_are_those_that_lead_somewhere),
		cmocka_unit_test(there_are_six_events_and_none_is_about_locking),
		cmocka_unit_test(a_number_has_one_name_as_state_and_another_as_event),
		cmocka_unit_test(dot_has_an_edge_per_transition),
		cmocka_unit_test(a_text_that_is_null_is_only_measured),
		cmocka_unit_test(markdown_is_the_documented_table),
		cmocka_unit_test(a_rendering_says_its_length_and_stays_in_its_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
