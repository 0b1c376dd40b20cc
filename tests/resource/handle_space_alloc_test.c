/* SPDX-License-Identifier: MIT */
/* Handle spaces and notices without memory, at every place where they take some. */
#include "test.h"

#include <sessio/handle_space.h>

#include "alloc_fail.h"
#include "base/object.h"
#include "leaks.h"
#include "resource/handle_space.h"
#include "resource/notice.h"

#define ALL (SESSIO_HANDLE_TRANSFER | SESSIO_HANDLE_COPY | 1u)

struct world {
	sessio_handle_space *provider;
	sessio_handle_space *peer;
	uint32_t root;
	uint32_t badge;
};

static struct world new_world(void)
{
	struct world world;

	assert_int_equal(sessio_handle_space_create(&world.provider), SESSIO_OK);
	assert_int_equal(sessio_handle_space_create(&world.peer), SESSIO_OK);
	assert_int_equal(sessio_handle_space_create_object(world.provider, ALL, NULL, &world.root),
		SESSIO_OK);
	assert_int_equal(
		sessio_handle_space_create_badge(world.provider, NULL, &world.badge), SESSIO_OK);
	return world;
}

/* Each slot that was ever used has a handle, or waits to be used again. */
static void assert_no_slot_is_lost(sessio_handle_space *space)
{
	assert_int_equal(space->made, space->open + space->free_count);
}

static void end_world(const struct world *world)
{
	assert_no_slot_is_lost(world->provider);
	assert_no_slot_is_lost(world->peer);
	sessio_handle_space_destroy(world->provider);
	sessio_handle_space_destroy(world->peer);
}

static void creating(struct alloc_fail *tester, void *ctx)
{
	sessio_handle_space *space = NULL;
	sessio_status status;

	(void)ctx;
	alloc_fail_on(tester);
	status = sessio_handle_space_create(&space);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_null(space);
	}
	sessio_handle_space_destroy(space);
}

static void making_handles(struct alloc_fail *tester, void *ctx)
{
	struct world world = new_world();
	uint32_t handle = 77;
	sessio_status status;

	alloc_fail_on(tester);
	status = *(const bool *)ctx
		? sessio_handle_space_create_badge(world.provider, NULL, &handle)
		: sessio_handle_space_create_object(world.provider, ALL, NULL, &handle);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_int_equal(handle, 77);
		assert_int_equal(sessio_handle_space_count(world.provider), 2);
	}
	end_world(&world);
}

static void transferring(struct alloc_fail *tester, void *ctx)
{
	struct world world = new_world();
	const sessio_handle_desc sent = {
		.handle = world.root, .rights = ALL, .badge = world.badge
	};
	sessio_handle_desc received = { .handle = 77 };
	uint32_t warm;
	sessio_status status;

	(void)ctx;
	/* The first slots of a space stay with it. */
	assert_int_equal(
		sessio_handle_space_create_object(world.peer, ALL, NULL, &warm), SESSIO_OK);
	alloc_fail_on(tester);
	status = sessio_handle_space_transfer(world.provider, &sent, world.peer, &received);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		assert_int_equal(received.handle, 77);
		assert_int_equal(sessio_handle_space_count(world.peer), 1);
	}
	end_world(&world);
}

static void subscribing(struct alloc_fail *tester, void *ctx)
{
	struct world world = new_world();
	struct si_handle_pin pin;
	void *notice = NULL;
	sessio_status status;

	(void)ctx;
	alloc_fail_on(tester);
	status = si_notice_create(&notice);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
		end_world(&world);
		return;
	}
	assert_int_equal(si_handle_pin(world.provider, world.root, &pin), SESSIO_OK);
	alloc_fail_on(tester);
	status = pin.node == NULL
		? SESSIO_INVALID_ARG
		: si_notice_subscribe(si_notice_of(notice), pin.node->object, 1, 5);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		assert_int_equal(status, SESSIO_NO_MEMORY);
	}
	(void)si_handle_unpin(world.provider, &pin);
	/* Either may go first. */
	si_object_put(notice);
	end_world(&world);
}

/* Closing, revoking and raising events need no memory, and leave none behind. */
static void ending(struct alloc_fail *tester, void *ctx)
{
	struct world world = new_world();
	const sessio_handle_desc sent = {
		.handle = world.root, .rights = ALL, .badge = world.badge
	};
	sessio_handle_desc received;
	sessio_status status;

	(void)ctx;
	assert_int_equal(sessio_handle_space_create_object(world.peer, ALL, NULL, &received.handle),
		SESSIO_OK);
	alloc_fail_on(tester);
	status = sessio_handle_space_transfer(world.provider, &sent, world.peer, &received);
	if (alloc_fail_off(tester, status != SESSIO_OK)) {
		end_world(&world);
		return;
	}
	alloc_fail_on(tester);
	assert_int_equal(sessio_handle_space_revoke_badge(world.provider, world.root, world.badge),
		SESSIO_OK);
	assert_int_equal(sessio_handle_space_revoke(world.provider, world.root, false), SESSIO_OK);
	assert_int_equal(sessio_handle_space_revoke(world.provider, world.root, true), SESSIO_OK);
	assert_int_equal(sessio_handle_space_close(world.peer, received.handle), SESSIO_OK);
	(void)alloc_fail_off(tester, false);
	end_world(&world);
}

static void refusals_leave_nothing(void **state)
{
	struct world world = new_world();
	sessio_handle_desc sent = {
		.handle = world.root, .rights = ALL | 2u, .badge = world.badge
	};
	sessio_handle_desc received;
	uint32_t handle;
	size_t before = leaks_live();

	(void)state;
	assert_int_equal(sessio_handle_space_transfer(world.provider, &sent, world.peer, &received),
		SESSIO_NO_RIGHTS);
	sent.rights = ALL;
	sent.badge = world.root;
	assert_int_equal(sessio_handle_space_transfer(world.provider, &sent, world.peer, &received),
		SESSIO_INVALID_ARG);
	assert_int_equal(
		sessio_handle_space_copy(world.provider, world.badge, 0, world.badge, &handle),
		SESSIO_NO_RIGHTS);
	assert_int_equal(leaks_live(), before);
	end_world(&world);
	assert_int_equal(leaks_live(), 0);
}

/* Neither do closed handles of a lineage, however it was closed. */
static void passing_on_and_closing_leaves_nothing(void **state)
{
	struct world world = new_world();
	uint32_t handles[100];
	size_t before;

	(void)state;
	assert_int_equal(
		sessio_handle_space_copy(world.provider, world.root, ALL, world.badge, &handles[0]),
		SESSIO_OK);
	before = leaks_live();
	for (unsigned i = 1; i < 100; i++) {
		assert_int_equal(
			sessio_handle_space_copy(world.provider, handles[i - 1], ALL,
				i % 7 == 0 ? world.badge : SESSIO_HANDLE_INVALID, &handles[i]),
			SESSIO_OK);
	}
	for (unsigned i = 1; i < 100; i++) {
		assert_int_equal(sessio_handle_space_close(world.provider,
					 handles[i * 37 % 100 == 0 ? 1 : i * 37 % 100]),
			i * 37 % 100 == 0 ? SESSIO_INVALID_ARG : SESSIO_OK);
	}
	/* A hundred slots fill a second chunk, which stays. */
	assert_int_equal(leaks_live(), before + 1);
	end_world(&world);
	assert_int_equal(leaks_live(), 0);
}

static const bool of_badge = true;
static const bool of_object = false;

#define SWEEP(name, scenario, what)                                    \
	static void name(void **state)                                 \
	{                                                              \
		(void)state;                                           \
		alloc_fail_sweep(scenario, (void *)(uintptr_t)(what)); \
	}

SWEEP(creating_a_space_fails_whole, creating, NULL)
SWEEP(making_an_object_fails_whole, making_handles, &of_object)
SWEEP(making_a_badge_fails_whole, making_handles, &of_badge)
SWEEP(a_transfer_fails_whole, transferring, NULL)
SWEEP(a_subscription_fails_whole, subscribing, NULL)
SWEEP(ends_need_no_memory, ending, NULL)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(creating_a_space_fails_whole, alloc_fail_say),
		cmocka_unit_test_teardown(making_an_object_fails_whole, alloc_fail_say),
		cmocka_unit_test_teardown(making_a_badge_fails_whole, alloc_fail_say),
		cmocka_unit_test_teardown(a_transfer_fails_whole, alloc_fail_say),
		cmocka_unit_test_teardown(a_subscription_fails_whole, alloc_fail_say),
		cmocka_unit_test_teardown(ends_need_no_memory, alloc_fail_say),
		cmocka_unit_test(refusals_leave_nothing),
		cmocka_unit_test(passing_on_and_closing_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
