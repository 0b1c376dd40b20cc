/* SPDX-License-Identifier: MIT */
/*
 * The table of transitions and everything that is read from it.
 *
 * (rules-1) A cell names the state that its event leads to, also where no rule set
 *      has the transition: that is where an observation ends up. An event there
 *      sets what it speaks of, the terminal (Connected, Disconnected) or the
 *      user (Logon, Logoff), and keeps the other; Created starts anew.
 * (rules-2) OBSERVED has all transitions of DOCUMENTED.
 * (rules-3) Nothing leads out of Terminated, nor into Initialized.
 */
#include "user/rules.h"

#include "base/text.h"

#define S(state) SESSIO_USER_STATE_##state
#define BOTH(state) (S(state) | SI_CELL_OF(SESSIO_RULES_DOCUMENTED | SESSIO_RULES_OBSERVED))
#define SEEN(state) (S(state) | SI_CELL_OF(SESSIO_RULES_OBSERVED))
#define NONE(state) (S(state))

_Static_assert(SI_EVENTS <= SI_COLUMNS, "a row has room for every event");
_Static_assert(SI_EVENTS == 7, "a new event needs its cell in every row");

/* clang-format off */
const unsigned char si_rules_table[SI_STATES][SI_COLUMNS] = {
	/*                               Created            Terminated        Connected          Disconnected                  Logon                         Logoff */
	[S(INITIALIZED)]            = { 0, BOTH(CREATED), NONE(TERMINATED), NONE(CONNECTED), NONE(DISCONNECTED),           NONE(LOGGED_ON),              NONE(LOGGED_OFF)   },
	[S(CREATED)]                = { 0, NONE(CREATED), BOTH(TERMINATED), BOTH(CONNECTED), BOTH(DISCONNECTED),           NONE(LOGGED_ON),              NONE(LOGGED_OFF)   },
	[S(CONNECTED)]              = { 0, NONE(CREATED), BOTH(TERMINATED), NONE(CONNECTED), BOTH(DISCONNECTED),           BOTH(LOGGED_ON),              NONE(LOGGED_OFF)   },
	[S(DISCONNECTED)]           = { 0, NONE(CREATED), BOTH(TERMINATED), BOTH(CONNECTED), NONE(DISCONNECTED),           BOTH(DISCONNECTED_LOGGED_ON), NONE(DISCONNECTED) },
	[S(DISCONNECTED_LOGGED_ON)] = { 0, NONE(CREATED), BOTH(TERMINATED), SEEN(LOGGED_ON), NONE(DISCONNECTED_LOGGED_ON), NONE(DISCONNECTED_LOGGED_ON), BOTH(DISCONNECTED) },
	[S(LOGGED_ON)]              = { 0, NONE(CREATED), BOTH(TERMINATED), NONE(LOGGED_ON), BOTH(DISCONNECTED_LOGGED_ON), NONE(LOGGED_ON),              BOTH(LOGGED_OFF)   },
	[S(LOGGED_OFF)]             = { 0, NONE(CREATED), BOTH(TERMINATED), NONE(CONNECTED), BOTH(DISCONNECTED),           NONE(LOGGED_ON),              NONE(LOGGED_OFF)   },
	[S(TERMINATED)]             = { 0 },
};
/* clang-format on */

/* In the order of a life, which is not that of the values. */
static const sessio_user_state life[] = { S(INITIALIZED), S(CREATED), S(CONNECTED), S(DISCONNECTED),
	S(DISCONNECTED_LOGGED_ON), S(LOGGED_ON), S(LOGGED_OFF), S(TERMINATED) };

#define LIFE (sizeof(life) / sizeof(life[0]))

static bool rules_are_valid(sessio_rules rules)
{
	return rules == SESSIO_RULES_DOCUMENTED || rules == SESSIO_RULES_OBSERVED;
}

sessio_user_state sessio_user_state_next(
	sessio_rules rules, sessio_user_state state, sessio_user_event event)
{
	if (!rules_are_valid(rules) || !si_state_is_valid(state) || !si_event_is_valid(event) ||
		!si_rules_allow(rules, state, event)) {
		return SESSIO_USER_STATE_NONE;
	}
	return si_rules_target(state, event);
}

sessio_user_state sessio_user_state_after(sessio_user_state state, sessio_user_event event)
{
	if (!si_state_is_valid(state) || !si_event_is_valid(event)) {
		return SESSIO_USER_STATE_NONE;
	}
	return si_rules_target(state, event);
}

uint32_t sessio_user_state_events(sessio_rules rules, sessio_user_state state)
{
	uint32_t events = 0;

	for (unsigned e = 1; e < SI_EVENTS; e++) {
		sessio_user_event event = (sessio_user_event)e;

		if (sessio_user_state_next(rules, state, event) != SESSIO_USER_STATE_NONE) {
			events |= sessio_user_event_bit(event);
		}
	}
	return events;
}

bool sessio_user_state_is_terminal(sessio_user_state state)
{
	return si_state_is_terminal(state);
}

uint32_t sessio_user_event_bit(sessio_user_event event)
{
	return si_event_is_valid(event) ? UINT32_C(1) << ((unsigned)event - 1) : 0;
}

const char *sessio_user_state_name(sessio_user_state state)
{
	switch (state) {
#define XX(name, value, text)          \
	case SESSIO_USER_STATE_##name: \
		return text;
		SESSIO_USER_STATE_MAP(XX)
#undef XX
	case SESSIO_USER_STATE_NONE:
	case SESSIO_USER_STATE_MAX:
		break;
	}
	return "?";
}

const char *sessio_user_event_name(sessio_user_event event)
{
	switch (event) {
#define XX(name, value, text)          \
	case SESSIO_USER_EVENT_##name: \
		return text;
		SESSIO_USER_EVENT_MAP(XX)
#undef XX
	case SESSIO_USER_EVENT_NONE:
	case SESSIO_USER_EVENT_MAX:
		break;
	}
	return "?";
}

static void put_state(struct si_text *text, const char *before, sessio_user_state state)
{
	si_text_put(text, before);
	si_text_put(text, sessio_user_state_name(state));
}

static void put_edge(struct si_text *text, sessio_user_state from, sessio_user_event event)
{
	put_state(text, "\t", from);
	put_state(text, " -> ", si_rules_target(from, event));
	si_text_put(text, " [label=\"");
	si_text_put(text, sessio_user_event_name(event));
	si_text_put(text, "\"");
	if (!si_rules_allow(SESSIO_RULES_DOCUMENTED, from, event)) {
		si_text_put(text, ", style=dashed");
	}
	si_text_put(text, "];\n");
}

size_t sessio_user_rules_dot(sessio_rules rules, char *text, size_t size)
{
	struct si_text dot = si_text_start(text, size);

	if (!rules_are_valid(rules)) {
		return 0;
	}
	si_text_put(&dot, "digraph user_session {\n");
	si_text_put(&dot, "\tnode [shape=box, style=rounded];\n");
	put_state(&dot, "\t", S(INITIALIZED));
	si_text_put(&dot, " [style=\"rounded,dotted\"];\n");
	put_state(&dot, "\t", S(TERMINATED));
	si_text_put(&dot, " [peripheries=2];\n");
	for (size_t i = 0; i < LIFE; i++) {
		for (unsigned e = 1; e < SI_EVENTS; e++) {
			if (si_rules_allow(rules, life[i], (sessio_user_event)e)) {
				put_edge(&dot, life[i], (sessio_user_event)e);
			}
		}
	}
	si_text_put(&dot, "}\n");
	return dot.length;
}

/* The event that leads from one state to another; no two do. */
static sessio_user_event event_between(
	sessio_rules rules, sessio_user_state from, sessio_user_state to)
{
	for (unsigned e = 1; e < SI_EVENTS; e++) {
		sessio_user_event event = (sessio_user_event)e;

		if (sessio_user_state_next(rules, from, event) == to) {
			return event;
		}
	}
	return SESSIO_USER_EVENT_NONE;
}

size_t sessio_user_rules_markdown(sessio_rules rules, char *text, size_t size)
{
	struct si_text table = si_text_start(text, size);

	if (!rules_are_valid(rules)) {
		return 0;
	}
	/* Nothing leads into the first state, nor out of the last (rules-3). */
	si_text_put(&table, "| to \\ from |");
	for (size_t from = 0; from + 1 < LIFE; from++) {
		put_state(&table, " ", life[from]);
		si_text_put(&table, " |");
	}
	si_text_put(&table, "\n|---|");
	for (size_t from = 0; from + 1 < LIFE; from++) {
		si_text_put(&table, "---|");
	}
	si_text_put(&table, "\n");
	for (size_t to = 1; to < LIFE; to++) {
		put_state(&table, "| **", life[to]);
		si_text_put(&table, "** |");
		for (size_t from = 0; from + 1 < LIFE; from++) {
			sessio_user_event event = event_between(rules, life[from], life[to]);

			si_text_put(&table, event == SESSIO_USER_EVENT_NONE ? "" : " ");
			si_text_put(&table,
				event == SESSIO_USER_EVENT_NONE ? ""
								: sessio_user_event_name(event));
			si_text_put(&table, " |");
		}
		si_text_put(&table, "\n");
	}
	return table.length;
}
