/* SPDX-License-Identifier: MIT */
#include "nt/sessio_nt/remove_lock.h"

#include "platform/hooks.h"
#include "wdk/hooks.h"
#include "wdk/thread.h"

/* The lock as a thing of the table of hooks. The block that begins with it has its address. */
static void *key_of(PIO_REMOVE_LOCK lock)
{
	return (void *)(uintptr_t)&lock->Common.IoCount;
}

/* A lock that nobody ever takes needs no removal. */
static void note_use(PIO_REMOVE_LOCK lock)
{
	/* Relaxed: only one thread may be the first. */
	if (!__atomic_exchange_n(&lock->Common.Used, TRUE, __ATOMIC_RELAXED)) {
		si_wdk_made(&(struct si_wdk_thing){
			.kind = SI_WDK_REMOVE_LOCK, .object = key_of(lock), .memory = lock });
	}
}

void sessio_nt_remove_lock_init(PIO_REMOVE_LOCK lock)
{
	si_wdk_gone(SI_WDK_REMOVE_LOCK, key_of(lock));
	memset(lock, 0, sizeof(*lock));
	lock->Common.IoCount = 1;
	KeInitializeEvent(&lock->Common.RemoveEvent, SynchronizationEvent, FALSE);
}

NTSTATUS sessio_nt_remove_lock_acquire(PIO_REMOVE_LOCK lock)
{
	if (lock == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	SI_WDK_LEVEL(DISPATCH_LEVEL, "IoAcquireRemoveLock");
	si_hook_meeting(lock);
	(void)InterlockedIncrement(&lock->Common.IoCount);
	if (__atomic_load_n(&lock->Common.Removed, __ATOMIC_SEQ_CST)) {
		sessio_nt_remove_lock_release(lock);
		return STATUS_DELETE_PENDING;
	}
	note_use(lock);
	return STATUS_SUCCESS;
}

void sessio_nt_remove_lock_release(PIO_REMOVE_LOCK lock)
{
	BOOLEAN removed;
	LONG left;

	si_hook_meeting(lock);
	left = InterlockedDecrement(&lock->Common.IoCount);
	removed = __atomic_load_n(&lock->Common.Removed, __ATOMIC_SEQ_CST);
	if (SI_WDK_MISUSED(left < 0 || (left == 0 && !removed), LOCK, lock,
		    "a remove lock given back that is not taken")) {
		(void)InterlockedIncrement(&lock->Common.IoCount);
		return;
	}
	if (left == 0) {
		(void)KeSetEvent(&lock->Common.RemoveEvent, IO_NO_INCREMENT, FALSE);
	}
}

void sessio_nt_remove_lock_remove(PIO_REMOVE_LOCK lock)
{
	SI_WDK_LEVEL(PASSIVE_LEVEL, "IoReleaseRemoveLockAndWait");
	si_hook_meeting(lock);
	__atomic_store_n(&lock->Common.Removed, TRUE, __ATOMIC_SEQ_CST);
	/* The caller's use, and that of the lock itself. */
	sessio_nt_remove_lock_release(lock);
	if (InterlockedDecrement(&lock->Common.IoCount) > 0) {
		(void)KeWaitForSingleObject(
			&lock->Common.RemoveEvent, Executive, KernelMode, FALSE, NULL);
	}
	si_wdk_gone(SI_WDK_REMOVE_LOCK, key_of(lock));
}
