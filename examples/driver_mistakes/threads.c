/* SPDX-License-Identifier: MIT */
/*
 * Explores a driver with two threads: one cancels a read, and a user logs on at the other.
 * Prints the mistake, and that its corrected twin has none. With an argument it prints the
 * whole report.
 */
#include <stdio.h>

#include <sessio/testing_driver.h>
#include <sessio/testing_threads.h>

SESSIO_DRIVER(rash);
SESSIO_DRIVER(rash_corrected);

static sessio_kit *kit;
static sessio_kit_file *file;

static void post(sessio_user_event event)
{
	SESSIO_THREADS_CHECK(sessio_kit_post(kit, 1, event, 0) == SESSIO_OK);
}

static void cancel_read(void *arg)
{
	(void)arg;
	(void)sessio_kit_cancel(sessio_kit_pended(file), 0, NULL);
}

static void log_on(void *arg)
{
	(void)arg;
	post(SESSIO_USER_EVENT_LOGON);
}

static void body(void *arg)
{
	static char byte; /* a read that is pended keeps its buffer */

	SESSIO_THREADS_CHECK(sessio_kit_create(NULL, &kit) == SESSIO_OK);
	post(SESSIO_USER_EVENT_CREATED);
	post(SESSIO_USER_EVENT_CONNECTED);
	SESSIO_THREADS_CHECK(sessio_kit_load_image(kit, arg, NULL) == STATUS_SUCCESS);
	SESSIO_THREADS_CHECK(
		sessio_kit_open(kit, 1, L"\\Device\\NextLogon", &file) == STATUS_SUCCESS);
	SESSIO_THREADS_CHECK(sessio_kit_read(file, &byte, 1, NULL) == STATUS_PENDING);
	(void)sessio_threads_start("canceller", cancel_read, NULL);
	(void)sessio_threads_start("logon", log_on, NULL);
	sessio_threads_join();
	(void)sessio_kit_finish(kit); /* a finding ends the schedule */
}

static bool has_mistake(const sessio_driver_image *driver, bool in_full)
{
	const sessio_threads_options options = { .program = driver->image.name,
		.body = body,
		.arg = (void *)(uintptr_t)driver,
		.bounds = 2 };
	const sessio_threads_result *result;
	bool is_found;
	sessio_threads *threads;

	if (sessio_threads_explore(&options, &threads) != SESSIO_OK) {
		return false;
	}
	result = sessio_threads_get_result(threads);
	is_found = result->finding != SESSIO_THREADS_NOTHING;
	printf("%s: \"%s\"\n%s", options.program, result->text, in_full ? result->report : "");
	sessio_threads_destroy(threads);
	return is_found;
}

int main(int argc, char **argv)
{
	(void)argv;
	return has_mistake(&sessio_driver_image_of_rash, argc > 1) &&
			!has_mistake(&sessio_driver_image_of_rash_corrected, argc > 1)
		? 0
		: 1;
}
