/* SPDX-License-Identifier: MIT */
/* The results: one table for people, and the same as JSON for programs. */
#include "bench.h"

#include <math.h>
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

/* Or so many of its slices had numbers in which no other program shows. */
#define QUIET_MIN 0.8

/*
 * Whether the machine can show what a line is about. With less than all of their cores, threads
 * meet each other less often than they should, and the case looks better than it is.
 */
static bool can_be_judged(const struct bench_case *c)
{
	if (c->threads == 1) {
		return !c->sleeps ||
			fabs(bench_share(c)) >= SHARE_MIN /* if unknown, it may be all */
			|| (c->slices != 0 && c->quiet_slices >= QUIET_MIN * c->slices);
	}
	return bench_cores() > 1 && bench_share(c) >= SHARE_MIN;
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

static void print_cores(const struct bench_case *c)
{
	double share = bench_share(c);

	if (c->threads > 1 && share >= 0) {
		printf(" (%u threads had %.1f cores of %u, %.0f %% of what they wanted)",
			c->threads, c->processor_ns / c->wall_ns, bench_cores(), 100 * share);
	} else if (c->sleeps && share >= 0 && share < SHARE_MIN) {
		printf(" (had %.0f %% of the core that it wanted)", 100 * share);
	}
}

static void print_counted(const struct counters_sum *counted)
{
	if (counted->times > 0) {
		printf(" (%.1f instructions, %.1f cycles)", counted->instructions / counted->times,
			counted->cycles / counted->times);
	}
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
		print_cores(line->subject);
		print_counted(&line->subject->counted);
		putchar('\n');
	}
}

/* The curves of a plot, one a line. */
static void print_plot(const struct bench_options *options, const struct bench_row *row)
{
	for (unsigned i = 0; i < row->lines; i++) {
		const char *name = row->line[i].subject->name;
		bool begun = false;

		for (unsigned j = 0; j < i && !begun; j++) {
			begun = strcmp(row->line[j].subject->name, name) == 0;
		}
		if (begun) {
			continue;
		}
		printf("  %-32s", name);
		for (unsigned j = i; j < row->lines; j++) {
			const struct bench_line *line = &row->line[j];

			if (line->measured && strcmp(line->subject->name, name) == 0) {
				printf("  %.0f: %.1f", line->at,
					bench_spread_of(line->ns, options->repetitions).median);
			}
		}
		putchar('\n');
	}
}

/* The limits with this verdict, by name. */
static void print_verdicts(const struct bench_options *options, const char *verdict)
{
	unsigned count;
	const struct bench_row *rows = bench_rows(&count);
	unsigned met = 0;

	for (unsigned i = 0; i < count; i++) {
		for (unsigned j = 0; j < rows[i].lines; j++) {
			const struct bench_line *line = &rows[i].line[j];

			if (line->limit > 0 &&
				strcmp(outcome_of(options, line).verdict, verdict) == 0) {
				printf("%s %s", met++ == 0 ? verdict : ";",
					line->subject == NULL ? line->name : line->subject->name);
			}
		}
	}
	if (met != 0) {
		printf(" (%u)\n", met);
	}
}

static bool has_result(const struct bench_row *row)
{
	for (unsigned i = 0; i < row->lines; i++) {
		if (row->line[i].measured) {
			return true;
		}
	}
	return false;
}

void bench_print(const struct bench_options *options)
{
	unsigned count;
	const struct bench_row *rows = bench_rows(&count);

	printf("Medians of %u repetitions, in slices of %.0f ms, on %u cores; ratios to the "
	       "yardstick of the row with their quartiles. Each line is measured in turn "
	       "with its yardstick. Instructions and cycles: %s.\n",
		options->repetitions, options->milliseconds, bench_cores(),
		options->counts ? "outside the kernel, each" : "not counted here");
	for (unsigned i = 0; i < count; i++) {
		if (options->only != NULL && !has_result(&rows[i])) {
			continue;
		}
		if (rows[i].axis != NULL) {
			printf("\n%s, ns by number of %s\n", rows[i].path, rows[i].axis);
			print_plot(options, &rows[i]);
			continue;
		}
		printf("\n%s: %s\n", rows[i].path, rows[i].must);
		for (unsigned j = 0; j < rows[i].lines; j++) {
			print_line(options, &rows[i].line[j]);
		}
	}
	putchar('\n');
	print_verdicts(options, "NOT REACHED");
	print_verdicts(options, "cannot be judged here");
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

static void json_counted(FILE *out, const struct counters_sum *counted)
{
	if (counted->times > 0) {
		fprintf(out, ", \"instructions\": %.2f, \"cycles\": %.2f",
			counted->instructions / counted->times, counted->cycles / counted->times);
	}
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
	if (line->at > 0) {
		fprintf(out, ", \"at\": %.0f", line->at);
	}
	if (line->subject == NULL) {
		fprintf(out, ", \"bytes\": %.1f", line->bytes);
	} else if (outcome.measured) {
		fputs(", \"yardstick\": ", out);
		json_string(out, line->yardstick->name);
		fprintf(out, ", \"threads\": %u, \"share\": %.3f", line->subject->threads,
			bench_share(line->subject));
		json_counted(out, &line->subject->counted);
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
