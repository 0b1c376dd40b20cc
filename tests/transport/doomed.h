/* SPDX-License-Identifier: MIT */
/*
 * The work of processes that are going to be killed. A scripted one goes through all
 * kinds of frames. It has a step in the middle of each frame and after it, of those
 * that it sends and of those that it receives. A random one goes on until it is killed.
 */
#ifndef SESSIO_TESTS_DOOMED_H
#define SESSIO_TESTS_DOOMED_H

#include "nursery.h"

/* A consumer that speaks byte by byte to a talk's provider. */
void doomed_scripted_consumer(const struct errand *errand);

/* A consumer that uses the library. */
void doomed_random_consumer(const struct errand *errand);

/* A provider that speaks byte by byte to one consumer, which makes DOOMED_CALLS calls. */
#define DOOMED_CALLS 6u
void doomed_scripted_provider(const struct errand *errand);

/* A talk's provider, which says when it is ready. */
void doomed_provider(const struct errand *errand);

#endif /* SESSIO_TESTS_DOOMED_H */
