/* SPDX-License-Identifier: MIT */
/*
 * sessio_files: a provider of files, and its consumers by hand. usage() says how.
 */
#include "tool.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve.h"

static void usage(FILE *to)
{
	(void)fputs("usage: sessio_files serve PIPE DIR [--until-input-ends]\n"
		    "       sessio_files COMMAND PIPE [ARGUMENT...] [--user USER] [--json]\n"
		    "       sessio_files shell PIPE [--user USER] [--json]\n"
		    "\n"
		    "serve copies the first 48 files below DIR and serves them at PIPE: a path,\n"
		    "or a name such as \\\\.\\pipe\\files on Windows. A COMMAND is one consumer\n"
		    "process; shell takes any number of commands from standard input.\n"
		    "\n"
		    "Handles are h1, h2 ..., or 0x and their value; they live as long as their\n"
		    "process. RIGHTS and SHARE are letters: r to read, w to write, p to pass it\n"
		    "on, or - for none. Quotes hold words together.\n"
		    "\n"
		    "Commands:\n",
		to);
	for (size_t i = 0; i < verb_count; i++) {
		fprintf(to, "  %s%s%s\n      %s\n", verbs[i].name,
			*verbs[i].arguments == '\0' ? "" : " ", verbs[i].arguments, verbs[i].about);
	}
	(void)fputs("\n"
		    "--user USER  act for that user (simulated: the provider believes it)\n"
		    "--json       one JSON object a line, for each command and each event\n"
		    "\n"
		    "Exit codes: 0 all went well, 1 the provider refused something, 2 usage,\n"
		    "3 there is no provider, or not any more.\n",
		to);
}

static void stop_listening(struct tool *tool)
{
	input_stop();
	uv_close((uv_handle_t *)&tool->tick, NULL);
}

void tool_quit(struct tool *tool)
{
	if (!tool->closing) {
		tool->closing = true;
		stop_listening(tool);
		sessio_consumer_close(tool->consumer);
	}
}

static void run_line(struct tool *tool)
{
	struct line *line = tool->lines;
	char *words[MOST_WORDS];
	unsigned count = input_words(line->text, words);

	tool->lines = line->next;
	if (count != 0) {
		(void)job_run(tool, words, count);
	}
	free(line);
}

void tool_go_on(struct tool *tool)
{
	if (tool->going_on || !tool->connected || tool->closing) {
		return;
	}
	tool->going_on = true;
	while (tool->front == NULL && !tool->closing) {
		if (tool->command_words != 0) {
			unsigned count = tool->command_words;

			tool->command_words = 0;
			if (tool->result == EXIT_WELL) {
				(void)job_run(tool, tool->command, count);
			}
		} else if (tool->lines != NULL) {
			run_line(tool);
		} else {
			break;
		}
	}
	tool->going_on = false;
	if (tool->front == NULL && tool->lines == NULL &&
		(tool->lasts ? tool->input_ended : tool->jobs == NULL)) {
		tool_quit(tool);
	}
}

static void connected(void *ctx)
{
	struct tool *tool = ctx;
	char logon[] = "logon";
	char *words[2] = { logon, (char *)(uintptr_t)tool->user };

	say_event(tool, "connected", 0, sessio_consumer_number(tool->consumer));
	if (tool->user != NULL) {
		(void)job_run(tool, words, 2);
	}
	tool->connected = true;
	if (tool->lasts) {
		input_start(tool);
	}
	tool_go_on(tool);
}

static void given(void *ctx, sessio_remote_handle handle, uint32_t from)
{
	struct tool *tool = ctx;
	unsigned slot = handles_add(tool, handle);

	if (slot != 0) {
		say_event(tool, "given", slot, from);
	}
}

static void revoked(void *ctx, uint32_t handle)
{
	struct tool *tool = ctx;
	unsigned slot = handles_find(tool, handle);

	if (slot != 0) {
		say_event(tool, "revoked", slot, 0);
	}
}

static void disconnected(void *ctx, const char *reason)
{
	struct tool *tool = ctx;

	if (tool->closing) {
		return;
	}
	tool->closing = true;
	tool->gone = true;
	tool->result = EXIT_DISCONNECTED;
	if (tool->json) {
		json_begin("event", "disconnected");
		json_word("reason", reason);
		json_end();
	}
	fprintf(stderr, "sessio_files: %s: %s\n", tool->pipe, reason);
	stop_listening(tool);
}

static int consume(struct tool *tool)
{
	static const sessio_consumer_ops ops = { connected, given, revoked, disconnected };
	const sessio_consumer_options options = {
		.loop = &tool->loop, .pipe = tool->pipe, .ops = &ops, .ctx = tool
	};
	sessio_status status;

	if (uv_loop_init(&tool->loop) != 0) {
		return EXIT_DISCONNECTED;
	}
	(void)uv_timer_init(&tool->loop, &tool->tick);
	tool->terminal = uv_guess_handle(1) == UV_TTY;
	status = sessio_consumer_connect(&options, SESSIO_FOREVER, &tool->consumer);
	if (status != SESSIO_OK) {
		fprintf(stderr, "sessio_files: %s: %s\n", tool->pipe, sessio_status_text(status));
		tool->result = EXIT_DISCONNECTED;
	}
	(void)uv_run(&tool->loop, UV_RUN_DEFAULT);
	if (tool->gone) {
		sessio_consumer_close(tool->consumer);
	}
	while (tool->lines != NULL) {
		struct line *line = tool->lines;

		tool->lines = line->next;
		free(line);
	}
	(void)uv_loop_close(&tool->loop);
	return tool->result;
}

/* Takes the options out; false if there is one that we do not know. */
static bool take_options(int *argc, char **argv, struct tool *tool, bool *until_input_ends)
{
	int kept = 1;

	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			tool->json = true;
		} else if (strcmp(argv[i], "--until-input-ends") == 0) {
			*until_input_ends = true;
		} else if (strcmp(argv[i], "--user") == 0 && i + 1 < *argc) {
			tool->user = argv[++i];
		} else if (strncmp(argv[i], "--", 2) == 0) {
			fprintf(stderr, "sessio_files: %s: no such option, or it lacks its value\n",
				argv[i]);
			return false;
		} else {
			argv[kept++] = argv[i];
		}
	}
	*argc = kept;
	return true;
}

static int misuse(void)
{
	fprintf(stderr, "sessio_files: see sessio_files --help\n");
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static struct tool tool;
	bool until_input_ends = false;

#if defined(SIGPIPE)
	(void)signal(SIGPIPE, SIG_IGN);
#endif
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		usage(stdout);
		return EXIT_WELL;
	}
	if (!take_options(&argc, argv, &tool, &until_input_ends) || argc < 3) {
		return misuse();
	}
	tool.pipe = argv[2];
	if (strcmp(argv[1], "serve") == 0) {
		return argc == 4 ? serve(argv[2], argv[3], until_input_ends) : misuse();
	}
	tool.lasts = strcmp(argv[1], "shell") == 0;
	if (!tool.lasts) {
		/* The command without its pipe. */
		argv[2] = argv[1];
		tool.command = argv + 2;
		tool.command_words = (unsigned)argc - 2;
		if (verb_find(argv[1]) == NULL) {
			fprintf(stderr, "sessio_files: %s: no such command\n", argv[1]);
			return misuse();
		}
	} else if (argc != 3) {
		return misuse();
	}
	tool.tells = tool.lasts || verb_find(argv[1])->lasts;
	return consume(&tool);
}
