/* SPDX-License-Identifier: MIT */
#include "test_thread.h"

#include <stdlib.h>

#include <uv.h>

struct test_thread {
	uv_thread_t thread;
};

struct test_semaphore {
	uv_sem_t semaphore;
};

struct test_thread *test_thread_start(void (*run)(void *arg), void *arg)
{
	struct test_thread *thread = malloc(sizeof(*thread));

	if (thread == NULL || uv_thread_create(&thread->thread, run, arg) != 0) {
		abort();
	}
	return thread;
}

void test_thread_join(struct test_thread *thread)
{
	if (uv_thread_join(&thread->thread) != 0) {
		abort();
	}
	free(thread);
}

void test_thread_yield(void)
{
	uv_sleep(0);
}

struct test_semaphore *test_semaphore_create(void)
{
	struct test_semaphore *semaphore = malloc(sizeof(*semaphore));

	if (semaphore == NULL || uv_sem_init(&semaphore->semaphore, 0) != 0) {
		abort();
	}
	return semaphore;
}

void test_semaphore_post(struct test_semaphore *semaphore)
{
	uv_sem_post(&semaphore->semaphore);
}

void test_semaphore_wait(struct test_semaphore *semaphore)
{
	uv_sem_wait(&semaphore->semaphore);
}

void test_semaphore_destroy(struct test_semaphore *semaphore)
{
	uv_sem_destroy(&semaphore->semaphore);
	free(semaphore);
}

uint32_t test_process_id(void)
{
	return (uint32_t)uv_os_getpid();
}
