/* SPDX-License-Identifier: MIT */
/* Walking the tree of histories, and what came of it. */
#include "sessio/testing_explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing/explore.h"
#include "testing/kit.h"
#include "testing/testing_scenario.h"
#include "wdk/timer.h"
#include "wdk/work.h"

#define MAX_ENDS 256u /* histories that end their copy, as each costs a copy */
#define MAX_HANGS 8u /* each costs its time */

static bool is_possible_action(const sessio_explore_action *action)
{
	return action->run != NULL && action->name != NULL && action->first <= action->last &&
		si_scenario_is_action(action->name, strlen(action->name));
}

static bool is_known_name(const sessio_explore_action *actions, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(actions[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

/* False if an option is out of its bounds. */
static bool take_options(sessio_explore *explore, const sessio_explore_options *options)
{
	sessio_explore_options *own = &explore->options;

	*own = *options;
	own->program = own->program != NULL ? own->program : "test";
	own->rules = own->rules != 0 ? own->rules : SESSIO_RULES_DOCUMENTED;
	own->depth = own->depth != 0 ? own->depth : 5;
	own->sessions = own->sessions != 0 ? own->sessions : 2;
	if ((own->flags & SESSIO_EXPLORE_NO_USERS) != 0) {
		own->sessions = 0;
	}
	own->max_histories = own->max_histories != 0 ? own->max_histories : 1000000;
	own->hang_ms = own->hang_ms != 0 ? own->hang_ms : 5000;
	for (size_t i = 0; i < own->action_count; i++) {
		if (own->actions == NULL || i >= SESSIO_EXPLORE_MAX_ACTIONS ||
			!is_possible_action(&own->actions[i]) ||
			is_known_name(own->actions, i, own->actions[i].name)) {
			return false;
		}
	}
	return si_scenario_is_origin(own->program, strlen(own->program)) &&
		own->depth <= SESSIO_EXPLORE_MAX_DEPTH &&
		own->sessions <= SESSIO_EXPLORE_MAX_SESSIONS &&
		own->faults <= SESSIO_EXPLORE_MAX_FAULTS && own->control_count == 0 &&
		(own->ctx != NULL || own->ctx_size == 0) &&
		(own->rules == SESSIO_RULES_DOCUMENTED || own->rules == SESSIO_RULES_OBSERVED);
}

static bool make_parts(sessio_explore *explore)
{
	const sessio_explore_options *options = &explore->options;

	explore->isolated =
		si_copy_possible() && (options->flags & SESSIO_EXPLORE_ONE_PROCESS) == 0;
	explore->shared = explore->isolated ? si_copy_share(sizeof(*explore->shared))
					    : calloc(1, sizeof(*explore->shared));
	explore->guards = (options->flags & SESSIO_EXPLORE_GUARDED) != 0;
	explore->saved_ctx = malloc(options->ctx_size + 1);
	if (explore->shared == NULL || explore->saved_ctx == NULL ||
		!si_explore_seen_init(&explore->seen)) {
		return false;
	}
	if (options->ctx_size != 0) {
		memcpy(explore->saved_ctx, options->ctx, options->ctx_size);
	}
	(void)snprintf(explore->bounds, sizeof(explore->bounds), "depth %u, sessions %u, faults %u",
		options->depth, options->sessions, options->faults);
	return true;
}

static void free_parts(sessio_explore *explore)
{
	if (explore->isolated) {
		si_copy_unshare(explore->shared, sizeof(*explore->shared));
	} else {
		free(explore->shared);
	}
	explore->shared = NULL;
	free(explore->saved_ctx);
	explore->saved_ctx = NULL;
	free(explore->nodes);
	explore->nodes = NULL;
	free(explore->faulty);
	explore->faulty = NULL;
	si_explore_seen_fini(&explore->seen);
	explore->seen.slots = NULL;
}

static sessio_status create(const sessio_explore_options *options, sessio_explore **out_explore)
{
	sessio_explore *explore;

	if (si_kit_current() != NULL) {
		return SESSIO_BUSY;
	}
	explore = calloc(1, sizeof(*explore));
	if (explore == NULL) {
		return SESSIO_NO_MEMORY;
	}
	if (!take_options(explore, options)) {
		free(explore);
		return SESSIO_INVALID_ARG;
	}
	if (!make_parts(explore)) {
		sessio_explore_destroy(explore);
		return SESSIO_NO_MEMORY;
	}
	/* A kit of this process may have started them, and copies would wait for them for ever. */
	si_wdk_work_end_thread();
	si_wdk_timers_end_thread();
	*out_explore = explore;
	return SESSIO_OK;
}

static unsigned faults_of(
	const sessio_explore *explore, const struct si_explore_candidate *candidate)
{
	unsigned before = candidate->parent != SI_EXPLORE_NO_NODE
		? explore->nodes[candidate->parent].faults
		: 0;

	return before + (candidate->move.fault != 0);
}

/* The history is fine. False if there is no memory. */
static bool take_state(sessio_explore *explore, const struct si_explore_candidate *candidate,
	const struct si_explore_outcome *outcome)
{
	enum si_explore_added added = SI_EXPLORE_NEW;

	if ((explore->options.flags & SESSIO_EXPLORE_NO_DIGEST) == 0) {
		added = si_explore_seen_add(&explore->seen,
			si_explore_hash(outcome->state, faults_of(explore, candidate)));
	}
	if (added == SI_EXPLORE_KNOWN) {
		explore->counts.equal++;
		return true;
	}
	explore->counts.states++;
	if (explore->counts.depth == explore->options.depth) {
		explore->counts.cut++;
		return added != SI_EXPLORE_NO_ROOM;
	}
	return added != SI_EXPLORE_NO_ROOM &&
		si_explore_add_node(explore, candidate, outcome) != SI_EXPLORE_NO_NODE;
}

static bool is_end_of_copy(const struct si_explore_outcome *outcome)
{
	return outcome->kind == SESSIO_EXPLORE_CRASHED || outcome->kind == SESSIO_EXPLORE_EXITED ||
		outcome->kind == SESSIO_EXPLORE_HUNG || outcome->rule == SESSIO_KIT_RULE_STOPPED;
}

/* Ends the exploration when this has taken too much time. */
static void count_end(sessio_explore *explore, const struct si_explore_outcome *outcome)
{
	explore->hangs += outcome->kind == SESSIO_EXPLORE_HUNG;
	explore->ends += is_end_of_copy(outcome);
	if (explore->ends == MAX_ENDS || explore->hangs == MAX_HANGS) {
		explore->stopped = "too many histories ended their process, or hung";
	}
}

/* With EACH_PATH: the same with the path that has failed. */
static struct si_explore_candidate with_path(
	const struct si_explore_candidate *candidate, const struct si_explore_outcome *outcome)
{
	struct si_explore_candidate with = *candidate;

	if (candidate->move.fault == SESSIO_FAULT_EACH_PATH) {
		with.move.fault = SESSIO_FAULT_PATH;
		with.move.fault_number = outcome->path;
	}
	return with;
}

static bool take_outcome(sessio_explore *explore, const struct si_explore_candidate *tried,
	struct si_explore_outcome outcome)
{
	const struct si_explore_candidate candidate = with_path(tried, &outcome);

	if (outcome.what == SI_EXPLORE_IMPOSSIBLE) {
		return outcome.path == 0 || si_explore_add_faults(explore, tried);
	}
	explore->counts.histories++;
	if (candidate.move.kind == SI_EXPLORE_ACTS) {
		explore->acted[candidate.move.action] = true;
	}
	if (outcome.what == SI_EXPLORE_FAILED) {
		count_end(explore, &outcome);
		if (!si_explore_fail(explore, &candidate, &outcome)) {
			return false;
		}
		explore->counts.failed += outcome.what == SI_EXPLORE_FAILED;
	}
	if (outcome.what != SI_EXPLORE_FINE) {
		return tried->move.fault == 0 || si_explore_add_faults(explore, tried);
	}
	return si_explore_add_faults(explore, tried) &&
		(outcome.ended || take_state(explore, &candidate, &outcome));
}

/* Runs the batch and empties it. */
static void run_batch(sessio_explore *explore)
{
	uint32_t from = 0;

	while (from < explore->batch_count && explore->stopped == NULL) {
		uint32_t done = si_explore_run_batch(explore, from);

		if (done == from) {
			explore->out_of_memory = explore->isolated;
			explore->stopped = "the library stopped in this process";
		}
		for (; from < done; from++) {
			if (!take_outcome(explore, &explore->batch[from],
				    explore->shared->outcomes[from])) {
				explore->out_of_memory = true;
				explore->stopped = "there is no memory";
				break;
			}
		}
	}
	explore->batch_count = 0;
}

/* Runs the batch, and then all of its steps again with faults. */
static void flush(sessio_explore *explore)
{
	run_batch(explore);
	for (size_t next = 0; explore->stopped == NULL && next < explore->faulty_count;) {
		while (explore->batch_count < SI_EXPLORE_BATCH && next < explore->faulty_count) {
			explore->batch[explore->batch_count++] = explore->faulty[next++];
		}
		run_batch(explore);
	}
	explore->faulty_count = 0;
}

/* False ends the expansion of a node. */
static bool put_in_batch(sessio_explore *explore, const struct si_explore_candidate *next)
{
	explore->batch[explore->batch_count++] = *next;
	if (explore->counts.histories + explore->batch_count >= explore->options.max_histories) {
		flush(explore);
		if (explore->counts.histories >= explore->options.max_histories) {
			explore->stopped = "the bound of histories was reached";
		}
	} else if (explore->batch_count == SI_EXPLORE_BATCH) {
		flush(explore);
	}
	return explore->stopped == NULL;
}

/* All steps that may follow the nodes of a level; new nodes are the next level. */
static void walk_level(sessio_explore *explore, size_t from, size_t to)
{
	size_t at = from;

	for (; at < to && explore->stopped == NULL; at++) {
		(void)si_explore_expand(explore, (uint32_t)at, put_in_batch);
	}
	if (explore->stopped == NULL) {
		flush(explore);
	}
	if (explore->stopped != NULL) {
		explore->counts.cut += explore->node_count - (at > from ? at - 1 : at);
	}
}

static void walk(sessio_explore *explore)
{
	struct si_explore_candidate beginning = { .parent = SI_EXPLORE_NO_NODE,
		.move = { .kind = SI_EXPLORE_BEGINS } };
	size_t from = 0;

	if (put_in_batch(explore, &beginning)) {
		flush(explore);
	}
	while (explore->stopped == NULL && from < explore->node_count) {
		size_t to = explore->node_count;

		explore->counts.depth++;
		walk_level(explore, from, to);
		from = to;
	}
	explore->counts.cut += explore->shared->paths.full;
}

static void free_after(sessio_explore *explore, sessio_status status)
{
	if (status != SESSIO_OK) {
		sessio_explore_destroy(explore);
	} else {
		free_parts(explore);
	}
}

sessio_status sessio_explore_run(const sessio_explore_options *options, sessio_explore **out_result)
{
	sessio_explore *explore = NULL;
	sessio_status status;

	if (options == NULL || out_result == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = create(options, &explore);
	if (status != SESSIO_OK) {
		return status;
	}
	walk(explore);
	status = explore->out_of_memory ? SESSIO_NO_MEMORY : si_explore_conclude(explore);
	free_after(explore, status);
	if (status == SESSIO_OK) {
		*out_result = explore;
	}
	return status;
}

/* A history that does not name bounds, such as one by hand, is of any. */
static bool is_of_these_options(const sessio_explore *explore, const sessio_scenario *scenario)
{
	const char *bounds = sessio_scenario_bounds(scenario);

	return (*bounds == '\0' || strcmp(bounds, explore->bounds) == 0) &&
		sessio_scenario_rules(scenario) == explore->options.rules &&
		strcmp(sessio_scenario_program(scenario), explore->options.program) == 0;
}

/* Puts the steps into the tree. False if these options have no such history. */
static bool put_history(sessio_explore *explore, const sessio_scenario *scenario,
	struct si_explore_candidate *out_candidate)
{
	struct si_explore_move fault = { 0 };
	const sessio_step *step;
	unsigned moves = 0;

	out_candidate->parent = SI_EXPLORE_NO_NODE;
	for (size_t i = 0; (step = sessio_scenario_step(scenario, i)) != NULL; i++) {
		struct si_explore_move move;

		if (step->kind == SESSIO_STEP_FAULT) {
			if (fault.fault != 0 || !si_explore_take_fault(explore, step, &fault)) {
				return false;
			}
			continue;
		}
		if (!si_explore_from_step(explore, step, &move) || moves > explore->options.depth ||
			(move.kind == SI_EXPLORE_BEGINS) != (moves == 0)) {
			return false;
		}
		if (moves++ != 0) {
			out_candidate->parent = si_explore_add_node(explore, out_candidate, NULL);
		}
		out_candidate->move = move;
		out_candidate->move.fault = fault.fault;
		out_candidate->move.fault_number = fault.fault_number;
		fault.fault = 0;
	}
	explore->counts.depth = moves != 0 ? moves - 1 : 0;
	return moves != 0 && fault.fault == 0 && is_of_these_options(explore, scenario) &&
		faults_of(explore, out_candidate) <= explore->options.faults;
}

sessio_status sessio_explore_replay(const sessio_explore_options *options,
	const sessio_scenario *scenario, sessio_explore **out_result)
{
	struct si_explore_candidate candidate;
	sessio_explore *explore = NULL;
	sessio_status status;

	if (options == NULL || scenario == NULL || out_result == NULL) {
		return SESSIO_INVALID_ARG;
	}
	status = create(options, &explore);
	if (status != SESSIO_OK) {
		return status;
	}
	if (!put_history(explore, scenario, &candidate)) {
		sessio_explore_destroy(explore);
		return SESSIO_REFUSED;
	}
	explore->batch[explore->batch_count++] = candidate;
	run_batch(explore);
	status = explore->out_of_memory          ? SESSIO_NO_MEMORY
		: explore->counts.histories == 0 ? SESSIO_REFUSED
						 : si_explore_conclude(explore);
	free_after(explore, status);
	if (status == SESSIO_OK) {
		*out_result = explore;
	}
	return status;
}

void sessio_explore_destroy(sessio_explore *result)
{
	if (result == NULL) {
		return;
	}
	for (size_t i = 0; i < result->failure_count; i++) {
		si_explore_free_failure(&result->failures[i]);
	}
	free_parts(result);
	free(result->report);
	free(result);
}
