/* SPDX-License-Identifier: MIT */
/*
 * Scenarios: the steps of a test, as data and as text.
 *
 * A step is an event of a user session, an action of the test, a call for a file,
 * time that passes, or a fault. A scenario is a list of steps, the rules that they follow,
 * and where it comes from. As text it has a line for each:
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
 *     session 1 open log "\Device\Log"   opens a device; from here on the file is log
 *     open x "\Device\None" refused      not from a user session; it must not open
 *     file log read 64                   64 bytes at most
 *     file log write "text"              or bytes as hexadecimal digits: 74657874
 *     file log control 0x22e004 in 0102 out 16
 *     file log cancel                    its latest pended request
 *     file log cancel 1 waits            the one before; until it is completed
 *     file log await                     until its latest pended request is completed
 *     file log cleanup
 *     file log close
 *     driver log_driver unload           load is for one that was unloaded
 *     wait 150 ms                        ns, us, ms, s, min, h or d
 *     fault allocation 3                 the third from here fails
 *
 * Only the first line has to be there. A number sign begins a comment, as in a shell.
 * Program and bounds are texts, which go to the end of theirs. Lines end in LF or CRLF.
 * A text between quotation marks has printable ASCII and no escapes, so that a backslash is
 * one. A file that no step opened has a name, too: file-1 if it was the first that was
 * opened in the kit, and so on.
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

#define SESSIO_SCENARIO_MAX_LINE 4096u /* bytes of a line, without its end */
#define SESSIO_SCENARIO_MAX_STEPS 1000000u
#define SESSIO_SCENARIO_MAX_ACTIONS 256u /* names of actions */
#define SESSIO_SCENARIO_MAX_NAME 63u /* bytes of the name of an action, a file, a driver */
#define SESSIO_SCENARIO_MAX_DEVICE 255u /* bytes of the name of a device */
#define SESSIO_SCENARIO_MAX_DATA 1024u /* bytes that a step sends */
#define SESSIO_SCENARIO_MAX_ROOM 1048576u /* bytes that a step has room for */
#define SESSIO_SCENARIO_MAX_TEXT 480u /* bytes of the program's name, and of the bounds */

/** The kinds of steps. */
typedef enum sessio_step_kind {
	SESSIO_STEP_EVENT = 1, /* to a user session */
	SESSIO_STEP_EXISTS = 2, /* a user session is there, in a state, without an event */
	SESSIO_STEP_REMARK = 3, /* on a user session */
	SESSIO_STEP_ACTION = 4, /* of the test */
	SESSIO_STEP_WAIT = 5, /* time passes */
	SESSIO_STEP_FAULT = 6, /* from here on, until it has come true */
	SESSIO_STEP_CALL = 7 /* of the kit, as a program that uses a driver causes it */
} sessio_step_kind;

/* XX(NAME, value, text): the one list of faults. */
#define SESSIO_FAULT_MAP(XX)                \
	XX(ALLOCATION, 1, "allocation")     \
	XX(PATH, 2, "path")                 \
	XX(EACH_PATH, 3, "each-path")       \
	XX(REGISTRATION, 4, "registration") \
	XX(OPEN, 5, "open")                 \
	XX(SLOW, 6, "slow")                 \
	XX(LATE, 7, "late")

/**
 * The kinds of faults. ALLOCATION: the n-th allocation of the library, and of pool memory, fails. PATH:
 * calls lead to allocations on different paths, and the n-th distinct one fails, the first time.
 * EACH_PATH: so does each. REGISTRATION: the n-th container registration fails. OPEN: the n-th
 * opening is refused in the place of the provider's `open`. SLOW: the next callback takes
 * nanoseconds of the kit's time. LATE: work items wait until the n-th step after the next one
 * has ended. They run before if this thread waits for anything. Steps are those of a scenario.
 */
typedef enum sessio_fault {
#define XX(name, value, text) SESSIO_FAULT_##name = (value),
	SESSIO_FAULT_MAP(XX)
#undef XX
} sessio_fault;

#define SESSIO_STEP_REMOTE (1u << 0) /* EVENT, EXISTS: the terminal is remote */
#define SESSIO_STEP_OBSERVED (1u << 1) /* EVENT: it has happened; never refused */
#define SESSIO_STEP_REFUSED (1u << 2) /* EVENT; CALL of OPEN, LOAD, UNLOAD: it fails, and shall */
#define SESSIO_STEP_FOR_SESSION (1u << 3) /* ACTION, OPEN: for session_id; without it for none */
#define SESSIO_STEP_WAITS (1u << 4) /* CANCEL: until the request is completed */

/* XX(NAME, value, text): the one list of calls. */
#define SESSIO_CALL_MAP(XX)       \
	XX(OPEN, 1, "open")       \
	XX(READ, 2, "read")       \
	XX(WRITE, 3, "write")     \
	XX(CONTROL, 4, "control") \
	XX(CANCEL, 5, "cancel")   \
	XX(AWAIT, 6, "await")     \
	XX(CLEANUP, 7, "cleanup") \
	XX(CLOSE, 8, "close")     \
	XX(LOAD, 9, "load")       \
	XX(UNLOAD, 10, "unload")

/**
 * The calls of <sessio/testing_driver.h> that are steps: sessio_kit_open() and its like. AWAIT is
 * sessio_kit_wait(). Waits take ten seconds at most. LOAD is for a driver that was loaded before
 * in this kit. A driver's answer does not matter to a run, but for OPEN, LOAD and UNLOAD, which
 * must succeed, or fail if they are marked so.
 */
typedef enum sessio_call {
#define XX(name, value, text) SESSIO_CALL_##name = (value),
	SESSIO_CALL_MAP(XX)
#undef XX
} sessio_call;

/** The subject of a call. A member that its call does not name is 0. */
typedef struct sessio_step_call {
	sessio_call call;
	const char *name; /* of the file; LOAD, UNLOAD: of the driver. As an action's */
	const char *device; /* OPEN: a name or link, in printable ASCII without quotation marks */
	uint32_t code; /* CONTROL */
	uint32_t room; /* READ, CONTROL: bytes for the answer */
	uint32_t length; /* WRITE, CONTROL: of the data */
	const void *data;
} sessio_step_call;

/** One step. A member that its kind does not name is 0. */
typedef struct sessio_step {
	sessio_step_kind kind;
	unsigned flags; /* SESSIO_STEP_ bits */
	uint32_t session_id; /* EVENT, EXISTS, REMARK; ACTION, OPEN with the flag */
	sessio_user_event event; /* EVENT */
	sessio_user_state state; /* EXISTS: any but Terminated */
	sessio_user_remark remark; /* REMARK */
	sessio_fault fault; /* FAULT */
	const char *action; /* ACTION: a name of letters, digits and _ - . */
	/* ACTION: its own; WAIT, SLOW: nanoseconds; other faults: n, from 1; CANCEL, AWAIT: how many
	 * pended requests of the file are later than this one. */
	uint64_t number;
	const sessio_step_call *call; /* CALL */
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
 * @param step  copied, and all that it points to.
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
 * Ref:     borrowed, until the next sessio_scenario_add(); names and data in it as long as the
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
 * The names of the documented sequences of a real system, such as "console-logon".
 *
 * @param index  from 0.
 * @return a name; NULL beyond the last.
 *
 * Ref:     borrowed, a constant.
 */
const char *sessio_scenario_documented_name(size_t index);

/**
 * Make a documented sequence: its text says what happens. Each begins with the user sessions that
 * exist. Those that a public trace has, have its times.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NOT_FOUND (no sequence has this name),
 *         SESSIO_NO_MEMORY.
 *
 * Ref:     *out_scenario is the caller's, for sessio_scenario_destroy().
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_documented(const char *name, sessio_scenario **out_scenario);

/**
 * Write a scenario to a file, as sessio_scenario_print() writes it.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_REFUSED (the file cannot be written).
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_save(const sessio_scenario *scenario, const char *path);

/**
 * Read a scenario from a file, as sessio_scenario_parse() reads it.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_NOT_FOUND (the file cannot be read), SESSIO_LIMIT (it
 *         is too large, or as for sessio_scenario_parse()), SESSIO_NO_MEMORY.
 *
 * Ref:     *out_scenario is the caller's, for sessio_scenario_destroy().
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_load(
	const char *path, sessio_scenario **out_scenario, sessio_scenario_error *out_error);

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
 * Whether a fault is still to come. EACH_PATH stays until the kit is finished, LATE as long as
 * work items wait.
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
 * Let time pass: the clocks of the library and of driver code go forward. A step. Timers of
 * driver code run now, each at its time, and at no other time. Nothing else of the library
 * runs meanwhile. A thread that sleeps with a timeout does not notice it before it wakes.
 * In a schedule of <sessio/testing_threads.h> timers also run when no thread can.
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

/** A record of what happened in a kit or a host. */
typedef struct sessio_scenario_log sessio_scenario_log;

/**
 * An action of a test, under the name that steps have for it. It may not leave by a longjmp, as a
 * failing assertion of cmocka does; the check may.
 *
 * @param session_id  of the user session that it is for; 0 if it is for none.
 * @param number      of the step.
 * @return SESSIO_OK; another status ends the run.
 */
typedef sessio_status sessio_step_act_fn(
	sessio_kit *kit, uint32_t session_id, uint64_t number, void *ctx);

/** A name of an action, and the function that does it. */
typedef struct sessio_step_action {
	const char *name;
	sessio_step_act_fn *run;
} sessio_step_action;

/**
 * Looks whether all is well, after each step.
 *
 * @return NULL, or a line that says what is wrong.
 *
 * Ref:     the line is borrowed, until the next call.
 */
typedef const char *sessio_step_check_fn(sessio_kit *kit, void *ctx);

/** The wishes of a test for its runs. All zero is a good start; nothing is kept. */
typedef struct sessio_scenario_options {
	const char *program; /* unless NULL: refuse scenarios of other programs */
	const char *bounds; /* unless NULL: refuse scenarios that were made under others */
	const sessio_step_action *actions;
	size_t action_count;
	sessio_step_check_fn *check; /* may be NULL */
	void *ctx; /* of the actions and the check */
	sessio_scenario_log *log; /* unless NULL: it takes the steps */
} sessio_scenario_options;

/** How far a run came. */
typedef struct sessio_scenario_result {
	size_t steps; /* that were done well */
	sessio_status status; /* of the step that was not; else SESSIO_OK */
	char text[256]; /* a line that says which step, and what is wrong; "" if all is well */
} sessio_scenario_result;

/**
 * Do one step by hand, as sessio_kit_run() does it. An event that finds no memory because of a
 * fault is posted again.
 *
 * @param options     NULL for all zero.
 * @param out_result  may be NULL; written whenever a step was tried.
 * @return SESSIO_OK, SESSIO_INVALID_ARG (a pointer is NULL, or it is no step), SESSIO_NOT_FOUND (no
 *         action has this name), SESSIO_BAD_STATE (the kit is finished, or the step or the check
 *         failed; see @p out_result), SESSIO_NO_MEMORY.
 *
 * Blocks:  as the action, or as sessio_kit_post().
 * Calls back: the action, the watchers of the event, and the check.
 */
SESSIO_MUST_CHECK
sessio_status sessio_kit_run_step(sessio_kit *kit, const sessio_step *step,
	const sessio_scenario_options *options, sessio_scenario_result *out_result);

/**
 * Run a scenario in a kit. It ends at the first step that fails. Findings do not end it.
 *
 * @param options     NULL for all zero.
 * @param out_result  may be NULL; written whenever a step was tried.
 * @return as sessio_kit_run_step(); SESSIO_REFUSED (the scenario was made for another program,
 *         under other bounds, or for other rules than the kit's host has; nothing was run).
 *
 * Blocks:  as sessio_kit_run_step().
 * Calls back: as sessio_kit_run_step().
 */
SESSIO_MUST_CHECK
sessio_status sessio_kit_run(sessio_kit *kit, const sessio_scenario *scenario,
	const sessio_scenario_options *options, sessio_scenario_result *out_result);

/**
 * Begin a log of a kit: of its user sessions, devices, findings and steps. Its time is the kit's,
 * from 0. Finishing the kit ends the log, which can be read then as before.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_EXISTS (the kit has a log), SESSIO_BAD_STATE (the
 *         kit is finished), SESSIO_NO_MEMORY.
 *
 * Ref:     *out_log is the caller's, for sessio_scenario_log_destroy().
 */
SESSIO_MUST_CHECK
sessio_status sessio_kit_log(sessio_kit *kit, sessio_scenario_log **out_log);

/**
 * Begin a log of any host, such as one that mirrors a real system. Its time is the clock's, from 0.
 * Events come on the threads that post them. So it is stopped before anything else is done with it.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BAD_STATE (the host is being destroyed),
 *         SESSIO_NO_MEMORY.
 *
 * Ref:     *out_log is the caller's, for sessio_scenario_log_destroy(), and borrows @p host until
 *          it is stopped.
 * Blocks:  as sessio_host_watch().
 * Calls back: as sessio_host_watch().
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_log_host(sessio_host *host, sessio_scenario_log **out_log);

/**
 * Log the resource sessions of an object, too. They are looked for after each step, and by
 * sessio_scenario_log_look().
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_LIMIT (there are 16 objects), SESSIO_BAD_STATE (the
 *         log is stopped).
 *
 * Ref:     holds a reference to @p object until it is stopped.
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_log_object(sessio_scenario_log *log, void *object);

/**
 * Look for devices, findings and resource sessions now, if a test does its steps itself. NULL is a
 * no-op.
 */
void sessio_scenario_log_look(sessio_scenario_log *log);

/**
 * End a log. It can still be read. NULL is a no-op, and so is a second call.
 *
 * Blocks:  until an event that is being delivered is in the log.
 */
void sessio_scenario_log_stop(sessio_scenario_log *log);

/**
 * The steps that make the same happen again. Those of runs are as they were. Each event, fault and
 * call of sessio_call that came otherwise is a step, too, with the time between. An event that code
 * under test posted is one, if it did not come in a run or in such a call. A test that replays them
 * loads its drivers first. Processes and requests for PnP and power are not kept.
 *
 * @return the steps; NULL for NULL.
 *
 * Ref:     borrowed, as long as the log lives.
 */
const sessio_scenario *sessio_scenario_log_steps(const sessio_scenario_log *log);

/**
 * How much a log has left out, because there was no memory, or more than it keeps. A call with more
 * than SESSIO_SCENARIO_MAX_DATA bytes is such a thing, and one for a device without a name.
 *
 * @return the number of things; 0 for NULL.
 */
size_t sessio_scenario_log_lost(const sessio_scenario_log *log);

/**
 * Draw a log as an SVG picture. It has a row for each user session, device and resource session.
 * States are bars, events are marks, findings are red, and equal ones are shown once. The picture is 1200 pixels wide, has 40 rows and 2 MB at most, and
 * says what it leaves out. Time is not to scale: each step has its room.
 *
 * @param title  NULL for a plain one.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_REFUSED (@p write answered false),
 *         SESSIO_NO_MEMORY.
 *
 * Calls back: @p write, with pieces of the picture.
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_log_svg(
	const sessio_scenario_log *log, const char *title, sessio_write_fn *write, void *ctx);

/**
 * Draw a log into a file, as sessio_scenario_log_svg() draws it.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_REFUSED (the file cannot be written),
 *         SESSIO_NO_MEMORY.
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_log_save_svg(
	const sessio_scenario_log *log, const char *title, const char *path);

/**
 * Write a log in the Trace Event Format, as JSON. Perfetto, chrome://tracing and Speedscope open
 * it. Each row is a track: states are slices, events and findings are instants. Each step takes a
 * microsecond besides the time that passes, so that steps without time are apart. The time
 * of the kit or the clock is among the arguments.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_REFUSED (@p write answered false).
 *
 * Calls back: @p write, with pieces of the text.
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_log_trace(
	const sessio_scenario_log *log, sessio_write_fn *write, void *ctx);

/**
 * Write a log into a file, as sessio_scenario_log_trace() writes it.
 *
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_REFUSED (the file cannot be written).
 */
SESSIO_MUST_CHECK
sessio_status sessio_scenario_log_save_trace(const sessio_scenario_log *log, const char *path);

/**
 * Stop a log and free it. NULL is a no-op.
 *
 * Ref:     -1 on @p log.
 * Blocks:  as sessio_scenario_log_stop().
 */
void sessio_scenario_log_destroy(sessio_scenario_log *log);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_TESTING_SCENARIO_H */
