/* SPDX-License-Identifier: MIT */
/*
 * Explores two providers, each with a mistake that providers make, and their corrected
 * twins. Prints the mistakes, and the shortest history that shows each.
 */
#include <stdio.h>

#include <sessio/testing_explore.h>
#include <sessio/testing_provider.h>

#include "board.h"

SESSIO_PROVIDER(early);
SESSIO_PROVIDER(early_corrected);
SESSIO_PROVIDER(leaky);
SESSIO_PROVIDER(leaky_corrected);
SESSIO_PROVIDER_FUNCTION(early, board_write);
SESSIO_PROVIDER_FUNCTION(early_corrected, board_write);
SESSIO_PROVIDER_FUNCTION(leaky, board_write);
SESSIO_PROVIDER_FUNCTION(leaky_corrected, board_write);

typedef Retcode write_fn(const nk_handle_desc_t *desc);

struct test {
	const sessio_provider_image *image;
	write_fn *write;
	sessio_kit_consumer *anna;
	sessio_kit_session *session; /* NULL: she has none */
};

static sessio_status begin(sessio_kit *kit, void *ctx)
{
	struct test *test = ctx;

	return sessio_kit_load_provider_image(kit, test->image, NULL) == rcOk
		? sessio_kit_create_consumer(kit, SESSIO_KIT_NO_SESSION, &test->anna)
		: SESSIO_BAD_STATE;
}

static sessio_status open_board(sessio_kit *kit, uint32_t user, uint64_t rights, void *ctx)
{
	struct test *test = ctx;
	Retcode rc;

	(void)user;
	if (test->session != NULL) {
		return SESSIO_BAD_STATE; /* once is enough */
	}
	rc = sessio_kit_open_object(test->anna, sessio_kit_find_object(kit, "board"),
		(rtl_uint32_t)rights, (rtl_uint32_t)rights, RTL_NULL, &test->session);
	if (rc == rcOk) {
		rc = sessio_kit_give_handle(test->session);
	}
	return rc == rcOk ? SESSIO_OK : SESSIO_REFUSED;
}

static sessio_status write_note(sessio_kit *kit, uint32_t user, uint64_t number, void *ctx)
{
	struct test *test = ctx;
	nk_handle_desc_t desc;

	(void)kit, (void)user, (void)number;
	if (test->session == NULL || sessio_kit_send(test->session, &desc) != rcOk) {
		return SESSIO_BAD_STATE;
	}
	(void)test->write(&desc); /* whatever it answers */
	return SESSIO_OK;
}

static sessio_status close_board(sessio_kit *kit, uint32_t user, uint64_t number, void *ctx)
{
	struct test *test = ctx;

	(void)kit, (void)user, (void)number;
	if (test->session == NULL || sessio_kit_close_session(test->session) != rcOk) {
		return SESSIO_BAD_STATE;
	}
	test->session = NULL;
	return SESSIO_OK;
}

static void print_failure(const sessio_explore_failure *failure)
{
	const sessio_step *step;
	char text[64];

	printf("  %s\n", failure->text);
	for (size_t i = 0; (step = sessio_scenario_step(failure->scenario, i)) != NULL; i++) {
		(void)sessio_step_text(step, text, sizeof(text));
		printf("    %s\n", text);
	}
}

static size_t explore(const sessio_provider_image *image, write_fn *write)
{
	static const sessio_explore_action actions[] = {
		{ .name = "open",
			.run = open_board,
			.first = BOARD_READ,
			.last = BOARD_READ | BOARD_WRITE },
		{ .name = "write", .run = write_note },
		{ .name = "close", .run = close_board },
	};
	struct test test = { .image = image, .write = write };
	const sessio_explore_options options = { .program = image->image.name,
		.depth = 5,
		.flags = SESSIO_EXPLORE_NO_USERS,
		.actions = actions,
		.action_count = 3,
		.begin = begin,
		.ctx = &test,
		.ctx_size = sizeof(test) };
	const sessio_explore_failure *failure;
	sessio_explore *result;
	size_t count;

	if (sessio_explore_run(&options, &result) != SESSIO_OK) {
		return 99;
	}
	printf("%s\n", image->image.name);
	count = sessio_explore_failure_count(result);
	for (size_t i = 0; (failure = sessio_explore_get_failure(result, i)) != NULL; i++) {
		print_failure(failure);
	}
	sessio_explore_destroy(result);
	return count;
}

int main(void)
{
	size_t mistakes = explore(&sessio_provider_image_of_early, early_board_write) +
		explore(&sessio_provider_image_of_leaky, leaky_board_write);
	size_t corrected =
		explore(&sessio_provider_image_of_early_corrected, early_corrected_board_write) +
		explore(&sessio_provider_image_of_leaky_corrected, leaky_corrected_board_write);

	return mistakes == 2 && corrected == 0 ? 0 : 1;
}
