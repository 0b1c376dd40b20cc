/* SPDX-License-Identifier: MIT */
/*
 * The inline part of platform.h where libuv runs.
 *
 * Elsewhere than on Windows libuv's mutex is a pthread_mutex_t by its own header.
 * Locking that without the way through libuv saves a tenth of an open and close.
 */
#ifndef SI_PLATFORM_INLINE_H
#define SI_PLATFORM_INLINE_H

#if !defined(_WIN32)
#include <pthread.h>
#endif

#if defined(SESSIO_HOOKS)
#include "platform/hooks.h"
#endif

typedef struct SI_CAPABILITY si_mutex {
#if defined(_WIN32)
	_Alignas(8) unsigned char os[40]; /* a CRITICAL_SECTION */
#else
	pthread_mutex_t os;
#endif
	si_rank rank;
} si_mutex;

/* Both answer 0 for a lock that is one, and that the caller may lock or unlock. */
#if defined(_WIN32)
int si_mutex_os_lock(si_mutex *mutex);
int si_mutex_os_unlock(si_mutex *mutex);
#else
static inline int si_mutex_os_lock(si_mutex *mutex)
{
	return pthread_mutex_lock(&mutex->os);
}

static inline int si_mutex_os_unlock(si_mutex *mutex)
{
	return pthread_mutex_unlock(&mutex->os);
}
#endif

_Noreturn SI_COLD void si_mutex_stop(void);

/* The analysis does not look into lock and unlock. */
static inline void si_mutex_lock(si_mutex *mutex) SI_ACQUIRES(mutex) SI_UNCHECKED_LOCKING
{
#if defined(SESSIO_HOOKS)
	si_hook_before_lock(mutex);
#endif
#if defined(SI_RANKS)
	si_platform_rank_take(mutex->rank);
#endif
	if (si_unlikely(si_mutex_os_lock(mutex) != 0)) {
		si_mutex_stop();
	}
}

static inline void si_mutex_unlock(si_mutex *mutex) SI_RELEASES(mutex) SI_UNCHECKED_LOCKING
{
#if defined(SI_RANKS)
	si_platform_rank_give(mutex->rank);
#endif
	if (si_unlikely(si_mutex_os_unlock(mutex) != 0)) {
		si_mutex_stop();
	}
#if defined(SESSIO_HOOKS)
	si_hook_after_unlock(mutex);
#endif
}

/* Threads have storage of their own. */
struct si_thread_link {
	char unused;
};

#if defined(__SANITIZE_ADDRESS__)
#define SI_FAKE_STACKS
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SI_FAKE_STACKS
#endif
#endif

/* Local variables may be elsewhere under an address sanitizer, and frames are not free. */
static inline uintptr_t si_platform_here(void)
{
#if defined(SI_FAKE_STACKS)
	return (uintptr_t)__builtin_frame_address(0);
#else
	char local;
	uintptr_t here = (uintptr_t)&local;

	return here; /* clang would warn of the expression itself */
#endif
}

#endif /* SI_PLATFORM_INLINE_H */
