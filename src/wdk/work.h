/* SPDX-License-Identifier: MIT */
#ifndef SI_WDK_WORK_H
#define SI_WDK_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* sessio_nt_wait_for_work() with a timeout; false if items were left at its end. */
bool si_wdk_work_wait(uint64_t timeout_ns);

/*
 * Holds back items that are queued, until this ends it, or any wait of the calling thread
 * does (work-3).
 */
void si_wdk_work_hold(bool hold);
/* Whether no item is queued or runs, and no deferred call either. */
bool si_wdk_work_is_idle(void);
/* The calling thread is about to wait. */
void si_wdk_work_waits(void);
/* Waits for deferred calls alone. How many items are held back then; 0 without a hold. */
size_t si_wdk_work_held(uint64_t timeout_ns);
/* The items that are queued, the oldest first, with their routines and contexts. It may call nothing here. */
typedef void si_wdk_work_fn(const void *item, uintptr_t routine, const void *context, void *arg);
void si_wdk_work_visit(si_wdk_work_fn *visit, void *arg);

/*
 * Ends the worker until the next item is made, because a copy of the process would not have it.
 * Nothing else of this room runs meanwhile. No-op while there is an item.
 */
void si_wdk_work_end_thread(void);

#endif /* SI_WDK_WORK_H */
