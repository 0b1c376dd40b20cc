/* SPDX-License-Identifier: MIT */
#include "pipes.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <uv.h>

#include "bench.h"

void *trips_create(void (*go)(void *pipe), void *pipe, double percentile)
{
	struct trips *trips = (struct trips *)bench_alone(sizeof(*trips));

	*trips = (struct trips){ .go = go, .pipe = pipe, .percentile = percentile };
	return trips;
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

void trips_run(void *state, uint64_t n)
{
	struct trips *trips = (struct trips *)state;

	if (trips->room < n) {
		free(trips->ns);
		trips->room = (size_t)n;
		trips->ns = (double *)calloc(trips->room, sizeof(*trips->ns));
		bench_require(trips->ns != NULL, "out of memory");
	}
	for (trips->count = 0; trips->count < n; trips->count++) {
		double before = now_ns();

		trips->go(trips->pipe);
		trips->ns[trips->count] = now_ns() - before;
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double trip_at(const struct trips *trips, double percentile)
{
	return trips->ns[(size_t)((double)(trips->count - 1) * percentile / 100)];
}

double trips_percentile(void *state)
{
	struct trips *trips = (struct trips *)state;

	qsort(trips->ns, trips->count, sizeof(*trips->ns), by_value);
	return trip_at(trips, trips->percentile);
}

/* A trip that waited for a core takes many times as long as the fast ones. */
bool trips_are_quiet(void *state)
{
	struct trips *trips = (struct trips *)state;
	double fast = trip_at(trips, 10);

	if (trips->fast_ns == 0 || fast < trips->fast_ns) {
		trips->fast_ns = fast;
	}
	return trip_at(trips, trips->percentile) <= 1.5 * trips->fast_ns;
}

void pipes_path(char *path, size_t size)
{
	static unsigned number;

	(void)snprintf(path, size, "/tmp/sessio_bench.%ld.%u", (long)getpid(), number++);
}

/* The thread that serves every pipe. */
static struct service {
	bool runs;
	uv_loop_t loop;
	uv_async_t wake;
	uv_sem_t done;
	void (*begin)(uv_loop_t *loop, void *arg); /* what is to begin */
	void *arg;
} service;

static void on_wake(uv_async_t *wake)
{
	service.begin(wake->loop, service.arg);
	uv_sem_post(&service.done);
}

static void *serve(void *arg)
{
	(void)uv_run(&service.loop, UV_RUN_DEFAULT);
	return arg;
}

static void start_service(void)
{
	pthread_t thread;

	bench_require(uv_loop_init(&service.loop) == 0 &&
			uv_async_init(&service.loop, &service.wake, on_wake) == 0 &&
			uv_sem_init(&service.done, 0) == 0,
		"no loop");
	bench_require(pthread_create(&thread, NULL, serve, NULL) == 0, "no more threads");
	(void)pthread_detach(thread);
	service.runs = true;
}

void pipes_serve(void (*begin)(uv_loop_t *loop, void *arg), void *arg)
{
	if (!service.runs) {
		start_service();
	}
	service.begin = begin;
	service.arg = arg;
	(void)uv_async_send(&service.wake);
	uv_sem_wait(&service.done);
}
