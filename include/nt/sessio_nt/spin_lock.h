/* SPDX-License-Identifier: MIT */
/*
 * Spin locks. They raise the thread's level to DISPATCH_LEVEL, where nothing may
 * sleep. Taking a lock twice, or giving back a lock that the thread has not
 * taken, stops the program with a reason.
 */
#ifndef SESSIO_NT_SPIN_LOCK_H
#define SESSIO_NT_SPIN_LOCK_H

#include "interlocked.h"
#include "irql.h"
#include "list.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The word is 0 or names the thread that has the lock. */
typedef ULONG_PTR KSPIN_LOCK, *PKSPIN_LOCK;

typedef struct _KSPIN_LOCK_QUEUE {
	struct _KSPIN_LOCK_QUEUE *volatile Next;
	PKSPIN_LOCK volatile Lock;
} KSPIN_LOCK_QUEUE, *PKSPIN_LOCK_QUEUE;

typedef struct _KLOCK_QUEUE_HANDLE {
	KSPIN_LOCK_QUEUE LockQueue;
	KIRQL OldIrql;
} KLOCK_QUEUE_HANDLE, *PKLOCK_QUEUE_HANDLE;

SESSIO_NT_SIZE(KSPIN_LOCK, 8, 4);
SESSIO_NT_SIZE(KLOCK_QUEUE_HANDLE, 24, 12);

/** A free lock. */
void KeInitializeSpinLock(PKSPIN_LOCK lock);
/** Raises to DISPATCH_LEVEL and takes the lock; the level before. */
KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK lock);
#define KeAcquireSpinLock(lock, before) (*(before) = KeAcquireSpinLockRaiseToDpc(lock))
#define KfAcquireSpinLock KeAcquireSpinLockRaiseToDpc
#define KfReleaseSpinLock KeReleaseSpinLock
/** Gives the lock back and lowers to the level before. */
void KeReleaseSpinLock(PKSPIN_LOCK lock, KIRQL before);
/** Takes the lock at DISPATCH_LEVEL. */
void KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK lock);
/** Gives back a lock taken at DISPATCH_LEVEL. */
void KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK lock);
/** Takes the lock if it is free. */
BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK lock);
/** FALSE if the lock is taken. */
BOOLEAN KeTestSpinLock(PKSPIN_LOCK lock);
/** Raises to DISPATCH_LEVEL and takes the lock; the handle keeps the level before. */
void KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle);
/** Gives the lock back and lowers to the level before. */
void KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE handle);
/** The same at DISPATCH_LEVEL. */
void KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle);
/** The same at DISPATCH_LEVEL. */
void KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE handle);

/* For readers or one writer, which spin: 0 is free, the top bit a writer, else readers. */
typedef LONG EX_SPIN_LOCK, *PEX_SPIN_LOCK;
/** Raises to DISPATCH_LEVEL and takes it for writing; the level before. */
KIRQL ExAcquireSpinLockExclusive(PEX_SPIN_LOCK lock);
/** Gives it back and lowers to the level before. */
void ExReleaseSpinLockExclusive(PEX_SPIN_LOCK lock, KIRQL before);
/** Raises to DISPATCH_LEVEL and takes it for reading; the level before. */
KIRQL ExAcquireSpinLockShared(PEX_SPIN_LOCK lock);
/** Gives it back and lowers to the level before. */
void ExReleaseSpinLockShared(PEX_SPIN_LOCK lock, KIRQL before);

/** Inserts at the head with the lock held; the entry that was first, or NULL. */
PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock);
/** Inserts at the tail with the lock held; the entry that was last, or NULL. */
PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock);
/** Takes the first entry with the lock held, or NULL. */
PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY head, PKSPIN_LOCK lock);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_SPIN_LOCK_H */
