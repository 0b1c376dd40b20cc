/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <limits.h>
#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASES_MAX 192
#define ROWS_MAX 64

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

void bench_keep_heap(void)
{
	bench_require(mallopt(M_TRIM_THRESHOLD, INT_MAX) == 1 &&
			mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024) == 1,
		"the heap cannot be told");
}

void bench_empty_heap(void *state)
{
	(void)state;
	malloc_trim(0);
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

struct bench_row *bench_add_plot(const char *path, const char *axis)
{
	struct bench_row *row = bench_add_row(path, axis);

	row->axis = axis;
	return row;
}

void bench_point(
	struct bench_row *plot, double at, struct bench_case *subject, struct bench_case *yardstick)
{
	*add_line(plot) =
		(struct bench_line){ .subject = subject, .yardstick = yardstick, .at = at };
}

struct bench_row *bench_rows(unsigned *out_count)
{
	*out_count = row_count;
	return rows;
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
