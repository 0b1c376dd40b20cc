/* SPDX-License-Identifier: MIT */
/* What the container calls ask of a device. */
#ifndef SI_WDK_DEVICE_H
#define SI_WDK_DEVICE_H

#include "nt/wdm.h"

/* The session that a device belongs to; 0 for all others, also for those not made here. */
ULONG si_wdk_device_session(const DEVICE_OBJECT *device);

#endif /* SI_WDK_DEVICE_H */
