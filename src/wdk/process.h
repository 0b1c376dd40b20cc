/* SPDX-License-Identifier: MIT */
/* Processes that are made here, beside the one that there is. */
#ifndef SI_WDK_PROCESS_H
#define SI_WDK_PROCESS_H

#include "nt/sessio_nt/process.h"

/* A process with a number of its own, and one reference; NULL if there is no memory. */
PEPROCESS si_wdk_process_make(void);

/* A number that no process or thread of the system has. */
HANDLE si_wdk_process_next_id(void);

#endif /* SI_WDK_PROCESS_H */
