/* SPDX-License-Identifier: MIT */
#include "story.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

enum { WIDTH = 80, TEXT_COLUMN = 13, OUTCOME_COLUMN = 61 };

static uv_mutex_t lock;
static bool colours;
static unsigned wrong;
static unsigned right;

static const char *colour(const char *code)
{
	return colours ? code : "";
}

#define BOLD colour("\033[1m")
#define DIM colour("\033[2m")
#define RED colour("\033[31m")
#define GREEN colour("\033[32m")
#define PLAIN colour("\033[0m")

void story_begin(void)
{
	if (uv_mutex_init(&lock) != 0) {
		abort();
	}
	colours = uv_guess_handle(1) == UV_TTY && getenv("NO_COLOR") == NULL;
	setvbuf(stdout, NULL, _IOLBF, 0);
}

void story_act(const char *title, const char *about)
{
	uv_mutex_lock(&lock);
	printf("\n%s%s%s\n%s%s%s\n\n", BOLD, title, PLAIN, DIM, about, PLAIN);
	uv_mutex_unlock(&lock);
}

/* How much of a text goes on a line of that width: up to a space, if there is one. */
static size_t fitting(const char *text, size_t width)
{
	size_t length = strlen(text);
	size_t end = width;

	if (length <= width) {
		return length;
	}
	while (end > 0 && text[end] != ' ') {
		end--;
	}
	if (end > 0) {
		return end;
	}
	/* No space: anywhere, but not inside a character of several bytes. */
	for (end = width; end > 1 && ((unsigned char)text[end] & 0xc0u) == 0x80u;) {
		end--;
	}
	return end;
}

/* The text from the given column on, in lines of 80; returns where its last line ends. */
static size_t print_wrapped(size_t column, const char *text)
{
	size_t end = fitting(text, WIDTH - column);

	(void)fwrite(text, 1, end, stdout);
	while (text[end] != '\0') {
		text += end + (text[end] == ' ');
		end = fitting(text, WIDTH - column);
		printf("\n%*s%.*s", (int)column, "", (int)end, text);
	}
	return column + end;
}

void story_step(const char *who, const char *outcome, const char *format, ...)
{
	char what[1024];
	size_t column;
	va_list arguments;
	const char *tint;

	va_start(arguments, format);
	(void)vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	uv_mutex_lock(&lock);
	tint = *outcome == '\0' ? "" : strcmp(outcome, "SESSIO_OK") == 0 ? GREEN : RED;
	printf("  %-10s ", who);
	column = print_wrapped(TEXT_COLUMN, what);
	if (*outcome != '\0') {
		if (column > OUTCOME_COLUMN - 1) {
			(void)putchar('\n');
			column = 0;
		}
		printf("%*s%s%s%s", (int)(OUTCOME_COLUMN - column), "", tint, outcome,
			*tint == '\0' ? "" : PLAIN);
	}
	(void)putchar('\n');
	uv_mutex_unlock(&lock);
}

/* A line of any length; the rest of a long one goes on below its first word. */
static void print_line(const char *line)
{
	size_t column = strspn(line, " ");

	printf("%*s", (int)column, "");
	(void)print_wrapped(column, line + column);
	(void)putchar('\n');
}

void story_line(const char *format, ...)
{
	char text[4096];
	char *line = text;
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	uv_mutex_lock(&lock);
	for (char *end = strchr(line, '\n'); end != NULL; end = strchr(line, '\n')) {
		*end = '\0';
		print_line(line);
		line = end + 1;
	}
	print_line(line);
	uv_mutex_unlock(&lock);
}

void story_expect(bool truth, const char *what)
{
	uv_mutex_lock(&lock);
	if (truth) {
		right++;
	} else {
		wrong++;
		printf("  %sNOT AS EXPECTED: %s%s\n", RED, what, PLAIN);
	}
	uv_mutex_unlock(&lock);
}

int story_end(void)
{
	printf("\n%s%s%s  %u checks held, %u did not.\n", BOLD,
		wrong == 0 ? "All as expected." : "Something is wrong.", PLAIN, right, wrong);
	uv_mutex_destroy(&lock);
	return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
