/* SPDX-License-Identifier: MIT */
#include "death.h"

#include <ntddk.h>

static KSPIN_LOCK spin;

static void check_a_bug(void)
{
	KeBugCheckEx(0x139, 1, 2, 3, 4);
}

static void fail_an_assertion(void)
{
	NT_FRE_ASSERT(spin == 1);
}

static void break_into_the_debugger(void)
{
	DbgBreakPoint();
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(check_a_bug),
		DEATH(fail_an_assertion),
		DEATH(break_into_the_debugger),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
