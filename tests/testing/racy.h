/* SPDX-License-Identifier: MIT */
/*
 * Small programs of threads with a mistake each, and the same without it. Which of
 * both is run, arg says.
 */
#ifndef SESSIO_TESTS_RACY_H
#define SESSIO_TESTS_RACY_H

#include <sessio/testing_threads.h>

struct racy {
	const char *name;
	void (*body)(void *arg); /* arg: a bool, whether to be right */
	uint64_t (*digest)(void *arg);
	sessio_threads_finding finding; /* of the mistake */
	unsigned bounds; /* that are enough to find it */
	unsigned faults; /* that it takes */
	bool is_small; /* without the mistake all schedules can be tried */
};

extern const struct racy racy_programs[];
extern const size_t racy_count;

#endif /* SESSIO_TESTS_RACY_H */
