/* SPDX-License-Identifier: MIT */
/* Threads and what they wait for. */
#include <ntddk.h>

#include <uv.h>

#define TAG 0x74697573u /* "suit" */

_Static_assert(sizeof(KSEMAPHORE) <= sizeof(uv_sem_t), "a semaphore is too small");

struct start {
	void (*run)(void *arg);
	void *arg;
};

static PKSEMAPHORE os(uv_sem_t *semaphore)
{
	return (PKSEMAPHORE)(void *)semaphore->os;
}

static void NTAPI run_thread(PVOID context)
{
	struct start start = *(const struct start *)context;

	ExFreePoolWithTag(context, TAG);
	start.run(start.arg);
	(void)PsTerminateSystemThread(STATUS_SUCCESS);
}

int uv_thread_create(uv_thread_t *thread, void (*run)(void *arg), void *arg)
{
	struct start *start = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*start), TAG);
	HANDLE handle;
	NTSTATUS status;

	if (start == NULL) {
		return -1;
	}
	start->run = run;
	start->arg = arg;
	status = PsCreateSystemThread(
		&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, run_thread, start);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(start, TAG);
		return -1;
	}
	status = ObReferenceObjectByHandle(
		handle, THREAD_ALL_ACCESS, NULL, KernelMode, thread, NULL);
	(void)ZwClose(handle);
	return NT_SUCCESS(status) ? 0 : -1;
}

int uv_thread_join(uv_thread_t *thread)
{
	(void)KeWaitForSingleObject(*thread, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(*thread);
	return 0;
}

int uv_sem_init(uv_sem_t *semaphore, unsigned value)
{
	KeInitializeSemaphore(os(semaphore), (LONG)value, MAXLONG);
	return 0;
}

void uv_sem_destroy(uv_sem_t *semaphore)
{
	(void)semaphore; /* a kernel keeps nothing of it */
}

void uv_sem_post(uv_sem_t *semaphore)
{
	(void)KeReleaseSemaphore(os(semaphore), IO_NO_INCREMENT, 1, FALSE);
}

void uv_sem_wait(uv_sem_t *semaphore)
{
	(void)KeWaitForSingleObject(os(semaphore), Executive, KernelMode, FALSE, NULL);
}

int uv_sem_trywait(uv_sem_t *semaphore)
{
	LARGE_INTEGER none;

	none.QuadPart = 0;
	return KeWaitForSingleObject(os(semaphore), Executive, KernelMode, FALSE, &none) ==
			STATUS_SUCCESS
		? 0
		: UV_EAGAIN;
}

int uv_barrier_init(uv_barrier_t *barrier, unsigned threads)
{
	barrier->threads = threads;
	barrier->waiting = 0;
	barrier->leaving = 0;
	(void)uv_sem_init(&barrier->lock, 1);
	(void)uv_sem_init(&barrier->gate, 0);
	return uv_sem_init(&barrier->drained, 1);
}

/* The last to come opens the gate. Nobody comes to the next meeting before all have left. */
int uv_barrier_wait(uv_barrier_t *barrier)
{
	int is_last;

	uv_sem_wait(&barrier->drained);
	uv_sem_wait(&barrier->lock);
	is_last = ++barrier->waiting == barrier->threads;
	if (is_last) {
		barrier->leaving = barrier->threads;
		barrier->waiting = 0;
		for (unsigned i = 0; i < barrier->threads; i++) {
			uv_sem_post(&barrier->gate);
		}
	} else {
		uv_sem_post(&barrier->drained);
	}
	uv_sem_post(&barrier->lock);
	uv_sem_wait(&barrier->gate);
	uv_sem_wait(&barrier->lock);
	if (--barrier->leaving == 0) {
		uv_sem_post(&barrier->drained);
	}
	uv_sem_post(&barrier->lock);
	return is_last;
}

/* Waits for the threads that are still leaving. */
void uv_barrier_destroy(uv_barrier_t *barrier)
{
	uv_sem_wait(&barrier->drained);
}

void uv_sleep(unsigned milliseconds)
{
	LARGE_INTEGER time;

	time.QuadPart = -10000 * (LONGLONG)milliseconds; /* 0: a yield */
	(void)KeDelayExecutionThread(KernelMode, FALSE, &time);
}

uint64_t uv_hrtime(void)
{
	LARGE_INTEGER frequency;
	LARGE_INTEGER count = KeQueryPerformanceCounter(&frequency);

	return (uint64_t)count.QuadPart * 1000000000u / (uint64_t)frequency.QuadPart;
}

int uv_os_getpid(void)
{
	return (int)(intptr_t)PsGetCurrentProcessId();
}
