/* SPDX-License-Identifier: MIT */
/*
 * A finding for people: its kind, the places of the threads, and the schedule with a
 * column for each thread. A row says how far a thread ran before another did.
 */
#include <stdio.h>
#include <stdlib.h>

#include "testing/growing.h"
#include "testing/testing_threads_lines.h"

#define COLUMN 36

const char *si_threads_finding_text(sessio_threads_finding finding)
{
	static const char *const texts[] = {
		[SESSIO_THREADS_NOTHING] = "nothing",
		[SESSIO_THREADS_FAILED] = "a failed check",
		[SESSIO_THREADS_STOPPED] = "a stop of the library",
		[SESSIO_THREADS_CRASHED] = "a crash",
		[SESSIO_THREADS_LEFT] = "a body that was left",
		[SESSIO_THREADS_DEADLOCK] = "a deadlock",
		[SESSIO_THREADS_LIVELOCK] = "a livelock",
		[SESSIO_THREADS_UNSEEN_WAIT] = "a wait that is not seen",
		[SESSIO_THREADS_NO_POINT] = "a thread without a scheduling point",
		[SESSIO_THREADS_FOREIGN] = "a thread of the system",
		[SESSIO_THREADS_UNSTABLE] = "a schedule that is not the same twice",
	};

	return texts[finding];
}

/* Such as "KeSetEvent lamp.c:31 (object 2)". */
static void put_place(char *text, size_t size, const struct si_threads_place *place,
	enum si_threads_point point, const struct si_threads_lines *lines)
{
	struct si_threads_where where = si_threads_where(place, lines);
	const char *what = si_threads_point_names[point];

	if (point == SI_THREADS_BEGIN || point == SI_THREADS_END) {
		(void)snprintf(text, size, "%s", point == SI_THREADS_END ? "ends" : "begins");
	} else if (where.file != NULL) {
		(void)snprintf(text, size, "%s %s:%d", where.call != NULL ? where.call : what,
			where.file, where.line);
	} else if (point == SI_THREADS_JOIN) {
		(void)snprintf(text, size, "the body's return");
	} else {
		(void)snprintf(text, size, "%s", where.call != NULL ? where.call : what);
	}
}

static const char *doing(const struct si_threads_last *last)
{
	switch (last->point) {
	case SI_THREADS_SLEEP:
	case SI_THREADS_HELD:
	case SI_THREADS_JOIN:
		return "waits in";
	default:
		return "is in";
	}
}

static void add_threads(struct si_growing *text, const struct si_threads_shared *shared,
	const struct si_threads_lines *lines)
{
	for (unsigned i = 0; i < SESSIO_THREADS_MAX && shared->last[i].name[0] != '\0'; i++) {
		const struct si_threads_last *last = &shared->last[i];
		char place[SI_THREADS_TEXT];

		put_place(place, sizeof(place), &last->place, (enum si_threads_point)last->point,
			lines);
		if (last->ended || last->point == SI_THREADS_BEGIN) {
			si_growing_add(text, "  %s %s\n", last->name,
				last->ended ? "has ended" : "has not begun");
			continue;
		}
		si_growing_add(text, "  %s %s %s", last->name, doing(last), place);
		if (last->object != 0 && last->point != SI_THREADS_UNLOCK) {
			si_growing_add(text, ", object %u", last->object);
		}
		if (last->owner >= 0) {
			si_growing_add(text, ", which %s has", shared->last[last->owner].name);
		}
		si_growing_add(text, "\n");
	}
}

static void add_step(struct si_growing *text, const struct si_threads_step *step, unsigned number,
	const struct si_threads_lines *lines)
{
	char place[SI_THREADS_TEXT];

	put_place(place, sizeof(place), &step->place, (enum si_threads_point)step->point, lines);
	si_growing_add(text, "%3u ", number);
	for (unsigned i = 0; i < step->thread; i++) {
		si_growing_add(text, "%-*s", COLUMN, "");
	}
	si_growing_add(text, "%s%s\n", place, step->fails ? " fails" : "");
	if (step->state[0] != '\0') {
		si_growing_add(text, "    | %s\n", step->state);
	}
}

static void add_columns(struct si_growing *text, const struct si_threads_shared *shared,
	const struct si_threads_lines *lines)
{
	si_growing_add(text, "\n    ");
	for (unsigned i = 0; i < SESSIO_THREADS_MAX && shared->last[i].name[0] != '\0'; i++) {
		si_growing_add(text, "%-*s", COLUMN, shared->last[i].name);
	}
	si_growing_add(text, "\n");
	for (unsigned i = 0; i < shared->step_count; i++) {
		add_step(text, &shared->steps[i], i + 1, lines);
	}
	if (shared->step_count == SI_THREADS_STEPS) {
		si_growing_add(text, "and so on\n");
	}
}

char *si_threads_report(sessio_threads *threads)
{
	const struct si_threads_shared *shared = threads->keeper.shared;
	const sessio_threads_result *result = &threads->result;
	struct si_growing text = { 0 };
	struct si_threads_lines lines = { 0 };

	si_threads_lines_read(&lines, shared);
	si_growing_add(&text, "%s: %s\n", si_threads_finding_text(shared->finding), shared->text);
	if (shared->file != NULL) {
		si_growing_add(&text, "  at %s:%d\n", shared->file, shared->line);
	}
	add_threads(&text, shared, &lines);
	si_growing_add(&text,
		"found after %llu schedules; pre-emptions in this one: %u, faults: %u\n",
		(unsigned long long)result->schedules + (unsigned long long)result->random,
		shared->preemptions, shared->faults);
	for (unsigned i = 0; i < 64; i++) {
		if ((threads->operations_off >> i & 1u) != 0) {
			si_growing_add(&text, "it needs no operation %u\n", i);
		}
	}
	add_columns(&text, shared, &lines);
	if (shared->output[0] != '\0') {
		si_growing_add(&text, "\nprinted: %s\n", shared->output);
	}
	si_threads_lines_free(&lines);
	return text.bytes;
}

char *si_threads_report_nothing(const sessio_threads_result *result)
{
	struct si_growing text = { 0 };

	si_growing_add(&text, "nothing found in %llu schedules with %llu decisions\n",
		(unsigned long long)result->schedules, (unsigned long long)result->points);
	si_growing_add(&text, "  bounds tried to their end: %u\n", result->bounds);
	si_growing_add(&text, "  ended at a state that was known: %llu\n",
		(unsigned long long)result->equal);
	if (result->complete) {
		si_growing_add(&text, "  complete: nothing was cut\n");
	} else {
		si_growing_add(&text, "  continuations that were cut: %llu\n",
			(unsigned long long)result->cut);
	}
	if (result->random != 0) {
		si_growing_add(&text,
			"  %llu at random, with %u threads and %llu decisions at most: "
			"a probability of %.3g at least\n",
			(unsigned long long)result->random, result->threads,
			(unsigned long long)result->random_points, result->chance);
	}
	return text.bytes;
}
