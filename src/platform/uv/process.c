/* SPDX-License-Identifier: MIT */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "platform/process.h"

#include <uv.h>

#include "platform/hooks.h"

/* A clock that a table of hooks keeps begins on 1 January 2025. */
#define HOOKED_DAY_US UINT64_C(1735689600000000)

uint64_t si_process_id(void)
{
	return (uint64_t)uv_os_getpid();
}

uint64_t si_process_wall_us(void)
{
	const struct si_hooks *hooks = si_hooks_get();
	uv_timeval64_t now = { 0, 0 };

	if (hooks != NULL && hooks->now_ns != NULL) {
		return HOOKED_DAY_US + hooks->now_ns() / 1000u;
	}
	/* It fails only for a NULL argument. */
	(void)uv_gettimeofday(&now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_usec;
}

void si_process_yield(void)
{
	const struct si_hooks *hooks = si_hooks_get();

	if (hooks == NULL || hooks->yield == NULL || !hooks->yield()) {
		uv_sleep(0);
	}
}

bool si_process_start_thread(void (*run)(void *arg), void *arg)
{
	const struct si_hooks *hooks = si_hooks_get();
	uv_thread_t thread;
	bool started;

	if (hooks != NULL && hooks->start_thread != NULL && !hooks->start_thread(&run, &arg)) {
		return false;
	}
	started = uv_thread_create(&thread, run, arg) == 0;
	if (hooks != NULL && hooks->started_thread != NULL) {
		hooks->started_thread(started);
	}
	if (!started) {
		return false;
	}
	/* libuv has no way to say that nobody joins it; its type is the system's own. */
#if defined(_WIN32)
	(void)CloseHandle(thread);
#else
	(void)pthread_detach(thread);
#endif
	return true;
}
