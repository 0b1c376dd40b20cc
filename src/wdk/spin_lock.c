/* SPDX-License-Identifier: MIT */
/*
 * Spin locks. The word of a taken lock is its owner's thread, so that taking it
 * twice and giving back another's are found out instead of hanging.
 */
#include "platform/hooks.h"
#include "platform/process.h"
#include "wdk/thread.h"

/* Then the owner may be waiting for this processor. */
#define SPINS 100

/* Between two tries. */
static void spin(const volatile void *lock, unsigned *spins)
{
	if (!si_hook_held((const void *)lock) && ++*spins % SPINS == 0) {
		si_process_yield();
	}
}

static KSPIN_LOCK me(void)
{
	return (KSPIN_LOCK)si_wdk_thread();
}

static bool try_take(KSPIN_LOCK *lock)
{
	KSPIN_LOCK free_word = 0;

	return __atomic_compare_exchange_n(
		lock, &free_word, me(), false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static bool is_mine(KSPIN_LOCK *lock)
{
	/* Relaxed: only this thread writes this value. */
	return __atomic_load_n(lock, __ATOMIC_RELAXED) == me();
}

void si_wdk_lock(KSPIN_LOCK *lock)
{
	unsigned spins = 0;

	SI_BUG_IF(is_mine(lock), "a spin lock taken twice by one thread");
	while (!try_take(lock)) {
		spin(lock, &spins);
	}
}

void si_wdk_unlock(KSPIN_LOCK *lock)
{
	SI_BUG_IF(!is_mine(lock), "a spin lock given back that this thread has not taken");
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
	si_hook_given(lock);
}

static void took(const volatile void *lock)
{
	si_wdk_took_lock(lock);
	si_wdk_thread()->spin_locks++;
}

static void gave(const volatile void *lock)
{
	si_wdk_gave_lock(lock);
	if (si_wdk_thread()->spin_locks != 0) {
		si_wdk_thread()->spin_locks--;
	}
}

static void take_spin_lock(PKSPIN_LOCK lock)
{
	si_hook_before_lock(lock);
	if (!SI_WDK_MISUSED(is_mine(lock), LOCK, lock, "a spin lock taken twice by one thread")) {
		si_wdk_want_lock(lock);
		si_wdk_lock(lock);
		took(lock);
	}
}

static void give_spin_lock(PKSPIN_LOCK lock)
{
	if (!SI_WDK_MISUSED(!is_mine(lock), LOCK, lock,
		    "a spin lock given back that this thread has not taken")) {
		si_wdk_unlock(lock);
		gave(lock);
		si_hook_after_unlock(lock);
	}
}

static void check_raised(const void *lock)
{
	(void)SI_WDK_MISUSED(
		KeGetCurrentIrql() < DISPATCH_LEVEL, IRQL, lock, "not at DISPATCH_LEVEL");
}

void KeInitializeSpinLock(PKSPIN_LOCK lock)
{
	si_wdk_new_lock(lock);
	*lock = 0;
}

KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK lock)
{
	KIRQL before = KfRaiseIrql(DISPATCH_LEVEL);

	take_spin_lock(lock);
	return before;
}

void KeReleaseSpinLock(PKSPIN_LOCK lock, KIRQL before)
{
	give_spin_lock(lock);
	KeLowerIrql(before);
}

void KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK lock)
{
	check_raised(lock);
	take_spin_lock(lock);
}

void KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK lock)
{
	give_spin_lock(lock);
}

BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK lock)
{
	check_raised(lock);
	if (!try_take(lock)) {
		return FALSE;
	}
	took(lock);
	return TRUE;
}

BOOLEAN KeTestSpinLock(PKSPIN_LOCK lock)
{
	return __atomic_load_n(lock, __ATOMIC_RELAXED) == 0;
}

void KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle)
{
	handle->OldIrql = KeAcquireSpinLockRaiseToDpc(lock);
	handle->LockQueue.Next = NULL;
	handle->LockQueue.Lock = lock;
}

void KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE handle)
{
	KeReleaseSpinLock(handle->LockQueue.Lock, handle->OldIrql);
}

void KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle)
{
	KeAcquireSpinLockAtDpcLevel(lock);
	handle->OldIrql = DISPATCH_LEVEL;
	handle->LockQueue.Next = NULL;
	handle->LockQueue.Lock = lock;
}

void KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE handle)
{
	KeReleaseSpinLockFromDpcLevel(handle->LockQueue.Lock);
}

#define WRITER MINLONG

KIRQL ExAcquireSpinLockExclusive(PEX_SPIN_LOCK lock)
{
	KIRQL before = KfRaiseIrql(DISPATCH_LEVEL);
	unsigned spins = 0;

	si_wdk_want_lock(lock);
	si_hook_before_lock((const void *)lock);
	while (InterlockedCompareExchange(lock, WRITER, 0) != 0) {
		spin(lock, &spins);
	}
	took(lock);
	return before;
}

void ExReleaseSpinLockExclusive(PEX_SPIN_LOCK lock, KIRQL before)
{
	(void)SI_WDK_MISUSED(InterlockedExchange(lock, 0) != WRITER, LOCK, lock,
		"a spin lock given back that has no writer");
	gave(lock);
	si_hook_after_unlock((const void *)lock);
	KeLowerIrql(before);
}

KIRQL ExAcquireSpinLockShared(PEX_SPIN_LOCK lock)
{
	KIRQL before = KfRaiseIrql(DISPATCH_LEVEL);
	unsigned spins = 0;
	LONG seen;

	si_wdk_want_lock(lock);
	si_hook_before_lock((const void *)lock);
	seen = ReadNoFence(lock);
	while (seen == WRITER || InterlockedCompareExchange(lock, seen + 1, seen) != seen) {
		spin(lock, &spins);
		seen = ReadNoFence(lock);
	}
	took(lock);
	return before;
}

void ExReleaseSpinLockShared(PEX_SPIN_LOCK lock, KIRQL before)
{
	if (SI_WDK_MISUSED(InterlockedDecrement(lock) < 0, LOCK, lock,
		    "a spin lock given back that has no reader")) {
		(void)InterlockedIncrement(lock);
	}
	gave(lock);
	si_hook_after_unlock((const void *)lock);
	KeLowerIrql(before);
}

PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock)
{
	KIRQL before = KeAcquireSpinLockRaiseToDpc(lock);
	PLIST_ENTRY first = IsListEmpty(head) ? NULL : head->Flink;

	InsertHeadList(head, entry);
	KeReleaseSpinLock(lock, before);
	return first;
}

PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock)
{
	KIRQL before = KeAcquireSpinLockRaiseToDpc(lock);
	PLIST_ENTRY last = IsListEmpty(head) ? NULL : head->Blink;

	InsertTailList(head, entry);
	KeReleaseSpinLock(lock, before);
	return last;
}

PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY head, PKSPIN_LOCK lock)
{
	KIRQL before = KeAcquireSpinLockRaiseToDpc(lock);
	PLIST_ENTRY first = IsListEmpty(head) ? NULL : RemoveHeadList(head);

	KeReleaseSpinLock(lock, before);
	return first;
}
