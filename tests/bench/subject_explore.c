/* SPDX-License-Identifier: MIT */
#include "subject_explore.h"

#include <sys/resource.h>
#include <unistd.h>

#include <sessio/testing_explore_driver.h>
#include <sessio/testing_threads.h>

#include "bench.h"

SESSIO_DRIVER(bench_log);

#define DEPTH 6

/* A process of its own: one with all the memory of the bench is dear to copy. */
static struct {
	int orders[2]; /* a pipe */
	int answers[2]; /* a pipe */
} worker;

enum kind { EVENTS, DRIVER, SCHEDULES };

struct order {
	uint64_t times;
	enum kind kind;
};

/* Each from a fresh kit to its finish; no state is known again. */
static bool run_histories(struct order order)
{
	sessio_explore_options options = { .depth = DEPTH, .flags = SESSIO_EXPLORE_NO_DIGEST };

	while (order.times > 0) {
		sessio_explore *result = NULL;
		sessio_explore_counts counts;
		sessio_status status;

		options.max_histories = (size_t)order.times;
		status = order.kind == DRIVER
			? sessio_explore_driver(bench_log, NULL, &options, &result)
			: sessio_explore_run(&options, &result);
		counts = sessio_explore_get_counts(result);
		sessio_explore_destroy(result);
		if (status != SESSIO_OK || counts.failed != 0 || !counts.isolated) {
			return false;
		}
		order.times -= counts.histories;
	}
	return true;
}

static sessio_host *host;

static void post(void *id)
{
	SESSIO_THREADS_CHECK(sessio_host_post(host, (uint32_t)(uintptr_t)id,
				     SESSIO_USER_EVENT_CREATED, 0, NULL) == SESSIO_OK);
}

/* Two threads post to one host. */
static void post_twice(void *arg)
{
	(void)arg;
	SESSIO_THREADS_CHECK(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host) == SESSIO_OK);
	(void)sessio_threads_start("first", post, (void *)(uintptr_t)1);
	(void)sessio_threads_start("second", post, (void *)(uintptr_t)2);
}

static bool run_schedules(uint64_t times)
{
	const sessio_threads_options options = {
		.body = post_twice, .bounds = 1, .schedules = 1, .random = times
	};
	const sessio_threads_result *result;
	sessio_threads *threads;
	bool good;

	if (sessio_threads_explore(&options, &threads) != SESSIO_OK) {
		return false;
	}
	result = sessio_threads_get_result(threads);
	good = result->finding == SESSIO_THREADS_NOTHING && result->random == times;
	sessio_threads_destroy(threads);
	return good;
}

static bool run(struct order order)
{
	return order.kind == SCHEDULES ? run_schedules(order.times) : run_histories(order);
}

/* Of this process and its copies, in nanoseconds. */
static double processor_ns(void)
{
	static const int of_whom[] = { RUSAGE_SELF, RUSAGE_CHILDREN };
	double ns = 0;

	for (size_t i = 0; i < sizeof(of_whom) / sizeof(of_whom[0]); i++) {
		struct rusage used;

		(void)getrusage(of_whom[i], &used);
		ns += 1e9 * (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
		ns += 1e3 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
	}
	return ns;
}

static _Noreturn void work(void)
{
	struct order order;

	/* With the bench its end of this pipe goes, too. */
	(void)close(worker.orders[1]);
	while (read(worker.orders[0], &order, sizeof(order)) == (ssize_t)sizeof(order)) {
		double before = processor_ns();
		double taken = run(order) ? processor_ns() - before : -1;

		if (write(worker.answers[1], &taken, sizeof(taken)) != (ssize_t)sizeof(taken)) {
			break;
		}
	}
	_exit(0);
}

void subject_explore_start(void)
{
	bench_require(pipe(worker.orders) == 0 && pipe(worker.answers) == 0, "no pipe");
	switch (fork()) {
	case -1:
		bench_stop("no process");
	case 0:
		work();
	default:
		break;
	}
}

static double latest; /* processor time of a round, in nanoseconds */

static void give_order(uint64_t n, uint64_t times, enum kind kind)
{
	struct order order = { n * times, kind };
	double taken = -1;

	bench_require(write(worker.orders[1], &order, sizeof(order)) == (ssize_t)sizeof(order) &&
			read(worker.answers[0], &taken, sizeof(taken)) == (ssize_t)sizeof(taken) &&
			taken >= 0,
		"a history or a schedule failed");
	latest = taken / (double)n;
}

void subject_explore_events(void *state, uint64_t n)
{
	(void)state;
	give_order(n, SUBJECT_EXPLORE_HISTORIES, EVENTS);
}

void subject_explore_driver(void *state, uint64_t n)
{
	(void)state;
	give_order(n, SUBJECT_EXPLORE_HISTORIES, DRIVER);
}

void subject_explore_schedules(void *state, uint64_t n)
{
	(void)state;
	give_order(n, SUBJECT_EXPLORE_SCHEDULES, SCHEDULES);
}

double subject_explore_ns(void *state)
{
	(void)state;
	return latest;
}
