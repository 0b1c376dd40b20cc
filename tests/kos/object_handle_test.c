/* SPDX-License-Identifier: MIT */
/* The handle of an object that can be opened, clause by clause. */
#include "test.h"

#include "handle_world.h"

/* Clauses: GH-1, GH-3 */
static void an_object_and_its_contexts_have_one_handle(void **state)
{
	void *context = provider_open(NULL);
	Handle of_object;
	Handle of_context;
	uint32_t rights;

	(void)state;
	assert_int_equal(KosSessionGetObjectHandleBySession(context, &of_context), rcOk);
	assert_int_equal(KosSessionGetObjectHandle(provider.file, &of_object), rcOk);
	assert_int_equal(of_object, of_context);
	assert_int_equal(sessio_handle_space_rights(world.provider, of_object, &rights), SESSIO_OK);
	assert_int_equal(rights, OWN_RIGHTS);
	assert_int_equal(sessio_handle_space_count(world.provider), 1);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(world_status(world.provider, of_object), SESSIO_INVALID_ARG);
	assert_int_equal(KosSessionGetObjectHandle(provider.file, &of_object), rcResourceNotFound);
}

/* Clauses: GH-2 */
static void the_objects_handle_serves_notices_and_questions(void **state)
{
	Notice notice;
	EventDesc event;
	rtl_size_t count = 0;
	rtl_uint32_t sid;
	rtl_uint32_t sid_of_consumer;
	void *context;
	const Handle handle = world_open("a", &context);
	sessio_handle_scope scope;

	(void)state;
	provider.handle_rights = 0;
	assert_int_equal(KnNoticeCreate(&notice), rcOk);
	assert_int_equal(
		KnNoticeSubscribeToObject(notice, world_own_handle(), OBJECT_EVENT_SPEC(3), 5),
		rcOk);
	assert_int_equal(KnNoticeSetObjectEvent(world_own_handle(), OBJECT_EVENT_SPEC(3)), rcOk);
	assert_int_equal(KnNoticeGetEvent(notice, 0, 1, &event, &count), rcOk);
	assert_int_equal(event.eventId, 5);
	assert_int_equal(KnHandleGetSidByHandle(world_own_handle(), &sid), rcOk);
	assert_int_equal(sessio_handle_space_enter(world.consumer, &scope), SESSIO_OK);
	assert_int_equal(KnHandleGetSidByHandle(handle, &sid_of_consumer), rcNoCapability);
	sessio_handle_space_leave(&scope);
	world_close(world.consumer, handle);
	KosPutObject(notice);
}

/* Clauses: IH-9, GH-1 */
static void revoking_the_objects_handle_ends_all_that_nobody_keeps(void **state)
{
	void *a;
	void *b;
	void *local = provider_open("local");
	Handle of_a;
	Handle of_b;
	Handle old;

	(void)state;
	of_a = world_open("a", &a);
	of_b = world_open("b", &b);
	old = world_own_handle();
	KosRefObject(b);
	provider_forget();
	assert_int_equal(KnHandleRevoke(old), rcOk);
	provider_expect("close a, complete a, destruct a");
	assert_int_equal(world_status(world.consumer, of_a), SESSIO_REVOKED);
	assert_int_equal(world_status(world.consumer, of_b), SESSIO_REVOKED);
	assert_int_not_equal(world_own_handle(), old);
	assert_int_equal(world_status(world.provider, world_own_handle()), SESSIO_OK);
	assert_int_equal(KosSessionCloseObject(b), rcOk);
	KosPutObject(b);
	assert_int_equal(KosSessionCloseObject(local), rcOk);
}

/* Clauses: GH-1, N-17 */
static void the_objects_handle_is_borrowed_and_cannot_be_closed(void **state)
{
	void *a;
	Handle of_a;
	Handle own;
	Handle copy;

	(void)state;
	of_a = world_open("a", &a);
	own = world_own_handle();
	assert_int_equal(KnHandleClose(own), rcInvalidOperation);
	assert_int_equal(world_own_handle(), own);
	(void)world_contain(a); /* another handle of this session can still be made */
	assert_int_equal(world_status(world.consumer, of_a), SESSIO_OK);
	assert_int_equal(KnHandleCopy(own, READ, INVALID_HANDLE, &copy), rcOk);
	assert_int_equal(KnHandleClose(copy), rcOk);
	world_close(world.consumer, of_a);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(KnHandleClose(own), rcInvalidArgument); /* the library has */
}

static void the_objects_handle_stays_in_its_space(void **state)
{
	sessio_handle_scope scope;
	Handle handle;

	(void)state;
	(void)world_own_handle();
	assert_int_equal(sessio_handle_space_enter(world.third, &scope), SESSIO_OK);
	assert_int_equal(KosSessionGetObjectHandle(provider.file, &handle), rcInvalidOperation);
	sessio_handle_space_leave(&scope);
}

#define MANY 1000

/* Clauses: IH-6 */
static void a_thousand_sessions_take_one_number_of_the_provider(void **state)
{
	static void *contexts[MANY];
	static Handle handles[MANY];
	void *found;

	(void)state;
	provider.silent = true;
	for (unsigned i = 0; i < MANY; i++) {
		handles[i] = world_open(NULL, &contexts[i]);
	}
	assert_int_equal(sessio_handle_space_count(world.provider), 1);
	for (unsigned i = 0; i < MANY; i++) {
		const nk_handle_desc_t desc = world_request(world.consumer, handles[i]);

		assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ, &found), rcOk);
		assert_ptr_equal(found, contexts[i]);
		world_close(world.consumer, handles[i]);
	}
}

/* Those that are of no session go at once, and their transfers' badges say so. */
static void the_end_of_the_registration_is_heard_by_badges(void **state)
{
	nk_handle_desc_t sent = nk_handle_desc(world_own_handle());
	rtl_size_t count = 0;
	Notice notice;
	EventDesc event;
	Handle badge;
	Handle given;

	(void)state;
	assert_int_equal(KnNoticeCreate(&notice), rcOk);
	assert_int_equal(KnHandleCreateBadge(notice, 7, NULL, &badge), rcOk);
	sent.badge = badge;
	given = world_give(world.provider, sent, world.consumer);
	assert_int_equal(KnNoticeGetEvent(notice, 0, 1, &event, &count), rcTimeout);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(KnNoticeGetEvent(notice, 0, 1, &event, &count), rcOk);
	assert_int_equal(event.eventId, 7);
	assert_int_equal(event.eventMask, EVENT_BADGE_CLOSED);
	assert_int_equal(world_status(world.consumer, given), SESSIO_REVOKED);
	world_close(world.consumer, given);
	world_close(world.provider, badge);
	KosPutObject(notice);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, world_start, world_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_object_and_its_contexts_have_one_handle),
		TEST(the_objects_handle_serves_notices_and_questions),
		TEST(revoking_the_objects_handle_ends_all_that_nobody_keeps),
		TEST(the_objects_handle_is_borrowed_and_cannot_be_closed),
		TEST(the_objects_handle_stays_in_its_space),
		TEST(the_end_of_the_registration_is_heard_by_badges),
		TEST(a_thousand_sessions_take_one_number_of_the_provider),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
