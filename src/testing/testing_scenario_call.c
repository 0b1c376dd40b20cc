/* SPDX-License-Identifier: MIT */
/* Calls as steps: the bounds of their members, and copies. */
#include "testing/testing_scenario.h"

#include <stdlib.h>
#include <string.h>

const char *si_scenario_call_word(sessio_call call)
{
	switch (call) {
#define XX(name, value, text)    \
	case SESSIO_CALL_##name: \
		return text;
		SESSIO_CALL_MAP(XX)
#undef XX
	}
	return NULL;
}

bool si_scenario_is_text(const unsigned char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (data[i] < ' ' || data[i] > '~' || data[i] == '"') {
			return false;
		}
	}
	return true;
}

bool si_scenario_is_device(const char *name, size_t length)
{
	return length != 0 && length <= SESSIO_SCENARIO_MAX_DEVICE &&
		si_scenario_is_text((const unsigned char *)name, length);
}

static bool has_room(sessio_call call)
{
	return call == SESSIO_CALL_READ || call == SESSIO_CALL_CONTROL;
}

static bool has_data(sessio_call call)
{
	return call == SESSIO_CALL_WRITE || call == SESSIO_CALL_CONTROL;
}

/* The flags that a step of this call may have. */
static unsigned flags_of(sessio_call call)
{
	switch (call) {
	case SESSIO_CALL_OPEN:
		return SESSIO_STEP_FOR_SESSION | SESSIO_STEP_REFUSED;
	case SESSIO_CALL_LOAD:
	case SESSIO_CALL_UNLOAD:
		return SESSIO_STEP_REFUSED;
	case SESSIO_CALL_CANCEL:
		return SESSIO_STEP_WAITS;
	default:
		return 0;
	}
}

bool si_scenario_is_call(const sessio_step *step)
{
	const sessio_step_call *call = step->call;

	if (si_scenario_call_word(call->call) == NULL || call->name == NULL ||
		!si_scenario_is_action(call->name, strlen(call->name)) ||
		(step->flags & ~flags_of(call->call)) != 0) {
		return false;
	}
	if (call->call == SESSIO_CALL_OPEN &&
		(call->device == NULL ||
			!si_scenario_is_device(call->device, strlen(call->device)))) {
		return false;
	}
	if (has_room(call->call) && call->room > SESSIO_SCENARIO_MAX_ROOM) {
		return false;
	}
	return !has_data(call->call) ||
		(call->length <= SESSIO_SCENARIO_MAX_DATA &&
			(call->data != NULL || call->length == 0));
}

sessio_step_call *si_scenario_copy_call(const sessio_step_call *call)
{
	size_t name = strlen(call->name) + 1;
	size_t device = call->call == SESSIO_CALL_OPEN ? strlen(call->device) + 1 : 0;
	size_t data = has_data(call->call) ? call->length : 0;
	sessio_step_call *copy = malloc(sizeof(*copy) + name + device + data);
	char *at;

	if (copy == NULL) {
		return NULL;
	}
	at = (char *)(copy + 1);
	*copy = (sessio_step_call){ .call = call->call, .name = memcpy(at, call->name, name) };
	if (device != 0) {
		copy->device = memcpy(at + name, call->device, device);
	}
	if (data != 0) {
		copy->data = memcpy(at + name + device, call->data, data);
		copy->length = call->length;
	}
	copy->code = call->call == SESSIO_CALL_CONTROL ? call->code : 0;
	copy->room = has_room(call->call) ? call->room : 0;
	return copy;
}
