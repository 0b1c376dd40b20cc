/* SPDX-License-Identifier: MIT */
/*
 * Interrupt levels and locks.
 *
 * Each thread has a level of its own, which locks raise as the kernel's do.
 * What would hang or crash a kernel stops the program and says why: taking a
 * lock that this thread has, giving back one that it has not, lowering to a
 * higher level, sleeping at DISPATCH_LEVEL.
 */
#ifndef SESSIO_NT_LOCK_H
#define SESSIO_NT_LOCK_H

#include "interlocked.h"
#include "list.h"
#include "wait.h"

#ifdef __cplusplus
extern "C" {
#endif

/** This thread's level. */
KIRQL KeGetCurrentIrql(void);
/** Raises it; the level before. */
KIRQL KfRaiseIrql(KIRQL level);
/** Lowers it. */
void KeLowerIrql(KIRQL level);
/** Raises it to DISPATCH_LEVEL; the level before. */
KIRQL KeRaiseIrqlToDpcLevel(void);
#define KeRaiseIrql(level, before) (*(before) = KfRaiseIrql(level))
/** Counts the regions that this thread is in. */
void KeEnterCriticalRegion(void);
/** Leaves one. */
void KeLeaveCriticalRegion(void);
/** TRUE in a critical region or at APC_LEVEL and above. */
BOOLEAN KeAreApcsDisabled(void);
#define KeEnterGuardedRegion KeEnterCriticalRegion
#define KeLeaveGuardedRegion KeLeaveCriticalRegion
#define FsRtlEnterFileSystem KeEnterCriticalRegion
#define FsRtlExitFileSystem KeLeaveCriticalRegion

#if defined(DBG) && DBG
#define PAGED_CODE() NT_ASSERT(KeGetCurrentIrql() <= APC_LEVEL)
#else
#define PAGED_CODE() ((void)0)
#endif
#define PAGED_CODE_LOCKED() ((void)0)

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
/** FALSE if somebody has the lock. */
BOOLEAN KeTestSpinLock(PKSPIN_LOCK lock);
/** Raises to DISPATCH_LEVEL and takes the lock; the handle keeps what giving back needs. */
void KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle);
/** Gives the lock back and lowers to the level before. */
void KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE handle);
/** The same at DISPATCH_LEVEL. */
void KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle);
/** The same at DISPATCH_LEVEL. */
void KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE handle);

/* Readers and a writer who spin: 0 free, the top bit a writer, else the readers. */
typedef LONG EX_SPIN_LOCK, *PEX_SPIN_LOCK;
/** Raises to DISPATCH_LEVEL and waits until nobody has it; the level before. */
KIRQL ExAcquireSpinLockExclusive(PEX_SPIN_LOCK lock);
/** Gives it back and lowers to the level before. */
void ExReleaseSpinLockExclusive(PEX_SPIN_LOCK lock, KIRQL before);
/** Raises to DISPATCH_LEVEL and waits until no writer has it; the level before. */
KIRQL ExAcquireSpinLockShared(PEX_SPIN_LOCK lock);
/** Gives it back and lowers to the level before. */
void ExReleaseSpinLockShared(PEX_SPIN_LOCK lock, KIRQL before);

/** Inserts at the head with the lock held; the entry that was first, or NULL. */
PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock);
/** Inserts at the tail with the lock held; the entry that was last, or NULL. */
PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock);
/** Takes the first entry with the lock held, or NULL. */
PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY head, PKSPIN_LOCK lock);

typedef struct _FAST_MUTEX {
	LONG Count; /* 1: free */
	PVOID Owner;
	ULONG Contention;
	KEVENT Event;
	ULONG OldIrql;
} FAST_MUTEX, *PFAST_MUTEX, KGUARDED_MUTEX, *PKGUARDED_MUTEX;

SESSIO_NT_SIZE(FAST_MUTEX, 56, 32);
SESSIO_NT_OFFSET(FAST_MUTEX, OldIrql, 48, 28);

/** A free mutex. */
void ExInitializeFastMutex(PFAST_MUTEX mutex);
/** Raises to APC_LEVEL and takes the mutex. */
void ExAcquireFastMutex(PFAST_MUTEX mutex);
/** Takes the mutex if it is free. */
BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX mutex);
/** Gives the mutex back and lowers to the level before. */
void ExReleaseFastMutex(PFAST_MUTEX mutex);
/** Takes the mutex at the level that is. */
void ExAcquireFastMutexUnsafe(PFAST_MUTEX mutex);
/** Gives back a mutex taken by the call above. */
void ExReleaseFastMutexUnsafe(PFAST_MUTEX mutex);
#define KeInitializeGuardedMutex ExInitializeFastMutex
#define KeAcquireGuardedMutex ExAcquireFastMutexUnsafe
#define KeReleaseGuardedMutex ExReleaseFastMutexUnsafe

/* Readers and a writer, in one word; waits as fast mutexes do. */
typedef ULONG_PTR EX_PUSH_LOCK, *PEX_PUSH_LOCK;
/** A free lock. */
void ExInitializePushLock(PEX_PUSH_LOCK lock);
/** Waits until nobody has it. */
void ExAcquirePushLockExclusive(PEX_PUSH_LOCK lock);
/** Waits until no writer has it. */
void ExAcquirePushLockShared(PEX_PUSH_LOCK lock);
/** Gives back what this thread took. */
void ExReleasePushLockExclusive(PEX_PUSH_LOCK lock);
/** Gives back what this thread took. */
void ExReleasePushLockShared(PEX_PUSH_LOCK lock);
/** Gives back what this thread took, either way. */
void FltReleasePushLock(PEX_PUSH_LOCK lock);
#define FltInitializePushLock ExInitializePushLock
#define FltDeletePushLock(lock) ((void)(lock))
#define FltAcquirePushLockExclusive ExAcquirePushLockExclusive
#define FltAcquirePushLockShared ExAcquirePushLockShared

/* Readers and a writer who may take it again. */
typedef struct _ERESOURCE {
	LIST_ENTRY SystemResourcesList;
	PVOID OwnerTable;
	SHORT ActiveCount; /* readers, or how often the owner has it */
	USHORT Flag;
	PVOID SharedWaiters;
	PVOID ExclusiveWaiters;
	PVOID OwnerThread; /* the writer, or NULL */
	ULONG_PTR OwnerFlags;
	ULONG ActiveEntries;
	ULONG ContentionCount;
	ULONG NumberOfSharedWaiters;
	ULONG NumberOfExclusiveWaiters;
#if defined(_WIN64)
	PVOID Reserved;
#endif
	PVOID Address;
	KSPIN_LOCK SpinLock;
} ERESOURCE, *PERESOURCE;

SESSIO_NT_SIZE(ERESOURCE, 104, 56);

/** A free resource. */
NTSTATUS ExInitializeResourceLite(PERESOURCE resource);
/** Ends it; nobody may have it. */
NTSTATUS ExDeleteResourceLite(PERESOURCE resource);
/** Takes it for writing; FALSE if that would wait and may not. */
BOOLEAN ExAcquireResourceExclusiveLite(PERESOURCE resource, BOOLEAN wait);
/** Takes it for reading; FALSE if that would wait and may not. */
BOOLEAN ExAcquireResourceSharedLite(PERESOURCE resource, BOOLEAN wait);
/** Gives it back once. */
void ExReleaseResourceLite(PERESOURCE resource);
/** Whether this thread has it for writing. */
BOOLEAN ExIsResourceAcquiredExclusiveLite(PERESOURCE resource);

/* Counts users of something until it is run down: bit 0, and two for each user. */
typedef struct _EX_RUNDOWN_REF {
	__extension__ union {
		ULONG_PTR Count;
		PVOID Ptr;
	};
} EX_RUNDOWN_REF, *PEX_RUNDOWN_REF;

SESSIO_NT_SIZE(EX_RUNDOWN_REF, 8, 4);

/** Open for users. */
void ExInitializeRundownProtection(PEX_RUNDOWN_REF ref);
/** Open for users again, after a run-down. */
void ExReInitializeRundownProtection(PEX_RUNDOWN_REF ref);
/** FALSE from the run-down on. */
BOOLEAN ExAcquireRundownProtection(PEX_RUNDOWN_REF ref);
/** Ends one use. */
void ExReleaseRundownProtection(PEX_RUNDOWN_REF ref);
/** Refuses new users and waits for the last. */
void ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF ref);
/** Marks the run-down as complete, for those who wait for nobody. */
void ExRundownCompleted(PEX_RUNDOWN_REF ref);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_LOCK_H */
