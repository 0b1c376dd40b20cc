/* SPDX-License-Identifier: MIT */
/* Handles by the documents: a provider, and one or two consumers that it knows. */
#include "test.h"

#include <coresrv/handle/handle_api.h>
#include <kos/objects.h>
#include <nk/types.h>

#include "resource/handle_space.h"

#define READ OCAP_HANDLE_SPEC(0)
#define WRITE OCAP_HANDLE_SPEC(1)
#define ALL (OCAP_HANDLE_ALL_GENERAL | READ | WRITE)

static struct {
	sessio_handle_space *provider;
	sessio_handle_space *consumer;
	sessio_handle_space *third;
	sessio_handle_scope scope; /* the test's thread is in the provider */
	Notice notice;
	Handle root; /* of the provider's resource */
} world;

static char resource; /* the context of a resource */
static char session; /* and of a transfer */

static int start(void **state)
{
	(void)state;
	return sessio_handle_space_create(&world.provider) != SESSIO_OK ||
		sessio_handle_space_create(&world.consumer) != SESSIO_OK ||
		sessio_handle_space_create(&world.third) != SESSIO_OK ||
		sessio_handle_space_enter(world.provider, &world.scope) != SESSIO_OK ||
		KnNoticeCreate(&world.notice) != rcOk ||
		KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, ALL, &resource, &world.root) !=
		rcOk;
}

static int stop(void **state)
{
	(void)state;
	sessio_handle_space_leave(&world.scope);
	sessio_handle_space_destroy(world.consumer);
	sessio_handle_space_destroy(world.third);
	sessio_handle_space_destroy(world.provider);
	KosPutObject(world.notice);
	return 0;
}

static sessio_status send(sessio_handle_space *from, nk_handle_desc_t sent, sessio_handle_space *to,
	nk_handle_desc_t *received)
{
	return sessio_handle_space_transfer(from, &sent, to, received);
}

/* A handle of another space; the transfer must succeed. */
static Handle give(sessio_handle_space *from, nk_handle_desc_t sent, sessio_handle_space *to)
{
	nk_handle_desc_t received;

	assert_int_equal(send(from, sent, to, &received), SESSIO_OK);
	assert_false(nk_is_handle_dereferenced(&received));
	return nk_get_handle(&received);
}

static Retcode close_in(sessio_handle_space *space, Handle handle)
{
	sessio_handle_scope scope;
	Retcode rc;

	assert_int_equal(sessio_handle_space_enter(space, &scope), SESSIO_OK);
	rc = KnHandleClose(handle);
	sessio_handle_space_leave(&scope);
	return rc;
}

static Retcode revoke_in(sessio_handle_space *space, Handle handle)
{
	sessio_handle_scope scope;
	Retcode rc;

	assert_int_equal(sessio_handle_space_enter(space, &scope), SESSIO_OK);
	rc = KnHandleRevoke(handle);
	sessio_handle_space_leave(&scope);
	return rc;
}

static sessio_status status_of(sessio_handle_space *space, Handle handle)
{
	uint32_t rights;

	return sessio_handle_space_rights(space, handle, &rights);
}

static uint32_t rights_of(sessio_handle_space *space, Handle handle)
{
	uint32_t rights = 0;

	assert_int_equal(sessio_handle_space_rights(space, handle, &rights), SESSIO_OK);
	return rights;
}

static Handle new_badge(rtl_uintptr_t id)
{
	Handle badge;

	assert_int_equal(KnHandleCreateBadge(world.notice, id, &session, &badge), rcOk);
	return badge;
}

/* The events of an entry that has some; the entry must be the only one. */
static rtl_uint32_t events_of(rtl_uintptr_t id)
{
	EventDesc events[4];
	rtl_size_t count = 0;

	if (KnNoticeGetEvent(world.notice, 0, rtl_countof(events), events, &count) != rcOk) {
		return 0;
	}
	assert_int_equal(count, 1);
	assert_int_equal(events[0].eventId, id);
	return events[0].eventMask;
}

/* Clauses: N-1, N-2 */
static void a_mask_has_a_general_and_a_special_part(void **state)
{
	const uint32_t general = OCAP_HANDLE_ALL_GENERAL;
	uint32_t special = 0;

	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		assert_int_equal(special & OCAP_HANDLE_SPEC(i), 0);
		special |= OCAP_HANDLE_SPEC(i);
	}
	assert_int_equal(general & special, 0);
	assert_int_equal(rights_of(world.provider, world.root), ALL);
	/* The provider's own bits are enforced as the general ones are. */
	assert_int_equal(
		rights_of(world.consumer,
			give(world.provider, nk_handle_desc(world.root, READ), world.consumer)),
		READ);
}

/* Clauses: N-3, N-9, N-14 */
static void rights_only_become_fewer(void **state)
{
	nk_handle_desc_t received = { .handle = 77 };
	Handle fewer = give(world.provider, nk_handle_desc(world.root, READ | OCAP_HANDLE_TRANSFER),
		world.consumer);
	Handle copy = 77;

	(void)state;
	assert_int_equal(
		send(world.consumer, nk_handle_desc(fewer, READ | WRITE), world.third, &received),
		SESSIO_NO_RIGHTS);
	assert_int_equal(received.handle, 77);
	assert_int_equal(rights_of(world.third,
				 give(world.consumer, nk_handle_desc(fewer, READ), world.third)),
		READ);
	assert_int_equal(KnHandleCopy(world.root, ALL | OCAP_HANDLE_SPEC(7), INVALID_HANDLE, &copy),
		rcNoCapability);
	assert_int_equal(copy, 77);
	assert_int_equal(KnHandleCopy(world.root, WRITE, INVALID_HANDLE, &copy), rcOk);
	assert_int_equal(rights_of(world.provider, copy), WRITE);
}

/* Clauses: N-9, N-14 */
static void passing_on_and_copying_need_their_rights(void **state)
{
	nk_handle_desc_t received;
	Handle given = give(world.provider, nk_handle_desc(world.root, READ | OCAP_HANDLE_COPY),
		world.consumer);
	Handle copy;

	(void)state;
	assert_int_equal(send(world.consumer, nk_handle_desc(given), world.third, &received),
		SESSIO_NO_RIGHTS);
	assert_int_equal(
		sessio_handle_space_copy(world.consumer, given, READ, INVALID_HANDLE, &copy),
		SESSIO_OK);
	assert_int_equal(
		sessio_handle_space_copy(world.consumer, copy, READ, INVALID_HANDLE, &copy),
		SESSIO_NO_RIGHTS);
	assert_int_equal(sessio_handle_space_count(world.third), 0);
}

/* Clauses: N-8, N-10 */
static void each_transfer_makes_one_handle_of_the_receivers_own(void **state)
{
	Handle first = give(world.provider, nk_handle_desc(world.root), world.consumer);
	Handle second = give(world.provider, nk_handle_desc(world.root), world.consumer);
	Handle other;

	(void)state;
	assert_int_not_equal(first, second);
	assert_int_equal(sessio_handle_space_count(world.consumer), 2);
	assert_int_equal(sessio_handle_space_count(world.provider), 1);
	/* The consumer's number is nothing in another space, or one of that space's own. */
	assert_int_equal(
		sessio_handle_space_create_object(world.third, READ, NULL, &other), SESSIO_OK);
	if (first != other) {
		assert_int_equal(status_of(world.third, first), SESSIO_INVALID_ARG);
	}
	assert_int_equal(close_in(world.consumer, first), rcOk);
	assert_int_equal(status_of(world.third, other), SESSIO_OK);
	assert_int_equal(status_of(world.consumer, second), SESSIO_OK);
}

/* Clauses: N-4, N-5, N-6, N-7, N-13 */
static void a_handle_that_comes_home_is_dereferenced(void **state)
{
	Handle given = give(world.provider, nk_handle_desc(world.root, READ | OCAP_HANDLE_TRANSFER),
		world.consumer);
	nk_handle_desc_t received;
	nk_badge_t badge = 77;

	(void)state;
	assert_int_equal(
		send(world.consumer, nk_handle_desc(given), world.provider, &received), SESSIO_OK);
	assert_true(nk_is_handle_dereferenced(&received));
	assert_int_equal(nk_get_handle(&received), world.root);
	assert_int_equal(nk_get_rights(&received), READ | OCAP_HANDLE_TRANSFER);
	assert_int_equal(sessio_handle_space_count(world.provider), 1);
	assert_int_equal(nk_get_badge_op(&received, READ | WRITE, &badge), NK_EPERM);
	assert_int_equal(badge, 77);
	assert_int_equal(nk_get_badge_op(&received, READ, &badge), NK_EOK);
	assert_ptr_equal((void *)badge, &resource);
	/* Elsewhere it is a transfer, and gives no context. */
	assert_int_equal(
		send(world.consumer, nk_handle_desc(given), world.third, &received), SESSIO_OK);
	assert_false(nk_is_handle_dereferenced(&received));
	assert_int_equal(nk_get_badge_op(&received, READ, &badge), NK_EBADMSG);
}

static void going_home_needs_no_right_to_transfer(void **state)
{
	Handle given = give(world.provider, nk_handle_desc(world.root, READ), world.consumer);
	nk_handle_desc_t received;

	(void)state;
	assert_int_equal(send(world.consumer, nk_handle_desc(given, READ | WRITE), world.provider,
				 &received),
		SESSIO_NO_RIGHTS);
	assert_int_equal(
		send(world.consumer, nk_handle_desc(given), world.provider, &received), SESSIO_OK);
	assert_true(nk_is_handle_dereferenced(&received));
}

static void a_provider_that_closed_its_own_handle_still_gets_its_context(void **state)
{
	Handle given = give(world.provider, nk_handle_desc(world.root), world.consumer);
	nk_handle_desc_t received;

	(void)state;
	assert_int_equal(KnHandleClose(world.root), rcOk);
	assert_int_equal(
		send(world.consumer, nk_handle_desc(given), world.provider, &received), SESSIO_OK);
	assert_int_equal(nk_get_handle(&received), INVALID_HANDLE);
	assert_ptr_equal((void *)received.badge, &resource);
}

/* Clauses: N-15, N-16, N-29 */
static void a_badge_gives_its_own_context_and_says_when_its_transfers_are_gone(void **state)
{
	Handle badge = new_badge(5);
	Handle given = give(world.provider, nk_handle_desc(world.root, ALL, badge), world.consumer);
	Handle passed = give(world.consumer, nk_handle_desc(given), world.third);
	nk_handle_desc_t received;

	(void)state;
	assert_int_equal(
		send(world.third, nk_handle_desc(passed), world.provider, &received), SESSIO_OK);
	assert_ptr_equal((void *)received.badge, &session);
	assert_int_equal(close_in(world.consumer, given), rcOk);
	assert_int_equal(events_of(5), 0);
	assert_int_equal(close_in(world.third, passed), rcOk);
	assert_int_equal(events_of(5), EVENT_BADGE_CLOSED);
	assert_int_equal(KnHandleClose(badge), rcOk);
	assert_int_equal(events_of(5), EVENT_OBJECT_DESTROYED);
}

/* Clauses: N-15, N-16 */
static void a_badge_hears_of_revocation_too(void **state)
{
	Handle badge = new_badge(6);
	Handle given = give(world.provider, nk_handle_desc(world.root, ALL, badge), world.consumer);
	Handle passed = give(world.consumer, nk_handle_desc(given), world.third);

	(void)state;
	assert_int_equal(KnHandleRevokeEx(world.root, rtl_false), rcOk);
	assert_int_equal(events_of(6), EVENT_BADGE_CLOSED);
	/* Closing them after that is no news. */
	assert_int_equal(close_in(world.third, passed), rcOk);
	assert_int_equal(close_in(world.consumer, given), rcOk);
	assert_int_equal(events_of(6), 0);
}

/* The consumer revokes in the middle, and closes its own with that. */
static void a_badge_hears_of_a_consumers_revocation(void **state)
{
	Handle badge = new_badge(7);
	Handle given = give(world.provider, nk_handle_desc(world.root, ALL, badge), world.consumer);
	Handle middle;
	Handle passed;

	(void)state;
	assert_int_equal(
		sessio_handle_space_copy(world.consumer, given, ALL, INVALID_HANDLE, &middle),
		SESSIO_OK);
	passed = give(world.consumer, nk_handle_desc(middle), world.third);
	assert_int_equal(close_in(world.consumer, given), rcOk);
	assert_int_equal(events_of(7), 0);
	assert_int_equal(revoke_in(world.consumer, middle), rcOk);
	assert_int_equal(events_of(7), EVENT_BADGE_CLOSED);
	assert_int_equal(status_of(world.third, passed), SESSIO_REVOKED);
}

/* Clauses: N-17 */
static void a_closed_handle_leaves_its_relatives_under_its_parent(void **state)
{
	Handle given = give(world.provider, nk_handle_desc(world.root), world.consumer);
	Handle passed = give(world.consumer, nk_handle_desc(given), world.third);

	(void)state;
	assert_int_equal(close_in(world.consumer, given), rcOk);
	assert_int_equal(close_in(world.consumer, given), rcInvalidArgument);
	assert_int_equal(status_of(world.provider, world.root), SESSIO_OK);
	assert_int_equal(status_of(world.third, passed), SESSIO_OK);
	/* Its parent is the root now: that one's revocation reaches it. */
	assert_int_equal(KnHandleRevoke(world.root), rcOk);
	assert_int_equal(status_of(world.third, passed), SESSIO_REVOKED);
}

/* Clauses: N-18, N-20 */
static void revoking_closes_the_handle_and_revokes_what_is_below(void **state)
{
	Handle given = give(world.provider, nk_handle_desc(world.root), world.consumer);
	Handle beside = give(world.provider, nk_handle_desc(world.root), world.third);
	Handle passed = give(world.consumer, nk_handle_desc(given), world.third);
	nk_handle_desc_t received;

	(void)state;
	assert_int_equal(revoke_in(world.consumer, given), rcOk);
	assert_int_equal(status_of(world.consumer, given), SESSIO_INVALID_ARG);
	assert_int_equal(status_of(world.third, passed), SESSIO_REVOKED);
	assert_int_equal(status_of(world.third, beside), SESSIO_OK);
	assert_int_equal(send(world.third, nk_handle_desc(passed), world.provider, &received),
		SESSIO_REVOKED);
	assert_int_equal(send(world.third, nk_handle_desc(passed), world.consumer, &received),
		SESSIO_REVOKED);
	assert_int_equal(sessio_handle_space_count(world.third), 2);
	assert_int_equal(close_in(world.third, passed), rcOk);
	assert_int_equal(sessio_handle_space_count(world.third), 1);
}

/* Clauses: N-20 */
static void every_call_says_that_a_handle_is_revoked(void **state)
{
	Handle copy;
	Handle out;
	rtl_uint32_t sid;

	(void)state;
	assert_int_equal(KnHandleCopy(world.root, ALL, INVALID_HANDLE, &copy), rcOk);
	assert_int_equal(KnHandleRevokeEx(world.root, rtl_false), rcOk);
	assert_int_equal(KnHandleCopy(copy, READ, INVALID_HANDLE, &out), rcHandleRevoked);
	assert_int_equal(KnHandleRevoke(copy), rcHandleRevoked);
	assert_int_equal(KnHandleRevokeEx(copy, rtl_false), rcHandleRevoked);
	assert_int_equal(KnHandleRevokeSubtree(copy, new_badge(1)), rcHandleRevoked);
	assert_int_equal(KnHandleGetSidByHandle(copy, &sid), rcHandleRevoked);
	assert_int_equal(KnNoticeSubscribeToObject(world.notice, copy, EVENT_OBJECT_DESTROYED, 1),
		rcHandleRevoked);
	assert_int_equal(KnNoticeSetObjectEvent(copy, OBJECT_EVENT_USER(0)), rcHandleRevoked);
	assert_int_equal(KnHandleClose(copy), rcOk);
	/* The handle itself has stayed, and gives new ones. */
	assert_int_equal(KnHandleCopy(world.root, READ, INVALID_HANDLE, &copy), rcOk);
	assert_int_equal(status_of(world.provider, copy), SESSIO_OK);
}

/* Clauses: N-19 */
static void revoking_a_subtree_reaches_one_badges_transfer_only(void **state)
{
	Handle badges[2] = { new_badge(1), new_badge(2) };
	Handle given[2];
	Handle passed;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		given[i] = give(
			world.provider, nk_handle_desc(world.root, ALL, badges[i]), world.consumer);
	}
	passed = give(world.consumer, nk_handle_desc(given[0]), world.third);
	assert_int_equal(KnHandleRevokeSubtree(world.root, badges[0]), rcOk);
	assert_int_equal(status_of(world.consumer, given[0]), SESSIO_REVOKED);
	assert_int_equal(status_of(world.third, passed), SESSIO_REVOKED);
	assert_int_equal(status_of(world.consumer, given[1]), SESSIO_OK);
	assert_int_equal(status_of(world.provider, world.root), SESSIO_OK);
	assert_int_equal(events_of(1), EVENT_BADGE_CLOSED);
}

/* Clauses: N-19 */
static void the_root_of_a_badges_transfer_is_not_its_own_descendant(void **state)
{
	Handle badge = new_badge(1);
	Handle top;
	Handle below;

	(void)state;
	assert_int_equal(KnHandleCopy(world.root, ALL, badge, &top), rcOk);
	assert_int_equal(KnHandleCopy(top, ALL, badge, &below), rcOk);
	assert_int_equal(KnHandleRevokeSubtree(top, badge), rcOk);
	assert_int_equal(status_of(world.provider, top), SESSIO_OK);
	assert_int_equal(status_of(world.provider, below), SESSIO_REVOKED);
}

/* Clauses: N-21 */
static void a_resource_goes_when_all_handles_are_closed_or_revoked(void **state)
{
	Handle given = give(world.provider, nk_handle_desc(world.root), world.consumer);
	Handle other;

	(void)state;
	assert_int_equal(
		KnNoticeSubscribeToObject(world.notice, world.root, EVENT_OBJECT_DESTROYED, 3),
		rcOk);
	assert_int_equal(KnHandleClose(world.root), rcOk);
	assert_int_equal(events_of(3), 0);
	assert_int_equal(close_in(world.consumer, given), rcOk);
	assert_int_equal(events_of(3), EVENT_OBJECT_DESTROYED);

	assert_int_equal(
		KnHandleCreateUserObject(HANDLE_TYPE_USER_LAST, ALL, &resource, &other), rcOk);
	assert_int_equal(
		KnNoticeSubscribeToObject(world.notice, other, EVENT_OBJECT_DESTROYED, 4), rcOk);
	given = give(world.provider, nk_handle_desc(other), world.consumer);
	assert_int_equal(KnHandleRevoke(other), rcOk);
	assert_int_equal(events_of(4), EVENT_OBJECT_DESTROYED);
	assert_int_equal(close_in(world.consumer, given), rcOk);
}

/* Clauses: N-11, N-24 */
static void one_resource_has_one_identifier(void **state)
{
	rtl_uint32_t sids[3];
	Handle copy;
	Handle blind;
	Handle other;

	(void)state;
	assert_int_equal(
		KnHandleCopy(world.root, OCAP_HANDLE_GET_SID, INVALID_HANDLE, &copy), rcOk);
	assert_int_equal(KnHandleCopy(world.root, READ, INVALID_HANDLE, &blind), rcOk);
	assert_int_equal(
		KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, ALL, &resource, &other), rcOk);
	assert_int_equal(KnHandleGetSidByHandle(world.root, &sids[0]), rcOk);
	assert_int_equal(KnHandleGetSidByHandle(copy, &sids[1]), rcOk);
	assert_int_equal(KnHandleGetSidByHandle(other, &sids[2]), rcOk);
	assert_int_equal(sids[0], sids[1]);
	assert_int_not_equal(sids[0], sids[2]);
	assert_int_equal(KnHandleGetSidByHandle(blind, &sids[0]), rcNoCapability);
	assert_int_equal(KnHandleGetSidByHandle(copy, NULL), rcInvalidArgument);
}

/* Clauses: N-12 */
static void the_type_of_a_user_resource_lies_in_its_range(void **state)
{
	Handle handle = 77;

	(void)state;
	assert_int_equal(KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST - 1, ALL, NULL, &handle),
		rcInvalidArgument);
	assert_int_equal(KnHandleCreateUserObject(HANDLE_TYPE_USER_LAST + 1, ALL, NULL, &handle),
		rcInvalidArgument);
	assert_int_equal(handle, 77);
	assert_int_equal(KnHandleCreateUserObject(HANDLE_TYPE_USER_LAST, ALL, NULL, &handle), rcOk);
}

static void null_and_what_is_no_handle_are_refused(void **state)
{
	Handle out;

	(void)state;
	assert_int_equal(KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, ALL, NULL, NULL),
		rcInvalidArgument);
	assert_int_equal(KnHandleCreateBadge(NULL, 1, NULL, &out), rcInvalidArgument);
	assert_int_equal(KnHandleCreateBadge(world.notice, 1, NULL, NULL), rcInvalidArgument);
	assert_int_equal(KnHandleCopy(world.root, ALL, INVALID_HANDLE, NULL), rcInvalidArgument);
	assert_int_equal(
		KnHandleCopy(INVALID_HANDLE, ALL, INVALID_HANDLE, &out), rcInvalidArgument);
	/* The root is a handle, but no badge. */
	assert_int_equal(KnHandleCopy(world.root, ALL, world.root, &out), rcInvalidArgument);
	assert_int_equal(KnHandleRevokeSubtree(world.root, world.root), rcInvalidArgument);
	assert_int_equal(KnHandleRevokeSubtree(world.root, INVALID_HANDLE), rcInvalidArgument);
	assert_int_equal(KnHandleClose(INVALID_HANDLE), rcInvalidArgument);
	assert_int_equal(KnHandleRevoke(INVALID_HANDLE), rcInvalidArgument);
	assert_int_equal(KnHandleGetSidByHandle(INVALID_HANDLE, &out), rcInvalidArgument);
	assert_int_equal(sessio_handle_space_count(world.provider), 1);
}

#define SUITE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUITE(a_mask_has_a_general_and_a_special_part),
		SUITE(rights_only_become_fewer),
		SUITE(passing_on_and_copying_need_their_rights),
		SUITE(each_transfer_makes_one_handle_of_the_receivers_own),
		SUITE(a_handle_that_comes_home_is_dereferenced),
		SUITE(going_home_needs_no_right_to_transfer),
		SUITE(a_provider_that_closed_its_own_handle_still_gets_its_context),
		SUITE(a_badge_gives_its_own_context_and_says_when_its_transfers_are_gone),
		SUITE(a_badge_hears_of_revocation_too),
		SUITE(a_badge_hears_of_a_consumers_revocation),
		SUITE(a_closed_handle_leaves_its_relatives_under_its_parent),
		SUITE(revoking_closes_the_handle_and_revokes_what_is_below),
		SUITE(every_call_says_that_a_handle_is_revoked),
		SUITE(revoking_a_subtree_reaches_one_badges_transfer_only),
		SUITE(the_root_of_a_badges_transfer_is_not_its_own_descendant),
		SUITE(a_resource_goes_when_all_handles_are_closed_or_revoked),
		SUITE(one_resource_has_one_identifier),
		SUITE(the_type_of_a_user_resource_lies_in_its_range),
		SUITE(null_and_what_is_no_handle_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
