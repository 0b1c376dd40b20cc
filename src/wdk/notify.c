/* SPDX-License-Identifier: MIT */
/* The routines that hear of processes, threads and images. */
#include "wdk/notify.h"

#include "wdk/process.h"
#include "wdk/reference.h"
#include "wdk/thread.h"

#define ROUTINES 64u /* of each kind, as many as the kernel takes */

enum kind { KIND_PROCESS, KIND_PROCESS_EX, KIND_THREAD, KIND_IMAGE };

typedef void any_routine(void);

struct entry {
	any_routine *routine; /* NULL: free */
	enum kind kind;
	unsigned running; /* calls of it */
	bool removed; /* waits for these */
};

static KSPIN_LOCK lock;
static struct entry entries[4 * ROUTINES]; /* under the lock */

static struct entry *find_locked(enum kind kind, any_routine *routine)
{
	for (size_t i = 0; i < RTL_NUMBER_OF(entries); i++) {
		if (entries[i].routine == routine && entries[i].kind == kind &&
			!entries[i].removed) {
			return &entries[i];
		}
	}
	return NULL;
}

static struct entry *find_free_locked(enum kind kind)
{
	struct entry *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < RTL_NUMBER_OF(entries); i++) {
		count += entries[i].routine != NULL && entries[i].kind == kind;
		if (entries[i].routine == NULL && found == NULL) {
			found = &entries[i];
		}
	}
	return count < ROUTINES ? found : NULL;
}

static NTSTATUS add(enum kind kind, any_routine *routine)
{
	NTSTATUS status = STATUS_SUCCESS;
	struct entry *entry;

	if (routine == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	SI_WDK_LEVEL(PASSIVE_LEVEL, "adding a notify routine");
	si_wdk_lock(&lock);
	entry = find_free_locked(kind);
	if (find_locked(kind, routine) != NULL) {
		status = STATUS_INVALID_PARAMETER;
	} else if (entry == NULL) {
		status = STATUS_INSUFFICIENT_RESOURCES;
	} else {
		*entry = (struct entry){ routine, kind, 0, false };
	}
	si_wdk_unlock(&lock);
	if (NT_SUCCESS(status)) {
		si_wdk_made(&(struct si_wdk_thing){ .kind = SI_WDK_NOTIFY, .object = entry });
	}
	return status;
}

static bool is_idle(void *object)
{
	struct entry *entry = object;
	bool idle;

	si_wdk_lock(&lock);
	idle = entry->running == 0;
	si_wdk_unlock(&lock);
	return idle;
}

static void finish_removal(struct entry *entry)
{
	si_wdk_gone(SI_WDK_NOTIFY, entry);
	(void)si_wdk_wait(is_idle, entry, SI_WAIT_FOREVER);
	si_wdk_lock(&lock);
	entry->routine = NULL;
	si_wdk_unlock(&lock);
}

static NTSTATUS take_out(enum kind kind, any_routine *routine, NTSTATUS otherwise)
{
	struct entry *entry;

	if (routine == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	SI_WDK_LEVEL(PASSIVE_LEVEL, "removing a notify routine");
	si_wdk_lock(&lock);
	entry = find_locked(kind, routine);
	if (entry != NULL) {
		entry->removed = true;
	}
	si_wdk_unlock(&lock);
	if (entry == NULL) {
		return otherwise;
	}
	finish_removal(entry);
	return STATUS_SUCCESS;
}

void si_wdk_notify_remove(void *thing)
{
	struct entry *entry = thing;

	si_wdk_lock(&lock);
	entry->removed = true;
	si_wdk_unlock(&lock);
	finish_removal(entry);
}

NTSTATUS PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE routine, BOOLEAN remove)
{
	any_routine *any = (any_routine *)routine;

	return remove ? take_out(KIND_PROCESS, any, STATUS_INVALID_PARAMETER)
		      : add(KIND_PROCESS, any);
}

NTSTATUS PsSetCreateProcessNotifyRoutineEx(
	PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine, BOOLEAN remove)
{
	any_routine *any = (any_routine *)routine;

	return remove ? take_out(KIND_PROCESS_EX, any, STATUS_INVALID_PARAMETER)
		      : add(KIND_PROCESS_EX, any);
}

NTSTATUS PsSetCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE routine)
{
	return add(KIND_THREAD, (any_routine *)routine);
}

NTSTATUS PsRemoveCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE routine)
{
	return take_out(KIND_THREAD, (any_routine *)routine, STATUS_PROCEDURE_NOT_FOUND);
}

NTSTATUS PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE routine)
{
	return add(KIND_IMAGE, (any_routine *)routine);
}

NTSTATUS PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE routine)
{
	return take_out(KIND_IMAGE, (any_routine *)routine, STATUS_PROCEDURE_NOT_FOUND);
}

/* The arguments of one round of calls. */
struct round {
	PEPROCESS process;
	PPS_CREATE_NOTIFY_INFO info; /* NULL: it ends */
	HANDLE thread;
	BOOLEAN create;
	PUNICODE_STRING name;
	PIMAGE_INFO image;
};

static void call(enum kind kind, any_routine *routine, const struct round *round)
{
	struct si_wdk_standing before = si_wdk_standing();
	HANDLE id = PsGetProcessId(round->process);

	switch (kind) {
	case KIND_PROCESS:
		((PCREATE_PROCESS_NOTIFY_ROUTINE)routine)(
			PsGetCurrentProcessId(), id, round->create);
		break;
	case KIND_PROCESS_EX:
		((PCREATE_PROCESS_NOTIFY_ROUTINE_EX)routine)(round->process, id, round->info);
		break;
	case KIND_THREAD:
		((PCREATE_THREAD_NOTIFY_ROUTINE)routine)(id, round->thread, round->create);
		break;
	case KIND_IMAGE:
		((PLOAD_IMAGE_NOTIFY_ROUTINE)routine)(round->name, id, round->image);
		break;
	}
	SI_WDK_CHECK_STANDING(&before, routine, "a notify routine");
}

static void notify(enum kind kind, const struct round *round)
{
	for (size_t i = 0; i < RTL_NUMBER_OF(entries); i++) {
		any_routine *routine = NULL;

		si_wdk_lock(&lock);
		if (entries[i].kind == kind && !entries[i].removed) {
			routine = entries[i].routine;
			entries[i].running += routine != NULL;
		}
		si_wdk_unlock(&lock);
		if (routine != NULL) {
			call(kind, routine, round);
			si_wdk_lock(&lock);
			entries[i].running--;
			si_wdk_unlock(&lock);
			si_wdk_wake();
		}
	}
}

NTSTATUS si_wdk_process_start(
	PCUNICODE_STRING image, PCUNICODE_STRING command_line, PEPROCESS *out_process)
{
	PEPROCESS process = si_wdk_process_make();
	PS_CREATE_NOTIFY_INFO info = { .Size = sizeof(info) };

	if (process == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	info.FileOpenNameAvailable = 1;
	info.ParentProcessId = PsGetCurrentProcessId();
	info.CreatingThreadId.UniqueProcess = PsGetCurrentProcessId();
	info.CreatingThreadId.UniqueThread = PsGetCurrentThreadId();
	info.ImageFileName = image;
	info.CommandLine = command_line;
	notify(KIND_PROCESS, &(struct round){ .process = process, .create = TRUE });
	notify(KIND_PROCESS_EX, &(struct round){ .process = process, .info = &info });
	if (!NT_SUCCESS(info.CreationStatus)) {
		si_wdk_process_end(process);
		return info.CreationStatus;
	}
	*out_process = process;
	return STATUS_SUCCESS;
}

void si_wdk_process_end(PEPROCESS process)
{
	notify(KIND_PROCESS, &(struct round){ .process = process, .create = FALSE });
	notify(KIND_PROCESS_EX, &(struct round){ .process = process });
	si_wdk_object_end((PDISPATCHER_HEADER)process);
}

HANDLE si_wdk_process_start_thread(PEPROCESS process)
{
	HANDLE thread = si_wdk_process_next_id();

	notify(KIND_THREAD,
		&(struct round){ .process = process, .thread = thread, .create = TRUE });
	return thread;
}

void si_wdk_process_end_thread(PEPROCESS process, HANDLE thread)
{
	notify(KIND_THREAD,
		&(struct round){ .process = process, .thread = thread, .create = FALSE });
}

void si_wdk_process_load(PEPROCESS process, PUNICODE_STRING name, PVOID base, SIZE_T size)
{
	IMAGE_INFO image = { .ImageBase = base, .ImageSize = size };

	image.ImageAddressingMode = IMAGE_ADDRESSING_MODE_32BIT;
	notify(KIND_IMAGE, &(struct round){ .process = process, .name = name, .image = &image });
}
