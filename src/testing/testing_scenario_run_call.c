/* SPDX-License-Identifier: MIT */
/* Calls of a scenario in a kit. Buffers live as long as the driver may use them. */
#include <stdlib.h>
#include <string.h>

#include "testing/file.h"
#include "testing/testing_scenario.h"

#define TIMEOUT_MS 10000u

struct doing {
	sessio_kit *kit;
	const sessio_step *step;
	const sessio_step_call *call;
	sessio_kit_file *file;
	const char *wrong; /* NULL: nothing */
};

/* The rest of a run fails with this. */
static sessio_status fail(struct doing *doing, const char *wrong)
{
	doing->wrong = wrong;
	return SESSIO_BAD_STATE;
}

/* Whether this step must fail, and did, or need not. */
static sessio_status judge(
	struct doing *doing, bool success, const char *failed, const char *succeeded)
{
	bool refused = (doing->step->flags & SESSIO_STEP_REFUSED) != 0;

	if (refused != success) {
		return SESSIO_OK;
	}
	return fail(doing, refused ? succeeded : failed);
}

static sessio_status open_file(struct doing *doing)
{
	uint32_t session_id = (doing->step->flags & SESSIO_STEP_FOR_SESSION) != 0
		? doing->step->session_id
		: SESSIO_KIT_NO_SESSION;
	WCHAR name[SESSIO_SCENARIO_MAX_DEVICE + 1];
	const char *letter = doing->call->device;
	sessio_kit_file *file = NULL;

	for (size_t i = 0; i == 0 || letter[i - 1] != '\0'; i++) {
		name[i] = (WCHAR)letter[i];
	}
	if (si_kit_file_of_name(doing->kit, doing->call->name) != NULL) {
		return fail(doing, "a file of this name is open");
	}
	(void)sessio_kit_open(doing->kit, session_id, name, &file);
	if (file != NULL) {
		(void)strcpy(file->label, doing->call->name);
	}
	return judge(
		doing, file != NULL, "it cannot be opened", "it can be opened, and should not");
}

/* Memory that the file owns, with these bytes; NULL if there is none, or if its size is 0. */
static void *make_buffer(sessio_kit_file *file, const void *data, size_t size)
{
	struct si_kit_buffer *buffer = size != 0 ? calloc(1, sizeof(*buffer) + size) : NULL;

	if (buffer == NULL) {
		return NULL;
	}
	if (data != NULL) {
		memcpy(buffer->bytes, data, size);
	}
	buffer->next = file->buffers;
	file->buffers = buffer;
	return buffer->bytes;
}

/* No driver has a buffer that came after this one. */
static void free_buffers(sessio_kit_file *file, const struct si_kit_buffer *until)
{
	while (file->buffers != until) {
		struct si_kit_buffer *buffer = file->buffers;

		file->buffers = buffer->next;
		free(buffer);
	}
}

static bool has_latest_back(const sessio_kit_file *file)
{
	const struct si_list_node *latest = file->requests.last;

	return latest != NULL && SI_LIST_ELEMENT(latest, sessio_kit_request, link)->collected;
}

static sessio_status send(struct doing *doing)
{
	const sessio_step_call *call = doing->call;
	sessio_kit_file *file = doing->file;
	struct si_kit_buffer *before = file->buffers;
	void *in = make_buffer(file, call->data, call->length);
	void *out = make_buffer(file, NULL, call->room);

	if ((in == NULL && call->length != 0) || (out == NULL && call->room != 0)) {
		free_buffers(file, before);
		return SESSIO_NO_MEMORY;
	}
	if (call->call == SESSIO_CALL_READ) {
		(void)sessio_kit_read(file, out, call->room, NULL);
	} else if (call->call == SESSIO_CALL_WRITE) {
		(void)sessio_kit_write(file, in, call->length, NULL);
	} else {
		(void)sessio_kit_control(file, call->code, in, call->length, out, call->room, NULL);
	}
	if (file->cleaned || has_latest_back(file)) {
		free_buffers(file, before);
	}
	return SESSIO_OK;
}

static sessio_status cancel_or_await(struct doing *doing)
{
	sessio_kit_request *request = si_kit_pended_at(doing->file, doing->step->number);
	bool waits = (doing->step->flags & SESSIO_STEP_WAITS) != 0;
	NTSTATUS status;

	if (request == NULL) {
		return fail(doing, "there is no such pended request of this file");
	}
	if (doing->call->call == SESSIO_CALL_AWAIT) {
		waits = true;
		status = sessio_kit_wait(request, TIMEOUT_MS, NULL);
	} else {
		status = sessio_kit_cancel(request, waits ? TIMEOUT_MS : 0, NULL);
	}
	return waits && status == STATUS_TIMEOUT
		? fail(doing, "the request was not completed in ten seconds")
		: SESSIO_OK;
}

static sessio_kit_driver *find_driver(struct doing *doing, bool loaded)
{
	for (struct si_list_node *node = doing->kit->drivers.last; node != NULL;
		node = node->previous) {
		sessio_kit_driver *driver = SI_LIST_ELEMENT(node, sessio_kit_driver, link);

		if (driver->loaded == loaded &&
			strcmp(driver->image->image.name, doing->call->name) == 0) {
			return driver;
		}
	}
	doing->wrong = loaded ? "there is no loaded driver of this name"
			      : "there is no driver of this name that was unloaded";
	return NULL;
}

static sessio_status load_or_unload(struct doing *doing)
{
	bool loads = doing->call->call == SESSIO_CALL_LOAD;
	sessio_kit_driver *driver = find_driver(doing, !loads);

	if (driver == NULL) {
		return SESSIO_NOT_FOUND;
	}
	return loads
		? judge(doing, NT_SUCCESS(sessio_kit_load_image(doing->kit, driver->image, NULL)),
			  "it cannot be loaded", "it can be loaded, and should not")
		: judge(doing, NT_SUCCESS(sessio_kit_unload(driver)), "it cannot be unloaded",
			  "it can be unloaded, and should not");
}

static sessio_status do_call(struct doing *doing)
{
	if (doing->call->call == SESSIO_CALL_OPEN) {
		return open_file(doing);
	}
	if (doing->call->call == SESSIO_CALL_LOAD || doing->call->call == SESSIO_CALL_UNLOAD) {
		return load_or_unload(doing);
	}
	doing->file = si_kit_file_of_name(doing->kit, doing->call->name);
	if (doing->file == NULL) {
		doing->wrong = "there is no open file of this name";
		return SESSIO_NOT_FOUND;
	}
	switch (doing->call->call) {
	case SESSIO_CALL_CANCEL:
	case SESSIO_CALL_AWAIT:
		return cancel_or_await(doing);
	case SESSIO_CALL_CLEANUP:
		(void)sessio_kit_cleanup(doing->file);
		return SESSIO_OK;
	case SESSIO_CALL_CLOSE:
		(void)sessio_kit_close(doing->file);
		return SESSIO_OK;
	default:
		return send(doing);
	}
}

sessio_status si_scenario_do_call(sessio_kit *kit, const sessio_step *step, const char **out_wrong)
{
	struct doing doing = { .kit = kit, .step = step, .call = step->call };
	sessio_status status = do_call(&doing);

	if (doing.wrong != NULL) {
		*out_wrong = doing.wrong;
	}
	return status;
}
