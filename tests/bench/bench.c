/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CASES_MAX 128
#define ROWS_MAX 48

static struct bench_case cases[CASES_MAX];
static unsigned case_count;
static struct bench_row rows[ROWS_MAX];
static unsigned row_count;

void bench_stop(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

void *bench_alone(size_t size)
{
	size_t padded = (size + 127) / 128 * 128 + 128;
	void *memory = aligned_alloc(128, padded);

	bench_require(memory != NULL, "out of memory");
	return memset(memory, 0, padded);
}

unsigned bench_cores(void)
{
	cpu_set_t allowed;

	CPU_ZERO(&allowed);
	return sched_getaffinity(0, sizeof(allowed), &allowed) == 0 && CPU_COUNT(&allowed) > 0
		? (unsigned)CPU_COUNT(&allowed)
		: 1;
}

struct bench_case *bench_add_case(
	const char *name, bench_fn *run, void *state, unsigned threads, double parts)
{
	struct bench_case *c = &cases[case_count++];

	bench_require(case_count <= CASES_MAX, "too many cases");
	*c = (struct bench_case){
		.name = name, .run = run, .state = state, .threads = threads, .parts = parts
	};
	return c;
}

struct bench_row *bench_add_row(const char *path, const char *must)
{
	struct bench_row *row = &rows[row_count++];

	bench_require(row_count <= ROWS_MAX, "too many rows");
	*row = (struct bench_row){ .path = path, .must = must };
	return row;
}

static struct bench_line *add_line(struct bench_row *row)
{
	bench_require(row->lines < BENCH_LINES_MAX, "too many lines in a row");
	return &row->line[row->lines++];
}

void bench_limit(struct bench_row *row, struct bench_case *subject, struct bench_case *yardstick,
	double limit)
{
	*add_line(row) =
		(struct bench_line){ .subject = subject, .yardstick = yardstick, .limit = limit };
}

void bench_peer(struct bench_row *row, struct bench_case *subject, struct bench_case *yardstick)
{
	bench_limit(row, subject, yardstick, 0);
}

void bench_bytes(struct bench_row *row, const char *name, double bytes, double limit)
{
	*add_line(row) = (struct bench_line){ .name = name, .bytes = bytes, .limit = limit };
}

const struct bench_row *bench_rows(unsigned *out_count)
{
	*out_count = row_count;
	return rows;
}

static double clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double now_ns(const struct bench_case *c)
{
	return clock_ns(c->sleeps ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID);
}

struct runner {
	pthread_t thread;
	pthread_barrier_t *start;
	const struct bench_case *c;
	uint64_t n;
	double ns;
	double wall_ns;
};

static void *runner_main(void *arg)
{
	struct runner *runner = (struct runner *)arg;
	double wall_before;
	double before;

	pthread_barrier_wait(runner->start);
	wall_before = clock_ns(CLOCK_MONOTONIC);
	before = now_ns(runner->c);
	runner->c->run(runner->c->state, runner->n);
	runner->ns = now_ns(runner->c) - before;
	runner->wall_ns = clock_ns(CLOCK_MONOTONIC) - wall_before;
	return NULL;
}

/* The time that each thread needed for n times, on average. */
static double time_case(struct bench_case *c, uint64_t n)
{
	pthread_barrier_t start;
	struct runner *runners;
	double sum = 0;

	if (c->threads == 1) {
		double before = now_ns(c);

		c->run(c->state, n);
		return now_ns(c) - before;
	}
	runners = (struct runner *)calloc(c->threads, sizeof(*runners));
	bench_require(runners != NULL, "out of memory");
	pthread_barrier_init(&start, NULL, c->threads);
	for (unsigned i = 0; i < c->threads; i++) {
		runners[i].start = &start;
		runners[i].c = c;
		runners[i].n = n;
		bench_require(
			pthread_create(&runners[i].thread, NULL, runner_main, &runners[i]) == 0,
			"no more threads");
	}
	for (unsigned i = 0; i < c->threads; i++) {
		pthread_join(runners[i].thread, NULL);
		sum += runners[i].ns;
		c->processor_ns += runners[i].ns;
		c->wall_ns += runners[i].wall_ns;
	}
	pthread_barrier_destroy(&start);
	free(runners);
	return sum / c->threads;
}

/* How often it must be done to take this long. */
static uint64_t calibrate(struct bench_case *c, double milliseconds)
{
	double wanted = milliseconds * 1e6;
	uint64_t n = 1;
	double ns;

	if (c->prepare != NULL) {
		return 1;
	}
	ns = time_case(c, n);
	while (ns < wanted / 8 && n < UINT64_C(1) << 40) {
		n *= 4;
		ns = time_case(c, n);
	}
	return (uint64_t)fmax(1, (double)n * wanted / fmax(ns, 1));
}

static void calibrate_case(const struct bench_options *options, struct bench_case *c)
{
	if (c->n == 0) {
		c->n = calibrate(c, options->milliseconds);
		c->processor_ns = 0;
		c->wall_ns = 0;
	}
}

static bool is_wanted(const struct bench_options *options, const struct bench_line *line)
{
	return line->subject != NULL &&
		(options->only == NULL || strstr(line->subject->name, options->only) != NULL);
}

static void *do_nothing(void *arg)
{
	return arg;
}

/* For each part and thread. */
static double time_slice(struct bench_case *c)
{
	double ns;

	if (c->prepare != NULL) {
		c->prepare(c->state);
	}
	ns = time_case(c, c->n) / (double)c->n;
	return (c->own_ns == NULL ? ns : c->own_ns(c->state)) / c->parts;
}

static void measure_line(struct bench_line *line, unsigned repetition)
{
	double before = time_slice(line->yardstick);
	double ns = before;
	double after = before;

	if (line->subject != line->yardstick) {
		ns = time_slice(line->subject);
		after = line->yardstick->prepare == NULL ? time_slice(line->yardstick) : before;
	}
	line->measured = true;
	line->ns[repetition] = ns;
	line->ratio[repetition] = ns / ((before + after) / 2);
}

static void for_each_line(const struct bench_options *options,
	void (*call)(const struct bench_options *options, struct bench_line *line, unsigned number),
	unsigned number)
{
	for (unsigned i = 0; i < row_count; i++) {
		for (unsigned j = 0; j < rows[i].lines; j++) {
			if (is_wanted(options, &rows[i].line[j])) {
				call(options, &rows[i].line[j], number);
			}
		}
	}
}

static void calibrate_line(
	const struct bench_options *options, struct bench_line *line, unsigned number)
{
	(void)number;
	calibrate_case(options, line->yardstick);
	calibrate_case(options, line->subject);
}

static void repeat_line(
	const struct bench_options *options, struct bench_line *line, unsigned repetition)
{
	(void)options;
	measure_line(line, repetition);
}

void bench_measure(const struct bench_options *options)
{
	pthread_t thread;

	/*
	 * Some libraries count without atomics until there is a second thread; no
	 * case is to profit from that.
	 */
	bench_require(pthread_create(&thread, NULL, do_nothing, NULL) == 0, "no more threads");
	pthread_join(thread, NULL);
	for_each_line(options, calibrate_line, 0);
	for (unsigned r = 0; r < options->repetitions; r++) {
		for_each_line(options, repeat_line, r);
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

struct bench_spread bench_spread_of(const double *values, unsigned count)
{
	double sorted[BENCH_REPETITIONS_MAX];

	memcpy(sorted, values, count * sizeof(*values));
	qsort(sorted, count, sizeof(*sorted), by_value);
	return (struct bench_spread){ .median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2,
		.low = sorted[count / 4],
		.high = sorted[count - 1 - count / 4] };
}
