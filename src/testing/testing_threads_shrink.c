/* SPDX-License-Identifier: MIT */
/*
 * A finding is made smaller: first operations are left out, then faults, then
 * pre-emptions, then other switches. The rest shows the same finding.
 */
#include <string.h>

#include "testing/testing_threads.h"

#define SEARCH_SCHEDULES 2000u /* for one operation less */

/* The finding that it must still show. */
struct wanted {
	sessio_threads_finding finding;
	char text[SI_THREADS_TEXT];
};

static bool is_wanted(const sessio_threads *threads, const struct wanted *wanted)
{
	const struct si_threads_shared *shared = threads->keeper.shared;

	/* Other texts have numbers and names, which may change. */
	return !threads->broken && shared->finding == wanted->finding &&
		(wanted->finding != SESSIO_THREADS_FAILED ||
			strcmp(shared->text, wanted->text) == 0);
}

/* If these choices are enough, they are kept, as the run made them. */
static bool try_choices(sessio_threads *threads, const struct wanted *wanted,
	const struct si_threads_choice *choices, unsigned count, uint64_t operations_off)
{
	si_threads_plan(threads, choices, count, operations_off);
	if (!si_threads_go(threads) || !is_wanted(threads, wanted)) {
		return false;
	}
	threads->operations_off = operations_off;
	return si_threads_choices(threads->keeper.shared, threads->choices, &threads->choice_count);
}

static bool try_without_operation(
	sessio_threads *threads, const struct wanted *wanted, uint64_t operations_off)
{
	sessio_threads_result ignored = { 0 };

	if (try_choices(threads, wanted, threads->choices, threads->choice_count, operations_off)) {
		return true;
	}
	threads->keeper.shared->finding = SESSIO_THREADS_NOTHING;
	si_threads_search(threads, operations_off, threads->result.preemptions + 1,
		SEARCH_SCHEDULES, &ignored);
	if (!is_wanted(threads, wanted)) {
		return false;
	}
	threads->operations_off = operations_off;
	return si_threads_choices(threads->keeper.shared, threads->choices, &threads->choice_count);
}

static void leave_out_operations(
	sessio_threads *threads, const struct wanted *wanted, uint64_t operations)
{
	for (unsigned i = 0; i < 64; i++) {
		uint64_t bit = UINT64_C(1) << i;

		if ((operations & bit) != 0 && !threads->broken) {
			(void)try_without_operation(threads, wanted, threads->operations_off | bit);
		}
	}
}

enum part { FAULTS, PREEMPTIONS, SWITCHES };

static enum part part_of(
	const struct si_threads_shared *shared, const struct si_threads_choice *choice)
{
	for (unsigned i = 0; i < shared->decision_count; i++) {
		const struct si_threads_decision *decision = &shared->decisions[i];

		if (decision->thread != choice->thread || decision->nth != choice->nth) {
			continue;
		}
		if (decision->point == SI_THREADS_FAULT) {
			return FAULTS;
		}
		return (decision->costly >> decision->chosen & 1u) != 0 ? PREEMPTIONS : SWITCHES;
	}
	return SWITCHES;
}

/* The parts of the choices, by the run that they stand for. False: no run is to be had. */
static bool learn_parts(sessio_threads *threads, uint8_t *parts)
{
	si_threads_plan(threads, threads->choices, threads->choice_count, threads->operations_off);
	if (!si_threads_go(threads)) {
		return false;
	}
	for (unsigned i = 0; i < threads->choice_count; i++) {
		parts[i] = (uint8_t)part_of(threads->keeper.shared, &threads->choices[i]);
	}
	return true;
}

/* Without so many choices of this part, from the first on. False: it shows nothing then. */
static bool try_without(sessio_threads *threads, const struct wanted *wanted, const uint8_t *parts,
	enum part part, unsigned first, unsigned many)
{
	static struct si_threads_choice fewer[SI_THREADS_CHOICES];
	unsigned count = 0, met = 0, before = threads->choice_count;

	for (unsigned i = 0; i < threads->choice_count; i++) {
		bool is_part = parts[i] == (uint8_t)part;

		if (!is_part || met < first || met >= first + many) {
			fewer[count++] = threads->choices[i];
		}
		met += is_part;
	}
	if (count == before) {
		return false;
	}
	si_threads_plan(threads, fewer, count, threads->operations_off);
	if (!si_threads_go(threads) || !is_wanted(threads, wanted)) {
		return false;
	}
	memcpy(threads->choices, fewer, count * sizeof(fewer[0]));
	threads->choice_count = count;
	return true;
}

static unsigned count_part(const uint8_t *parts, unsigned count, enum part part)
{
	unsigned many = 0;

	for (unsigned i = 0; i < count; i++) {
		many += parts[i] == (uint8_t)part;
	}
	return many;
}

static void leave_out(sessio_threads *threads, const struct wanted *wanted, enum part part)
{
	static uint8_t parts[SI_THREADS_CHOICES];
	unsigned all, first = 0;

	if (!learn_parts(threads, parts)) {
		return;
	}
	all = count_part(parts, threads->choice_count, part);
	for (unsigned many = all; many != 0; many /= 2) {
		for (first = 0; first < all;) {
			if (!try_without(threads, wanted, parts, part, first, many)) {
				first += many;
			} else if (!learn_parts(threads, parts)) {
				return;
			} else {
				all = count_part(parts, threads->choice_count, part);
			}
		}
	}
}

void si_threads_shrink(sessio_threads *threads)
{
	struct si_threads_shared *shared = threads->keeper.shared;
	struct wanted wanted = { .finding = shared->finding };
	uint64_t operations = shared->operations;
	unsigned before;

	memcpy(wanted.text, shared->text, sizeof(wanted.text));
	threads->result.preemptions = shared->preemptions;
	(void)si_threads_choices(shared, threads->choices, &threads->choice_count);
	if (wanted.finding == SESSIO_THREADS_UNSTABLE ||
		(threads->options.flags & SESSIO_THREADS_KEEP) != 0) {
		return;
	}
	leave_out_operations(threads, &wanted, operations);
	do {
		before = threads->choice_count;
		leave_out(threads, &wanted, FAULTS);
		leave_out(threads, &wanted, PREEMPTIONS);
		leave_out(threads, &wanted, SWITCHES);
	} while (threads->choice_count < before);
	/* The last run may be one that showed nothing. */
	(void)try_choices(
		threads, &wanted, threads->choices, threads->choice_count, threads->operations_off);
}
