/* SPDX-License-Identifier: MIT */
/* The states of power, and the calls of drivers that follow them. */
#ifndef SESSIO_NT_POWER_H
#define SESSIO_NT_POWER_H

#include "irp.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Was needed once, to get the next power request; the request must be the caller's. */
void PoStartNextPowerIrp(PIRP irp);
#define PoCallDriver IoCallDriver
/** Notes a state of a device; the state of this kind before. */
POWER_STATE PoSetPowerState(PDEVICE_OBJECT device, POWER_STATE_TYPE type, POWER_STATE state);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_POWER_H */
