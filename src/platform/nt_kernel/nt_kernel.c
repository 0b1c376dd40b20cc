/* SPDX-License-Identifier: MIT */
/* Begin and end, clocks, prints. */
#include "nt_kernel.h"

#include <stdatomic.h>

/* Of the bug check: "sess", as in the pool's tag. */
#define BUG_CHECK 0x73736573u

static _Atomic bool started;

bool si_kernel_is_started(void)
{
	/* Acquire: the locks are made. */
	return atomic_load_explicit(&started, memory_order_acquire);
}

bool si_kernel_start(void)
{
	if (si_kernel_is_started()) {
		return false;
	}
	si_kernel_make_locks();
	si_kernel_make_threads();
	/* Release: the locks are made. */
	atomic_store_explicit(&started, true, memory_order_release);
	return true;
}

void si_kernel_stop(void)
{
	size_t blocks = si_kernel_blocks();

	if (si_kernel_threads_in_use()) {
		si_platform_stop(__FILE__, __LINE__, "stop", "a thread is still in a callback");
	}
	if (blocks != 0) {
		DbgPrint("sessio: %u blocks of pool are out\n", (unsigned)blocks);
		si_platform_stop(__FILE__, __LINE__, "stop", "pool was not given back");
	}
	atomic_store_explicit(&started, false, memory_order_relaxed);
}

_Noreturn void si_platform_stop(const char *file, int line, const char *what, const char *why)
{
	DbgPrint("sessio: %s:%d: %s (%s)\n", file, line, why, what);
	KeBugCheckEx(BUG_CHECK, (ULONG_PTR)why, (ULONG_PTR)what, (ULONG_PTR)file, (ULONG_PTR)line);
	for (;;) {
	} /* not every header says that this does not return */
}

uint64_t si_platform_now_ns(void)
{
	LARGE_INTEGER frequency;
	LARGE_INTEGER count = KeQueryPerformanceCounter(&frequency);
	uint64_t ticks = (uint64_t)count.QuadPart;
	uint64_t per_second = (uint64_t)frequency.QuadPart;

	/* In two parts, as the product of the whole would overflow. */
	return ticks / per_second * 1000000000u + ticks % per_second * 1000000000u / per_second;
}

uint64_t si_platform_stamp_ns(void)
{
	return si_platform_now_ns();
}

unsigned si_platform_cpu_count(void)
{
	ULONG count = KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS);

	return count != 0 ? (unsigned)count : 1;
}

void si_platform_pause(unsigned times)
{
	while (times-- != 0) {
		YieldProcessor();
	}
}

bool si_platform_nap(void)
{
	return false; /* sleeps are as long as the tick of the clock */
}

/* The kernel cuts a print off after 512 bytes. */
#define PRINT_BYTES 400u

void si_platform_print(const char *text, size_t length)
{
	while (length != 0) {
		size_t part = length < PRINT_BYTES ? length : PRINT_BYTES;

		DbgPrint("%.*s", (int)part, text);
		text += part;
		length -= part;
	}
}
