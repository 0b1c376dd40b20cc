/* SPDX-License-Identifier: MIT */
/* Broken counts of objects and sessions, which stop the program. */
#include "death.h"

#include <stdlib.h>

#include <kos/session.h>

#include "base/object.h"
#include "base/thread_frame.h"
#include "resource/session.h"
#include "resource/share_rule.h"

static Retcode open_file(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	(void)object;
	(void)open_ctx;
	*handle_rights = 0;
	KosRefObject(context);
	return rcOk;
}

static Retcode close_file(void *object, void *context)
{
	(void)object;
	(void)context;
	return rcOk;
}

static KosObjectType *file_type;

/* A registered object, and a session whose context has one reference besides its own. */
static void *make_file(void)
{
	static const KosSessionOps ops = { open_file, close_file, NULL };
	KosSessionType *type = NULL;
	void *file = NULL;

	(void)KosCreateObjectType("file", kosSessionBaseObjectType, 8, NULL, NULL, &file_type);
	(void)KosSessionCreateType(file_type, kosSessionBaseSessionType, &ops, &type);
	(void)KosCreateObject(file_type, "file", NULL, &file);
	(void)KosSessionRegisterObject(type, file);
	return file;
}

static void *make_session(void)
{
	void *context = NULL;

	(void)KosSessionOpenObject(make_file(), 1, 1, NULL, &context);
	return context;
}

static void put_a_registered_object_too_often(void)
{
	void *file = make_file();

	KosPutObject(file);
	KosPutObject(file);
}

static void put_an_open_context_too_often(void)
{
	void *context = make_session();

	(void)KosSessionRef(context, NULL, NULL);
	KosPutObject(context);
	KosPutObject(context); /* closes it, and the operation delays the end */
	KosPutObject(context);
}

static void put_an_ending_context_too_often(void)
{
	void *context = make_session();

	(void)KosSessionRef(context, NULL, NULL);
	(void)KosSessionCloseObject(context);
	KosPutObject(context);
	KosPutObject(context);
}

static void put_an_object_with_sessions_too_often(void)
{
	void *file = make_file();
	void *context = NULL;

	(void)KosSessionOpenObject(file, 1, 1, NULL, &context);
	(void)KosSessionUnregisterObject(file); /* the context still holds it */
	KosPutObject(file);
	KosPutObject(file);
}

static void handle_something_else(void)
{
	static _Alignas(max_align_t) unsigned char memory[256];

	KosRefObject(memory + 128);
}

static void put_something_else(void)
{
	static _Alignas(max_align_t) unsigned char memory[256];

	KosPutObject(memory + 128);
}

static void cast_something_else(void)
{
	static _Alignas(max_align_t) unsigned char memory[256];

	(void)sessio_object_cast(memory + 128, kosSessionBaseObjectType);
}

/* Inside a destructor the object has no reference any more. */
static void ref_the_dying(void *object, void *segment)
{
	(void)segment;
	KosRefObject(object);
}

static void put_the_dying(void *object, void *segment)
{
	(void)segment;
	KosPutObject(object);
}

static void die_in(KosObjectDestructor *destruct)
{
	KosObjectType *type = NULL;
	void *object = NULL;

	(void)KosCreateObjectType("mortal", NULL, 8, NULL, destruct, &type);
	(void)KosCreateObject(type, NULL, NULL, &object);
	KosPutObject(object);
}

static void ref_a_dead_object(void)
{
	die_in(ref_the_dying);
}

static void put_a_dead_object(void)
{
	die_in(put_the_dying);
}

static Retcode keep_and_fail(void *object, void *segment, void *create_ctx)
{
	(void)segment;
	(void)create_ctx;
	KosRefObject(object);
	return rcFail;
}

static Retcode just_fail(void *object, void *segment, void *create_ctx)
{
	(void)object;
	(void)segment;
	(void)create_ctx;
	return rcFail;
}

static void keep_a_reference_and_fail(void)
{
	KosObjectType *type = NULL;
	void *object = NULL;

	(void)KosCreateObjectType("keeper", NULL, 8, keep_and_fail, NULL, &type);
	(void)KosCreateObject(type, NULL, NULL, &object);
}

/* As above, but in the destructor that undoes a failed construction. */
static void keep_a_reference_while_unwinding(void)
{
	KosObjectType *base = NULL;
	KosObjectType *type = NULL;
	void *object = NULL;

	(void)KosCreateObjectType("base", NULL, 8, NULL, ref_the_dying, &base);
	(void)KosCreateObjectType("derived", base, 8, just_fail, NULL, &type);
	(void)KosCreateObject(type, NULL, NULL, &object);
}

/* A static place for the type, so that the second drop finds it. */
static void drop_a_type_twice(void)
{
	static struct sessio_object_type type;

	si_refcount_init(&type.refs, 0);
	si_type_unref(&type);
}

static void ref_a_dead_type(void)
{
	static struct sessio_object_type type;

	si_refcount_init(&type.refs, 0);
	si_type_ref(&type);
}

static void put_a_session_without_ref(void)
{
	KosSessionPut(make_session());
}

static void put_a_session_once_too_often(void)
{
	void *context = make_session();

	(void)KosSessionRef(context, NULL, NULL);
	(void)KosSessionRef(context, NULL, NULL);
	KosSessionPut(context);
	KosSessionPut(context);
	KosSessionPut(context);
}

/* The thread counts in a slot by then, where it has one, and the close finds the error. */
static void put_a_hot_session_once_too_often(void)
{
	void *context = make_session();

	for (unsigned i = 0; i < 100; i++) {
		(void)KosSessionRef(context, NULL, NULL);
		KosSessionPut(context);
	}
	KosSessionPut(context);
	(void)KosSessionCloseObject(context);
}

static void put_an_ended_session(void)
{
	void *context = make_session();

	(void)KosSessionCloseObject(context);
	KosSessionPut(context);
}

static Retcode put_while_opening(
	void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	(void)object;
	(void)open_ctx;
	(void)handle_rights;
	KosSessionPut(context);
	return rcOk;
}

static void put_an_opening_session(void)
{
	static const KosSessionOps ops = { put_while_opening, close_file, NULL };
	KosSessionType *type = NULL;
	void *file = make_file();
	void *context = NULL;

	(void)KosSessionUnregisterObject(file);
	(void)KosSessionCreateType(file_type, kosSessionBaseSessionType, &ops, &type);
	(void)KosSessionRegisterObject(type, file);
	(void)KosSessionOpenObject(file, 1, 1, NULL, &context);
}

static Retcode put_while_closing(void *object, void *context)
{
	(void)object;
	KosSessionPut(context);
	return rcOk;
}

/* No operation runs, so nothing but the end itself can notice. */
static void put_a_session_while_an_idle_close_runs(void)
{
	static const KosSessionOps ops = { open_file, put_while_closing, NULL };
	KosSessionType *type = NULL;
	void *file = make_file();
	void *context = NULL;

	(void)KosSessionUnregisterObject(file);
	(void)KosSessionCreateType(file_type, kosSessionBaseSessionType, &ops, &type);
	(void)KosSessionRegisterObject(type, file);
	(void)KosSessionOpenObject(file, 1, 1, NULL, &context);
	(void)KosSessionCloseObject(context);
}

static Retcode put_first_reference(
	void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	(void)object;
	(void)open_ctx;
	(void)handle_rights;
	KosPutObject(context);
	return rcOk;
}

static void put_an_opening_context_too_often(void)
{
	static const KosSessionOps ops = { put_first_reference, close_file, NULL };
	KosSessionType *type = NULL;
	void *file = make_file();
	void *context = NULL;

	(void)KosSessionUnregisterObject(file);
	(void)KosSessionCreateType(file_type, kosSessionBaseSessionType, &ops, &type);
	(void)KosSessionRegisterObject(type, file);
	(void)KosSessionOpenObject(file, 1, 1, NULL, &context);
}

static void count_a_session_out_twice(void)
{
	struct si_rights rights = { 0 };

	si_rights_add(&rights, 5, 0);
	si_rights_remove(&rights, 5, 0);
	si_rights_remove(&rights, 5, 0);
}

static void pop_a_frame_of_nobody(void)
{
	static const char kind;
	struct si_thread_frame pushed;
	struct si_thread_frame other = { 0 };

	si_thread_push(&pushed, &kind, NULL);
	si_thread_pop(&other);
}

int main(int argc, char **argv)
{
#define CASE(name)          \
	{                   \
#name, name \
	}
	static const struct death cases[] = {
		CASE(put_a_registered_object_too_often),
		CASE(put_an_open_context_too_often),
		CASE(put_an_ending_context_too_often),
		CASE(put_an_object_with_sessions_too_often),
		CASE(handle_something_else),
		CASE(put_something_else),
		CASE(cast_something_else),
		CASE(ref_a_dead_object),
		CASE(put_a_dead_object),
		CASE(keep_a_reference_and_fail),
		CASE(keep_a_reference_while_unwinding),
		CASE(drop_a_type_twice),
		CASE(ref_a_dead_type),
		CASE(put_a_session_without_ref),
		CASE(put_a_session_once_too_often),
		CASE(put_a_hot_session_once_too_often),
		CASE(put_an_ended_session),
		CASE(put_an_opening_session),
		CASE(put_an_opening_context_too_often),
		CASE(put_a_session_while_an_idle_close_runs),
		CASE(count_a_session_out_twice),
		CASE(pop_a_frame_of_nobody),
	};
#undef CASE

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
