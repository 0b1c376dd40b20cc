/* SPDX-License-Identifier: MIT */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "test.h"

#include <ntddk.h>

#include "inside.h"

static void remove_it(PVOID context)
{
	IO_REMOVE_LOCK *lock = context;

	note_that(NT_SUCCESS(IoAcquireRemoveLock(lock, NULL)));
	IoReleaseRemoveLockAndWait(lock, NULL);
}

static void a_removal_waits_for_the_last_user(void **state)
{
	IO_REMOVE_LOCK lock;
	HANDLE handle;
	PVOID thread;

	(void)state;
	IoInitializeRemoveLock(&lock, 0, 0, 0);
	assert_int_equal(IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
	assert_int_equal(PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, remove_it, &lock),
		STATUS_SUCCESS);
	assert_int_equal(
		ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &thread, NULL),
		STATUS_SUCCESS);
	while (IoAcquireRemoveLock(&lock, NULL) == STATUS_SUCCESS) {
		IoReleaseRemoveLock(&lock, NULL);
	}
	assert_int_equal(KeReadStateEvent(thread), 0); /* it waits for this thread's use */
	IoReleaseRemoveLock(&lock, NULL);
	assert_int_equal(
		KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL), STATUS_SUCCESS);
	ObDereferenceObject(thread);
	assert_int_equal(ZwClose(handle), STATUS_SUCCESS);
	assert_int_equal(IoAcquireRemoveLock(&lock, NULL), STATUS_DELETE_PENDING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_removal_waits_for_the_last_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
