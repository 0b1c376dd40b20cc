/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

#include "inside.h"
#include "leaks.h"
#include "platform/hooks.h"
#include "sleepers.h"

static struct sessio_nt_usage usage(void)
{
	struct sessio_nt_usage now;

	sessio_nt_get_usage(&now);
	return now;
}

struct job {
	PIO_WORKITEM item;
	PDEVICE_OBJECT device;
	LONG runs;
	HANDLE thread;
};

static void do_job(PDEVICE_OBJECT device, PVOID context)
{
	struct job *job = context;

	note_that(device == job->device);
	note_that(KeGetCurrentIrql() == PASSIVE_LEVEL);
	job->thread = PsGetCurrentThreadId();
	if (InterlockedIncrement(&job->runs) < 3) {
		IoQueueWorkItem(job->item, do_job, DelayedWorkQueue, job);
	}
}

static void free_own_item(PVOID object, PVOID context, PIO_WORKITEM item)
{
	struct job *job = context;

	note_that(object == job->device);
	InterlockedIncrement(&job->runs);
	IoFreeWorkItem(item);
}

static bool start_none(void (**run)(void *arg), void **arg)
{
	(void)run;
	(void)arg;
	return false;
}

/* The first test: later ones have a thread already. */
static void without_a_thread_there_is_no_work_item(void **state)
{
	const struct si_hooks hooks = { .start_thread = start_none };
	size_t before = leaks_live();

	(void)state;
	leaks_hook(&hooks);
	assert_null(IoAllocateWorkItem(NULL));
	leaks_hook(NULL);
	assert_int_equal(leaks_live(), before);
	assert_int_equal(usage().work_items, 0);
}

static void work_is_done_later_on_another_thread(void **state)
{
	DRIVER_OBJECT driver;
	struct job job = { .runs = 0 };

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(
		IoCreateDevice(&driver, 0, NULL, 1, 0, FALSE, &job.device), STATUS_SUCCESS);
	job.item = IoAllocateWorkItem(job.device);
	assert_int_equal(usage().work_items, 1);
	IoQueueWorkItem(job.item, do_job, DelayedWorkQueue, &job);
	sessio_nt_wait_for_work();
	assert_int_equal(job.runs, 3);
	assert_ptr_not_equal(job.thread, PsGetCurrentThreadId());
	IoQueueWorkItemEx(job.item, free_own_item, CriticalWorkQueue, &job);
	sessio_nt_wait_for_work();
	assert_int_equal(job.runs, 4);
	assert_int_equal(usage().work_items, 0);
	IoDeleteDevice(job.device);
	sessio_nt_fini_driver(&driver);
}

struct pair {
	KEVENT first_may_end;
	KEVENT second_began;
};

static void wait_to_end(PDEVICE_OBJECT device, PVOID context)
{
	struct pair *pair = context;

	(void)device;
	note_that(KeWaitForSingleObject(&pair->first_may_end, Executive, KernelMode, FALSE, NULL) ==
		STATUS_SUCCESS);
}

static void say_begun(PDEVICE_OBJECT device, PVOID context)
{
	struct pair *pair = context;

	(void)device;
	KeSetEvent(&pair->second_began, IO_NO_INCREMENT, FALSE);
}

/* (work-1) With a second worker the second item would begin within the time. */
static void one_item_runs_after_the_other(void **state)
{
	LARGE_INTEGER soon = { .QuadPart = -500000 }; /* 50 ms */
	PIO_WORKITEM first = IoAllocateWorkItem(NULL);
	PIO_WORKITEM second = IoAllocateWorkItem(NULL);
	struct pair pair;

	(void)state;
	KeInitializeEvent(&pair.first_may_end, NotificationEvent, FALSE);
	KeInitializeEvent(&pair.second_began, NotificationEvent, FALSE);
	IoQueueWorkItem(first, wait_to_end, DelayedWorkQueue, &pair);
	IoQueueWorkItem(second, say_begun, DelayedWorkQueue, &pair);
	assert_int_equal(
		KeWaitForSingleObject(&pair.second_began, Executive, KernelMode, FALSE, &soon),
		STATUS_TIMEOUT);
	KeSetEvent(&pair.first_may_end, IO_NO_INCREMENT, FALSE);
	sessio_nt_wait_for_work();
	assert_int_not_equal(KeReadStateEvent(&pair.second_began), 0);
	IoFreeWorkItem(first);
	IoFreeWorkItem(second);
}

static KEVENT may_go_on;

static void wait_to_go_on(PDEVICE_OBJECT device, PVOID context)
{
	(void)device;
	(void)KeWaitForSingleObject(&may_go_on, Executive, KernelMode, FALSE, NULL);
	InterlockedIncrement((LONG *)context);
}

static void wait_for_work(void *arg)
{
	(void)arg;
	sessio_nt_wait_for_work();
}

static void queueing_wakes_the_worker_and_its_end_wakes_those_who_wait(void **state)
{
	PIO_WORKITEM item = IoAllocateWorkItem(NULL);
	struct sleeper sleeper;
	LONG runs = 0;

	(void)state;
	KeInitializeEvent(&may_go_on, SynchronizationEvent, FALSE);
	for (LONG round = 1; round <= 2; round++) {
		sleepers_wait(1); /* the worker, for work */
		IoQueueWorkItem(item, wait_to_go_on, DelayedWorkQueue, &runs);
		sleeper_start(&sleeper, wait_for_work, NULL);
		sleepers_wait(2); /* and the worker, in the item */
		assert_int_equal(ReadAcquire(&runs), round - 1);
		(void)KeSetEvent(&may_go_on, 0, FALSE);
		sleeper_join(&sleeper);
		assert_int_equal(runs, round);
	}
	IoFreeWorkItem(item);
}

static void touch_device(PDEVICE_OBJECT device, PVOID context)
{
	(void)KeWaitForSingleObject(&may_go_on, Executive, KernelMode, FALSE, NULL);
	*(LONG *)device->DeviceExtension = 7;
	*(LONG *)context = *(LONG *)device->DeviceExtension;
}

static void queued_work_keeps_its_deleted_device(void **state)
{
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT device;
	PIO_WORKITEM items[2];
	LONG seen[2] = { 0, 0 };

	(void)state;
	sessio_nt_init_driver(&driver, NULL);
	assert_int_equal(
		IoCreateDevice(&driver, sizeof(LONG), NULL, 1, 0, FALSE, &device), STATUS_SUCCESS);
	KeInitializeEvent(&may_go_on, NotificationEvent, FALSE);
	for (size_t i = 0; i < RTL_NUMBER_OF(items); i++) {
		items[i] = IoAllocateWorkItem(device);
		assert_non_null(items[i]);
		IoQueueWorkItem(items[i], touch_device, DelayedWorkQueue, &seen[i]);
	}
	sleepers_wait(1); /* the first runs, the second is queued */
	IoDeleteDevice(device);
	assert_null(driver.DeviceObject);
	assert_int_equal(usage().devices, 1);
	(void)KeSetEvent(&may_go_on, 0, FALSE);
	sessio_nt_wait_for_work();
	assert_int_equal(seen[0], 7);
	assert_int_equal(seen[1], 7);
	assert_int_equal(usage().devices, 0);
	IoFreeWorkItem(items[0]);
	IoFreeWorkItem(items[1]);
	sessio_nt_fini_driver(&driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_thread_there_is_no_work_item),
		cmocka_unit_test(work_is_done_later_on_another_thread),
		cmocka_unit_test(queueing_wakes_the_worker_and_its_end_wakes_those_who_wait),
		cmocka_unit_test(one_item_runs_after_the_other),
		cmocka_unit_test(queued_work_keeps_its_deleted_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
