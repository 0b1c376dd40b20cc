/* SPDX-License-Identifier: MIT */
#include "death.h"

#include <ntddk.h>

static void wait_at_dispatch_level(void)
{
	LARGE_INTEGER delay;

	delay.QuadPart = -1;
	(void)KeRaiseIrqlToDpcLevel();
	(void)KeDelayExecutionThread(KernelMode, FALSE, &delay);
}

static void wait_for_a_number(void)
{
	KEVENT event;

	memset(&event, 99, sizeof(event));
	(void)KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
}

static void release_a_mutex_not_taken(void)
{
	KMUTEX mutex;

	KeInitializeMutex(&mutex, 0);
	(void)KeReleaseMutex(&mutex, FALSE);
}

static void release_a_semaphore_too_often(void)
{
	KSEMAPHORE semaphore;

	KeInitializeSemaphore(&semaphore, 2, 2);
	(void)KeReleaseSemaphore(&semaphore, 0, 1, FALSE);
}

static void release_a_mutex_twice(void)
{
	KMUTEX mutex;

	KeInitializeMutex(&mutex, 0);
	(void)KeWaitForSingleObject(&mutex, Executive, KernelMode, FALSE, NULL);
	(void)KeReleaseMutex(&mutex, FALSE);
	(void)KeReleaseMutex(&mutex, FALSE);
}

static void release_a_semaphore_backwards(void)
{
	KSEMAPHORE semaphore;

	KeInitializeSemaphore(&semaphore, 2, 2);
	(void)KeReleaseSemaphore(&semaphore, 0, -1, FALSE);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(wait_at_dispatch_level),
		DEATH(wait_for_a_number),
		DEATH(release_a_mutex_not_taken),
		DEATH(release_a_semaphore_too_often),
		DEATH(release_a_mutex_twice),
		DEATH(release_a_semaphore_backwards),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
