/* SPDX-License-Identifier: MIT */
/*
 * The inline part of platform.h in a Windows kernel. No header of the kernel is
 * included here, as its names would be in the way of everybody's.
 */
#ifndef SI_PLATFORM_INLINE_H
#define SI_PLATFORM_INLINE_H

/* (nt_kernel-1) */
typedef struct SI_CAPABILITY si_mutex {
	_Alignas(8) unsigned char os[56]; /* a FAST_MUTEX */
} si_mutex;

void si_mutex_lock(si_mutex *mutex) SI_ACQUIRES(mutex);
void si_mutex_unlock(si_mutex *mutex) SI_RELEASES(mutex);

/* (nt_kernel-3) */
struct si_thread_link {
	uintptr_t thread;
	struct si_thread_link *next;
};

static inline bool si_platform_may_keep(void)
{
	return false; /* a verifier of drivers watches each block */
}

static inline uintptr_t si_platform_here(void)
{
	char local;
	uintptr_t here = (uintptr_t)&local;

	return here; /* clang would warn of the expression itself */
}

#endif /* SI_PLATFORM_INLINE_H */
