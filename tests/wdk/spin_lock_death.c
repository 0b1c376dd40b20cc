/* SPDX-License-Identifier: MIT */
#include "death.h"

#include <ntddk.h>

static KSPIN_LOCK spin;

static void take_a_spin_lock_twice(void)
{
	KIRQL before;

	KeAcquireSpinLock(&spin, &before);
	KeAcquireSpinLock(&spin, &before);
}

static void give_back_a_spin_lock_not_taken(void)
{
	KeReleaseSpinLock(&spin, PASSIVE_LEVEL);
}

static void take_at_passive_level(void)
{
	KeAcquireSpinLockAtDpcLevel(&spin);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(take_a_spin_lock_twice),
		DEATH(give_back_a_spin_lock_not_taken),
		DEATH(take_at_passive_level),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
