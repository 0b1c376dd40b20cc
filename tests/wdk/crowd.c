/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "crowd.h"
#include "test_thread.h"

#define THREADS 4

int crowd_counter;

void crowd_run(void (*entry)(void *arg), void *arg)
{
	struct test_thread *threads[THREADS];

	crowd_counter = 0;
	for (size_t i = 0; i < THREADS; i++) {
		threads[i] = test_thread_start(entry, arg);
	}
	for (size_t i = 0; i < THREADS; i++) {
		test_thread_join(threads[i]);
	}
	assert_int_equal(crowd_counter, THREADS * CROWD_ROUNDS);
}
