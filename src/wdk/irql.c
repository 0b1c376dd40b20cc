/* SPDX-License-Identifier: MIT */
/* The level of a thread, and the regions that it is in. */
#include "wdk/thread.h"

KIRQL KeGetCurrentIrql(void)
{
	return si_wdk_thread()->level;
}

KIRQL KfRaiseIrql(KIRQL level)
{
	KIRQL before = si_wdk_thread()->level;

	(void)SI_WDK_MISUSED(level < before, IRQL, NULL, "raising the IRQL to a lower one");
	si_wdk_thread()->level = level;
	return before;
}

void KeLowerIrql(KIRQL level)
{
	(void)SI_WDK_MISUSED(
		level > si_wdk_thread()->level, IRQL, NULL, "lowering the IRQL to a higher one");
	si_wdk_thread()->level = level;
}

KIRQL KeRaiseIrqlToDpcLevel(void)
{
	return KfRaiseIrql(DISPATCH_LEVEL);
}

void KeEnterCriticalRegion(void)
{
	si_wdk_thread()->regions++;
}

void KeLeaveCriticalRegion(void)
{
	if (!SI_WDK_MISUSED(si_wdk_thread()->regions == 0, REGION, NULL,
		    "leaving a critical region that was not entered")) {
		si_wdk_thread()->regions--;
	}
}

BOOLEAN KeAreApcsDisabled(void)
{
	return si_wdk_thread()->regions != 0 || si_wdk_thread()->level >= APC_LEVEL;
}
