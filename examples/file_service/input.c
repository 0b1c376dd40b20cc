/* SPDX-License-Identifier: MIT */
/* Standard input, line by line: a terminal, a pipe, or a file. */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static struct {
	struct tool *tool;
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tty_t tty;
		uv_pipe_t pipe;
	} in;
	bool is_stream;
	char line[LINE_BYTES];
	size_t size;
	char piece[LINE_BYTES];
} input;

static void take_line(void)
{
	struct line *line = malloc(sizeof(*line) + input.size + 1);
	struct line **at = &input.tool->lines;

	if (line != NULL) {
		memcpy(line->text, input.line, input.size);
		line->text[input.size] = '\0';
		line->next = NULL;
		while (*at != NULL) {
			at = &(*at)->next;
		}
		*at = line;
	}
	input.size = 0;
}

static void take(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == '\n') {
			take_line();
		} else if (bytes[i] != '\r' && input.size < sizeof(input.line) - 1) {
			input.line[input.size++] = bytes[i];
		}
	}
}

static void take_end(void)
{
	if (input.size != 0) {
		take_line();
	}
	input.tool->input_ended = true;
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *out_buffer)
{
	(void)handle, (void)wanted;
	*out_buffer = uv_buf_init(input.piece, sizeof(input.piece));
}

static void on_input(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	if (got > 0) {
		take(buffer->base, (size_t)got);
	} else if (got < 0) {
		(void)uv_read_stop(stream);
		take_end();
	}
	tool_go_on(input.tool);
}

/* A file does not keep us waiting: it is read in one go. */
static void read_file(void)
{
	uv_buf_t buffer = uv_buf_init(input.piece, sizeof(input.piece));
	uv_fs_t request;
	int got;

	do {
		got = uv_fs_read(NULL, &request, 0, &buffer, 1, -1, NULL);
		uv_fs_req_cleanup(&request);
		take(input.piece, got > 0 ? (size_t)got : 0);
	} while (got > 0);
	take_end();
	tool_go_on(input.tool);
}

void input_start(struct tool *tool)
{
	uv_handle_type kind = uv_guess_handle(0);
	int error = UV_EINVAL;

	input.tool = tool;
	if (kind == UV_TTY) {
		error = uv_tty_init(&tool->loop, &input.in.tty, 0, 1);
		input.is_stream = error == 0;
	} else if (kind == UV_NAMED_PIPE) {
		input.is_stream = uv_pipe_init(&tool->loop, &input.in.pipe, 0) == 0;
		error = uv_pipe_open(&input.in.pipe, 0);
	}
	if (error == 0) {
		error = uv_read_start(&input.in.stream, on_room, on_input);
	}
	if (error != 0) {
		read_file();
	}
}

void input_stop(void)
{
	if (input.is_stream) {
		input.is_stream = false;
		uv_close(&input.in.handle, NULL);
	}
}

unsigned input_words(char *line, char **words)
{
	unsigned count = 0;
	char *to = line;

	for (;;) {
		bool quoted = false;

		line += strspn(line, " \t");
		if (*line == '\0') {
			return count;
		}
		if (count == MOST_WORDS) {
			return MOST_WORDS + 1;
		}
		words[count++] = to;
		for (; *line != '\0' && (quoted || (*line != ' ' && *line != '\t')); line++) {
			if (*line == '"') {
				quoted = !quoted;
				continue;
			}
			if (*line == '\\' && line[1] != '\0') {
				line++;
			}
			*to++ = *line;
		}
		line += *line != '\0';
		*to++ = '\0';
	}
}
