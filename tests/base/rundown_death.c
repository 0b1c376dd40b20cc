/* SPDX-License-Identifier: MIT */
/* The operation counter stops the program for operations that never began. */
#include "death.h"

#include "base/rundown.h"

static void release_before_open(void)
{
	struct si_rundown run;

	si_rundown_init(&run);
	(void)si_rundown_release(&run);
}

/* Closed as well, it would else count against the closer's part of the end. */
static void release_before_open_of_a_closed_one(void)
{
	struct si_rundown run;

	si_rundown_init(&run);
	(void)si_rundown_close(&run);
	(void)si_rundown_release(&run);
}

static void release_without_acquire(void)
{
	struct si_rundown run;

	si_rundown_init(&run);
	(void)si_rundown_open(&run);
	(void)si_rundown_release(&run);
}

static void release_twice(void)
{
	struct si_rundown run;

	si_rundown_init(&run);
	(void)si_rundown_open(&run);
	(void)si_rundown_acquire(&run);
	(void)si_rundown_release(&run);
	(void)si_rundown_release(&run);
}

static void release_after_the_end(void)
{
	struct si_rundown run;

	si_rundown_init(&run);
	(void)si_rundown_open(&run);
	(void)si_rundown_release_closer(&run, si_rundown_close(&run));
	(void)si_rundown_release(&run);
}

static void finish_release_without_acquire(void)
{
	struct si_rundown run;
	uint64_t met;

	si_rundown_init(&run);
	(void)si_rundown_open(&run);
	if (!si_rundown_release_uncontended(&run, &met)) {
		(void)si_rundown_finish_release(&run, met);
	}
}

static void be_the_last_of_too_many(void)
{
	struct si_rundown run;

	si_rundown_init(&run);
	(void)si_rundown_open(&run);
	(void)si_rundown_close(&run);
	atomic_store(&run.drain, SI_RUN_ONE);
	(void)si_rundown_finish_acquire(&run, SI_RUN_LIMIT);
}

/* Not a broken invariant: the test of the test, see CMakeLists.txt. */
static void nothing(void)
{
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		{ "release_before_open", release_before_open },
		{ "release_before_open_of_a_closed_one", release_before_open_of_a_closed_one },
		{ "release_without_acquire", release_without_acquire },
		{ "release_twice", release_twice },
		{ "release_after_the_end", release_after_the_end },
		{ "finish_release_without_acquire", finish_release_without_acquire },
		{ "be_the_last_of_too_many", be_the_last_of_too_many },
		{ "nothing", nothing },
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
