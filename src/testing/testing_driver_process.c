/* SPDX-License-Identifier: MIT */
/* Processes, threads and images that the test makes for routines which hear of them. */
#include <stdlib.h>

#include "testing/kit.h"
#include "wdk/notify.h"
#include "wdk/reference.h"

struct sessio_kit_process {
	struct si_list_node link; /* kit->processes */
	sessio_kit *kit;
	sessio_user_session *session; /* +1; NULL: none */
	PEPROCESS object; /* with a reference */
	HANDLE thread; /* the first */
};

static bool enter_session(sessio_kit_process *process)
{
	return process->session != NULL &&
		sessio_host_enter_session(process->kit->host, process->session) == SESSIO_OK;
}

static void leave_session(sessio_kit_process *process, bool entered)
{
	if (entered) {
		(void)sessio_host_leave_session(process->kit->host);
	}
}

struct start {
	sessio_kit_process *process;
	UNICODE_STRING image, command_line;
	NTSTATUS status;
};

static void start(void *arg)
{
	struct start *step = arg;
	sessio_kit_process *process = step->process;
	bool entered = enter_session(process);

	step->status = si_wdk_process_start(&step->image,
		step->command_line.Buffer != NULL ? &step->command_line : NULL, &process->object);
	if (NT_SUCCESS(step->status)) {
		process->thread = si_wdk_process_start_thread(process->object);
	}
	leave_session(process, entered);
}

static void free_process(sessio_kit_process *process)
{
	sessio_user_session_unref(process->session);
	free(process);
}

NTSTATUS sessio_kit_start_process(sessio_kit *kit, uint32_t session_id, PCWSTR image,
	PCWSTR command_line, sessio_kit_process **out_process)
{
	struct start step = { .status = STATUS_UNSUCCESSFUL };

	if (kit == NULL || image == NULL || out_process == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	step.process = calloc(1, sizeof(*step.process));
	if (step.process == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	step.process->kit = kit;
	if (session_id != SESSIO_KIT_NO_SESSION &&
		(kit->host == NULL ||
			sessio_host_find_session(kit->host, session_id, &step.process->session) !=
				SESSIO_OK)) {
		free_process(step.process);
		return STATUS_NO_SUCH_LOGON_SESSION;
	}
	RtlInitUnicodeString(&step.image, image);
	RtlInitUnicodeString(&step.command_line, command_line);
	if (!si_kit_step(kit, start, &step) || !NT_SUCCESS(step.status)) {
		free_process(step.process);
		return step.status;
	}
	si_list_append(&kit->processes, &step.process->link);
	*out_process = step.process;
	return STATUS_SUCCESS;
}

static void run_thread(void *arg)
{
	sessio_kit_process *process = arg;
	bool entered = enter_session(process);

	si_wdk_process_end_thread(process->object, si_wdk_process_start_thread(process->object));
	leave_session(process, entered);
}

NTSTATUS sessio_kit_run_thread(sessio_kit_process *process)
{
	if (process == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	return si_kit_step(process->kit, run_thread, process) ? STATUS_SUCCESS
							      : STATUS_UNSUCCESSFUL;
}

struct load {
	sessio_kit_process *process;
	UNICODE_STRING name;
	PVOID base;
	SIZE_T size;
};

static void load(void *arg)
{
	struct load *step = arg;
	bool entered = enter_session(step->process);

	si_wdk_process_load(step->process->object, &step->name, step->base, step->size);
	leave_session(step->process, entered);
}

NTSTATUS sessio_kit_load_module(sessio_kit_process *process, PCWSTR name, PVOID base, SIZE_T size)
{
	struct load step = { .process = process, .base = base, .size = size };

	if (process == NULL || name == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	RtlInitUnicodeString(&step.name, name);
	return si_kit_step(process->kit, load, &step) ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

PEPROCESS sessio_kit_process_object(sessio_kit_process *process)
{
	return process != NULL ? process->object : NULL;
}

static void end(void *arg)
{
	sessio_kit_process *process = arg;
	bool entered = enter_session(process);

	si_wdk_process_end_thread(process->object, process->thread);
	si_wdk_process_end(process->object);
	leave_session(process, entered);
}

void sessio_kit_end_process(sessio_kit_process *process)
{
	if (process != NULL && si_kit_step(process->kit, end, process)) {
		si_list_remove(&process->kit->processes, &process->link);
		free_process(process);
	}
}

void si_kit_free_processes(sessio_kit *kit)
{
	struct si_list_node *next;

	for (struct si_list_node *node = kit->processes.first; node != NULL; node = next) {
		sessio_kit_process *process = SI_LIST_ELEMENT(node, sessio_kit_process, link);

		next = node->next;
		si_wdk_object_unref(process->object);
		free_process(process);
	}
	kit->processes = (struct si_list){ NULL, NULL, NULL };
}
