/* SPDX-License-Identifier: MIT */
#include "cast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actor.h"
#include "story.h"

struct actor *cast_enter(struct cast *cast, const char *name, const char *user)
{
	const char *words[] = { "shell", cast->pipe, "--json", user == NULL ? NULL : "--user", user,
		NULL };
	struct actor *actor = actor_start(cast, name, words);
	char number[16] = "0";

	(void)line_field(
		actor_hear(actor, "\"event\":\"connected\""), "connection", number, sizeof(number));
	actor->connection = (unsigned)strtoul(number, NULL, 10);
	story_expect(actor->connection != 0, "a consumer connects");
	return actor;
}

static size_t take_escape(const char *at, char *out)
{
	char digits[5] = "";

	switch (*at) {
	case 'n':
		*out = '\n';
		return 1;
	case 't':
		*out = '\t';
		return 1;
	case 'u':
		(void)strncat(digits, at + 1, 4);
		*out = (char)strtoul(digits, NULL, 16);
		return 5;
	default:
		*out = *at;
		return 1;
	}
}

bool line_field(const char *line, const char *key, char *text, size_t room)
{
	char mark[64];
	const char *at;
	size_t size = 0;
	bool quoted;

	(void)snprintf(mark, sizeof(mark), "\"%s\":", key);
	at = strstr(line, mark);
	if (at == NULL) {
		return false;
	}
	at += strlen(mark);
	quoted = *at == '"';
	at += quoted;
	while (*at != '\0' && size + 1 < room &&
		(quoted ? *at != '"' : strchr(",}", *at) == NULL)) {
		if (*at == '\\') {
			at += 1 + take_escape(at + 1, &text[size++]);
		} else {
			text[size++] = *at++;
		}
	}
	text[size] = '\0';
	return true;
}

const char *cast_greeting(const struct cast *cast)
{
	return cast->actors[0]->line;
}

const char *cast_show(struct cast *cast, const char *command)
{
	const char *words[] = { command, cast->pipe, NULL };
	struct actor *actor = actor_start(cast, command, words);

	actor_leave(actor);
	story_expect(actor->result == 0, "a command ends well");
	return actor->heard == NULL ? "" : actor->heard;
}

static bool make_folder(struct cast *cast)
{
	char pattern[1024];
	size_t size = sizeof(pattern) - 32;
	uv_fs_t request;

	if (uv_os_tmpdir(pattern, &size) != 0) {
		return false;
	}
	(void)strcat(pattern, "/sessio-XXXXXX");
	if (uv_fs_mkdtemp(NULL, &request, pattern, NULL) != 0) {
		return false;
	}
	(void)strcpy(cast->folder, request.path);
	uv_fs_req_cleanup(&request);
	return true;
}

struct cast *cast_begin(const char *directory, char **program)
{
	struct cast *cast = calloc(1, sizeof(*cast));
	const char *words[] = { "serve", NULL, directory, "--until-input-ends", NULL };

	if (cast == NULL || uv_loop_init(&cast->loop) != 0 || !make_folder(cast)) {
		free(cast);
		return NULL;
	}
	(void)uv_timer_init(&cast->loop, &cast->timer);
	cast->timer.data = cast;
	cast->program = program;
#if defined(_WIN32)
	(void)snprintf(
		cast->pipe, sizeof(cast->pipe), "\\\\.\\pipe\\sessio-%d", (int)uv_os_getpid());
#else
	(void)strcpy(cast->pipe, "pipe"); /* in their working folder: its name may be long */
#endif
	words[1] = cast->pipe;
	if (*actor_hear(actor_start(cast, "provider", words), " are served at ") == '\0') {
		cast_end(cast);
		return NULL;
	}
	return cast;
}

static void close_actor(struct actor *actor)
{
	uv_close((uv_handle_t *)&actor->out, NULL);
	if (!uv_is_closing((uv_handle_t *)&actor->process)) {
		uv_close((uv_handle_t *)&actor->process, NULL);
	}
}

void cast_end(struct cast *cast)
{
	uv_fs_t request;

	for (size_t i = cast->count; i-- > 0;) {
		actor_leave(cast->actors[i]);
		close_actor(cast->actors[i]);
	}
	story_line("\nThe provider has %s", actor_hear(cast->actors[0], "stopped"));
	story_expect(cast->actors[0]->result == 0, "the provider goes without a trace");
	uv_close((uv_handle_t *)&cast->timer, NULL);
	(void)uv_run(&cast->loop, UV_RUN_DEFAULT);
	story_expect(uv_loop_close(&cast->loop) == 0, "the cast goes without a trace");
	story_expect(uv_fs_rmdir(NULL, &request, cast->folder, NULL) == 0, "no file is left");
	uv_fs_req_cleanup(&request);
	for (size_t i = 0; i < cast->count; i++) {
		free(cast->actors[i]->heard);
		free(cast->actors[i]->line);
		free(cast->actors[i]);
	}
	free(cast);
}
