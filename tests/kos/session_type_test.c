/* SPDX-License-Identifier: MIT */
/* Session types, and the objects registered with them. */
#include "test.h"

#include <string.h>

#include <kos/session.h>
#include <sessio/diag.h>

#include "inside.h"
#include "provider.h"

/* The last report to the sink. */
static struct {
	unsigned times;
	sessio_diag_kind kind;
	const void *object;
	char text[160];
} heard;

static void hear(void *ctx, sessio_diag_kind kind, const void *object, const void *session_context,
	const char *text)
{
	note_that(ctx == &heard);
	note_that(session_context == NULL);
	heard.times++;
	heard.kind = kind;
	heard.object = object;
	strncpy(heard.text, text, sizeof(heard.text) - 1);
}

static int start_hearing(void **state)
{
	memset(&heard, 0, sizeof(heard));
	sessio_diag_set_sink(hear, &heard);
	return provider_start(state);
}

static int stop_hearing(void **state)
{
	int result = provider_stop(state);

	sessio_diag_set_sink(NULL, NULL);
	return result;
}

static Retcode create_type(KosObjectType *object_type, KosObjectType *context_type,
	KosSessionOps ops, KosSessionType **out_type)
{
	return KosSessionCreateType(object_type, context_type, &ops, out_type);
}

static void *make_file(KosObjectType *type)
{
	void *file = NULL;

	assert_int_equal(KosCreateObject(type, NULL, NULL, &file), rcOk);
	return file;
}

/* Clauses: ST-2, ST-3 */
static void the_types_must_inherit_the_base_types(void **state)
{
	KosObjectType *plain;
	KosSessionType *type = NULL;

	(void)state;
	assert_int_equal(KosCreateObjectType("plain", NULL, 8, NULL, NULL, &plain), rcOk);
	assert_int_equal(
		create_type(plain, provider.note_type, provider_ops, &type), rcInvalidArgument);
	assert_int_equal(create_type(provider.note_type, provider.note_type, provider_ops, &type),
		rcInvalidArgument);
	assert_int_equal(
		create_type(provider.file_type, plain, provider_ops, &type), rcInvalidArgument);
	assert_int_equal(create_type(provider.file_type, provider.file_type, provider_ops, &type),
		rcInvalidArgument);
	assert_null(type);
	/* Objects must inherit the base; contexts may also be of the base itself. */
	assert_int_equal(
		create_type(kosSessionBaseObjectType, provider.note_type, provider_ops, &type),
		rcInvalidArgument);
	assert_null(type);
	assert_int_equal(
		create_type(provider.file_type, kosSessionBaseSessionType, provider_ops, &type),
		rcOk);
	KosSessionDestroyType(type);
	assert_int_equal(
		create_type(provider.file_type, provider.note_type, provider_ops, &type), rcOk);
	KosSessionDestroyType(type);
	sessio_object_type_unref(plain);
}

/* Clauses: ST-7, ST-8, ST-9 */
static void open_and_close_are_mandatory_and_close_complete_is_not(void **state)
{
	KosSessionType *type = NULL;
	KosSessionOps ops = provider_ops;

	(void)state;
	ops.open = NULL;
	assert_int_equal(
		create_type(provider.file_type, provider.note_type, ops, &type), rcInvalidArgument);
	ops = provider_ops;
	ops.close = NULL;
	assert_int_equal(
		create_type(provider.file_type, provider.note_type, ops, &type), rcInvalidArgument);
	assert_null(type);
	ops = provider_ops;
	ops.closeComplete = NULL;
	assert_int_equal(create_type(provider.file_type, provider.note_type, ops, &type), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(KosSessionRegisterObject(type, provider.file), rcOk);
	ops.close = NULL; /* they were copied */
	assert_int_equal(KosSessionCloseObject(provider_open("a")), rcOk);
	provider_expect("construct a, open a, close a, destruct a");
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	KosSessionDestroyType(type);
}

static void an_argument_that_is_null_is_refused(void **state)
{
	KosSessionType *type = NULL;

	(void)state;
	assert_int_equal(
		create_type(NULL, provider.note_type, provider_ops, &type), rcInvalidArgument);
	assert_int_equal(
		create_type(provider.file_type, NULL, provider_ops, &type), rcInvalidArgument);
	assert_int_equal(KosSessionCreateType(provider.file_type, provider.note_type, NULL, &type),
		rcInvalidArgument);
	assert_int_equal(create_type(provider.file_type, provider.note_type, provider_ops, NULL),
		rcInvalidArgument);
	assert_null(type);
}

/* Clauses: SG-6 */
static void types_and_contexts_are_objects(void **state)
{
	void *context = provider_open("a");
	void *plain = NULL;

	(void)state;
	assert_int_equal(sessio_object_references(provider.type), 2); /* ours, the file's */
	KosRefObject(provider.type);
	assert_int_equal(sessio_object_references(provider.type), 3);
	KosPutObject(provider.type);
	assert_string_equal(
		sessio_object_type_name(sessio_object_type_of(provider.type)), "session type");
	assert_true(sessio_object_is_a(context, provider.note_type));
	assert_true(sessio_object_is_a(context, kosSessionBaseSessionType));
	assert_false(sessio_object_is_a(context, kosSessionBaseObjectType));
	/* Neither is created like a plain one. */
	assert_int_equal(
		KosCreateObject(provider.note_type, NULL, NULL, &plain), rcInvalidArgument);
	assert_int_equal(
		KosCreateObject((KosObjectType *)(uintptr_t)sessio_object_type_of(provider.type),
			NULL, NULL, &plain),
		rcInvalidArgument);
	assert_null(plain);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

/* Clauses: RG-1 */
static void registration_needs_a_type_and_an_object_of_it(void **state)
{
	KosObjectType *other_type;
	void *other;
	void *base = make_file(kosSessionBaseObjectType);

	(void)state;
	assert_int_equal(
		KosCreateObjectType("other", kosSessionBaseObjectType, 8, NULL, NULL, &other_type),
		rcOk);
	other = make_file(other_type);
	assert_int_equal(KosSessionRegisterObject(NULL, other), rcInvalidArgument);
	assert_int_equal(KosSessionRegisterObject(provider.type, NULL), rcInvalidArgument);
	/* An object that is no session type, and one that is no resource. */
	assert_int_equal(KosSessionRegisterObject(other, provider.file), rcInvalidArgument);
	assert_int_equal(KosSessionRegisterObject(provider.type, provider.type), rcInvalidArgument);
	assert_int_equal(KosSessionRegisterObject(provider.type, other), rcInvalidArgument);
	assert_int_equal(KosSessionRegisterObject(provider.type, base), rcInvalidArgument);
	KosPutObject(other);
	KosPutObject(base);
	sessio_object_type_unref(other_type);
}

static void an_object_of_a_derived_type_can_be_registered(void **state)
{
	KosObjectType *derived;
	void *file;

	(void)state;
	assert_int_equal(
		KosCreateObjectType("derived", provider.file_type, 8, NULL, NULL, &derived), rcOk);
	file = make_file(derived);
	assert_int_equal(KosSessionRegisterObject(provider.type, file), rcOk);
	assert_int_equal(KosSessionUnregisterObject(file), rcOk);
	KosPutObject(file);
	sessio_object_type_unref(derived);
}

/* Clauses: RG-2 */
static void an_object_is_registered_with_one_type_at_a_time(void **state)
{
	KosSessionType *type;

	(void)state;
	assert_int_equal(
		create_type(provider.file_type, provider.note_type, provider_ops, &type), rcOk);
	assert_int_equal(KosSessionRegisterObject(type, provider.file), rcAlreadyExists);
	assert_int_equal(KosSessionRegisterObject(provider.type, provider.file), rcAlreadyExists);
	/* Nothing has changed: sessions are still of the first type. */
	provider_open("a");
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(KosSessionRegisterObject(type, provider.file), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	KosSessionDestroyType(type);
}

/* Clauses: ST-1, RG-3, RG-4, SG-5, UN-1 */
static void only_a_registered_object_can_be_opened(void **state)
{
	KosObjectType *plain_type;
	void *plain;
	void *file = make_file(provider.file_type);
	void *context = &context;

	(void)state;
	assert_int_equal(KosCreateObjectType("plain", NULL, 8, NULL, NULL, &plain_type), rcOk);
	plain = make_file(plain_type);
	assert_int_equal(KosSessionOpenObject(file, 0, 0, NULL, &context), rcResourceNotFound);
	assert_int_equal(KosSessionWalk(file, NULL, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionUnregisterObject(file), rcResourceNotFound);
	assert_int_equal(KosSessionOpenObject(plain, 0, 0, NULL, &context), rcInvalidArgument);
	assert_int_equal(KosSessionUnregisterObject(plain), rcInvalidArgument);
	assert_int_equal(KosSessionUnregisterObject(NULL), rcInvalidArgument);
	assert_int_equal(KosSessionOpenObject(NULL, 0, 0, NULL, &context), rcInvalidArgument);
	assert_ptr_equal(context, &context);

	assert_int_equal(KosSessionRegisterObject(provider.type, file), rcOk);
	assert_int_equal(KosSessionOpenObject(file, 0, 0, NULL, &context), rcOk);
	assert_int_equal(KosSessionCloseObject(context), rcOk);
	assert_int_equal(KosSessionUnregisterObject(file), rcOk);
	assert_int_equal(KosSessionOpenObject(file, 0, 0, NULL, &context), rcResourceNotFound);
	assert_int_equal(KosSessionUnregisterObject(file), rcResourceNotFound);
	KosPutObject(file);
	KosPutObject(plain);
	sessio_object_type_unref(plain_type);
}

static void the_registration_holds_object_and_type(void **state)
{
	void *file = provider_make_file("held");

	(void)state;
	assert_int_equal(sessio_object_references(file), 2);
	assert_int_equal(sessio_object_references(provider.type), 3);
	KosRefObject(file);
	assert_int_equal(KosSessionUnregisterObject(file), rcOk);
	assert_int_equal(sessio_object_references(file), 2);
	assert_int_equal(sessio_object_references(provider.type), 2);
	KosPutObject(file);
	KosPutObject(file);
}

/* Clauses: DT-1, DT-2 */
static void a_type_without_objects_goes_in_silence(void **state)
{
	KosSessionType *type;

	(void)state;
	assert_int_equal(
		create_type(provider.file_type, provider.note_type, provider_ops, &type), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(KosSessionRegisterObject(type, provider.file), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	KosSessionDestroyType(type);
	KosSessionDestroyType(NULL);
	assert_int_equal(heard.times, 0);
}

/* Clauses: DT-1 */
static void a_type_in_use_lives_on_and_is_told_of(void **state)
{
	KosSessionType *type;
	void *context;

	(void)state;
	assert_int_equal(
		create_type(provider.file_type, provider.note_type, provider_ops, &type), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(KosSessionRegisterObject(type, provider.file), rcOk);
	KosSessionDestroyType(type);
	assert_int_equal(heard.times, 1);
	assert_int_equal(heard.kind, SESSIO_DIAG_TYPE_IN_USE);
	assert_ptr_equal(heard.object, type);
	assert_string_equal(heard.text,
		"the session type of \"note\" contexts on \"file\" objects was destroyed while "
		"1 is registered; it lives until the last one is unregistered");
	context = provider_open("a"); /* what is registered works on */
	assert_int_equal(KosSessionRef(context, type, NULL), rcOk);
	KosSessionPut(context);
	KosSessionDestroyType(type);
	assert_int_equal(heard.times, 2);
	assert_int_equal(heard.kind, SESSIO_DIAG_MISUSE);
	assert_string_equal(heard.text,
		"the session type of \"note\" contexts on \"file\" objects was destroyed twice");
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	provider_expect("construct a, open a, close a, complete a, destruct a");
}

static void a_type_in_use_says_how_many_objects_use_it(void **state)
{
	KosSessionType *type;
	void *files[2];

	(void)state;
	assert_int_equal(
		create_type(provider.file_type, provider.note_type, provider_ops, &type), rcOk);
	for (unsigned i = 0; i < 2; i++) {
		files[i] = make_file(provider.file_type);
		assert_int_equal(KosSessionRegisterObject(type, files[i]), rcOk);
	}
	KosSessionDestroyType(type);
	assert_non_null(strstr(heard.text, " while 2 are registered; "));
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(KosSessionUnregisterObject(files[i]), rcOk);
		KosPutObject(files[i]);
	}
}

static void nothing_registers_with_a_destroyed_type(void **state)
{
	KosSessionType *type;
	void *file = make_file(provider.file_type);

	(void)state;
	assert_int_equal(
		create_type(provider.file_type, provider.note_type, provider_ops, &type), rcOk);
	KosRefObject(type); /* to look at it afterwards */
	KosSessionDestroyType(type);
	assert_int_equal(KosSessionRegisterObject(type, file), rcInvalidOperation);
	/* Type before state. */
	assert_int_equal(KosSessionRegisterObject(type, NULL), rcInvalidArgument);
	assert_int_equal(KosSessionRegisterObject(type, provider.file), rcInvalidOperation);
	KosPutObject(type);
	KosPutObject(file);
}

static void a_type_outlives_sessions_that_still_end(void **state)
{
	void *context = provider_open("a");

	(void)state;
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	KosRefObject(provider.type);
	KosSessionDestroyType(provider.type);
	assert_int_equal(heard.times, 0);
	KosPutObject(provider.type);
	provider_expect("construct a, open a, close a");
	KosSessionPut(context); /* closeComplete is one of the type's */
	provider_expect("complete a, destruct a");
	assert_int_equal(
		create_type(provider.file_type, provider.note_type, provider_ops, &provider.type),
		rcOk);
}

static void a_type_outlives_contexts_that_are_still_referenced(void **state)
{
	void *context = provider_open("a");

	(void)state;
	KosRefObject(context);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	KosSessionDestroyType(provider.type);
	provider_expect("construct a, open a, close a, complete a");
	assert_int_equal(KosSessionRef(context, NULL, NULL), rcInvalidOperation);
	assert_true(sessio_object_is_a(context, provider.note_type));
	KosPutObject(context);
	provider_expect("destruct a");
	assert_int_equal(
		create_type(provider.file_type, provider.note_type, provider_ops, &provider.type),
		rcOk);
}

static void what_is_no_session_type_is_not_destroyed(void **state)
{
	(void)state;
	KosSessionDestroyType(provider.file);
	assert_int_equal(heard.times, 1);
	assert_int_equal(heard.kind, SESSIO_DIAG_MISUSE);
	assert_ptr_equal(heard.object, provider.file);
	assert_string_equal(heard.text,
		"KosSessionDestroyType was given \"file\" of type \"file\", which is no session "
		"type");
	KosSessionPut(provider.file);
	assert_int_equal(heard.times, 2);
	assert_int_equal(heard.kind, SESSIO_DIAG_MISUSE);
	assert_string_equal(heard.text,
		"KosSessionPut was given \"file\" of type \"file\", which is no session context");
	assert_int_equal(sessio_object_references(provider.file), 2);
}

#define HEARING(test) cmocka_unit_test_setup_teardown(test, start_hearing, stop_hearing)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HEARING(the_types_must_inherit_the_base_types),
		HEARING(open_and_close_are_mandatory_and_close_complete_is_not),
		HEARING(an_argument_that_is_null_is_refused),
		HEARING(types_and_contexts_are_objects),
		HEARING(registration_needs_a_type_and_an_object_of_it),
		HEARING(an_object_of_a_derived_type_can_be_registered),
		HEARING(an_object_is_registered_with_one_type_at_a_time),
		HEARING(only_a_registered_object_can_be_opened),
		HEARING(the_registration_holds_object_and_type),
		HEARING(a_type_without_objects_goes_in_silence),
		HEARING(a_type_in_use_lives_on_and_is_told_of),
		HEARING(a_type_in_use_says_how_many_objects_use_it),
		HEARING(nothing_registers_with_a_destroyed_type),
		HEARING(a_type_outlives_sessions_that_still_end),
		HEARING(a_type_outlives_contexts_that_are_still_referenced),
		HEARING(what_is_no_session_type_is_not_destroyed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
