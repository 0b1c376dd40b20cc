/* SPDX-License-Identifier: MIT */
/* Scenarios in files. */
#include "testing/testing_scenario.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_BYTES ((size_t)SESSIO_SCENARIO_MAX_STEPS * 128u)

static bool write_part(const char *text, size_t length, void *ctx)
{
	return fwrite(text, 1, length, ctx) == length;
}

sessio_status si_scenario_write_file(
	const char *path, si_scenario_writing_fn *writing, const void *subject)
{
	FILE *file;
	sessio_status status;

	if (path == NULL) {
		return SESSIO_INVALID_ARG;
	}
	file = fopen(path, "wb");
	if (file == NULL) {
		return SESSIO_REFUSED;
	}
	status = writing(subject, write_part, file);
	if (fclose(file) != 0 && status == SESSIO_OK) {
		status = SESSIO_REFUSED;
	}
	return status;
}

static sessio_status print(const void *subject, sessio_write_fn *write, void *ctx)
{
	return sessio_scenario_print(subject, write, ctx);
}

sessio_status sessio_scenario_save(const sessio_scenario *scenario, const char *path)
{
	return scenario != NULL ? si_scenario_write_file(path, print, scenario)
				: SESSIO_INVALID_ARG;
}

/* All of a file, in memory that the caller frees. */
static sessio_status read_all(FILE *file, char **out_text, size_t *out_length)
{
	size_t room = 4096, length = 0;
	char *text = malloc(room);

	while (text != NULL && length <= MAX_BYTES) {
		size_t count = fread(text + length, 1, room - length, file);
		char *more;

		length += count;
		if (count == 0) {
			*out_text = text;
			*out_length = length;
			return ferror(file) != 0 ? SESSIO_NOT_FOUND : SESSIO_OK;
		}
		if (length < room) {
			continue;
		}
		more = realloc(text, room * 2);
		if (more == NULL) {
			break;
		}
		text = more;
		room *= 2;
	}
	*out_text = text;
	return length > MAX_BYTES ? SESSIO_LIMIT : SESSIO_NO_MEMORY;
}

sessio_status sessio_scenario_load(
	const char *path, sessio_scenario **out_scenario, sessio_scenario_error *out_error)
{
	FILE *file;
	char *text = NULL;
	size_t length = 0;
	sessio_status status;

	if (path == NULL || out_scenario == NULL) {
		return SESSIO_INVALID_ARG;
	}
	file = fopen(path, "rb");
	if (file == NULL) {
		return SESSIO_NOT_FOUND;
	}
	status = read_all(file, &text, &length);
	(void)fclose(file);
	if (status == SESSIO_OK) {
		status = sessio_scenario_parse(text, length, out_scenario, out_error);
	}
	free(text);
	return status;
}
