/* SPDX-License-Identifier: MIT */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* dl_iterate_phdr() */
#endif

#include "testing/testing_threads_lines.h"

#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT_ONCE 200u

static void add_address(struct si_threads_lines *lines, const void *address)
{
	for (unsigned i = 0; i < lines->count; i++) {
		if (lines->lines[i].address == address) {
			return;
		}
	}
	if (lines->count == lines->room) {
		unsigned room = lines->room != 0 ? 2 * lines->room : 64;
		struct si_threads_line *more =
			realloc(lines->lines, room * sizeof(lines->lines[0]));

		if (more == NULL) {
			return;
		}
		lines->lines = more;
		lines->room = room;
	}
	lines->lines[lines->count++] = (struct si_threads_line){ .address = address };
}

static void add_place(struct si_threads_lines *lines, const struct si_threads_place *place)
{
	for (unsigned i = 0; i < place->frame_count; i++) {
		add_address(lines, place->frames[i]);
	}
}

/* The program is the first. */
static int find_base(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	*(uintptr_t *)arg = info->dlpi_addr;
	return 1;
}

_Noreturn static void run_tool(const struct si_threads_line *lines, unsigned count, int output)
{
	static char addresses[AT_ONCE][24];
	static const char *words[AT_ONCE + 7] = { "addr2line", "-a", "-i", "-f", "-e" };
	static char program[64];
	uintptr_t base = 0;

	(void)snprintf(program, sizeof(program), "/proc/%d/exe", (int)getppid());
	words[5] = program;
	(void)dl_iterate_phdr(find_base, &base);
	for (unsigned i = 0; i < count; i++) {
		/* The call is before the place where it returns to. */
		(void)snprintf(addresses[i], sizeof(addresses[i]), "0x%llx",
			(unsigned long long)((uintptr_t)lines[i].address - base - 1));
		words[6 + i] = addresses[i];
	}
	(void)dup2(output, STDOUT_FILENO);
	(void)close(STDERR_FILENO);
	(void)execvp("addr2line", (char *const *)(uintptr_t)words);
	(void)execvp("llvm-addr2line", (char *const *)(uintptr_t)words);
	_exit(1);
}

/* Compilers that ran in other folders call one file by several names. */
static void simplify(char *path)
{
	char *up;

	while ((up = strstr(path, "/../")) != NULL) {
		char *from = up;

		while (from > path && from[-1] != '/') {
			from--;
		}
		if (from == path) {
			return; /* not from the root */
		}
		memmove(from, up + 4, strlen(up + 4) + 1);
	}
}

/* Drivers have these functions inline, and they stand for calls. */
static bool is_inline_call(const char *file)
{
	return strstr(file, "/sessio_nt/interlocked.h") != NULL;
}

/* A function that contains the address; the outermost is the last. */
static void add_function(struct si_threads_line *line, const char *function, const char *place)
{
	const char *colon = strrchr(place, ':');
	long number = colon != NULL ? strtol(colon + 1, NULL, 10) : 0;

	if (place[0] == '?' || number == 0) {
		return; /* code without lines */
	}
	if (line->file[0] == '\0' || is_inline_call(line->file)) {
		(void)snprintf(line->call, sizeof(line->call), "%.63s", line->function);
		(void)snprintf(line->file, sizeof(line->file), "%.*s",
			(int)(colon - place < 255 ? colon - place : 255), place);
		simplify(line->file);
		line->line = (int)number;
	}
	(void)snprintf(line->function, sizeof(line->function), "%.63s", function);
}

/*
 * "address\n", and then "function\nfile:line\n" from the innermost inlined function to
 * the outermost. The place is in the first, and the name of the call is the last.
 */
static void read_answers(FILE *answers, struct si_threads_line *lines, unsigned count)
{
	struct si_threads_line *line = NULL;
	char function[512], place[1024];

	while (fgets(function, sizeof(function), answers) != NULL) {
		if (strncmp(function, "0x", 2) == 0) {
			line = line == NULL ? lines : line + 1;
			continue;
		}
		if (line == NULL || line == lines + count ||
			fgets(place, sizeof(place), answers) == NULL) {
			return;
		}
		function[strcspn(function, "\n")] = '\0';
		add_function(line, function, place);
	}
}

static void ask(struct si_threads_line *lines, unsigned count)
{
	int ends[2];
	FILE *answers;
	pid_t tool;

	if (pipe(ends) != 0) {
		return;
	}
	tool = fork();
	if (tool == 0) {
		run_tool(lines, count, ends[1]);
	}
	(void)close(ends[1]);
	answers = fdopen(ends[0], "r");
	if (answers == NULL) {
		(void)close(ends[0]);
	} else {
		read_answers(answers, lines, count);
		(void)fclose(answers);
	}
	if (tool > 0) {
		(void)waitpid(tool, NULL, 0);
	}
}

static const struct si_threads_line *find(const struct si_threads_lines *lines, const void *address)
{
	for (unsigned i = 0; i < lines->count; i++) {
		if (lines->lines[i].address == address && lines->lines[i].file[0] != '\0') {
			return &lines->lines[i];
		}
	}
	return NULL;
}

void si_threads_lines_read(struct si_threads_lines *lines, const struct si_threads_shared *shared)
{
	/* A line of the library, to know its folder by. */
	const void *own = (const unsigned char *)(uintptr_t)&si_threads_where + 1;
	const struct si_threads_line *line;

	add_address(lines, own);
	for (unsigned i = 0; i < SESSIO_THREADS_MAX; i++) {
		add_place(lines, &shared->last[i].place);
	}
	for (unsigned i = 0; i < shared->step_count; i++) {
		add_place(lines, &shared->steps[i].place);
	}
	for (unsigned i = 0; i < lines->count; i += AT_ONCE) {
		unsigned left = lines->count - i;

		ask(&lines->lines[i], left < AT_ONCE ? left : AT_ONCE);
	}
	line = find(lines, own);
	if (line != NULL) {
		const char *end = strstr(line->file, "testing/testing_threads_lines.c");

		(void)snprintf(lines->sources, sizeof(lines->sources), "%.*s",
			end != NULL ? (int)(end - line->file) : 0, line->file);
	}
}

void si_threads_lines_free(struct si_threads_lines *lines)
{
	free(lines->lines);
	lines->lines = NULL;
}

static bool is_of_library(const struct si_threads_lines *lines, const struct si_threads_line *line)
{
	size_t length = strlen(lines->sources);

	return length != 0 && strncmp(line->file, lines->sources, length) == 0;
}

/* These two are never what a reader looks for. */
static bool is_machinery(const struct si_threads_lines *lines, const struct si_threads_line *line)
{
	const char *rest = line->file + strlen(lines->sources);

	if (!is_of_library(lines, line)) {
		return false;
	}
	return strncmp(rest, "testing/testing_threads", 23) == 0 ||
		strncmp(rest, "testing/walk.c", 14) == 0 || strncmp(rest, "platform/", 9) == 0;
}

/* Unoptimised, such a function has a frame, whose file addr2line does not always know. */
static bool is_call(const struct si_threads_line *line)
{
	return is_inline_call(line->file) || strncmp(line->function, "Interlocked", 11) == 0;
}

/* Where a thread of a schedule begins; its callers are no part of it. */
static bool is_begin(const struct si_threads_lines *lines, const struct si_threads_line *line)
{
	return is_machinery(lines, line) &&
		(strcmp(line->function, "si_threads_run") == 0 ||
			strcmp(line->function, "run_thread") == 0 ||
			strcmp(line->function, "run_test_thread") == 0);
}

static const char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash != NULL ? slash + 1 : file;
}

struct si_threads_where si_threads_where(
	const struct si_threads_place *place, const struct si_threads_lines *lines)
{
	const struct si_threads_line *innermost = NULL, *before = NULL;

	if (place->file != NULL) {
		return (struct si_threads_where){ NULL, base_name(place->file), place->line };
	}
	for (unsigned i = 0; i < place->frame_count; i++) {
		const struct si_threads_line *line = find(lines, place->frames[i]);

		if (line != NULL && !is_of_library(lines, line) && !is_call(line)) {
			return (struct si_threads_where){ line->call[0] != '\0' ? line->call
					: before != NULL                        ? before->function
										: NULL,
				base_name(line->file), line->line };
		}
		if (line != NULL && is_begin(lines, line)) {
			break;
		}
		if (line != NULL && innermost == NULL && !is_machinery(lines, line)) {
			innermost = line;
		}
		before = line != NULL ? line : before;
	}
	if (innermost == NULL) {
		return (struct si_threads_where){ NULL, NULL, 0 };
	}
	return (struct si_threads_where){ innermost->function, base_name(innermost->file),
		innermost->line };
}
