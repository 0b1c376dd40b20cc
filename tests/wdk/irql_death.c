/* SPDX-License-Identifier: MIT */
#include "death.h"

#include <ntddk.h>

static void raise_downwards(void)
{
	(void)KfRaiseIrql(DISPATCH_LEVEL);
	(void)KfRaiseIrql(APC_LEVEL);
}

static void lower_upwards(void)
{
	KeLowerIrql(DISPATCH_LEVEL);
}

static void leave_no_region(void)
{
	KeLeaveCriticalRegion();
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(raise_downwards),
		DEATH(lower_upwards),
		DEATH(leave_no_region),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
