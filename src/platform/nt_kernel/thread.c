/* SPDX-License-Identifier: MIT */
/* The table keyed by thread (nt_kernel-3). */
#include "nt_kernel.h"

#define LISTS 64u /* 2 to the 6: the hash keeps 6 bits */
static struct {
	_Alignas(64) KSPIN_LOCK lock; /* a cache line each */
	struct si_thread_link *first; /* at most one link of each thread */
} lists[LISTS];

void si_kernel_make_threads(void)
{
	for (unsigned i = 0; i < LISTS; i++) {
		KeInitializeSpinLock(&lists[i].lock);
	}
}

bool si_kernel_threads_in_use(void)
{
	bool in_use = false;

	for (unsigned i = 0; i < LISTS; i++) {
		in_use = in_use || lists[i].first != NULL;
	}
	return in_use;
}

/* Of the threads that exist no two have the same number, which is not 0. */
static uintptr_t this_thread(void)
{
	return (uintptr_t)PsGetCurrentThreadId();
}

static unsigned list_of(uintptr_t thread)
{
	return (unsigned)((uint64_t)thread * UINT64_C(0x9e3779b97f4a7c15) >> 58);
}

/* Where the link of this thread hangs, or where its list ends. Under the list's lock. */
static struct si_thread_link **find_locked(unsigned list, uintptr_t thread)
{
	struct si_thread_link **at = &lists[list].first;

	while (*at != NULL && (*at)->thread != thread) {
		at = &(*at)->next;
	}
	return at;
}

void *si_platform_thread_get(void)
{
	uintptr_t thread = this_thread();
	unsigned list = list_of(thread);
	struct si_thread_link *link;
	KIRQL level;

	SI_KERNEL_LEVEL("thread_get");
	KeAcquireSpinLock(&lists[list].lock, &level);
	link = *find_locked(list, thread);
	KeReleaseSpinLock(&lists[list].lock, level);
	return link;
}

void si_platform_thread_set(void *value)
{
	uintptr_t thread = this_thread();
	unsigned list = list_of(thread);
	struct si_thread_link *link = value;
	struct si_thread_link *rest;
	struct si_thread_link **at;
	KIRQL level;

	SI_KERNEL_LEVEL("thread_set");
	KeAcquireSpinLock(&lists[list].lock, &level);
	at = find_locked(list, thread);
	rest = *at != NULL ? (*at)->next : NULL;
	if (link != NULL) {
		link->thread = thread;
		link->next = rest;
	}
	*at = link != NULL ? link : rest;
	KeReleaseSpinLock(&lists[list].lock, level);
}

uint32_t si_platform_thread_id(void)
{
	return (uint32_t)this_thread();
}

/* Numbers of threads are multiples of 4, and used again. */
unsigned si_platform_thread_slot(void)
{
	return (unsigned)(this_thread() >> 2);
}

bool si_platform_has_left(const void *address)
{
	(void)address;
	return false;
}
