/* SPDX-License-Identifier: MIT */
/*
 * Finds the lines that got slower since an older run. It reads report.c's JSON, where each
 * row and each line of a row has a line of text of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

/* A ratio or a size that is higher by less is not called worse. */
#define WORSE 1.05

#define NAME_SIZE 160

struct old_line {
	char path[NAME_SIZE];
	char name[NAME_SIZE];
	double at;
	double bytes; /* if there is no ratio */
	struct bench_spread ratio;
	bool has_ratio;
};

struct bench_older {
	const char *path;
	struct old_line *lines;
	size_t count;
};

static bool read_text(const char *text, const char *key, char *value)
{
	const char *at = strstr(text, key);
	size_t length;

	if (at == NULL) {
		return false;
	}
	at += strlen(key);
	length = strcspn(at, "\"");
	if (length >= NAME_SIZE) {
		return false;
	}
	memcpy(value, at, length);
	value[length] = '\0';
	return true;
}

static bool read_number(const char *text, const char *key, double *value)
{
	const char *at = strstr(text, key);

	if (at != NULL) {
		*value = strtod(at + strlen(key), NULL);
	}
	return at != NULL;
}

static bool read_ratio(const char *text, struct bench_spread *ratio)
{
	const char *at = strstr(text, "\"ratio\": ");

	return at != NULL && read_number(at, "\"median\": ", &ratio->median) &&
		read_number(at, "\"low\": ", &ratio->low) &&
		read_number(at, "\"high\": ", &ratio->high);
}

/* False: there is no result in this line of text. */
static bool read_line(const char *text, struct old_line *line)
{
	*line = (struct old_line){ .bytes = -1 };
	if (!read_text(text, "{\"name\": \"", line->name)) {
		return false;
	}
	(void)read_number(text, "\"at\": ", &line->at);
	line->has_ratio = read_ratio(text, &line->ratio);
	return line->has_ratio || read_number(text, "\"bytes\": ", &line->bytes);
}

struct bench_older *bench_read_older(const char *path)
{
	static char text[16384];
	struct bench_older *older = (struct bench_older *)calloc(1, sizeof(*older));
	char row[NAME_SIZE] = "";
	FILE *in = fopen(path, "r");

	bench_require(older != NULL, "out of memory");
	bench_require(in != NULL, "the older run cannot be read");
	older->path = path;
	while (fgets(text, sizeof(text), in) != NULL) {
		struct old_line line;

		(void)read_text(text, "{\"path\": \"", row);
		if (!read_line(text, &line)) {
			continue;
		}
		memcpy(line.path, row, sizeof(row));
		older->lines =
			(struct old_line *)realloc(older->lines, (older->count + 1) * sizeof(line));
		bench_require(older->lines != NULL, "out of memory");
		older->lines[older->count++] = line;
	}
	(void)fclose(in);
	bench_require(older->count != 0, "the older run has no results");
	return older;
}

static bool is_same(const struct old_line *old, const struct bench_line *line)
{
	const char *name = line->subject == NULL ? line->name : line->subject->name;

	return old->has_ratio == (line->subject != NULL) && old->at == line->at &&
		strcmp(old->name, name) == 0;
}

/* The same line of this run; NULL: it has none. */
static struct bench_line *find_line(const struct old_line *old)
{
	unsigned count;
	struct bench_row *rows = bench_rows(&count);

	for (unsigned i = 0; i < count; i++) {
		for (unsigned j = 0; j < rows[i].lines; j++) {
			if (strcmp(rows[i].path, old->path) == 0 &&
				is_same(old, &rows[i].line[j])) {
				return &rows[i].line[j];
			}
		}
	}
	return NULL;
}

/* Beyond noise: the quartiles do not meet. */
static bool is_slower(const struct bench_options *options, const struct bench_line *line,
	const struct old_line *old)
{
	struct bench_spread now = bench_spread_of(line->ratio, options->repetitions);

	return now.low > old->ratio.high && now.median > old->ratio.median * WORSE;
}

/* A line that looks slower is measured again: once may be bad luck. */
static bool is_worse(
	const struct bench_options *options, struct bench_line *line, const struct old_line *old)
{
	struct bench_spread now;

	if (!old->has_ratio) {
		if (line->bytes <= old->bytes * WORSE) {
			return false;
		}
		printf("  larger: %-44s %.1f B, was %.1f B\n", old->name, line->bytes, old->bytes);
		return true;
	}
	if (!is_slower(options, line, old)) {
		return false;
	}
	bench_measure_again(options, line);
	if (!is_slower(options, line, old)) {
		return false;
	}
	now = bench_spread_of(line->ratio, options->repetitions);
	printf("  slower: %-44s", old->name);
	if (line->at > 0) {
		printf(" at %.0f", line->at);
	}
	printf(" %.2f x [%.2f .. %.2f], was %.2f x [%.2f .. %.2f]\n", now.median, now.low, now.high,
		old->ratio.median, old->ratio.low, old->ratio.high);
	return true;
}

bool bench_compare(const struct bench_options *options, struct bench_older *older)
{
	unsigned compared = 0;
	unsigned worse = 0;

	printf("\nCompared with %s:\n", older->path);
	for (size_t i = 0; i < older->count; i++) {
		const struct old_line *old = &older->lines[i];
		struct bench_line *line = find_line(old);

		if (line == NULL) {
			printf("  not in this bench: %s\n", old->name);
		} else if (line->subject == NULL || line->measured) {
			compared++;
			worse += is_worse(options, line, old);
		}
	}
	printf("%u of %u lines are worse, beyond noise and in two measurements\n", worse, compared);
	free(older->lines);
	free(older);
	return worse == 0;
}
