/* SPDX-License-Identifier: MIT */
/*
 * The consumer as a command-line program. A job is one command: it sends requests,
 * gets replies, and says once how it ended. The next command waits for that, unless
 * the job goes on in the background.
 */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sessio/transport.h>
#include <uv.h>

#include "files.h"

#define MOST_WORDS 8u
#define MOST_HANDLES 1024u
#define LINE_BYTES 4096u

/* The exit codes. */
enum { EXIT_WELL = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_DISCONNECTED = 3 };

struct tool;
struct job;

struct verb {
	const char *name;
	const char *arguments; /* for the help */
	const char *about;
	unsigned least; /* words after the name */
	unsigned most;
	bool background;
	bool lasts; /* the program goes on after it, with what standard input says */
	void (*run)(struct job *job);
};

struct job {
	struct tool *tool;
	struct job *next; /* tool->jobs */
	const struct verb *verb;
	char *words[MOST_WORDS]; /* the command and its arguments */
	unsigned word_count;
	sessio_remote_handle handle;
	unsigned slot; /* of the handle; 0 if it was opened for this job only */
	bool opened; /* for this job only: closed at its end */
	sessio_call_kind closing; /* how */
	uint32_t number; /* of the request in flight */
	void (*then)(struct job *job); /* once there is a handle */
	bool cancelled;
	sessio_status status;
	int32_t code;
	char *content; /* what it has got so far */
	size_t size;
	uint32_t version; /* of the last view */
	char line[LINE_BYTES];
};

/* A command that waits for the one in front. */
struct line {
	struct line *next;
	char text[];
};

struct tool {
	uv_loop_t loop;
	sessio_consumer *consumer;
	const char *pipe;
	const char *user; /* NULL: nobody */
	bool json;
	bool lasts; /* takes commands from standard input */
	bool tells; /* its number, for others to pass handles to */
	bool terminal; /* standard output is one */
	bool connected;
	bool closing;
	bool gone; /* the provider is */
	bool going_on; /* inside tool_go_on() */
	int result;
	char *const *command; /* from the command line */
	unsigned command_words; /* 0: there is none, or it has begun */
	struct job *jobs;
	struct job *front; /* the one that the next command waits for */
	struct line *lines;
	bool input_ended;
	sessio_remote_handle handles[MOST_HANDLES + 1]; /* by slot */
	bool used[MOST_HANDLES + 1];
	uv_timer_t tick; /* on a terminal: ages grow, so that a view is asked for again */
};

/* --- the commands: verbs.c --- */

extern const struct verb verbs[];
extern const size_t verb_count;

/* The command of that name, or NULL. */
const struct verb *verb_find(const char *name);

/* --- jobs: job.c --- */

/* Begins a command of words; false if it is none, which was said. */
bool job_run(struct tool *tool, char *const *words, unsigned count);

/* Sends a request; without success the job ends. The ctx of `replied` is the job. */
void job_send(struct job *job, const sessio_call *call, sessio_reply_fn *replied);

/* Calls an operation on the job's handle, if `with_handle`. */
void job_call(struct job *job, uint32_t operation, bool with_handle, const void *bytes, size_t size,
	sessio_reply_fn *replied);

/*
 * Goes on with the handle that the first argument names. A file's name is opened for
 * this job only, and closed after it.
 */
void job_with_handle(struct job *job, uint32_t rights, void (*then)(struct job *job));

/* Ends the job: its outcome is said, and it is gone. */
void job_end(struct job *job, sessio_status status, int32_t code);

/* A reply that needs no more than that. */
void job_ended(void *ctx, const sessio_reply *reply);

/* Adds to what the job has got; false without memory, then the job has ended. */
bool job_keep(struct job *job, const void *bytes, size_t size);

/* --- the program: tool.c --- */

/* Runs what waits, and ends the program when there is nothing more to do. */
void tool_go_on(struct tool *tool);

/* Ends the program. Requests in flight are answered first. */
void tool_quit(struct tool *tool);

/* --- handles and what can be said of them: handles.c --- */

/* A new slot for a handle; 0 if all are taken. */
unsigned handles_add(struct tool *tool, sessio_remote_handle handle);
void handles_remove(struct tool *tool, unsigned slot);
unsigned handles_find(const struct tool *tool, uint32_t value);

/* "h3", or "0x" and a value; false if the word is neither. */
bool handles_parse(
	const struct tool *tool, const char *word, sessio_remote_handle *out, unsigned *out_slot);

/* "rw" as bits; false if it has other letters. */
bool rights_parse(const char *word, uint32_t *out_rights);
const char *rights_text(uint32_t rights);

/* --- words: input.c --- */

/* Reads standard input line by line. */
void input_start(struct tool *tool);
void input_stop(void);

/* Cuts a line into words; "..." holds one together. Returns how many, or MOST_WORDS + 1. */
unsigned input_words(char *line, char **words);

/* --- output: say.c --- */

/* One object a line. */
void json_begin(const char *key, const char *value);
void json_text(const char *key, const char *text, size_t size);
void json_word(const char *key, const char *word);
void json_number(const char *key, unsigned long long number);
void json_end(void);

/* How a job ended, in full for JSON; in plain words only if it failed. */
void say_outcome(const struct job *job);
void say_event(struct tool *tool, const char *event, unsigned slot, uint32_t other);
void say_handle(const struct tool *tool, unsigned slot, const char *name);
void say_list(const struct job *job);

/* --- the view: watch.c, table.c --- */

void watch_look(struct job *job);
void watch_run(struct job *job);

/* Prints what a FILES_WATCH answered. */
void table_print(struct tool *tool, const char *text, size_t size, bool redraw);

#endif /* TOOL_H */
