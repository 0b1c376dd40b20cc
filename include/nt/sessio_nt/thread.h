/* SPDX-License-Identifier: MIT */
/*
 * Threads that drivers start, and threads by their numbers. The end of a thread is an
 * object for which others wait.
 */
#ifndef SESSIO_NT_THREAD_H
#define SESSIO_NT_THREAD_H

#include "process.h"
#include "reference.h"

#ifdef __cplusplus
extern "C" {
#endif

#define THREAD_ALL_ACCESS (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xffff)
#define LOW_PRIORITY 0
#define LOW_REALTIME_PRIORITY 16
#define HIGH_PRIORITY 31
#define MAXIMUM_PRIORITY 32

typedef void KSTART_ROUTINE(PVOID StartContext);
typedef KSTART_ROUTINE *PKSTART_ROUTINE;

/**
 * Starts a thread at PASSIVE_LEVEL, with a handle for ZwClose(). It runs until its
 * routine returns. STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS PsCreateSystemThread(PHANDLE handle, ULONG access, POBJECT_ATTRIBUTES attributes,
	HANDLE process, PCLIENT_ID client, PKSTART_ROUTINE routine, PVOID context);
/** The same. It keeps a device object, even if that is deleted, until the thread ends. */
NTSTATUS IoCreateSystemThread(PVOID object, PHANDLE handle, ULONG access,
	POBJECT_ATTRIBUTES attributes, HANDLE process, PCLIENT_ID client, PKSTART_ROUTINE routine,
	PVOID context);
/** Ends the calling thread, which must be one of the two calls above. It does not return. */
NTSTATUS PsTerminateSystemThread(NTSTATUS status);
/** Whether one of those calls has started it. */
BOOLEAN PsIsSystemThread(PETHREAD thread);
/**
 * The thread with this number, with a reference: the calling one, or one that was made
 * here. STATUS_INVALID_PARAMETER for all others.
 */
NTSTATUS PsLookupThreadByThreadId(HANDLE id, PETHREAD *thread);
/** Notes the priority of a thread; the one before. Nothing is scheduled by it. */
KPRIORITY KeSetPriorityThread(PKTHREAD thread, KPRIORITY priority);
/** The priority that was noted. */
KPRIORITY KeQueryPriorityThread(PKTHREAD thread);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_NT_THREAD_H */
