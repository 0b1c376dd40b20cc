/* SPDX-License-Identifier: MIT */
/* This process and its threads, as the operating system numbers them. */
#ifndef SESSIO_NT_PROCESS_H
#define SESSIO_NT_PROCESS_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _EPROCESS *PEPROCESS, *PKPROCESS, *PRKPROCESS;
typedef struct _ETHREAD *PETHREAD, *PKTHREAD, *PRKTHREAD;

/** The number of this process. */
HANDLE PsGetCurrentProcessId(void);
/** The number of this thread. */
HANDLE PsGetCurrentThreadId(void);
/** This process; the only one there is. */
PEPROCESS PsGetCurrentProcess(void);
#define IoGetCurrentProcess PsGetCurrentProcess
/** This thread; valid until it ends. */
PETHREAD PsGetCurrentThread(void);
#define KeGetCurrentThread PsGetCurrentThread
/** The number of a process. */
HANDLE PsGetProcessId(PEPROCESS process);
/** The number of a thread. */
HANDLE PsGetThreadId(PETHREAD thread);
/** The process of a thread. */
PEPROCESS PsGetThreadProcess(PETHREAD thread);
#define IoThreadToProcess PsGetThreadProcess
/** The number of the process of a thread. */
HANDLE PsGetThreadProcessId(PETHREAD thread);
/** How many threads can run at once. */
ULONG KeQueryActiveProcessorCount(PKAFFINITY active);
#define KeNumberProcessors SESSIO_NT_CAST(CCHAR, KeQueryActiveProcessorCount(NULL))
/** KernelMode: everything here is called by the kernel's own. */
KPROCESSOR_MODE ExGetPreviousMode(void);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_PROCESS_H */
