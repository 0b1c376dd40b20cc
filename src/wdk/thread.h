/* SPDX-License-Identifier: MIT */
/*
 * A thread as driver code sees it, and how it waits.
 *
 * (wdk_thread-1) A thread's level is its own: no other thread reads or writes it.
 * (wdk_thread-2) A thread makes something true by a sequentially consistent write,
 *      and then calls si_wdk_wake(). A waiter counts itself before it looks. So one
 *      of both sees the other.
 */
#ifndef SI_WDK_THREAD_H
#define SI_WDK_THREAD_H

#include <stdbool.h>

#include "base/bug.h"
#include "base/waiting.h"
#include "nt/wdm.h"

struct _ETHREAD {
	HANDLE id; /* 0 until asked for */
	ULONG regions; /* critical regions that it is in */
	KIRQL level; /* (wdk_thread-1) */
};

/* The calling thread; never NULL. */
struct _ETHREAD *si_wdk_thread(void);

/* Stops the program above a level, as the kernel would. */
#define SI_WDK_LEVEL(max, what) \
	SI_BUG_IF(si_wdk_thread()->level > (max), what " is not for this IRQL")

/* Whether the try was successful; called at the gate and elsewhere. */
typedef bool si_wdk_try_fn(void *object);

/* Tries until it succeeds; false after timeout_ns. SI_WAIT_FOREVER is no timeout. */
bool si_wdk_wait(si_wdk_try_fn *try_it, void *object, uint64_t timeout_ns);

/* (wdk_thread-2) */
void si_wdk_wake(void);

/* A lock word of ours: no level, short sections only. */
void si_wdk_lock(KSPIN_LOCK *lock);
void si_wdk_unlock(KSPIN_LOCK *lock);

#endif /* SI_WDK_THREAD_H */
