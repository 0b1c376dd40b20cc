/* SPDX-License-Identifier: MIT */
#include "story.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

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

void story_step(const char *who, const char *outcome, const char *format, ...)
{
	char what[256];
	va_list arguments;
	const char *tint;

	va_start(arguments, format);
	(void)vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	uv_mutex_lock(&lock);
	tint = strncmp(outcome, "rc", 2) != 0 ? "" : strcmp(outcome, "rcOk") == 0 ? GREEN : RED;
	if (*outcome == '\0') {
		printf("  %-10s %s\n", who, what);
	} else {
		printf("  %-10s %-58s %s%s%s\n", who, what, tint, outcome,
			*tint == '\0' ? "" : PLAIN);
	}
	uv_mutex_unlock(&lock);
}

void story_line(const char *format, ...)
{
	va_list arguments;

	uv_mutex_lock(&lock);
	va_start(arguments, format);
	(void)vprintf(format, arguments);
	va_end(arguments);
	(void)putchar('\n');
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
