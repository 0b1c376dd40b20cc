/* SPDX-License-Identifier: MIT */
/*
 * Locks whose waiters sleep: fast mutexes, push locks, resources, rundown
 * references. Sleeping at DISPATCH_LEVEL, and giving back a lock that the thread
 * has not taken, stops the program with a reason.
 */
#ifndef SESSIO_NT_LOCK_H
#define SESSIO_NT_LOCK_H

#include "spin_lock.h"
#include "wait.h"

#ifdef __cplusplus
extern "C" {
#endif

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
/** Takes the mutex and leaves the level as it is. */
void ExAcquireFastMutexUnsafe(PFAST_MUTEX mutex);
/** Gives back a mutex taken by the call above. */
void ExReleaseFastMutexUnsafe(PFAST_MUTEX mutex);
#define KeInitializeGuardedMutex ExInitializeFastMutex
#define KeAcquireGuardedMutex ExAcquireFastMutexUnsafe
#define KeReleaseGuardedMutex ExReleaseFastMutexUnsafe

/* For readers or one writer, in one word. */
typedef ULONG_PTR EX_PUSH_LOCK, *PEX_PUSH_LOCK;
/** A free lock. */
void ExInitializePushLock(PEX_PUSH_LOCK lock);
/** Takes it for writing. */
void ExAcquirePushLockExclusive(PEX_PUSH_LOCK lock);
/** Takes it for reading. */
void ExAcquirePushLockShared(PEX_PUSH_LOCK lock);
/** Gives it back after writing. */
void ExReleasePushLockExclusive(PEX_PUSH_LOCK lock);
/** Gives it back after reading. */
void ExReleasePushLockShared(PEX_PUSH_LOCK lock);
/** Gives it back after writing or reading. */
void FltReleasePushLock(PEX_PUSH_LOCK lock);
#define FltInitializePushLock ExInitializePushLock
#define FltDeletePushLock(lock) ((void)(lock))
#define FltAcquirePushLockExclusive ExAcquirePushLockExclusive
#define FltAcquirePushLockShared ExAcquirePushLockShared

/* For readers, and a writer that may take it again. */
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
/** Ends it. A resource that is taken stops the program. */
NTSTATUS ExDeleteResourceLite(PERESOURCE resource);
/** Takes it for writing; FALSE if that would wait and may not. */
BOOLEAN ExAcquireResourceExclusiveLite(PERESOURCE resource, BOOLEAN wait);
/** Takes it for reading; FALSE if that would wait and may not. */
BOOLEAN ExAcquireResourceSharedLite(PERESOURCE resource, BOOLEAN wait);
/** Gives it back once. */
void ExReleaseResourceLite(PERESOURCE resource);
/** Enters a critical region and takes it for writing; NULL. */
PVOID ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE resource);
/** Enters a critical region and takes it for reading; NULL. */
PVOID ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE resource);
/** Gives it back and leaves the region. */
void ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE resource);
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
/** Marks the run-down as complete, when no user is left to wait for. */
void ExRundownCompleted(PEX_RUNDOWN_REF ref);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_LOCK_H */
