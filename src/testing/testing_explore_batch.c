/* SPDX-License-Identifier: MIT */
/* Batches of histories, each in a copy of the process. */
#include <stdio.h>
#include <string.h>

#include "nt/sessio_nt.h"
#include "sessio/diag.h"
#include "testing/explore.h"
#include "testing/kit.h"

static void print_nothing(void *ctx, ULONG component, ULONG level, const char *text, size_t length)
{
	UNREFERENCED_PARAMETER(ctx);
	UNREFERENCED_PARAMETER(component);
	UNREFERENCED_PARAMETER(level);
	UNREFERENCED_PARAMETER(text);
	UNREFERENCED_PARAMETER(length);
}

static void report_nothing(void *ctx, sessio_diag_kind kind, const void *object,
	const void *session_context, const char *text)
{
	(void)ctx;
	(void)kind;
	(void)object;
	(void)session_context;
	(void)text;
}

/* Thousands of histories print the same. */
static void be_silent(void)
{
	sessio_nt_set_debug_print(print_nothing, NULL);
	sessio_diag_set_sink(report_nothing, NULL);
}

static struct si_explore_shared *crash_shared; /* of a copy */

static void note_crash(const void *address)
{
	sessio_kit *kit = si_kit_current();

	crash_shared->crashed = si_kit_place_face(si_kit_here(kit));
	(void)si_kit_describe_address(
		kit, address, crash_shared->touched, sizeof(crash_shared->touched));
}

/* A copy says nothing, and notes where it crashes. */
static void begin_copy(struct si_explore_shared *shared)
{
	static const sessio_kit_place nowhere;

	be_silent();
	crash_shared = shared;
	shared->crashed = nowhere;
	shared->touched[0] = '\0';
	si_copy_before_crash(note_crash);
}

/* The work of a copy. */
struct task {
	sessio_explore *explore;
	uint32_t from;
	const struct si_explore_candidate *alone; /* this one, and write it down; or NULL */
};

static void play_alone(void *arg)
{
	struct task *task = arg;
	struct si_explore_shared *shared = task->explore->shared;

	if (task->explore->isolated) {
		begin_copy(shared);
	}
	si_explore_play(task->explore, task->alone, true, &shared->outcomes[0]);
	atomic_fetch_add(&shared->progress, 1);
}

static void play_batch(void *arg)
{
	struct task *task = arg;
	sessio_explore *explore = task->explore;
	struct si_explore_shared *shared = explore->shared;

	if (explore->isolated) {
		begin_copy(shared);
	}
	for (uint32_t i = task->from; i < explore->batch_count; i++) {
		si_explore_play(
			explore, &explore->batch[i], !explore->isolated, &shared->outcomes[i]);
		if (shared->outcomes[i].what == SI_EXPLORE_NOT_RUN) {
			return;
		}
		atomic_store(&shared->done, i + 1);
		atomic_fetch_add(&shared->progress, 1);
		if (si_kit_current() != NULL) {
			return; /* the library stopped, so nothing more runs here */
		}
		if (!explore->isolated && shared->outcomes[i].what == SI_EXPLORE_FAILED) {
			return; /* it is written down, and cannot run alone */
		}
	}
}

/* Only code under test has a place; elsewhere the last of it on the stack. */
static void put_crash(struct si_explore_shared *shared, int code)
{
	const sessio_kit_place *at = &shared->crashed;
	size_t length = si_explore_put(
		shared->line, sizeof(shared->line), 0, "the program crashed with signal %d", code);

	if (at->file != NULL) {
		length = si_explore_put(shared->line, sizeof(shared->line), length,
			" at %s:%u in %s", at->file, (unsigned)at->line, at->driver);
	}
	if (shared->touched[0] != '\0') {
		(void)si_explore_put(shared->line, sizeof(shared->line), length, ": it touched %s",
			shared->touched);
	}
}

/* How a copy ended, as the outcome of the history that it ended in. */
static void put_end(sessio_explore *explore, const struct si_explore_candidate *candidate,
	enum si_copy_end end, int code, struct si_explore_outcome *outcome)
{
	struct si_explore_shared *shared = explore->shared;
	const struct si_explore_move *move = &candidate->move;
	uint64_t signature;

	memset(outcome, 0, sizeof(*outcome));
	outcome->what = SI_EXPLORE_FAILED;
	outcome->path = si_explore_failed_path(explore);
	if (end == SI_COPY_CRASHED) {
		outcome->kind = SESSIO_EXPLORE_CRASHED;
		put_crash(shared, code);
	} else if (end == SI_COPY_HUNG) {
		outcome->kind = SESSIO_EXPLORE_HUNG;
		(void)snprintf(shared->line, sizeof(shared->line),
			"the program made no progress for %lu ms",
			(unsigned long)explore->options.hang_ms);
	} else {
		outcome->kind = SESSIO_EXPLORE_EXITED;
		(void)snprintf(shared->line, sizeof(shared->line),
			"the program ended itself with exit code %d", code);
	}
	signature = si_explore_hash((uint64_t)outcome->kind << 32, (uint64_t)code);
	if (end == SI_COPY_CRASHED && shared->crashed.file != NULL) {
		outcome->signature = si_explore_hash(signature, shared->crashed.line);
		return;
	}
	signature = si_explore_hash(signature, (uint64_t)move->kind << 16 | move->event);
	outcome->signature = si_explore_hash(signature, move->action);
}

uint32_t si_explore_run_batch(sessio_explore *explore, uint32_t from)
{
	struct si_explore_shared *shared = explore->shared;
	struct task task = { .explore = explore, .from = from };
	enum si_copy_end end = SI_COPY_RETURNED;
	int code = 0;
	uint32_t done;

	memset(shared->outcomes, 0, sizeof(shared->outcomes));
	atomic_store(&shared->done, from);
	if (explore->isolated) {
		end = si_copy_run(
			play_batch, &task, &shared->progress, explore->options.hang_ms, &code);
	} else {
		play_batch(&task);
	}
	done = atomic_load(&shared->done);
	if (end == SI_COPY_RETURNED || end == SI_COPY_NONE || done >= explore->batch_count) {
		return done;
	}
	put_end(explore, &explore->batch[done], end, code, &shared->outcomes[done]);
	return done + 1;
}

/* On a busy machine a history may seem to hang; then it hardly does so twice. */
static uint32_t alone_limit(const sessio_explore *explore)
{
	uint32_t limit = explore->options.hang_ms;

	return limit < UINT32_MAX / 2 ? 2 * limit : limit;
}

bool si_explore_run_alone(sessio_explore *explore, const struct si_explore_candidate *candidate,
	struct si_explore_outcome *out_outcome)
{
	struct si_explore_shared *shared = explore->shared;
	struct task task = { .explore = explore, .alone = candidate };
	enum si_copy_end end = SI_COPY_RETURNED;
	int code = 0;

	memset(&shared->outcomes[0], 0, sizeof(shared->outcomes[0]));
	if (explore->isolated) {
		end = si_copy_run(
			play_alone, &task, &shared->progress, alone_limit(explore), &code);
	} else {
		play_alone(&task);
	}
	if (end == SI_COPY_NONE) {
		return false;
	}
	*out_outcome = shared->outcomes[0];
	if (end != SI_COPY_RETURNED) {
		put_end(explore, candidate, end, code, out_outcome);
	}
	return out_outcome->what != SI_EXPLORE_NOT_RUN;
}
