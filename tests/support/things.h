/* SPDX-License-Identifier: MIT */
/* Things: objects of a test's own, to be put where objects can be put. */
#ifndef SESSIO_TESTS_THINGS_H
#define SESSIO_TESTS_THINGS_H

#include <kos/objects.h>

#include "random.h"

/* A thing is plain, so that to use one too early or too late is a race. */
struct thing {
	unsigned canary; /* THING_CANARY while it lives */
	void (*on_end)(void *ctx); /* called by the destructor; may be NULL */
	void *ctx;
};

#define THING_CANARY 0x5e55u

extern KosObjectType *thing_type;

/* The type is there during a test; a thing that outlives it is an error. */
int things_set_up(void **state);
int things_tear_down(void **state);

/* A thing with one reference; fails the test if refused, so threads cannot use it. */
void *new_thing(const char *name);

/* How many things there are, and how many have gone since the test began. */
unsigned things_alive(void);
unsigned things_gone(void);

/* The work of each thread of a crowd, with random numbers of its own. */
typedef void crowd_fn(void *shared, struct random *random);

/* Runs so many threads that begin at once, and waits for all of them. */
void crowd_run(unsigned threads, crowd_fn *work, void *shared);

#endif /* SESSIO_TESTS_THINGS_H */
