/* SPDX-License-Identifier: MIT */
/*
 * The promises of sessio/source.h and src/source/source.h, for any source. A source
 * has a line in source_test.c, with the way to make something happen in the
 * system that it mirrors.
 */
#ifndef SESSIO_TESTS_SOURCE_SUITE_H
#define SESSIO_TESTS_SOURCE_SUITE_H

#include "source/source.h"

struct source_case {
	const struct si_source_ops *ops;

	/* Called before each opening; may be NULL. Prepares the system for one more source. */
	void (*begin)(void);

	/* Makes an event happen, and returns when the source has reported it. May be called
	 * from several threads, and inside a callback, where it does not wait. */
	sessio_status (*make)(sessio_source *source, uint32_t session_id, sessio_user_event event);
};

/* The whole suite, as one test after the other. */
void source_suite(const struct source_case *test);

#endif /* SESSIO_TESTS_SOURCE_SUITE_H */
