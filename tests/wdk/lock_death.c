/* SPDX-License-Identifier: MIT */
#include "death.h"

#include <ntddk.h>

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
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
