/* SPDX-License-Identifier: MIT */
/*
 * Device controls as actions. Each user session has buffers of its own for each of them,
 * as a request may be pended for long.
 */
#include <stdlib.h>

#include "testing/explore_driver.h"

struct control {
	const sessio_explore_control *face;
	unsigned char *bytes; /* for each session: in and then out, or NULL if both are empty */
};

/* Of the one exploration. */
static struct control *controls;
static size_t control_count;

static size_t size_of(const sessio_explore_control *face)
{
	return (size_t)face->in_length + face->out_length;
}

static sessio_status send_control(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	const struct control *control = ctx;
	const sessio_explore_control *face = control->face;
	uint64_t function = SI_FUNCTION(IRP_MJ_DEVICE_CONTROL) | face->code;
	sessio_kit_file *file = sessio_kit_find_file(kit, session);
	unsigned char *in = NULL, *out = NULL;

	(void)number;
	if (file == NULL || si_explore_pended(file, function, function) != NULL) {
		return SESSIO_BAD_STATE;
	}
	if (face->in_length != 0) {
		in = control->bytes + session * size_of(face);
		memcpy(in, face->in, face->in_length);
	}
	if (face->out_length != 0) {
		out = control->bytes + session * size_of(face) + face->in_length;
		memset(out, 0, face->out_length);
	}
	(void)sessio_kit_control(
		file, face->code, in, face->in_length, out, face->out_length, NULL);
	return SESSIO_OK;
}

static bool make_control(struct control *control, const sessio_explore_control *face)
{
	size_t size = size_of(face);

	control->face = face;
	control->bytes = size != 0 ? calloc(SESSIO_EXPLORE_MAX_SESSIONS + 1, size) : NULL;
	return size == 0 || control->bytes != NULL;
}

sessio_status si_explore_add_controls(
	sessio_explore_options *options, sessio_explore_action *actions)
{
	if (options->control_count == 0) {
		return SESSIO_OK;
	}
	controls = calloc(options->control_count, sizeof(*controls));
	for (size_t i = 0; controls != NULL && i < options->control_count; i++) {
		const sessio_explore_control *face = &options->controls[i];

		if (face->in == NULL && face->in_length != 0) {
			return SESSIO_INVALID_ARG;
		}
		control_count = i + 1;
		if (!make_control(&controls[i], face)) {
			return SESSIO_NO_MEMORY;
		}
		actions[options->action_count++] = (sessio_explore_action){ .name = face->name,
			.run = send_control,
			.for_sessions = true,
			.ctx = &controls[i] };
	}
	options->control_count = 0;
	return controls != NULL ? SESSIO_OK : SESSIO_NO_MEMORY;
}

void si_explore_free_controls(void)
{
	for (size_t i = 0; i < control_count; i++) {
		free(controls[i].bytes);
	}
	free(controls);
	controls = NULL;
	control_count = 0;
}
