/* SPDX-License-Identifier: MIT */
/* Failed histories: pinned, shrunk, and written down. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing/explore.h"

#define TRIES 200u /* to shrink a history */
#define MAX_MOVES (SESSIO_EXPLORE_MAX_DEPTH + 1u)

/* A history that need not be in the tree. */
struct history {
	struct si_explore_move moves[MAX_MOVES];
	unsigned count;
};

/* Runs it alone. Its nodes are in the tree for so long. */
static bool run_alone(sessio_explore *explore, const struct history *history,
	struct si_explore_outcome *out_outcome)
{
	size_t nodes = explore->node_count;
	struct si_explore_candidate candidate = { SI_EXPLORE_NO_NODE, history->moves[0] };
	bool ran;

	for (unsigned i = 1; i < history->count; i++) {
		candidate.parent = si_explore_add_node(explore, &candidate, NULL);
		if (candidate.parent == SI_EXPLORE_NO_NODE) {
			explore->node_count = nodes;
			return false;
		}
		candidate.move = history->moves[i];
	}
	ran = si_explore_run_alone(explore, &candidate, out_outcome);
	explore->node_count = nodes;
	return ran;
}

/* Leaves out each step that the failure does not need, the latest first. */
static bool shrink_once(
	sessio_explore *explore, struct history *history, uint64_t signature, unsigned *tries)
{
	bool shrunk = false;

	for (unsigned at = history->count - 1; at > 0 && *tries > 0; at--) {
		struct history shorter = *history;
		struct si_explore_outcome outcome;

		shorter.count--;
		memmove(&shorter.moves[at], &shorter.moves[at + 1],
			(shorter.count - at) * sizeof(shorter.moves[0]));
		(*tries)--;
		if (run_alone(explore, &shorter, &outcome) && outcome.what == SI_EXPLORE_FAILED &&
			outcome.signature == signature) {
			*history = shorter;
			shrunk = true;
		}
	}
	return shrunk;
}

/* Leaves out each fault that the failure does not need. */
static bool shrink_faults(sessio_explore *explore, struct history *history, uint64_t signature)
{
	bool shrunk = false;

	for (unsigned at = 0; at < history->count; at++) {
		struct history without = *history;
		struct si_explore_outcome outcome;

		without.moves[at].fault = 0;
		if (history->moves[at].fault != 0 && run_alone(explore, &without, &outcome) &&
			outcome.what == SI_EXPLORE_FAILED && outcome.signature == signature) {
			*history = without;
			shrunk = true;
		}
	}
	return shrunk;
}

/* Whether it is shorter now. */
static bool shrink(sessio_explore *explore, struct history *history, uint64_t signature)
{
	unsigned before = history->count, tries = TRIES;

	while (shrink_once(explore, history, signature, &tries)) {
	}
	return shrink_faults(explore, history, signature) || history->count != before;
}

static bool add_move(const sessio_explore *explore, const struct si_explore_move *move,
	sessio_scenario *scenario)
{
	sessio_step step = si_explore_fault_step(move);

	if (move->fault != 0 && sessio_scenario_add(scenario, &step) != SESSIO_OK) {
		return false;
	}
	si_explore_to_step(explore, move, &step);
	return sessio_scenario_add(scenario, &step) == SESSIO_OK;
}

static sessio_scenario *to_scenario(const sessio_explore *explore, const struct history *history)
{
	sessio_scenario *scenario;

	if (sessio_scenario_create(explore->options.rules, &scenario) != SESSIO_OK) {
		return NULL;
	}
	if (sessio_scenario_set_origin(scenario, explore->options.program, explore->bounds) !=
		SESSIO_OK) {
		sessio_scenario_destroy(scenario);
		return NULL;
	}
	for (unsigned i = 0; i < history->count; i++) {
		if (!add_move(explore, &history->moves[i], scenario)) {
			sessio_scenario_destroy(scenario);
			return NULL;
		}
	}
	return scenario;
}

static char *copy(const char *text)
{
	size_t size = strlen(text) + 1;
	char *own = malloc(size);

	if (own != NULL) {
		memcpy(own, text, size);
	}
	return own;
}

/* The history has just run alone, and the shared memory has its text. */
static bool note(sessio_explore *explore, const struct history *history,
	const struct si_explore_outcome *outcome, uint64_t signature)
{
	struct si_explore_failed *failed = &explore->failures[explore->failure_count];

	failed->signature = signature;
	failed->steps = history->count - 1;
	failed->text = copy(explore->shared->line);
	failed->shown = copy(explore->shared->text);
	failed->scenario = to_scenario(explore, history);
	explore->failure_count++; /* so that it is freed, whatever it lacks */
	failed->face = (sessio_explore_failure){ .kind = (sessio_explore_kind)outcome->kind,
		.rule = (sessio_kit_rule)outcome->rule,
		.text = failed->text,
		.shown = failed->shown,
		.scenario = failed->scenario,
		.histories = 1 };
	return failed->text != NULL && failed->shown != NULL && failed->scenario != NULL;
}

void si_explore_free_failure(struct si_explore_failed *failed)
{
	free(failed->text);
	free(failed->shown);
	sessio_scenario_destroy(failed->scenario);
}

/* In the place of the latest failure. */
static bool note_shorter(sessio_explore *explore, const struct history *history, uint64_t signature)
{
	struct si_explore_outcome outcome;

	if (!run_alone(explore, history, &outcome)) {
		return false;
	}
	explore->failure_count--;
	si_explore_free_failure(&explore->failures[explore->failure_count]);
	return note(explore, history, &outcome, signature);
}

static struct si_explore_failed *find(sessio_explore *explore, uint64_t signature)
{
	for (size_t i = 0; i < explore->failure_count; i++) {
		if (explore->failures[i].signature == signature) {
			return &explore->failures[i];
		}
	}
	return NULL;
}

/* (explore-2): it did not fail alone, or not in the same way. */
static void put_unpinned(sessio_explore *explore, struct si_explore_outcome *outcome)
{
	(void)snprintf(explore->shared->line, sizeof(explore->shared->line),
		"a history failed (%s) after others in one process, and not alone: something is "
		"not restored between histories, or depends on time, addresses or threads",
		sessio_explore_kind_text((sessio_explore_kind)outcome->kind));
	outcome->kind = SESSIO_EXPLORE_NOT_REPEATED;
	outcome->rule = 0;
}

/*
 * A crash may be the late result of a use that guarded pool memory does not allow. Then that
 * use is added to the latest failure.
 */
static bool explain(sessio_explore *explore, const struct history *history)
{
	struct si_explore_failed *failed = &explore->failures[explore->failure_count - 1];
	struct si_explore_outcome outcome;
	char text[sizeof(explore->shared->line)];
	size_t length;
	bool crashes;

	if (explore->guards || failed->face.kind != SESSIO_EXPLORE_CRASHED) {
		return true;
	}
	explore->guards = true;
	crashes = run_alone(explore, history, &outcome) && outcome.what == SI_EXPLORE_FAILED &&
		outcome.kind == SESSIO_EXPLORE_CRASHED && explore->shared->touched[0] != '\0';
	explore->guards = false;
	if (!crashes) {
		return true;
	}
	length = si_explore_put(
		text, sizeof(text), 0, "%s; with guarded pool memory ", failed->text);
	(void)si_explore_put(text, sizeof(text), length, "%s", explore->shared->line);
	free(failed->text);
	failed->text = copy(text);
	failed->face.text = failed->text;
	return failed->text != NULL;
}

static bool pin(
	sessio_explore *explore, struct history *history, struct si_explore_outcome *outcome)
{
	uint64_t signature = outcome->signature;
	struct si_explore_outcome alone;

	if (!explore->isolated) {
		return note(explore, history, outcome, signature);
	}
	if (!run_alone(explore, history, &alone)) {
		return false;
	}
	if (alone.what == SI_EXPLORE_FAILED && alone.signature == signature) {
		return note(explore, history, &alone, signature) &&
			(!shrink(explore, history, signature) ||
				note_shorter(explore, history, signature)) &&
			explain(explore, history);
	}
	if (outcome->kind == SESSIO_EXPLORE_HUNG && alone.what != SI_EXPLORE_FAILED) {
		*outcome = alone; /* it was slow, and no more */
		return true;
	}
	put_unpinned(explore, outcome);
	return note(explore, history, outcome, signature);
}

/* (explore-3): the signature that the failure has with places. */
static bool put_places(sessio_explore *explore, const struct si_explore_candidate *candidate,
	struct si_explore_outcome *outcome)
{
	struct si_explore_outcome alone;

	if (!outcome->placeless) {
		return true;
	}
	if (!si_explore_run_alone(explore, candidate, &alone)) {
		return false;
	}
	if (alone.what == SI_EXPLORE_FAILED) {
		*outcome = alone;
	}
	return true;
}

bool si_explore_fail(sessio_explore *explore, const struct si_explore_candidate *candidate,
	struct si_explore_outcome *outcome)
{
	struct si_explore_failed *known;
	struct history history = { .count = 0 };

	if (!put_places(explore, candidate, outcome)) {
		return false;
	}
	known = find(explore, outcome->signature);
	if (known != NULL) {
		known->face.histories++;
		return true;
	}
	if (explore->failure_count == SESSIO_EXPLORE_MAX_FAILURES) {
		explore->stopped = "there are too many different failures";
		return true;
	}
	history.count = si_explore_moves(explore, candidate, history.moves);
	return pin(explore, &history, outcome);
}
