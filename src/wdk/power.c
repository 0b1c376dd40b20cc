/* SPDX-License-Identifier: MIT */
#include "nt/sessio_nt/power.h"

#include "wdk/device.h"
#include "wdk/thread.h"

void PoStartNextPowerIrp(PIRP irp)
{
	SI_WDK_LEVEL(DISPATCH_LEVEL, "PoStartNextPowerIrp");
	(void)SI_WDK_MISUSED(irp->CurrentLocation > irp->StackCount, REQUEST, irp,
		"PoStartNextPowerIrp() got a request that was completed");
}

POWER_STATE PoSetPowerState(PDEVICE_OBJECT device, POWER_STATE_TYPE type, POWER_STATE state)
{
	POWER_STATE before = { PowerSystemWorking };
	POWER_STATE *states = si_wdk_device_power(device);

	SI_WDK_LEVEL(DISPATCH_LEVEL, "PoSetPowerState");
	if (type == DevicePowerState) {
		before.DeviceState = PowerDeviceD0;
	}
	/* Nothing noted yet: it works. */
	if (states != NULL && states[type].SystemState != PowerSystemUnspecified) {
		before = states[type];
	}
	if (states != NULL) {
		states[type] = state;
	}
	return before;
}
