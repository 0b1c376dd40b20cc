/* SPDX-License-Identifier: MIT */
/*
 * The lock of platform.h where it is libuv's.
 *
 * Elsewhere than on Windows that is a pthread_mutex_t by libuv's own header. Locking
 * it without the way through libuv saves a tenth of an open and close.
 */
#ifndef SI_UV_LOCK_OTHER_H
#define SI_UV_LOCK_OTHER_H

#if !defined(_WIN32)
#include <pthread.h>
#endif

typedef struct SI_CAPABILITY si_mutex {
#if defined(_WIN32)
	_Alignas(8) unsigned char os[40]; /* a CRITICAL_SECTION */
#else
	pthread_mutex_t os;
#endif
	si_rank rank;
} si_mutex;

_Noreturn SI_COLD void si_mutex_stop(void);

#if defined(_WIN32)
void si_mutex_os_lock(si_mutex *mutex);
void si_mutex_os_unlock(si_mutex *mutex);
#else
static inline void si_mutex_os_lock(si_mutex *mutex)
{
	if (si_unlikely(pthread_mutex_lock(&mutex->os) != 0)) {
		si_mutex_stop();
	}
}

static inline void si_mutex_os_unlock(si_mutex *mutex)
{
	if (si_unlikely(pthread_mutex_unlock(&mutex->os) != 0)) {
		si_mutex_stop();
	}
}
#endif

#endif /* SI_UV_LOCK_OTHER_H */
