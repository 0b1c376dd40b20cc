/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "inside.h"

#include <ntddk.h>

#include <uv.h>

static void ask_for_id(void *arg)
{
	*(PETHREAD *)arg = PsGetCurrentThread();
	note_that(PsGetThreadId(PsGetCurrentThread()) == PsGetCurrentThreadId());
}

static void threads_have_numbers_of_their_own(void **state)
{
	PETHREAD mine = PsGetCurrentThread();
	PETHREAD others = NULL;
	KAFFINITY active = 0;
	uv_thread_t thread;

	(void)state;
	assert_int_equal(uv_thread_create(&thread, ask_for_id, &others), 0);
	assert_int_equal(uv_thread_join(&thread), 0);
	assert_non_null(others);
	assert_ptr_not_equal(mine, others);
	assert_ptr_equal(mine, KeGetCurrentThread());
	assert_int_equal(HandleToULong(PsGetCurrentProcessId()), (ULONG)uv_os_getpid());
	assert_ptr_equal(PsGetProcessId(PsGetCurrentProcess()), PsGetCurrentProcessId());
	assert_null(PsGetProcessId(NULL));
	assert_true(KeQueryActiveProcessorCount(&active) >= 1);
	assert_true((active & 1u) == 1u);
	assert_true(KeNumberProcessors >= 1);
	assert_int_equal(ExGetPreviousMode(), KernelMode);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_have_numbers_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
