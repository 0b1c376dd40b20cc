/* SPDX-License-Identifier: MIT */
/* Containers against a model that is a plain table, and with many elements. */
#include "test.h"

#include <stdio.h>

#include "containers.h"
#include "inside.h"
#include "things.h"

#define MANY 3000u

static void a_container_grows_and_shrinks(void **state)
{
	KosObjContainer *container = new_container();
	void *thing = new_thing(NULL);
	void *other = new_thing(NULL);
	char name[16];

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof(name), "%u", i);
		assert_int_equal(
			KosInsertObjContainerObject(container, name, i % 3 == 0 ? other : thing),
			rcOk);
	}
	for (unsigned i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof(name), "%u", i);
		assert_ptr_equal(find(container, name), i % 3 == 0 ? other : thing);
	}
	assert_int_equal(KosRemoveObjContainerObject(container, thing), rcOk);
	assert_int_equal(sessio_object_references(thing), 1);
	for (unsigned i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof(name), "%u", i);
		assert_ptr_equal(find(container, name), i % 3 == 0 ? other : NULL);
	}
	KosPutObject(thing);
	KosPutObject(other);
	KosPutObject(container);
}

/* Inserts enough on its first call to make the container grow under the walk. */
static Retcode insert_many(void *object, void *context)
{
	KosObjContainer *container = context;
	char name[16];

	for (unsigned i = 0; i < 200 && find(container, "199") == NULL; i++) {
		(void)snprintf(name, sizeof(name), "%u", i);
		note_that(KosInsertObjContainerObject(container, name, object) == rcOk);
	}
	return rcOk;
}

/* Overwrites what calls that have returned had on the stack. */
static void scribble(void)
{
	volatile unsigned char stack[4096];

	for (size_t i = 0; i < sizeof(stack); i++) {
		stack[i] = 0xff;
	}
}

static void a_container_grows_while_it_is_walked(void **state)
{
	KosObjContainer *container = new_container();
	void *thing = new_thing(NULL);
	char name[16];

	(void)state;
	assert_int_equal(KosInsertObjContainerObject(container, "first", thing), rcOk);
	assert_int_equal(KosWalkObjContainerObjects(container, insert_many, container), rcOk);
	/* Nothing of the walk may be left in any bucket, and these names are for all of them. */
	scribble();
	for (unsigned i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof(name), "no %u", i);
		assert_null(find(container, name));
	}
	for (unsigned i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "%u", i);
		assert_ptr_equal(find(container, name), thing);
		assert_int_equal(KosRemoveObjContainerObjectByName(container, name), rcOk);
	}
	assert_ptr_equal(find(container, "first"), thing);
	assert_int_equal(sessio_object_references(thing), 2);
	KosPutObject(container);
	KosPutObject(thing);
}

/* As the library hashes names now, these two differ in nothing but the names. */
#define TWIN_1 "device572"
#define TWIN_2 "device72848"

static void names_with_one_hash_are_two_names(void **state)
{
	KosObjContainer *container = new_container();
	void *first = new_thing(NULL);
	void *second = new_thing(NULL);

	(void)state;
	assert_int_equal(KosInsertObjContainerObject(container, TWIN_1, first), rcOk);
	assert_null(find(container, TWIN_2));
	assert_int_equal(KosInsertObjContainerObject(container, TWIN_2, second), rcOk);
	assert_ptr_equal(find(container, TWIN_1), first);
	assert_ptr_equal(find(container, TWIN_2), second);
	assert_int_equal(KosRemoveObjContainerObjectByName(container, TWIN_1), rcOk);
	assert_ptr_equal(find(container, TWIN_2), second);
	KosPutObject(first);
	KosPutObject(second);
	KosPutObject(container);
}

/* The model: which object each name of each container stands for. */
#define CONTAINERS 3u
#define NAMES 20u
#define THINGS 4u
#define STEPS 3000u

struct model {
	KosObjContainer *containers[CONTAINERS];
	void *things[THINGS];
	void *holds[CONTAINERS][NAMES];
};

static const char *name_of(unsigned i)
{
	static char name[8];

	(void)snprintf(name, sizeof(name), "n%u", i);
	return name;
}

static void compare(const struct model *model)
{
	unsigned references[THINGS] = { 0 };

	for (unsigned c = 0; c < CONTAINERS; c++) {
		struct met met = { .count = 0 };
		unsigned count = 0;

		assert_int_equal(
			KosWalkObjContainerObjects(model->containers[c], meet, &met), rcOk);
		for (unsigned n = 0; n < NAMES; n++) {
			assert_ptr_equal(
				find(model->containers[c], name_of(n)), model->holds[c][n]);
			count += model->holds[c][n] != NULL;
		}
		assert_int_equal(met.count, count);
		for (unsigned t = 0; t < THINGS; t++) {
			unsigned in_this = 0;

			for (unsigned n = 0; n < NAMES; n++) {
				in_this += model->holds[c][n] == model->things[t];
			}
			assert_int_equal(times(&met, model->things[t]), in_this);
			references[t] += in_this;
		}
	}
	for (unsigned t = 0; t < THINGS; t++) {
		assert_int_equal(sessio_object_references(model->things[t]), references[t] + 1);
	}
}

static void insert(struct model *model, unsigned c, unsigned n, unsigned t)
{
	Retcode rc = model->holds[c][n] == NULL ? rcOk : rcAlreadyExists;

	assert_int_equal(
		KosInsertObjContainerObject(model->containers[c], name_of(n), model->things[t]),
		rc);
	if (rc == rcOk) {
		model->holds[c][n] = model->things[t];
	}
}

static void remove_name(struct model *model, unsigned c, unsigned n)
{
	assert_int_equal(KosRemoveObjContainerObjectByName(model->containers[c], name_of(n)),
		model->holds[c][n] == NULL ? rcResourceNotFound : rcOk);
	model->holds[c][n] = NULL;
}

static void remove_thing(struct model *model, unsigned c, unsigned t)
{
	Retcode rc = rcResourceNotFound;

	for (unsigned n = 0; n < NAMES; n++) {
		if (model->holds[c][n] == model->things[t]) {
			model->holds[c][n] = NULL;
			rc = rcOk;
		}
	}
	assert_int_equal(KosRemoveObjContainerObject(model->containers[c], model->things[t]), rc);
}

static void any_history_ends_as_a_plain_table_would(void **state)
{
	struct model model = { .containers = { NULL } };
	struct random numbers = { 1 };

	(void)state;
	for (unsigned c = 0; c < CONTAINERS; c++) {
		model.containers[c] = new_container();
	}
	for (unsigned t = 0; t < THINGS; t++) {
		model.things[t] = new_thing(NULL);
	}
	for (unsigned i = 0; i < STEPS; i++) {
		unsigned c = random_below(&numbers, CONTAINERS);
		unsigned n = random_below(&numbers, NAMES);
		unsigned t = random_below(&numbers, THINGS);
		unsigned what = random_below(&numbers, 16);

		if (what < 9) {
			insert(&model, c, n, t);
		} else if (what < 14) {
			remove_name(&model, c, n);
		} else {
			remove_thing(&model, c, t);
		}
		compare(&model);
	}
	for (unsigned c = 0; c < CONTAINERS; c++) {
		KosPutObject(model.containers[c]);
	}
	for (unsigned t = 0; t < THINGS; t++) {
		assert_int_equal(sessio_object_references(model.things[t]), 1);
		KosPutObject(model.things[t]);
	}
}

#define WITH_THINGS(test) cmocka_unit_test_setup_teardown(test, things_set_up, things_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_THINGS(a_container_grows_and_shrinks),
		WITH_THINGS(a_container_grows_while_it_is_walked),
		WITH_THINGS(names_with_one_hash_are_two_names),
		WITH_THINGS(any_history_ends_as_a_plain_table_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
