/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <ntddk.h>

#include "crowd.h"
#include "inside.h"
#include "sleepers.h"

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
	(void)KfRaiseIrql(APC_LEVEL);
	assert_true(ExTryToAcquireFastMutex(&mutex));
	ExReleaseFastMutex(&mutex);
	assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
	ExAcquireFastMutex(&mutex);
	ExReleaseFastMutex(&mutex);
	assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
	KeLowerIrql(PASSIVE_LEVEL);
	KeAcquireGuardedMutex(&mutex);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	KeReleaseGuardedMutex(&mutex);
}

static void use_fast_mutex(void *arg)
{
	for (int i = 0; i < CROWD_ROUNDS; i++) {
		ExAcquireFastMutex(arg);
		crowd_counter++;
		ExReleaseFastMutex(arg);
	}
}

static void a_fast_mutex_excludes(void **state)
{
	FAST_MUTEX mutex;

	(void)state;
	ExInitializeFastMutex(&mutex);
	crowd_run(use_fast_mutex, &mutex);
}

static void use_push_lock(void *arg)
{
	PEX_PUSH_LOCK lock = arg;
	int seen = 0;

	for (int i = 0; i < CROWD_ROUNDS; i++) {
		FltAcquirePushLockShared(lock);
		seen += crowd_counter;
		FltReleasePushLock(lock);
		ExAcquirePushLockExclusive(lock);
		crowd_counter++;
		ExReleasePushLockExclusive(lock);
	}
	note_that(seen >= 0);
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
	crowd_run(use_push_lock, &lock);
	FltDeletePushLock(&lock);
}

static void use_resource(void *arg)
{
	PERESOURCE resource = arg;

	for (int i = 0; i < CROWD_ROUNDS; i++) {
		note_that(ExAcquireResourceSharedLite(resource, TRUE));
		note_that(crowd_counter >= 0);
		ExReleaseResourceLite(resource);
		note_that(ExAcquireResourceExclusiveLite(resource, TRUE));
		crowd_counter++;
		ExReleaseResourceLite(resource);
	}
}

static void try_resource(void *arg)
{
	PERESOURCE resource = arg;

	note_that(!(ExAcquireResourceExclusiveLite(resource, FALSE)));
	note_that(!(ExAcquireResourceSharedLite(resource, FALSE)));
	note_that(!ExIsResourceAcquiredExclusiveLite(resource));
}

static void a_resource_excludes_writers_and_may_be_taken_again(void **state)
{
	ERESOURCE resource;
	struct test_thread *other;

	(void)state;
	assert_int_equal(ExInitializeResourceLite(&resource), STATUS_SUCCESS);
	assert_true(ExAcquireResourceExclusiveLite(&resource, FALSE));
	assert_true(ExAcquireResourceExclusiveLite(&resource, TRUE));
	assert_true(ExAcquireResourceSharedLite(&resource, TRUE));
	assert_true(ExIsResourceAcquiredExclusiveLite(&resource));
	ExReleaseResourceLite(&resource);
	ExReleaseResourceLite(&resource);
	other = test_thread_start(try_resource, &resource);
	test_thread_join(other);
	ExReleaseResourceLite(&resource);
	assert_false(ExIsResourceAcquiredExclusiveLite(&resource));
	crowd_run(use_resource, &resource);
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

	note_that(ExAcquireRundownProtection(&r->ref));
	KeSetEvent(&r->running, 0, FALSE);
	note_that(r->freed == 0);
	ExReleaseRundownProtection(&r->ref);
}

static void a_rundown_waits_for_its_users(void **state)
{
	struct rundown r = { .freed = 0 };
	struct test_thread *user;

	(void)state;
	ExInitializeRundownProtection(&r.ref);
	KeInitializeEvent(&r.running, NotificationEvent, FALSE);
	user = test_thread_start(use_and_release, &r);
	KeWaitForSingleObject(&r.running, Executive, KernelMode, FALSE, NULL);
	ExWaitForRundownProtectionRelease(&r.ref);
	r.freed = 1;
	assert_false(ExAcquireRundownProtection(&r.ref));
	test_thread_join(user);
	ExReInitializeRundownProtection(&r.ref);
	assert_true(ExAcquireRundownProtection(&r.ref));
	ExReleaseRundownProtection(&r.ref);
	ExRundownCompleted(&r.ref);
	assert_false(ExAcquireRundownProtection(&r.ref));
}

static void use_unsafe(void *mutex)
{
	ExAcquireFastMutexUnsafe(mutex);
	ExReleaseFastMutexUnsafe(mutex);
}

static void a_released_fast_mutex_wakes_its_sleeper(void **state)
{
	struct sleeper sleeper;
	FAST_MUTEX mutex;

	(void)state;
	ExInitializeFastMutex(&mutex);
	ExAcquireFastMutex(&mutex);
	sleeper_start(&sleeper, use_unsafe, &mutex);
	ExReleaseFastMutex(&mutex);
	sleeper_join(&sleeper);
}

static void write_under_push_lock(void *lock)
{
	ExAcquirePushLockExclusive(lock);
	ExReleasePushLockExclusive(lock);
}

static void read_under_push_lock(void *lock)
{
	ExAcquirePushLockShared(lock);
	ExReleasePushLockShared(lock);
}

static void a_released_push_lock_wakes_its_sleepers(void **state)
{
	struct sleeper readers[2];
	struct sleeper writer;
	EX_PUSH_LOCK lock;

	(void)state;
	ExInitializePushLock(&lock);
	ExAcquirePushLockExclusive(&lock);
	sleeper_start(&readers[0], read_under_push_lock, &lock);
	sleeper_start(&readers[1], read_under_push_lock, &lock);
	ExReleasePushLockExclusive(&lock);
	sleeper_join(&readers[0]);
	sleeper_join(&readers[1]);

	ExAcquirePushLockShared(&lock);
	ExAcquirePushLockShared(&lock);
	sleeper_start(&writer, write_under_push_lock, &lock);
	ExReleasePushLockShared(&lock);
	assert_false(sleeper_has_ended(&writer));
	ExReleasePushLockShared(&lock);
	sleeper_join(&writer);
}

static void write_under_resource(void *resource)
{
	(void)ExAcquireResourceExclusiveLite(resource, TRUE);
	ExReleaseResourceLite(resource);
}

static void read_under_resource(void *resource)
{
	(void)ExAcquireResourceSharedLite(resource, TRUE);
	ExReleaseResourceLite(resource);
}

static void a_released_resource_wakes_its_sleepers(void **state)
{
	struct sleeper readers[2];
	struct sleeper writer;
	ERESOURCE resource;

	(void)state;
	assert_int_equal(ExInitializeResourceLite(&resource), STATUS_SUCCESS);
	assert_true(ExAcquireResourceExclusiveLite(&resource, TRUE));
	sleeper_start(&readers[0], read_under_resource, &resource);
	sleeper_start(&readers[1], read_under_resource, &resource);
	ExReleaseResourceLite(&resource);
	sleeper_join(&readers[0]);
	sleeper_join(&readers[1]);

	assert_true(ExAcquireResourceSharedLite(&resource, TRUE));
	sleeper_start(&writer, write_under_resource, &resource);
	ExReleaseResourceLite(&resource);
	sleeper_join(&writer);
	assert_int_equal(ExDeleteResourceLite(&resource), STATUS_SUCCESS);
}

static void run_down(void *ref)
{
	ExWaitForRundownProtectionRelease(ref);
}

static void the_last_user_wakes_a_sleeping_rundown(void **state)
{
	struct sleeper sleeper;
	EX_RUNDOWN_REF ref;

	(void)state;
	ExInitializeRundownProtection(&ref);
	assert_true(ExAcquireRundownProtection(&ref));
	assert_true(ExAcquireRundownProtection(&ref));
	sleeper_start(&sleeper, run_down, &ref);
	ExReleaseRundownProtection(&ref);
	assert_false(sleeper_has_ended(&sleeper));
	ExReleaseRundownProtection(&ref);
	sleeper_join(&sleeper);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fast_mutex_raises_to_apc_level),
		cmocka_unit_test(a_fast_mutex_excludes),
		cmocka_unit_test(a_push_lock_excludes_writers),
		cmocka_unit_test(a_resource_excludes_writers_and_may_be_taken_again),
		cmocka_unit_test(a_rundown_waits_for_its_users),
		cmocka_unit_test(a_released_fast_mutex_wakes_its_sleeper),
		cmocka_unit_test(a_released_push_lock_wakes_its_sleepers),
		cmocka_unit_test(a_released_resource_wakes_its_sleepers),
		cmocka_unit_test(the_last_user_wakes_a_sleeping_rundown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
