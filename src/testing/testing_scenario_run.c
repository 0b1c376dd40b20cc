/* SPDX-License-Identifier: MIT */
/* Scenarios in a kit, step by step. */
#include "testing/kit.h"

#include <string.h>

#include "base/text.h"
#include "testing/testing_scenario.h"

struct run {
	sessio_kit *kit;
	const sessio_step *step;
	const sessio_scenario_options *options;
	sessio_status status; /* of the step */
	const char *wrong; /* NULL: nothing */
};

static sessio_status post_event(struct run *run)
{
	const sessio_step *step = run->step;
	sessio_host *host = sessio_kit_host(run->kit);
	unsigned flags = (step->flags & SESSIO_STEP_REMOTE) != 0 ? SESSIO_POST_REMOTE : 0u;

	return (step->flags & SESSIO_STEP_OBSERVED) != 0
		? sessio_host_observe(host, step->session_id, step->event, flags)
		: sessio_host_post(host, step->session_id, step->event, flags, NULL);
}

static void do_event(struct run *run)
{
	bool refused = (run->step->flags & SESSIO_STEP_REFUSED) != 0;
	size_t faults;

	do {
		faults = sessio_kit_fault_count(run->kit);
		run->status = post_event(run);
	} while (run->status == SESSIO_NO_MEMORY && faults != sessio_kit_fault_count(run->kit));
	if (refused && run->status == SESSIO_OK) {
		run->status = SESSIO_BAD_STATE;
		run->wrong = "the rules allow this event, and should refuse it";
	} else if (refused && run->status == SESSIO_BAD_STATE) {
		run->status = SESSIO_OK;
	} else if (run->status == SESSIO_BAD_STATE) {
		run->wrong = "the rules refuse this event";
	}
}

static void do_action(struct run *run)
{
	const sessio_scenario_options *options = run->options;

	for (size_t i = 0; i < options->action_count; i++) {
		if (strcmp(options->actions[i].name, run->step->action) == 0) {
			run->status = options->actions[i].run(
				run->kit, run->step->session_id, run->step->number, options->ctx);
			return;
		}
	}
	run->status = SESSIO_NOT_FOUND;
	run->wrong = "the test has no action of this name";
}

static void do_step(void *arg)
{
	struct run *run = arg;
	const sessio_step *step = run->step;
	sessio_host *host = sessio_kit_host(run->kit);

	switch (step->kind) {
	case SESSIO_STEP_EVENT:
		do_event(run);
		break;
	case SESSIO_STEP_EXISTS:
		run->status = sessio_host_adopt(host, step->session_id, step->state,
			(step->flags & SESSIO_STEP_REMOTE) != 0 ? SESSIO_POST_REMOTE : 0u);
		break;
	case SESSIO_STEP_REMARK:
		run->status = sessio_host_remark(host, step->session_id, step->remark);
		break;
	case SESSIO_STEP_ACTION:
		do_action(run);
		break;
	case SESSIO_STEP_WAIT:
		run->status = sessio_kit_pass_time(run->kit, step->number);
		break;
	case SESSIO_STEP_FAULT:
		run->status = sessio_kit_fault(run->kit, step->fault, step->number);
		break;
	case SESSIO_STEP_CALL:
		run->status = si_scenario_do_call(run->kit, step, &run->wrong);
		break;
	}
}

/* Not in a guarded step of the kit: an assertion may leave it. */
static void check(struct run *run)
{
	if (run->status == SESSIO_OK && run->options->check != NULL) {
		run->wrong = run->options->check(run->kit, run->options->ctx);
	}
}

/* "step 3, session 1 Logon: the rules refuse this event" */
static void describe(const struct run *run, sessio_scenario_result *result)
{
	char step[SESSIO_SCENARIO_MAX_LINE];
	struct si_text out = si_text_start(result->text, sizeof(result->text));

	(void)sessio_step_text(run->step, step, sizeof(step));
	si_text_put(&out, "step ");
	si_text_put_number(&out, result->steps + 1);
	si_text_put(&out, ", ");
	si_text_put(&out, step);
	si_text_put(&out, ": ");
	si_text_put(&out, run->wrong != NULL ? run->wrong : sessio_status_text(run->status));
}

/* Adds to the result, which counts the steps before this one. */
static sessio_status run_step(struct run *run, sessio_scenario_result *result)
{
	run->status = SESSIO_BAD_STATE;
	run->wrong = "the kit is finished, or the library stopped";
	if (!atomic_load(&run->kit->stopped) && !run->kit->finished) {
		run->status = SESSIO_OK;
		run->wrong = NULL;
	}
	if (run->options->log != NULL) {
		si_scenario_log_begin_step(run->options->log, run->step);
	}
	if (run->status == SESSIO_OK && !si_kit_step(run->kit, do_step, run)) {
		run->status = SESSIO_BAD_STATE;
		run->wrong = "the library stopped";
	}
	if (run->step->kind != SESSIO_STEP_FAULT && !atomic_load(&run->kit->stopped)) {
		si_kit_end_step();
	}
	check(run);
	if (run->status == SESSIO_OK && run->wrong == NULL) {
		result->steps++;
	} else {
		result->status = run->status != SESSIO_OK ? run->status : SESSIO_BAD_STATE;
		describe(run, result);
	}
	if (run->options->log != NULL) {
		si_scenario_log_end_step(
			run->options->log, result->status == SESSIO_OK ? NULL : result->text);
	}
	if (result->status == SESSIO_OK) {
		return SESSIO_OK;
	}
	return run->status == SESSIO_NOT_FOUND || run->status == SESSIO_NO_MEMORY
		? run->status
		: SESSIO_BAD_STATE;
}

sessio_status sessio_kit_run_step(sessio_kit *kit, const sessio_step *step,
	const sessio_scenario_options *options, sessio_scenario_result *out_result)
{
	static const sessio_scenario_options none;
	sessio_scenario_result result = { 0 };
	struct run run = { .kit = kit, .step = step, .options = options != NULL ? options : &none };
	sessio_status status;

	if (kit == NULL || step == NULL || !si_scenario_is_step(step)) {
		return SESSIO_INVALID_ARG;
	}
	status = run_step(&run, &result);
	if (out_result != NULL) {
		*out_result = result;
	}
	return status;
}

static bool is_other(const char *wanted, const char *has)
{
	return wanted != NULL && strcmp(wanted, has) != 0;
}

static bool fits(const sessio_scenario *scenario, const sessio_kit *kit,
	const sessio_scenario_options *options)
{
	/* A kit that is finished has no host: its steps say so. */
	return (kit->host == NULL ||
		       sessio_host_rules(kit->host) == sessio_scenario_rules(scenario)) &&
		!is_other(options->program, sessio_scenario_program(scenario)) &&
		!is_other(options->bounds, sessio_scenario_bounds(scenario));
}

sessio_status sessio_kit_run(sessio_kit *kit, const sessio_scenario *scenario,
	const sessio_scenario_options *options, sessio_scenario_result *out_result)
{
	static const sessio_scenario_options none;
	sessio_scenario_result result = { 0 };
	struct run run = { .kit = kit, .options = options != NULL ? options : &none };
	sessio_status status = SESSIO_OK;

	if (kit == NULL || scenario == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (!fits(scenario, kit, run.options)) {
		return SESSIO_REFUSED;
	}
	for (size_t i = 0; status == SESSIO_OK; i++) {
		run.step = sessio_scenario_step(scenario, i);
		if (run.step == NULL) {
			break;
		}
		status = run_step(&run, &result);
	}
	if (out_result != NULL) {
		*out_result = result;
	}
	return status;
}
