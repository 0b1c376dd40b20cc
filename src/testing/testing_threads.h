/* SPDX-License-Identifier: MIT */
/*
 * The parts of an exploration of schedules, as its sources see them.
 *
 * Three processes work at it. The explorer is the test's own. It forks a keeper once,
 * whose memory never changes, and the keeper forks a child for each schedule. So each
 * child begins with the same memory at the same addresses. They share one mapping: the
 * explorer writes the plan into it, the child writes what it did, and the keeper how
 * the child ended.
 *
 * A child runs one schedule, not a batch as those of histories do. A schedule that ends
 * early leaves threads in the middle of their work, which a process cannot end. Those of
 * the library never end: a second schedule would not start them, and come to other
 * points. And its blocks would be elsewhere than in the first, so that no two states
 * were equal.
 *
 * A decision is a scheduling point at which more than one thread can run, or an
 * allocation that may fail. Each has a default. So a schedule is known by its choices
 * that are no defaults.
 */
#ifndef SI_TESTING_THREADS_H
#define SI_TESTING_THREADS_H

#include <stdatomic.h>
#include <sys/types.h>

#include "sessio/testing_threads.h"

#define SI_THREADS_CHOICES 2048u
#define SI_THREADS_FRAMES 24u
#define SI_THREADS_STEPS 2048u
#define SI_THREADS_SEEN (1u << 20) /* a power of two */
#define SI_THREADS_TEXT 256u
#define SI_THREADS_OUTPUT 2048u
#define SI_THREADS_MAX_POINTS 200000u

/* XX(NAME, text): the kinds of scheduling points. */
#define SI_THREADS_POINT_MAP(XX)              \
	XX(BEGIN, "begin")                    \
	XX(ALLOC, "allocation")               \
	XX(FAULT, "allocation that may fail") \
	XX(CLOCK, "clock")                    \
	XX(LOCK, "lock")                      \
	XX(UNLOCK, "unlock")                  \
	XX(LOOK, "look")                      \
	XX(MEET, "call")                      \
	XX(HELD, "held lock")                 \
	XX(SLEEP, "wait")                     \
	XX(START, "start")                    \
	XX(YIELD, "yield")                    \
	XX(JOIN, "join")                      \
	XX(POINT, "point")                    \
	XX(END, "end")

enum si_threads_point {
#define XX(name, text) SI_THREADS_##name,
	SI_THREADS_POINT_MAP(XX)
#undef XX
		SI_THREADS_POINTS
};

extern const char *const si_threads_point_names[SI_THREADS_POINTS];

/* At the nth decision of this thread another thread runs, or an allocation fails. */
struct si_threads_choice {
	uint32_t nth;
	uint8_t thread;
	uint8_t to; /* a thread; 1 for a failure */
};

struct si_threads_decision {
	uint64_t digest; /* of the state before it; 0: none */
	uint64_t trail; /* of all points so far */
	uint32_t nth; /* of the thread */
	uint16_t free; /* threads that it costs nothing to choose; a bit each */
	uint16_t costly; /* those that cost a pre-emption, or a fault */
	uint8_t thread, point, usual, chosen;
};

struct si_threads_plan {
	bool random; /* by PCT */
	bool strict; /* each choice must fit */
	bool detailed; /* steps and places are wanted */
	bool compare; /* with the states that are known */
	unsigned from; /* decisions that are no news */
	unsigned choice_count;
	struct si_threads_choice choices[SI_THREADS_CHOICES];
	unsigned faults; /* at most */
	uint32_t points; /* at most */
	uint64_t operations_off; /* a bit each */
	uint64_t seed; /* for PCT, and so the next two */
	unsigned depth;
	uint64_t steps;
};

struct si_threads_place {
	const char *file; /* of the test's own points; NULL: see frames */
	int line;
	unsigned frame_count;
	const void *frames[SI_THREADS_FRAMES]; /* return addresses, the innermost first */
};

/* A thread as it last came to a point. */
struct si_threads_last {
	char name[32];
	uint8_t point;
	bool ended;
	int owner; /* of the lock that it waits for; -1: it waits for none, or nobody has it */
	unsigned object; /* that it waits for or locks, numbered from 1; 0: none */
	struct si_threads_place place;
};

/* A thread ran from its last point to this one. */
struct si_threads_step {
	uint8_t thread, point;
	bool fails; /* an allocation */
	struct si_threads_place place;
	char state[SI_THREADS_TEXT / 2];
};

/* In the shared mapping. */
struct si_threads_shared {
	struct si_threads_plan plan;
	/* Of the child. */
	_Atomic uint64_t progress; /* of points */
	_Atomic unsigned active; /* the thread that runs */
	_Atomic pid_t tasks[SESSIO_THREADS_MAX]; /* as the system numbers them; 0: not yet */
	bool ended; /* the schedule came to an end by itself */
	bool equal; /* at a state that is known */
	int misfit; /* the first choice that did not fit; -1: all did */
	sessio_threads_finding finding;
	char text[SI_THREADS_TEXT];
	const char *file; /* of a check; in every process at the same address */
	int line;
	unsigned thread_count, preemptions, faults;
	uint64_t faults_cut; /* allocations that might have failed besides */
	uint64_t operations; /* that the body asked for; a bit each */
	unsigned step_count;
	unsigned decision_count;
	struct si_threads_last last[SESSIO_THREADS_MAX];
	/* Of the keeper. */
	char output[SI_THREADS_OUTPUT]; /* the last that the child printed */
	struct si_threads_step steps[SI_THREADS_STEPS];
	struct si_threads_decision decisions[SI_THREADS_MAX_POINTS];
	/* Of the explorer: digests of known states. */
	uint64_t seen_count;
	uint64_t seen[SI_THREADS_SEEN];
};

/* Runs the body as the plan says, in a child; ends the process. */
_Noreturn void si_threads_run(
	const sessio_threads_options *options, struct si_threads_shared *shared);

/* The digest's slot: where it is, or would be. NULL: the table is full. */
uint64_t *si_threads_seen(struct si_threads_shared *shared, uint64_t digest);

/* The keeper and its children. */
struct si_threads_keeper {
	struct si_threads_shared *shared;
	pid_t pid;
	int commands, answers; /* pipes */
};

bool si_threads_keeper_start(
	struct si_threads_keeper *keeper, const sessio_threads_options *options);
void si_threads_keeper_stop(struct si_threads_keeper *keeper);
/* Runs the plan. False: there are no processes to be had. */
bool si_threads_keeper_run(struct si_threads_keeper *keeper);

/* An exploration. */
struct sessio_threads {
	sessio_threads_options options; /* without zeros that stand for something */
	sessio_threads_result result;
	struct si_threads_keeper keeper;
	struct si_threads_choice choices[SI_THREADS_CHOICES]; /* of the finding */
	unsigned choice_count;
	uint64_t operations_off;
	char *text, *report, *schedule; /* result's */
	bool broken; /* no memory, or no processes */
};

/* The choices of the last run that are no defaults; false if there are too many. */
bool si_threads_choices(const struct si_threads_shared *shared, struct si_threads_choice *choices,
	unsigned *out_count);
/* Fills the plan, all but what is about states. */
void si_threads_plan(sessio_threads *threads, const struct si_threads_choice *choices,
	unsigned count, uint64_t operations_off);
/* Runs the plan; false: no processes. */
bool si_threads_go(sessio_threads *threads);

/* All within the bounds, from the start; ends with the first finding, which is in shared. */
void si_threads_search(sessio_threads *threads, uint64_t operations_off, unsigned bounds,
	uint64_t schedules, sessio_threads_result *result);
/* At random. */
void si_threads_search_at_random(sessio_threads *threads, sessio_threads_result *result);

/* Makes the finding in shared smaller. Its choices are in threads. */
void si_threads_shrink(sessio_threads *threads);

/* Texts of the finding in shared, after a detailed run. NULL: no memory. */
char *si_threads_report(sessio_threads *threads);
char *si_threads_report_nothing(const sessio_threads_result *result);
const char *si_threads_finding_text(sessio_threads_finding finding);

/* A schedule as text. NULL: no memory. */
char *si_threads_save(const sessio_threads *threads);
/* Puts the choices into threads. A number: the first line that is wrong; 0: none is. */
struct si_threads_saved {
	unsigned line; /* of the first choice */
	uint8_t points[SI_THREADS_CHOICES];
	unsigned thread_count;
	char names[SESSIO_THREADS_MAX][32];
};
sessio_status si_threads_load(sessio_threads *threads, const char *text,
	struct si_threads_saved *saved, char *why, size_t size);

#endif /* SI_TESTING_THREADS_H */
