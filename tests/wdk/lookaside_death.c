/* SPDX-License-Identifier: MIT */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "death.h"

#include <ntddk.h>

static void delete_a_lookaside_list_in_use(void)
{
	PAGED_LOOKASIDE_LIST list;

	ExInitializePagedLookasideList(&list, NULL, NULL, 0, 8, 'aaaa', 0);
	(void)ExAllocateFromPagedLookasideList(&list);
	ExDeletePagedLookasideList(&list);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(delete_a_lookaside_list_in_use),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
