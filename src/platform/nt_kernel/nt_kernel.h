/* SPDX-License-Identifier: MIT */
/*
 * The rules of this platform, and the functions that its sources share.
 *
 * (nt_kernel-1) A lock is a fast mutex, taken in a critical region. So its owner is
 *      neither suspended nor interrupted by a normal kernel APC.
 * (nt_kernel-2) Every function of this folder may be called at IRQL <= APC_LEVEL, and
 *      stops the system above that. Exceptions are si_platform_print() and
 *      si_platform_stop(), which any level may call.
 * (nt_kernel-3) There is no storage per thread. A thread sets the address of a link,
 *      which joins a list of a table keyed by thread. So setting needs no
 *      memory and cannot fail. Lists are walked at DISPATCH_LEVEL, under spin locks.
 *      Hence a thread with a frame on its stack waits in mode KernelMode only: in
 *      UserMode its stack may be paged out.
 * (nt_kernel-4) Memory is tagged NonPagedPoolNx, by ExAllocatePoolWithTag(): Windows 8
 *      is the oldest with such a pool. ExAllocatePool2() is younger, and Wine has none.
 */
#ifndef SI_NT_KERNEL_H
#define SI_NT_KERNEL_H

#include "platform/platform.h"

#include <ntddk.h>

#include "platform/kernel.h"

/* Reads "sess" in the kernel's tools. */
#define SI_POOL_TAG 0x73736573u

/* (nt_kernel-2); a build for a system that has no levels brings its own. */
#if !defined(SI_KERNEL_LEVEL)
#define SI_KERNEL_LEVEL(what)                                                             \
	do {                                                                              \
		if (KeGetCurrentIrql() > APC_LEVEL) {                                     \
			si_platform_stop(__FILE__, __LINE__, (what), "IRQL > APC_LEVEL"); \
		}                                                                         \
	} while (0)
#endif

void si_kernel_make_locks(void);
void si_kernel_make_threads(void);

/* Whether any thread has set anything. */
bool si_kernel_threads_in_use(void);

#endif /* SI_NT_KERNEL_H */
