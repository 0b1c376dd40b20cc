/* SPDX-License-Identifier: MIT */
/*
 * The allocation failure sweep: a scenario is run again and again. In each run
 * another allocation (or lock) fails, once or for ever from there on. The sweep
 * ends with a run in which none failed any more. Every run is a leak check too.
 *
 *	static void opening(struct alloc_fail *tester, void *ctx)
 *	{
 *		... what the call needs, with memory for everything ...
 *		alloc_fail_on(tester);
 *		status = the_call(...);
 *		if (alloc_fail_off(tester, status != OK)) {
 *			... it failed: assert the status, and that nothing changed ...
 *		}
 *		... give everything back ...
 *	}
 *
 * A program that uses it is made by sessio_alloc_test() in CMakeLists.txt. It
 * sets the platform's table of hooks before main().
 */
#ifndef SESSIO_TESTS_ALLOC_FAIL_H
#define SESSIO_TESTS_ALLOC_FAIL_H

#include <stdbool.h>
#include <stddef.h>

struct alloc_fail;

/* Runs many times; must leave nothing allocated, whatever failed. */
typedef void alloc_fail_fn(struct alloc_fail *tester, void *ctx);

/* Sweeps, and fails the running test on the first rule that was broken. */
void alloc_fail_sweep(alloc_fail_fn *scenario, void *ctx);

/*
 * Sweeps, and returns which rule was broken, NULL if none was. *out_failures is
 * the number of places that were made to fail. The text lives until the next sweep.
 */
const char *alloc_fail_find(alloc_fail_fn *scenario, void *ctx, size_t *out_failures);

/* From here on allocations are numbered and may fail. Any number of stretches a run. */
void alloc_fail_on(struct alloc_fail *tester);

/*
 * Ends the stretch; failed says whether the calls in it reported failure, and
 * comes back as the result. Broken rules: a failure although nothing ran out,
 * and one that did not give back what it had allocated in this stretch.
 */
bool alloc_fail_off(struct alloc_fail *tester, bool failed);

/* Whether something has run out in this run. */
bool alloc_fail_fired(const struct alloc_fail *tester);

/*
 * A cmocka teardown: after a test that failed inside a sweep it says which
 * allocation was failing, which the failed assertion cannot know.
 */
int alloc_fail_say(void **state);

#endif /* SESSIO_TESTS_ALLOC_FAIL_H */
