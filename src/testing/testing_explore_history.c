/* SPDX-License-Identifier: MIT */
/* One history, from a fresh kit to its finish. */
#include <stdio.h>
#include <string.h>

#include "nt/sessio_nt.h"
#include "resource/handle_space.h"
#include "testing/explore.h"
#include "testing/kit.h"
#include "wdk/work.h"

struct play {
	sessio_explore *explore;
	sessio_kit *kit;
	struct si_explore_outcome *outcome;
	bool shows;
	bool placeless; /* (explore-3) */
	bool misses_place;
	uint16_t path; /* of EACH_PATH, if it is known from before; else 0 */
	size_t faults; /* that had come true before the step */
};

unsigned si_explore_moves(const sessio_explore *explore,
	const struct si_explore_candidate *candidate,
	struct si_explore_move moves[SESSIO_EXPLORE_MAX_DEPTH + 1])
{
	unsigned count = 1;

	for (uint32_t i = candidate->parent; i != SI_EXPLORE_NO_NODE;
		i = explore->nodes[i].parent) {
		count++;
	}
	moves[count - 1] = candidate->move;
	for (uint32_t i = candidate->parent, at = count - 1; i != SI_EXPLORE_NO_NODE;
		i = explore->nodes[i].parent) {
		moves[--at] = explore->nodes[i].move;
	}
	return count;
}

/* Then locks may be held for ever, and only findings can be read. */
static bool is_stopped(const struct play *play)
{
	return atomic_load(&play->kit->stopped);
}

/* Whether a fault has come true in the step. */
static bool has_fault(const struct play *play)
{
	return sessio_kit_fault_count(play->kit) != play->faults;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; text != NULL && *text != '\0'; text++) {
		hash = si_explore_hash(hash, (unsigned char)*text);
	}
	return hash;
}

/* Only the first failure of a history counts. */
static void fail(struct play *play, sessio_explore_kind kind, const char *text, uint64_t signature)
{
	struct si_explore_shared *shared = play->explore->shared;

	if (play->outcome->what == SI_EXPLORE_FAILED) {
		return;
	}
	play->outcome->what = SI_EXPLORE_FAILED;
	play->outcome->kind = (uint8_t)kind;
	play->outcome->signature = si_explore_hash(signature, (uint64_t)kind);
	if (play->shows) {
		(void)snprintf(shared->line, sizeof(shared->line), "%s", text);
	}
}

static void fail_with(struct play *play, sessio_explore_kind kind, const char *text)
{
	fail(play, kind, text, hash_text(1, text));
}

/* The kit's findings from this one on; the first is the failure. */
static size_t take_findings(struct play *play, size_t from)
{
	const sessio_kit_finding *finding;
	size_t at = from;

	for (; (finding = sessio_kit_get_finding(play->kit, at)) != NULL; at++) {
		uint64_t signature = hash_text((uint64_t)finding->rule, finding->text);
		char text[sizeof(play->explore->shared->line)];

		signature = hash_text(signature, finding->at.file);
		signature = si_explore_hash(signature, finding->at.line);
		(void)snprintf(text, sizeof(text), "%s: %s", sessio_kit_rule_text(finding->rule),
			finding->text);
		if (play->outcome->what != SI_EXPLORE_FAILED) {
			play->outcome->rule = (uint8_t)finding->rule;
		}
		fail(play, SESSIO_EXPLORE_FINDING, text, signature);
	}
	return at;
}

/* Writes on the shown history. */
#define SHOW(play, ...)                                                                    \
	do {                                                                               \
		struct si_explore_shared *to = (play)->explore->shared;                    \
		if ((play)->shows) {                                                       \
			to->text_length = si_explore_put(                                  \
				to->text, sizeof(to->text), to->text_length, __VA_ARGS__); \
		}                                                                          \
	} while (0)

static void show_print(void *ctx, ULONG component, ULONG level, const char *text, size_t length)
{
	struct play *play = ctx;

	UNREFERENCED_PARAMETER(component);
	UNREFERENCED_PARAMETER(level);
	while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) {
		length--;
	}
	SHOW(play, "      prints: %.*s\n", (int)length, text);
}

static void show_step(struct play *play, const struct si_explore_move *move)
{
	char line[SESSIO_SCENARIO_MAX_LINE];
	sessio_step step;

	if (play->shows && move->fault != 0) {
		step = si_explore_fault_step(move);
		(void)sessio_step_text(&step, line, sizeof(line));
		SHOW(play, "  %s\n", line);
	}
	if (play->shows) {
		si_explore_to_step(play->explore, move, &step);
		(void)sessio_step_text(&step, line, sizeof(line));
		SHOW(play, "  %s\n", line);
	}
}

static void show_findings(struct play *play, size_t from)
{
	const sessio_kit_finding *finding;

	for (size_t i = from; (finding = sessio_kit_get_finding(play->kit, i)) != NULL; i++) {
		SHOW(play, "      finding: %s: %s\n", sessio_kit_rule_text(finding->rule),
			finding->text);
		if (finding->at.file != NULL) {
			SHOW(play, "          at %s:%u in %s\n", finding->at.file,
				(unsigned)finding->at.line, finding->at.driver);
		}
		if (finding->made.file != NULL) {
			SHOW(play, "          %s %s:%u in %s\n", si_kit_second_place(finding->rule),
				finding->made.file, (unsigned)finding->made.line,
				finding->made.driver);
		}
	}
}

struct action {
	const sessio_explore_action *action;
	const struct si_explore_move *move;
	struct play *play;
	sessio_status status;
};

static void run_action(void *arg)
{
	struct action *step = arg;
	struct play *play = step->play;
	void *ctx = step->action->ctx != NULL ? step->action->ctx : play->explore->options.ctx;

	step->status = step->action->run(play->kit, step->move->session, step->move->number, ctx);
}

static void act(struct play *play, const struct si_explore_move *move)
{
	struct action step = { &play->explore->options.actions[move->action], move, play,
		SESSIO_OK };
	char text[160];

	if (!si_kit_step(play->kit, run_action, &step) || step.status == SESSIO_OK) {
		return;
	}
	if (has_fault(play)) {
		SHOW(play, "      it answers: %s\n", sessio_status_text(step.status));
		return;
	}
	if (step.status == SESSIO_BAD_STATE) {
		play->outcome->what = SI_EXPLORE_IMPOSSIBLE;
		return;
	}
	(void)snprintf(text, sizeof(text), "%s failed: %s", step.action->name,
		sessio_status_text(step.status));
	fail_with(play, SESSIO_EXPLORE_ACTION, text);
}

static void run_begin(void *arg)
{
	struct action *step = arg;
	const sessio_explore_options *options = &step->play->explore->options;

	step->status = options->begin(step->play->kit, options->ctx);
}

static void begin(struct play *play)
{
	struct action step = { .play = play, .status = SESSIO_OK };
	char text[160];

	if (play->explore->options.begin == NULL || !si_kit_step(play->kit, run_begin, &step) ||
		step.status == SESSIO_OK) {
		return;
	}
	if (has_fault(play)) {
		SHOW(play, "      it answers: %s\n", sessio_status_text(step.status));
		play->outcome->ended = true;
		return;
	}
	(void)snprintf(text, sizeof(text), "begin failed: %s", sessio_status_text(step.status));
	fail_with(play, SESSIO_EXPLORE_BEGIN, text);
}

struct observation {
	sessio_kit *kit;
	const struct si_explore_move *move;
	unsigned flags;
	sessio_status status;
};

static void run_observation(void *arg)
{
	struct observation *step = arg;

	step->status = sessio_host_observe(step->kit->host, step->move->session,
		(sessio_user_event)step->move->event, step->flags);
}

static sessio_status observe(sessio_kit *kit, const struct si_explore_move *move, unsigned flags)
{
	struct observation step = { kit, move, flags, SESSIO_OK };

	return si_kit_step(kit, run_observation, &step) ? step.status : SESSIO_BAD_STATE;
}

static void send_event(struct play *play, const struct si_explore_move *move)
{
	unsigned flags = move->remote ? SESSIO_POST_REMOTE : 0u;
	sessio_status wanted =
		move->kind == SI_EXPLORE_POSTS_REFUSED ? SESSIO_BAD_STATE : SESSIO_OK;
	sessio_status status;

	do {
		status = move->kind == SI_EXPLORE_OBSERVES
			? observe(play->kit, move, flags)
			: sessio_kit_post(
				  play->kit, move->session, (sessio_user_event)move->event, flags);
		/* A real system has memory for its own, some time. */
	} while (status == SESSIO_NO_MEMORY && has_fault(play));
	if (status != wanted && !is_stopped(play)) {
		play->outcome->what = SI_EXPLORE_IMPOSSIBLE;
	}
}

struct check {
	const sessio_explore_options *options;
	sessio_kit *kit;
	const char *wrong;
};

static void run_check(void *arg)
{
	struct check *step = arg;

	step->wrong = step->options->check(step->kit, step->options->ctx);
}

static void check(struct play *play)
{
	struct check step = { &play->explore->options, play->kit, NULL };

	if (step.options->check != NULL && si_kit_step(play->kit, run_check, &step) &&
		step.wrong != NULL) {
		SHOW(play, "      check: %s\n", step.wrong);
		fail_with(play, SESSIO_EXPLORE_CHECK, step.wrong);
	}
}

static void show_state(struct play *play)
{
	char line[512];

	if (play->shows) {
		si_explore_describe(play->kit, play->explore->options.sessions, line, sizeof(line));
		SHOW(play, "      %s\n", line);
	}
}

static void look(struct play *play, struct si_explore_state *state)
{
	const sessio_explore_options *options = &play->explore->options;

	si_explore_look(play->kit, options, state);
	if (options->digest != NULL) {
		uint64_t digest = options->digest(play->kit, options->ctx);

		state->repeat = si_explore_hash(state->repeat, digest);
		state->state = si_explore_hash(state->state, digest);
	}
	state->repeat |= 1; /* 0 means that it is not known */
}

static void fail_to_repeat(struct play *play)
{
	fail_with(play, SESSIO_EXPLORE_NOT_REPEATED,
		"the same steps led to another state than before: something is not restored "
		"between histories, or depends on time, addresses or threads");
}

/* (explore-1); false if the history comes to another state than it did before. */
static bool comes_again(struct play *play, uint32_t node)
{
	struct si_explore_state state;

	if (node == SI_EXPLORE_NO_NODE || play->explore->nodes[node].repeat == 0) {
		return true;
	}
	look(play, &state);
	if (state.repeat == play->explore->nodes[node].repeat) {
		return true;
	}
	fail_to_repeat(play);
	return false;
}

static void arm_fault(struct play *play, const struct si_explore_move *move)
{
	const sessio_step fault = si_explore_fault_step(move);
	sessio_status status = SESSIO_OK;

	play->faults = sessio_kit_fault_count(play->kit);
	if (move->fault == SESSIO_FAULT_EACH_PATH) {
		status = si_kit_fail_new_path(play->kit, &play->explore->shared->paths);
	} else if (move->fault != 0) {
		status = sessio_kit_fault(play->kit, fault.fault, fault.number);
	}
	if (status != SESSIO_OK) {
		play->outcome->what = SI_EXPLORE_IMPOSSIBLE;
	}
}

/*
 * Work items run when the step has ended, or waits. In the middle of a step another thread
 * would run them, and the same history could come to other states.
 */
static void end_work(struct play *play)
{
	si_kit_end_step();
	if (!sessio_kit_fault_is_ahead(play->kit, SESSIO_FAULT_LATE)) {
		(void)si_wdk_work_wait(SI_KIT_WORK_NS);
	}
	si_wdk_work_hold(true);
}

/* One step, and what is seen then. False if the history ends here. */
static bool step(struct play *play, const struct si_explore_move *move)
{
	size_t findings = sessio_kit_finding_count(play->kit);

	show_step(play, move);
	arm_fault(play, move);
	if (move->kind == SI_EXPLORE_BEGINS) {
		begin(play);
	} else if (move->kind == SI_EXPLORE_ACTS) {
		act(play, move);
	} else {
		send_event(play, move);
	}
	if (!is_stopped(play)) {
		end_work(play);
	}
	if (move->fault != 0 && !has_fault(play)) {
		play->outcome->what = SI_EXPLORE_IMPOSSIBLE;
	}
	if (play->outcome->what == SI_EXPLORE_IMPOSSIBLE) {
		SHOW(play, "      this is not possible here\n");
		return false;
	}
	if (!is_stopped(play)) {
		show_state(play);
	}
	if (!is_stopped(play) && !play->outcome->ended) {
		check(play);
	}
	show_findings(play, findings);
	(void)take_findings(play, findings);
	play->misses_place = atomic_load(&play->kit->misses_place);
	return play->outcome->what != SI_EXPLORE_FAILED && !play->outcome->ended &&
		!play->misses_place;
}

static void play_moves(struct play *play, const struct si_explore_candidate *candidate)
{
	struct si_explore_move moves[SESSIO_EXPLORE_MAX_DEPTH + 1];
	unsigned count = si_explore_moves(play->explore, candidate, moves);
	struct si_explore_move *last = &moves[count - 1];
	struct si_explore_state state;

	if (last->fault == SESSIO_FAULT_EACH_PATH && play->path != 0) {
		last->fault = SESSIO_FAULT_PATH;
		last->fault_number = play->path;
	}
	for (unsigned i = 0; i < count; i++) {
		if (i + 1 == count && !comes_again(play, candidate->parent)) {
			return;
		}
		if (!step(play, &moves[i])) {
			if (play->outcome->what == SI_EXPLORE_IMPOSSIBLE && i + 1 < count &&
				play->explore->nodes[candidate->parent].repeat != 0) {
				fail_to_repeat(play);
			}
			return;
		}
	}
	look(play, &state);
	play->outcome->states = state.states;
	play->outcome->state = state.state;
	play->outcome->repeat = state.repeat;
}

static void finish(struct play *play)
{
	size_t findings = sessio_kit_finding_count(play->kit);

	SHOW(play, "  end of the test\n");
	(void)sessio_kit_finish(play->kit);
	show_findings(play, findings);
	(void)take_findings(play, findings);
	play->misses_place = play->misses_place || atomic_load(&play->kit->misses_place);
	/* After a stop it would leave all as it is, and the copy ends. */
	sessio_kit_destroy(play->kit);
}

/* False if there can be no kit. */
static bool prepare(struct play *play)
{
	sessio_explore *explore = play->explore;
	sessio_kit_options options = { .rules = explore->options.rules,
		.guarded = explore->guards };

	if (explore->options.ctx_size != 0) {
		memcpy(explore->options.ctx, explore->saved_ctx, explore->options.ctx_size);
	}
	if (play->shows) {
		explore->shared->text_length = 0;
		explore->shared->text[0] = '\0';
		explore->shared->line[0] = '\0';
	}
	if (play->shows && explore->isolated) {
		sessio_nt_set_debug_print(show_print, play);
	}
	if (explore->isolated) {
		/* Else its slots would be allocated in the first history of a copy alone. */
		si_handle_space_end_empty_own();
	}
	if (sessio_kit_create(&options, &play->kit) != SESSIO_OK) {
		return false;
	}
	play->kit->placeless = play->placeless;
	si_wdk_work_hold(true);
	return true;
}

/* False if it needs places. */
static bool play_once(struct play *play, const struct si_explore_candidate *candidate)
{
	memset(play->outcome, 0, sizeof(*play->outcome));
	if (prepare(play)) {
		play->outcome->what = SI_EXPLORE_FINE;
		play->outcome->placeless = play->placeless;
		play_moves(play, candidate);
		play->outcome->path = si_explore_failed_path(play->explore);
		finish(play);
	}
	return !play->placeless ||
		(play->outcome->what != SI_EXPLORE_FAILED && !play->misses_place);
}

void si_explore_play(sessio_explore *explore, const struct si_explore_candidate *candidate,
	bool shows, struct si_explore_outcome *out_outcome)
{
	struct play play = {
		.explore = explore, .outcome = out_outcome, .shows = shows, .placeless = !shows
	};
	struct si_explore_outcome before;

	explore->shared->paths.failed = 0;
	if (play_once(&play, candidate) || si_kit_current() != NULL) {
		return;
	}
	before = *out_outcome;
	play = (struct play){ .explore = explore, .outcome = out_outcome, .path = before.path };
	(void)play_once(&play, candidate);
	if (before.what == SI_EXPLORE_FAILED && out_outcome->what != SI_EXPLORE_FAILED &&
		si_kit_current() == NULL) {
		*out_outcome = before; /* it does not repeat, as will be seen */
	}
}
