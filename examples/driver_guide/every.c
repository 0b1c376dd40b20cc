/* SPDX-License-Identifier: MIT */
/* Every history that a driver can meet, and the shortest in which it fails. */
#include <stdio.h>

#include <sessio/testing_driver.h>
#include <sessio/testing_explore.h>

SESSIO_DRIVER(silent);

/* The test's own part of a history, which is restored for each. */
static struct {
	sessio_kit_file *file; /* NULL: none is open */
} world;

static sessio_status load(sessio_kit *kit, void *ctx)
{
	(void)ctx;
	return NT_SUCCESS(sessio_kit_load(kit, silent, NULL)) ? SESSIO_OK : SESSIO_REFUSED;
}

static sessio_status open_device(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	(void)number;
	(void)ctx;
	return world.file == NULL &&
			NT_SUCCESS(
				sessio_kit_open(kit, session, L"\\Device\\NextLogon", &world.file))
		? SESSIO_OK
		: SESSIO_BAD_STATE;
}

static sessio_status read_device(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	static char byte;

	(void)kit;
	(void)session;
	(void)number;
	(void)ctx;
	if (world.file == NULL || sessio_kit_pended(world.file) != NULL) {
		return SESSIO_BAD_STATE;
	}
	(void)sessio_kit_read(world.file, &byte, 1, NULL);
	return SESSIO_OK;
}

static bool print(const char *text, size_t length, void *ctx)
{
	(void)ctx;
	return fwrite(text, 1, length, stdout) == length;
}

int main(void)
{
	static const sessio_explore_action actions[] = {
		{ .name = "open", .run = open_device, .for_sessions = true },
		{ .name = "read", .run = read_device },
	};
	const sessio_explore_options options = { .program = "every",
		.begin = load,
		.actions = actions,
		.action_count = 2,
		.ctx = &world,
		.ctx_size = sizeof(world) };
	const sessio_explore_failure *failure;
	sessio_explore *result;
	sessio_status status = SESSIO_OK;

	if (sessio_explore_run(&options, &result) != SESSIO_OK) {
		return 1;
	}
	failure = sessio_explore_get_failure(result, 0);
	if (failure != NULL) {
		printf("%s\n\n", failure->text);
		status = sessio_scenario_print(failure->scenario, print, NULL);
	}
	sessio_explore_destroy(result);
	return failure != NULL && status == SESSIO_OK ? 0 : 1;
}
