/* SPDX-License-Identifier: MIT */
#if defined(__linux__)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "platform/process.h"

#include <stdio.h>

#include <uv.h>

uint64_t si_process_id(void)
{
	return (uint64_t)uv_os_getpid();
}

uint64_t si_process_wall_us(void)
{
	uv_timeval64_t now = { 0, 0 };

	/* It fails only for a NULL argument. */
	(void)uv_gettimeofday(&now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_usec;
}

void si_process_yield(void)
{
	uv_sleep(0);
}

bool si_process_start_thread(void (*run)(void *arg), void *arg)
{
	uv_thread_t thread;

	return uv_thread_create(&thread, run, arg) == 0;
}

void si_process_print(const char *text, size_t length)
{
	(void)fwrite(text, 1, length, stderr);
}
