/* SPDX-License-Identifier: MIT */
/* An exploration that has to run. */
#ifndef TESTS_EXPLORE_H
#define TESTS_EXPLORE_H

#include "test.h"

#include <sessio/testing_explore.h>

static inline sessio_explore *explore(const sessio_explore_options *options)
{
	sessio_explore *result = NULL;

	assert_int_equal(sessio_explore_run(options, &result), SESSIO_OK);
	return result;
}

#endif /* TESTS_EXPLORE_H */
