/* SPDX-License-Identifier: MIT */
/* Systems whose processes have no copies. */
#include "platform/copy.h"

bool si_copy_possible(void)
{
	return false;
}

void *si_copy_share(size_t size)
{
	(void)size;
	return NULL;
}

void si_copy_unshare(void *memory, size_t size)
{
	(void)memory;
	(void)size;
}

void si_copy_before_crash(void (*fn)(const void *address))
{
	(void)fn;
}

enum si_copy_end si_copy_run(void (*run)(void *arg), void *arg, const _Atomic uint32_t *progress,
	uint32_t limit_ms, int *out_code)
{
	(void)run;
	(void)arg;
	(void)progress;
	(void)limit_ms;
	(void)out_code;
	return SI_COPY_NONE;
}
