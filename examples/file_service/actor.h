/* SPDX-License-Identifier: MIT */
/* The inside of an actor: a process, and what it has said. */
#ifndef ACTOR_H
#define ACTOR_H

#include <uv.h>

#include "cast.h"

enum { MOST_ACTORS = 32, MOST_PROGRAM = 8, PATIENCE_MS = 30000 };

struct actor {
	struct cast *cast;
	const char *name;
	unsigned connection;
	uv_process_t process;
	uv_pipe_t in;
	uv_pipe_t out;
	bool running;
	bool silent; /* nothing more will be heard */
	bool leaving;
	int64_t result;
	char *heard; /* lines that nobody has taken */
	size_t size;
	char *line; /* the last one that was */
	char piece[4096];
};

struct cast {
	uv_loop_t loop;
	uv_timer_t timer;
	bool late;
	char folder[1024];
	char pipe[64];
	char **program;
	struct actor *actors[MOST_ACTORS]; /* the first is the provider */
	size_t count;
};

/* A process with these words after the program's. */
struct actor *actor_start(struct cast *cast, const char *name, const char *const *words);

#endif /* ACTOR_H */
