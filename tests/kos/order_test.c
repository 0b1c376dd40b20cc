/* SPDX-License-Identifier: MIT */
/*
 * Several things are wrong at once: argument before type, type before rights, rights
 * before state. A revoked handle is found before its rights are looked at.
 */
#include "test.h"

#include "handle_world.h"

static Retcode pass_over(void *object, void *context, void *ctx)
{
	(void)object;
	(void)context;
	(void)ctx;
	return rcOk;
}

/* A session type over a context type of its own. */
static KosSessionType *make_other_type(KosObjectType **out_context_type)
{
	KosSessionType *type = NULL;

	assert_int_equal(KosCreateObjectType("other", kosSessionBaseSessionType, 1, NULL, NULL,
				 out_context_type),
		rcOk);
	assert_int_equal(
		KosSessionCreateType(provider.file_type, *out_context_type, &provider_ops, &type),
		rcOk);
	return type;
}

static void sessions_judge_the_argument_first_and_the_state_last(void **state)
{
	void *context = provider_open("a");
	KosObjectType *context_type;
	KosSessionType *other = make_other_type(&context_type);
	void *out = NULL;
	Handle handle = 7;

	(void)state;
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(KosSessionCloseObject(context), rcOk); /* its end waits */
	assert_int_equal(KosSessionRef(context, other, &out), rcInvalidArgument);
	assert_int_equal(KosSessionRef(context, provider.type, &out), rcInvalidOperation);
	assert_int_equal(KosSessionRef(provider.file, other, &out), rcInvalidArgument);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(KosSessionWalk(provider.file, NULL, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionWalk(provider.file, pass_over, NULL), rcResourceNotFound);
	assert_int_equal(KosSessionOpenObject(provider.file, 1, 0, NULL, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionOpenObject(provider.file, 1, 0, NULL, &out), rcResourceNotFound);
	assert_int_equal(KosSessionGetObjectHandle(provider.file, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionGetObjectHandle(provider.file, &handle), rcResourceNotFound);
	assert_int_equal(KosSessionGetObjectHandle(context, &handle), rcInvalidArgument);
	/* A type that is destroyed: argument before state. */
	KosRefObject(other);
	KosSessionDestroyType(other);
	assert_int_equal(KosSessionRegisterObject(other, context), rcInvalidArgument);
	assert_int_equal(KosSessionRegisterObject(other, provider.file), rcInvalidOperation);
	assert_null(out);
	assert_int_equal(handle, 7);
	KosPutObject(other);
	sessio_object_type_unref(context_type);
	KosSessionPut(context);
}

static void requests_judge_type_then_rights_then_state(void **state)
{
	void *context;
	const Handle handle = world_open("a", &context);
	const nk_handle_desc_t desc = world_request(world.consumer, handle);
	nk_handle_desc_t sent = desc;
	KosObjectType *context_type;
	KosSessionType *other = make_other_type(&context_type);
	void *out = NULL;

	(void)state;
	sent.dereferenced = 0;
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(KosSessionCloseObject(context), rcOk); /* its end waits */
	assert_int_equal(
		KosSessionIpcHandleToSession(&sent, other, UINT32_MAX, &out), rcInvalidArgument);
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, other, UINT32_MAX, &out), rcInvalidArgument);
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, NULL, UINT32_MAX, &out), rcNoCapability);
	assert_int_equal(KosSessionIpcHandleToSession(&desc, NULL, READ, &out), rcInvalidOperation);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, other), rcInvalidArgument);
	assert_int_equal(KosSessionCloseObjectByIpcHandle(&desc, NULL), rcInvalidOperation);
	KosSessionPut(context);
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, NULL, UINT32_MAX, NULL), rcInvalidArgument);
	assert_int_equal(
		KosSessionIpcHandleToSession(&desc, NULL, UINT32_MAX, &out), rcHandleRevoked);
	assert_null(out);
	KosSessionDestroyType(other);
	sessio_object_type_unref(context_type);
	world_close(world.consumer, handle);
}

static void handles_judge_argument_then_revocation_then_rights(void **state)
{
	Notice notice;
	Handle root;
	Handle blind; /* no rights at all */
	Handle out = 7;
	rtl_uint32_t sid = 7;

	(void)state;
	assert_int_equal(KnNoticeCreate(&notice), rcOk);
	assert_int_equal(KnHandleCreateUserObject(
				 HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_ALL_GENERAL, NULL, &root),
		rcOk);
	assert_int_equal(KnHandleCopy(root, 0, INVALID_HANDLE, &blind), rcOk);
	/* The right to copy, then the mask, then the badge. */
	assert_int_equal(KnHandleCopy(blind, UINT32_MAX, 99, &out), rcNoCapability);
	assert_int_equal(KnHandleCopy(root, UINT32_C(0x8000), 99, &out), rcNoCapability);
	assert_int_equal(KnHandleCopy(root, 0, 99, &out), rcInvalidArgument);
	assert_int_equal(KnHandleCopy(blind, UINT32_MAX, 99, NULL), rcInvalidArgument);
	assert_int_equal(KnNoticeSubscribeToObject(notice, blind, 0, 1), rcInvalidArgument);
	assert_int_equal(KnNoticeSubscribeToObject(notice, blind, 1, 1), rcNoCapability);
	assert_int_equal(KnNoticeSetObjectEvent(blind, 1), rcInvalidArgument);
	assert_int_equal(KnNoticeSetObjectEvent(blind, OBJECT_EVENT_USER(0)), rcNoCapability);
	assert_int_equal(KnHandleGetSidByHandle(blind, NULL), rcInvalidArgument);
	assert_int_equal(KnHandleGetSidByHandle(blind, &sid), rcNoCapability);
	assert_int_equal(KnHandleRevokeEx(root, rtl_false), rcOk);
	assert_int_equal(KnHandleCopy(blind, UINT32_MAX, 99, &out), rcHandleRevoked);
	assert_int_equal(KnNoticeSubscribeToObject(notice, blind, 0, 1), rcInvalidArgument);
	assert_int_equal(KnNoticeSubscribeToObject(notice, blind, 1, 1), rcHandleRevoked);
	assert_int_equal(KnNoticeSetObjectEvent(blind, OBJECT_EVENT_USER(0)), rcHandleRevoked);
	assert_int_equal(KnHandleGetSidByHandle(blind, &sid), rcHandleRevoked);
	assert_int_equal(KnHandleRevokeSubtree(blind, INVALID_HANDLE), rcInvalidArgument);
	assert_int_equal(KnHandleRevokeSubtree(blind, 99), rcHandleRevoked);
	assert_int_equal(KnHandleRevokeSubtree(root, 99), rcInvalidArgument);
	assert_int_equal(out, 7);
	assert_int_equal(sid, 7);
	world_close(world.provider, blind);
	world_close(world.provider, root);
	KosPutObject(notice);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, world_start, world_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sessions_judge_the_argument_first_and_the_state_last),
		TEST(requests_judge_type_then_rights_then_state),
		TEST(handles_judge_argument_then_revocation_then_rights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
