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

double trips_percentile(void *state)
{
	struct trips *trips = (struct trips *)state;
	size_t at = (size_t)((double)(trips->count - 1) * trips->percentile / 100);

	qsort(trips->ns, trips->count, sizeof(*trips->ns), by_value);
	return trips->ns[at];
}

void pipes_path(char *path, size_t size)
{
	static unsigned number;

	(void)snprintf(path, size, "/tmp/sessio_bench.%ld.%u", (long)getpid(), number++);
}

struct service {
	void (*begin)(uv_loop_t *loop, void *arg);
	void *arg;
	uv_loop_t loop;
	uv_sem_t ready;
};

static void *serve(void *arg)
{
	struct service *service = (struct service *)arg;

	bench_require(uv_loop_init(&service->loop) == 0, "no loop");
	service->begin(&service->loop, service->arg);
	uv_sem_post(&service->ready);
	(void)uv_run(&service->loop, UV_RUN_DEFAULT);
	return NULL;
}

void pipes_serve(void (*begin)(uv_loop_t *loop, void *arg), void *arg)
{
	struct service *service = (struct service *)bench_alone(sizeof(*service));
	pthread_t thread;

	service->begin = begin;
	service->arg = arg;
	bench_require(uv_sem_init(&service->ready, 0) == 0, "no semaphore");
	bench_require(pthread_create(&thread, NULL, serve, service) == 0, "no more threads");
	(void)pthread_detach(thread);
	uv_sem_wait(&service->ready);
}
