/* SPDX-License-Identifier: MIT */
/* Threads of drivers, as the test kit sees them. */
#ifndef SI_WDK_SYSTEM_THREAD_H
#define SI_WDK_SYSTEM_THREAD_H

#include <stdbool.h>
#include <stdint.h>

/* Waits for the end of a thread by the thing that was made for it. False after the timeout. */
bool si_wdk_system_thread_wait(const void *thread, uint64_t timeout_ns);

/* How many run, up to the moment when they touch nothing more. */
unsigned si_wdk_system_threads(void);
/* Whether any of them runs a driver's code. */
bool si_wdk_system_threads_run_drivers(void);

#endif /* SI_WDK_SYSTEM_THREAD_H */
