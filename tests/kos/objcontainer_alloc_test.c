/* SPDX-License-Identifier: MIT */
/* Containers that run out of memory, at every place where they take some. */
#include "test.h"

#include <kos/objcontainer.h>

#include <stdio.h>

#include "alloc_fail.h"

/* Enough for the buckets to grow while memory fails: they are made, doubled, doubled. */
#define ELEMENTS 20u
#define GROWTHS 3u

static KosObjContainer *new_container(KosObjContainer *parent, const char *name)
{
	KosObjContainer *container = NULL;

	assert_int_equal(KosCreateObjContainer(parent, name, &container), rcOk);
	return container;
}

static void *find(KosObjContainer *container, const char *name)
{
	void *found = NULL;

	if (KosGetObjContainerObjectByName(container, name, &found) == rcOk) {
		KosPutObject(found);
	}
	return found;
}

static Retcode count(void *object, void *context)
{
	unsigned *number = context;

	(void)object;
	*number += 1;
	return rcOk;
}

static unsigned count_of(KosObjContainer *container)
{
	unsigned number = 0;

	assert_int_equal(KosWalkObjContainerObjects(container, count, &number), rcOk);
	return number;
}

static void creating(struct alloc_fail *tester, void *ctx)
{
	KosObjContainer *parent = new_container(NULL, NULL);
	KosObjContainer *child = NULL;
	Retcode rc;

	(void)ctx;
	alloc_fail_on(tester);
	rc = KosCreateObjContainer(parent, "child", &child);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		assert_null(child);
		assert_int_equal(count_of(parent), 0);
		child = new_container(parent, "child");
	}
	assert_ptr_equal(find(parent, "child"), child);
	KosPutObject(child);
	KosPutObject(parent);
}

static void creating_a_child_fails_whole(void **state)
{
	(void)state;
	alloc_fail_sweep(creating, NULL);
}

/* Each insertion of a row may be the one that fails; those before it stay. */
static void inserting(struct alloc_fail *tester, void *ctx)
{
	KosObjContainer *container = new_container(NULL, NULL);
	KosObjContainer *object = new_container(NULL, NULL);
	unsigned inserted = 0;
	unsigned *unharmed = ctx; /* runs in which something failed and every element came in */
	char name[8];

	for (unsigned i = 0; i < ELEMENTS; i++) {
		Retcode rc;

		(void)snprintf(name, sizeof(name), "%u", i);
		alloc_fail_on(tester);
		rc = KosInsertObjContainerObject(container, name, object);
		if (alloc_fail_off(tester, rc != rcOk)) {
			assert_int_equal(rc, rcOutOfMemory);
			assert_null(find(container, name));
		} else {
			assert_ptr_equal(find(container, name), object);
			inserted++;
		}
		assert_int_equal(sessio_object_references(object), inserted + 1);
	}
	assert_int_equal(count_of(container), inserted);
	assert_true(inserted == ELEMENTS || alloc_fail_fired(tester));
	*unharmed += inserted == ELEMENTS && alloc_fail_fired(tester);
	KosPutObject(container);
	assert_int_equal(sessio_object_references(object), 1);
	KosPutObject(object);
}

static void inserting_fails_and_changes_nothing(void **state)
{
	unsigned unharmed = 0;
	size_t failures = 0;

	(void)state;
	assert_null(alloc_fail_find(inserting, &unharmed, &failures));
	assert_int_equal(failures, 2 * (ELEMENTS + GROWTHS));
	/* Doubling may fail, if nothing else does. */
	assert_int_equal(unharmed, GROWTHS - 1);
}

static void churning(struct alloc_fail *tester, void *ctx)
{
	KosObjContainer *container = new_container(NULL, NULL);
	KosObjContainer *object = new_container(NULL, NULL);

	(void)ctx;
	for (unsigned i = 0; i < ELEMENTS; i++) {
		Retcode rc;

		alloc_fail_on(tester);
		rc = KosInsertObjContainerObject(container, "name", object);
		if (!alloc_fail_off(tester, rc != rcOk)) {
			assert_int_equal(
				KosRemoveObjContainerObjectByName(container, "name"), rcOk);
		}
	}
	KosPutObject(container);
	KosPutObject(object);
}

static void coming_and_going_does_not_grow_a_container(void **state)
{
	size_t failures = 0;

	(void)state;
	assert_null(alloc_fail_find(churning, NULL, &failures));
	assert_int_equal(failures, 2 * (ELEMENTS + 1));
}

/* Only these calls are in the stretch; the creation makes the sweep see one place. */
static void the_rest(struct alloc_fail *tester, void *ctx)
{
	KosObjContainer *container = new_container(NULL, NULL);
	KosObjContainer *object = new_container(container, "a");
	KosObjContainer *unused = NULL;
	unsigned number = 0;
	void *found = NULL;

	(void)ctx;
	assert_int_equal(KosInsertObjContainerObject(container, "b", object), rcOk);
	alloc_fail_on(tester);
	if (KosCreateObjContainer(NULL, NULL, &unused) == rcOk) {
		KosPutObject(unused);
	}
	assert_int_equal(KosGetObjContainerObjectByName(container, "a", &found), rcOk);
	assert_int_equal(KosInsertObjContainerObject(container, "a", found), rcAlreadyExists);
	assert_int_equal(KosCreateObjContainer(container, NULL, &unused), rcInvalidArgument);
	assert_int_equal(KosWalkObjContainerObjects(container, count, &number), rcOk);
	assert_int_equal(KosRemoveObjContainerObjectByName(container, "a"), rcOk);
	assert_int_equal(KosRemoveObjContainerObject(container, object), rcOk);
	(void)alloc_fail_off(tester, false);
	assert_int_equal(number, 2);
	KosPutObject(found);
	KosPutObject(object);
	KosPutObject(container);
}

static void finding_walking_and_removing_need_no_memory(void **state)
{
	(void)state;
	alloc_fail_sweep(the_rest, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(creating_a_child_fails_whole, alloc_fail_say),
		cmocka_unit_test_teardown(inserting_fails_and_changes_nothing, alloc_fail_say),
		cmocka_unit_test_teardown(
			coming_and_going_does_not_grow_a_container, alloc_fail_say),
		cmocka_unit_test_teardown(
			finding_walking_and_removing_need_no_memory, alloc_fail_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
