/* SPDX-License-Identifier: MIT */
/* The tree of histories: its nodes, and what may follow each. */
#include <stdlib.h>

#include "testing/explore.h"

uint32_t si_explore_add_node(sessio_explore *explore, const struct si_explore_candidate *candidate,
	const struct si_explore_outcome *outcome)
{
	struct si_explore_node *node;

	if (explore->node_count == explore->node_room) {
		size_t room = 2 * explore->node_room + 64;
		struct si_explore_node *nodes =
			realloc(explore->nodes, room * sizeof(*explore->nodes));

		if (nodes == NULL) {
			return SI_EXPLORE_NO_NODE;
		}
		explore->nodes = nodes;
		explore->node_room = room;
	}
	node = &explore->nodes[explore->node_count];
	node->parent = candidate->parent;
	node->move = candidate->move;
	node->states = outcome != NULL ? outcome->states : 0;
	node->repeat = outcome != NULL ? outcome->repeat : 0;
	node->faults =
		(candidate->parent != SI_EXPLORE_NO_NODE ? explore->nodes[candidate->parent].faults
							 : 0) +
		(candidate->move.fault != 0);
	return (uint32_t)explore->node_count++;
}

struct expansion {
	sessio_explore *explore;
	uint32_t node;
	si_explore_visit_fn *visit;
};

static bool visit(const struct expansion *expansion, struct si_explore_move move)
{
	struct si_explore_candidate next = { expansion->node, move };

	return expansion->visit(expansion->explore, &next);
}

static bool visit_event(const struct expansion *expansion, enum si_explore_move_kind kind,
	uint32_t session, unsigned event)
{
	struct si_explore_move move = {
		.kind = (uint8_t)kind, .event = (uint8_t)event, .session = (uint8_t)session
	};
	bool has_terminal =
		event == SESSIO_USER_EVENT_CREATED || event == SESSIO_USER_EVENT_CONNECTED;

	if (!visit(expansion, move)) {
		return false;
	}
	if (!has_terminal || (expansion->explore->options.flags & SESSIO_EXPLORE_REMOTE) == 0) {
		return true;
	}
	move.remote = 1;
	return visit(expansion, move);
}

static bool visit_events(const struct expansion *expansion, uint32_t session, unsigned state)
{
	const sessio_explore_options *options = &expansion->explore->options;
	uint32_t legal = sessio_user_state_events(options->rules,
		state != 0 ? (sessio_user_state)state : SESSIO_USER_STATE_INITIALIZED);

	for (unsigned event = 1; event < SESSIO_USER_EVENT_MAX; event++) {
		if ((legal & sessio_user_event_bit((sessio_user_event)event)) != 0) {
			if (!visit_event(expansion, SI_EXPLORE_POSTS, session, event)) {
				return false;
			}
			continue;
		}
		if ((options->flags & SESSIO_EXPLORE_REFUSED) != 0 &&
			!visit_event(expansion, SI_EXPLORE_POSTS_REFUSED, session, event)) {
			return false;
		}
		if ((options->flags & SESSIO_EXPLORE_OUTSIDE) != 0 &&
			!visit_event(expansion, SI_EXPLORE_OBSERVES, session, event)) {
			return false;
		}
	}
	return true;
}

static bool visit_numbers(const struct expansion *expansion, uint8_t index, uint32_t session)
{
	const sessio_explore_action *action = &expansion->explore->options.actions[index];
	struct si_explore_move move = { .kind = SI_EXPLORE_ACTS,
		.action = index,
		.session = (uint8_t)session,
		.number = action->first };

	for (; visit(expansion, move); move.number++) {
		if (move.number == action->last) {
			return true;
		}
	}
	return false;
}

static bool visit_action(const struct expansion *expansion, uint8_t index, uint32_t states)
{
	const sessio_explore_options *options = &expansion->explore->options;

	if (!options->actions[index].for_sessions) {
		return visit_numbers(expansion, index, 0);
	}
	for (uint32_t id = 1; id <= options->sessions; id++) {
		if ((states >> (4 * (id - 1)) & 0xfu) != 0 &&
			!visit_numbers(expansion, index, id)) {
			return false;
		}
	}
	return true;
}

bool si_explore_expand(sessio_explore *explore, uint32_t node, si_explore_visit_fn *to)
{
	struct expansion expansion = { explore, node, to };
	uint32_t states = explore->nodes[node].states;

	for (uint32_t id = 1; id <= explore->options.sessions; id++) {
		if (!visit_events(&expansion, id, states >> (4 * (id - 1)) & 0xfu)) {
			return false;
		}
	}
	for (size_t i = 0; i < explore->options.action_count; i++) {
		if (!visit_action(&expansion, (uint8_t)i, states)) {
			return false;
		}
	}
	return true;
}
