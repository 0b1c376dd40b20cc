/* SPDX-License-Identifier: MIT */
/*
 * Scenarios: the steps of a test, as data and as text.
 *
 * A step is an event of a user session, an action that the test defines, time that
 * passes, or a fault. A scenario is a list of steps, the rules that they follow, and
 * where it comes from. As text it has a line for each:
 *
 *     sessio-scenario 1
 *     program camera_test
 *     bounds depth 6, sessions 2
 *     rules observed
 *
 *     session 1 is LoggedOn              it exists when the scenario begins
 *     session 2 Created remote           the event is posted
 *     session 2 Logon refused            the rules must refuse it
 *     session 2 observed Connected       it has happened, whatever the rules say
 *     session 1 remark Locked
 *     session 1 do open 7                the test's action of this name, for a session
 *     do unload                          and for none
 *     wait 150 ms                        ns, us, ms, s, min, h or d
 *     fault allocation 3                 the third from here fails
 *
 * Only the first line has to be there. A number sign begins a comment, as in a shell.
 * Program and bounds are texts, which go to the end of theirs. Lines end in LF or CRLF.
 *
 * Default: a call keeps no reference, does not block, and calls nobody back. Calls for
 *          one scenario come one at a time, from any thread. Strings that a scenario
 *          returns are its own, and live as long.
 */
#ifndef SESSIO_TESTING_SCENARIO_H
#define SESSIO_TESTING_SCENARIO_H

/*
 * From examples/scenario_text.c:
 *
 *     if (sessio_scenario_parse(text, strlen(text), &scenario, &error) != SESSIO_OK) {
 *         printf("%u:%u: %s\n", (unsigned)error.line, (unsigned)error.column, error.text);
 *         return 0;
 *     }
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sessio/testing.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SESSIO_SCENARIO_MAX_LINE 512u /* bytes of a line, without its end */
#define SESSIO_SCENARIO_MAX_STEPS 1000000u
#define SESSIO_SCENARIO_MAX_ACTIONS 256u /* names of actions */
#define SESSIO_SCENARIO_MAX_NAME 63u /* bytes of an action's name */
#define SESSIO_SCENARIO_MAX_TEXT 480u /* bytes of the program's name, and of the bounds */

/** The kinds of steps. */
typedef enum sessio_step_kind {
	SESSIO_STEP_EVENT = 1, /* to a user session */
	SESSIO_STEP_EXISTS = 2, /* a user session is there, in a state, without an event */
	SESSIO_STEP_REMARK = 3, /* on a user session */
	SESSIO_STEP_ACTION = 4, /* of the test */
	SESSIO_STEP_WAIT = 5, /* time passes */
	SESSIO_STEP_FAULT = 6 /* from here on, until it has come true */
} sessio_step_kind;

/* XX(NAME, value, text): the one list of faults. */
#define SESSIO_FAULT_MAP(XX)                \
	XX(ALLOCATION, 1, "allocation")     \
	XX(PATH, 2, "path")                 \
	XX(EACH_PATH, 3, "each-path")       \
	XX(REGISTRATION, 4, "registration") \
	XX(OPEN, 5, "open")                 \
	XX(SLOW, 6, "slow")

/**
 * The kinds of faults. ALLOCATION: the n-th allocation of the library, and of pool memory, fails. PATH:
 * calls lead to allocations on different paths, and the n-th distinct one fails, the first time.
 * EACH_PATH: so does each. REGISTRATION: the n-th container registration fails. OPEN: the n-th
 * opening is refused in the place of the provider's `open`. SLOW: the next callback takes
 * nanoseconds of the kit's time.
 */
typedef enum sessio_fault {
#define XX(name, value, text) SESSIO_FAULT_##name = (value),
	SESSIO_FAULT_MAP(XX)
#undef XX
} sessio_fault;

#define SESSIO_STEP_REMOTE (1u << 0) /* EVENT, EXISTS: the terminal is remote */
#define SESSIO_STEP_OBSERVED (1u << 1) /* EVENT: it has happened; never refused */
#define SESSIO_STEP_REFUSED (1u << 2) /* EVENT: the rules refuse it, and shall */
#define SESSIO_STEP_FOR_SESSION (1u << 3) /* ACTION: for session_id; without it for none */

/** One step. A member that its kind does not name is 0. */
typedef struct sessio_step {
	sessio_step_kind kind;
	unsigned flags; /* SESSIO_STEP_ bits */
	uint32_t session_id; /* EVENT, EXISTS, REMARK; ACTION with the flag */
	sessio_user_event event; /* EVENT */
	sessio_user_state state; /* EXISTS: any but Terminated */
	sessio_user_remark remark; /* REMARK */
	sessio_fault fault; /* FAULT */
	const char *action; /* ACTION: a name of letters, digits and _ - . */
	uint64_t number; /* ACTION: its own; WAIT, SLOW: nanoseconds; other faults: n, from 1 */
} sessio_step;

/** A list of steps, and where it comes from. */
typedef struct sessio_scenario sessio_scenario;

/** Where a text is no scenario. */
typedef struct sessio_scenario_error {
	size_t line; /* from 1 */
	size_t column; /* in bytes, from 1 */
	char text[192]; /* a sentence */
} sessio_scenario_error;

/**
 * Receives a part of a text.
 *
 * @return whether to go on; false ends the call that writes.
 *
 * Ref:     @p text is borrowed, and has no NUL at its end.
 */
typedef bool sessio_write_fn(const char *text, size_t length, void *ctx);

/**
 * Write a step as its line of text.
 *
 * @param text  gets at most @p size bytes and ends with a NUL unless @p size is 0. NULL: nothing
 *              is written.
 * @return the length of the whole line without its NUL; 0 for what is no step.
 */
size_t sessio_step_text(const sessio_step *step, char *text, size_t size);

/**
 * Create a scenario without steps.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NO_MEMORY.
 *
 * Ref:     *out_scenario is the caller's, for sessio_scenario_destroy().
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_create(sessio_rules rules, sessio_scenario **out_scenario);

/**
 * Free a scenario and its steps. NULL is a no-op.
 *
 * Ref:     -1 on @p scenario.
 */
void sessio_scenario_destroy(sessio_scenario *scenario);

/**
 * Say where a scenario comes from. Leading and trailing blanks are left out.
 *
 * @param program  the test program's name; NULL or empty: unknown. One line, and so is @p bounds.
 * @param bounds   the bounds of the exploration that found it; NULL or empty: none.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (a text is too long or no line), SESSIO_NO_MEMORY.
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_set_origin(
	sessio_scenario *scenario, const char *program, const char *bounds);

/**
 * The program that a scenario was made for.
 *
 * @return its name; "" if it is unknown, or for NULL.
 *
 * Ref:     borrowed, until the next sessio_scenario_set_origin().
 */
const char *sessio_scenario_program(const sessio_scenario *scenario);

/**
 * The bounds that a scenario was made under.
 *
 * @return the text; "" if there are none, or for NULL.
 *
 * Ref:     borrowed, until the next sessio_scenario_set_origin().
 */
const char *sessio_scenario_bounds(const sessio_scenario *scenario);

/**
 * The rules that the events of a scenario follow.
 *
 * @return the rules; 0, which no rule set has, for NULL.
 */
sessio_rules sessio_scenario_rules(const sessio_scenario *scenario);

/**
 * Append a step.
 *
 * @param step  copied, and the name of an action, too.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (it is no step), SESSIO_LIMIT (there are
 *         SESSIO_SCENARIO_MAX_STEPS, or SESSIO_SCENARIO_MAX_ACTIONS other names), SESSIO_NO_MEMORY.
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_add(sessio_scenario *scenario, const sessio_step *step);

/**
 * How many steps there are.
 *
 * @return their number; 0 for NULL.
 */
size_t sessio_scenario_count(const sessio_scenario *scenario);

/**
 * One step, in the order in which they happen.
 *
 * @return the step; NULL if there is none with this index.
 *
 * Ref:     borrowed, until the next sessio_scenario_add(); the action's name as long as the
 *          scenario lives.
 */
const sessio_step *sessio_scenario_step(const sessio_scenario *scenario, size_t index);

/**
 * Write a scenario as text. sessio_scenario_parse() reads it, and makes an equal one.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_REFUSED (@p write answered false).
 *
 * Calls back: @p write, once a line.
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_print(
	const sessio_scenario *scenario, sessio_write_fn *write, void *ctx);

/**
 * Read a scenario from text.
 *
 * @param text       @p length bytes; it needs no NUL at its end.
 * @param out_error  may be NULL; written on SESSIO_INVALID_ARG and SESSIO_LIMIT if the text is the
 *                   reason.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (a pointer is NULL, or the text is no scenario),
 *         SESSIO_LIMIT (it has too many steps or actions), SESSIO_NO_MEMORY.
 *
 * Ref:     *out_scenario is the caller's, for sessio_scenario_destroy().
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_parse(const char *text, size_t length, sessio_scenario **out_scenario,
	sessio_scenario_error *out_error);

/**
 * Make something fail from here on, as a step does. There is one fault of each kind at a time:
 * the later takes the place of the earlier. Finishing the kit ends them. Nothing else of the
 * library runs meanwhile.
 *
 * @param number  n, from 1; for SLOW nanoseconds; for EACH_PATH not used.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BAD_STATE (the kit is finished),
 *         SESSIO_NO_MEMORY.
 */
SESSIO_MUST_CHECK
sessio_status sessio_kit_fault(sessio_kit *kit, sessio_fault fault, uint64_t number);

/**
 * Whether a fault is still to come. EACH_PATH stays until the kit is finished.
 *
 * @return false also for NULL, and for what is no fault.
 */
bool sessio_kit_fault_is_ahead(const sessio_kit *kit, sessio_fault fault);

/**
 * How often something has failed, or was slow, because of sessio_kit_fault() or a step.
 *
 * @return the number since the kit was created; 0 for NULL.
 */
size_t sessio_kit_fault_count(const sessio_kit *kit);

/**
 * Let time pass: the clocks of the library and of driver code go forward. Nothing else of the
 * library runs meanwhile. A thread that sleeps with a timeout does not notice it before it wakes.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BAD_STATE (the kit is finished).
 */
SESSIO_MUST_CHECK
sessio_status sessio_kit_pass_time(sessio_kit *kit, uint64_t ns);

/**
 * How much time has passed so: by sessio_kit_pass_time(), steps, and slow callbacks.
 *
 * @return nanoseconds since the kit was created; 0 for NULL.
 */
uint64_t sessio_kit_time(const sessio_kit *kit);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_TESTING_SCENARIO_H */
