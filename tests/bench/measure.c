/* SPDX-License-Identifier: MIT */
/* Times cases in slices, and lines again and again. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

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

/* The processor time of one thread so far. */
struct usage {
	double processor_ns;
	double waited_ns; /* it could run, and had no core; -1: the system does not say */
	double wall_ns;
};

static struct usage usage_now(void)
{
	struct usage now = { clock_ns(CLOCK_THREAD_CPUTIME_ID), -1, clock_ns(CLOCK_MONOTONIC) };
	FILE *in = fopen("/proc/thread-self/schedstat", "r");
	char text[96];

	if (in != NULL) {
		/* The second number of the line. */
		if (fgets(text, sizeof(text), in) != NULL && strchr(text, ' ') != NULL) {
			now.waited_ns = strtod(strchr(text, ' '), NULL);
		}
		fclose(in);
	}
	return now;
}

/* On the processor, and waiting for one. */
static void add_usage(struct bench_case *c, const struct usage *before, const struct usage *after)
{
	double processor = after->processor_ns - before->processor_ns;
	double wall = after->wall_ns - before->wall_ns;
	double waited = after->waited_ns - before->waited_ns;

	if (after->waited_ns < 0) {
		waited = c->sleeps ? NAN : fmax(wall - processor, 0);
	}
	c->processor_ns += processor;
	c->waited_ns += waited;
}

double bench_share(const struct bench_case *c)
{
	/* Threads also wait for each other, where they are more than the cores. */
	double others = fmax(bench_cores() * c->wall_ns - c->processor_ns, 0);

	if (isnan(c->waited_ns)) {
		return -1;
	}
	return c->processor_ns > 0
		? c->processor_ns / (c->processor_ns + fmin(c->waited_ns, others))
		: 1;
}

struct runner {
	pthread_t thread;
	pthread_barrier_t *start;
	const struct bench_case *c;
	uint64_t n;
	double ns;
	double began, ended; /* on the wall */
	struct usage before, after;
};

static void *runner_main(void *arg)
{
	struct runner *runner = (struct runner *)arg;
	double before;

	/* A thread that the barrier lets go may have to wait for a core. */
	runner->before = usage_now();
	pthread_barrier_wait(runner->start);
	runner->began = clock_ns(CLOCK_MONOTONIC);
	before = now_ns(runner->c);
	runner->c->run(runner->c->state, runner->n);
	runner->ns = now_ns(runner->c) - before;
	runner->ended = clock_ns(CLOCK_MONOTONIC);
	runner->after = usage_now();
	return NULL;
}

/* The time that one thread needed for n times. */
static double time_alone(struct bench_case *c, uint64_t n)
{
	struct usage used = usage_now();
	struct usage after;
	double before;
	double ns;

	counters_start();
	before = now_ns(c);
	c->run(c->state, n);
	ns = now_ns(c) - before;
	counters_stop(&c->counted, (double)n * c->parts);
	after = usage_now();
	add_usage(c, &used, &after);
	c->wall_ns += after.wall_ns - used.wall_ns;
	return ns;
}

/* The time that each thread needed for n times: on average, or on the wall until all had. */
static double time_case(struct bench_case *c, uint64_t n)
{
	pthread_barrier_t start;
	struct runner *runners;
	double sum = 0;
	double first = INFINITY;
	double last = 0;

	if (c->threads == 1) {
		return time_alone(c, n);
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
		add_usage(c, &runners[i].before, &runners[i].after);
		first = fmin(first, runners[i].began);
		last = fmax(last, runners[i].ended);
	}
	c->wall_ns += last - first;
	pthread_barrier_destroy(&start);
	free(runners);
	return c->sleeps ? last - first : sum / c->threads;
}

/* How often it must be done to take this long. */
static uint64_t calibrate(struct bench_case *c, double milliseconds)
{
	double wanted = milliseconds * 1e6;
	/* Threads take their time to begin, which is not to count. */
	double enough = c->threads == 1 ? wanted / 8 : wanted / 2;
	uint64_t n = 1;
	double ns;

	if (c->prepare != NULL) {
		return 1;
	}
	ns = time_case(c, n);
	while (ns < enough && n < UINT64_C(1) << 40) {
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
		c->waited_ns = 0;
		c->wall_ns = 0;
		c->counted = (struct counters_sum){ 0 };
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
	if (c->own_ns != NULL) {
		ns = c->own_ns(c->state);
	}
	if (c->is_quiet != NULL) {
		c->slices++;
		c->quiet_slices += c->is_quiet(c->state);
	}
	return ns / c->parts;
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
	unsigned count;
	struct bench_row *rows = bench_rows(&count);

	for (unsigned i = 0; i < count; i++) {
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

void bench_measure_again(const struct bench_options *options, struct bench_line *line)
{
	for (unsigned r = 0; r < options->repetitions; r++) {
		measure_line(line, r);
	}
}
