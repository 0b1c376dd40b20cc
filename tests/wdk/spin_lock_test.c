/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>

#include "crowd.h"
#include "inside.h"

static void a_spin_lock_raises_to_dispatch_level(void **state)
{
	KSPIN_LOCK lock;
	KIRQL before = 99;
	KLOCK_QUEUE_HANDLE handle;

	(void)state;
	KeInitializeSpinLock(&lock);
	KeAcquireSpinLock(&lock, &before);
	assert_int_equal(before, PASSIVE_LEVEL);
	assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
	assert_false(KeTestSpinLock(&lock));
	assert_false(KeTryToAcquireSpinLockAtDpcLevel(&lock));
	KeReleaseSpinLock(&lock, before);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	assert_true(KeTestSpinLock(&lock));
	KeAcquireInStackQueuedSpinLock(&lock, &handle);
	assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeReleaseInStackQueuedSpinLock(&handle);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	before = KeRaiseIrqlToDpcLevel();
	KeAcquireInStackQueuedSpinLockAtDpcLevel(&lock, &handle);
	assert_int_equal(handle.OldIrql, DISPATCH_LEVEL);
	KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
	assert_true(KeTryToAcquireSpinLockAtDpcLevel(&lock));
	KeReleaseSpinLockFromDpcLevel(&lock);
	KeAcquireSpinLockAtDpcLevel(&lock);
	KeReleaseSpinLockFromDpcLevel(&lock);
	assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeLowerIrql(before);
}

static void spin(void *arg)
{
	for (int i = 0; i < CROWD_ROUNDS; i++) {
		KLOCK_QUEUE_HANDLE handle;
		KIRQL before;

		if (i % 2 == 0) {
			KeAcquireSpinLock((PKSPIN_LOCK)arg, &before);
			crowd_counter++;
			KeReleaseSpinLock((PKSPIN_LOCK)arg, before);
		} else {
			KeAcquireInStackQueuedSpinLock(arg, &handle);
			crowd_counter++;
			KeReleaseInStackQueuedSpinLock(&handle);
		}
	}
}

static void a_spin_lock_excludes(void **state)
{
	KSPIN_LOCK lock;

	(void)state;
	KeInitializeSpinLock(&lock);
	crowd_run(spin, &lock);
}

static void use_shared_spin_lock(void *arg)
{
	for (int i = 0; i < CROWD_ROUNDS; i++) {
		KIRQL before = ExAcquireSpinLockShared(arg);

		note_that(crowd_counter >= 0);
		ExReleaseSpinLockShared(arg, before);
		before = ExAcquireSpinLockExclusive(arg);
		crowd_counter++;
		ExReleaseSpinLockExclusive(arg, before);
	}
}

static void a_shared_spin_lock_excludes_writers(void **state)
{
	EX_SPIN_LOCK lock = 0;
	KIRQL before;

	(void)state;
	before = ExAcquireSpinLockShared(&lock);
	assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
	ExReleaseSpinLockShared(&lock, ExAcquireSpinLockShared(&lock));
	ExReleaseSpinLockShared(&lock, before);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	crowd_run(use_shared_spin_lock, &lock);
	KeEnterGuardedRegion();
	KeLeaveGuardedRegion();
}

static void interlocked_lists_say_what_was_there(void **state)
{
	KSPIN_LOCK lock;
	LIST_ENTRY head, a, b;

	(void)state;
	KeInitializeSpinLock(&lock);
	InitializeListHead(&head);
	assert_null(ExInterlockedRemoveHeadList(&head, &lock));
	assert_null(ExInterlockedInsertTailList(&head, &a, &lock));
	assert_ptr_equal(ExInterlockedInsertHeadList(&head, &b, &lock), &a);
	assert_ptr_equal(ExInterlockedRemoveHeadList(&head, &lock), &b);
	assert_ptr_equal(ExInterlockedInsertTailList(&head, &b, &lock), &a);
	assert_ptr_equal(head.Blink, &b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_spin_lock_raises_to_dispatch_level),
		cmocka_unit_test(a_spin_lock_excludes),
		cmocka_unit_test(a_shared_spin_lock_excludes_writers),
		cmocka_unit_test(interlocked_lists_say_what_was_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
