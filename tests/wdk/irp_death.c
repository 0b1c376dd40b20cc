/* SPDX-License-Identifier: MIT */
#include "death.h"

#include <ntddk.h>

static void complete_twice(void)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	IoSetNextIrpStackLocation(irp);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(complete_twice),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
