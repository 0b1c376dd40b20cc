/* SPDX-License-Identifier: MIT */
#include "death.h"

#include <ntddk.h>

static void map_a_buffer_that_is_not_locked(void)
{
	(void)MmGetSystemAddressForMdlSafe(
		IoAllocateMdl(NULL, 1, FALSE, FALSE, NULL), NormalPagePriority);
}

static void unlock_a_buffer_that_is_not_locked(void)
{
	MmUnlockPages(IoAllocateMdl(NULL, 1, FALSE, FALSE, NULL));
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(map_a_buffer_that_is_not_locked),
		DEATH(unlock_a_buffer_that_is_not_locked),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
