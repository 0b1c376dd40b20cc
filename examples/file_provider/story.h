/* SPDX-License-Identifier: MIT */
/* How the acts are told: one line a step, marked if it is not what it should be. */
#ifndef STORY_H
#define STORY_H

#include <stdbool.h>

#include <kos/session.h>

/* Colours on a terminal, none in a file or if NO_COLOR is set. */
void story_begin(void);

/* A new act. */
void story_act(const char *title, const char *about);

/* One step: who does what, and what came of it. Any thread. */
void story_step(const char *who, const char *outcome, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A plain line in between. */
void story_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says so, and remembers it for story_end(), if it is not true. Any thread. */
void story_expect(bool truth, const char *what);

/* The last line; what main() returns. */
int story_end(void);

#endif /* STORY_H */
