/* SPDX-License-Identifier: MIT */
/* The table of transitions, as a host reads it for every event, without a call. */
#ifndef SI_RULES_H
#define SI_RULES_H

#include <sessio/rules.h>

#define SI_STATES ((unsigned)SESSIO_USER_STATE_MAX)
#define SI_EVENTS ((unsigned)SESSIO_USER_EVENT_MAX)

/* A cell: the state that the event leads to, and which rule sets say so. */
#define SI_CELL_STATE 0x0Fu
#define SI_CELL_OF(rules) ((unsigned)(rules) << 4)

_Static_assert((unsigned)SESSIO_USER_STATE_TERMINATED <= SI_CELL_STATE, "a cell holds any state");

/* The table, [state][event]; row and column 0 are empty. The last column makes a row 8 bytes. */
#define SI_COLUMNS 8u
extern const unsigned char si_rules_table[SI_STATES][SI_COLUMNS];

static inline bool si_state_is_valid(sessio_user_state state)
{
	return (unsigned)state - 1 < SI_STATES - 1;
}

static inline bool si_state_is_terminal(sessio_user_state state)
{
	return state == SESSIO_USER_STATE_TERMINATED;
}

static inline bool si_event_is_valid(sessio_user_event event)
{
	return (unsigned)event - 1 < SI_EVENTS - 1;
}

/* Both arguments are valid. Whether the rules have this transition. */
static inline bool si_rules_allow(
	sessio_rules rules, sessio_user_state state, sessio_user_event event)
{
	return (si_rules_table[state][event] & SI_CELL_OF(rules)) != 0;
}

/* Both arguments are valid. Where the event leads, allowed or not; none from Terminated. */
static inline sessio_user_state si_rules_target(sessio_user_state state, sessio_user_event event)
{
	return (sessio_user_state)(si_rules_table[state][event] & SI_CELL_STATE);
}

#endif /* SI_RULES_H */
