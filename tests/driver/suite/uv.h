/* SPDX-License-Identifier: MIT */
/* Those of libuv's names that the suites use, on a kernel's threads and semaphores. */
#ifndef SESSIO_TESTS_SUITE_UV_H
#define SESSIO_TESTS_SUITE_UV_H

#include <stdint.h>

#define UV_EAGAIN (-1)

typedef void *uv_thread_t;
typedef void (*uv_thread_cb)(void *arg);

/* A KSEMAPHORE. */
typedef struct {
	_Alignas(8) unsigned char os[64];
} uv_sem_t;

typedef struct {
	uv_sem_t gate; /* of those that wait */
	uv_sem_t lock;
	unsigned threads;
	unsigned waiting;
	unsigned leaving;
	uv_sem_t drained;
} uv_barrier_t;

int uv_thread_create(uv_thread_t *thread, void (*run)(void *arg), void *arg);
int uv_thread_join(uv_thread_t *thread);

int uv_sem_init(uv_sem_t *semaphore, unsigned value);
void uv_sem_destroy(uv_sem_t *semaphore);
void uv_sem_post(uv_sem_t *semaphore);
void uv_sem_wait(uv_sem_t *semaphore);
int uv_sem_trywait(uv_sem_t *semaphore);

int uv_barrier_init(uv_barrier_t *barrier, unsigned threads);
int uv_barrier_wait(uv_barrier_t *barrier);
void uv_barrier_destroy(uv_barrier_t *barrier);

void uv_sleep(unsigned milliseconds);
uint64_t uv_hrtime(void);
int uv_os_getpid(void);

#endif /* SESSIO_TESTS_SUITE_UV_H */
