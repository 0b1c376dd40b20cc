/* SPDX-License-Identifier: MIT */
/* The documented calls of handles and notices without memory, wherever they take some. */
#include "test.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <kos/objects.h>

#include "alloc_fail.h"
#include "leaks.h"

#define READ OCAP_HANDLE_SPEC(0)
#define ALL (OCAP_HANDLE_ALL_GENERAL | READ)
#define ID 5u

struct world {
	sessio_handle_space *space;
	sessio_handle_scope scope;
	Notice notice;
	Handle root;
	Handle badge;
};

/* With memory for everything. A space keeps its first slots. */
static struct world *enter(void)
{
	static struct world world;

	assert_int_equal(sessio_handle_space_create(&world.space), SESSIO_OK);
	assert_int_equal(sessio_handle_space_enter(world.space, &world.scope), SESSIO_OK);
	assert_int_equal(KnNoticeCreate(&world.notice), rcOk);
	assert_int_equal(
		KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, ALL, NULL, &world.root), rcOk);
	assert_int_equal(KnHandleCreateBadge(world.notice, ID, NULL, &world.badge), rcOk);
	return &world;
}

static void leave(struct world *world)
{
	sessio_handle_space_leave(&world->scope);
	sessio_handle_space_destroy(world->space);
	KosPutObject(world->notice);
}

/* How many events there are, all of which come under the badge's entry. */
static size_t events(const struct world *world)
{
	EventDesc fetched[4];
	rtl_size_t count = 0;

	if (KnNoticeGetEvent(world->notice, 0, 4, fetched, &count) == rcTimeout) {
		return 0;
	}
	assert_int_equal(fetched[0].eventId, ID);
	return count;
}

static void check_unchanged(const struct world *world, Handle out)
{
	rtl_uint32_t rights;

	assert_int_equal(out, 77);
	assert_int_equal(sessio_handle_space_count(world->space), 2);
	assert_int_equal(sessio_handle_space_rights(world->space, world->root, &rights), SESSIO_OK);
	assert_int_equal(
		sessio_handle_space_rights(world->space, world->badge, &rights), SESSIO_OK);
	assert_int_equal(events(world), 0);
}

static void creating_a_user_object(struct alloc_fail *tester, void *ctx)
{
	struct world *world = enter();
	Handle made = 77;
	Retcode rc;

	(void)ctx;
	alloc_fail_on(tester);
	rc = KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, READ, NULL, &made);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		check_unchanged(world, made);
	}
	leave(world);
}

static void creating_a_badge(struct alloc_fail *tester, void *ctx)
{
	struct world *world = enter();
	Handle made = 77;
	Retcode rc;

	(void)ctx;
	alloc_fail_on(tester);
	rc = KnHandleCreateBadge(world->notice, ID + 1, NULL, &made);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		check_unchanged(world, made);
	}
	leave(world);
}

/* A tie that did not come to be raises no event of its end. */
static void copying(struct alloc_fail *tester, void *ctx)
{
	struct world *world = enter();
	Handle made = 77;
	Retcode rc;

	(void)ctx;
	alloc_fail_on(tester);
	rc = KnHandleCopy(world->root, READ, world->badge, &made);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		check_unchanged(world, made);
		assert_int_equal(KnHandleCopy(world->root, READ, world->badge, &made), rcOk);
	}
	assert_int_equal(KnHandleClose(made), rcOk);
	assert_int_equal(events(world), 1);
	leave(world);
}

static void creating_a_notice(struct alloc_fail *tester, void *ctx)
{
	Notice notice = NULL;
	Retcode rc;

	(void)ctx;
	alloc_fail_on(tester);
	rc = KnNoticeCreate(&notice);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		assert_null(notice);
		return;
	}
	KosPutObject(notice);
}

/* A subscription that is made anew, and one that takes another mask. */
static void subscribing(struct alloc_fail *tester, void *ctx)
{
	struct world *world = enter();
	const rtl_uint32_t mask = OBJECT_EVENT_SPEC(0);
	bool known = *(const bool *)ctx;
	Retcode rc;

	if (known) {
		assert_int_equal(
			KnNoticeSubscribeToObject(world->notice, world->root, mask, ID), rcOk);
	}
	alloc_fail_on(tester);
	rc = KnNoticeSubscribeToObject(world->notice, world->root, known ? mask << 1 : mask, ID);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		check_unchanged(world, 77);
		assert_int_equal(KnNoticeSetObjectEvent(world->root, mask), rcOk);
		assert_int_equal(events(world), known);
	}
	leave(world);
}

/* Calls that end something or look take no memory. */
static void ends_and_looks_need_no_memory(void **state)
{
	struct world *world = enter();
	rtl_uint32_t sid;
	Handle made[2];
	size_t before;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(KnHandleCopy(world->root, ALL, world->badge, &made[i]), rcOk);
	}
	before = leaks_live();
	assert_int_equal(KnHandleGetSidByHandle(made[0], &sid), rcOk);
	assert_int_equal(KnHandleRevokeSubtree(world->root, world->badge), rcOk);
	assert_int_equal(KnHandleRevokeEx(world->root, rtl_false), rcOk);
	assert_int_equal(events(world), 1);
	assert_int_equal(leaks_live(), before);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(KnHandleGetSidByHandle(made[i], &sid), rcHandleRevoked);
		assert_int_equal(KnHandleClose(made[i]), rcOk);
	}
	assert_int_equal(leaks_live(), before - 4); /* their nodes, and the ties with them */
	leave(world);
}

static const bool anew = false;
static const bool again = true;

#define SWEEP(name, scenario, what)                                    \
	static void name(void **state)                                 \
	{                                                              \
		(void)state;                                           \
		alloc_fail_sweep(scenario, (void *)(uintptr_t)(what)); \
	}

SWEEP(a_user_object_is_made_or_not, creating_a_user_object, NULL)
SWEEP(a_badge_is_made_or_not, creating_a_badge, NULL)
SWEEP(a_copy_is_made_or_not, copying, NULL)
SWEEP(a_notice_is_made_or_not, creating_a_notice, NULL)
SWEEP(a_subscription_is_made_or_not, subscribing, &anew)
SWEEP(a_subscription_takes_a_mask_or_not, subscribing, &again)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_user_object_is_made_or_not, alloc_fail_say),
		cmocka_unit_test_teardown(a_badge_is_made_or_not, alloc_fail_say),
		cmocka_unit_test_teardown(a_copy_is_made_or_not, alloc_fail_say),
		cmocka_unit_test_teardown(a_notice_is_made_or_not, alloc_fail_say),
		cmocka_unit_test_teardown(a_subscription_is_made_or_not, alloc_fail_say),
		cmocka_unit_test_teardown(a_subscription_takes_a_mask_or_not, alloc_fail_say),
		cmocka_unit_test(ends_and_looks_need_no_memory),
	};

	return cmocka_run_group_tests_name("handle_api_alloc", tests, NULL, NULL);
}
