/* SPDX-License-Identifier: MIT */
/* The inline part of platform.h where no platform is chosen. */
#ifndef SI_PLATFORM_INLINE_H
#define SI_PLATFORM_INLINE_H

typedef struct SI_CAPABILITY si_mutex {
	_Alignas(8) unsigned char os[64];
	si_rank rank;
} si_mutex;

void si_mutex_lock(si_mutex *mutex) SI_ACQUIRES(mutex);
void si_mutex_unlock(si_mutex *mutex) SI_RELEASES(mutex);

/* Threads have storage of their own. */
struct si_thread_link {
	char unused;
};

static inline bool si_platform_may_keep(void)
{
	return true;
}

static inline uintptr_t si_platform_here(void)
{
	char local;
	uintptr_t here = (uintptr_t)&local;

	return here; /* clang would warn of the expression itself */
}

#endif /* SI_PLATFORM_INLINE_H */
