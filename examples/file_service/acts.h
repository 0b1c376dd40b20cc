/* SPDX-License-Identifier: MIT */
#ifndef ACTS_H
#define ACTS_H

#include "cast.h"

/* The stage of all acts. */
struct tale {
	struct cast *cast;
	struct actor *admin; /* acts for no user */
	char file[2048]; /* the story's file, as a word of a command */
	char other[2048]; /* another, if there is one */
};

/* Tells a step: a command, how it must end, and what it is in words. Returns its line. */
const char *act_step(struct actor *actor, const char *status, const char *words, const char *format,
	...) __attribute__((format(printf, 4, 5)));

/* Hears how a command ended that was given before. */
const char *act_outcome(
	struct actor *actor, const char *command, const char *status, const char *words);

/* An event that must come, about a handle of this name. */
void act_event(struct actor *actor, const char *event, const char *handle, const char *words);

/* The provider's sessions and operations must become that many. */
void act_sees(struct tale *tale, unsigned sessions, unsigned operations);

/* Shows the sessions as a person sees them. */
void act_show(struct tale *tale);

/* Consumers share a file, are refused, try handles that are not theirs. */
void act_sharing(struct tale *tale);

/* A handle goes to another process, with fewer rights. */
void act_passing(struct tale *tale);

/* A consumer is killed while it waits. */
void act_killing(struct tale *tale);

/* A user logs off, and an administrator withdraws a file. */
void act_logoff(struct tale *tale);
void act_withdrawal(struct tale *tale);

#endif /* ACTS_H */
