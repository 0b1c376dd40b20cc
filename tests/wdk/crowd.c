/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "crowd.h"

#define THREADS 4

int crowd_counter;

void crowd_run(uv_thread_cb entry, void *arg)
{
	uv_thread_t threads[THREADS];

	crowd_counter = 0;
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_create(&threads[i], entry, arg), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	assert_int_equal(crowd_counter, THREADS * CROWD_ROUNDS);
}
