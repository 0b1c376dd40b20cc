/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>

#include <uv.h>

#include "crowd.h"

static NTSTATUS wait_for(PVOID object, LONGLONG ticks)
{
	LARGE_INTEGER timeout;

	timeout.QuadPart = ticks;
	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &timeout);
}

static void an_event_lets_all_or_one_through(void **state)
{
	LARGE_INTEGER soon;
	KEVENT all;
	KEVENT one;

	(void)state;
	KeInitializeEvent(&all, NotificationEvent, FALSE);
	KeInitializeEvent(&one, SynchronizationEvent, TRUE);
	assert_int_equal(wait_for(&all, 0), STATUS_TIMEOUT);
	assert_int_equal(KeSetEvent(&all, 0, FALSE), 0);
	assert_int_equal(KeSetEvent(&all, 0, FALSE), 1);
	assert_int_equal(wait_for(&all, 0), STATUS_SUCCESS);
	assert_int_equal(wait_for(&all, -10), STATUS_SUCCESS);
	assert_int_equal(KeResetEvent(&all), 1);
	assert_int_equal(KeReadStateEvent(&all), 0);
	assert_int_equal(wait_for(&all, -10), STATUS_TIMEOUT);
	assert_int_equal(wait_for(&all, 1), STATUS_TIMEOUT); /* long ago */
	KeQuerySystemTime(&soon);
	assert_int_equal(wait_for(&all, soon.QuadPart + 1000), STATUS_TIMEOUT);
	assert_int_equal(wait_for(&one, 0), STATUS_SUCCESS);
	assert_int_equal(wait_for(&one, 0), STATUS_TIMEOUT);
	KeSetEvent(&one, 0, FALSE);
	KeClearEvent(&one);
	assert_int_equal(KeReadStateEvent(&one), 0);
}

static void use_mutex(void *arg)
{
	for (int i = 0; i < CROWD_ROUNDS; i++) {
		KeWaitForMutexObject(arg, Executive, KernelMode, FALSE, NULL);
		crowd_counter++;
		KeReleaseMutex(arg, FALSE);
	}
}

static void a_mutex_is_its_owners_again_and_again(void **state)
{
	KMUTEX mutex;

	(void)state;
	KeInitializeMutex(&mutex, 0);
	assert_int_equal(KeReadStateMutex(&mutex), 1);
	assert_int_equal(wait_for(&mutex, 0), STATUS_SUCCESS);
	assert_int_equal(wait_for(&mutex, 0), STATUS_SUCCESS);
	assert_int_equal(KeReleaseMutex(&mutex, FALSE), -1);
	assert_int_equal(KeReadStateMutex(&mutex), 0);
	assert_int_equal(KeReleaseMutex(&mutex, FALSE), 0);
	crowd_run(use_mutex, &mutex);
}

static void a_semaphore_counts(void **state)
{
	KSEMAPHORE semaphore;

	(void)state;
	KeInitializeSemaphore(&semaphore, 1, 3);
	assert_int_equal(wait_for(&semaphore, 0), STATUS_SUCCESS);
	assert_int_equal(wait_for(&semaphore, 0), STATUS_TIMEOUT);
	assert_int_equal(KeReleaseSemaphore(&semaphore, 0, 3, FALSE), 0);
	assert_int_equal(KeReadStateSemaphore(&semaphore), 3);
	assert_int_equal(wait_for(&semaphore, 0), STATUS_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_lets_all_or_one_through),
		cmocka_unit_test(a_mutex_is_its_owners_again_and_again),
		cmocka_unit_test(a_semaphore_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
