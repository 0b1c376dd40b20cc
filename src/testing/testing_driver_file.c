/* SPDX-License-Identifier: MIT */
/* Files: handles that programs have, and the requests that they send. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "nt/sessio_nt.h"
#include "testing/file.h"
#include "wdk/device.h"
#include "wdk/work.h"

#define OPEN_EXISTING_FILE 0x01000000u /* FILE_OPEN in the high byte of the options */

sessio_kit_file *si_kit_make_file(sessio_kit *kit, PDEVICE_OBJECT device, PCUNICODE_STRING rest)
{
	sessio_kit_file *file = calloc(1, sizeof(*file) + rest->Length + sizeof(WCHAR));

	if (file == NULL) {
		return NULL;
	}
	file->kit = kit;
	file->device = device;
	file->driver = device->DriverObject;
	sessio_nt_init_file(&file->object, device);
	if (rest->Length != 0) {
		memcpy(file->name, rest->Buffer, rest->Length);
	}
	file->object.FileName.Buffer = file->name;
	file->object.FileName.Length = rest->Length;
	file->object.FileName.MaximumLength = (USHORT)(rest->Length + sizeof(WCHAR));
	file->object.ReadAccess = TRUE;
	file->object.WriteAccess = TRUE;
	si_list_append(&kit->files, &file->link);
	return file;
}

static void end_file(sessio_kit_file *file)
{
	file->closed = true;
	file->device->ReferenceCount--;
	si_wdk_device_release(file->device);
}

/* A request that the driver may keep only for as long as its work items run. */
static NTSTATUS send_and_wait(sessio_kit_file *file, UCHAR major)
{
	sessio_kit_request *request;

	/* Windows always has a request for a cleanup and a close. */
	si_kit_hold_allocation_faults(major != IRP_MJ_CREATE);
	request = si_kit_make_request(file, major);
	si_kit_hold_allocation_faults(false);
	if (request == NULL) {
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	if (major == IRP_MJ_CREATE) {
		request->location->Parameters.Create.Options = OPEN_EXISTING_FILE;
		request->location->Parameters.Create.ShareAccess =
			FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
	}
	if (si_kit_send(request) == STATUS_PENDING) {
		(void)si_wdk_work_wait(SI_KIT_WORK_NS);
	}
	return si_kit_is_done(request) ? si_kit_collect(request, NULL) : request->status;
}

struct open {
	sessio_kit *kit;
	uint32_t session_id;
	PCWSTR name;
	PDEVICE_OBJECT device;
	sessio_kit_file *file;
	NTSTATUS status;
};

static NTSTATUS judge_open(const DEVICE_OBJECT *device)
{
	if ((device->Flags & DO_DEVICE_INITIALIZING) != 0) {
		return STATUS_NO_SUCH_DEVICE;
	}
	return (device->Flags & DO_EXCLUSIVE) != 0 && device->ReferenceCount != 0
		? STATUS_ACCESS_DENIED
		: STATUS_SUCCESS;
}

/* With the device held, and the session's reference given to the file. */
static NTSTATUS open_held(struct open *step, PCUNICODE_STRING rest, sessio_user_session *session)
{
	NTSTATUS status = judge_open(step->device);
	sessio_kit_file *file =
		NT_SUCCESS(status) ? si_kit_make_file(step->kit, step->device, rest) : NULL;

	if (file == NULL) {
		sessio_user_session_unref(session);
		si_wdk_device_release(step->device);
		return NT_SUCCESS(status) ? STATUS_INSUFFICIENT_RESOURCES : status;
	}
	file->session = session;
	step->device->ReferenceCount++;
	status = send_and_wait(file, IRP_MJ_CREATE);
	if (status == STATUS_SUCCESS) {
		step->file = file;
		return status;
	}
	si_kit_end_requests(file);
	end_file(file);
	return status;
}

static void open_file(void *arg)
{
	struct open *step = arg;
	UNICODE_STRING name, rest = { 0, 0, NULL };
	sessio_user_session *session = NULL;

	if (step->session_id != SESSIO_KIT_NO_SESSION &&
		sessio_host_find_session(step->kit->host, step->session_id, &session) !=
			SESSIO_OK) {
		step->status = STATUS_NO_SUCH_LOGON_SESSION;
		return;
	}
	if (step->name != NULL) {
		RtlInitUnicodeString(&name, step->name);
		step->device = si_wdk_device_open(&name, &rest);
	} else if (!si_wdk_device_hold(step->device)) {
		step->device = NULL;
	}
	if (step->device == NULL) {
		sessio_user_session_unref(session);
		step->status = STATUS_OBJECT_NAME_NOT_FOUND;
		return;
	}
	step->status = open_held(step, &rest, session);
}

static NTSTATUS run_open(struct open *step, sessio_kit_file **out_file)
{
	bool noted = si_kit_note_open(step->kit, step->session_id, step->name, step->device);

	step->status = STATUS_UNSUCCESSFUL;
	if (si_kit_step(step->kit, open_file, step) && step->file != NULL) {
		step->file->number = ++step->kit->file_count;
		*out_file = step->file;
	}
	if (noted) {
		si_kit_end_note(step->kit, true, step->file == NULL ? SESSIO_STEP_REFUSED : 0u);
	}
	return step->status;
}

NTSTATUS sessio_kit_open(
	sessio_kit *kit, uint32_t session_id, PCWSTR name, sessio_kit_file **out_file)
{
	struct open step = { .kit = kit, .session_id = session_id, .name = name };

	if (kit == NULL || name == NULL || out_file == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	return run_open(&step, out_file);
}

NTSTATUS sessio_kit_open_device(
	sessio_kit *kit, uint32_t session_id, PDEVICE_OBJECT device, sessio_kit_file **out_file)
{
	struct open step = { .kit = kit, .session_id = session_id, .device = device };

	if (kit == NULL || device == NULL || out_file == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	return run_open(&step, out_file);
}

sessio_kit_file *sessio_kit_find_file(sessio_kit *kit, uint32_t session_id)
{
	if (kit == NULL) {
		return NULL;
	}
	for (struct si_list_node *node = kit->files.first; node != NULL; node = node->next) {
		sessio_kit_file *file = SI_LIST_ELEMENT(node, sessio_kit_file, link);

		if (!file->closed && si_kit_file_session(file) == session_id) {
			return file;
		}
	}
	return NULL;
}

uint32_t si_kit_file_session(const sessio_kit_file *file)
{
	return file->session != NULL ? sessio_user_session_id(file->session)
				     : SESSIO_KIT_NO_SESSION;
}

void si_kit_put_file_name(const sessio_kit_file *file, char name[SESSIO_SCENARIO_MAX_NAME + 1])
{
	struct si_text text = si_text_start(name, SESSIO_SCENARIO_MAX_NAME + 1);

	if (file->label[0] != '\0') {
		si_text_put(&text, file->label);
		return;
	}
	si_text_put(&text, "file-");
	si_text_put_number(&text, file->number);
}

sessio_kit_file *si_kit_file_of_name(const sessio_kit *kit, const char *name)
{
	char own[SESSIO_SCENARIO_MAX_NAME + 1];

	for (struct si_list_node *node = kit->files.first; node != NULL; node = node->next) {
		sessio_kit_file *file = SI_LIST_ELEMENT(node, sessio_kit_file, link);

		si_kit_put_file_name(file, own);
		if (!file->closed && strcmp(own, name) == 0) {
			return file;
		}
	}
	return NULL;
}

PFILE_OBJECT sessio_kit_file_object(sessio_kit_file *file)
{
	return file != NULL ? &file->object : NULL;
}

struct io {
	sessio_kit_file *file;
	UCHAR major;
	ULONG code;
	PVOID in, out;
	ULONG in_length, out_length;
	ULONG_PTR *out_information;
	NTSTATUS status;
};

static bool set_read_or_write(sessio_kit_request *request, const struct io *io)
{
	ULONG flags = request->target->Flags;
	PVOID buffer = io->major == IRP_MJ_READ ? io->out : io->in;
	ULONG length = io->major == IRP_MJ_READ ? io->out_length : io->in_length;

	request->location->Parameters.Read.Length = length;
	request->irp->UserBuffer = buffer;
	request->has_room = true;
	request->room = length;
	if ((flags & DO_BUFFERED_IO) != 0) {
		return si_kit_set_buffered(request, io->major == IRP_MJ_WRITE);
	}
	return (flags & DO_DIRECT_IO) == 0 ||
		si_kit_set_direct(request, buffer, length, io->major == IRP_MJ_READ);
}

static bool set_control(sessio_kit_request *request, const struct io *io)
{
	PIO_STACK_LOCATION location = request->location;
	ULONG method = METHOD_FROM_CTL_CODE(io->code);

	request->function |= io->code;
	location->Parameters.DeviceIoControl.IoControlCode = io->code;
	location->Parameters.DeviceIoControl.InputBufferLength = io->in_length;
	location->Parameters.DeviceIoControl.OutputBufferLength = io->out_length;
	request->irp->UserBuffer = io->out;
	request->has_room = method != METHOD_NEITHER && io->out_length != 0;
	request->room = io->out_length;
	if (method == METHOD_BUFFERED) {
		return si_kit_set_buffered(request, true);
	}
	if (method == METHOD_NEITHER) {
		location->Parameters.DeviceIoControl.Type3InputBuffer = io->in;
		return true;
	}
	/* Only the second buffer is direct: the first one is copied. */
	request->out = NULL;
	request->out_length = 0;
	return si_kit_set_buffered(request, true) &&
		si_kit_set_direct(request, io->out, io->out_length, true);
}

static void send_io(void *arg)
{
	struct io *io = arg;
	sessio_kit_request *request = si_kit_make_request(io->file, io->major);
	bool set;

	io->status = STATUS_INSUFFICIENT_RESOURCES;
	if (request == NULL) {
		return;
	}
	request->in = io->in;
	request->in_length = io->in_length;
	request->out = io->out;
	request->out_length = io->out_length;
	set = io->major == IRP_MJ_DEVICE_CONTROL ? set_control(request, io)
						 : set_read_or_write(request, io);
	if (set) {
		io->status = si_kit_send(request);
	}
	if (set && io->status != STATUS_PENDING && si_kit_is_done(request)) {
		(void)si_kit_collect(request, io->out_information);
	}
}

static bool note_io(const struct io *io)
{
	const sessio_step_call call = {
		.call = io->major == IRP_MJ_READ    ? SESSIO_CALL_READ
			: io->major == IRP_MJ_WRITE ? SESSIO_CALL_WRITE
						    : SESSIO_CALL_CONTROL,
		.code = io->code,
		.room = io->out_length,
		.length = io->in_length,
		.data = io->in,
	};

	return si_kit_note_io(io->file, &call);
}

static NTSTATUS run_io(struct io *io)
{
	bool noted;

	if (io->file == NULL) {
		return STATUS_INVALID_PARAMETER;
	}
	if (io->file->cleaned || io->file->closed) {
		return STATUS_FILE_CLOSED;
	}
	noted = note_io(io);
	if (!si_kit_step(io->file->kit, send_io, io)) {
		io->status = STATUS_UNSUCCESSFUL;
	}
	if (noted) {
		si_kit_end_note(io->file->kit, true, 0);
	}
	return io->status;
}

NTSTATUS sessio_kit_read(
	sessio_kit_file *file, PVOID buffer, ULONG length, ULONG_PTR *out_information)
{
	struct io io = { .file = file,
		.major = IRP_MJ_READ,
		.out = buffer,
		.out_length = length,
		.out_information = out_information };

	return run_io(&io);
}

NTSTATUS sessio_kit_write(
	sessio_kit_file *file, PVOID buffer, ULONG length, ULONG_PTR *out_information)
{
	struct io io = { .file = file,
		.major = IRP_MJ_WRITE,
		.in = buffer,
		.in_length = length,
		.out_information = out_information };

	return run_io(&io);
}

NTSTATUS sessio_kit_control(sessio_kit_file *file, ULONG code, PVOID in, ULONG in_length, PVOID out,
	ULONG out_length, ULONG_PTR *out_information)
{
	struct io io = { .file = file,
		.major = IRP_MJ_DEVICE_CONTROL,
		.code = code,
		.in = in,
		.in_length = in_length,
		.out = out,
		.out_length = out_length,
		.out_information = out_information };

	return run_io(&io);
}

struct closing {
	sessio_kit_file *file;
	NTSTATUS status;
};

static void clean_up(void *arg)
{
	struct closing *step = arg;

	step->file->cleaned = true;
	step->status = send_and_wait(step->file, IRP_MJ_CLEANUP);
}

static NTSTATUS run_closing(struct closing *step, sessio_call call, si_kit_step_fn *fn)
{
	sessio_kit *kit = step->file->kit;
	bool noted = si_kit_note_io(step->file, &(sessio_step_call){ .call = call });

	if (!si_kit_step(kit, fn, step)) {
		step->status = STATUS_UNSUCCESSFUL;
	}
	if (noted) {
		si_kit_end_note(kit, true, 0);
	}
	return step->status;
}

NTSTATUS sessio_kit_cleanup(sessio_kit_file *file)
{
	struct closing step = { .file = file, .status = STATUS_SUCCESS };

	if (file == NULL) {
		return STATUS_SUCCESS;
	}
	if (file->cleaned || file->closed) {
		return STATUS_FILE_CLOSED;
	}
	return run_closing(&step, SESSIO_CALL_CLEANUP, clean_up);
}

static void close_file(void *arg)
{
	struct closing *step = arg;
	sessio_kit_file *file = step->file;

	if (!file->cleaned) {
		clean_up(step);
	}
	si_kit_end_requests(file);
	step->status = send_and_wait(file, IRP_MJ_CLOSE);
	(void)si_kit_find_registered(file->kit, &file->object,
		"a file object was closed that is registered for container notifications");
	end_file(file);
}

NTSTATUS sessio_kit_close(sessio_kit_file *file)
{
	struct closing step = { .file = file, .status = STATUS_SUCCESS };

	if (file == NULL || file->closed) {
		return file == NULL ? STATUS_SUCCESS : STATUS_FILE_CLOSED;
	}
	return run_closing(&step, SESSIO_CALL_CLOSE, close_file);
}

bool si_kit_has_open_files(const sessio_kit *kit, const DRIVER_OBJECT *driver)
{
	for (struct si_list_node *node = kit->files.first; node != NULL; node = node->next) {
		const sessio_kit_file *file = SI_LIST_ELEMENT(node, sessio_kit_file, link);

		if (file->driver == driver && !file->closed) {
			return true;
		}
	}
	return false;
}

void si_kit_close_files(sessio_kit *kit)
{
	for (struct si_list_node *node = kit->files.first; node != NULL; node = node->next) {
		struct closing step = { .file = SI_LIST_ELEMENT(node, sessio_kit_file, link) };

		if (!step.file->closed) {
			close_file(&step);
		}
	}
}

static void free_buffers(sessio_kit_file *file)
{
	struct si_kit_buffer *next;

	for (struct si_kit_buffer *buffer = file->buffers; buffer != NULL; buffer = next) {
		next = buffer->next;
		free(buffer);
	}
}

void si_kit_free_files(sessio_kit *kit, const DRIVER_OBJECT *driver)
{
	struct si_list_node *next;

	for (struct si_list_node *node = kit->files.first; node != NULL; node = next) {
		sessio_kit_file *file = SI_LIST_ELEMENT(node, sessio_kit_file, link);

		next = node->next;
		if (driver == NULL || file->driver == driver) {
			si_list_remove(&kit->files, &file->link);
			si_kit_free_requests(file);
			free_buffers(file);
			sessio_user_session_unref(file->session);
			free(file);
		}
	}
}
