/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntifs.h>

static void levels_go_up_and_down(void **state)
{
	KIRQL before;

	(void)state;
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	KeRaiseIrql(APC_LEVEL, &before);
	assert_int_equal(before, PASSIVE_LEVEL);
	assert_int_equal(KeRaiseIrqlToDpcLevel(), APC_LEVEL);
	assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeLowerIrql(PASSIVE_LEVEL);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	PAGED_CODE();
}

static void critical_regions_are_counted(void **state)
{
	(void)state;
	assert_false(KeAreApcsDisabled());
	KeEnterCriticalRegion();
	FsRtlEnterFileSystem();
	FsRtlExitFileSystem();
	assert_true(KeAreApcsDisabled());
	KeLeaveCriticalRegion();
	assert_false(KeAreApcsDisabled());
	(void)KfRaiseIrql(APC_LEVEL);
	assert_true(KeAreApcsDisabled());
	KeLowerIrql(PASSIVE_LEVEL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_go_up_and_down),
		cmocka_unit_test(critical_regions_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
