/* SPDX-License-Identifier: MIT */
/*
 * Remove locks: they count the users of a device until it is removed. A lock that is
 * given back more often than it was taken stops the program. In the test kit one that was
 * taken, and whose memory goes before IoReleaseRemoveLockAndWait(), is a finding.
 */
#ifndef SESSIO_NT_REMOVE_LOCK_H
#define SESSIO_NT_REMOVE_LOCK_H

#include "wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _IO_REMOVE_LOCK_COMMON_BLOCK {
	BOOLEAN Removed;
	BOOLEAN Used;
	BOOLEAN Reserved[2];
	LONG IoCount; /* one for the lock itself, one for each user */
	KEVENT RemoveEvent;
} IO_REMOVE_LOCK_COMMON_BLOCK;
typedef struct _IO_REMOVE_LOCK {
	IO_REMOVE_LOCK_COMMON_BLOCK Common;
} IO_REMOVE_LOCK, *PIO_REMOVE_LOCK;

SESSIO_NT_SIZE(IO_REMOVE_LOCK, 32, 24);

/** A lock without users. */
void sessio_nt_remove_lock_init(PIO_REMOVE_LOCK lock);
#define IoInitializeRemoveLock(lock, tag, minutes, high) \
	((void)(tag), (void)(minutes), (void)(high), sessio_nt_remove_lock_init(lock))
/** STATUS_DELETE_PENDING from the removal on. */
NTSTATUS sessio_nt_remove_lock_acquire(PIO_REMOVE_LOCK lock);
#define IoAcquireRemoveLock(lock, tag) ((void)(tag), sessio_nt_remove_lock_acquire(lock))
/** Ends one use. */
void sessio_nt_remove_lock_release(PIO_REMOVE_LOCK lock);
#define IoReleaseRemoveLock(lock, tag) ((void)(tag), sessio_nt_remove_lock_release(lock))
/** Ends the caller's use, refuses new ones, and waits for the last. */
void sessio_nt_remove_lock_remove(PIO_REMOVE_LOCK lock);
#define IoReleaseRemoveLockAndWait(lock, tag) ((void)(tag), sessio_nt_remove_lock_remove(lock))

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_REMOVE_LOCK_H */
