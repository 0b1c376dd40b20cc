/* SPDX-License-Identifier: MIT */
/* Containers, clause by clause. */
#include "test.h"

#include <string.h>

#include "containers.h"
#include "inside.h"
#include "things.h"

/* Clauses: OC-1 */
static void a_container_is_an_object_and_may_hold_others(void **state)
{
	KosObjContainer *outer = new_container();
	KosObjContainer *inner = new_container();
	void *thing = new_thing(NULL);

	(void)state;
	assert_true(sessio_object_is_a(outer, sessio_obj_container_type));
	assert_false(sessio_object_is_a(thing, sessio_obj_container_type));
	assert_int_equal(KosInsertObjContainerObject(outer, "thing", thing), rcOk);
	assert_int_equal(KosInsertObjContainerObject(outer, "inner", inner), rcOk);
	assert_ptr_equal(find(outer, "inner"), inner);
	assert_int_equal(sessio_object_references(inner), 2);
	KosRefObject(outer);
	assert_int_equal(sessio_object_references(outer), 2);
	KosPutObject(outer);
	KosPutObject(inner);
	KosPutObject(outer);
	assert_int_equal(things_gone(), 0);
	KosPutObject(thing);
	assert_int_equal(things_gone(), 1);
}

/* Clauses: OC-2 */
static void one_object_may_be_in_several_containers(void **state)
{
	KosObjContainer *first = new_container();
	KosObjContainer *second = new_container();
	void *thing = new_thing(NULL);

	(void)state;
	assert_int_equal(KosInsertObjContainerObject(first, "thing", thing), rcOk);
	assert_int_equal(KosInsertObjContainerObject(second, "thing", thing), rcOk);
	assert_ptr_equal(find(first, "thing"), thing);
	assert_ptr_equal(find(second, "thing"), thing);
	assert_int_equal(KosRemoveObjContainerObject(first, thing), rcOk);
	assert_null(find(first, "thing"));
	assert_ptr_equal(find(second, "thing"), thing);
	KosPutObject(thing);
	KosPutObject(first);
	assert_int_equal(things_gone(), 0);
	KosPutObject(second);
	assert_int_equal(things_gone(), 1);
}

/* Clauses: OC-3 */
static void a_new_container_is_put_into_its_parent_if_there_is_one(void **state)
{
	KosObjContainer *parent = new_container();
	KosObjContainer *child = NULL;
	KosObjContainer *other = NULL;

	(void)state;
	assert_int_equal(KosCreateObjContainer(parent, "child", &child), rcOk);
	assert_ptr_equal(find(parent, "child"), child);
	assert_string_equal(sessio_object_name(child), "child");
	assert_int_equal(sessio_object_references(child), 2);
	assert_int_equal(KosCreateObjContainer(parent, "child", &other), rcAlreadyExists);
	assert_int_equal(KosCreateObjContainer(parent, NULL, &other), rcInvalidArgument);
	assert_null(other);
	assert_int_equal(KosCreateObjContainer(NULL, "alone", &other), rcOk);
	assert_string_equal(sessio_object_name(other), "alone");
	assert_int_equal(sessio_object_references(other), 1);
	KosPutObject(other);
	KosPutObject(child);
	KosPutObject(parent);
}

/* Clauses: OC-4 */
static void the_name_inside_is_not_the_objects_own(void **state)
{
	KosObjContainer *container = new_container();
	void *thing = new_thing("own");
	char name[] = "inside";

	(void)state;
	assert_int_equal(KosInsertObjContainerObject(container, name, thing), rcOk);
	name[0] = 'x'; /* the name was copied */
	assert_ptr_equal(find(container, "inside"), thing);
	assert_null(find(container, "own"));
	assert_string_equal(sessio_object_name(thing), "own");
	KosPutObject(thing);
	KosPutObject(container);
}

/* Clauses: OC-5 */
static void a_name_is_given_once_in_a_container(void **state)
{
	KosObjContainer *container = new_container();
	void *first = new_thing(NULL);
	void *second = new_thing(NULL);

	(void)state;
	assert_int_equal(KosInsertObjContainerObject(container, "name", first), rcOk);
	assert_int_equal(KosInsertObjContainerObject(container, "name", second), rcAlreadyExists);
	assert_int_equal(KosInsertObjContainerObject(container, "name", first), rcAlreadyExists);
	assert_ptr_equal(find(container, "name"), first);
	assert_int_equal(sessio_object_references(first), 2);
	assert_int_equal(sessio_object_references(second), 1);
	assert_int_equal(KosRemoveObjContainerObjectByName(container, "name"), rcOk);
	assert_int_equal(KosInsertObjContainerObject(container, "name", second), rcOk);
	assert_ptr_equal(find(container, "name"), second);
	assert_int_equal(KosInsertObjContainerObject(container, "", first), rcOk);
	assert_ptr_equal(find(container, ""), first);
	KosPutObject(first);
	KosPutObject(second);
	KosPutObject(container);
	assert_int_equal(things_gone(), 2);
}

/* Clauses: OC-6 */
static void one_object_may_have_several_names_in_a_container(void **state)
{
	KosObjContainer *container = new_container();
	void *thing = new_thing(NULL);
	void *other = new_thing(NULL);
	struct met met = { .count = 0 };

	(void)state;
	assert_int_equal(KosInsertObjContainerObject(container, "a", thing), rcOk);
	assert_int_equal(KosInsertObjContainerObject(container, "other", other), rcOk);
	assert_int_equal(KosInsertObjContainerObject(container, "b", thing), rcOk);
	assert_int_equal(KosInsertObjContainerObject(container, "c", thing), rcOk);
	assert_int_equal(sessio_object_references(thing), 4);
	assert_int_equal(KosWalkObjContainerObjects(container, meet, &met), rcOk);
	assert_int_equal(met.count, 4);
	assert_int_equal(times(&met, thing), 3);
	assert_int_equal(KosRemoveObjContainerObjectByName(container, "b"), rcOk);
	assert_ptr_equal(find(container, "a"), thing);
	assert_null(find(container, "b"));
	/* By the object it goes under all the names that are left. */
	assert_int_equal(KosRemoveObjContainerObject(container, thing), rcOk);
	assert_null(find(container, "a"));
	assert_null(find(container, "c"));
	assert_ptr_equal(find(container, "other"), other);
	assert_int_equal(sessio_object_references(thing), 1);
	KosPutObject(thing);
	KosPutObject(other);
	KosPutObject(container);
}

/* Clauses: OC-7 */
static void inserting_takes_a_reference_and_removing_gives_it_back(void **state)
{
	KosObjContainer *container = new_container();
	void *thing = new_thing(NULL);

	(void)state;
	assert_int_equal(KosInsertObjContainerObject(container, "thing", thing), rcOk);
	assert_int_equal(sessio_object_references(thing), 2);
	assert_int_equal(KosRemoveObjContainerObjectByName(container, "thing"), rcOk);
	assert_int_equal(sessio_object_references(thing), 1);
	assert_int_equal(KosRemoveObjContainerObjectByName(container, "thing"), rcResourceNotFound);
	assert_int_equal(KosRemoveObjContainerObject(container, thing), rcResourceNotFound);
	assert_int_equal(sessio_object_references(thing), 1);
	assert_int_equal(KosInsertObjContainerObject(container, "thing", thing), rcOk);
	assert_int_equal(KosRemoveObjContainerObject(container, thing), rcOk);
	assert_int_equal(sessio_object_references(thing), 1);
	assert_int_equal(KosInsertObjContainerObject(container, "thing", thing), rcOk);
	KosPutObject(thing);
	assert_int_equal(things_gone(), 0);
	assert_int_equal(KosRemoveObjContainerObjectByName(container, "thing"), rcOk);
	assert_int_equal(things_gone(), 1);
	KosPutObject(container);
}

/* Clauses: OC-8 */
static void a_lookup_takes_a_reference_and_does_not_descend(void **state)
{
	KosObjContainer *outer = new_container();
	KosObjContainer *inner = NULL;
	void *thing = new_thing(NULL);
	void *found = NULL;

	(void)state;
	assert_int_equal(KosCreateObjContainer(outer, "inner", &inner), rcOk);
	assert_int_equal(KosInsertObjContainerObject(inner, "thing", thing), rcOk);
	assert_int_equal(KosGetObjContainerObjectByName(inner, "thing", &found), rcOk);
	assert_ptr_equal(found, thing);
	assert_int_equal(sessio_object_references(thing), 3);
	KosPutObject(found);
	found = NULL;
	assert_int_equal(
		KosGetObjContainerObjectByName(outer, "thing", &found), rcResourceNotFound);
	assert_null(found);
	assert_int_equal(KosRemoveObjContainerObjectByName(outer, "thing"), rcResourceNotFound);
	assert_int_equal(KosRemoveObjContainerObject(outer, thing), rcResourceNotFound);
	assert_int_equal(sessio_object_references(thing), 2);
	KosPutObject(thing);
	KosPutObject(inner);
	KosPutObject(outer);
}

static Retcode stop_at_the_second(void *object, void *context)
{
	struct met *met = context;

	(void)meet(object, context);
	/* The walk's own reference, the container's and the test's. */
	note_that(sessio_object_references(object) == 3);
	return met->count == 2 ? rcNotReady : rcOk;
}

/* Clauses: OC-9 */
static void a_walk_gives_each_object_and_the_context_until_it_is_stopped(void **state)
{
	KosObjContainer *container = new_container();
	void *things[3];
	char name[] = "0";
	struct met all = { .count = 0 };
	struct met some = { .count = 0 };

	(void)state;
	assert_int_equal(KosWalkObjContainerObjects(container, meet, &all), rcOk);
	assert_int_equal(all.count, 0);
	for (unsigned i = 0; i < 3; i++) {
		name[0] = (char)('0' + i);
		things[i] = new_thing(NULL);
		assert_int_equal(KosInsertObjContainerObject(container, name, things[i]), rcOk);
	}
	assert_int_equal(KosWalkObjContainerObjects(container, meet, &all), rcOk);
	assert_int_equal(all.count, 3);
	assert_int_equal(
		KosWalkObjContainerObjects(container, stop_at_the_second, &some), rcNotReady);
	assert_int_equal(some.count, 2);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(times(&all, things[i]), 1);
		assert_int_equal(sessio_object_references(things[i]), 2);
		KosPutObject(things[i]);
	}
	KosPutObject(container);
	assert_int_equal(things_gone(), 3);
}

/* A walk whose callback changes what it walks through. */
struct busy_walk {
	KosObjContainer *container;
	struct met met;
	struct met inner;
};

static Retcode change_everything(void *object, void *context)
{
	struct busy_walk *walk = context;
	KosObjContainer *child = NULL;

	(void)meet(object, &walk->met);
	if (walk->met.count == 1) {
		note_that(KosWalkObjContainerObjects(walk->container, meet, &walk->inner) == rcOk);
		note_that(KosCreateObjContainer(walk->container, "child", &child) == rcOk);
		KosPutObject(child);
		assert_non_null(find(walk->container, "stays"));
		note_that(KosRemoveObjContainerObjectByName(walk->container, "goes") == rcOk);
		note_that(KosRemoveObjContainerObject(
				  walk->container, find(walk->container, "goes too")) == rcOk);
	}
	return rcOk;
}

/* The documents forbid the callback to call the API; here it may. */
/* Clauses: OC-9 */
static void the_callback_of_a_walk_may_call_anything(void **state)
{
	struct busy_walk walk = { .container = new_container() };
	const char *const names[] = { "goes", "stays", "goes too", "first" };
	void *things[4];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		things[i] = new_thing(NULL);
		assert_int_equal(
			KosInsertObjContainerObject(walk.container, names[i], things[i]), rcOk);
	}
	assert_int_equal(
		KosWalkObjContainerObjects(walk.container, change_everything, &walk), rcOk);
	assert_int_equal(walk.inner.count, 4);
	assert_int_equal(times(&walk.met, things[1]), 1);
	assert_int_equal(times(&walk.met, things[3]), 1);
	/* A walk meets no element that was removed before its turn, and none that is new. */
	for (unsigned i = 0; i < 3; i += 2) {
		assert_int_equal(times(&walk.met, things[i]), walk.met.objects[0] == things[i]);
	}
	assert_null(find(walk.container, "goes"));
	assert_null(find(walk.container, "goes too"));
	for (unsigned i = 0; i < walk.met.count; i++) {
		assert_false(sessio_object_is_a(walk.met.objects[i], sessio_obj_container_type));
	}
	for (unsigned i = 0; i < 4; i++) {
		KosPutObject(things[i]);
	}
	KosPutObject(walk.container);
	assert_int_equal(things_gone(), 4);
}

static Retcode put_the_container(void *object, void *context)
{
	struct busy_walk *walk = context;

	(void)meet(object, &walk->met);
	if (walk->container != NULL) {
		KosPutObject(walk->container);
		walk->container = NULL;
	}
	note_that(things_gone() == 0);
	return rcOk;
}

static void a_walk_holds_its_container(void **state)
{
	struct busy_walk walk = { .container = new_container() };
	KosObjContainer *container = walk.container;
	const char *const names[] = { "a", "b" };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		void *thing = new_thing(NULL);

		assert_int_equal(KosInsertObjContainerObject(container, names[i], thing), rcOk);
		KosPutObject(thing);
	}
	assert_int_equal(KosWalkObjContainerObjects(container, put_the_container, &walk), rcOk);
	assert_int_equal(walk.met.count, 2);
	assert_int_equal(things_gone(), 2);
}

static void look_for_it(void *ctx)
{
	note_that(find(ctx, "gone") == NULL);
}

/* The destructor of the removed object uses the container, which a held lock would forbid. */
static void objects_are_put_with_no_lock_held(void **state)
{
	KosObjContainer *container = new_container();
	const char *const names[] = { "by name", "by object" };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct thing *thing = new_thing(NULL);

		thing->on_end = look_for_it;
		thing->ctx = container;
		assert_int_equal(KosInsertObjContainerObject(container, names[i], thing), rcOk);
		KosPutObject(thing);
	}
	assert_int_equal(KosRemoveObjContainerObjectByName(container, "by name"), rcOk);
	assert_int_equal(things_gone(), 1);
	assert_int_equal(
		KosRemoveObjContainerObject(container, find(container, "by object")), rcOk);
	assert_int_equal(things_gone(), 2);
	KosPutObject(container);
}

static void what_cannot_be_meant_is_refused(void **state)
{
	KosObjContainer *container = new_container();
	void *thing = new_thing(NULL);
	KosObjContainer *no_container = thing;
	KosObjContainer *made = NULL;
	void *found = NULL;
	struct met met = { .count = 0 };

	(void)state;
	assert_int_equal(KosCreateObjContainer(NULL, NULL, NULL), rcInvalidArgument);
	assert_int_equal(KosCreateObjContainer(no_container, "x", &made), rcInvalidArgument);
	assert_int_equal(KosInsertObjContainerObject(NULL, "x", thing), rcInvalidArgument);
	assert_int_equal(KosInsertObjContainerObject(no_container, "x", thing), rcInvalidArgument);
	assert_int_equal(KosInsertObjContainerObject(container, NULL, thing), rcInvalidArgument);
	assert_int_equal(KosInsertObjContainerObject(container, "x", NULL), rcInvalidArgument);
	assert_int_equal(KosInsertObjContainerObject(container, "x", container), rcInvalidArgument);
	assert_int_equal(KosRemoveObjContainerObjectByName(NULL, "x"), rcInvalidArgument);
	assert_int_equal(KosRemoveObjContainerObjectByName(no_container, "x"), rcInvalidArgument);
	assert_int_equal(KosRemoveObjContainerObjectByName(container, NULL), rcInvalidArgument);
	assert_int_equal(KosRemoveObjContainerObject(NULL, thing), rcInvalidArgument);
	assert_int_equal(KosRemoveObjContainerObject(no_container, thing), rcInvalidArgument);
	assert_int_equal(KosRemoveObjContainerObject(container, NULL), rcInvalidArgument);
	assert_int_equal(KosGetObjContainerObjectByName(NULL, "x", &found), rcInvalidArgument);
	assert_int_equal(
		KosGetObjContainerObjectByName(no_container, "x", &found), rcInvalidArgument);
	assert_int_equal(
		KosGetObjContainerObjectByName(container, NULL, &found), rcInvalidArgument);
	assert_int_equal(KosGetObjContainerObjectByName(container, "x", NULL), rcInvalidArgument);
	assert_int_equal(KosWalkObjContainerObjects(NULL, meet, &met), rcInvalidArgument);
	assert_int_equal(KosWalkObjContainerObjects(no_container, meet, &met), rcInvalidArgument);
	assert_int_equal(KosWalkObjContainerObjects(container, NULL, &met), rcInvalidArgument);
	assert_null(made);
	assert_null(found);
	assert_int_equal(met.count, 0);
	assert_int_equal(sessio_object_references(thing), 1);
	assert_int_equal(sessio_object_references(container), 1);
	KosPutObject(thing);
	KosPutObject(container);
}

static void a_type_may_inherit_containers(void **state)
{
	KosObjectType *type = NULL;
	void *object = NULL;
	void *thing = new_thing(NULL);

	(void)state;
	assert_int_equal(
		KosCreateObjectType("shelf", sessio_obj_container_type, 24, NULL, NULL, &type),
		rcOk);
	assert_int_equal(KosCreateObject(type, NULL, NULL, &object), rcOk);
	assert_true(sessio_object_is_a(object, sessio_obj_container_type));
	memset(object, 0xff, 24); /* its own segment lies elsewhere */
	assert_int_equal(KosInsertObjContainerObject(object, "thing", thing), rcOk);
	assert_ptr_equal(find(object, "thing"), thing);
	assert_int_equal(KosInsertObjContainerObject(object, "self", object), rcInvalidArgument);
	KosPutObject(thing);
	KosPutObject(object);
	assert_int_equal(things_gone(), 1);
	sessio_object_type_unref(type);
}

/* Deeper than any stack would bear if one destruction ran inside the other. */
static void a_deep_nest_is_destroyed_one_by_one(void **state)
{
	KosObjContainer *container = new_container();
	void *thing = new_thing(NULL);

	(void)state;
	assert_int_equal(KosInsertObjContainerObject(container, "thing", thing), rcOk);
	KosPutObject(thing);
	for (unsigned i = 0; i < 100000; i++) {
		KosObjContainer *outer = new_container();

		assert_int_equal(KosInsertObjContainerObject(outer, "inner", container), rcOk);
		KosPutObject(container);
		container = outer;
	}
	assert_int_equal(things_gone(), 0);
	KosPutObject(container);
	assert_int_equal(things_gone(), 1);
}

#define WITH_THINGS(test) cmocka_unit_test_setup_teardown(test, things_set_up, things_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_THINGS(a_container_is_an_object_and_may_hold_others),
		WITH_THINGS(one_object_may_be_in_several_containers),
		WITH_THINGS(a_new_container_is_put_into_its_parent_if_there_is_one),
		WITH_THINGS(the_name_inside_is_not_the_objects_own),
		WITH_THINGS(a_name_is_given_once_in_a_container),
		WITH_THINGS(one_object_may_have_several_names_in_a_container),
		WITH_THINGS(inserting_takes_a_reference_and_removing_gives_it_back),
		WITH_THINGS(a_lookup_takes_a_reference_and_does_not_descend),
		WITH_THINGS(a_walk_gives_each_object_and_the_context_until_it_is_stopped),
		WITH_THINGS(the_callback_of_a_walk_may_call_anything),
		WITH_THINGS(a_walk_holds_its_container),
		WITH_THINGS(objects_are_put_with_no_lock_held),
		WITH_THINGS(what_cannot_be_meant_is_refused),
		WITH_THINGS(a_type_may_inherit_containers),
		WITH_THINGS(a_deep_nest_is_destroyed_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
