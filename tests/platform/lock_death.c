/* SPDX-License-Identifier: MIT */
/* Locks that are none, or not in the state that a call needs. */
#include "death.h"

#include <string.h>

#include "base/lock_order.h"

static void lock_what_is_none(void) SI_UNCHECKED_LOCKING
{
	si_mutex lock;

	memset(&lock, 0, sizeof(lock));
	si_mutex_lock(&lock);
}

static void unlock_what_is_free(void) SI_UNCHECKED_LOCKING
{
	si_mutex lock;

	(void)si_mutex_init(&lock, SI_RANK_ALONE);
	si_mutex_unlock(&lock);
}

static void destroy_what_is_held(void) SI_UNCHECKED_LOCKING
{
	si_mutex lock;

	(void)si_mutex_init(&lock, SI_RANK_ALONE);
	si_mutex_lock(&lock);
	si_mutex_fini(&lock);
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		DEATH(lock_what_is_none),
		DEATH(unlock_what_is_free),
		DEATH(destroy_what_is_held),
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
