/* SPDX-License-Identifier: MIT */
/*
 * Threads in a test, one at a time: every order in which they can meet.
 *
 * A schedule is one run of the test's body, in a process of its own. Its threads run
 * one at a time. They hand over at scheduling points, and the explorer decides to
 * whom. First it tries all schedules without a pre-emption, then all with one, two and
 * so on. A pre-emption takes the processor from a thread that could go on. After that
 * it may try schedules at random. The first finding ends the exploration. It is made
 * smaller, and can be replayed.
 *
 * A thread comes to a scheduling point at each allocation, clock read, lock, unlock, wait
 * and start of a thread. This holds in the library and in the stand-ins for a Windows
 * kernel: KeWait..., the locks of Ke... and Ex..., events, timers, work items, system
 * threads, remove locks and queues of devices. It also comes to one before IoMarkIrpPending,
 * IoCompleteRequest and IoSetCancelRoutine, and where a request has got its routine.
 * Interlocked... calls are points in a driver that sessio_add_driver() compiles. Each
 * call that a provider of <sessio/testing_provider.h> makes is a point. So are the end of
 * a thread and SESSIO_THREADS_POINT(). Other atomic operations are none, and neither is
 * plain memory. A lock that was made before the body began is a point only while another
 * thread holds it.
 *
 * Time is virtual. It stands still while a thread can run. When none can, it
 * goes on to the earliest end of a sleep, or to a timer of a driver. An earlier end costs
 * a pre-emption.
 *
 * Random schedules follow PCT (Burckhardt et al., 2010). Each thread has a random
 * priority, and at depth - 1 random points the running thread gets the lowest. A bug
 * of depth d needs d orders between two points to hold. With n threads and k decisions
 * one schedule finds it with a probability of at least 1 / (n * k^e), where e is d - 1.
 * This does not hold for bugs that need a failing allocation, a thread that spins, or an
 * early end of a sleep.
 *
 * A thread that waits where the explorer cannot see it is a finding. So a body uses no
 * locks, sleeps or threads of the system, and no <sessio/transport.h>. It must do
 * the same each time in the same schedule: no random numbers, no files that change. It
 * may not leave by a longjmp, which a failing assertion of cmocka is: it checks by
 * SESSIO_THREADS_CHECK(). Its changes of memory are gone afterwards.
 *
 * A body may use a kit of <sessio/testing.h>, and its threads may all call it. The first
 * finding of the kit ends the schedule, and is the text of what was found.
 *
 * There is one exploration at a time in a process. It forks, so it begins while the
 * process has one thread. Only Linux has it.
 *
 * Default: a call keeps no reference, does not block, and calls nobody back. Calls with
 *          "in a schedule" are for the body and its threads, and do nothing elsewhere.
 */
#ifndef SESSIO_TESTING_THREADS_H
#define SESSIO_TESTING_THREADS_H

/*
 * From examples/two_threads.c:
 *
 *     (void)sessio_threads_start("poster", post_event, NULL);
 *     (void)sessio_threads_start("closer", close_context, unwatch_first);
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sessio/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Threads of one schedule at most, the body's and the library's included. */
#define SESSIO_THREADS_MAX 16u

/** The kinds of findings. */
typedef enum sessio_threads_finding {
	SESSIO_THREADS_NOTHING = 0,
	SESSIO_THREADS_FAILED, /* a SESSIO_THREADS_CHECK() */
	SESSIO_THREADS_STOPPED, /* the library stopped the program */
	SESSIO_THREADS_CRASHED, /* a signal, or the report of a sanitizer */
	SESSIO_THREADS_LEFT, /* the body was left, or the process ended */
	SESSIO_THREADS_DEADLOCK, /* no thread can ever go on */
	SESSIO_THREADS_LIVELOCK, /* threads run for ever and get nowhere */
	SESSIO_THREADS_UNSEEN_WAIT, /* a thread waits where the explorer cannot see it */
	SESSIO_THREADS_NO_POINT, /* a thread runs and comes to no scheduling point */
	SESSIO_THREADS_FOREIGN, /* a thread of the system called the library */
	SESSIO_THREADS_UNSTABLE /* the same schedule did something else the second time */
} sessio_threads_finding;

/** Runs each schedule once more, and compares. */
#define SESSIO_THREADS_TWICE 1u
/** Reports a finding as it was met, without making it smaller. */
#define SESSIO_THREADS_KEEP 2u

/** The wishes of a test; copied. The body is needed, all else may be zero. */
typedef struct sessio_threads_options {
	const char *program; /* in saved schedules; NULL for "program" */
	void (*body)(void *arg); /* the first thread of each schedule */
	void *arg; /* of all three functions */
	/*
	 * A digest of all that threads share, which is different if that is. Their stacks
	 * are known without it, and so is memory that the library takes in the schedule,
	 * which has its objects and what drivers allocate. Two equal states are not explored
	 * twice. It may call nothing of the library. NULL: no two states are equal.
	 */
	uint64_t (*digest)(void *arg);
	/* Writes the state as a line of text, for the report. NULL: there is none. */
	void (*state)(void *arg, char *text, size_t size);
	unsigned bounds; /* so many are tried: 1 is no pre-emption; 0 for 4, up to three */
	unsigned faults; /* allocations that fail in one schedule at most */
	uint64_t schedules; /* within the bounds; 0 for 100 000 */
	uint64_t random; /* schedules besides */
	unsigned depth; /* of the bugs that random schedules look for; 0 for 3 */
	uint64_t seed; /* of the random schedules */
	uint32_t points; /* in one schedule; 0 for 20 000. More of them are a livelock */
	unsigned flags; /* SESSIO_THREADS_TWICE, SESSIO_THREADS_KEEP */
} sessio_threads_options;

/** The extent of an exploration, and its finding. */
typedef struct sessio_threads_result {
	sessio_threads_finding finding;
	const char *text; /* of the finding, one line; "" if there is none */
	/* The finding, with a column a thread; or the extent, if there is none. */
	const char *report;
	const char *schedule; /* the text that sessio_threads_replay() takes; "" if none */
	bool complete; /* each schedule was tried: nothing was cut */
	unsigned bounds; /* so many were tried to their end */
	uint64_t schedules; /* that ran within the bounds, those that only compare left out */
	uint64_t points; /* decisions in them */
	uint64_t equal; /* schedules that came to a state that is known, and ended there */
	uint64_t cut; /* known continuations that were not tried */
	uint64_t random; /* schedules at random */
	uint64_t random_points; /* k of the formula above: the most points of one schedule */
	unsigned threads; /* n of the formula above */
	double chance; /* by the formula, for all random schedules together */
	unsigned preemptions; /* of the finding's schedule */
	unsigned faults; /* of the finding's schedule */
	double seconds; /* that the exploration took */
} sessio_threads_result;

typedef struct sessio_threads sessio_threads;

/**
 * Explore the schedules of a body.
 *
 * @return SESSIO_OK, also with a finding; SESSIO_INVALID_ARG, SESSIO_BUSY (in a schedule),
 *         SESSIO_NO_MEMORY (nor processes), SESSIO_UNSUPPORTED (not on this system).
 *
 * Ref:     *out_threads is the caller's, for sessio_threads_destroy().
 * Blocks:  until all is explored, or something was found.
 * Calls back: body, digest and state, each in other processes.
 * Threads: one at a time.
 */
SESSIO_MUST_CHECK
sessio_status sessio_threads_explore(
	const sessio_threads_options *options, sessio_threads **out_threads);

/**
 * Run one schedule, as its text says.
 *
 * @param options   program, bounds and faults as when the schedule was saved.
 * @param schedule  the text of a result.
 * @return as sessio_threads_explore(); SESSIO_REFUSED (it does not fit the program or the
 *         bounds, and *out_threads has a report that names the line). SESSIO_OK,
 *         SESSIO_INVALID_ARG (also not such a text), SESSIO_BUSY, SESSIO_NO_MEMORY,
 *         SESSIO_UNSUPPORTED.
 *
 * Ref:     *out_threads is the caller's, for sessio_threads_destroy().
 * Blocks:  until the schedule has run.
 * Calls back: body and state, in another process.
 * Threads: one at a time.
 */
SESSIO_MUST_CHECK
sessio_status sessio_threads_replay(
	const sessio_threads_options *options, const char *schedule, sessio_threads **out_threads);

/**
 * The extent of an exploration, and its finding.
 *
 * @return the result; NULL for NULL.
 *
 * Ref:     borrowed, lives as long as @p threads.
 */
const sessio_threads_result *sessio_threads_get_result(const sessio_threads *threads);

/**
 * Free what an exploration gave. NULL is a no-op.
 *
 * Ref:     -1 on @p threads.
 */
void sessio_threads_destroy(sessio_threads *threads);

/**
 * In a schedule: start a thread of the test. A scheduling point.
 *
 * @param name  in reports, and copied.
 * @return SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BAD_STATE (not in a schedule),
 *         SESSIO_LIMIT (SESSIO_THREADS_MAX).
 */
sessio_status sessio_threads_start(const char *name, void (*run)(void *arg), void *arg);

/**
 * In a schedule, on the body's thread: wait until all threads of the test have ended. The
 * return of the body does the same.
 *
 * Blocks:  until then.
 */
void sessio_threads_join(void);

/**
 * In a schedule: let the next thread run. For a loop that waits for another thread
 * without one of the library's waits. A scheduling point.
 */
void sessio_threads_yield(void);

/** In a schedule: a scheduling point at this line; see SESSIO_THREADS_POINT(). */
void sessio_threads_point_at(const char *file, int line);

/** In a schedule: ends it with a finding if this is false; see SESSIO_THREADS_CHECK(). */
void sessio_threads_check_at(bool condition, const char *text, const char *file, int line);

/**
 * In a schedule: whether the test should do this operation. It should, but a finding is
 * made smaller by leaving out those that it does not need. Outside it should, too.
 *
 * @param number  of the operation, 0 to 63.
 * @return whether to do it.
 */
bool sessio_threads_does(unsigned number);

/** A scheduling point of the test's own, such as before it uses memory that threads share. */
#define SESSIO_THREADS_POINT() sessio_threads_point_at(__FILE__, __LINE__)

/** If the condition is false, the schedule ends with a finding. */
#define SESSIO_THREADS_CHECK(condition) \
	sessio_threads_check_at((condition), #condition, __FILE__, __LINE__)

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_TESTING_THREADS_H */
