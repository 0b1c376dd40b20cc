/* SPDX-License-Identifier: MIT */
#include "death.h"

#include <ntddk.h>

#include "test_thread.h"

static FAST_MUTEX fast;

static void take_a_fast_mutex_twice(void)
{
	ExInitializeFastMutex(&fast);
	ExAcquireFastMutex(&fast);
	ExAcquireFastMutex(&fast);
}

static void give_back_a_fast_mutex_not_taken(void)
{
	ExInitializeFastMutex(&fast);
	ExReleaseFastMutex(&fast);
}

static void take_a_fast_mutex_at_dispatch_level(void)
{
	ExInitializeFastMutex(&fast);
	(void)KeRaiseIrqlToDpcLevel();
	ExAcquireFastMutex(&fast);
}

static void release_a_push_lock_not_taken(void)
{
	EX_PUSH_LOCK lock = 0;

	ExReleasePushLockShared(&lock);
}

static void release_a_push_lock_as_writer(void)
{
	EX_PUSH_LOCK lock = 0;

	ExReleasePushLockExclusive(&lock);
}

static void release_a_resource_not_taken(void)
{
	ERESOURCE resource;

	(void)ExInitializeResourceLite(&resource);
	ExReleaseResourceLite(&resource);
}

static void delete_a_resource_in_use(void)
{
	ERESOURCE resource;

	(void)ExInitializeResourceLite(&resource);
	(void)ExAcquireResourceSharedLite(&resource, TRUE);
	(void)ExDeleteResourceLite(&resource);
}

static void release_rundown_not_acquired(void)
{
	EX_RUNDOWN_REF ref;

	ExInitializeRundownProtection(&ref);
	ExReleaseRundownProtection(&ref);
}

static void take_a_push_lock_at_dispatch_level(void)
{
	EX_PUSH_LOCK lock = 0;

	(void)KeRaiseIrqlToDpcLevel();
	ExAcquirePushLockExclusive(&lock);
}

static void read_a_push_lock_at_dispatch_level(void)
{
	EX_PUSH_LOCK lock = 0;

	(void)KeRaiseIrqlToDpcLevel();
	ExAcquirePushLockShared(&lock);
}

static void take_a_resource_at_dispatch_level(void)
{
	ERESOURCE resource;

	(void)ExInitializeResourceLite(&resource);
	(void)KeRaiseIrqlToDpcLevel();
	(void)ExAcquireResourceExclusiveLite(&resource, FALSE);
}

static void read_a_resource_at_dispatch_level(void)
{
	ERESOURCE resource;

	(void)ExInitializeResourceLite(&resource);
	(void)KeRaiseIrqlToDpcLevel();
	(void)ExAcquireResourceSharedLite(&resource, FALSE);
}

static void run_down_at_dispatch_level(void)
{
	EX_RUNDOWN_REF ref;

	ExInitializeRundownProtection(&ref);
	(void)KeRaiseIrqlToDpcLevel();
	ExWaitForRundownProtectionRelease(&ref);
}

static void take(void *resource)
{
	(void)ExAcquireResourceExclusiveLite(resource, TRUE);
}

static void release_a_resource_of_another_thread(void)
{
	ERESOURCE resource;

	(void)ExInitializeResourceLite(&resource);
	test_thread_join(test_thread_start(take, &resource));
	ExReleaseResourceLite(&resource);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(take_a_fast_mutex_twice),
		DEATH(give_back_a_fast_mutex_not_taken),
		DEATH(take_a_fast_mutex_at_dispatch_level),
		DEATH(release_a_push_lock_not_taken),
		DEATH(release_a_push_lock_as_writer),
		DEATH(release_a_resource_not_taken),
		DEATH(delete_a_resource_in_use),
		DEATH(release_rundown_not_acquired),
		DEATH(take_a_push_lock_at_dispatch_level),
		DEATH(read_a_push_lock_at_dispatch_level),
		DEATH(take_a_resource_at_dispatch_level),
		DEATH(read_a_resource_at_dispatch_level),
		DEATH(run_down_at_dispatch_level),
		DEATH(release_a_resource_of_another_thread),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
