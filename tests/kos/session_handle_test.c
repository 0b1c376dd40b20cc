/* SPDX-License-Identifier: MIT */
/* Handles of sessions, clause by clause: one provider, a consumer and a third process. */
#include "test.h"

#include "handle_world.h"

/* Clauses: IH-1..IH-4, IH-6, IS-1 */
static void the_consumers_handle_brings_the_context_back(void **state)
{
	void *a;
	void *b;
	void *found;
	const Handle of_a = world_open("a", &a);
	const Handle of_b = world_open("b", &b);
	nk_badge_t badge = 0;
	nk_handle_desc_t desc = world_request(world.consumer, of_a);
	uint32_t rights;

	(void)state;
	assert_int_equal(sessio_handle_space_rights(world.consumer, of_a, &rights), SESSIO_OK);
	assert_int_equal(rights, MASK);
	assert_int_equal(nk_get_rights(&desc), MASK);
	assert_int_equal(nk_get_badge_op(&desc, READ, &badge), NK_EOK);
	assert_ptr_equal((void *)badge, a);
	assert_int_equal(nk_get_handle(&desc), world_own_handle());
	assert_int_equal(KosSessionIpcHandleToSession(&desc, provider.type, READ, &found), rcOk);
	assert_ptr_equal(found, a);
	desc = world_request(world.consumer, of_b);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, provider.type, READ, &found), rcOk);
	assert_ptr_equal(found, b);
	world_close(world.consumer, of_a);
	world_close(world.consumer, of_b);
	provider_expect("construct a, open a, construct b, open b, close a, complete a, "
			"destruct a, close b, complete b, destruct b");
}

/* Clauses: IH-3, IH-5, N-3 */
static void a_mask_wider_than_the_objects_handle_is_refused(void **state)
{
	nk_handle_desc_t desc = nk_handle_desc(77);
	void *context;

	(void)state;
	provider.silent = true;
	for (unsigned bit = 0; bit < 32; bit++) {
		const rtl_uint32_t mask = UINT32_C(1) << bit;

		provider.handle_rights = mask;
		context = provider_open(NULL);
		if ((mask & OWN_RIGHTS) != 0) {
			desc = world_contain(context);
			assert_int_equal(nk_get_rights(&desc), mask);
		} else {
			assert_int_equal(
				KosSessionContextToIpcHandle(context, &desc), rcNoCapability);
			assert_int_equal(nk_get_handle(&desc), 77);
		}
		desc = nk_handle_desc(77);
		assert_int_equal(KosSessionCloseObject(context), rcOk);
	}
}

static Retcode in_open;

static void contain_inside_open(void *object, void *context)
{
	nk_handle_desc_t desc;

	(void)object;
	in_open = KosSessionContextToIpcHandle(context, &desc);
}

/* Clauses: IH-3 */
static void a_container_is_filled_while_the_session_is_open(void **state)
{
	nk_handle_desc_t desc;
	void *context;

	(void)state;
	provider.in[OPEN] = contain_inside_open;
	context = provider_open(NULL);
	assert_int_equal(in_open, rcInvalidOperation);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(KosSessionContextToIpcHandle(context, &desc), rcInvalidOperation);
	KosSessionPut(context);
}

/* Clauses: IH-6, IH-7, IH-8, IH-10 */
static void the_session_ends_with_the_last_descendant(void **state)
{
	void *context;
	const Handle first = world_open("a", &context);
	const Handle second = world_give(world.provider, world_contain(context), world.consumer);
	const Handle passed = world_give(world.consumer, nk_handle_desc(first), world.third);
	const Handle passed_on = world_give(world.third, nk_handle_desc(passed), world.consumer);

	(void)state;
	provider_forget();
	assert_int_equal(sessio_object_references(context), 1);
	world_close(world.consumer, first);
	world_close(world.third, passed);
	world_close(world.consumer, second);
	provider_expect("");
	world_close(world.consumer, passed_on);
	provider_expect("close a, complete a, destruct a");
}

/* Clauses: IH-7 */
static void the_session_ends_when_its_handles_are_revoked(void **state)
{
	void *context;
	Handle handle = world_open("a", &context);

	(void)state;
	provider_forget();
	assert_int_equal(KnHandleRevokeEx(world_own_handle(), rtl_false), rcOk);
	provider_expect("close a, complete a, destruct a");
	assert_int_equal(world_status(world.consumer, handle), SESSIO_REVOKED);
}

/* Clauses: IH-8 */
static void a_consumer_that_dies_ends_its_session(void **state)
{
	void *context;

	(void)state;
	(void)world_open("a", &context);
	provider_forget();
	sessio_handle_space_destroy(world.consumer);
	world.consumer = NULL;
	provider_expect("close a, complete a, destruct a");
}

/* Clauses: IH-7, IH-8 */
static void a_consumer_that_passed_its_handle_on_may_die(void **state)
{
	void *context;
	const Handle handle = world_open("a", &context);
	const Handle passed = world_give(world.consumer, nk_handle_desc(handle), world.third);
	nk_handle_desc_t desc;
	void *found;

	(void)state;
	provider_forget();
	sessio_handle_space_destroy(world.consumer);
	world.consumer = NULL;
	provider_expect("");
	desc = world_request(world.third, passed);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ, &found), rcOk);
	assert_ptr_equal(found, context);
	world_close(world.third, passed);
	provider_expect("close a, complete a, destruct a");
}

/* Clauses: IH-8..IH-11 */
static void a_reference_keeps_the_end_in_the_providers_hands(void **state)
{
	void *context = provider_open("a");
	Handle handle;

	(void)state;
	KosRefObject(context);
	handle = world_give(world.provider, world_contain(context), world.consumer);
	provider_forget();
	assert_int_equal(sessio_object_references(context), 2);
	world_close(world.consumer, handle);
	assert_int_equal(sessio_object_references(context), 1);
	provider_expect("");
	assert_int_equal(KosSessionRef(context, provider.type, NULL), rcOk);
	KosSessionPut(context);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	provider_expect("close a, complete a");
	assert_int_equal(sessio_object_references(context), 1);
	KosPutObject(context);
	provider_expect("destruct a");
}

/* Clauses: IH-9, IH-11 */
static void the_last_put_ends_what_has_no_handles_any_more(void **state)
{
	void *context = provider_open("a");
	Handle handle;

	(void)state;
	KosRefObject(context);
	handle = world_give(world.provider, world_contain(context), world.consumer);
	world_close(world.consumer, handle);
	provider_forget();
	KosPutObject(context);
	provider_expect("close a, complete a, destruct a");
}

/* Clauses: IH-9, IH-11 */
static void the_last_put_may_come_while_the_end_waits(void **state)
{
	void *context = provider_open("a");
	Handle handle;

	(void)state;
	KosRefObject(context);
	handle = world_give(world.provider, world_contain(context), world.consumer);
	world_close(world.consumer, handle);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	provider_forget();
	KosPutObject(context);
	provider_expect("");
	KosSessionPut(context);
	provider_expect("complete a, destruct a");
}

/* Clauses: IH-9 */
static void a_session_without_handles_can_get_new_ones(void **state)
{
	void *context = provider_open("a");
	Handle handle;

	(void)state;
	KosRefObject(context);
	for (unsigned i = 0; i < 3; i++) {
		handle = world_give(world.provider, world_contain(context), world.consumer);
		world_close(world.consumer, handle);
		assert_int_equal(sessio_object_references(context), 1);
	}
	/* Revoked with the object's handle; the next container is of a new one. */
	for (unsigned i = 0; i < 3; i++) {
		handle = world_give(world.provider, world_contain(context), world.consumer);
		assert_int_equal(KnHandleRevoke(world_own_handle()), rcOk);
		assert_int_equal(world_status(world.consumer, handle), SESSIO_REVOKED);
		world_close(world.consumer, handle);
	}
	handle = world_give(world.provider, world_contain(context), world.consumer);
	provider_forget();
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(world_status(world.consumer, handle), SESSIO_REVOKED);
	KosPutObject(context);
	provider_expect("close a, complete a, destruct a");
}

/* Clauses: IS-2, IS-3 */
static void every_bit_of_the_operation_must_be_there(void **state)
{
	void *context;
	void *found = NULL;
	Handle handle;
	nk_handle_desc_t desc;

	(void)state;
	provider.handle_rights = READ | WRITE;
	handle = world_open("a", &context);
	desc = world_request(world.consumer, handle);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ | WRITE, &found), rcOk);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, 0, &found), rcOk);
	found = NULL;
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, NULL, READ | OCAP_HANDLE_SPEC(2), &found),
		rcNoCapability);
	assert_null(found);
	world_close(world.consumer, handle);
}

/* The sender of a request may give fewer rights than it has. */
/* Clauses: IS-2 */
static void the_rights_are_those_of_the_handle_in_the_request(void **state)
{
	void *context;
	void *found;
	Handle handle;
	nk_handle_desc_t desc;

	(void)state;
	provider.handle_rights = READ | WRITE;
	handle = world_open("a", &context);
	assert_int_equal(
		world_send(world.consumer, nk_handle_desc(handle, READ), world.provider, &desc),
		SESSIO_OK);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ, &found), rcOk);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, WRITE, &found), rcNoCapability);
	world_close(world.consumer, handle);
}

/* A session type whose contexts are of the base type. */
static KosSessionType *other_type(void)
{
	KosSessionType *type;
	KosObjectType *context_type;

	assert_int_equal(KosCreateObjectType(
				 "other", kosSessionBaseSessionType, 8, NULL, NULL, &context_type),
		rcOk);
	assert_int_equal(
		KosSessionCreateType(provider.file_type, context_type, &provider_ops, &type), rcOk);
	sessio_object_type_unref(context_type);
	return type;
}

/* Clauses: IS-4..IS-6, CL-5 */
static void a_handle_of_another_type_is_refused(void **state)
{
	KosSessionType *type = other_type();
	void *context;
	void *found = NULL;
	const Handle handle = world_open("a", &context);
	nk_handle_desc_t desc = world_request(world.consumer, handle);

	(void)state;
	provider_forget();
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, type, READ, &found), rcInvalidArgument);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, type), rcInvalidArgument);
	assert_null(found);
	/* Type before rights; and no type is any type, which the caller can ask for. */
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, type, WRITE, &found), rcInvalidArgument);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ, &found), rcOk);
	assert_true(sessio_object_is_a(found, provider.note_type));
	provider_expect("");
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, provider.type), rcOk);
	provider_expect("close a, complete a, destruct a");
	KosSessionDestroyType(type);
}

static void refuse(const nk_handle_desc_t *desc)
{
	void *found = NULL;

	assert_int_equal(KosSessionIpcHandleToSession(desc, NULL, 0, &found), rcInvalidArgument);
	assert_null(found);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(desc, NULL), rcInvalidArgument);
}

/* Clauses: IS-6 */
static void what_is_no_sessions_handle_is_refused(void **state)
{
	static int anything; /* the context of a resource that is no KosObject */
	void *context;
	const Handle of_session = world_open("a", &context);
	nk_handle_desc_t desc = world_contain(context);
	Handle resource;
	Handle theirs;

	(void)state;
	refuse(&desc); /* not dereferenced */
	assert_int_equal(KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST,
				 OCAP_HANDLE_TRANSFER | READ, &anything, &resource),
		rcOk);
	theirs = world_give(world.provider, nk_handle_desc(resource), world.consumer);
	desc = world_request(world.consumer, theirs);
	refuse(&desc);
	/* The object's own handle is no session's. */
	theirs = world_give(
		world.provider, nk_handle_desc(world_own_handle(), READ), world.consumer);
	desc = world_request(world.consumer, theirs);
	assert_ptr_equal((void *)desc.badge, provider.file);
	refuse(&desc);
	world_close(world.provider, resource);
	world_close(world.consumer, of_session);
}

/* Clauses: CL-1, CL-5 */
static void a_consumer_closes_its_own_session_and_no_other(void **state)
{
	void *a;
	void *b;
	const Handle of_a = world_open("a", &a);
	const Handle of_b = world_open("b", &b);
	const nk_handle_desc_t desc = world_request(world.consumer, of_a);

	(void)state;
	provider_forget();
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, provider.type), rcOk);
	provider_expect("close a, complete a, destruct a");
	assert_int_equal(world_status(world.consumer, of_a), SESSIO_REVOKED);
	assert_int_equal(world_status(world.consumer, of_b), SESSIO_OK);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, NULL), rcHandleRevoked);
	world_close(world.consumer, of_b);
}

static struct {
	Handle handle;
	sessio_status in_close;
	sessio_status in_complete;
} watched;

static void look_in_close(void *object, void *context)
{
	(void)object;
	(void)context;
	watched.in_close = world_status(world.consumer, watched.handle);
}

static void look_in_complete(void *object, void *context)
{
	(void)object;
	(void)context;
	watched.in_complete = world_status(world.consumer, watched.handle);
}

/* Clauses: CL-2..CL-4 */
static void handles_are_revoked_by_the_complete_end(void **state)
{
	void *context;
	void *found;
	nk_handle_desc_t desc;

	(void)state;
	watched.handle = world_open("a", &context);
	provider.in[CLOSE] = look_in_close;
	provider.in[COMPLETE] = look_in_complete;
	desc = world_request(world.consumer, watched.handle);
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(watched.in_close, SESSIO_OK);
	assert_int_equal(world_status(world.consumer, watched.handle), SESSIO_OK);
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, NULL, READ, &found), rcInvalidOperation);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, NULL), rcInvalidOperation);
	KosSessionPut(context);
	assert_int_equal(watched.in_complete, SESSIO_REVOKED);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ, &found), rcHandleRevoked);
	/* Revoked until it is closed. */
	assert_int_equal(sessio_handle_space_count(world.consumer), 1);
	assert_int_equal(world_status(world.consumer, watched.handle), SESSIO_REVOKED);
	world_close(world.consumer, watched.handle);
	assert_int_equal(world_status(world.consumer, watched.handle), SESSIO_INVALID_ARG);
}

/* Clauses: UN-2..UN-4 */
static void unregistration_revokes_as_the_sessions_end(void **state)
{
	void *a;
	void *b;
	const Handle of_a = world_open("a", &a);
	const Handle of_b = world_open("b", &b);
	const Handle passed = world_give(world.consumer, nk_handle_desc(of_b), world.third);
	const Handle plain = world_give(
		world.provider, nk_handle_desc(world_own_handle(), READ), world.consumer);

	(void)state;
	assert_int_equal(KosSessionRef(b, NULL, NULL), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(world_status(world.consumer, of_a), SESSIO_REVOKED);
	assert_int_equal(world_status(world.consumer, plain), SESSIO_REVOKED);
	assert_int_equal(world_status(world.consumer, of_b), SESSIO_OK);
	assert_int_equal(world_status(world.third, passed), SESSIO_OK);
	KosSessionPut(b);
	assert_int_equal(world_status(world.consumer, of_b), SESSIO_REVOKED);
	assert_int_equal(world_status(world.third, passed), SESSIO_REVOKED);
	assert_int_equal(sessio_handle_space_count(world.consumer), 3);
	world_close(world.consumer, of_a);
	world_close(world.consumer, of_b);
	world_close(world.consumer, plain);
	world_close(world.third, passed);
	assert_int_equal(sessio_handle_space_count(world.provider), 0);
}

static void a_container_is_of_no_use_after_the_end(void **state)
{
	void *context = provider_open(NULL);
	const nk_handle_desc_t desc = world_contain(context);
	nk_handle_desc_t received;

	(void)state;
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(
		world_send(world.provider, desc, world.consumer, &received), SESSIO_REVOKED);
	/* Another session, perhaps at the same address, is not reached either. */
	context = provider_open(NULL);
	(void)world_contain(context);
	assert_int_equal(
		world_send(world.provider, desc, world.consumer, &received), SESSIO_REVOKED);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

/* A consumer's space cannot send a container as the provider can. */
/* A container whose handle is of one object and whose session is on another. */
static void a_container_of_two_objects_is_refused(void **state)
{
	void *other = provider_make_file("other");
	void *context = provider_open("a");
	nk_handle_desc_t desc = world_contain(context);
	nk_handle_desc_t received;
	Handle handle;

	(void)state;
	assert_int_equal(KosSessionGetObjectHandle(other, &handle), rcOk);
	desc.handle = handle;
	assert_int_equal(
		world_send(world.provider, desc, world.consumer, &received), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_handle_space_count(world.consumer), 0);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(KosSessionUnregisterObject(other), rcOk);
	KosPutObject(other);
}

static void only_the_provider_sends_containers(void **state)
{
	void *context;
	const Handle handle = world_open(NULL, &context);
	nk_handle_desc_t desc = world_contain(context);
	nk_handle_desc_t received;

	(void)state;
	desc.handle = handle;
	assert_int_equal(
		world_send(world.consumer, desc, world.third, &received), SESSIO_INVALID_ARG);
	world_close(world.consumer, handle);
}

static void the_calls_refuse_null(void **state)
{
	void *context = provider_open(NULL);
	nk_handle_desc_t desc = world_contain(context);
	const Handle handle = world_give(world.provider, desc, world.consumer);
	Handle own = 77;
	void *found = NULL;

	(void)state;
	assert_int_equal(KosSessionContextToIpcHandle(NULL, &desc), rcInvalidArgument);
	assert_int_equal(KosSessionContextToIpcHandle(context, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionContextToIpcHandle(provider.file, &desc), rcInvalidArgument);
	desc = world_request(world.consumer, handle);
	assert_int_equal(
		KosSessionIpcHandleToSession(NULL, provider.type, 0, &found), rcInvalidArgument);
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, provider.type, 0, NULL), rcInvalidArgument);
	assert_null(found);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, 0, &found), rcOk);
	assert_int_equal(KosSessionGetObjectHandle(NULL, &own), rcInvalidArgument);
	assert_int_equal(KosSessionGetObjectHandle(context, &own), rcInvalidArgument);
	assert_int_equal(KosSessionGetObjectHandle(provider.file, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionGetObjectHandleBySession(NULL, &own), rcInvalidArgument);
	assert_int_equal(
		KosSessionGetObjectHandleBySession(provider.file, &own), rcInvalidArgument);
	assert_int_equal(KosSessionGetObjectHandleBySession(context, NULL), rcInvalidArgument);
	assert_int_equal(own, 77);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(NULL, provider.type), rcInvalidArgument);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, NULL), rcOk);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, world_start, world_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_consumers_handle_brings_the_context_back),
		TEST(a_mask_wider_than_the_objects_handle_is_refused),
		TEST(a_container_is_filled_while_the_session_is_open),
		TEST(the_session_ends_with_the_last_descendant),
		TEST(the_session_ends_when_its_handles_are_revoked),
		TEST(a_consumer_that_dies_ends_its_session),
		TEST(a_consumer_that_passed_its_handle_on_may_die),
		TEST(a_reference_keeps_the_end_in_the_providers_hands),
		TEST(the_last_put_ends_what_has_no_handles_any_more),
		TEST(the_last_put_may_come_while_the_end_waits),
		TEST(a_session_without_handles_can_get_new_ones),
		TEST(every_bit_of_the_operation_must_be_there),
		TEST(the_rights_are_those_of_the_handle_in_the_request),
		TEST(a_handle_of_another_type_is_refused),
		TEST(what_is_no_sessions_handle_is_refused),
		TEST(a_consumer_closes_its_own_session_and_no_other),
		TEST(handles_are_revoked_by_the_complete_end),
		TEST(unregistration_revokes_as_the_sessions_end),
		TEST(a_container_is_of_no_use_after_the_end),
		TEST(a_container_of_two_objects_is_refused),
		TEST(only_the_provider_sends_containers),
		TEST(the_calls_refuse_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
