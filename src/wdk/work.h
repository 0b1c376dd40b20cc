/* SPDX-License-Identifier: MIT */
#ifndef SI_WDK_WORK_H
#define SI_WDK_WORK_H

#include <stdbool.h>
#include <stdint.h>

/* sessio_nt_wait_for_work() with a timeout; false if items were left at its end. */
bool si_wdk_work_wait(uint64_t timeout_ns);

#endif /* SI_WDK_WORK_H */
