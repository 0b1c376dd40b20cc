/* SPDX-License-Identifier: MIT */
/*
 * Processes to be killed. They are forked by a process that has only one thread: the
 * nursery, which is forked before the test's first thread.
 */
#ifndef SESSIO_TESTS_NURSERY_H
#define SESSIO_TESTS_NURSERY_H

#include <stdint.h>
#include <sys/types.h>

/* The work of a child. */
struct errand {
	void (*run)(const struct errand *errand); /* a function of this program */
	char pipe[100];
	unsigned step; /* the one at which it kills itself; 0: none */
	uint64_t seed;
};

/* First thing in main(). */
void nursery_open(void);

/* Last thing: every child has been reaped. */
void nursery_close(void);

/* Starts a child. It ends well if its function returns. */
pid_t nursery_start(const struct errand *errand);

/* Waits for a child's end: as waitpid() says it. */
int nursery_reap(pid_t child);

/* Kills a child, and waits until it is gone. */
void nursery_kill(pid_t child);

/* In a child: says that it is ready. In the test: waits until a child has said so. */
void nursery_say_ready(void);
void nursery_await_ready(void);

/* In a child: one step further, and perhaps its last. */
void nursery_step(const struct errand *errand);

#endif /* SESSIO_TESTS_NURSERY_H */
