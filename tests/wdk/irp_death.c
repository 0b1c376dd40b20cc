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

/* The fault of a completion routine that the sender itself sets. */
static void mark_above_the_top(void)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	IoMarkIrpPending(irp);
	IoFreeIrp(irp);
}

static NTSTATUS mark(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	(void)device;
	(void)context;
	IoMarkIrpPending(irp);
	return STATUS_SUCCESS;
}

static void mark_above_the_top_at_completion(void)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	IoSetCompletionRoutine(irp, mark, NULL, TRUE, TRUE, TRUE);
	IoSetNextIrpStackLocation(irp);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static void free_no_request(void)
{
	IoFreeIrp(NULL);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(complete_twice),
		DEATH(mark_above_the_top),
		DEATH(mark_above_the_top_at_completion),
		DEATH(free_no_request),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
