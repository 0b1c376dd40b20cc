/* SPDX-License-Identifier: MIT */
#pragma GCC diagnostic ignored "-Wpedantic"
#include "death.h"

#include <ntddk.h>

static void free_null(void)
{
	ExFreePool(NULL);
}

static void free_what_is_no_block(void)
{
	ULONG_PTR words[16] = { 0 };

	ExFreePool(&words[12]);
}

static void free_twice(void)
{
	PVOID block = ExAllocatePoolWithTag(PagedPool, 1, 'aaaa');

	ExFreePool(block);
	ExFreePool(block);
}

static void free_under_another_tag(void)
{
	ExFreePoolWithTag(ExAllocatePoolWithTag(PagedPool, 1, 'aaaa'), 'bbbb');
}

static void take_paged_pool_at_dispatch_level(void)
{
	(void)KeRaiseIrqlToDpcLevel();
	(void)ExAllocatePoolWithTag(PagedPool, 1, 'aaaa');
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(free_null),
		DEATH(free_what_is_no_block),
		DEATH(free_twice),
		DEATH(free_under_another_tag),
		DEATH(take_paged_pool_at_dispatch_level),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
