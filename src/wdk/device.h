/* SPDX-License-Identifier: MIT */
/* What the container calls ask of a device. */
#ifndef SI_NT_DEVICE_H
#define SI_NT_DEVICE_H

#include "nt/wdm.h"

/* The session that a device belongs to; 0 for all others, also for those not made here. */
ULONG si_nt_device_session(const DEVICE_OBJECT *device);

#endif /* SI_NT_DEVICE_H */
