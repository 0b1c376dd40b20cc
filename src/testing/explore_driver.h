/* SPDX-License-Identifier: MIT */
/* Exploration of a driver, as its sources see it. */
#ifndef SI_TESTING_EXPLORE_DRIVER_H
#define SI_TESTING_EXPLORE_DRIVER_H

#include "sessio/testing_explore_driver.h"
#include "testing/explore.h"
#include "testing/file.h"

/* As request->function has it. */
#define SI_FUNCTION(major) ((uint64_t)(major) << 32)

/*
 * The latest pended request of a file with a function of this range; NULL if there is none.
 * Requests that have been completed by now are collected, and so are not pended any more.
 */
sessio_kit_request *si_explore_pended(sessio_kit_file *file, uint64_t first, uint64_t last);

/* --- testing_explore_driver_control.c --- */

/* Makes an action of each control in the options, behind those that they have. */
sessio_status si_explore_add_controls(
	sessio_explore_options *options, sessio_explore_action *actions);
void si_explore_free_controls(void);

#endif /* SI_TESTING_EXPLORE_DRIVER_H */
