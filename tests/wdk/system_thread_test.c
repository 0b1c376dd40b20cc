/* SPDX-License-Identifier: MIT */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

#include "inside.h"

struct talk {
	KEVENT go, heard;
	KSEMAPHORE count;
	PETHREAD self;
	HANDLE id;
	bool terminates;
};

static void converse(PVOID context)
{
	struct talk *talk = context;
	PVOID objects[] = { &talk->go, &talk->count };

	talk->self = PsGetCurrentThread();
	talk->id = PsGetCurrentThreadId();
	note_that(PsIsSystemThread(talk->self));
	note_that(KeGetCurrentIrql() == PASSIVE_LEVEL);
	while (KeWaitForMultipleObjects(2, objects, WaitAny, Executive, KernelMode, FALSE, NULL,
		       NULL) == STATUS_WAIT_1) {
		(void)KeSetEvent(&talk->heard, IO_NO_INCREMENT, FALSE);
	}
	if (talk->terminates) {
		(void)PsTerminateSystemThread(STATUS_SUCCESS);
		note_that(false);
	}
}

static PVOID start(struct talk *talk, PVOID object, PCLIENT_ID client)
{
	PVOID thread = NULL;
	HANDLE handle = NULL;

	KeInitializeEvent(&talk->go, NotificationEvent, FALSE);
	KeInitializeEvent(&talk->heard, SynchronizationEvent, FALSE);
	KeInitializeSemaphore(&talk->count, 0, 10);
	assert_int_equal(IoCreateSystemThread(object, &handle, THREAD_ALL_ACCESS, NULL, NULL,
				 client, converse, talk),
		STATUS_SUCCESS);
	assert_int_equal(ObReferenceObjectByHandle(
				 handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, NULL),
		STATUS_SUCCESS);
	assert_int_equal(ZwClose(handle), STATUS_SUCCESS);
	return thread;
}

static void wait(PVOID object)
{
	assert_int_equal(
		KeWaitForSingleObject(object, Executive, KernelMode, FALSE, NULL), STATUS_SUCCESS);
}

static void a_thread_runs_until_its_routine_returns(void **state)
{
	struct talk talk = { .terminates = *state != NULL };
	LARGE_INTEGER none = { .QuadPart = 0 };
	CLIENT_ID client = { NULL, NULL };
	PETHREAD thread = start(&talk, NULL, &client), found = NULL;

	(void)KeReleaseSemaphore(&talk.count, IO_NO_INCREMENT, 1, FALSE);
	wait(&talk.heard);
	assert_int_equal(
		KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, &none), STATUS_TIMEOUT);
	assert_int_equal(PsLookupThreadByThreadId(client.UniqueThread, &found), STATUS_SUCCESS);
	assert_ptr_equal(found, thread);
	assert_ptr_equal(PsGetThreadProcess(found), PsGetCurrentProcess());
	assert_ptr_equal(PsGetThreadProcessId(found), PsGetCurrentProcessId());
	ObDereferenceObject(found);
	(void)KeSetEvent(&talk.go, IO_NO_INCREMENT, FALSE);
	wait(thread);
	assert_ptr_equal(talk.self, thread);
	assert_ptr_equal(talk.id, client.UniqueThread);
	ObDereferenceObject(thread);
	assert_int_equal(
		PsLookupThreadByThreadId(client.UniqueThread, &found), STATUS_INVALID_PARAMETER);
}

static void a_thread_keeps_its_device(void **state)
{
	struct talk talk = { .terminates = false };
	struct sessio_nt_usage usage;
	DRIVER_OBJECT driver;
	PDEVICE_OBJECT device;
	PVOID thread;

	(void)state;
	assert_int_equal(sessio_nt_init_driver(&driver, NULL), SESSIO_OK);
	assert_int_equal(IoCreateDevice(&driver, 0, NULL, 0, 0, FALSE, &device), STATUS_SUCCESS);
	thread = start(&talk, device, NULL);
	IoDeleteDevice(device);
	sessio_nt_get_usage(&usage);
	assert_int_equal(usage.devices, 1);
	(void)KeSetEvent(&talk.go, IO_NO_INCREMENT, FALSE);
	wait(thread);
	sessio_nt_get_usage(&usage);
	assert_int_equal(usage.devices, 0);
	ObDereferenceObject(thread);
	sessio_nt_fini_driver(&driver);
}

static void the_calling_thread_is_found_by_its_number(void **state)
{
	PETHREAD found = NULL;

	(void)state;
	assert_int_equal(PsLookupThreadByThreadId(PsGetCurrentThreadId(), &found), STATUS_SUCCESS);
	assert_ptr_equal(found, PsGetCurrentThread());
	assert_false(PsIsSystemThread(found));
	assert_int_equal(KeSetPriorityThread(found, 12), 8);
	assert_int_equal(KeQueryPriorityThread(found), 12);
	(void)KeSetPriorityThread(found, 8);
	ObDereferenceObject(found);
}

static void waiting_for_all_takes_all_or_none(void **state)
{
	LARGE_INTEGER none = { .QuadPart = 0 };
	KSEMAPHORE semaphore;
	KMUTEX mutex;
	KEVENT one, other;
	PVOID objects[] = { &semaphore, &one, &mutex, &other };
	KWAIT_BLOCK blocks[4];

	(void)state;
	KeInitializeSemaphore(&semaphore, 2, 2);
	KeInitializeEvent(&one, SynchronizationEvent, TRUE);
	KeInitializeMutex(&mutex, 0);
	KeInitializeEvent(&other, SynchronizationEvent, FALSE);
	assert_int_equal(KeWaitForMultipleObjects(
				 4, objects, WaitAll, Executive, KernelMode, FALSE, &none, blocks),
		STATUS_TIMEOUT);
	assert_int_equal(KeReadStateSemaphore(&semaphore), 2);
	assert_int_equal(KeReadStateEvent(&one), 1);
	assert_int_equal(KeReadStateMutex(&mutex), 1);
	(void)KeSetEvent(&other, IO_NO_INCREMENT, FALSE);
	assert_int_equal(KeWaitForMultipleObjects(
				 4, objects, WaitAll, Executive, KernelMode, FALSE, &none, blocks),
		STATUS_WAIT_0);
	assert_int_equal(KeReadStateSemaphore(&semaphore), 1);
	assert_int_equal(KeReadStateEvent(&one), 0);
	assert_int_equal(KeReadStateMutex(&mutex), 0);
	assert_int_equal(KeReadStateEvent(&other), 0);
	(void)KeReleaseMutex(&mutex, FALSE);
}

int main(void)
{
	static int yes;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_runs_until_its_routine_returns),
		cmocka_unit_test_prestate(a_thread_runs_until_its_routine_returns, &yes),
		cmocka_unit_test(a_thread_keeps_its_device),
		cmocka_unit_test(the_calling_thread_is_found_by_its_number),
		cmocka_unit_test(waiting_for_all_takes_all_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
