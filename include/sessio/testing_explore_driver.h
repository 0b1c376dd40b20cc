/* SPDX-License-Identifier: MIT */
/*
 * Exploration of a driver, in one call.
 *
 * Besides the events of user sessions and a test's own actions, its histories have
 * these. For each user session, `open` opens the device. Through that file, `read` and
 * `write` send a request of 64 bytes, and `cancel` cancels it while it is pended. Then
 * `close` closes it. For none: `unload`. A session has one such file at a time,
 * and that has one pended request at a time. The write's bytes are 0. If a device name
 * is not given, there is `unload` alone. The test's own actions, such as device
 * controls, use the same file: see sessio_kit_find_file().
 *
 * Default: a call keeps no reference, does not block, and calls nobody back. Calls come
 *          one at a time, from any thread.
 */
#ifndef SESSIO_TESTING_EXPLORE_DRIVER_H
#define SESSIO_TESTING_EXPLORE_DRIVER_H

/*
 * From examples/driver_guide/every.c:
 *
 *     if (sessio_explore_driver(silent, L"\\Device\\NextLogon", NULL, &result) != SESSIO_OK) {
 *         return 1;
 *     }
 */

#include <sessio/testing_driver.h>
#include <sessio/testing_explore.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Explores the driver that SESSIO_DRIVER() declares; see sessio_explore_driver_image(). */
#define sessio_explore_driver(name, device, options, out_result) \
	sessio_explore_driver_image(                             \
		&sessio_driver_image_of_##name, (device), (options), (out_result))

/**
 * Explore a driver. Each history loads it first. Then the options' `begin` runs, if there is one.
 *
 * @param device   the name that `open` opens; NULL: nothing is opened.
 * @param options  NULL for all zero. Their actions come besides, under other names. Their program
 *                 is the driver's name, if it is NULL.
 * @return as sessio_explore_run(): SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BUSY, SESSIO_BAD_STATE,
 *         SESSIO_NO_MEMORY, SESSIO_REFUSED.
 *
 * Ref:     *out_result is the caller's, for sessio_explore_destroy().
 * Blocks:  until all has been explored.
 * Calls back: the options' functions and the driver, in copies of the process.
 */
SESSIO_MUST_CHECK
sessio_status sessio_explore_driver_image(const sessio_driver_image *image, PCWSTR device,
	const sessio_explore_options *options, sessio_explore **out_result);

/**
 * Run one history of a driver again, such as a saved one.
 *
 * @param device   as for the exploration that found it, and so is @p options.
 * @return as sessio_explore_replay(): SESSIO_OK, SESSIO_INVALID_ARG, SESSIO_BUSY,
 *         SESSIO_BAD_STATE, SESSIO_NO_MEMORY, SESSIO_REFUSED.
 *
 * Ref:     *out_result is the caller's, for sessio_explore_destroy().
 * Blocks:  until the history has run.
 * Calls back: as sessio_explore_driver_image().
 */
SESSIO_MUST_CHECK
sessio_status sessio_explore_driver_replay(const sessio_driver_image *image, PCWSTR device,
	const sessio_explore_options *options, const sessio_scenario *scenario,
	sessio_explore **out_result);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_TESTING_EXPLORE_DRIVER_H */
