/* SPDX-License-Identifier: MIT */
/* Calls that a test makes itself, as steps for the log of its kit. */
#include <stdio.h>
#include <string.h>

#include "testing/file.h"

bool si_kit_begin_note(sessio_kit *kit, const sessio_step *step)
{
	return kit->log != NULL && !kit->in_step && !atomic_load(&kit->stopped) &&
		kit->log_begins_call(kit->log, step);
}

void si_kit_end_note(sessio_kit *kit, bool counts, unsigned flags)
{
	kit->log_ends_call(kit->log, counts, atomic_load(&kit->stopped) ? 0 : flags);
}

/* The name of a device that has one which a scenario can have. */
static bool put_device(sessio_kit *kit, const DEVICE_OBJECT *device, char *name)
{
	const struct si_kit_record *record;
	size_t length = 0;

	si_wdk_lock(&kit->lock);
	record = si_kit_record_locked(kit, device);
	if (record != NULL) {
		length = strlen(record->name);
		memcpy(name, record->name, length + 1);
	}
	si_wdk_unlock(&kit->lock);
	/* A question mark stands for a letter that the record could not have. */
	return length != 0 && length + 1 < sizeof(record->name) && strchr(name, '?') == NULL;
}

static bool put_name(PCWSTR from, char *name)
{
	size_t length = 0;

	for (; from[length] != 0; length++) {
		if (length == SESSIO_SCENARIO_MAX_DEVICE || from[length] > '~') {
			return false;
		}
		name[length] = (char)from[length];
	}
	name[length] = '\0';
	return true;
}

static bool note_open(
	sessio_kit *kit, uint32_t session_id, PCWSTR name, const DEVICE_OBJECT *device)
{
	char file_name[SESSIO_SCENARIO_MAX_NAME + 1];
	char device_name[SESSIO_SCENARIO_MAX_DEVICE + 1];
	const sessio_step_call call = {
		.call = SESSIO_CALL_OPEN, .name = file_name, .device = device_name
	};
	sessio_step step = { .kind = SESSIO_STEP_CALL, .call = &call };
	bool named;

	if (session_id != SESSIO_KIT_NO_SESSION) {
		step.session_id = session_id;
		step.flags = SESSIO_STEP_FOR_SESSION;
	}
	(void)snprintf(file_name, sizeof(file_name), "file-%u", (unsigned)kit->file_count + 1);
	named = name != NULL ? put_name(name, device_name) : put_device(kit, device, device_name);
	return si_kit_begin_note(kit, named ? &step : NULL);
}

bool si_kit_note_open(
	sessio_kit *kit, uint32_t session_id, PCWSTR name, const DEVICE_OBJECT *device)
{
	return kit->log != NULL && note_open(kit, session_id, name, device);
}

static bool note_of_file(const sessio_kit_file *file, const sessio_step_call *call, uint64_t number)
{
	char name[SESSIO_SCENARIO_MAX_NAME + 1];
	sessio_step_call named = *call;
	const sessio_step step = { .kind = SESSIO_STEP_CALL, .number = number, .call = &named };

	si_kit_put_file_name(file, name);
	named.name = name;
	return si_kit_begin_note(file->kit, &step);
}

bool si_kit_note_io(const sessio_kit_file *file, const sessio_step_call *call)
{
	return file->kit->log != NULL && note_of_file(file, call, 0);
}

bool si_kit_note_request(const sessio_kit_request *request, sessio_call call)
{
	const sessio_step_call plain = { .call = call };
	uint64_t later = 0;

	if (request->file->kit->log == NULL || !request->pended) {
		return false;
	}
	for (struct si_list_node *node = request->link.next; node != NULL; node = node->next) {
		later += SI_LIST_ELEMENT(node, sessio_kit_request, link)->pended ? 1u : 0u;
	}
	return note_of_file(request->file, &plain, later);
}

bool si_kit_note_driver(const sessio_kit_driver *driver, sessio_call call)
{
	const sessio_step_call named = { .call = call, .name = driver->image->image.name };
	const sessio_step step = { .kind = SESSIO_STEP_CALL, .call = &named };

	return si_kit_begin_note(driver->kit, &step);
}
