/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "inside.h"

#include <ntddk.h>

#include "test_thread.h"

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

	(void)state;
	test_thread_join(test_thread_start(ask_for_id, &others));
	assert_non_null(others);
	assert_ptr_not_equal(mine, others);
	assert_ptr_equal(mine, KeGetCurrentThread());
	assert_int_equal(HandleToULong(PsGetCurrentProcessId()), test_process_id());
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
