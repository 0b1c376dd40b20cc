/* SPDX-License-Identifier: MIT */
/*
 * Finds the lines that got slower since an older run. It reads report.c's JSON, where each
 * row and each line of a row has a line of text of its own.
 */
#include <stdio.h>
#include <string.h>

#include "bench.h"

/* A ratio that is higher by less is not called slower. */
#define SLOWER 1.05

/* The text between a key and the next quote, in place; NULL if the key is not there. */
static char *value_of(char *text, const char *key)
{
	char *value = strstr(text, key);
	char *end;

	if (value == NULL) {
		return NULL;
	}
	value += strlen(key);
	end = strchr(value, '"');
	if (end == NULL) {
		return NULL;
	}
	*end = '\0';
	return value;
}

static const struct bench_line *find_line(const char *path, const char *name)
{
	unsigned count;
	const struct bench_row *rows = bench_rows(&count);

	for (unsigned i = 0; i < count; i++) {
		for (unsigned j = 0; j < rows[i].lines && strcmp(rows[i].path, path) == 0; j++) {
			const struct bench_line *line = &rows[i].line[j];

			if (line->measured && strcmp(line->subject->name, name) == 0) {
				return line;
			}
		}
	}
	return NULL;
}

/* Slower beyond noise: the quartiles do not meet. */
static bool compare_line(const struct bench_options *options, const struct bench_line *line,
	const struct bench_spread *old)
{
	struct bench_spread now = bench_spread_of(line->ratio, options->repetitions);

	if (now.low <= old->high || now.median <= old->median * SLOWER) {
		return true;
	}
	printf("  slower: %-44s %.2f x [%.2f .. %.2f], was %.2f x [%.2f .. %.2f]\n",
		line->subject->name, now.median, now.low, now.high, old->median, old->low,
		old->high);
	return false;
}

bool bench_compare(const struct bench_options *options, const char *path)
{
	static char text[16384];
	char row[512] = "";
	unsigned compared = 0;
	unsigned slower = 0;
	FILE *in = fopen(path, "r");

	bench_require(in != NULL, "the older run cannot be read");
	while (fgets(text, sizeof(text), in) != NULL) {
		const char *ratio = strstr(text, "\"ratio\": ");
		const char *name = value_of(text, "{\"name\": \"");
		const char *at = name == NULL ? value_of(text, "{\"path\": \"") : NULL;
		const struct bench_line *line;
		struct bench_spread old;

		if (at != NULL) {
			(void)snprintf(row, sizeof(row), "%s", at);
		}
		if (name == NULL || ratio == NULL || (line = find_line(row, name)) == NULL ||
			sscanf(ratio, "\"ratio\": {\"median\": %lf, \"low\": %lf, \"high\": %lf",
				&old.median, &old.low, &old.high) != 3) {
			continue;
		}
		compared++;
		slower += !compare_line(options, line, &old);
	}
	(void)fclose(in);
	bench_require(compared != 0, "the older run has none of these lines");
	printf("\n%u of %u lines are slower than in %s, beyond noise\n", slower, compared, path);
	return slower == 0;
}
