/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

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

	assert_ptr_equal(device, job->device);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	job->thread = PsGetCurrentThreadId();
	if (InterlockedIncrement(&job->runs) < 3) {
		IoQueueWorkItem(job->item, do_job, DelayedWorkQueue, job);
	}
}

static void free_own_item(PVOID object, PVOID context, PIO_WORKITEM item)
{
	struct job *job = context;

	assert_ptr_equal(object, job->device);
	InterlockedIncrement(&job->runs);
	IoFreeWorkItem(item);
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
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_is_done_later_on_another_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
