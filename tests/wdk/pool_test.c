/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>
#include <sessio_nt.h>

#define TAG 'tseT'

static struct sessio_nt_usage usage(void)
{
	struct sessio_nt_usage now;

	sessio_nt_get_usage(&now);
	return now;
}

static void pool_blocks_are_counted_aligned_and_zeroed_on_demand(void **state)
{
	PVOID a = ExAllocatePoolWithTag(NonPagedPoolNx, 100, TAG);
	UCHAR *b = ExAllocatePool2(POOL_FLAG_PAGED, 50, TAG);
	UCHAR *c = ExAllocatePoolZero(PagedPool, 7, TAG);
	PVOID d = ExAllocatePool(NonPagedPool, 0);
	PVOID e = ExAllocatePoolUninitialized(NonPagedPool, 1, TAG);
	PVOID f = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, 2, TAG);

	(void)state;
	assert_int_equal((ULONG_PTR)a % MEMORY_ALLOCATION_ALIGNMENT, 0);
	assert_int_equal(usage().pool_blocks, 6);
	assert_int_equal(usage().pool_bytes, 160);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(b[i], 0);
	}
	assert_int_equal(c[6], 0);
	ExFreePoolWithTag(a, TAG);
	ExFreePoolWithTag(b, 0);
	ExFreePool(c);
	ExFreePool(d);
	ExFreePool(e);
	ExFreePool(f);
	assert_int_equal(usage().pool_blocks, 0);
	assert_int_equal(usage().pool_bytes, 0);
}

static void pool_refuses_what_it_cannot_mean(void **state)
{
	(void)state;
	assert_null(ExAllocatePool2(POOL_FLAG_PAGED, 0, TAG));
	assert_null(ExAllocatePool2(POOL_FLAG_PAGED, 1, 0));
	assert_null(ExAllocatePool2(0, 1, TAG));
	assert_null(ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_NON_PAGED, 1, TAG));
	assert_null(ExAllocatePoolWithTag(PagedPool, SIZE_MAX, TAG));
	assert_null(ExAllocatePoolZero(PagedPool, SIZE_MAX, TAG));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pool_blocks_are_counted_aligned_and_zeroed_on_demand),
		cmocka_unit_test(pool_refuses_what_it_cannot_mean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
