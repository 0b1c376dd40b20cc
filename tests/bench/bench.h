/* SPDX-License-Identifier: MIT */
/*
 * The harness: cases are timed, rows compare them.
 *
 * A case is something that can be done n times. A line compares a case with its
 * yardstick. Both are measured in turn for each line, in slices of some milliseconds:
 * half of the yardstick, the case, the other half. So other work of the machine meets
 * both alike. All lines are done once, then all again. Nothing is pinned. A time is
 * that of each thread's processor, so that other programs cost less precision. Where
 * threads sleep it is the time on the wall.
 *
 * A plot is a row whose lines are points: the cost of a case as a function of a number.
 */
#ifndef SESSIO_BENCH_H
#define SESSIO_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counters.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Does it n times. In a case of several threads each of them calls it. */
typedef void bench_fn(void *state, uint64_t n);

/* The compiler must take everything as read and written here. */
static inline void bench_barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

/* The compiler must take this value as used. */
static inline void bench_use(const void *value)
{
	__asm__ volatile("" ::"r"(value) : "memory");
}

#define BENCH_REPETITIONS_MAX 31

struct bench_case {
	const char *name; /* as the table shows it */
	bench_fn *run;
	void *state;
	unsigned threads; /* how many do it at once */
	double parts; /* one time counts as this many, in a walk for instance */
	bool sleeps; /* on the wall: its threads sleep, or it is too short for their clock */
	void (*prepare)(void *state); /* before each slice, which then has one time; may be NULL */
	double (*own_ns)(void *state); /* a slice's own number, not the mean; NULL: the mean */
	bool (*is_quiet)(void *state); /* no other program shows in that number; NULL: unknown */
	uint64_t n; /* times per slice, found by calibration; 0: not wanted */
	/* In all slices, after calibration. */
	double processor_ns; /* of all threads */
	double waited_ns; /* of all threads: they could run, and had no core */
	double wall_ns; /* from the first thread's start to the last one's end */
	unsigned slices, quiet_slices; /* where it is known */
	struct counters_sum counted; /* of one thread */
};

/* One comparison: a case against a yardstick, or a number of bytes. */
struct bench_line {
	struct bench_case *subject; /* NULL: bytes */
	struct bench_case *yardstick;
	const char *name; /* if there is no subject */
	double at; /* the number that a point of a plot stands at */
	double bytes;
	double limit; /* at most; 0: a peer, which has none */
	bool measured;
	double ns[BENCH_REPETITIONS_MAX]; /* per part and thread, one per repetition */
	double ratio[BENCH_REPETITIONS_MAX];
};

#define BENCH_LINES_MAX 24

/* One row of the table: the ratio to reach, and the lines of all candidates. */
struct bench_row {
	const char *path;
	const char *must; /* in words */
	const char *axis; /* what the number of a plot counts; NULL: no plot */
	unsigned lines;
	struct bench_line line[BENCH_LINES_MAX];
};

struct bench_options {
	unsigned repetitions;
	double milliseconds; /* per slice */
	const char *only; /* cases whose name contains it; NULL: all */
	bool counts; /* instructions and cycles */
};

/* The program ends with a message if there are too many. */
struct bench_case *bench_add_case(
	const char *name, bench_fn *run, void *state, unsigned threads, double parts);
struct bench_row *bench_add_row(const char *path, const char *must);
void bench_limit(struct bench_row *row, struct bench_case *subject, struct bench_case *yardstick,
	double limit);
void bench_peer(struct bench_row *row, struct bench_case *subject, struct bench_case *yardstick);
void bench_bytes(struct bench_row *row, const char *name, double bytes, double limit);
struct bench_row *bench_add_plot(const char *path, const char *axis);
/* Points of one curve have subjects of the same name, in order of their number. */
void bench_point(struct bench_row *plot, double at, struct bench_case *subject,
	struct bench_case *yardstick);

/* Calibrates every case, and repeats every line. */
void bench_measure(const struct bench_options *options);
/* Measures one line anew. */
void bench_measure_again(const struct bench_options *options, struct bench_line *line);

/* The results, for people and for programs. */
void bench_print(const struct bench_options *options);
bool bench_write_json(const struct bench_options *options, const char *path);
bool bench_write_plots(const struct bench_options *options, const char *path);

/*
 * Prints what is slower or larger than in the JSON of an older run; false if anything is.
 * The older run is read first, so that the new one may take its place.
 */
struct bench_older;
struct bench_older *bench_read_older(const char *path);
bool bench_compare(const struct bench_options *options, struct bench_older *older);

/* Ends the program: a measurement that did not do its work is none. */
__attribute__((noreturn)) void bench_stop(const char *what);

static inline void bench_require(bool ok, const char *what)
{
	if (__builtin_expect(!ok, 0)) {
		bench_stop(what);
	}
}

/*
 * From now on the heap keeps what is freed. By itself it would give much of it back to the
 * system, and rows would measure how that maps pages.
 */
void bench_keep_heap(void);

/* Gives back all that is free; for a case's `prepare`. */
void bench_empty_heap(void *state);

/* A block that shares no cache line, or pair of lines, with others; zeroed. */
void *bench_alone(size_t size);

/* How many threads of this program can run at once. */
unsigned bench_cores(void);

/* For the report. */
struct bench_spread {
	double median, low, high; /* low and high: the quartiles */
};
struct bench_spread bench_spread_of(const double *values, unsigned count);
struct bench_row *bench_rows(unsigned *out_count);
/* The share of the cores that the threads of a case wanted and had: 0 to 1; -1: unknown. */
double bench_share(const struct bench_case *c);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_BENCH_H */
