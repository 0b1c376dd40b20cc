/* SPDX-License-Identifier: MIT */
/* The results: one table for people, and the same as JSON for programs. */
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

struct outcome {
	bool measured;
	struct bench_spread ns;
	struct bench_spread ratio;
	const char *verdict; /* "" for a peer */
};

/* Cores that a thread must have had for a verdict, as a share of all the time. */
#define SHARE_MIN 0.8

/*
 * How much of their cores the threads of a case had. With less than all, they met
 * each other less often than they should, and the case looks better than it is.
 */
static double share_of(const struct bench_case *c)
{
	return c->wall_ns > 0 && c->processor_ns < c->wall_ns ? c->processor_ns / c->wall_ns : 1;
}

/* Whether the machine can show what a line is about. */
static bool can_be_judged(const struct bench_case *c)
{
	return c->threads == 1 || c->sleeps || (bench_cores() > 1 && share_of(c) >= SHARE_MIN);
}

static const char *verdict_of(const struct bench_line *line, double value)
{
	if (line->limit <= 0) {
		return "";
	}
	if (line->subject != NULL &&
		!(can_be_judged(line->subject) && can_be_judged(line->yardstick))) {
		return "cannot be judged here";
	}
	return value <= line->limit ? "reached" : "NOT REACHED";
}

static struct outcome outcome_of(const struct bench_options *options, const struct bench_line *line)
{
	struct outcome outcome = { .verdict = "" };

	if (line->subject == NULL) {
		outcome.measured = true;
		outcome.verdict = verdict_of(line, line->bytes);
		return outcome;
	}
	if (!line->measured) {
		outcome.verdict = "not measured";
		return outcome;
	}
	outcome.measured = true;
	outcome.ns = bench_spread_of(line->ns, options->repetitions);
	outcome.ratio = bench_spread_of(line->ratio, options->repetitions);
	outcome.verdict = verdict_of(line, outcome.ratio.median);
	return outcome;
}

static void print_line(const struct bench_options *options, const struct bench_line *line)
{
	struct outcome outcome = outcome_of(options, line);

	if (line->subject == NULL) {
		printf("  %-44s %10.1f B  at most %.0f B %11s %s\n", line->name, line->bytes,
			line->limit, "", outcome.verdict);
	} else if (!outcome.measured) {
		printf("  %-44s %s\n", line->subject->name, outcome.verdict);
	} else {
		printf("  %-44s %10.2f ns %8.2f x [%.2f .. %.2f]  %s", line->subject->name,
			outcome.ns.median, outcome.ratio.median, outcome.ratio.low,
			outcome.ratio.high, outcome.verdict);
		if (line->subject->threads > 1) {
			printf(" (%u threads had %.1f cores of %u)", line->subject->threads,
				share_of(line->subject) * line->subject->threads, bench_cores());
		}
		putchar('\n');
	}
}

void bench_print(const struct bench_options *options)
{
	unsigned count;
	const struct bench_row *rows = bench_rows(&count);

	printf("Medians of %u repetitions, in slices of %.0f ms, on %u cores; ratios to the "
	       "yardstick of the row with their quartiles. Each line is measured in turn "
	       "with its yardstick.\n",
		options->repetitions, options->milliseconds, bench_cores());
	for (unsigned i = 0; i < count; i++) {
		printf("\n%s: %s\n", rows[i].path, rows[i].must);
		for (unsigned j = 0; j < rows[i].lines; j++) {
			print_line(options, &rows[i].line[j]);
		}
	}
}

static void json_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\') {
			fputc('\\', out);
		}
		fputc(*text, out);
	}
	fputc('"', out);
}

static void json_spread(FILE *out, const char *name, const struct bench_spread *spread)
{
	fprintf(out, ", \"%s\": {\"median\": %.4f, \"low\": %.4f, \"high\": %.4f}", name,
		spread->median, spread->low, spread->high);
}

static void json_line(FILE *out, const struct bench_options *options, const struct bench_line *line)
{
	struct outcome outcome = outcome_of(options, line);

	fputs("{\"name\": ", out);
	json_string(out, line->subject == NULL ? line->name : line->subject->name);
	if (line->limit > 0) {
		fprintf(out, ", \"limit\": %.4f", line->limit);
	}
	if (outcome.verdict[0] != '\0') {
		fputs(", \"verdict\": ", out);
		json_string(out,
			strcmp(outcome.verdict, "NOT REACHED") == 0 ? "not reached"
								    : outcome.verdict);
	}
	if (line->subject == NULL) {
		fprintf(out, ", \"bytes\": %.1f", line->bytes);
	} else if (outcome.measured) {
		fputs(", \"yardstick\": ", out);
		json_string(out, line->yardstick->name);
		fprintf(out, ", \"threads\": %u, \"share\": %.3f", line->subject->threads,
			share_of(line->subject));
		json_spread(out, "ns", &outcome.ns);
		json_spread(out, "ratio", &outcome.ratio);
		fputs(", \"samples_ns\": [", out);
		for (unsigned i = 0; i < options->repetitions; i++) {
			fprintf(out, "%s%.4f", i == 0 ? "" : ", ", line->ns[i]);
		}
		fputc(']', out);
	}
	fputc('}', out);
}

bool bench_write_json(const struct bench_options *options, const char *path)
{
	unsigned count;
	const struct bench_row *rows = bench_rows(&count);
	struct utsname machine;
	FILE *out = fopen(path, "w");

	if (out == NULL) {
		return false;
	}
	fputs("{\"machine\": ", out);
	json_string(out, uname(&machine) == 0 ? machine.machine : "unknown");
	fputs(", \"compiler\": ", out);
	json_string(out, __VERSION__);
	fprintf(out, ", \"cores\": %u, \"repetitions\": %u, \"milliseconds\": %.0f,\n \"rows\": [",
		bench_cores(), options->repetitions, options->milliseconds);
	for (unsigned i = 0; i < count; i++) {
		fprintf(out, "%s\n  {\"path\": ", i == 0 ? "" : ",");
		json_string(out, rows[i].path);
		fputs(", \"must\": ", out);
		json_string(out, rows[i].must);
		fputs(", \"lines\": [", out);
		for (unsigned j = 0; j < rows[i].lines; j++) {
			fputs(j == 0 ? "\n   " : ",\n   ", out);
			json_line(out, options, &rows[i].line[j]);
		}
		fputs("]}", out);
	}
	fputs("\n]}\n", out);
	return fclose(out) == 0;
}
