/* SPDX-License-Identifier: MIT */
/*
 * Programs that must die: each case breaks one invariant of the library, and
 * sessio_death() in CMakeLists.txt wants it stopped for the right reason. A case
 * that lives on returns, and the program then ends as a failed test does.
 */
#ifndef SESSIO_TESTS_DEATH_H
#define SESSIO_TESTS_DEATH_H

#include <stdio.h>
#include <string.h>

#if defined(SESSIO_TESTS_COVERAGE)
#include <signal.h>

void __gcov_dump(void);

/* Code that ran on the way to abort() is covered, too. */
static inline void death_dump(int number)
{
	(void)number;
	__gcov_dump();
}
#endif

struct death {
	const char *name;
	void (*die)(void);
};

/* One row of the table, under its function's name. */
#define DEATH(name)         \
	{                   \
#name, name \
	}

/* Runs the case that argv names; the result is what main() returns. */
static inline int death_main(int argc, char **argv, const struct death *cases, size_t count)
{
#if defined(SESSIO_TESTS_COVERAGE)
	(void)signal(SIGABRT, death_dump);
#endif
	for (size_t i = 0; i < count; i++) {
		if (argc == 2 && strcmp(argv[1], cases[i].name) == 0) {
			cases[i].die();
			fprintf(stderr, "%s: still alive\n", cases[i].name);
			return 1;
		}
	}
	fprintf(stderr, "no such case\n");
	return 1;
}

#endif /* SESSIO_TESTS_DEATH_H */
