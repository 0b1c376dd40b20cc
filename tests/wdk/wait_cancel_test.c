/* SPDX-License-Identifier: MIT */
/* Threads that are cancelled while driver code waits on them. */
#include "test.h"

#include <pthread.h>

#include <ntddk.h>

#include "leaks.h"
#include "platform/hooks.h"
#include "sleepers.h"

static unsigned wakes;

static void count_wake(void)
{
	wakes++;
}

static void *wait_for_event(void *event)
{
	(void)KeWaitForSingleObject(event, Executive, KernelMode, FALSE, NULL);
	return NULL;
}

/* The count of waiting threads goes back, so that nobody wakes the gate for nothing. */
static void a_cancelled_thread_waits_no_more(void **state)
{
	const struct si_hooks hooks = { .wake = count_wake };
	KEVENT event;
	pthread_t thread;
	void *result = NULL;

	(void)state;
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_event, &event), 0);
	sleepers_wait(1);
	assert_int_equal(pthread_cancel(thread), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, PTHREAD_CANCELED);
	leaks_hook(&hooks);
	(void)KeSetEvent(&event, 0, FALSE);
	leaks_hook(NULL);
	assert_int_equal(wakes, 0);
	KeClearEvent(&event);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_event, &event), 0);
	sleepers_wait(2); /* the first one never came back */
	(void)KeSetEvent(&event, 0, FALSE);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_null(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cancelled_thread_waits_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
