/* SPDX-License-Identifier: MIT */
/*
 * The cast of the story: a provider and consumers, each a process of its own. They
 * are spoken to as a person would, through the commands of sessio_files.
 */
#ifndef CAST_H
#define CAST_H

#include <stdbool.h>
#include <stddef.h>

struct cast;
struct actor;

/* Starts the provider; `program` is the words that start sessio_files. NULL if it fails. */
struct cast *cast_begin(const char *directory, char **program);

/* Ends the provider and counts what is left. */
void cast_end(struct cast *cast);

/* The provider's first words. */
const char *cast_greeting(const struct cast *cast);

/* A new consumer process; `user` may be NULL. */
struct actor *cast_enter(struct cast *cast, const char *name, const char *user);

const char *actor_name(const struct actor *actor);
/* By which others pass it handles. */
unsigned actor_connection(const struct actor *actor);

/* Gives a command and does not wait. */
void actor_say(struct actor *actor, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Waits for a line that contains `mark`, and takes it: valid until the next one is.
 * Empty if the process ends, or says nothing of that kind for a long time.
 */
const char *actor_hear(struct actor *actor, const char *mark);

/* Waits until the sessions are as `mark` says. */
bool actor_sees(struct actor *actor, const char *mark);

/* Ends a process: at the end of its input, or by force. Waits until it is gone. */
void actor_leave(struct actor *actor);
void actor_kill(struct actor *actor);

/* The output of a process with this one command. */
const char *cast_show(struct cast *cast, const char *command);

/* A field of a line, without quotes; false if there is none. */
bool line_field(const char *line, const char *key, char *text, size_t room);

#endif /* CAST_H */
