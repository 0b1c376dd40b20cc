/* SPDX-License-Identifier: MIT */
/* Threads that drivers start. The thread has a reference to its object until its end. */
#include <setjmp.h>
#include <stdatomic.h>

#include "platform/process.h"
#include "wdk/device.h"
#include "wdk/handle.h"
#include "wdk/reference.h"
#include "wdk/system_thread.h"
#include "wdk/thread.h"

#define FIRST_ID 0x40000000u /* above the numbers that systems give */
#define ID_STEP 4u
#define NORMAL_PRIORITY 8

struct system_thread {
	struct _ETHREAD face; /* first: drivers see its address */
	PKSTART_ROUTINE routine;
	PVOID context;
	PVOID device; /* held; NULL: none */
	jmp_buf end; /* where PsTerminateSystemThread() leads to */
};

static _Atomic ULONG ids;
static _Atomic unsigned running;
static _Atomic unsigned in_routines; /* running, and before the end of their routines */

static void run_routine(struct system_thread *own)
{
	struct si_wdk_standing before = si_wdk_standing();

	if (setjmp(own->end) == 0) {
		own->routine(own->context);
	}
	SI_WDK_CHECK_STANDING(&before, own->routine, "a thread");
}

static void run(void *arg)
{
	struct system_thread *own = arg;

	si_wdk_thread()->object = &own->face;
	run_routine(own);
	atomic_fetch_sub(&in_routines, 1);
	if (own->device != NULL) {
		si_wdk_device_release(own->device);
	}
	si_wdk_gone(SI_WDK_SYSTEM_THREAD, own);
	si_wdk_thread()->object = NULL;
	si_wdk_object_end(&own->face.header);
	atomic_fetch_sub(&running, 1);
}

unsigned si_wdk_system_threads(void)
{
	return atomic_load(&running);
}

bool si_wdk_system_threads_run_drivers(void)
{
	return atomic_load(&in_routines) != 0;
}

static struct system_thread *make(PVOID object, PKSTART_ROUTINE routine, PVOID context)
{
	struct system_thread *own = si_platform_alloc(sizeof(*own));

	if (own == NULL) {
		return NULL;
	}
	memset(own, 0, sizeof(*own));
	si_wdk_header_init(&own->face.header, SI_WDK_THREAD_OBJECT, sizeof(own->face), 0);
	own->face.id = ULongToHandle(
		FIRST_ID + ID_STEP * atomic_fetch_add(&ids, 1)); /* unique is enough */
	own->face.object = &own->face;
	own->routine = routine;
	own->context = context;
	if (!si_wdk_object_add(&own->face, *PsThreadType, si_platform_free)) {
		si_platform_free(own);
		return NULL;
	}
	own->device = object != NULL && si_wdk_device_hold(object) ? object : NULL;
	return own;
}

/* It was not started, so that nobody else knows it. */
static void unmake(struct system_thread *own)
{
	if (own->device != NULL) {
		si_wdk_device_release(own->device);
	}
	si_wdk_object_unref(&own->face);
}

NTSTATUS IoCreateSystemThread(PVOID object, PHANDLE handle, ULONG access,
	POBJECT_ATTRIBUTES attributes, HANDLE process, PCLIENT_ID client, PKSTART_ROUTINE routine,
	PVOID context)
{
	struct system_thread *own;
	HANDLE made;

	UNREFERENCED_PARAMETER(access);
	UNREFERENCED_PARAMETER(attributes);
	UNREFERENCED_PARAMETER(process);
	if (handle == NULL || routine == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	SI_WDK_LEVEL(PASSIVE_LEVEL, "PsCreateSystemThread");
	own = make(object, routine, context);
	if (own == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	made = si_wdk_handle_make(&own->face);
	if (made == NULL) {
		unmake(own);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	if (client != NULL) {
		client->UniqueProcess = PsGetCurrentProcessId();
		client->UniqueThread = own->face.id;
	}
	*handle = made; /* before the routine may look at it */
	si_wdk_made(&(struct si_wdk_thing){ .kind = SI_WDK_SYSTEM_THREAD, .object = own });
	atomic_fetch_add(&running, 1);
	atomic_fetch_add(&in_routines, 1);
	if (!si_process_start_thread(run, own)) {
		atomic_fetch_sub(&in_routines, 1);
		atomic_fetch_sub(&running, 1);
		*handle = NULL;
		si_wdk_gone(SI_WDK_SYSTEM_THREAD, own);
		(void)ZwClose(made);
		unmake(own);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	return STATUS_SUCCESS;
}

NTSTATUS PsCreateSystemThread(PHANDLE handle, ULONG access, POBJECT_ATTRIBUTES attributes,
	HANDLE process, PCLIENT_ID client, PKSTART_ROUTINE routine, PVOID context)
{
	return IoCreateSystemThread(
		NULL, handle, access, attributes, process, client, routine, context);
}

NTSTATUS PsTerminateSystemThread(NTSTATUS status)
{
	PETHREAD face = si_wdk_thread()->object;

	UNREFERENCED_PARAMETER(status);
	if (SI_WDK_MISUSED(face == NULL, WAIT, NULL,
		    "PsTerminateSystemThread() called on a thread that no driver has started")) {
		return STATUS_INVALID_PARAMETER;
	}
	longjmp(((struct system_thread *)face)->end, 1);
}

static bool is_thread(const void *object, const void *arg)
{
	return object == arg;
}

static bool has_ended(void *object)
{
	return KeReadStateEvent((PKEVENT)object) != 0; /* they begin with the same header */
}

bool si_wdk_system_thread_wait(const void *thread, uint64_t timeout_ns)
{
	/* The thread's own reference may go at any moment. */
	PETHREAD face = si_wdk_object_find(*PsThreadType, is_thread, thread);
	bool ended = face == NULL || si_wdk_wait(has_ended, face, timeout_ns);

	if (face != NULL) {
		(void)ObfDereferenceObject(face);
	}
	return ended;
}

BOOLEAN PsIsSystemThread(PETHREAD thread)
{
	return thread->object == thread;
}

static bool has_id(const void *object, const void *arg)
{
	const struct _ETHREAD *thread = object;

	return thread->id == *(const HANDLE *)arg;
}

NTSTATUS PsLookupThreadByThreadId(HANDLE id, PETHREAD *thread)
{
	PETHREAD found = PsGetCurrentThread();

	if (thread == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	SI_WDK_LEVEL(APC_LEVEL, "PsLookupThreadByThreadId");
	if (id == PsGetThreadId(found)) {
		(void)ObfReferenceObject(found);
	} else {
		found = si_wdk_object_find(*PsThreadType, has_id, &id);
	}
	if (found == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	*thread = found;
	return STATUS_SUCCESS;
}

KPRIORITY KeSetPriorityThread(PKTHREAD thread, KPRIORITY priority)
{
	KPRIORITY before = KeQueryPriorityThread(thread);

	thread->priority = (CHAR)priority;
	return before;
}

KPRIORITY KeQueryPriorityThread(PKTHREAD thread)
{
	return thread->priority != 0 ? thread->priority : NORMAL_PRIORITY;
}
