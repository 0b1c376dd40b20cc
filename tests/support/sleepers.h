/* SPDX-License-Identifier: MIT */
/*
 * Threads that are known to sleep at the gate before a test wakes them. The
 * program of such a test needs sessio_sleepers() in its CMakeLists.txt.
 */
#ifndef SESSIO_TESTS_SLEEPERS_H
#define SESSIO_TESTS_SLEEPERS_H

#include "test_thread.h"

struct sleeper {
	struct test_thread *thread;
	void (*run)(void *arg);
	void *arg;
	int ended; /* atomic */
};

/* Runs the function on a thread and returns when that thread sleeps in it. */
void sleeper_start(struct sleeper *sleeper, void (*run)(void *arg), void *arg);

/* Waits until so many threads sleep at the gate. */
void sleepers_wait(unsigned count);

/* Whether its function has returned. */
int sleeper_has_ended(struct sleeper *sleeper);

/* Waits for its end. A wake that was lost is a test that hangs here. */
void sleeper_join(struct sleeper *sleeper);

#endif /* SESSIO_TESTS_SLEEPERS_H */
