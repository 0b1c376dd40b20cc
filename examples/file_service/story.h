/* SPDX-License-Identifier: MIT */
/* Prints the acts: one line a step, with a mark where the outcome is wrong. */
#ifndef STORY_H
#define STORY_H

#include <stdbool.h>

/* Colours on a terminal, none in a file or if NO_COLOR is set. */
void story_begin(void);

/* A new act. */
void story_act(const char *title, const char *about);

/* One step: the actor, the action and the outcome. Any thread. */
void story_step(const char *who, const char *outcome, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A plain line in between. */
void story_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says so, and remembers it for story_end(), if it is not true. Any thread. */
void story_expect(bool truth, const char *what);

/* The last line. Returns the exit status of the program. */
int story_end(void);

#endif /* STORY_H */
