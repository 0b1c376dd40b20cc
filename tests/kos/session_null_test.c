/* SPDX-License-Identifier: MIT */
/* NULL for each pointer of each call of kos/session.h, sessio/wait.h and sessio/inspect.h. */
#include "test.h"

#include <kos/session.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "provider.h"

static Retcode handle(void *object, void *context, void *walk_ctx)
{
	(void)object;
	(void)context;
	(void)walk_ctx;
	return rcOk;
}

static void session_types_refuse_null(void **state)
{
	KosSessionOps no_open = provider_ops;
	KosSessionOps no_close = provider_ops;
	KosSessionType *type = NULL;
	KosObjectType *file = provider.file_type;
	KosObjectType *note = provider.note_type;

	(void)state;
	no_open.open = NULL;
	no_close.close = NULL;
	assert_int_equal(KosSessionCreateType(NULL, note, &provider_ops, &type), rcInvalidArgument);
	assert_int_equal(KosSessionCreateType(file, NULL, &provider_ops, &type), rcInvalidArgument);
	assert_int_equal(KosSessionCreateType(file, note, NULL, &type), rcInvalidArgument);
	assert_int_equal(KosSessionCreateType(file, note, &provider_ops, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionCreateType(file, note, &no_open, &type), rcInvalidArgument);
	assert_int_equal(KosSessionCreateType(file, note, &no_close, &type), rcInvalidArgument);
	assert_null(type);
	KosSessionDestroyType(NULL);
}

static void calls_on_objects_refuse_null(void **state)
{
	void *context = NULL;

	(void)state;
	assert_int_equal(KosSessionRegisterObject(NULL, provider.file), rcInvalidArgument);
	assert_int_equal(KosSessionRegisterObject(provider.type, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionUnregisterObject(NULL), rcInvalidArgument);
	assert_int_equal(KosSessionOpenObject(NULL, 0, 0, NULL, &context), rcInvalidArgument);
	assert_int_equal(KosSessionOpenObject(provider.file, 0, 0, NULL, NULL), rcInvalidArgument);
	assert_null(context);
	assert_int_equal(KosSessionWalk(NULL, handle, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionWalk(provider.file, NULL, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionWalk(provider.file, handle, NULL), rcOk);
	provider_expect("");
}

static void calls_on_contexts_refuse_null(void **state)
{
	void *context = provider_open(NULL);
	void *object = NULL;

	(void)state;
	assert_int_equal(KosSessionRef(NULL, provider.type, &object), rcInvalidArgument);
	assert_null(object);
	assert_int_equal(KosSessionRef(context, NULL, &object), rcOk);
	assert_ptr_equal(object, provider.file);
	assert_int_equal(KosSessionRef(context, provider.type, NULL), rcOk);
	KosSessionPut(NULL);
	KosSessionPut(context);
	KosSessionPut(context);
	assert_int_equal(KosSessionGetOpenRights(NULL), 0);
	assert_int_equal(KosSessionCloseObject(NULL), rcInvalidArgument);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

static void waits_and_looks_refuse_null(void **state)
{
	void *context = provider_open(NULL);
	sessio_session_info session_info;
	sessio_object_info object_info;
	sessio_holder holder;
	size_t count = 5;
	char text[8] = "old";

	(void)state;
	assert_int_equal(sessio_session_wait(NULL, 0), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_wait(NULL, SESSIO_FOREVER), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_object_drain(NULL, SESSIO_FOREVER), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_inspect(NULL, &session_info), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_inspect(context, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_object_inspect(NULL, &object_info), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_object_inspect(provider.file, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_holders(NULL, &holder, 1, &count), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_holders(context, NULL, 1, &count), SESSIO_INVALID_ARG);
	assert_int_equal(sessio_session_holders(context, &holder, 1, NULL), SESSIO_INVALID_ARG);
	assert_int_equal(count, 5);
	assert_int_equal(sessio_session_end_reason(NULL), SESSIO_END_NONE);
	assert_int_equal(sessio_session_describe(NULL, text, sizeof(text)), 0);
	assert_int_equal(sessio_session_describe(NULL, NULL, 0), 0);
	assert_int_equal(sessio_session_describe(NULL, NULL, 8), 0);
	assert_true(sessio_session_describe(context, NULL, 0) != 0);
	assert_true(sessio_session_describe(context, NULL, 8) != 0);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, provider_start, provider_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDED(session_types_refuse_null),
		PROVIDED(calls_on_objects_refuse_null),
		PROVIDED(calls_on_contexts_refuse_null),
		PROVIDED(waits_and_looks_refuse_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
