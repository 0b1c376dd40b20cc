/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

/* A character of a JSON text; bytes that are no ASCII go as they are. */
static void put_character(unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		printf("\\%c", c);
		return;
	case '\n':
		(void)fputs("\\n", stdout);
		return;
	case '\t':
		(void)fputs("\\t", stdout);
		return;
	default:
		if (c < 0x20 || c == 0x7f) {
			printf("\\u%04x", c);
		} else {
			(void)putchar(c);
		}
		return;
	}
}

static void put_text(const char *text, size_t size)
{
	(void)putchar('"');
	for (size_t i = 0; i < size; i++) {
		put_character((unsigned char)text[i]);
	}
	(void)putchar('"');
}

void json_begin(const char *key, const char *value)
{
	printf("{\"%s\":", key);
	put_text(value, strlen(value));
}

void json_text(const char *key, const char *text, size_t size)
{
	printf(",\"%s\":", key);
	put_text(text, size);
}

void json_word(const char *key, const char *word)
{
	json_text(key, word, strlen(word));
}

void json_number(const char *key, unsigned long long number)
{
	printf(",\"%s\":%llu", key, number);
}

void json_end(void)
{
	(void)puts("}");
	(void)fflush(stdout);
}

static const char *code_name(const struct job *job)
{
	static const char *const names[] = { "FILES_CANCELLED", "FILES_WITHDRAWN", "FILES_FAILED",
		"FILES_FULL" };

	return job->status == SESSIO_REFUSED && job->code >= 1 && job->code <= FILES_FULL
		? names[job->code - 1]
		: sessio_status_name(job->status);
}

static const char *code_text(const struct job *job)
{
	static const char *const texts[] = { "cancelled", "the file was withdrawn",
		"the file cannot be read or written", "the file is full" };

	return job->status == SESSIO_REFUSED && job->code >= 1 && job->code <= FILES_FULL
		? texts[job->code - 1]
		: sessio_status_text(job->status);
}

static void put_handle(uint32_t value, uint32_t rights, unsigned slot)
{
	char text[16];

	if (slot != 0) {
		(void)snprintf(text, sizeof(text), "h%u", slot);
		json_word("handle", text);
	}
	(void)snprintf(text, sizeof(text), "0x%08" PRIx32, value);
	json_word("value", text);
	json_word("rights", rights_text(rights));
}

void say_outcome(const struct job *job)
{
	const char *name = job->verb->name;

	if (!job->tool->json) {
		if (job->status != SESSIO_OK) {
			(void)fflush(stdout);
			fprintf(stderr, "sessio_files: %s%s%s: %s\n", name,
				job->word_count > 1 ? " " : "",
				job->word_count > 1 ? job->words[1] : "", code_text(job));
		}
		return;
	}
	json_begin("command", name);
	json_word("status", code_name(job));
	if (job->word_count > 1) {
		json_word("on", job->words[1]);
	}
	if (job->status == SESSIO_OK && strcmp(name, "open") == 0) {
		put_handle(job->handle.value, job->handle.rights, job->slot);
	}
	if (job->content != NULL) {
		json_number("bytes", job->size);
		json_text("text", job->content, job->size);
	}
	json_end();
}

void say_handle(const struct tool *tool, unsigned slot, const char *name)
{
	const sessio_remote_handle *handle = &tool->handles[slot];

	printf("h%u is %s, rights %s, value 0x%08" PRIx32 "\n", slot, name,
		rights_text(handle->rights), handle->value);
	(void)fflush(stdout);
}

void say_event(struct tool *tool, const char *event, unsigned slot, uint32_t other)
{
	char name[48];

	if (tool->json) {
		json_begin("event", event);
		if (slot != 0) {
			put_handle(tool->handles[slot].value, tool->handles[slot].rights, slot);
		}
		if (other != 0) {
			json_number("connection", other);
		}
		json_end();
		return;
	}
	if (strcmp(event, "given") == 0) {
		(void)snprintf(name, sizeof(name), "given by connection %" PRIu32, other);
		say_handle(tool, slot, name);
	} else if (strcmp(event, "revoked") == 0) {
		printf("h%u is revoked\n", slot);
	} else if (tool->tells) {
		printf("connection %" PRIu32 " to %s; \"help\" lists the commands\n", other,
			tool->pipe);
	}
	(void)fflush(stdout);
}

void say_list(const struct job *job)
{
	const char *at = job->content;
	const char *end = at + job->size;

	while (at < end) {
		const char *tab = memchr(at, '\t', (size_t)(end - at));
		const char *line = memchr(at, '\n', (size_t)(end - at));

		if (tab == NULL || line == NULL || tab > line) {
			return;
		}
		printf("%8.*s  %.*s\n", (int)(tab - at), at, (int)(line - tab - 1), tab + 1);
		at = line + 1;
	}
}
