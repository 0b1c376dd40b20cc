/* SPDX-License-Identifier: MIT */
/* Scenarios: lists of steps. The names of actions are kept once. */
#include "testing/testing_scenario.h"

#include <stdlib.h>
#include <string.h>

#define EVENT_FLAGS (SESSIO_STEP_REMOTE | SESSIO_STEP_OBSERVED | SESSIO_STEP_REFUSED)

struct sessio_scenario {
	sessio_rules rules;
	char *program; /* NULL: unknown */
	char *bounds; /* NULL: none */
	sessio_step *steps;
	size_t count;
	size_t room;
	char *actions[SESSIO_SCENARIO_MAX_ACTIONS];
	size_t action_count;
};

const struct si_scenario_unit si_scenario_units[SI_SCENARIO_UNITS] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", UINT64_C(1000000000) },
	{ "min", UINT64_C(60000000000) },
	{ "h", UINT64_C(3600000000000) },
	{ "d", UINT64_C(86400000000000) },
};

const char *si_scenario_fault_word(sessio_fault fault)
{
	switch (fault) {
#define XX(name, value, text)     \
	case SESSIO_FAULT_##name: \
		return text;
		SESSIO_FAULT_MAP(XX)
#undef XX
	}
	return NULL;
}

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || c == '-' || c == '.';
}

bool si_scenario_is_action(const char *name, size_t length)
{
	if (length == 0 || length > SESSIO_SCENARIO_MAX_NAME) {
		return false;
	}
	for (size_t i = 0; i < length; i++) {
		if (!is_name_byte(name[i])) {
			return false;
		}
	}
	return true;
}

bool si_scenario_is_origin(const char *text, size_t length)
{
	if (length > SESSIO_SCENARIO_MAX_TEXT) {
		return false;
	}
	for (size_t i = 0; i < length; i++) {
		if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f) {
			return false;
		}
	}
	return true;
}

static bool is_event_step(const sessio_step *step)
{
	unsigned both = SESSIO_STEP_OBSERVED | SESSIO_STEP_REFUSED;

	return sessio_user_event_bit(step->event) != 0 && (step->flags & ~EVENT_FLAGS) == 0 &&
		(step->flags & both) != both;
}

bool si_scenario_is_step(const sessio_step *step)
{
	switch (step->kind) {
	case SESSIO_STEP_EVENT:
		return is_event_step(step);
	case SESSIO_STEP_EXISTS:
		return step->state > SESSIO_USER_STATE_NONE &&
			step->state < SESSIO_USER_STATE_MAX &&
			step->state != SESSIO_USER_STATE_TERMINATED &&
			(step->flags & ~SESSIO_STEP_REMOTE) == 0;
	case SESSIO_STEP_REMARK:
		return step->remark > SESSIO_USER_REMARK_NONE &&
			step->remark < SESSIO_USER_REMARK_MAX && step->flags == 0;
	case SESSIO_STEP_ACTION:
		return step->action != NULL && (step->flags & ~SESSIO_STEP_FOR_SESSION) == 0;
	case SESSIO_STEP_WAIT:
		return step->flags == 0;
	case SESSIO_STEP_FAULT:
		return si_scenario_fault_word(step->fault) != NULL && step->flags == 0 &&
			(step->number != 0 || step->fault == SESSIO_FAULT_EACH_PATH ||
				step->fault == SESSIO_FAULT_SLOW);
	case SESSIO_STEP_CALL:
		return step->call != NULL && si_scenario_is_call(step);
	}
	return false;
}

/* With the members that its kind names, and no others. */
static sessio_step plain(const sessio_step *step)
{
	sessio_step copy = { .kind = step->kind, .flags = step->flags };

	switch (step->kind) {
	case SESSIO_STEP_EVENT:
		copy.event = step->event;
		copy.session_id = step->session_id;
		break;
	case SESSIO_STEP_EXISTS:
		copy.state = step->state;
		copy.session_id = step->session_id;
		break;
	case SESSIO_STEP_REMARK:
		copy.remark = step->remark;
		copy.session_id = step->session_id;
		break;
	case SESSIO_STEP_ACTION:
		copy.number = step->number;
		if ((step->flags & SESSIO_STEP_FOR_SESSION) != 0) {
			copy.session_id = step->session_id;
		}
		break;
	case SESSIO_STEP_WAIT:
		copy.number = step->number;
		break;
	case SESSIO_STEP_FAULT:
		copy.fault = step->fault;
		if (step->fault != SESSIO_FAULT_EACH_PATH) {
			copy.number = step->number;
		}
		break;
	case SESSIO_STEP_CALL:
		if (step->call->call == SESSIO_CALL_CANCEL ||
			step->call->call == SESSIO_CALL_AWAIT) {
			copy.number = step->number;
		}
		if ((step->flags & SESSIO_STEP_FOR_SESSION) != 0) {
			copy.session_id = step->session_id;
		}
		break;
	}
	return copy;
}

static char *copy_text(const char *text, size_t length)
{
	char *copy = malloc(length + 1);

	if (copy != NULL) {
		memcpy(copy, text, length);
		copy[length] = '\0';
	}
	return copy;
}

sessio_status sessio_scenario_create(sessio_rules rules, sessio_scenario **out_scenario)
{
	sessio_scenario *scenario;

	if (out_scenario == NULL ||
		(rules != SESSIO_RULES_DOCUMENTED && rules != SESSIO_RULES_OBSERVED)) {
		return SESSIO_INVALID_ARG;
	}
	scenario = calloc(1, sizeof(*scenario));
	if (scenario == NULL) {
		return SESSIO_NO_MEMORY;
	}
	scenario->rules = rules;
	*out_scenario = scenario;
	return SESSIO_OK;
}

void sessio_scenario_destroy(sessio_scenario *scenario)
{
	if (scenario == NULL) {
		return;
	}
	for (size_t i = 0; i < scenario->action_count; i++) {
		free(scenario->actions[i]);
	}
	while (scenario->count != 0) {
		si_scenario_drop_last(scenario);
	}
	free(scenario->steps);
	free(scenario->program);
	free(scenario->bounds);
	free(scenario);
}

/* The text without blanks around it; NULL stays. False if it is not one line. */
static bool trim(const char **text, size_t *out_length)
{
	size_t length;

	if (*text == NULL) {
		*out_length = 0;
		return true;
	}
	*text += strspn(*text, " \t");
	length = strlen(*text);
	while (length != 0 && ((*text)[length - 1] == ' ' || (*text)[length - 1] == '\t')) {
		length--;
	}
	*out_length = length;
	return si_scenario_is_origin(*text, length);
}

sessio_status sessio_scenario_set_origin(
	sessio_scenario *scenario, const char *program, const char *bounds)
{
	size_t program_length, bounds_length;
	char *new_program, *new_bounds;

	if (scenario == NULL || !trim(&program, &program_length) ||
		!trim(&bounds, &bounds_length)) {
		return SESSIO_INVALID_ARG;
	}
	new_program = copy_text(program != NULL ? program : "", program_length);
	new_bounds = copy_text(bounds != NULL ? bounds : "", bounds_length);
	if (new_program == NULL || new_bounds == NULL) {
		free(new_program);
		free(new_bounds);
		return SESSIO_NO_MEMORY;
	}
	free(scenario->program);
	free(scenario->bounds);
	scenario->program = new_program;
	scenario->bounds = new_bounds;
	return SESSIO_OK;
}

const char *sessio_scenario_program(const sessio_scenario *scenario)
{
	return scenario != NULL && scenario->program != NULL ? scenario->program : "";
}

const char *sessio_scenario_bounds(const sessio_scenario *scenario)
{
	return scenario != NULL && scenario->bounds != NULL ? scenario->bounds : "";
}

sessio_rules sessio_scenario_rules(const sessio_scenario *scenario)
{
	return scenario != NULL ? scenario->rules : (sessio_rules)0;
}

/* The scenario's own copy of a name; NULL, and why, if there can be none. */
static const char *keep_action(sessio_scenario *scenario, const char *name, sessio_status *out_why)
{
	char *copy;

	for (size_t i = 0; i < scenario->action_count; i++) {
		if (strcmp(scenario->actions[i], name) == 0) {
			return scenario->actions[i];
		}
	}
	*out_why = SESSIO_LIMIT;
	if (scenario->action_count == SESSIO_SCENARIO_MAX_ACTIONS) {
		return NULL;
	}
	*out_why = SESSIO_NO_MEMORY;
	copy = copy_text(name, strlen(name));
	if (copy != NULL) {
		scenario->actions[scenario->action_count++] = copy;
	}
	return copy;
}

static bool has_room(sessio_scenario *scenario)
{
	size_t room = scenario->room == 0 ? 16 : scenario->room * 2;
	sessio_step *steps;

	if (scenario->count < scenario->room) {
		return true;
	}
	steps = realloc(scenario->steps, room * sizeof(*steps));
	if (steps == NULL) {
		return false;
	}
	scenario->steps = steps;
	scenario->room = room;
	return true;
}

sessio_status sessio_scenario_add(sessio_scenario *scenario, const sessio_step *step)
{
	sessio_status why = SESSIO_OK;
	sessio_step copy;

	if (scenario == NULL || step == NULL || !si_scenario_is_step(step)) {
		return SESSIO_INVALID_ARG;
	}
	copy = plain(step);
	if (step->kind == SESSIO_STEP_ACTION &&
		!si_scenario_is_action(step->action, strlen(step->action))) {
		return SESSIO_INVALID_ARG;
	}
	if (scenario->count == SESSIO_SCENARIO_MAX_STEPS) {
		return SESSIO_LIMIT;
	}
	if (!has_room(scenario)) {
		return SESSIO_NO_MEMORY;
	}
	if (step->kind == SESSIO_STEP_ACTION) {
		copy.action = keep_action(scenario, step->action, &why);
		if (copy.action == NULL) {
			return why;
		}
	}
	if (step->kind == SESSIO_STEP_CALL) {
		copy.call = si_scenario_copy_call(step->call);
		if (copy.call == NULL) {
			return SESSIO_NO_MEMORY;
		}
	}
	scenario->steps[scenario->count++] = copy;
	return SESSIO_OK;
}

void si_scenario_drop_last(sessio_scenario *scenario)
{
	free((void *)(uintptr_t)scenario->steps[--scenario->count].call); /* our own copy */
}

void si_scenario_mark_last(sessio_scenario *scenario, unsigned flags)
{
	scenario->steps[scenario->count - 1].flags |= flags;
}

size_t sessio_scenario_count(const sessio_scenario *scenario)
{
	return scenario != NULL ? scenario->count : 0;
}

const sessio_step *sessio_scenario_step(const sessio_scenario *scenario, size_t index)
{
	return scenario != NULL && index < scenario->count ? &scenario->steps[index] : NULL;
}
