/* SPDX-License-Identifier: MIT */
/* Handle tables that run out of memory, at every place where they take some. */
#include "test.h"

#include <kos/objhandles.h>

#include "alloc_fail.h"

/* Enough for the table to grow more than once while memory fails. */
#define HANDLES 40u

static KosObjHandleTable *new_table(rtl_uint32_t initial)
{
	KosObjHandleTable *table = NULL;

	assert_int_equal(KosCreateObjHandleTable(initial, HANDLES, &table), rcOk);
	return table;
}

static void creating(struct alloc_fail *tester, void *ctx)
{
	KosObjHandleTable *table = NULL;
	Retcode rc;

	(void)ctx;
	alloc_fail_on(tester);
	rc = KosCreateObjHandleTable(5, 10, &table);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
		assert_null(table);
	}
	KosPutObject(table);
}

static void creating_a_table_fails_whole(void **state)
{
	(void)state;
	alloc_fail_sweep(creating, NULL);
}

/* Each handle of a row may be the one that fails; those before it stay good. */
static void binding(struct alloc_fail *tester, void *ctx)
{
	KosObjHandleTable *table = new_table(2);
	KosObjHandleTable *object = new_table(0);
	KosObjHandle handles[HANDLES];
	unsigned bound = 0;

	(void)ctx;
	for (unsigned i = 0; i < HANDLES; i++) {
		KosObjHandle handle = 0;
		Retcode rc;

		alloc_fail_on(tester);
		rc = KosCreateObjHandle(table, object, &handle);
		if (alloc_fail_off(tester, rc != rcOk)) {
			assert_int_equal(rc, rcOutOfMemory);
			assert_true(handle == 0);
		} else {
			handles[bound++] = handle;
		}
		assert_int_equal(sessio_object_references(object), bound + 1);
	}
	/* The handles that exist can be used without memory. */
	alloc_fail_on(tester);
	for (unsigned i = 0; i < bound; i++) {
		void *found = NULL;

		assert_int_equal(KosRefObjectByObjHandle(table, handles[i], &found), rcOk);
		assert_ptr_equal(found, object);
		KosPutObject(found);
		if (i % 2 == 0) {
			assert_int_equal(sessio_obj_handle_close(table, handles[i]), rcOk);
			assert_int_equal(KosCreateObjHandle(table, object, &handles[i]), rcOk);
		}
	}
	(void)alloc_fail_off(tester, false);
	assert_true(bound == HANDLES || alloc_fail_fired(tester));
	KosPutObject(table);
	assert_int_equal(sessio_object_references(object), 1);
	KosPutObject(object);
}

/* Clauses: OH-2 */
static void a_table_that_cannot_grow_keeps_its_handles(void **state)
{
	(void)state;
	alloc_fail_sweep(binding, NULL);
}

/* The handles that a table starts with need no memory, and one more needs some. */
static void using_what_is_there(struct alloc_fail *tester, void *ctx)
{
	KosObjHandleTable *table = new_table(HANDLES / 2);
	KosObjHandleTable *object = new_table(0);
	KosObjHandle handle = 0;
	Retcode rc;

	(void)ctx;
	alloc_fail_on(tester);
	for (unsigned i = 0; i < HANDLES / 2; i++) {
		assert_int_equal(KosCreateObjHandle(table, object, &handle), rcOk);
	}
	rc = KosCreateObjHandle(table, object, &handle);
	if (alloc_fail_off(tester, rc != rcOk)) {
		assert_int_equal(rc, rcOutOfMemory);
	}
	KosPutObject(table);
	KosPutObject(object);
}

/* Clauses: OH-2 */
static void a_table_starts_with_its_initial_count(void **state)
{
	(void)state;
	alloc_fail_sweep(using_what_is_there, NULL);
}

/* New memory is full of this in these tests; as a handle it would be of place 2. */
static void a_place_never_used_has_no_handle(void **state)
{
	KosObjHandleTable *table = new_table(2);
	void *found = NULL;

	(void)state;
	assert_int_equal(KosRefObjectByObjHandle(table, UINT64_C(0xa5a5a5a5a5000002), &found),
		rcInvalidArgument);
	assert_null(found);
	KosPutObject(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(creating_a_table_fails_whole, alloc_fail_say),
		cmocka_unit_test_teardown(
			a_table_that_cannot_grow_keeps_its_handles, alloc_fail_say),
		cmocka_unit_test_teardown(a_table_starts_with_its_initial_count, alloc_fail_say),
		cmocka_unit_test_teardown(a_place_never_used_has_no_handle, alloc_fail_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
