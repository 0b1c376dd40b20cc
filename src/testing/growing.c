/* SPDX-License-Identifier: MIT */
#include "testing/growing.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool make_room(struct si_growing *text, size_t needed)
{
	size_t room = 2 * text->room + needed;
	char *more = realloc(text->bytes, room);

	if (more == NULL) {
		free(text->bytes);
		*text = (struct si_growing){ .failed = true };
		return false;
	}
	text->bytes = more;
	text->room = room;
	return true;
}

void si_growing_add(struct si_growing *text, const char *format, ...)
{
	bool fits = false;

	while (!fits && !text->failed) {
		va_list arguments;
		size_t left = text->room - text->length;
		int length;

		va_start(arguments, format);
		length = vsnprintf(text->bytes != NULL ? text->bytes + text->length : NULL, left,
			format, arguments);
		va_end(arguments);
		if (length < 0) {
			return;
		}
		fits = (size_t)length < left;
		if (fits) {
			text->length += (size_t)length;
		} else {
			(void)make_room(text, (size_t)length + 512);
		}
	}
}
