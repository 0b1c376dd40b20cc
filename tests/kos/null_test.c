/* SPDX-License-Identifier: MIT */
/*
 * NULL for each pointer of each call of these headers, the others being right. A
 * call refuses it, or takes it for nothing; it never crashes and writes nothing.
 */
#include "test.h"

#include <kos/objcontainer.h>
#include <kos/objects.h>
#include <kos/objhandles.h>
#include <nk/types.h>
#include <sessio/diag.h>

#include "things.h"

static Retcode stop_walk(void *object, void *context)
{
	(void)object;
	(void)context;
	return rcFail;
}

#define REFUSED(call) assert_int_equal(call, rcInvalidArgument)

static void objects_refuse_null(void **state)
{
	KosObjectType *type = NULL;
	void *thing = new_thing(NULL);
	void *out = NULL;

	(void)state;
	REFUSED(KosCreateObjectType(NULL, thing_type, 1, NULL, NULL, &type));
	REFUSED(KosCreateObjectType("type", thing_type, 1, NULL, NULL, NULL));
	assert_int_equal(KosCreateObjectType("type", NULL, 1, NULL, NULL, &type), rcOk);
	REFUSED(KosCreateObject(NULL, "name", NULL, &out));
	REFUSED(KosCreateObject(type, "name", NULL, NULL));
	assert_null(out);
	assert_int_equal(KosCreateObject(type, NULL, NULL, &out), rcOk);
	KosRefObject(NULL);
	KosPutObject(NULL);
	sessio_object_type_ref(NULL);
	sessio_object_type_unref(NULL);
	assert_string_equal(sessio_object_type_name(NULL), "");
	assert_false(sessio_object_is_a(NULL, thing_type));
	assert_false(sessio_object_is_a(thing, NULL));
	assert_null(sessio_object_cast(NULL, thing_type));
	assert_null(sessio_object_cast(thing, NULL));
	assert_null(sessio_object_type_of(NULL));
	assert_null(sessio_object_name(NULL));
	assert_int_equal(sessio_object_references(NULL), 0);
	assert_int_equal(sessio_object_references(thing), 1);
	KosPutObject(out);
	KosPutObject(thing);
	sessio_object_type_unref(type);
}

static void containers_refuse_null(void **state)
{
	KosObjContainer *container = NULL;
	KosObjContainer *inner = NULL;
	void *thing = new_thing(NULL);
	void *out = NULL;

	(void)state;
	assert_int_equal(KosCreateObjContainer(NULL, NULL, &container), rcOk);
	REFUSED(KosCreateObjContainer(container, NULL, &inner));
	REFUSED(KosCreateObjContainer(container, "inner", NULL));
	REFUSED(KosInsertObjContainerObject(NULL, "thing", thing));
	REFUSED(KosInsertObjContainerObject(container, NULL, thing));
	REFUSED(KosInsertObjContainerObject(container, "thing", NULL));
	assert_int_equal(KosInsertObjContainerObject(container, "thing", thing), rcOk);
	REFUSED(KosRemoveObjContainerObjectByName(NULL, "thing"));
	REFUSED(KosRemoveObjContainerObjectByName(container, NULL));
	REFUSED(KosRemoveObjContainerObject(NULL, thing));
	REFUSED(KosRemoveObjContainerObject(container, NULL));
	REFUSED(KosGetObjContainerObjectByName(NULL, "thing", &out));
	REFUSED(KosGetObjContainerObjectByName(container, NULL, &out));
	REFUSED(KosGetObjContainerObjectByName(container, "thing", NULL));
	REFUSED(KosWalkObjContainerObjects(NULL, stop_walk, NULL));
	REFUSED(KosWalkObjContainerObjects(container, NULL, NULL));
	assert_int_equal(KosWalkObjContainerObjects(container, stop_walk, NULL), rcFail);
	assert_null(inner);
	assert_null(out);
	assert_int_equal(sessio_object_references(thing), 2);
	KosPutObject(container);
	KosPutObject(thing);
}

static void handle_tables_refuse_null(void **state)
{
	KosObjHandleTable *table = NULL;
	KosObjHandle handle = 0;
	void *thing = new_thing(NULL);
	void *out = NULL;

	(void)state;
	REFUSED(KosCreateObjHandleTable(1, 1, NULL));
	assert_int_equal(KosCreateObjHandleTable(1, 1, &table), rcOk);
	REFUSED(KosCreateObjHandle(NULL, thing, &handle));
	REFUSED(KosCreateObjHandle(table, NULL, &handle));
	REFUSED(KosCreateObjHandle(table, thing, NULL));
	assert_true(handle == 0);
	assert_int_equal(KosCreateObjHandle(table, thing, &handle), rcOk);
	REFUSED(KosRefObjectByObjHandle(NULL, handle, &out));
	REFUSED(KosRefObjectByObjHandle(table, handle, NULL));
	REFUSED(sessio_obj_handle_close(NULL, handle));
	assert_null(out);
	assert_int_equal(sessio_object_references(thing), 2);
	KosPutObject(table);
	KosPutObject(thing);
}

static void containers_of_handles_refuse_null(void **state)
{
	nk_handle_desc_t desc = nk_handle_desc(5);
	nk_badge_t badge = 7;

	(void)state;
	assert_int_equal(nk_get_handle(NULL), INVALID_HANDLE);
	assert_int_equal(nk_get_rights(NULL), 0);
	assert_int_equal(nk_is_handle_dereferenced(NULL), 0);
	assert_int_equal(nk_get_badge_op(NULL, 0, &badge), NK_EBADMSG);
	desc.dereferenced = 1;
	assert_int_equal(nk_get_badge_op(&desc, 0, NULL), NK_EBADMSG);
	assert_int_equal(badge, 7);
	assert_int_equal(nk_get_handle(&desc), 5);
}

static void a_null_sink_is_no_sink(void **state)
{
	(void)state;
	sessio_diag_set_sink(NULL, NULL);
	sessio_diag_set_sink(NULL, &state);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, things_set_up, things_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(objects_refuse_null),
		TEST(containers_refuse_null),
		TEST(handle_tables_refuse_null),
		TEST(containers_of_handles_refuse_null),
		TEST(a_null_sink_is_no_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
