/* SPDX-License-Identifier: MIT */
/* Requests that drivers build: the last steps of their completion. */
#ifndef SI_WDK_IRP_BUILD_H
#define SI_WDK_IRP_BUILD_H

#include "nt/wdm.h"

/* In AllocationFlags: freed when it is completed. */
#define SI_WDK_IRP_FREES_ITSELF 0x20u

/* Frees the cancel spin lock, which a driver may have kept for ever. Nothing runs meanwhile. */
void si_wdk_cancel_lock_begin(void);

/* Hands the data out, and frees the buffers. */
void si_wdk_irp_finish(PIRP irp);
void si_wdk_irp_free_buffers(PIRP irp);

#endif /* SI_WDK_IRP_BUILD_H */
