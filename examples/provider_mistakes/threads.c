/* SPDX-License-Identifier: MIT */
/*
 * Explores a provider with two threads, one of which closes the session that the other
 * writes for. Prints the mistake, and that its corrected twin has none.
 */
#include <stdio.h>

#include <sessio/testing_provider.h>
#include <sessio/testing_threads.h>

#include "hurried.h"

SESSIO_PROVIDER(hurried);
SESSIO_PROVIDER(hurried_corrected);
SESSIO_PROVIDER_FUNCTION(hurried, board_write);
SESSIO_PROVIDER_FUNCTION(hurried, board_repeat);
SESSIO_PROVIDER_FUNCTION(hurried_corrected, board_write);
SESSIO_PROVIDER_FUNCTION(hurried_corrected, board_repeat);

struct test {
	const sessio_provider_image *image;
	Retcode (*write)(const nk_handle_desc_t *desc);
	Retcode (*repeat)(void);
	sessio_kit_session *session;
};

static void repeat(void *arg)
{
	(void)((struct test *)arg)->repeat(); /* whatever it answers */
}

static void close_session(void *arg)
{
	(void)sessio_kit_close_session(((struct test *)arg)->session);
}

static void body(void *arg)
{
	struct test *test = arg;
	sessio_kit_consumer *anna;
	nk_handle_desc_t desc;
	sessio_kit *kit;

	SESSIO_THREADS_CHECK(sessio_kit_create(NULL, &kit) == SESSIO_OK);
	SESSIO_THREADS_CHECK(sessio_kit_load_provider_image(kit, test->image, NULL) == rcOk);
	SESSIO_THREADS_CHECK(
		sessio_kit_create_consumer(kit, SESSIO_KIT_NO_SESSION, &anna) == SESSIO_OK);
	SESSIO_THREADS_CHECK(sessio_kit_open_object(anna, sessio_kit_find_object(kit, "board"),
				     BOARD_WRITE, 0, RTL_NULL, &test->session) == rcOk);
	SESSIO_THREADS_CHECK(sessio_kit_give_handle(test->session) == rcOk);
	SESSIO_THREADS_CHECK(sessio_kit_send(test->session, &desc) == rcOk);
	SESSIO_THREADS_CHECK(test->write(&desc) == rcOk);
	(void)sessio_threads_start("repeater", repeat, test);
	(void)sessio_threads_start("closer", close_session, test);
	sessio_threads_join();
	(void)sessio_kit_finish(kit); /* a finding ends the schedule */
}

static sessio_threads_finding explore(struct test test)
{
	const sessio_threads_options options = {
		.program = test.image->image.name, .body = body, .arg = &test, .bounds = 2
	};
	const sessio_threads_result *result;
	sessio_threads_finding finding;
	sessio_threads *threads;

	if (sessio_threads_explore(&options, &threads) != SESSIO_OK) {
		return SESSIO_THREADS_UNSTABLE;
	}
	result = sessio_threads_get_result(threads);
	finding = result->finding;
	printf("%s: \"%s\"\n", test.image->image.name, result->text);
	sessio_threads_destroy(threads);
	return finding;
}

int main(void)
{
	const struct test wrong = { .image = &sessio_provider_image_of_hurried,
		.write = hurried_board_write,
		.repeat = hurried_board_repeat };
	const struct test right = { .image = &sessio_provider_image_of_hurried_corrected,
		.write = hurried_corrected_board_write,
		.repeat = hurried_corrected_board_repeat };

	return explore(wrong) != SESSIO_THREADS_NOTHING && explore(right) == SESSIO_THREADS_NOTHING
		? 0
		: 1;
}
