/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>

#include "crowd.h"
#include "sleepers.h"

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

static void sleep_on(void *object)
{
	(void)KeWaitForSingleObject(object, Executive, KernelMode, FALSE, NULL);
}

static void a_set_event_wakes_every_sleeper(void **state)
{
	struct sleeper sleepers[3];
	KEVENT event;

	(void)state;
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	for (size_t i = 0; i < RTL_NUMBER_OF(sleepers); i++) {
		sleeper_start(&sleepers[i], sleep_on, &event);
	}
	(void)KeSetEvent(&event, 0, FALSE);
	for (size_t i = 0; i < RTL_NUMBER_OF(sleepers); i++) {
		sleeper_join(&sleepers[i]);
	}
}

static void a_synchronization_event_wakes_one_sleeper_each_time(void **state)
{
	struct sleeper first, second;
	KEVENT event;

	(void)state;
	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	sleeper_start(&first, sleep_on, &event);
	sleeper_start(&second, sleep_on, &event);
	(void)KeSetEvent(&event, 0, FALSE);
	while (KeReadStateEvent(&event) != 0 ||
		!(sleeper_has_ended(&first) || sleeper_has_ended(&second))) {
		test_thread_yield();
	}
	sleepers_wait(1);
	assert_int_equal(sleeper_has_ended(&first) + sleeper_has_ended(&second), 1);
	(void)KeSetEvent(&event, 0, FALSE);
	sleeper_join(&first);
	sleeper_join(&second);
	assert_int_equal(KeReadStateEvent(&event), 0);
}

static void take_and_release(void *mutex)
{
	sleep_on(mutex);
	(void)KeReleaseMutex(mutex, FALSE);
}

static void a_released_mutex_wakes_its_sleeper(void **state)
{
	struct sleeper sleeper;
	KMUTEX mutex;

	(void)state;
	KeInitializeMutex(&mutex, 0);
	sleep_on(&mutex);
	sleep_on(&mutex);
	sleeper_start(&sleeper, take_and_release, &mutex);
	(void)KeReleaseMutex(&mutex, FALSE);
	assert_false(sleeper_has_ended(&sleeper));
	(void)KeReleaseMutex(&mutex, FALSE);
	sleeper_join(&sleeper);
	assert_int_equal(KeReadStateMutex(&mutex), 1);
}

static void a_released_semaphore_wakes_as_many_as_it_counts(void **state)
{
	struct sleeper sleepers[3];
	KSEMAPHORE semaphore;

	(void)state;
	KeInitializeSemaphore(&semaphore, 0, 3);
	for (size_t i = 0; i < RTL_NUMBER_OF(sleepers); i++) {
		sleeper_start(&sleepers[i], sleep_on, &semaphore);
	}
	(void)KeReleaseSemaphore(&semaphore, 0, 2, FALSE);
	while (sleeper_has_ended(&sleepers[0]) + sleeper_has_ended(&sleepers[1]) +
			sleeper_has_ended(&sleepers[2]) <
		2) {
		test_thread_yield();
	}
	sleepers_wait(1);
	(void)KeReleaseSemaphore(&semaphore, 0, 1, FALSE);
	for (size_t i = 0; i < RTL_NUMBER_OF(sleepers); i++) {
		sleeper_join(&sleepers[i]);
	}
	assert_int_equal(KeReadStateSemaphore(&semaphore), 0);
}

static void a_timeout_does_not_end_early(void **state)
{
	ULONGLONG before = KeQueryInterruptTime();
	LARGE_INTEGER timeout;
	KEVENT event;

	(void)state;
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	assert_int_equal(wait_for(&event, -20000), STATUS_TIMEOUT);
	assert_true(KeQueryInterruptTime() - before >= 20000);
	before = KeQueryInterruptTime();
	KeQuerySystemTime(&timeout); /* the clock of the day may be slewed a little meanwhile */
	assert_int_equal(wait_for(&event, timeout.QuadPart + 50000), STATUS_TIMEOUT);
	assert_true(KeQueryInterruptTime() - before >= 40000);
	before = KeQueryInterruptTime();
	timeout.QuadPart = -20000;
	assert_int_equal(KeDelayExecutionThread(KernelMode, FALSE, &timeout), STATUS_SUCCESS);
	assert_true(KeQueryInterruptTime() - before >= 20000);
}

/* 2^63 units of 100 ns are more than 64 bits of nanoseconds. */
static void sleep_the_longest(void *event)
{
	(void)wait_for(event, -MAXLONGLONG - 1);
}

static void the_longest_timeout_is_for_ever(void **state)
{
	struct sleeper sleeper;
	KEVENT event;

	(void)state;
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	sleeper_start(&sleeper, sleep_the_longest, &event);
	assert_false(sleeper_has_ended(&sleeper));
	(void)KeSetEvent(&event, 0, FALSE);
	sleeper_join(&sleeper);
}

static void objects_say_what_they_are(void **state)
{
	KEVENT event;
	KMUTEX mutex;
	KSEMAPHORE semaphore;

	(void)state;
	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	KeInitializeMutex(&mutex, 0);
	KeInitializeSemaphore(&semaphore, 0, 1);
	assert_int_equal(event.Header.Type, SynchronizationEvent);
	assert_int_equal(event.Header.Size, sizeof(event) / sizeof(LONG));
	assert_int_equal(mutex.Header.Size, sizeof(mutex) / sizeof(LONG));
	assert_int_equal(semaphore.Header.Size, sizeof(semaphore) / sizeof(LONG));
	assert_int_equal(semaphore.Limit, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_lets_all_or_one_through),
		cmocka_unit_test(a_mutex_is_its_owners_again_and_again),
		cmocka_unit_test(a_semaphore_counts),
		cmocka_unit_test(a_set_event_wakes_every_sleeper),
		cmocka_unit_test(a_synchronization_event_wakes_one_sleeper_each_time),
		cmocka_unit_test(a_released_mutex_wakes_its_sleeper),
		cmocka_unit_test(a_released_semaphore_wakes_as_many_as_it_counts),
		cmocka_unit_test(a_timeout_does_not_end_early),
		cmocka_unit_test(the_longest_timeout_is_for_ever),
		cmocka_unit_test(objects_say_what_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
