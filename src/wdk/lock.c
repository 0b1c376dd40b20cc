/* SPDX-License-Identifier: MIT */
/*
 * Locks whose waiters sleep: fast mutexes, push locks, resources, rundown
 * references. Each is words in the caller's memory; waiting is si_wdk_wait().
 *
 * (wdk_lock-1) A word that a waiter looks at changes by sequentially consistent
 *      operations, see (wdk_thread-2) in thread.h, or under a lock that the waiter takes.
 */
#include "wdk/thread.h"

static PVOID me(void)
{
	return si_wdk_thread();
}

/* Fast mutexes: Count is 1 when free. */

void ExInitializeFastMutex(PFAST_MUTEX mutex)
{
	si_wdk_new_lock(mutex);
	mutex->Count = 1;
	mutex->Owner = NULL;
	mutex->Contention = 0;
	KeInitializeEvent(&mutex->Event, SynchronizationEvent, FALSE);
	mutex->OldIrql = PASSIVE_LEVEL;
}

static bool try_fast_mutex(void *object)
{
	PFAST_MUTEX mutex = object;

	if (InterlockedCompareExchange(&mutex->Count, 0, 1) != 1) {
		return false;
	}
	__atomic_store_n(&mutex->Owner, me(), __ATOMIC_RELAXED);
	return true;
}

static bool owns_fast_mutex(PFAST_MUTEX mutex)
{
	PKTHREAD self = me();

	/*
	 * Relaxed: only this thread writes this value. It is read last, so that no register
	 * keeps it over a call: a schedule's states would differ in it for no reason.
	 */
	return __atomic_load_n(&mutex->Owner, __ATOMIC_RELAXED) == self;
}

void ExAcquireFastMutexUnsafe(PFAST_MUTEX mutex)
{
	SI_WDK_LEVEL(APC_LEVEL, "ExAcquireFastMutex");
	if (SI_WDK_MISUSED(owns_fast_mutex(mutex), LOCK, mutex,
		    "a fast mutex taken twice by one thread")) {
		return;
	}
	si_wdk_want_lock(mutex);
	(void)si_wdk_wait(try_fast_mutex, mutex, SI_WAIT_FOREVER);
	si_wdk_took_lock(mutex);
}

void ExReleaseFastMutexUnsafe(PFAST_MUTEX mutex)
{
	if (SI_WDK_MISUSED(!owns_fast_mutex(mutex), LOCK, mutex,
		    "a fast mutex given back that this thread has not taken")) {
		return;
	}
	si_wdk_gave_lock(mutex);
	__atomic_store_n(&mutex->Owner, NULL, __ATOMIC_RELAXED);
	(void)InterlockedExchange(&mutex->Count, 1); /* (wdk_lock-1) */
	si_wdk_wake();
}

void ExAcquireFastMutex(PFAST_MUTEX mutex)
{
	KIRQL before = KeGetCurrentIrql();

	ExAcquireFastMutexUnsafe(mutex);
	(void)KfRaiseIrql(APC_LEVEL);
	mutex->OldIrql = before;
}

BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX mutex)
{
	KIRQL before = KeGetCurrentIrql();

	SI_WDK_LEVEL(APC_LEVEL, "ExTryToAcquireFastMutex");
	if (!try_fast_mutex(mutex)) {
		return FALSE;
	}
	si_wdk_took_lock(mutex);
	(void)KfRaiseIrql(APC_LEVEL);
	mutex->OldIrql = before;
	return TRUE;
}

void ExReleaseFastMutex(PFAST_MUTEX mutex)
{
	KIRQL before = (KIRQL)mutex->OldIrql;

	ExReleaseFastMutexUnsafe(mutex);
	KeLowerIrql(before);
}

/* Push locks: 0 free, 1 a writer, two for each reader. */

void ExInitializePushLock(PEX_PUSH_LOCK lock)
{
	si_wdk_new_lock(lock);
	*lock = 0;
}

static bool try_push_exclusive(void *object)
{
	EX_PUSH_LOCK nobody = 0;

	return __atomic_compare_exchange_n(
		(PEX_PUSH_LOCK)object, &nobody, 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static bool try_push_shared(void *object)
{
	PEX_PUSH_LOCK lock = object;
	EX_PUSH_LOCK seen = __atomic_load_n(lock, __ATOMIC_SEQ_CST);

	while ((seen & 1u) == 0) {
		if (__atomic_compare_exchange_n(
			    lock, &seen, seen + 2, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
			return true;
		}
	}
	return false;
}

void ExAcquirePushLockExclusive(PEX_PUSH_LOCK lock)
{
	SI_WDK_LEVEL(APC_LEVEL, "ExAcquirePushLockExclusive");
	si_wdk_want_lock(lock);
	(void)si_wdk_wait(try_push_exclusive, lock, SI_WAIT_FOREVER);
	si_wdk_took_lock(lock);
}

void ExAcquirePushLockShared(PEX_PUSH_LOCK lock)
{
	SI_WDK_LEVEL(APC_LEVEL, "ExAcquirePushLockShared");
	si_wdk_want_lock(lock);
	(void)si_wdk_wait(try_push_shared, lock, SI_WAIT_FOREVER);
	si_wdk_took_lock(lock);
}

void ExReleasePushLockExclusive(PEX_PUSH_LOCK lock)
{
	EX_PUSH_LOCK before = __atomic_exchange_n(lock, 0, __ATOMIC_SEQ_CST); /* (wdk_lock-1) */

	(void)SI_WDK_MISUSED(before != 1, LOCK, lock, "a push lock given back that has no writer");
	si_wdk_gave_lock(lock);
	si_wdk_wake();
}

void ExReleasePushLockShared(PEX_PUSH_LOCK lock)
{
	EX_PUSH_LOCK before = __atomic_fetch_sub(lock, 2, __ATOMIC_SEQ_CST); /* (wdk_lock-1) */

	if (SI_WDK_MISUSED(before < 2 || (before & 1u) != 0, LOCK, lock,
		    "a push lock given back that has no reader")) {
		(void)__atomic_fetch_add(lock, 2, __ATOMIC_SEQ_CST);
		return;
	}
	si_wdk_gave_lock(lock);
	si_wdk_wake();
}

void FltReleasePushLock(PEX_PUSH_LOCK lock)
{
	/* Relaxed: while this thread has it, the bit does not change. */
	if ((__atomic_load_n(lock, __ATOMIC_RELAXED) & 1u) != 0) {
		ExReleasePushLockExclusive(lock);
	} else {
		ExReleasePushLockShared(lock);
	}
}

/* Resources: the words change with SpinLock held. */

NTSTATUS ExInitializeResourceLite(PERESOURCE resource)
{
	if (resource == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	si_wdk_new_lock(resource);
	memset(resource, 0, sizeof(*resource));
	InitializeListHead(&resource->SystemResourcesList);
	si_wdk_made(&(struct si_wdk_thing){
		.kind = SI_WDK_RESOURCE, .object = si_wdk_key(resource), .memory = resource });
	return STATUS_SUCCESS;
}

NTSTATUS ExDeleteResourceLite(PERESOURCE resource)
{
	if (resource == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	(void)SI_WDK_MISUSED(
		resource->ActiveCount != 0, LOCK, resource, "a resource deleted that is taken");
	si_wdk_gone(SI_WDK_RESOURCE, si_wdk_key(resource));
	return STATUS_SUCCESS;
}

static bool try_exclusive(void *object)
{
	PERESOURCE resource = object;
	bool mine;

	si_wdk_lock(&resource->SpinLock);
	mine = resource->ActiveCount == 0 || resource->OwnerThread == me();
	if (mine) {
		resource->OwnerThread = me();
		resource->ActiveCount++;
	}
	si_wdk_unlock(&resource->SpinLock);
	return mine;
}

static bool try_shared(void *object)
{
	PERESOURCE resource = object;
	bool mine;

	si_wdk_lock(&resource->SpinLock);
	mine = resource->OwnerThread == NULL || resource->OwnerThread == me();
	if (mine) {
		resource->ActiveCount++;
	}
	si_wdk_unlock(&resource->SpinLock);
	return mine;
}

/* Whether a program could suspend this thread. Only the test kit asks. */
static bool is_suspendable(void)
{
	const struct si_wdk_hooks *hooks = si_wdk_hooks_get();

	return hooks != NULL && !KeAreApcsDisabled() && hooks->is_only_caller();
}

static BOOLEAN take_resource(PERESOURCE resource, si_wdk_try_fn *try_it, BOOLEAN wait)
{
	SI_WDK_LEVEL(APC_LEVEL, "taking a resource");
	(void)SI_WDK_MISUSED(is_suspendable(), REGION, resource,
		"a resource taken outside of a critical region");
	if (wait) {
		si_wdk_want_lock(resource);
	}
	if (!si_wdk_wait(try_it, resource, wait ? SI_WAIT_FOREVER : 0)) {
		return FALSE;
	}
	si_wdk_took_lock(resource);
	return TRUE;
}

BOOLEAN ExAcquireResourceExclusiveLite(PERESOURCE resource, BOOLEAN wait)
{
	return take_resource(resource, try_exclusive, wait);
}

BOOLEAN ExAcquireResourceSharedLite(PERESOURCE resource, BOOLEAN wait)
{
	return take_resource(resource, try_shared, wait);
}

void ExReleaseResourceLite(PERESOURCE resource)
{
	bool taken, others;

	si_wdk_lock(&resource->SpinLock);
	taken = resource->ActiveCount != 0;
	others = resource->OwnerThread != NULL && resource->OwnerThread != me();
	if (taken && !others && --resource->ActiveCount == 0) {
		resource->OwnerThread = NULL;
	}
	si_wdk_unlock(&resource->SpinLock);
	if (SI_WDK_MISUSED(!taken, LOCK, resource, "a resource given back that is not taken") ||
		SI_WDK_MISUSED(
			others, LOCK, resource, "a resource given back that another thread has")) {
		return;
	}
	si_wdk_gave_lock(resource);
	/* A waiter that looked before us counted itself before it took this lock. */
	si_wdk_wake();
}

BOOLEAN ExIsResourceAcquiredExclusiveLite(PERESOURCE resource)
{
	BOOLEAN mine;

	si_wdk_lock(&resource->SpinLock);
	mine = resource->OwnerThread == me();
	si_wdk_unlock(&resource->SpinLock);
	return mine;
}

/* Rundown references: bit 0 is the run-down, two for each user. */

void ExInitializeRundownProtection(PEX_RUNDOWN_REF ref)
{
	ref->Count = 0;
}

void ExReInitializeRundownProtection(PEX_RUNDOWN_REF ref)
{
	ref->Count = 0;
}

BOOLEAN ExAcquireRundownProtection(PEX_RUNDOWN_REF ref)
{
	ULONG_PTR seen = __atomic_load_n(&ref->Count, __ATOMIC_SEQ_CST);

	while ((seen & 1u) == 0) {
		if (__atomic_compare_exchange_n(&ref->Count, &seen, seen + 2, false,
			    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
			return TRUE;
		}
	}
	return FALSE;
}

void ExReleaseRundownProtection(PEX_RUNDOWN_REF ref)
{
	ULONG_PTR before = __atomic_fetch_sub(&ref->Count, 2, __ATOMIC_SEQ_CST); /* (wdk_lock-1) */

	if (SI_WDK_MISUSED(
		    before < 2, LOCK, ref, "rundown protection given back that is not taken")) {
		(void)__atomic_fetch_add(&ref->Count, 2, __ATOMIC_SEQ_CST);
	}
	si_wdk_wake();
}

static bool try_run_down(void *object)
{
	return __atomic_load_n(&((PEX_RUNDOWN_REF)object)->Count, __ATOMIC_SEQ_CST) == 1;
}

void ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF ref)
{
	SI_WDK_LEVEL(APC_LEVEL, "ExWaitForRundownProtectionRelease");
	(void)__atomic_fetch_or(&ref->Count, 1, __ATOMIC_SEQ_CST);
	(void)si_wdk_wait(try_run_down, ref, SI_WAIT_FOREVER);
}

void ExRundownCompleted(PEX_RUNDOWN_REF ref)
{
	__atomic_store_n(&ref->Count, 1, __ATOMIC_SEQ_CST);
}

PVOID ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE resource)
{
	KeEnterCriticalRegion();
	(void)ExAcquireResourceExclusiveLite(resource, TRUE);
	return NULL;
}

PVOID ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE resource)
{
	KeEnterCriticalRegion();
	(void)ExAcquireResourceSharedLite(resource, TRUE);
	return NULL;
}

void ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE resource)
{
	ExReleaseResourceLite(resource);
	KeLeaveCriticalRegion();
}
