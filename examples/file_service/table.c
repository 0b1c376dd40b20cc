/* SPDX-License-Identifier: MIT */
/* The view of who has what open: redrawn on a terminal, else a table or JSON each time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

enum { NAME_COLUMNS = 26 };

/* Cuts the next line into fields; returns what follows it, NULL at the end. */
static char *next_line(char *at, char **fields, size_t count)
{
	char *end = at == NULL ? NULL : strchr(at, '\n');

	if (end == NULL) {
		return NULL;
	}
	*end = '\0';
	for (size_t i = 0; i < count; i++) {
		fields[i] = at;
		at += strcspn(at, "\t");
		if (*at != '\0') {
			*at++ = '\0';
		}
	}
	return end + 1;
}

/* The end of a long name says more than its beginning; a terminal must not obey it. */
static void print_name(char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < length; i++) {
		name[i] = (unsigned char)name[i] < ' ' ? '?' : name[i];
	}
	if (length <= NAME_COLUMNS) {
		printf("%-*s", NAME_COLUMNS, name);
	} else {
		name += length - (NAME_COLUMNS - 2);
		while (((unsigned char)*name & 0xc0u) == 0x80u) {
			name++;
		}
		printf("..%-*s", NAME_COLUMNS - 2, name);
	}
}

/* Milliseconds as people say it. */
static void print_age(const char *text)
{
	unsigned long seconds = strtoul(text, NULL, 10) / 1000;

	if (seconds < 100) {
		printf(" %4lu s", seconds);
	} else if (seconds < 6000) {
		printf(" %2lu min", seconds / 60);
	} else {
		printf(" %4lu h", seconds / 3600);
	}
}

static void print_plain(char *text, bool redraw)
{
	char *totals[FILES_WATCH_TOTALS];
	char *fields[FILES_WATCH_FIELDS];
	char *at = next_line(text, totals, FILES_WATCH_TOTALS);

	if (at == NULL) {
		return;
	}
	if (redraw) {
		(void)fputs("\033[H\033[2J", stdout);
	}
	printf("files %s, sessions %s, operations %s, consumers %s\n", totals[0], totals[1],
		totals[2], totals[3]);
	if (*at != '\0') {
		printf("%-*s %5s %7s %-8s %-3s %-3s %6s %-6s %s\n", NAME_COLUMNS, "file", "conn",
			"process", "user", "may", "let", "since", "phase", "does");
	}
	while ((at = next_line(at, fields, FILES_WATCH_FIELDS)) != NULL) {
		print_name(fields[0]);
		printf(" %5.5s %7.7s %-8.8s %-3.3s %-3.3s", fields[1], fields[2], fields[4],
			fields[5], fields[6]);
		print_age(fields[7]);
		printf(" %-6.6s %.8s\n", fields[8], fields[9]);
	}
	(void)fflush(stdout);
}

static void put_raw(const char *key, const char *number)
{
	json_number(key, strtoull(number, NULL, 10));
}

static void print_json(char *text)
{
	static const char *const keys[FILES_WATCH_FIELDS] = { "file", "connection", "process",
		"uid", "user", "rights", "share", "since_ms", "phase", "does" };
	char *totals[FILES_WATCH_TOTALS];
	char *fields[FILES_WATCH_FIELDS];
	char *at = next_line(text, totals, FILES_WATCH_TOTALS);
	const char *between = "";

	if (at == NULL) {
		return;
	}
	json_begin("event", "view");
	put_raw("files", totals[0]);
	put_raw("sessions", totals[1]);
	put_raw("operations", totals[2]);
	put_raw("consumers", totals[3]);
	(void)fputs(",\"open\":[", stdout);
	while ((at = next_line(at, fields, FILES_WATCH_FIELDS)) != NULL) {
		(void)fputs(between, stdout);
		between = ",";
		json_begin(keys[0], fields[0]);
		for (size_t i = 1; i < FILES_WATCH_FIELDS; i++) {
			if (i <= 3 || i == 7) {
				put_raw(keys[i], fields[i]);
			} else {
				json_word(keys[i], fields[i]);
			}
		}
		(void)putchar('}');
	}
	(void)putchar(']');
	json_end();
}

void table_print(struct tool *tool, const char *text, size_t size, bool redraw)
{
	char *copy = malloc(size + 1);

	if (copy == NULL) {
		return;
	}
	memcpy(copy, text, size);
	copy[size] = '\0';
	if (tool->json) {
		print_json(copy);
	} else {
		print_plain(copy, redraw && tool->terminal);
	}
	free(copy);
}
