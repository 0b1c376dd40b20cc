/* SPDX-License-Identifier: MIT */
/* Threads of drivers, as the test kit sees them. */
#ifndef SI_WDK_SYSTEM_THREAD_H
#define SI_WDK_SYSTEM_THREAD_H

#include <stdbool.h>
#include <stdint.h>

/* Waits for the end of a thread by the thing that was made for it. False after the timeout. */
bool si_wdk_system_thread_wait(const void *thread, uint64_t timeout_ns);

#endif /* SI_WDK_SYSTEM_THREAD_H */
