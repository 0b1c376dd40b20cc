/* SPDX-License-Identifier: MIT */
/* Moves as steps of a scenario, and back. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "testing/explore.h"

#define BEGIN "begin" /* the name of the beginning, as if it were an action */

size_t si_explore_put(char *text, size_t size, size_t length, const char *format, ...)
{
	va_list arguments;
	int more;

	if (length + 1 >= size) {
		return length;
	}
	va_start(arguments, format);
	more = vsnprintf(text + length, size - length, format, arguments);
	va_end(arguments);
	length += more > 0 ? (size_t)more : 0;
	return length < size ? length : size - 1;
}

void si_explore_to_step(
	const sessio_explore *explore, const struct si_explore_move *move, sessio_step *out_step)
{
	memset(out_step, 0, sizeof(*out_step));
	out_step->session_id = move->session;
	if (move->kind == SI_EXPLORE_BEGINS || move->kind == SI_EXPLORE_ACTS) {
		out_step->kind = SESSIO_STEP_ACTION;
		out_step->action = move->kind == SI_EXPLORE_BEGINS
			? BEGIN
			: explore->options.actions[move->action].name;
		out_step->flags = move->session != 0 ? SESSIO_STEP_FOR_SESSION : 0u;
		out_step->number = move->number;
		return;
	}
	out_step->kind = SESSIO_STEP_EVENT;
	out_step->event = (sessio_user_event)move->event;
	out_step->flags = (move->remote ? SESSIO_STEP_REMOTE : 0u) |
		(move->kind == SI_EXPLORE_OBSERVES ? SESSIO_STEP_OBSERVED : 0u) |
		(move->kind == SI_EXPLORE_POSTS_REFUSED ? SESSIO_STEP_REFUSED : 0u);
}

static bool from_action(
	const sessio_explore *explore, const sessio_step *step, struct si_explore_move *move)
{
	if (strcmp(step->action, BEGIN) == 0) {
		move->kind = SI_EXPLORE_BEGINS;
		return true;
	}
	move->kind = SI_EXPLORE_ACTS;
	for (size_t i = 0; i < explore->options.action_count; i++) {
		const sessio_explore_action *action = &explore->options.actions[i];

		if (strcmp(step->action, action->name) == 0) {
			move->action = (uint8_t)i;
			return action->for_sessions == (step->session_id != 0) &&
				step->number >= action->first && step->number <= action->last;
		}
	}
	return false;
}

bool si_explore_from_step(
	const sessio_explore *explore, const sessio_step *step, struct si_explore_move *out_move)
{
	memset(out_move, 0, sizeof(*out_move));
	if (step->session_id > explore->options.sessions) {
		return false;
	}
	out_move->session = (uint8_t)step->session_id;
	out_move->number = step->number;
	if (step->kind == SESSIO_STEP_ACTION) {
		return from_action(explore, step, out_move);
	}
	out_move->event = (uint8_t)step->event;
	out_move->remote = (step->flags & SESSIO_STEP_REMOTE) != 0;
	out_move->kind = (step->flags & SESSIO_STEP_OBSERVED) != 0 ? SI_EXPLORE_OBSERVES
		: (step->flags & SESSIO_STEP_REFUSED) != 0         ? SI_EXPLORE_POSTS_REFUSED
								   : SI_EXPLORE_POSTS;
	return step->kind == SESSIO_STEP_EVENT && step->session_id != 0;
}
