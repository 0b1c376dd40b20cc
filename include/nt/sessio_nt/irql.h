/* SPDX-License-Identifier: MIT */
/*
 * Interrupt levels and critical regions.
 *
 * Each thread has a level of its own, which locks raise as the kernel's do.
 * Raising it to a lower level or lowering it to a higher one stops the program.
 */
#ifndef SESSIO_NT_IRQL_H
#define SESSIO_NT_IRQL_H

#include "debug.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PASSIVE_LEVEL 0
#define LOW_LEVEL 0
#define APC_LEVEL 1
#define DISPATCH_LEVEL 2
#define HIGH_LEVEL 15

/** This thread's level. */
KIRQL KeGetCurrentIrql(void);
/** Raises it; the level before. */
KIRQL KfRaiseIrql(KIRQL level);
/** Lowers it. */
void KeLowerIrql(KIRQL level);
/** Raises it to DISPATCH_LEVEL; the level before. */
KIRQL KeRaiseIrqlToDpcLevel(void);
#define KeRaiseIrql(level, before) (*(before) = KfRaiseIrql(level))
/** Enters a critical region; regions nest. */
void KeEnterCriticalRegion(void);
/** Leaves the region that was entered last. */
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

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_IRQL_H */
