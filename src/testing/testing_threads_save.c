/* SPDX-License-Identifier: MIT */
/*
 * A schedule as text. Each line is a word and its value. The words are program, bounds,
 * faults, "leaves out" (once for each operation), finds and threads. Choices follow,
 * such as "at left 1 lock: right". There the second decision of the thread left is at
 * a lock, and the thread right runs. An allocation "fails".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing/growing.h"
#include "testing/testing_threads.h"

#define HEAD "sessio schedule 1"

/* The point of this choice in the last run. */
static unsigned point_of(
	const struct si_threads_shared *shared, const struct si_threads_choice *choice)
{
	for (unsigned i = 0; i < shared->decision_count; i++) {
		const struct si_threads_decision *decision = &shared->decisions[i];

		if (decision->thread == choice->thread && decision->nth == choice->nth) {
			return decision->point;
		}
	}
	return SI_THREADS_BEGIN;
}

char *si_threads_save(const sessio_threads *threads)
{
	const struct si_threads_shared *shared = threads->keeper.shared;
	struct si_growing text = { 0 };

	si_growing_add(&text, "%s\nprogram %s\nbounds %u\nfaults %u\n", HEAD,
		threads->options.program, threads->options.bounds, threads->options.faults);
	for (unsigned i = 0; i < 64; i++) {
		if ((threads->operations_off >> i & 1u) != 0) {
			si_growing_add(&text, "leaves out %u\n", i);
		}
	}
	si_growing_add(&text, "finds %s\nthreads", si_threads_finding_text(shared->finding));
	for (unsigned i = 0; i < SESSIO_THREADS_MAX && shared->last[i].name[0] != '\0'; i++) {
		si_growing_add(&text, " %s", shared->last[i].name);
	}
	si_growing_add(&text, "\n");
	for (unsigned i = 0; i < threads->choice_count; i++) {
		const struct si_threads_choice *choice = &threads->choices[i];
		unsigned point = point_of(shared, choice);

		si_growing_add(&text, "at %s %u %s: %s\n", shared->last[choice->thread].name,
			(unsigned)choice->nth, si_threads_point_names[point],
			point == SI_THREADS_FAULT ? "fails" : shared->last[choice->to].name);
	}
	return text.bytes;
}

/* Reading. */
struct reader {
	sessio_threads *threads;
	struct si_threads_saved *saved;
	const char *next; /* line */
	unsigned line;
	char text[512]; /* of this line */
	char *why;
	size_t size;
};

static sessio_status refuse(struct reader *reader, sessio_status status, const char *why)
{
	(void)snprintf(reader->why, reader->size, "line %u: %s", reader->line, why);
	return status;
}

static bool read_line(struct reader *reader)
{
	size_t length = strcspn(reader->next, "\n");

	reader->line++;
	if (reader->next[0] == '\0' || length >= sizeof(reader->text)) {
		reader->text[0] = '\0';
		return false;
	}
	memcpy(reader->text, reader->next, length);
	reader->text[length] = '\0';
	reader->next += length + (reader->next[length] == '\n');
	return true;
}

/* The rest of the line behind this word, or NULL. */
static const char *after(const struct reader *reader, const char *word)
{
	size_t length = strlen(word);

	return strncmp(reader->text, word, length) == 0 ? reader->text + length : NULL;
}

static bool read_number(const char *text, uint32_t *out_number, const char **out_rest)
{
	char *rest;
	unsigned long number;

	if (text == NULL || text[0] < '0' || text[0] > '9') {
		return false;
	}
	number = strtoul(text, &rest, 10);
	*out_number = (uint32_t)number;
	*out_rest = rest;
	return number <= UINT32_MAX;
}

/* A line with one number, which has to be this one. */
static sessio_status expect_number(struct reader *reader, const char *word, uint32_t wanted)
{
	const char *rest;
	uint32_t number;

	if (!read_line(reader) || !read_number(after(reader, word), &number, &rest) ||
		rest[0] != '\0') {
		return refuse(reader, SESSIO_INVALID_ARG, "a word and a number are wanted");
	}
	return number == wanted ? SESSIO_OK
				: refuse(reader, SESSIO_REFUSED, "the options have another number");
}

/* A word of a line; moves on to what follows. */
static bool read_word(const char **text, char *word, size_t size)
{
	size_t length;

	*text += strspn(*text, " ");
	length = strcspn(*text, " :");
	if (length == 0 || length >= size) {
		return false;
	}
	memcpy(word, *text, length);
	word[length] = '\0';
	*text += length;
	return true;
}

static bool find_thread(const struct si_threads_saved *saved, const char *name, uint8_t *out_thread)
{
	for (unsigned i = 0; i < saved->thread_count; i++) {
		if (strcmp(saved->names[i], name) == 0) {
			*out_thread = (uint8_t)i;
			return true;
		}
	}
	return false;
}

static bool find_point(const char *text, uint8_t *out_point, const char **out_rest)
{
	for (unsigned i = 0; i < SI_THREADS_POINTS; i++) {
		size_t length = strlen(si_threads_point_names[i]);

		if (strncmp(text, si_threads_point_names[i], length) == 0 && text[length] == ':') {
			*out_point = (uint8_t)i;
			*out_rest = text + length + 1;
			return true;
		}
	}
	return false;
}

static sessio_status read_choice(struct reader *reader)
{
	const char *rest = after(reader, "at");
	struct si_threads_choice choice = { 0 };
	char word[32];
	uint8_t point;

	if (rest == NULL || !read_word(&rest, word, sizeof(word)) ||
		!find_thread(reader->saved, word, &choice.thread) || rest[0] != ' ' ||
		!read_number(rest + 1, &choice.nth, &rest) || rest[0] != ' ' ||
		!find_point(rest + 1, &point, &rest) || !read_word(&rest, word, sizeof(word)) ||
		rest[0] != '\0') {
		return refuse(reader, SESSIO_INVALID_ARG, "no choice");
	}
	choice.to = 1;
	if (point == SI_THREADS_FAULT ? strcmp(word, "fails") != 0
				      : !find_thread(reader->saved, word, &choice.to)) {
		return refuse(reader, SESSIO_INVALID_ARG, "no such thread");
	}
	if (reader->threads->choice_count == SI_THREADS_CHOICES) {
		return refuse(reader, SESSIO_INVALID_ARG, "too many choices");
	}
	reader->saved->points[reader->threads->choice_count] = point;
	reader->threads->choices[reader->threads->choice_count++] = choice;
	return SESSIO_OK;
}

static sessio_status read_threads(struct reader *reader)
{
	struct si_threads_saved *saved = reader->saved;
	const char *rest = after(reader, "threads");

	while (rest != NULL && saved->thread_count < SESSIO_THREADS_MAX &&
		read_word(&rest, saved->names[saved->thread_count], sizeof(saved->names[0]))) {
		saved->thread_count++;
	}
	return rest != NULL && rest[0] == '\0' && saved->thread_count != 0
		? SESSIO_OK
		: refuse(reader, SESSIO_INVALID_ARG, "names of threads are wanted");
}

static sessio_status read_operations(struct reader *reader)
{
	const char *rest;
	uint32_t number;

	while (after(reader, "leaves out ") != NULL) {
		if (!read_number(after(reader, "leaves out "), &number, &rest) || number > 63 ||
			rest[0] != '\0') {
			return refuse(reader, SESSIO_INVALID_ARG, "no operation");
		}
		reader->threads->operations_off |= UINT64_C(1) << number;
		(void)read_line(reader);
	}
	return SESSIO_OK;
}

static sessio_status read_head(struct reader *reader)
{
	const sessio_threads_options *options = &reader->threads->options;
	const char *program;
	sessio_status status;

	if (!read_line(reader) || strcmp(reader->text, HEAD) != 0) {
		return refuse(reader, SESSIO_INVALID_ARG, "it does not begin with " HEAD);
	}
	if (!read_line(reader) || (program = after(reader, "program ")) == NULL) {
		return refuse(reader, SESSIO_INVALID_ARG, "the program is wanted");
	}
	if (strcmp(program, options->program) != 0) {
		return refuse(reader, SESSIO_REFUSED, "it is of another program");
	}
	status = expect_number(reader, "bounds ", options->bounds);
	if (status == SESSIO_OK) {
		status = expect_number(reader, "faults ", options->faults);
	}
	return status;
}

sessio_status si_threads_load(sessio_threads *threads, const char *text,
	struct si_threads_saved *saved, char *why, size_t size)
{
	struct reader reader = {
		.threads = threads, .saved = saved, .next = text, .why = why, .size = size
	};
	sessio_status status = read_head(&reader);

	if (status != SESSIO_OK) {
		return status;
	}
	(void)read_line(&reader);
	status = read_operations(&reader);
	if (status == SESSIO_OK && after(&reader, "finds ") == NULL) {
		status = refuse(&reader, SESSIO_INVALID_ARG, "what it finds is wanted");
	}
	if (status == SESSIO_OK) {
		(void)read_line(&reader);
		status = read_threads(&reader);
	}
	saved->line = reader.line + 1;
	while (status == SESSIO_OK && reader.next[0] != '\0') {
		status = read_line(&reader)
			? read_choice(&reader)
			: refuse(&reader, SESSIO_INVALID_ARG, "the line is too long");
	}
	return status;
}
