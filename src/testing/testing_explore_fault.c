/* SPDX-License-Identifier: MIT */
/*
 * Faults as a dimension of histories. Nobody knows how many allocations a step makes. So
 * the first fails, and as long as the fault came true, the step comes again with the next.
 */
#include <stdlib.h>

#include "testing/explore.h"

#define SLOW_NS UINT64_C(1000000000)
#define DEFAULT_KINDS \
	(1u << SESSIO_FAULT_ALLOCATION | 1u << SESSIO_FAULT_REGISTRATION | 1u << SESSIO_FAULT_OPEN)

static const sessio_fault kinds[] = { SESSIO_FAULT_ALLOCATION, SESSIO_FAULT_PATH,
	SESSIO_FAULT_EACH_PATH, SESSIO_FAULT_REGISTRATION, SESSIO_FAULT_OPEN, SESSIO_FAULT_SLOW,
	SESSIO_FAULT_LATE };

static bool add(sessio_explore *explore, const struct si_explore_candidate *candidate)
{
	if (explore->faulty_count == explore->faulty_room) {
		size_t room = 2 * explore->faulty_room + 64;
		struct si_explore_candidate *faulty =
			realloc(explore->faulty, room * sizeof(*faulty));

		if (faulty == NULL) {
			return false;
		}
		explore->faulty = faulty;
		explore->faulty_room = room;
	}
	explore->faulty[explore->faulty_count++] = *candidate;
	return true;
}

static bool is_wanted(const sessio_explore *explore, sessio_fault fault)
{
	unsigned wanted = explore->options.fault_kinds;

	return ((wanted != 0 ? wanted : DEFAULT_KINDS) & 1u << fault) != 0;
}

static unsigned faults_before(
	const sessio_explore *explore, const struct si_explore_candidate *candidate)
{
	return candidate->parent != SI_EXPLORE_NO_NODE ? explore->nodes[candidate->parent].faults
						       : 0;
}

uint16_t si_explore_failed_path(const sessio_explore *explore)
{
	return (uint16_t)explore->shared->paths.failed; /* a step has at most 2048 */
}

bool si_explore_add_faults(sessio_explore *explore, const struct si_explore_candidate *candidate)
{
	struct si_explore_candidate next = *candidate;

	if (candidate->move.fault == SESSIO_FAULT_SLOW ||
		candidate->move.fault == SESSIO_FAULT_LATE ||
		candidate->move.fault_number == UINT16_MAX) {
		return true;
	}
	if (candidate->move.fault == SESSIO_FAULT_EACH_PATH) {
		return add(explore, candidate); /* each time another one fails */
	}
	if (candidate->move.fault != 0) {
		next.move.fault_number++;
		return add(explore, &next);
	}
	if (faults_before(explore, candidate) >= explore->options.faults) {
		return true;
	}
	next.move.fault_number = 1;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		next.move.fault = (uint8_t)kinds[i];
		if (is_wanted(explore, kinds[i]) && !add(explore, &next)) {
			return false;
		}
	}
	return true;
}

sessio_step si_explore_fault_step(const struct si_explore_move *move)
{
	return (sessio_step){ .kind = SESSIO_STEP_FAULT,
		.fault = (sessio_fault)move->fault,
		.number = move->fault == SESSIO_FAULT_SLOW ? SLOW_NS : move->fault_number };
}

bool si_explore_take_fault(
	const sessio_explore *explore, const sessio_step *step, struct si_explore_move *move)
{
	bool is_slow = step->fault == SESSIO_FAULT_SLOW;
	/* Paths that failed with EACH_PATH are saved as what they are. */
	bool wanted = is_wanted(explore, step->fault) ||
		(step->fault == SESSIO_FAULT_PATH && is_wanted(explore, SESSIO_FAULT_EACH_PATH));

	move->fault = (uint8_t)step->fault;
	move->fault_number = (uint16_t)(is_slow ? 1 : step->number);
	return explore->options.faults != 0 && wanted && step->fault != SESSIO_FAULT_EACH_PATH &&
		(is_slow ? step->number == SLOW_NS : step->number <= UINT16_MAX);
}
