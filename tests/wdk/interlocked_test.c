/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>

static void interlocked_calls_return_what_their_names_say(void **state)
{
	LONG n = 5;
	LONG64 wide = 1;
	PVOID p = NULL;
	int target;

	(void)state;
	assert_int_equal(InterlockedIncrement(&n), 6);
	assert_int_equal(InterlockedDecrement(&n), 5);
	assert_int_equal(InterlockedExchange(&n, 8), 5);
	assert_int_equal(InterlockedExchangeAdd(&n, 2), 8);
	assert_int_equal(InterlockedAdd(&n, 2), 12);
	assert_int_equal(InterlockedCompareExchange(&n, 1, 99), 12);
	assert_int_equal(InterlockedCompareExchange(&n, 1, 12), 12);
	assert_int_equal(InterlockedOr(&n, 6), 1);
	assert_int_equal(InterlockedAnd(&n, 3), 7);
	assert_int_equal(InterlockedXor(&n, 1), 3);
	assert_int_equal(ReadAcquire(&n), 2);
	WriteRelease(&n, 0);
	assert_int_equal(InterlockedBitTestAndSet(&n, 31), 0);
	assert_int_equal(InterlockedBitTestAndReset(&n, 31), 1);
	WriteNoFence(&n, 3);
	assert_int_equal(ReadNoFence(&n), 3);
	assert_true(InterlockedIncrement64(&wide) == 2);
	assert_true(InterlockedCompareExchange64(&wide, (LONG64)1 << 40, 2) == 2);
	assert_true(InterlockedExchange64(&wide, 0) == (LONG64)1 << 40);
	assert_null(InterlockedExchangePointer(&p, &target));
	assert_ptr_equal(InterlockedCompareExchangePointer(&p, NULL, &target), &target);
	assert_null(p);
	KeMemoryBarrier();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interlocked_calls_return_what_their_names_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
