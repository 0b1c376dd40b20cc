/* SPDX-License-Identifier: MIT */
/* The inline part of platform.h where libuv runs. */
#ifndef SI_PLATFORM_INLINE_H
#define SI_PLATFORM_INLINE_H

#include <sessio/fast.h>

#if defined(__linux__)
#include "platform/uv/lock.h"
#else
#include "platform/uv/lock_other.h"
#endif
#include "platform/hooks.h"

#if defined(SESSIO_FAST_IS_INLINE)
#define SI_HAS_DESKS

/* The calling thread's; one on which all slots are empty if it has none. */
static inline struct sessio_fast_desk *si_platform_desk(void)
{
	return SESSIO_FAST_DESK;
}
#endif

/* As si_mutex_init(), without asking the table of hooks. */
bool si_mutex_make(si_mutex *mutex, si_rank rank);

/* The analysis does not look into lock and unlock. */
static inline void si_mutex_lock(si_mutex *mutex) SI_ACQUIRES(mutex) SI_UNCHECKED_LOCKING
{
#if defined(SESSIO_HOOKS)
	si_hook_before_lock(mutex);
#endif
#if defined(SI_RANKS)
	si_platform_rank_take(mutex->rank);
#endif
	si_mutex_os_lock(mutex);
}

#if defined(SI_HAS_TRY_LOCK)
static inline bool si_mutex_try_lock(si_mutex *mutex) SI_TRIES(mutex) SI_UNCHECKED_LOCKING
{
#if defined(SESSIO_HOOKS)
	si_mutex_lock(mutex);
#else
	if (si_unlikely(!si_mutex_os_try_lock(mutex))) {
		return false;
	}
#if defined(SI_RANKS)
	si_platform_rank_take(mutex->rank);
#endif
#endif
	return true;
}
#endif

static inline void si_mutex_unlock(si_mutex *mutex) SI_RELEASES(mutex) SI_UNCHECKED_LOCKING
{
#if defined(SI_RANKS)
	si_platform_rank_give(mutex->rank);
#endif
	si_mutex_os_unlock(mutex);
#if defined(SESSIO_HOOKS)
	si_hook_after_unlock(mutex);
#endif
}

/* Threads have storage of their own. */
struct si_thread_link {
	char unused;
};

/*
 * Where threads' storage is found without a call. In a module that is loaded later, the
 * C library has set aside a few hundred bytes for such storage; ours has less.
 */
#if defined(__GLIBC__) && defined(__GNUC__)
#define SI_HAS_THREAD_VALUE
extern _Thread_local void *si_platform_thread_value __attribute__((tls_model("initial-exec")));

static inline void *si_platform_thread_get(void)
{
	return si_platform_thread_value;
}

static inline void si_platform_thread_set(void *value)
{
	si_platform_thread_value = value;
}
#endif

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

static inline bool si_platform_may_keep(void)
{
#if defined(SI_FAKE_STACKS)
	return false;
#else
	return si_hooks_get() == NULL;
#endif
}

#endif /* SI_PLATFORM_INLINE_H */
