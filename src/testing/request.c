/* SPDX-License-Identifier: MIT */
/* Requests: made, sent, judged by the rules of a dispatch routine, and collected. */
#include <stdio.h>
#include <stdlib.h>

#include "testing/file.h"
#include "wdk/work.h"

#define BUFFER_TAG 0x42535953u /* SYSB */
#define TICKS_PER_MS 10000

sessio_kit_request *si_kit_make_request(sessio_kit_file *file, UCHAR major)
{
	sessio_kit_request *request = calloc(1, sizeof(*request));
	PDEVICE_OBJECT target = IoGetAttachedDevice(file->device);
	PIRP irp = request != NULL ? IoAllocateIrp(target->StackSize, FALSE) : NULL;

	if (irp == NULL) {
		free(request);
		return NULL;
	}
	request->file = file;
	request->target = target;
	request->irp = irp;
	request->location = IoGetNextIrpStackLocation(irp);
	request->location->MajorFunction = major;
	request->function = (uint64_t)major << 32;
	request->location->FileObject = &file->object;
	KeInitializeEvent(&request->done, NotificationEvent, FALSE);
	irp->RequestorMode = UserMode;
	irp->Tail.Overlay.OriginalFileObject = &file->object;
	irp->UserIosb = &request->result;
	irp->UserEvent = &request->done;
	si_list_append(&file->requests, &request->link);
	return request;
}

static ULONG system_length(const sessio_kit_request *request)
{
	return request->in_length > request->out_length ? request->in_length : request->out_length;
}

bool si_kit_set_buffered(sessio_kit_request *request, bool copy_in)
{
	ULONG size = system_length(request);
	PVOID buffer = size != 0 ? ExAllocatePoolWithTag(NonPagedPoolNx, size, BUFFER_TAG) : NULL;

	if (size != 0 && buffer == NULL) {
		return false;
	}
	request->irp->AssociatedIrp.SystemBuffer = buffer;
	if (copy_in && request->in_length != 0) {
		memcpy(buffer, request->in, request->in_length);
	}
	return true;
}

/* The driver gets a copy with a guard behind it, and the test gets that at the end. */
bool si_kit_set_direct(sessio_kit_request *request, PVOID buffer, ULONG length, bool copy_out)
{
	PMDL mdl;

	if (length == 0) {
		return true;
	}
	request->direct = ExAllocatePoolWithTag(NonPagedPoolNx, length, BUFFER_TAG);
	if (request->direct == NULL) {
		return false;
	}
	memcpy(request->direct, buffer, length);
	request->direct_out = copy_out ? buffer : NULL;
	request->direct_length = length;
	mdl = IoAllocateMdl(request->direct, length, FALSE, FALSE, request->irp);
	if (mdl != NULL) {
		MmProbeAndLockPages(mdl, UserMode, IoModifyAccess);
	}
	return mdl != NULL;
}

bool si_kit_is_done(sessio_kit_request *request)
{
	return KeReadStateEvent(&request->done) != 0;
}

static const char *name_of(const IO_STACK_LOCATION *location)
{
	switch (location->MajorFunction) {
	case IRP_MJ_CREATE:
		return "create";
	case IRP_MJ_CLEANUP:
		return "cleanup";
	case IRP_MJ_CLOSE:
		return "close";
	case IRP_MJ_READ:
		return "read";
	case IRP_MJ_WRITE:
		return "write";
	case IRP_MJ_PNP:
		return "PnP";
	case IRP_MJ_POWER:
		return "power";
	default:
		return "device control";
	}
}

void si_kit_find_completed_twice(sessio_kit *kit, PIRP irp)
{
	const IO_STACK_LOCATION *top = (const IO_STACK_LOCATION *)(irp + 1) + irp->StackCount - 1;
	char text[128];

	(void)snprintf(text, sizeof(text),
		"a %s request was completed, which had been completed before", name_of(top));
	si_kit_find(kit, SESSIO_KIT_RULE_REQUEST_COMPLETED_TWICE, irp, text);
}

static void find(sessio_kit_request *request, sessio_kit_rule rule, const char *what)
{
	sessio_kit *kit = request->file->kit;
	char text[128];

	(void)snprintf(text, sizeof(text), "a %s request %s", name_of(request->location), what);
	si_kit_find_at(kit, rule, request->irp, text, si_kit_place_of(kit, request->routine));
}

/* The rules of a dispatch routine, once it has returned. */
static void judge(sessio_kit_request *request)
{
	bool marked = (request->location->Control & SL_PENDING_RETURNED) != 0;
	bool pending = request->status == STATUS_PENDING;

	if (pending && !marked) {
		find(request, SESSIO_KIT_RULE_REQUEST_MARK,
			"answered STATUS_PENDING without IoMarkIrpPending()");
	}
	if (pending) {
		return;
	}
	if (marked) {
		find(request, SESSIO_KIT_RULE_REQUEST_MARK,
			"was marked as pending and did not answer STATUS_PENDING");
	}
	if (!si_kit_is_done(request)) {
		find(request, SESSIO_KIT_RULE_REQUEST_NOT_COMPLETED,
			"was neither completed nor answered with STATUS_PENDING");
	} else if (request->result.Status != request->status) {
		find(request, SESSIO_KIT_RULE_REQUEST_STATUS,
			"answered another status than it was completed with");
	}
}

/* A thread of a real system has its session without memory. So a fault costs one try. */
static bool enter(const sessio_kit_file *file)
{
	return file->session != NULL &&
		(sessio_host_enter_session(file->kit->host, file->session) == SESSIO_OK ||
			sessio_host_enter_session(file->kit->host, file->session) == SESSIO_OK);
}

NTSTATUS si_kit_send(sessio_kit_request *request)
{
	sessio_kit_file *file = request->file;
	struct si_wdk_standing before = si_wdk_standing();
	PDRIVER_DISPATCH routine =
		request->target->DriverObject->MajorFunction[request->location->MajorFunction];
	bool entered = enter(file);

	request->routine = (const void *)(uintptr_t)routine;
	request->status = IoCallDriver(request->target, request->irp);
	SI_WDK_CHECK_STANDING(&before, routine, "a dispatch routine");
	if (entered) {
		(void)sessio_host_leave_session(file->kit->host);
	}
	request->pended = request->status == STATUS_PENDING;
	judge(request);
	return request->status;
}

static void free_buffer(sessio_kit_request *request, PVOID buffer, ULONG length)
{
	sessio_kit *kit = request->file->kit;
	char text[128];

	if (buffer == NULL) {
		return;
	}
	(void)snprintf(text, sizeof(text),
		"a %s request: bytes behind its buffer of %lu were changed",
		name_of(request->location), (unsigned long)length);
	kit->blame.block = buffer;
	kit->blame.text = text;
	kit->blame.at = si_kit_place_of(kit, request->routine);
	ExFreePool(buffer);
	kit->blame.block = NULL;
}

static void free_buffers(sessio_kit_request *request)
{
	PIRP irp = request->irp;

	free_buffer(request, irp->AssociatedIrp.SystemBuffer, system_length(request));
	irp->AssociatedIrp.SystemBuffer = NULL;
	while (irp->MdlAddress != NULL) {
		PMDL mdl = irp->MdlAddress;

		irp->MdlAddress = mdl->Next;
		MmUnlockPages(mdl);
		IoFreeMdl(mdl);
	}
	free_buffer(request, request->direct, request->direct_length);
	request->direct = NULL;
}

NTSTATUS si_kit_collect(sessio_kit_request *request, ULONG_PTR *out_information)
{
	PVOID system = request->irp->AssociatedIrp.SystemBuffer;
	ULONG_PTR length = request->result.Information;

	if (out_information != NULL) {
		*out_information = length;
	}
	if (request->collected) {
		return request->result.Status;
	}
	request->collected = true;
	request->pended = false;
	if (request->has_room && length > request->room && !NT_ERROR(request->result.Status)) {
		find(request, SESSIO_KIT_RULE_REQUEST_MISUSED,
			"was completed with more data than its buffer has room for");
		length = request->room;
	}
	if (system != NULL && request->out != NULL && !NT_ERROR(request->result.Status)) {
		memcpy(request->out, system, length);
	}
	if (request->direct_out != NULL) {
		memcpy(request->direct_out, request->direct, request->direct_length);
	}
	free_buffers(request);
	return request->result.Status;
}

static void cancel(void *arg)
{
	sessio_kit_request *request = arg;

	(void)IoCancelIrp(request->irp);
}

static NTSTATUS wait(sessio_kit_request *request, uint32_t timeout_ms, ULONG_PTR *out_information)
{
	LARGE_INTEGER ticks;

	ticks.QuadPart = -(LONGLONG)timeout_ms * TICKS_PER_MS;
	if (KeWaitForSingleObject(&request->done, UserRequest, KernelMode, FALSE,
		    timeout_ms == SESSIO_FOREVER ? NULL : &ticks) != STATUS_SUCCESS) {
		return STATUS_TIMEOUT;
	}
	return si_kit_collect(request, out_information);
}

NTSTATUS sessio_kit_wait(
	sessio_kit_request *request, uint32_t timeout_ms, ULONG_PTR *out_information)
{
	sessio_kit *kit = request != NULL ? request->file->kit : NULL;
	bool noted = request != NULL && si_kit_note_request(request, SESSIO_CALL_AWAIT);
	NTSTATUS status = request != NULL ? wait(request, timeout_ms, out_information)
					  : STATUS_INVALID_PARAMETER;

	if (noted) {
		si_kit_end_note(kit, status != STATUS_TIMEOUT, 0);
	}
	return status;
}

NTSTATUS sessio_kit_cancel(
	sessio_kit_request *request, uint32_t timeout_ms, ULONG_PTR *out_information)
{
	NTSTATUS status = STATUS_UNSUCCESSFUL;
	bool noted;

	if (request == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	noted = si_kit_note_request(request, SESSIO_CALL_CANCEL);
	if (si_kit_is_done(request) || si_kit_step(request->file->kit, cancel, request)) {
		status = wait(request, timeout_ms, out_information);
	}
	if (noted) {
		si_kit_end_note(request->file->kit, true,
			timeout_ms != 0 && status != STATUS_TIMEOUT ? SESSIO_STEP_WAITS : 0u);
	}
	return status;
}

sessio_kit_request *si_kit_pended_at(sessio_kit_file *file, uint64_t later)
{
	for (struct si_list_node *node = file->requests.last; node != NULL; node = node->previous) {
		sessio_kit_request *request = SI_LIST_ELEMENT(node, sessio_kit_request, link);

		if (request->pended && later-- == 0) {
			return request;
		}
	}
	return NULL;
}

sessio_kit_request *sessio_kit_pended(sessio_kit_file *file)
{
	return file != NULL ? si_kit_pended_at(file, 0) : NULL;
}

void si_kit_end_requests(sessio_kit_file *file)
{
	sessio_kit_request *request;
	bool waits = false;

	for (struct si_list_node *node = file->requests.first; node != NULL; node = node->next) {
		request = SI_LIST_ELEMENT(node, sessio_kit_request, link);
		if (request->pended && !si_kit_is_done(request)) {
			(void)IoCancelIrp(request->irp);
			waits = true;
		}
	}
	if (waits) {
		(void)si_wdk_work_wait(SI_KIT_WORK_NS);
	}
	while ((request = sessio_kit_pended(file)) != NULL) {
		request->pended = false;
		if (si_kit_is_done(request)) {
			(void)si_kit_collect(request, NULL);
		} else {
			find(request, SESSIO_KIT_RULE_REQUEST_NOT_COMPLETED,
				"is pending after cleanup and cancellation");
		}
	}
}

void si_kit_free_requests(sessio_kit_file *file)
{
	struct si_list_node *next;

	for (struct si_list_node *node = file->requests.first; node != NULL; node = next) {
		sessio_kit_request *request = SI_LIST_ELEMENT(node, sessio_kit_request, link);

		next = node->next;
		free_buffers(request);
		IoFreeIrp(request->irp);
		free(request);
	}
}
