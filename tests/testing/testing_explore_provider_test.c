/* SPDX-License-Identifier: MIT */
/* Histories of a provider and its consumer, with handles. */
#include "test.h"

#include <sessio/testing_explore.h>
#include <sessio/testing_provider.h>

#include "explore.h"
#include "providers/box.h"

SESSIO_PROVIDER(box);

#define ALL (BOX_LOOK | BOX_FILL)

static struct {
	sessio_kit_consumer *consumer;
	sessio_kit_session *sessions[2];
} world;

static sessio_status begin(sessio_kit *kit, void *ctx)
{
	(void)ctx;
	return sessio_kit_load_provider(kit, box, NULL) == rcOk
		? sessio_kit_create_consumer(kit, SESSIO_KIT_NO_SESSION, &world.consumer)
		: SESSIO_NO_MEMORY;
}

static sessio_status open_box(sessio_kit *kit, uint32_t user, uint64_t number, void *ctx)
{
	sessio_kit_session **session = &world.sessions[number];

	(void)user, (void)ctx;
	if (*session != NULL) {
		return SESSIO_BAD_STATE;
	}
	if (sessio_kit_open_object(world.consumer, sessio_kit_find_object(kit, "box"), BOX_LOOK,
		    ALL, NULL, session) != rcOk) {
		return SESSIO_REFUSED;
	}
	return sessio_kit_give_handle(*session) == rcOk ? SESSIO_OK : SESSIO_REFUSED;
}

static sessio_status close_box(sessio_kit *kit, uint32_t user, uint64_t number, void *ctx)
{
	(void)kit, (void)user, (void)ctx;
	if (world.sessions[number] == NULL) {
		return SESSIO_BAD_STATE;
	}
	(void)sessio_kit_close_session(world.sessions[number]);
	world.sessions[number] = NULL;
	return SESSIO_OK;
}

/* Handles of the process itself are not in place before the first history of a copy. */
static void the_same_allocation_fails_in_each_history(void **state)
{
	static const sessio_explore_action actions[] = {
		{ .name = "open", .run = open_box, .last = 1 },
		{ .name = "close", .run = close_box, .last = 1 },
	};
	const sessio_explore_options options = { .program = "box",
		.depth = 5,
		.flags = SESSIO_EXPLORE_NO_USERS,
		.faults = 1,
		.fault_kinds = 1u << SESSIO_FAULT_ALLOCATION,
		.actions = actions,
		.action_count = 2,
		.begin = begin,
		.ctx = &world,
		.ctx_size = sizeof(world) };
	sessio_explore *result = explore(&options);

	(void)state;
	/* The box leaves something if it cannot start, and is found out. */
	for (size_t i = 0; i < sessio_explore_failure_count(result); i++) {
		assert_int_equal(sessio_explore_get_failure(result, i)->rule,
			SESSIO_KIT_RULE_REFERENCE_LEFT);
	}
	assert_true(sessio_explore_get_counts(result).histories > 100);
	assert_true(sessio_explore_get_counts(result).isolated);
	sessio_explore_destroy(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_allocation_fails_in_each_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
