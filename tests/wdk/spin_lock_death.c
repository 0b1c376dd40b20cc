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

static void release_a_spin_lock_without_writer(void)
{
	EX_SPIN_LOCK lock = 0;

	ExReleaseSpinLockExclusive(&lock, PASSIVE_LEVEL);
}

static void release_a_spin_lock_without_reader(void)
{
	EX_SPIN_LOCK lock = 0;

	ExReleaseSpinLockShared(&lock, PASSIVE_LEVEL);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(take_a_spin_lock_twice),
		DEATH(give_back_a_spin_lock_not_taken),
		DEATH(take_at_passive_level),
		DEATH(release_a_spin_lock_without_writer),
		DEATH(release_a_spin_lock_without_reader),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
