/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* pipe2() */
#endif

#include "test.h"

#include "nursery.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

struct order {
	pid_t reap; /* 0: start this */
	struct errand errand;
};

static int orders[2]; /* the test's end, the nursery's end */
static int ready[2]; /* to read, to write */
static pid_t nursery;
static unsigned steps; /* of a child */

static bool read_all(int fd, void *to, size_t size)
{
	unsigned char *at = to;

	while (size != 0) {
		ssize_t got = read(fd, at, size);

		if (got <= 0) {
			return false;
		}
		at += got;
		size -= (size_t)got;
	}
	return true;
}

/* A test that is killed leaves no process behind, which would hold its locks. */
static void die_with_parent(void)
{
#ifdef __linux__
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

static void serve(const struct order *order)
{
	int answer = -1;

	if (order->reap != 0) {
		(void)waitpid(order->reap, &answer, 0);
	} else {
		answer = (int)fork();
		if (answer == 0) {
			die_with_parent();
			(void)close(orders[1]);
			order->errand.run(&order->errand);
			_exit(0);
		}
	}
	(void)!write(orders[1], &answer, sizeof(answer));
}

void nursery_open(void)
{
	struct order order;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, orders) != 0 ||
		pipe2(ready, O_CLOEXEC) != 0) {
		abort();
	}
	nursery = fork();
	if (nursery < 0) {
		abort();
	}
	if (nursery == 0) {
		die_with_parent();
		(void)close(orders[0]);
		(void)close(ready[0]);
		while (read_all(orders[1], &order, sizeof(order))) {
			serve(&order);
		}
		_exit(0);
	}
	(void)close(orders[1]);
	(void)close(ready[1]);
}

void nursery_close(void)
{
	(void)close(orders[0]);
	(void)close(ready[0]);
	(void)waitpid(nursery, NULL, 0);
}

static int give(const struct order *order)
{
	int answer;

	assert_int_equal(write(orders[0], order, sizeof(*order)), sizeof(*order));
	assert_true(read_all(orders[0], &answer, sizeof(answer)));
	return answer;
}

pid_t nursery_start(const struct errand *errand)
{
	const struct order order = { .errand = *errand };
	pid_t child = give(&order);

	assert_true(child > 0);
	return child;
}

int nursery_reap(pid_t child)
{
	const struct order order = { .reap = child };

	return give(&order);
}

void nursery_kill(pid_t child)
{
	int status;

	assert_int_equal(kill(child, SIGKILL), 0);
	status = nursery_reap(child);
	/* It may have come to its end by itself, but never to a bad one. */
	assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL
					: WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void nursery_say_ready(void)
{
	(void)!write(ready[1], "r", 1);
}

void nursery_await_ready(void)
{
	char byte;

	assert_int_equal(read(ready[0], &byte, 1), 1);
}

void nursery_step(const struct errand *errand)
{
	if (++steps == errand->step) {
		(void)kill(getpid(), SIGKILL);
	}
}
