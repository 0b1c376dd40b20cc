/* SPDX-License-Identifier: MIT */
/*
 * The life of a user session: its states, its events and the rules.
 *
 * The values are those of IO_SESSION_STATE and IO_SESSION_EVENT. Those share
 * small integers with different meanings: 5 is a state with a user and no
 * terminal, and the event of a logon. States and events are two types here.
 * A compiler with -Wenum-conversion reports one that is taken for the other;
 * gcc has it in -Wextra, clang always.
 *
 * Default: a call reads one constant table. It keeps no reference, does not
 *          block, calls nobody back, and is open to any thread. The strings that
 *          it returns are constants.
 */
#ifndef SESSIO_RULES_H
#define SESSIO_RULES_H

/*
 * From examples/reconnect.c:
 *
 *     sessio_user_state next = sessio_user_state_next(
 *         rules, SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON, SESSIO_USER_EVENT_CONNECTED);
 *
 *     printf("%s: %s\n", name,
 *         next == SESSIO_USER_STATE_NONE ? "refused" : sessio_user_state_name(next));
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * XX(NAME, value, text): the one list of states. The order of the values is not
 * the order of a life: that begins with Initialized.
 */
#define SESSIO_USER_STATE_MAP(XX)                             \
	XX(CREATED, 1, "Created")                             \
	XX(INITIALIZED, 2, "Initialized")                     \
	XX(CONNECTED, 3, "Connected")                         \
	XX(DISCONNECTED, 4, "Disconnected")                   \
	XX(DISCONNECTED_LOGGED_ON, 5, "DisconnectedLoggedOn") \
	XX(LOGGED_ON, 6, "LoggedOn")                          \
	XX(LOGGED_OFF, 7, "LoggedOff")                        \
	XX(TERMINATED, 8, "Terminated")

/* XX(NAME, value, text): the one list of events. */
#define SESSIO_USER_EVENT_MAP(XX)           \
	XX(CREATED, 1, "Created")           \
	XX(TERMINATED, 2, "Terminated")     \
	XX(CONNECTED, 3, "Connected")       \
	XX(DISCONNECTED, 4, "Disconnected") \
	XX(LOGON, 5, "Logon")               \
	XX(LOGOFF, 6, "Logoff")

/** Where a user session is in its life. */
typedef enum sessio_user_state {
	SESSIO_USER_STATE_NONE = 0, /* not a state: "there is no such transition" */
#define XX(name, value, text) SESSIO_USER_STATE_##name = (value),
	SESSIO_USER_STATE_MAP(XX)
#undef XX
		SESSIO_USER_STATE_MAX /* one above the last */
} sessio_user_state;

/** An event in a user session's life. Connected means "a terminal is attached" and nothing more. */
typedef enum sessio_user_event {
	SESSIO_USER_EVENT_NONE = 0, /* not an event: the session as it is */
#define XX(name, value, text) SESSIO_USER_EVENT_##name = (value),
	SESSIO_USER_EVENT_MAP(XX)
#undef XX
		SESSIO_USER_EVENT_MAX /* one above the last */
} sessio_user_event;

/* The bit of every event, as sessio_user_event_bit() gives them, together. */
#define SESSIO_USER_EVENTS_ALL ((UINT32_C(1) << (SESSIO_USER_EVENT_MAX - 1)) - 1)

/** Which transitions there are. */
typedef enum sessio_rules {
	SESSIO_RULES_DOCUMENTED = 1, /* the 17 of the documented state diagram */
	SESSIO_RULES_OBSERVED = 2 /* one more, from a trace of a real system: a user's return */
} sessio_rules;

/**
 * Where an event leads.
 *
 * @return the next state; SESSIO_USER_STATE_NONE if the rules have no such transition, or if an
 *         argument is not one of its enumerators.
 */
sessio_user_state sessio_user_state_next(
	sessio_rules rules, sessio_user_state state, sessio_user_event event);

/**
 * The state after an event that has happened already, in any rule set: that of the table, if the
 * table has the transition. Otherwise the event changes either the terminal or the user, and
 * leaves the other as it was.
 *
 * @return the next state; SESSIO_USER_STATE_NONE if @p state is Terminated, after which nothing
 *         happens, or if an argument is not one of its enumerators.
 */
sessio_user_state sessio_user_state_after(sessio_user_state state, sessio_user_event event);

/**
 * Which events the rules allow in a state.
 *
 * @return their bits; 0 for Terminated and for anything that is not an enumerator.
 */
uint32_t sessio_user_state_events(sessio_rules rules, sessio_user_state state);

/**
 * Whether a session in this state has ended for ever.
 *
 * @return true for Terminated.
 */
bool sessio_user_state_is_terminal(sessio_user_state state);

/**
 * The bit that stands for an event in a mask.
 *
 * @return one bit; 0 for anything that is not an event.
 */
uint32_t sessio_user_event_bit(sessio_user_event event);

/**
 * The name of a state, such as "LoggedOn".
 *
 * @return a string that lives for ever; "?" for anything that is not a state.
 */
const char *sessio_user_state_name(sessio_user_state state);

/**
 * The name of an event, such as "Logon".
 *
 * @return a string that lives for ever; "?" for anything that is not an event.
 */
const char *sessio_user_event_name(sessio_user_event event);

/**
 * Write the rules as a graph in the DOT language, for Graphviz. A transition that only the
 * observed rules have is dashed.
 *
 * @param text  gets at most @p size bytes and ends with a NUL unless @p size is 0. NULL: nothing
 *              is written.
 * @return the length of the whole text without its NUL: if it is not below @p size, the text was
 *         cut. 0 if @p rules is not an enumerator.
 */
size_t sessio_user_rules_dot(sessio_rules rules, char *text, size_t size);

/**
 * Write the rules as a table in Markdown. It has a column for each state that is left, and a row
 * for each that is entered. The cell names the event.
 *
 * @param text  as for sessio_user_rules_dot().
 * @return as for sessio_user_rules_dot().
 */
size_t sessio_user_rules_markdown(sessio_rules rules, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_RULES_H */
