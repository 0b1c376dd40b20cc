/* SPDX-License-Identifier: MIT */
/*
 * The main job, as a story: a provider of files and its consumers, each a process.
 *
 *     sessio_files_story DIR PROGRAM...
 *
 * PROGRAM is the words that start sessio_files. DIR is only read.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "acts.h"
#include "story.h"

/* A name as one word of a command. */
static void quote(const char *name, char *word, size_t room)
{
	size_t size = 0;

	word[size++] = '"';
	for (; *name != '\0' && size + 4 < room; name++) {
		if (*name == '"' || *name == '\\') {
			word[size++] = '\\';
		}
		word[size++] = *name;
	}
	word[size++] = '"';
	word[size] = '\0';
}

/* The first two files; the same twice, if there is one only. */
static bool choose_files(struct tale *tale)
{
	enum { ROOM = 64 * 1024 };
	char *text = malloc(ROOM);
	char *name[2];
	bool good;

	actor_say(tale->admin, "list");
	good = text != NULL &&
		line_field(actor_hear(tale->admin, "{\"command\":\"list\""), "text", text, ROOM);
	name[0] = name[1] = good ? strchr(text, '\t') : NULL;
	good = name[0] != NULL;
	if (good) {
		char *next = strchr(++name[0], '\n');

		if (next != NULL) {
			*next++ = '\0';
			next = strchr(next, '\t');
		}
		name[1] = name[0];
		if (next != NULL) {
			name[1] = next + 1;
			name[1][strcspn(name[1], "\n")] = '\0';
		}
		quote(name[0], tale->file, sizeof(tale->file));
		quote(name[1], tale->other, sizeof(tale->other));
		story_line("The story is about %s.", name[0]);
	}
	free(text);
	return good;
}

/* The children work in another folder. */
static char *absolute(const char *path)
{
	uv_fs_t request;
	char *result = NULL;

	if (uv_fs_realpath(NULL, &request, path, NULL) == 0) {
		result = strdup(request.ptr);
	}
	uv_fs_req_cleanup(&request);
	return result;
}

/* Plays all acts; false if they cannot begin. */
static bool play(const char *directory, char **program)
{
	struct tale tale = { .cast = cast_begin(directory, program) };
	bool ready;

	if (tale.cast == NULL) {
		return false;
	}
	story_line("%s", cast_greeting(tale.cast));
	tale.admin = cast_enter(tale.cast, "admin", NULL);
	ready = choose_files(&tale);
	if (ready) {
		act_sharing(&tale);
		act_passing(&tale);
		act_killing(&tale);
		act_logoff(&tale);
		act_withdrawal(&tale);
	}
	cast_end(tale.cast);
	return ready;
}

int main(int argc, char **argv)
{
	char *directory = argc < 3 ? NULL : absolute(argv[1]);
	char *program = argc < 3 ? NULL : absolute(argv[argc - 1]);
	int result = EXIT_FAILURE;

#if defined(SIGPIPE)
	/* Output that nobody reads any more is no reason to leave processes behind. */
	(void)signal(SIGPIPE, SIG_IGN);
#endif
	if (directory == NULL || program == NULL) {
		fprintf(stderr, "usage: %s DIR PROGRAM...\n", argv[0]);
	} else {
		argv[argc - 1] = program;
		story_begin();
		story_expect(play(directory, argv + 2), "the provider serves files");
		result = story_end();
	}
	free(directory);
	free(program);
	return result;
}
