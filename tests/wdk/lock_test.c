/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>
#include <ntifs.h>

#include <uv.h>

#define THREADS 4
#define ROUNDS 500

/* Each kind of lock guards the same plain counter: what it does not guard, is a race. */
static int counter;

static void run_threads(uv_thread_cb entry, void *arg)
{
	uv_thread_t threads[THREADS];

	counter = 0;
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_create(&threads[i], entry, arg), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	assert_int_equal(counter, THREADS * ROUNDS);
}

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
}

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
	for (int i = 0; i < ROUNDS; i++) {
		KLOCK_QUEUE_HANDLE handle;
		KIRQL before;

		if (i % 2 == 0) {
			KeAcquireSpinLock((PKSPIN_LOCK)arg, &before);
			counter++;
			KeReleaseSpinLock((PKSPIN_LOCK)arg, before);
		} else {
			KeAcquireInStackQueuedSpinLock(arg, &handle);
			counter++;
			KeReleaseInStackQueuedSpinLock(&handle);
		}
	}
}

static void a_spin_lock_excludes(void **state)
{
	KSPIN_LOCK lock;

	(void)state;
	KeInitializeSpinLock(&lock);
	run_threads(spin, &lock);
}

static void use_shared_spin_lock(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		KIRQL before = ExAcquireSpinLockShared(arg);

		assert_true(counter >= 0);
		ExReleaseSpinLockShared(arg, before);
		before = ExAcquireSpinLockExclusive(arg);
		counter++;
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
	run_threads(use_shared_spin_lock, &lock);
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

static void a_fast_mutex_raises_to_apc_level(void **state)
{
	FAST_MUTEX mutex;

	(void)state;
	ExInitializeFastMutex(&mutex);
	ExAcquireFastMutex(&mutex);
	assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
	assert_false(ExTryToAcquireFastMutex(&mutex));
	ExReleaseFastMutex(&mutex);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	assert_true(ExTryToAcquireFastMutex(&mutex));
	assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
	ExReleaseFastMutex(&mutex);
	KeAcquireGuardedMutex(&mutex);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	KeReleaseGuardedMutex(&mutex);
}

static void use_fast_mutex(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		ExAcquireFastMutex(arg);
		counter++;
		ExReleaseFastMutex(arg);
	}
}

static void a_fast_mutex_excludes(void **state)
{
	FAST_MUTEX mutex;

	(void)state;
	ExInitializeFastMutex(&mutex);
	run_threads(use_fast_mutex, &mutex);
}

static void use_push_lock(void *arg)
{
	PEX_PUSH_LOCK lock = arg;
	int seen = 0;

	for (int i = 0; i < ROUNDS; i++) {
		FltAcquirePushLockShared(lock);
		seen += counter;
		FltReleasePushLock(lock);
		ExAcquirePushLockExclusive(lock);
		counter++;
		ExReleasePushLockExclusive(lock);
	}
	assert_true(seen >= 0);
}

static void a_push_lock_excludes_writers(void **state)
{
	EX_PUSH_LOCK lock;

	(void)state;
	FltInitializePushLock(&lock);
	ExAcquirePushLockShared(&lock);
	ExAcquirePushLockShared(&lock);
	ExReleasePushLockShared(&lock);
	ExReleasePushLockShared(&lock);
	FltAcquirePushLockExclusive(&lock);
	FltReleasePushLock(&lock);
	run_threads(use_push_lock, &lock);
	FltDeletePushLock(&lock);
}

static void use_resource(void *arg)
{
	PERESOURCE resource = arg;

	for (int i = 0; i < ROUNDS; i++) {
		assert_true(ExAcquireResourceSharedLite(resource, TRUE));
		assert_true(counter >= 0);
		ExReleaseResourceLite(resource);
		assert_true(ExAcquireResourceExclusiveLite(resource, TRUE));
		counter++;
		ExReleaseResourceLite(resource);
	}
}

static void try_resource(void *arg)
{
	PERESOURCE resource = arg;

	assert_false(ExAcquireResourceExclusiveLite(resource, FALSE));
	assert_false(ExAcquireResourceSharedLite(resource, FALSE));
	assert_false(ExIsResourceAcquiredExclusiveLite(resource));
}

static void a_resource_excludes_writers_and_may_be_taken_again(void **state)
{
	ERESOURCE resource;
	uv_thread_t other;

	(void)state;
	assert_int_equal(ExInitializeResourceLite(&resource), STATUS_SUCCESS);
	assert_true(ExAcquireResourceExclusiveLite(&resource, FALSE));
	assert_true(ExAcquireResourceExclusiveLite(&resource, TRUE));
	assert_true(ExAcquireResourceSharedLite(&resource, TRUE));
	assert_true(ExIsResourceAcquiredExclusiveLite(&resource));
	ExReleaseResourceLite(&resource);
	ExReleaseResourceLite(&resource);
	assert_int_equal(uv_thread_create(&other, try_resource, &resource), 0);
	assert_int_equal(uv_thread_join(&other), 0);
	ExReleaseResourceLite(&resource);
	assert_false(ExIsResourceAcquiredExclusiveLite(&resource));
	run_threads(use_resource, &resource);
	assert_int_equal(ExDeleteResourceLite(&resource), STATUS_SUCCESS);
}

struct rundown {
	EX_RUNDOWN_REF ref;
	KEVENT running;
	int freed;
};

static void use_and_release(void *arg)
{
	struct rundown *r = arg;

	assert_true(ExAcquireRundownProtection(&r->ref));
	KeSetEvent(&r->running, 0, FALSE);
	assert_int_equal(r->freed, 0);
	ExReleaseRundownProtection(&r->ref);
}

static void a_rundown_waits_for_its_users(void **state)
{
	struct rundown r = { .freed = 0 };
	uv_thread_t user;

	(void)state;
	ExInitializeRundownProtection(&r.ref);
	KeInitializeEvent(&r.running, NotificationEvent, FALSE);
	assert_int_equal(uv_thread_create(&user, use_and_release, &r), 0);
	KeWaitForSingleObject(&r.running, Executive, KernelMode, FALSE, NULL);
	ExWaitForRundownProtectionRelease(&r.ref);
	r.freed = 1;
	assert_false(ExAcquireRundownProtection(&r.ref));
	assert_int_equal(uv_thread_join(&user), 0);
	ExReInitializeRundownProtection(&r.ref);
	assert_true(ExAcquireRundownProtection(&r.ref));
	ExReleaseRundownProtection(&r.ref);
	ExRundownCompleted(&r.ref);
	assert_false(ExAcquireRundownProtection(&r.ref));
}

static NTSTATUS wait_for(PVOID object, LONGLONG ticks)
{
	LARGE_INTEGER timeout;

	timeout.QuadPart = ticks;
	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &timeout);
}

static void an_event_lets_all_or_one_through(void **state)
{
	LARGE_INTEGER soon;
	KEVENT all;
	KEVENT one;

	(void)state;
	KeInitializeEvent(&all, NotificationEvent, FALSE);
	KeInitializeEvent(&one, SynchronizationEvent, TRUE);
	assert_int_equal(wait_for(&all, 0), STATUS_TIMEOUT);
	assert_int_equal(KeSetEvent(&all, 0, FALSE), 0);
	assert_int_equal(KeSetEvent(&all, 0, FALSE), 1);
	assert_int_equal(wait_for(&all, 0), STATUS_SUCCESS);
	assert_int_equal(wait_for(&all, -10), STATUS_SUCCESS);
	assert_int_equal(KeResetEvent(&all), 1);
	assert_int_equal(KeReadStateEvent(&all), 0);
	assert_int_equal(wait_for(&all, -10), STATUS_TIMEOUT);
	assert_int_equal(wait_for(&all, 1), STATUS_TIMEOUT); /* long ago */
	KeQuerySystemTime(&soon);
	assert_int_equal(wait_for(&all, soon.QuadPart + 1000), STATUS_TIMEOUT);
	assert_int_equal(wait_for(&one, 0), STATUS_SUCCESS);
	assert_int_equal(wait_for(&one, 0), STATUS_TIMEOUT);
	KeSetEvent(&one, 0, FALSE);
	KeClearEvent(&one);
	assert_int_equal(KeReadStateEvent(&one), 0);
}

static void use_mutex(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		KeWaitForMutexObject(arg, Executive, KernelMode, FALSE, NULL);
		counter++;
		KeReleaseMutex(arg, FALSE);
	}
}

static void a_mutex_is_its_owners_again_and_again(void **state)
{
	KMUTEX mutex;

	(void)state;
	KeInitializeMutex(&mutex, 0);
	assert_int_equal(KeReadStateMutex(&mutex), 1);
	assert_int_equal(wait_for(&mutex, 0), STATUS_SUCCESS);
	assert_int_equal(wait_for(&mutex, 0), STATUS_SUCCESS);
	assert_int_equal(KeReleaseMutex(&mutex, FALSE), -1);
	assert_int_equal(KeReadStateMutex(&mutex), 0);
	assert_int_equal(KeReleaseMutex(&mutex, FALSE), 0);
	run_threads(use_mutex, &mutex);
}

static void a_semaphore_counts(void **state)
{
	KSEMAPHORE semaphore;

	(void)state;
	KeInitializeSemaphore(&semaphore, 1, 3);
	assert_int_equal(wait_for(&semaphore, 0), STATUS_SUCCESS);
	assert_int_equal(wait_for(&semaphore, 0), STATUS_TIMEOUT);
	assert_int_equal(KeReleaseSemaphore(&semaphore, 0, 3, FALSE), 0);
	assert_int_equal(KeReadStateSemaphore(&semaphore), 3);
	assert_int_equal(wait_for(&semaphore, 0), STATUS_SUCCESS);
}

static void time_is_counted_from_1601(void **state)
{
	LARGE_INTEGER now, precise, ticks, frequency, local, delay;
	TIME_FIELDS fields;

	(void)state;
	now.QuadPart = 0;
	RtlTimeToTimeFields(&now, &fields);
	assert_int_equal(fields.Year, 1601);
	assert_int_equal(fields.Month, 1);
	assert_int_equal(fields.Day, 1);
	assert_int_equal(fields.Weekday, 1);
	now.QuadPart = 116444736000000000LL + 951782399123LL * 10000; /* 2000-02-28 23:59:59.123 */
	RtlTimeToTimeFields(&now, &fields);
	assert_int_equal(fields.Year, 2000);
	assert_int_equal(fields.Month, 2);
	assert_int_equal(fields.Day, 28);
	assert_int_equal(fields.Hour, 23);
	assert_int_equal(fields.Minute, 59);
	assert_int_equal(fields.Second, 59);
	assert_int_equal(fields.Milliseconds, 123);
	assert_int_equal(fields.Weekday, 1);
	now.QuadPart += 86400LL * 10000000 * 2;
	RtlTimeToTimeFields(&now, &fields);
	assert_int_equal(fields.Month, 3);
	assert_int_equal(fields.Day, 1);
	KeQuerySystemTime(&now);
	KeQuerySystemTimePrecise(&precise);
	assert_true(precise.QuadPart >= now.QuadPart);
	RtlTimeToTimeFields(&now, &fields);
	assert_true(fields.Year >= 2024);
	ExSystemTimeToLocalTime(&now, &local);
	assert_true(local.QuadPart == now.QuadPart);
	now = KeQueryPerformanceCounter(&frequency);
	assert_true(frequency.QuadPart > 0);
	assert_true(KeQueryPerformanceCounter(NULL).QuadPart >= now.QuadPart);
	KeQueryTickCount(&ticks);
	assert_true((ULONGLONG)ticks.QuadPart * KeQueryTimeIncrement() <= KeQueryInterruptTime());
	delay.QuadPart = -1;
	assert_int_equal(KeDelayExecutionThread(KernelMode, FALSE, &delay), STATUS_SUCCESS);
}

static void ask_for_id(void *arg)
{
	*(PETHREAD *)arg = PsGetCurrentThread();
	assert_ptr_equal(PsGetThreadId(PsGetCurrentThread()), PsGetCurrentThreadId());
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

static void lists_keep_their_order(void **state)
{
	LIST_ENTRY head, a, b, c;
	SINGLE_LIST_ENTRY top = { NULL };
	SINGLE_LIST_ENTRY x, y;

	(void)state;
	InitializeListHead(&head);
	assert_true(IsListEmpty(&head));
	InsertTailList(&head, &b);
	InsertHeadList(&head, &a);
	InitializeListHead(&c);
	AppendTailList(&head, &c);
	assert_ptr_equal(head.Flink, &a);
	assert_ptr_equal(a.Flink, &b);
	assert_ptr_equal(head.Blink, &c);
	assert_ptr_equal(c.Flink, &head);
	assert_ptr_equal(RemoveTailList(&head), &c);
	assert_false(RemoveEntryList(&a));
	assert_ptr_equal(RemoveHeadList(&head), &b);
	assert_true(IsListEmpty(&head));
	PushEntryList(&top, &x);
	PushEntryList(&top, &y);
	assert_ptr_equal(PopEntryList(&top), &y);
	assert_ptr_equal(PopEntryList(&top), &x);
	assert_null(PopEntryList(&top));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_go_up_and_down),
		cmocka_unit_test(critical_regions_are_counted),
		cmocka_unit_test(a_spin_lock_raises_to_dispatch_level),
		cmocka_unit_test(a_spin_lock_excludes),
		cmocka_unit_test(a_shared_spin_lock_excludes_writers),
		cmocka_unit_test(interlocked_lists_say_what_was_there),
		cmocka_unit_test(a_fast_mutex_raises_to_apc_level),
		cmocka_unit_test(a_fast_mutex_excludes),
		cmocka_unit_test(a_push_lock_excludes_writers),
		cmocka_unit_test(a_resource_excludes_writers_and_may_be_taken_again),
		cmocka_unit_test(a_rundown_waits_for_its_users),
		cmocka_unit_test(an_event_lets_all_or_one_through),
		cmocka_unit_test(a_mutex_is_its_owners_again_and_again),
		cmocka_unit_test(a_semaphore_counts),
		cmocka_unit_test(time_is_counted_from_1601),
		cmocka_unit_test(threads_have_numbers_of_their_own),
		cmocka_unit_test(interlocked_calls_return_what_their_names_say),
		cmocka_unit_test(lists_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
