/* SPDX-License-Identifier: MIT */
#include "platform/process.h"

#include "wdk/thread.h"

/* There is one process, and nothing to know of it but its number. */
struct _EPROCESS {
	char unused;
};
static struct _EPROCESS this_process;

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
	return process == &this_process ? PsGetCurrentProcessId() : NULL;
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
