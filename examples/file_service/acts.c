/* SPDX-License-Identifier: MIT */
#include "acts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "story.h"

/* A line of a command must say this status. */
static void judge(struct actor *actor, const char *line, const char *status, const char *words)
{
	char got[64] = "nothing";

	(void)line_field(line, "status", got, sizeof(got));
	story_step(actor_name(actor), got, "%s", words);
	story_expect(strcmp(got, status) == 0, words);
}

const char *act_outcome(
	struct actor *actor, const char *command, const char *status, const char *words)
{
	char mark[64];
	const char *line;

	(void)snprintf(mark, sizeof(mark), "{\"command\":\"%s\"", command);
	line = actor_hear(actor, mark);
	judge(actor, line, status, words);
	return line;
}

const char *act_step(
	struct actor *actor, const char *status, const char *words, const char *format, ...)
{
	char command[4000];
	char name[32];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(command, " "), command);
	actor_say(actor, "%s", command);
	return act_outcome(actor, name, status, words);
}

void act_event(struct actor *actor, const char *event, const char *handle, const char *words)
{
	char mark[64];
	char got[16] = "";

	(void)snprintf(mark, sizeof(mark), "{\"event\":\"%s\"", event);
	(void)line_field(actor_hear(actor, mark), "handle", got, sizeof(got));
	story_step(actor_name(actor), "", "%s", words);
	story_expect(strcmp(got, handle) == 0, words);
}

void act_show(struct tale *tale)
{
	const char *view = cast_show(tale->cast, "sessions");

	story_step("admin", "", "looks closer:");
	story_line("\n%s", view);
	story_expect(strstr(view, "\nfile ") != NULL && strstr(view, " awaits\n") != NULL,
		"the view says what is being done");
}

void act_sees(struct tale *tale, unsigned sessions, unsigned operations)
{
	char mark[80];
	bool seen;

	(void)snprintf(
		mark, sizeof(mark), "\"sessions\":%u,\"operations\":%u,", sessions, operations);
	seen = actor_sees(tale->admin, mark);
	story_step(actor_name(tale->admin), "", "sees %u session%s, %u operation%s", sessions,
		sessions == 1 ? "" : "s", operations, operations == 1 ? "" : "s");
	story_expect(seen, "what is open is what it should be");
}
