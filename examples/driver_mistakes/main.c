/* SPDX-License-Identifier: MIT */
/*
 * Explores six drivers, each with a mistake that drivers make, and their corrected
 * twins. Prints the shortest history in which each mistake shows; there is none in a
 * twin.
 */
#include <stdio.h>

#include <sessio/testing_driver.h>
#include <sessio/testing_explore.h>

#define SESSIONS 2u

/* XX(driver, device, depth): the drivers of this folder, and how long histories may be. */
#define DRIVERS(XX)                  \
	XX(forgetful, L"", 2)        \
	XX(hasty, L"", 2)            \
	XX(silent, L"NextLogon", 4)  \
	XX(confused, L"Confused", 4) \
	XX(careless, L"Careless", 6) \
	XX(lofty, L"Lofty", 4)

#define XX(driver, device, depth) \
	SESSIO_DRIVER(driver);    \
	SESSIO_DRIVER(driver##_corrected);
DRIVERS(XX)
#undef XX

/* The test's own part of a history. It is restored for each. */
struct world {
	const sessio_driver_image *image;
	PCWSTR device;
	sessio_kit_file *files[SESSIONS + 1]; /* by session */
	BOOLEAN left[SESSIONS + 1]; /* the session was without a terminal since its open */
};

static sessio_status load(sessio_kit *kit, void *ctx)
{
	const struct world *world = ctx;

	return NT_SUCCESS(sessio_kit_load_image(kit, world->image, NULL)) ? SESSIO_OK
									  : SESSIO_REFUSED;
}

static sessio_status open_device(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	struct world *world = ctx;

	(void)number;
	world->left[session] = FALSE;
	return world->files[session] == NULL &&
			NT_SUCCESS(sessio_kit_open(
				kit, session, world->device, &world->files[session]))
		? SESSIO_OK
		: SESSIO_BAD_STATE;
}

static sessio_status close_device(sessio_kit *kit, uint32_t session, uint64_t number, void *ctx)
{
	struct world *world = ctx;

	(void)kit;
	(void)number;
	if (world->files[session] == NULL) {
		return SESSIO_BAD_STATE;
	}
	(void)sessio_kit_close(world->files[session]);
	world->files[session] = NULL;
	return SESSIO_OK;
}

static const char *check_read(struct world *world, uint32_t id, sessio_user_state state)
{
	UCHAR answer = (UCHAR)state;
	NTSTATUS status = sessio_kit_read(world->files[id], &answer, sizeof(answer), NULL);

	if (answer != (UCHAR)state) {
		return "the driver tells another state than the session has";
	}
	return status == STATUS_DEVICE_NOT_READY && !world->left[id]
		? "a session lost the device, and had not left its terminal"
		: NULL;
}

/* After each step: each open file can be read from, and tells no lies. */
static const char *check(sessio_kit *kit, void *ctx)
{
	struct world *world = ctx;
	const char *wrong = NULL;

	for (uint32_t id = 1; id <= SESSIONS && wrong == NULL; id++) {
		sessio_user_state state = SESSIO_USER_STATE_NONE;
		sessio_user_session *session;

		if (sessio_host_find_session(sessio_kit_host(kit), id, &session) == SESSIO_OK) {
			state = sessio_user_session_state(session);
			sessio_user_session_unref(session);
		}
		world->left[id] = world->left[id] || state == SESSIO_USER_STATE_NONE ||
			state == SESSIO_USER_STATE_DISCONNECTED ||
			state == SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON;
		if (world->files[id] != NULL && state != SESSIO_USER_STATE_NONE) {
			wrong = check_read(world, id, state);
		}
	}
	return wrong;
}

static void print(const sessio_explore_failure *failure)
{
	char line[SESSIO_SCENARIO_MAX_LINE];

	printf("  %s\n", failure->text);
	for (size_t i = 1; i < sessio_scenario_count(failure->scenario); i++) {
		(void)sessio_step_text(
			sessio_scenario_step(failure->scenario, i), line, sizeof(line));
		printf("    %s\n", line);
	}
}

/* How many different failures there are. */
static size_t explore(const sessio_driver_image *image, PCWSTR device, unsigned depth)
{
	static const sessio_explore_action actions[] = {
		{ .name = "open", .run = open_device, .for_sessions = true },
		{ .name = "close", .run = close_device, .for_sessions = true },
	};
	struct world world = { .image = image, .device = device };
	const sessio_explore_options options = { .program = image->image.name,
		.depth = depth,
		.sessions = SESSIONS,
		.begin = load,
		.check = check,
		.actions = actions,
		.action_count = 2,
		.ctx = &world,
		.ctx_size = sizeof(world) };
	sessio_explore *result;
	size_t failures;

	printf("%s\n", image->image.name);
	if (sessio_explore_run(&options, &result) != SESSIO_OK) {
		return 99;
	}
	failures = sessio_explore_failure_count(result);
	if (failures != 0) {
		print(sessio_explore_get_failure(result, 0));
	}
	sessio_explore_destroy(result);
	return failures;
}

int main(void)
{
	size_t mistakes = 0, corrected = 0;

#define XX(driver, device, depth)                                                           \
	mistakes += explore(&sessio_driver_image_of_##driver, L"\\Device\\" device, depth); \
	corrected += explore(                                                               \
		&sessio_driver_image_of_##driver##_corrected, L"\\Device\\" device, depth);
	DRIVERS(XX)
#undef XX
	return mistakes == 6 && corrected == 0 ? 0 : 1;
}
