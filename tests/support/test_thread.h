/* SPDX-License-Identifier: MIT */
/*
 * Threads and semaphores for tests that include the headers of the Windows kernel.
 * On Windows libuv's header brings those of the user mode, and the two exclude each
 * other. A failure to make one stops the program.
 */
#ifndef SESSIO_TESTS_TEST_THREAD_H
#define SESSIO_TESTS_TEST_THREAD_H

#include <stdint.h>

struct test_thread;
struct test_semaphore;

struct test_thread *test_thread_start(void (*run)(void *arg), void *arg);

/* Waits for its end, and frees it. */
void test_thread_join(struct test_thread *thread);

/* Lets other threads run. */
void test_thread_yield(void);

struct test_semaphore *test_semaphore_create(void);
void test_semaphore_post(struct test_semaphore *semaphore);
void test_semaphore_wait(struct test_semaphore *semaphore);
void test_semaphore_destroy(struct test_semaphore *semaphore);

/* This process as the operating system numbers it. */
uint32_t test_process_id(void);

#endif /* SESSIO_TESTS_TEST_THREAD_H */
