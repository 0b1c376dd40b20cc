/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <sessio/handle_space.h>

#include "tool.h"

unsigned handles_add(struct tool *tool, sessio_remote_handle handle)
{
	for (unsigned slot = 1; slot <= MOST_HANDLES; slot++) {
		if (!tool->used[slot]) {
			tool->used[slot] = true;
			tool->handles[slot] = handle;
			return slot;
		}
	}
	return 0;
}

void handles_remove(struct tool *tool, unsigned slot)
{
	tool->used[slot] = false;
}

unsigned handles_find(const struct tool *tool, uint32_t value)
{
	for (unsigned slot = 1; slot <= MOST_HANDLES; slot++) {
		if (tool->used[slot] && tool->handles[slot].value == value) {
			return slot;
		}
	}
	return 0;
}

bool handles_parse(
	const struct tool *tool, const char *word, sessio_remote_handle *out, unsigned *out_slot)
{
	char *end;
	unsigned long number;

	*out_slot = 0;
	if (strncmp(word, "0x", 2) == 0) {
		number = strtoul(word, &end, 16);
		*out = (sessio_remote_handle){ (uint32_t)number, 0 };
		return *end == '\0' && number <= UINT32_MAX;
	}
	if (word[0] != 'h' || word[1] < '1' || word[1] > '9') {
		return false;
	}
	number = strtoul(word + 1, &end, 10);
	if (*end != '\0' || number > MOST_HANDLES || !tool->used[number]) {
		return false;
	}
	*out = tool->handles[number];
	*out_slot = (unsigned)number;
	return true;
}

bool rights_parse(const char *word, uint32_t *out_rights)
{
	uint32_t rights = 0;

	if (strcmp(word, "-") == 0) {
		*out_rights = 0;
		return true;
	}
	for (; *word != '\0'; word++) {
		switch (*word) {
		case 'r':
			rights |= FILE_READ;
			break;
		case 'w':
			rights |= FILE_WRITE;
			break;
		case 'p':
			rights |= SESSIO_HANDLE_TRANSFER;
			break;
		default:
			return false;
		}
	}
	*out_rights = rights;
	return true;
}

const char *rights_text(uint32_t rights)
{
	static const char *const all[] = { "-", "r", "w", "rw", "p", "rp", "wp", "rwp" };

	return all[(rights & (FILE_READ | FILE_WRITE)) |
		((rights & SESSIO_HANDLE_TRANSFER) != 0 ? 4u : 0u)];
}
