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

static PVOID own_allocate(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	return ExAllocatePoolZero(type, size, tag);
}

static void own_free(PVOID block)
{
	ExFreePoolWithTag(block, TAG);
}

static PVOID refuse_ex(POOL_TYPE type, SIZE_T size, ULONG tag, PLOOKASIDE_LIST_EX list)
{
	(void)type;
	(void)size;
	(void)tag;
	(void)list;
	return NULL;
}

static void lookaside_lists_give_blocks_of_one_size(void **state)
{
	NPAGED_LOOKASIDE_LIST nonpaged;
	PAGED_LOOKASIDE_LIST paged;
	LOOKASIDE_LIST_EX ex;
	PVOID a, b, c;

	(void)state;
	ExInitializeNPagedLookasideList(&nonpaged, NULL, NULL, 0, 40, TAG, 0);
	ExInitializePagedLookasideList(&paged, own_allocate, own_free, 0, 8, TAG, 0);
	assert_int_equal(ExInitializeLookasideListEx(&ex, NULL, NULL, PagedPool, 0, 24, TAG, 0),
		STATUS_SUCCESS);
	a = ExAllocateFromNPagedLookasideList(&nonpaged);
	b = ExAllocateFromPagedLookasideList(&paged);
	c = ExAllocateFromLookasideListEx(&ex);
	assert_int_equal(usage().pool_bytes, 72);
	ExFreeToNPagedLookasideList(&nonpaged, a);
	ExFreeToPagedLookasideList(&paged, b);
	ExFlushLookasideListEx(&ex);
	ExFreeToLookasideListEx(&ex, c);
	ExDeleteNPagedLookasideList(&nonpaged);
	ExDeletePagedLookasideList(&paged);
	ExDeleteLookasideListEx(&ex);
	assert_int_equal(usage().pool_blocks, 0);
	assert_int_equal(ExInitializeLookasideListEx(&ex, NULL, NULL, PagedPool, 8, 24, TAG, 0),
		STATUS_INVALID_PARAMETER_5);
	assert_int_equal(ExInitializeLookasideListEx(&ex, refuse_ex, NULL, PagedPool, 0, 1, TAG, 0),
		STATUS_SUCCESS);
	assert_null(ExAllocateFromLookasideListEx(&ex));
	ExDeleteLookasideListEx(&ex);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookaside_lists_give_blocks_of_one_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
