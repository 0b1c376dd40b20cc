/* SPDX-License-Identifier: MIT */
/*
 * (alloc_fail-1) leaks_live() counts what the platform gave out and has not got back,
 *      whether a stretch is on or not.
 * (alloc_fail-2) Only allocations inside a stretch are numbered, from 1 in every run, so
 *      the same scenario meets the same numbers until one of them fails.
 * (alloc_fail-3) The first run fails nothing: it shows that the scenario passes, and lets
 *      whatever the library keeps for the whole process come to be.
 */
#include "test.h"

#include "alloc_fail.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "leaks.h"
#include "platform/hooks.h"

/* More failing places than this means that a run never comes to its end. */
#define FAILURES_MAX 10000u

#define NEVER SIZE_MAX

struct alloc_fail {
	size_t live_before; /* at the start of the stretch */
	char complaint[160]; /* the first rule that was broken; empty: none */
};

static _Atomic size_t passed; /* the number of the last allocation (alloc_fail-2) */
static _Atomic size_t failing = NEVER; /* the number that fails */
static _Atomic bool for_ever; /* and all after it */
static _Atomic bool on; /* inside a stretch */
static _Atomic bool fired; /* something failed in this run */
static _Atomic bool sweeping; /* stays set if an assertion leaves a sweep */

static bool must_fail(void)
{
	size_t number;

	if (!atomic_load(&on)) {
		return false;
	}
	number = atomic_fetch_add(&passed, 1) + 1;
	if (number == atomic_load(&failing) ||
		(number > atomic_load(&failing) && atomic_load(&for_ever))) {
		atomic_store(&fired, true);
		return true;
	}
	return false;
}

static bool may_alloc(size_t size)
{
	(void)size;
	return !must_fail();
}

static bool may_make_lock(void)
{
	return !must_fail();
}

/* Before main(), so that nothing of the library is missed. */
__attribute__((constructor)) static void begin(void)
{
	static const struct si_hooks hooks = {
		.may_alloc = may_alloc,
		.may_make_lock = may_make_lock,
	};

	leaks_hook(&hooks);
}

static void complain(struct alloc_fail *tester, const char *rule)
{
	if (tester->complaint[0] == '\0') {
		size_t number = atomic_load(&failing);

		if (number == NEVER) {
			snprintf(tester->complaint, sizeof(tester->complaint),
				"with memory for everything: %s", rule);
		} else {
			snprintf(tester->complaint, sizeof(tester->complaint),
				"allocation %zu fails%s: %s", number,
				atomic_load(&for_ever) ? " and all after it" : "", rule);
		}
	}
}

void alloc_fail_on(struct alloc_fail *tester)
{
	tester->live_before = leaks_live();
	atomic_store(&on, true);
}

bool alloc_fail_off(struct alloc_fail *tester, bool failed)
{
	atomic_store(&on, false);
	if (failed && !atomic_load(&fired)) {
		complain(tester, "a call failed although nothing had run out");
	}
	if (failed && leaks_live() != tester->live_before) {
		complain(tester, "a failed call kept what it had allocated");
	}
	return failed;
}

bool alloc_fail_fired(const struct alloc_fail *tester)
{
	(void)tester;
	return atomic_load(&fired);
}

int alloc_fail_say(void **state)
{
	(void)state;
	if (atomic_exchange(&sweeping, false) && atomic_load(&failing) != NEVER) {
		print_error("allocation %lu was failing%s\n", (unsigned long)atomic_load(&failing),
			atomic_load(&for_ever) ? ", and all after it" : "");
	}
	atomic_store(&on, false);
	return 0;
}

/* One run. False if a rule was broken. */
static bool run(struct alloc_fail *tester, alloc_fail_fn *scenario, void *ctx, size_t number)
{
	size_t live_before = leaks_live();

	atomic_store(&failing, number);
	atomic_store(&passed, 0);
	atomic_store(&fired, false);
	scenario(tester, ctx);
	if (atomic_exchange(&on, false)) {
		complain(tester, "the scenario left its stretch open");
	}
	/* (alloc_fail-3) */
	if (number != NEVER && leaks_live() != live_before) {
		complain(tester, "the run leaked, or freed what it did not allocate");
	}
	return tester->complaint[0] == '\0';
}

const char *alloc_fail_find(alloc_fail_fn *scenario, void *ctx, size_t *out_failures)
{
	static struct alloc_fail tester;
	const bool modes[] = { false, true };
	size_t failures = 0;

	memset(&tester, 0, sizeof(tester));
	atomic_store(&sweeping, true);
	atomic_store(&on, false);
	for (size_t i = 0; i < 2 && tester.complaint[0] == '\0'; i++) {
		atomic_store(&for_ever, modes[i]);
		if (!run(&tester, scenario, ctx, NEVER)) {
			break;
		}
		if (atomic_load(&passed) == 0) {
			complain(&tester, "nothing was allocated, so nothing was tested");
			break;
		}
		for (size_t number = 1; run(&tester, scenario, ctx, number); number++) {
			if (!atomic_load(&fired)) {
				break;
			}
			failures++;
			if (number == FAILURES_MAX) {
				complain(&tester, "the sweep does not come to an end");
				break;
			}
		}
	}
	atomic_store(&sweeping, false);
	atomic_store(&failing, NEVER);
	*out_failures = failures;
	return tester.complaint[0] == '\0' ? NULL : tester.complaint;
}

void alloc_fail_sweep(alloc_fail_fn *scenario, void *ctx)
{
	size_t failures;
	const char *complaint = alloc_fail_find(scenario, ctx, &failures);

	if (complaint != NULL) {
		fail_msg("%s", complaint);
	}
}
