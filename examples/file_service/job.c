/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static void unlist(struct job *job)
{
	struct job **at = &job->tool->jobs;

	while (*at != job) {
		at = &(*at)->next;
	}
	*at = job->next;
	if (job->tool->front == job) {
		job->tool->front = NULL;
	}
}

static int result_of(sessio_status status)
{
	return status == SESSIO_OK              ? EXIT_WELL
		: status == SESSIO_DISCONNECTED ? EXIT_DISCONNECTED
						: EXIT_REFUSED;
}

static void finish(struct job *job)
{
	struct tool *tool = job->tool;

	if (!tool->closing) {
		say_outcome(job);
		if (job->status != SESSIO_OK) {
			tool->result = result_of(job->status);
		} else if (job->verb->lasts && !tool->lasts) {
			tool->lasts = true;
			input_start(tool);
		}
	}
	unlist(job);
	free(job->content);
	free(job);
	tool_go_on(tool);
}

/* The job has its outcome, whatever the close of its handle says. */
static void closed(void *ctx, const sessio_reply *reply)
{
	(void)reply;
	finish(ctx);
}

void job_end(struct job *job, sessio_status status, int32_t code)
{
	const sessio_call call = {
		.kind = job->closing, .handles = &job->handle, .handle_count = 1
	};

	job->status = status;
	job->code = code;
	if (job->opened) {
		job->opened = false;
		if (sessio_consumer_send(job->tool->consumer, &call, closed, job, NULL) ==
			SESSIO_OK) {
			return;
		}
	}
	finish(job);
}

void job_ended(void *ctx, const sessio_reply *reply)
{
	job_end(ctx, reply->status, reply->code);
}

void job_send(struct job *job, const sessio_call *call, sessio_reply_fn *replied)
{
	sessio_status status =
		sessio_consumer_send(job->tool->consumer, call, replied, job, &job->number);

	if (status != SESSIO_OK) {
		job_end(job, status, 0);
	}
}

void job_call(struct job *job, uint32_t operation, bool with_handle, const void *bytes, size_t size,
	sessio_reply_fn *replied)
{
	const sessio_call call = {
		.kind = SESSIO_CALL_OPERATION,
		.operation = operation,
		.handles = &job->handle,
		.handle_count = with_handle,
		.bytes = bytes,
		.size = size,
	};

	job_send(job, &call, replied);
}

static void opened(void *ctx, const sessio_reply *reply)
{
	struct job *job = ctx;

	if (reply->status != SESSIO_OK || reply->handle_count == 0) {
		job_end(job, reply->status, reply->code);
		return;
	}
	job->handle = reply->handles[0];
	job->opened = true;
	job->then(job);
}

void job_with_handle(struct job *job, uint32_t rights, void (*then)(struct job *job))
{
	const sessio_call call = {
		.kind = SESSIO_CALL_OPEN,
		.name = job->words[1],
		.rights = rights,
		.share = FILE_READ | FILE_WRITE,
	};

	if (handles_parse(job->tool, job->words[1], &job->handle, &job->slot)) {
		then(job);
		return;
	}
	job->then = then;
	job->closing = SESSIO_CALL_CLOSE;
	job_send(job, &call, opened);
}

bool job_keep(struct job *job, const void *bytes, size_t size)
{
	char *content = realloc(job->content, job->size + size + 1);

	if (content == NULL) {
		job_end(job, SESSIO_NO_MEMORY, 0);
		return false;
	}
	if (size != 0) {
		memcpy(content + job->size, bytes, size);
	}
	job->content = content;
	job->size += size;
	job->content[job->size] = '\0';
	return true;
}

static bool misuse(struct tool *tool, const char *about, const char *word)
{
	tool->result = EXIT_USAGE;
	if (tool->json) {
		json_begin("command", word);
		json_word("status", "USAGE");
		json_end();
	}
	fprintf(stderr, "sessio_files: %s: %s; \"help\" lists the commands\n", word, about);
	return false;
}

/* Copies the words into the job's own line; false if they are too long. */
static bool take_words(struct job *job, char *const *words, unsigned count)
{
	size_t at = 0;

	for (unsigned i = 0; i < count; i++) {
		size_t size = strlen(words[i]) + 1;

		if (size > sizeof(job->line) - at) {
			return false;
		}
		job->words[i] = memcpy(job->line + at, words[i], size);
		at += size;
	}
	job->word_count = count;
	return true;
}

bool job_run(struct tool *tool, char *const *words, unsigned count)
{
	const struct verb *verb = verb_find(words[0]);
	struct job *job;

	if (verb == NULL) {
		return misuse(tool, "no such command", words[0]);
	}
	if (count > MOST_WORDS || count - 1 < verb->least || count - 1 > verb->most) {
		return misuse(tool, "too few or too many arguments", words[0]);
	}
	job = calloc(1, sizeof(*job));
	if (job == NULL || !take_words(job, words, count)) {
		free(job);
		return misuse(tool, "too long", words[0]);
	}
	job->tool = tool;
	job->verb = verb;
	job->next = tool->jobs;
	tool->jobs = job;
	if (!verb->background) {
		tool->front = job;
	}
	verb->run(job);
	return true;
}
