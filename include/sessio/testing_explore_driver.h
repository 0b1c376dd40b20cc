/* SPDX-License-Identifier: MIT */
/*
 * Exploration of a driver, in one call.
 *
 * Besides the events of user sessions and a test's own actions, its histories have
 * these. For each user session, `open` opens the device. Through that file, `read` and
 * `write` send a request of 64 bytes, and each device control in the options has an action
 * under its name. `cancel` cancels the latest that is pended. Then `close` closes the file.
 * For none: `unload`. A session has one such file at a time. That has one read or write
 * at a time, and one control with each code. The write's bytes are 0. If a device name is not
 * given, there is `unload` alone. The test's own actions use the same file: see
 * sessio_kit_find_file().
 *
 * Default: a call keeps no reference, does not block, and calls nobody back. Calls come
 *          one at a time, from any thread.
 */
#ifndef SESSIO_TESTING_EXPLORE_DRIVER_H
#define SESSIO_TESTING_EXPLORE_DRIVER_H

/*
 * From examples/driver_guide/controls.c:
 *
 *     const sessio_explore_control controls[] = {
 *         { .name = "wait", .code = IOCTL_BELL_WAIT },
 *         { .name = "ring", .code = IOCTL_BELL_RING, .in = "\2", .in_length = 1 },
 *     };
 */

#include <sessio/testing_driver.h>
#include <sessio/testing_explore.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A device control that histories have. All of it is borrowed for the call. */
typedef struct sessio_explore_control {
	const char *name; /* as of an action */
	ULONG code; /* its buffers reach the driver by the method in it */
	const void *in; /* each request gets a copy; NULL if in_length is 0 */
	ULONG in_length;
	ULONG out_length; /* of a buffer of zeros */
} sessio_explore_control;

/** Explores the driver that SESSIO_DRIVER() declares; see sessio_explore_driver_image(). */
#define sessio_explore_driver(name, device, options, out_result) \
	sessio_explore_driver_image(                             \
		&sessio_driver_image_of_##name, (device), (options), (out_result))

/** The same in one line of a test; see sessio_explore_driver_image_passes(). */
#define sessio_explore_driver_passes(name, device, options) \
	sessio_explore_driver_image_passes(&sessio_driver_image_of_##name, (device), (options))

/**
 * Explore a driver. Each history loads it first. Then the options' `begin` runs, if there is one.
 *
 * @param device   the name that `open` opens; NULL: nothing is opened.
 * @param options  NULL for all zero. Their actions and controls come besides, under other names.
 *                 Their program is the driver's name, if it is NULL.
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
 * Explore a driver, and print the summary and the report to the standard output.
 *
 * @param device   as for sessio_explore_driver_image(), and so is @p options.
 * @return whether no history failed; false also if nothing could be explored, or if no history
 *         could open the device.
 *
 * Blocks:  as sessio_explore_driver_image().
 * Calls back: as sessio_explore_driver_image().
 */
SESSIO_MUST_CHECK
bool sessio_explore_driver_image_passes(
	const sessio_driver_image *image, PCWSTR device, const sessio_explore_options *options);

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
