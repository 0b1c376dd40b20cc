/* SPDX-License-Identifier: MIT */
/* Threads that run the same function at once. */
#ifndef SESSIO_TESTS_WDK_CROWD_H
#define SESSIO_TESTS_WDK_CROWD_H

#define CROWD_ROUNDS 500

/*
 * A plain number. Each thread raises it CROWD_ROUNDS times under the lock that is
 * tested: a lock that does not exclude loses counts, and is a race.
 */
extern int crowd_counter;

/* Runs the function on several threads and expects every count to be there. */
void crowd_run(void (*entry)(void *arg), void *arg);

#endif /* SESSIO_TESTS_WDK_CROWD_H */
