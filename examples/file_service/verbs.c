/* SPDX-License-Identifier: MIT */
/* The commands. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* A word of an argument is not what it should be. */
static void refuse(struct job *job)
{
	job_end(job, SESSIO_INVALID_ARG, 0);
}

/* --- list, open, close, drop --- */

static void listed(void *ctx, const sessio_reply *reply)
{
	struct job *job = ctx;

	if (reply->status == SESSIO_OK) {
		if (!job_keep(job, reply->bytes, reply->size)) {
			return;
		}
		if (!job->tool->json) {
			say_list(job);
		}
	}
	job_ended(job, reply);
}

static void run_list(struct job *job)
{
	job_call(job, FILES_LIST, false, NULL, 0, listed);
}

static void opened(void *ctx, const sessio_reply *reply)
{
	struct job *job = ctx;

	if (reply->status == SESSIO_OK && reply->handle_count == 1) {
		job->handle = reply->handles[0];
		job->slot = handles_add(job->tool, job->handle);
		if (job->slot == 0) {
			job->opened = true;
			job->closing = SESSIO_CALL_CLOSE;
			job_end(job, SESSIO_LIMIT, 0);
			return;
		}
		if (!job->tool->json) {
			say_handle(job->tool, job->slot, job->words[1]);
		}
	}
	job_ended(job, reply);
}

static void run_open(struct job *job)
{
	sessio_call call = { .kind = SESSIO_CALL_OPEN, .name = job->words[1] };

	call.rights = FILE_READ;
	call.share = FILE_READ | FILE_WRITE;
	if ((job->word_count > 2 && !rights_parse(job->words[2], &call.rights)) ||
		(job->word_count > 3 && !rights_parse(job->words[3], &call.share))) {
		refuse(job);
		return;
	}
	job_send(job, &call, opened);
}

static void ended_handle(void *ctx, const sessio_reply *reply)
{
	struct job *job = ctx;

	if (reply->status == SESSIO_OK && job->slot != 0) {
		handles_remove(job->tool, job->slot);
	}
	job_ended(job, reply);
}

static void end_handle(struct job *job, sessio_call_kind kind, sessio_reply_fn *replied)
{
	const sessio_call call = { .kind = kind, .handles = &job->handle, .handle_count = 1 };

	if (!handles_parse(job->tool, job->words[1], &job->handle, &job->slot)) {
		refuse(job);
		return;
	}
	job_send(job, &call, replied);
}

static void run_drop(struct job *job)
{
	end_handle(job, SESSIO_CALL_DROP, ended_handle);
}

/* The session has ended, or has no handle any more: the number is to be dropped, too. */
static void closed(void *ctx, const sessio_reply *reply)
{
	struct job *job = ctx;

	if (reply->status != SESSIO_OK) {
		job_ended(job, reply);
		return;
	}
	run_drop(job);
}

static void run_close(struct job *job)
{
	end_handle(job, SESSIO_CALL_CLOSE, closed);
}

/* --- read, write, await, cancel --- */

static void ask_for_more(struct job *job);

static void got_piece(void *ctx, const sessio_reply *reply)
{
	struct job *job = ctx;

	if (reply->status == SESSIO_OK && !job_keep(job, reply->bytes, reply->size)) {
		return;
	}
	if (reply->status == SESSIO_OK && reply->size != 0 && job->verb->background == false) {
		ask_for_more(job);
		return;
	}
	if (reply->status == SESSIO_OK && !job->tool->json) {
		(void)fwrite(job->content, 1, job->size, stdout);
		(void)fflush(stdout);
	}
	job_ended(job, reply);
}

static void ask_for_more(struct job *job)
{
	unsigned char offset[4];

	files_put32(offset, (uint32_t)job->size);
	job_call(job, FILES_READ, true, offset, sizeof(offset), got_piece);
}

static void run_read(struct job *job)
{
	job_with_handle(job, FILE_READ, ask_for_more);
}

static void wait_at_the_end(struct job *job)
{
	unsigned char offset[4];

	files_put32(offset, FILES_END);
	job_call(job, FILES_AWAIT, true, offset, sizeof(offset), got_piece);
}

static void run_await(struct job *job)
{
	job_with_handle(job, FILE_READ, wait_at_the_end);
}

static void write_it(struct job *job)
{
	char text[LINE_BYTES + 1];
	int size = snprintf(text, sizeof(text), "%s\n", job->words[2]);

	job_call(job, FILES_WRITE, true, text, (size_t)size, job_ended);
}

static void run_write(struct job *job)
{
	job_with_handle(job, FILE_WRITE, write_it);
}

static void run_cancel(struct job *job)
{
	for (struct job *at = job->tool->jobs; at != NULL; at = at->next) {
		if (at->verb->background && !at->cancelled) {
			at->cancelled = true;
			(void)sessio_consumer_cancel(job->tool->consumer, at->number);
		}
	}
	job_end(job, SESSIO_OK, 0);
}

/* --- pass --- */

static void pass_it(struct job *job)
{
	sessio_call call = { .kind = SESSIO_CALL_PASS, .handles = &job->handle, .handle_count = 1 };
	char *end;

	/* Closing the session would take the other's handle, too. */
	job->closing = SESSIO_CALL_DROP;
	call.connection = (uint32_t)strtoul(job->words[3], &end, 10);
	if (!rights_parse(job->words[2], &job->handle.rights) || *end != '\0') {
		refuse(job);
		return;
	}
	job_send(job, &call, job_ended);
}

static void run_pass(struct job *job)
{
	uint32_t rights;

	if (!rights_parse(job->words[2], &rights)) {
		refuse(job);
		return;
	}
	job_with_handle(job, rights & (FILE_READ | FILE_WRITE), pass_it);
}

/* --- users and administrators; this program itself --- */

static void name_to(struct job *job, uint32_t operation)
{
	job_call(job, operation, false, job->words[1], strlen(job->words[1]), job_ended);
}

static void run_logon(struct job *job)
{
	name_to(job, FILES_LOGON);
}

static void run_logoff(struct job *job)
{
	name_to(job, FILES_LOGOFF);
}

static void run_withdraw(struct job *job)
{
	name_to(job, FILES_WITHDRAW);
}

static void run_handles(struct job *job)
{
	for (unsigned slot = 1; slot <= MOST_HANDLES; slot++) {
		if (job->tool->used[slot] && job->tool->json) {
			say_event(job->tool, "handle", slot, 0);
		} else if (job->tool->used[slot]) {
			say_handle(job->tool, slot, "open");
		}
	}
	job_end(job, SESSIO_OK, 0);
}

static void run_help(struct job *job)
{
	for (size_t i = 0; i < verb_count; i++) {
		printf("  %s%s%s\n      %s\n", verbs[i].name,
			*verbs[i].arguments == '\0' ? "" : " ", verbs[i].arguments, verbs[i].about);
	}
	job_end(job, SESSIO_OK, 0);
}

static void run_quit(struct job *job)
{
	struct tool *tool = job->tool;

	job_end(job, SESSIO_OK, 0);
	tool_quit(tool);
}

const struct verb verbs[] = {
	{ "list", "", "the files: bytes and name", 0, 0, false, false, run_list },
	{ "open", "FILE [RIGHTS [SHARE]]", "open it (r, shared rw), and take more commands", 1, 3,
		false, true, run_open },
	{ "read", "FILE|HANDLE", "print it all", 1, 1, false, false, run_read },
	{ "write", "FILE|HANDLE TEXT", "add a line at the end", 2, 2, false, false, run_write },
	{ "await", "FILE|HANDLE", "wait until somebody adds to it, and print that", 1, 1, true,
		false, run_await },
	{ "cancel", "", "cancel what waits: await and watch", 0, 0, false, false, run_cancel },
	{ "pass", "FILE|HANDLE RIGHTS CONNECTION", "give another consumer a handle", 3, 3, false,
		false, run_pass },
	{ "close", "HANDLE", "end its session, for all who have a handle of it", 1, 1, false, false,
		run_close },
	{ "drop", "HANDLE", "give up this handle; the last one ends the session", 1, 1, false,
		false, run_drop },
	{ "handles", "", "the handles of this process", 0, 0, false, false, run_handles },
	{ "sessions", "", "who has what open, with which rights, since when, doing what", 0, 0,
		false, false, watch_look },
	{ "watch", "", "the same, whenever it changes", 0, 0, true, false, watch_run },
	{ "logon", "USER", "act for that user from now on", 1, 1, false, false, run_logon },
	{ "logoff", "USER", "close what is open for a user (administrator)", 1, 1, false, false,
		run_logoff },
	{ "withdraw", "FILE", "take a file away (administrator)", 1, 1, false, false,
		run_withdraw },
	{ "help", "", "this list", 0, 0, false, false, run_help },
	{ "quit", "", "end this program", 0, 0, false, false, run_quit },
};
const size_t verb_count = sizeof(verbs) / sizeof(verbs[0]);

const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < verb_count; i++) {
		if (strcmp(verbs[i].name, name) == 0) {
			return &verbs[i];
		}
	}
	return NULL;
}
