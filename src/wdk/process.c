/* SPDX-License-Identifier: MIT */
#include "platform/process.h"

#include <stdatomic.h>

#include "nt/sessio_nt/notify.h"
#include "wdk/process.h"
#include "wdk/reference.h"
#include "wdk/thread.h"

#define FIRST_ID 0x50000000u /* above the numbers that systems give, and those of threads */
#define ID_STEP 4u
#define SYSTEM_ID 4u

/* Of the process that runs nothing is known but its number. */
struct _EPROCESS {
	DISPATCHER_HEADER header; /* signalled at its end */
	HANDLE id; /* NULL: the one that runs */
};
static struct _EPROCESS this_process = { .header.Type = SI_WDK_PROCESS };
static struct _EPROCESS system_process = { .header.Type = SI_WDK_PROCESS,
	.id = (HANDLE)(ULONG_PTR)SYSTEM_ID };
PEPROCESS PsInitialSystemProcess = &system_process;
static _Atomic ULONG ids;

HANDLE PsGetCurrentProcessId(void)
{
	return (HANDLE)(ULONG_PTR)si_process_id();
}

HANDLE PsGetCurrentThreadId(void)
{
	struct _ETHREAD *thread = si_wdk_thread();

	if (thread->object != NULL) {
		return thread->object->id;
	}
	if (thread->id == NULL) {
		thread->id = (HANDLE)(ULONG_PTR)si_platform_thread_id();
	}
	return thread->id;
}

PEPROCESS PsGetCurrentProcess(void)
{
	return &this_process;
}

PETHREAD PsGetCurrentThread(void)
{
	(void)PsGetCurrentThreadId(); /* others may ask for it later */
	return si_wdk_thread()->object != NULL ? si_wdk_thread()->object : si_wdk_thread();
}

HANDLE PsGetProcessId(PEPROCESS process)
{
	if (process == NULL) {
		return NULL;
	}
	return process->id == NULL ? PsGetCurrentProcessId() : process->id;
}

HANDLE PsGetThreadId(PETHREAD thread)
{
	return thread->id;
}

ULONG KeQueryActiveProcessorCount(PKAFFINITY active)
{
	ULONG count = (ULONG)si_platform_cpu_count();

	if (active != NULL) {
		*active = count >= sizeof(KAFFINITY) * CHAR_BIT ? ~(KAFFINITY)0
								: ((KAFFINITY)1 << count) - 1;
	}
	return count;
}

KPROCESSOR_MODE ExGetPreviousMode(void)
{
	return KernelMode;
}

PEPROCESS PsGetThreadProcess(PETHREAD thread)
{
	return thread->process != NULL ? thread->process : PsGetCurrentProcess();
}

HANDLE PsGetThreadProcessId(PETHREAD thread)
{
	return PsGetProcessId(PsGetThreadProcess(thread));
}

HANDLE si_wdk_process_next_id(void)
{
	return ULongToHandle(FIRST_ID + ID_STEP * atomic_fetch_add(&ids, 1));
}

PEPROCESS si_wdk_process_make(void)
{
	PEPROCESS process = si_platform_alloc(sizeof(*process));

	if (process == NULL) {
		return NULL;
	}
	si_wdk_header_init(&process->header, SI_WDK_PROCESS, sizeof(*process), 0);
	process->id = si_wdk_process_next_id();
	if (!si_wdk_object_add(process, *PsProcessType, si_platform_free)) {
		si_platform_free(process);
		return NULL;
	}
	return process;
}

static bool has_id(const void *object, const void *arg)
{
	const struct _EPROCESS *process = object;

	return process->id == *(const HANDLE *)arg;
}

NTSTATUS PsLookupProcessByProcessId(HANDLE id, PEPROCESS *process)
{
	PEPROCESS found = id == PsGetCurrentProcessId() ? &this_process
		: id == system_process.id               ? &system_process
							: NULL;

	if (process == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	SI_WDK_LEVEL(APC_LEVEL, "PsLookupProcessByProcessId");
	if (found != NULL) {
		(void)ObfReferenceObject(found);
	} else {
		found = si_wdk_object_find(*PsProcessType, has_id, &id);
	}
	if (found == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	*process = found;
	return STATUS_SUCCESS;
}
