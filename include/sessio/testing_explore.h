/* SPDX-License-Identifier: MIT */
/*
 * Exploration: every history that the code under test can meet, up to a length.
 *
 * A history begins with a fresh kit and the test's `begin`, which loads a driver, say.
 * Then come its steps: events of user sessions as the rules allow them, and the test's
 * own actions, in every order. After each step the test's `check` runs. At the end the
 * kit is finished, and looks for what is left. Shorter histories come first.
 *
 * With faults, each step comes once more for each fault that can come true in it. The
 * k-th allocation fails, for each k, or a registration, or an opening. So does each
 * distinct path of calls to an allocation (PATH), and a callback takes a second (SLOW).
 * With EACH_PATH instead of PATH, each path fails in one history of all.
 * The check and the end of the test have no faults of their own.
 *
 * Work items run at the end of the step that queues them, or when it waits. With the
 * fault LATE they also run at the end of the next step, so that it meets them queued.
 *
 * Two states are equal if the library's, the drivers' variables and memory, the test's
 * digest, and the number of faults so far are. Pointers in a driver's memory to things that the kit knows count
 * by the thing. A state is not walked further twice.
 *
 * Histories run in copies of the process, many in each. So a stop, a crash or a hang is
 * a failure of one history, and the next begins clean. The copies are made by fork(): no
 * other thread of the program may hold a lock of the library meanwhile. Variables of the
 * program itself are not restored between histories. So `begin` sets them, or they are in
 * the test's memory (`ctx`, `ctx_size`), which is restored. Each history begins with one
 * that has run before. If that comes to another state now, that is a failure, too.
 *
 * A history that crashes runs once more with guarded kits. If that crash is at a block of
 * pool memory, the failure names the block.
 *
 * Where the system has no fork, histories run in the process itself. Then a crash or a
 * hang still ends or holds up the program, and a stop ends the exploration. The result
 * says so.
 *
 * Default: a call keeps no reference, does not block, and calls nobody back. Calls for
 *          one result come one at a time, from any thread. Its strings live as long.
 */
#ifndef SESSIO_TESTING_EXPLORE_H
#define SESSIO_TESTING_EXPLORE_H

/*
 * From examples/driver_mistakes/main.c:
 *
 *     failures = sessio_explore_failure_count(result);
 *     if (failures != 0) {
 *         print(sessio_explore_get_failure(result, 0));
 *     }
 *     sessio_explore_destroy(result);
 */

#include <sessio/testing.h>
#include <sessio/testing_scenario.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SESSIO_EXPLORE_MAX_DEPTH 64u
#define SESSIO_EXPLORE_MAX_SESSIONS 8u
#define SESSIO_EXPLORE_MAX_ACTIONS 256u
#define SESSIO_EXPLORE_MAX_FAULTS 8u
#define SESSIO_EXPLORE_MAX_FAILURES 16u /* different ones; more of them end an exploration */

#define SESSIO_EXPLORE_REMOTE (1u << 0) /* Created and Connected also with a remote terminal */
#define SESSIO_EXPLORE_REFUSED (1u << 1) /* also events that the rules refuse */
#define SESSIO_EXPLORE_OUTSIDE (1u << 2) /* also observed events that the rules do not have */
#define SESSIO_EXPLORE_NO_DIGEST (1u << 3) /* equal states are walked again */
#define SESSIO_EXPLORE_ONE_PROCESS (1u << 4) /* no copies, for a debugger */
#define SESSIO_EXPLORE_NO_USERS (1u << 5) /* actions only: there are no user sessions */
#define SESSIO_EXPLORE_GUARDED (1u << 6) /* kits are guarded: see sessio_kit_options */

/**
 * Begins each history. Any status but SESSIO_OK is a failure, unless a fault is the reason.
 */
typedef sessio_status sessio_explore_begin_fn(sessio_kit *kit, void *ctx);

/**
 * A number for the state of the test itself, and of code under test that the kit does not see.
 * It must not depend on addresses or time. Without it the bytes at `ctx` are the test's state.
 *
 * @return equal numbers for equal states only.
 */
typedef uint64_t sessio_explore_digest_fn(sessio_kit *kit, void *ctx);

/**
 * An action that histories consist of. If it answers SESSIO_BAD_STATE it is not possible now, and
 * there is no such history. Any other status but SESSIO_OK is a failure. While a fault comes true
 * it may answer anything.
 */
typedef struct sessio_explore_action {
	const char *name; /* of letters, digits and _ - . which no other action has */
	sessio_step_act_fn *run;
	bool for_sessions; /* for each user session that exists; else for none */
	uint64_t first, last; /* it comes with each number from first to last */
	void *ctx; /* of run; NULL: that of the options */
} sessio_explore_action;

struct sessio_explore_control; /* a device control: see <sessio/testing_explore_driver.h> */

/** The bounds and parts of an exploration. All zero is a good start; strings and arrays are borrowed for the call. */
typedef struct sessio_explore_options {
	const char *program; /* the test's name, for saved histories; NULL: "test" */
	sessio_rules rules; /* 0 for the documented ones */
	unsigned depth; /* steps of the longest histories; 0 for 5 */
	unsigned sessions; /* user sessions, with the ids from 1 on; 0 for 2 */
	unsigned flags; /* SESSIO_EXPLORE_ bits */
	size_t max_histories; /* 0 for a million */
	unsigned faults; /* so many in a history at most; 0: none */
	unsigned
		fault_kinds; /* bits 1u << SESSIO_FAULT_...; 0 for ALLOCATION, REGISTRATION and OPEN */
	uint32_t hang_ms; /* a history that runs or sleeps so long hangs; 0 for 5 seconds */
	const sessio_explore_action *actions;
	size_t action_count;
	const struct sessio_explore_control *controls; /* of the driver that is explored */
	size_t control_count;
	sessio_explore_begin_fn *begin; /* these four may be NULL */
	sessio_step_check_fn *check;
	sessio_explore_digest_fn *digest;
	void *ctx; /* of the four and of actions */
	size_t ctx_size; /* these bytes of ctx are restored before each history */
	const char *save_to; /* a file for the first failure's history; NULL: none */
} sessio_explore_options;

/* XX(NAME, value, text): the one list of ways in which a history fails. */
#define SESSIO_EXPLORE_KIND_MAP(XX)          \
	XX(FINDING, 1, "a finding")          \
	XX(CHECK, 2, "the check")            \
	XX(BEGIN, 3, "the beginning failed") \
	XX(ACTION, 4, "an action failed")    \
	XX(CRASHED, 5, "a crash")            \
	XX(EXITED, 6, "the program ended")   \
	XX(HUNG, 7, "a hang")                \
	XX(NOT_REPEATED, 8, "a history does not repeat")

/** In which way a history failed. */
typedef enum sessio_explore_kind {
#define XX(name, value, text) SESSIO_EXPLORE_##name = (value),
	SESSIO_EXPLORE_KIND_MAP(XX)
#undef XX
} sessio_explore_kind;

/** One failure, and its shortest history. Pointers live as long as the result. */
typedef struct sessio_explore_failure {
	sessio_explore_kind kind;
	sessio_kit_rule rule; /* of the first finding; 0 for another kind */
	const char *text; /* one line */
	const char *shown; /* the history for people, a line a step and a line a state */
	const sessio_scenario *scenario; /* the same, to be saved and replayed */
	size_t histories; /* that failed in this way */
} sessio_explore_failure;

/** How far an exploration came. */
typedef struct sessio_explore_counts {
	size_t histories; /* that were run, each from a fresh kit to its end */
	size_t failed; /* of them */
	size_t states; /* different ones, or with SESSIO_EXPLORE_NO_DIGEST histories that did not fail */
	size_t equal; /* histories that led to a state that was known */
	size_t cut; /* states that the bounds kept from being walked further */
	unsigned depth; /* of the longest history */
	bool complete; /* nothing was cut, and nothing failed */
	bool isolated; /* histories ran in copies of the process */
} sessio_explore_counts;

/** The result of an exploration. */
typedef struct sessio_explore sessio_explore;

/**
 * Explore. There may be no kit meanwhile.
 *
 * @return SESSIO_OK, also if histories fail; SESSIO_INVALID_ARG (an option is out of its bounds,
 *         an action has no name or another's, or there are controls), SESSIO_BUSY (there is a kit), SESSIO_BAD_STATE (the library
 *         stopped in this process), SESSIO_NO_MEMORY (also if no copy can be made),
 *         SESSIO_REFUSED (the history cannot be saved to the file).
 *
 * Ref:     *out_result is the caller's, for sessio_explore_destroy().
 * Blocks:  until all has been explored.
 * Calls back: the options' functions and the code under test, in copies of the process.
 */
SESSIO_MUST_CHECK
sessio_status sessio_explore_run(
	const sessio_explore_options *options, sessio_explore **out_result);

/**
 * Explore, and print the summary and the report to the standard output.
 *
 * @return whether no history failed; false also if nothing could be explored.
 *
 * Blocks:  as sessio_explore_run().
 * Calls back: as sessio_explore_run().
 */
SESSIO_MUST_CHECK
bool sessio_explore_passes(const sessio_explore_options *options);

/**
 * Run one history again, such as a saved one.
 *
 * @param options   as for the exploration that found it.
 * @return as sessio_explore_run(). SESSIO_REFUSED also if the history does not fit. Then it is of
 *         another program or other rules, names other bounds, is too long, or has steps that are
 *         not possible.
 *
 * Ref:     *out_result is the caller's, for sessio_explore_destroy().
 * Blocks:  until the history has run.
 * Calls back: as sessio_explore_run().
 */
SESSIO_MUST_CHECK
sessio_status sessio_explore_replay(const sessio_explore_options *options,
	const sessio_scenario *scenario, sessio_explore **out_result);

/**
 * The failures as text for people, each with its shortest history. It is empty if there is none,
 * so that a test can compare it with "".
 *
 * @return the text; "" for NULL.
 *
 * Ref:     borrowed from @p result.
 */
const char *sessio_explore_report(const sessio_explore *result);

/**
 * One line on what was explored, recognised as equal, and cut. It says "complete" only where
 * nothing was cut, and names the actions that were possible in no history.
 *
 * @return the text; "" for NULL.
 *
 * Ref:     borrowed from @p result.
 */
const char *sessio_explore_summary(const sessio_explore *result);

/**
 * The numbers of the summary.
 *
 * @return the counts; all zero for NULL.
 */
sessio_explore_counts sessio_explore_get_counts(const sessio_explore *result);

/**
 * How many different failures there are.
 *
 * @return their number; 0 for NULL.
 */
size_t sessio_explore_failure_count(const sessio_explore *result);

/**
 * One failure, in the order in which they were found.
 *
 * @return the failure; NULL if there is none with this index.
 *
 * Ref:     borrowed from @p result.
 */
const sessio_explore_failure *sessio_explore_get_failure(
	const sessio_explore *result, size_t index);

/**
 * The kind of a failure in a few words, such as "a crash".
 *
 * @return a string, never NULL; "unknown kind" for any other number.
 *
 * Ref:     borrowed, a constant.
 */
const char *sessio_explore_kind_text(sessio_explore_kind kind);

/**
 * Free a result. NULL is a no-op.
 *
 * Ref:     -1 on @p result.
 */
void sessio_explore_destroy(sessio_explore *result);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_TESTING_EXPLORE_H */
