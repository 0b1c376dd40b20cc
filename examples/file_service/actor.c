/* SPDX-License-Identifier: MIT */
#include "actor.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "story.h"

static void on_timer(uv_timer_t *timer)
{
	((struct cast *)timer->data)->late = true;
}

/* Runs the loop until it is true, or nothing happens for too long. */
static bool wait_until(struct cast *cast, bool (*holds)(struct actor *, const char *),
	struct actor *actor, const char *mark)
{
	cast->late = false;
	(void)uv_timer_start(&cast->timer, on_timer, PATIENCE_MS, 0);
	while (!holds(actor, mark) && !cast->late) {
		(void)uv_run(&cast->loop, UV_RUN_ONCE);
	}
	(void)uv_timer_stop(&cast->timer);
	return !cast->late;
}

/* --- Processes --- */

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *out_buffer)
{
	struct actor *actor = handle->data;

	(void)wanted;
	*out_buffer = uv_buf_init(actor->piece, sizeof(actor->piece));
}

static void on_heard(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct actor *actor = stream->data;
	char *heard;

	if (got < 0) {
		actor->silent = true;
		(void)uv_read_stop(stream);
		return;
	}
	heard = realloc(actor->heard, actor->size + (size_t)got + 1);
	if (heard == NULL) {
		abort();
	}
	memcpy(heard + actor->size, buffer->base, (size_t)got);
	actor->heard = heard;
	actor->size += (size_t)got;
	actor->heard[actor->size] = '\0';
}

static void on_end(uv_process_t *process, int64_t result, int signal)
{
	struct actor *actor = process->data;

	actor->running = false;
	actor->result = signal != 0 ? -1 : result;
}

static bool is_gone(struct actor *actor, const char *mark)
{
	(void)mark;
	return !actor->running && actor->silent;
}

struct actor *actor_start(struct cast *cast, const char *name, const char *const *words)
{
	struct actor *actor = calloc(1, sizeof(*actor));
	uv_stdio_container_t stdio[3];
	uv_process_options_t options = { 0 };
	char *arguments[MOST_PROGRAM + 8];
	size_t count = 0;

	if (actor == NULL || cast->count == MOST_ACTORS) {
		abort();
	}
	for (char **word = cast->program; *word != NULL && count < MOST_PROGRAM; word++) {
		arguments[count++] = *word;
	}
	for (; *words != NULL; words++) {
		arguments[count++] = (char *)(uintptr_t)*words;
	}
	arguments[count] = NULL;
	actor->cast = cast;
	actor->name = name;
	(void)uv_pipe_init(&cast->loop, &actor->in, 0);
	(void)uv_pipe_init(&cast->loop, &actor->out, 0);
	stdio[0].flags = UV_CREATE_PIPE | UV_READABLE_PIPE;
	stdio[0].data.stream = (uv_stream_t *)&actor->in;
	stdio[1].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
	stdio[1].data.stream = (uv_stream_t *)&actor->out;
	stdio[2].flags = UV_INHERIT_FD;
	stdio[2].data.fd = 2;
	options.exit_cb = on_end;
	options.file = arguments[0];
	options.args = arguments;
	options.cwd = cast->folder;
	options.stdio = stdio;
	options.stdio_count = 3;
	actor->process.data = actor->out.data = actor;
	actor->running = uv_spawn(&cast->loop, &actor->process, &options) == 0;
	actor->silent = !actor->running ||
		uv_read_start((uv_stream_t *)&actor->out, on_room, on_heard) != 0;
	cast->actors[cast->count++] = actor;
	return actor;
}

const char *actor_name(const struct actor *actor)
{
	return actor->name;
}

unsigned actor_connection(const struct actor *actor)
{
	return actor->connection;
}

/* --- What is said and heard --- */

static void on_said(uv_write_t *said, int status)
{
	(void)status;
	free(said);
}

void actor_say(struct actor *actor, const char *format, ...)
{
	enum { ROOM = 4096 };
	uv_write_t *said = malloc(sizeof(*said) + ROOM);
	char *text = (char *)(said + 1);
	va_list arguments;
	uv_buf_t buffer;
	int size;

	if (said == NULL) {
		abort();
	}
	va_start(arguments, format);
	size = vsnprintf(text, ROOM - 1, format, arguments);
	va_end(arguments);
	text[size] = '\n';
	buffer = uv_buf_init(text, (unsigned)size + 1);
	if (!actor->running ||
		uv_write(said, (uv_stream_t *)&actor->in, &buffer, 1, on_said) != 0) {
		free(said);
	}
}

/* The first line with the mark, if it is there with its end. */
static char *find_line(const struct actor *actor, const char *mark, size_t *out_length)
{
	char *at = actor->heard;
	char *end;

	while (at != NULL && (end = strchr(at, '\n')) != NULL) {
		char *found = strstr(at, mark);

		if (found != NULL && found < end) {
			*out_length = (size_t)(end - at);
			return at;
		}
		at = end + 1;
	}
	return NULL;
}

static bool has_line(struct actor *actor, const char *mark)
{
	size_t length;

	return actor->silent || find_line(actor, mark, &length) != NULL;
}

const char *actor_hear(struct actor *actor, const char *mark)
{
	size_t length = 0;
	char *line;

	(void)wait_until(actor->cast, has_line, actor, mark);
	line = find_line(actor, mark, &length);
	free(actor->line);
	actor->line = calloc(1, length + 1);
	if (actor->line == NULL) {
		abort();
	}
	if (line != NULL) {
		size_t rest = actor->size - (size_t)(line - actor->heard) - length - 1;

		memcpy(actor->line, line, length);
		memmove(line, line + length + 1, rest + 1);
		actor->size -= length + 1;
	}
	return actor->line;
}

bool actor_sees(struct actor *actor, const char *mark)
{
	for (unsigned times = 0; times < PATIENCE_MS / 10; times++) {
		actor_say(actor, "sessions");
		if (strstr(actor_hear(actor, "\"event\":\"view\""), mark) != NULL) {
			return true;
		}
		/* A short rest, which the timer ends. */
		actor->cast->late = false;
		(void)uv_timer_start(&actor->cast->timer, on_timer, 10, 0);
		while (!actor->cast->late) {
			(void)uv_run(&actor->cast->loop, UV_RUN_ONCE);
		}
	}
	return false;
}

/* --- Entrances and exits --- */

void actor_leave(struct actor *actor)
{
	if (!actor->leaving) {
		actor->leaving = true;
		uv_close((uv_handle_t *)&actor->in, NULL);
	}
	story_expect(wait_until(actor->cast, is_gone, actor, ""), "a process ends");
}

void actor_kill(struct actor *actor)
{
	(void)uv_process_kill(&actor->process, SIGKILL);
	actor_leave(actor);
	story_expect(actor->result == -1, "a process is killed");
}
