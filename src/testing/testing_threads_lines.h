/* SPDX-License-Identifier: MIT */
/* Return addresses as files and lines, by the system's addr2line. */
#ifndef SI_TESTING_THREADS_LINES_H
#define SI_TESTING_THREADS_LINES_H

#include "testing/testing_threads.h"

struct si_threads_line {
	const void *address;
	char function[64];
	char call[64]; /* of a driver: the inline function that is called there; or empty */
	char file[SI_THREADS_TEXT]; /* empty: not known */
	int line;
};

struct si_threads_lines {
	struct si_threads_line *lines;
	unsigned count, room;
	char sources[SI_THREADS_TEXT]; /* the folder of the library's own; empty: not known */
};

/* Where a thread is, in code that is not the library's if there is any. */
struct si_threads_where {
	const char *call; /* the function that was called there; NULL: not known */
	const char *file; /* without its folder; NULL: not known */
	int line;
};

/* All that the report of this run needs; without addr2line nothing is known. */
void si_threads_lines_read(struct si_threads_lines *lines, const struct si_threads_shared *shared);
void si_threads_lines_free(struct si_threads_lines *lines);

struct si_threads_where si_threads_where(
	const struct si_threads_place *place, const struct si_threads_lines *lines);

#endif /* SI_TESTING_THREADS_LINES_H */
