/* SPDX-License-Identifier: MIT */
/*
 * A slot of a handle table that has had all its generations. The table is compiled with
 * few bits for them, as CMakeLists.txt says, or this would take years.
 */
#include "test.h"

#include <kos/objhandles.h>

#define GENERATIONS (1u << SI_ID_GENERATION_BITS)
#define SLOTS 3u

static void a_slot_has_each_generation_once_and_is_then_given_up(void **state)
{
	KosObjHandle seen[SLOTS * GENERATIONS];
	KosObjHandleTable *table = NULL;
	KosObjHandleTable *object = NULL;
	KosObjHandle none = 0;
	void *found = NULL;

	(void)state;
	assert_int_equal(KosCreateObjHandleTable(1, SLOTS, &table), rcOk);
	assert_int_equal(KosCreateObjHandleTable(1, 1, &object), rcOk);
	for (unsigned i = 0; i < SLOTS * GENERATIONS; i++) {
		assert_int_equal(KosCreateObjHandle(table, object, &seen[i]), rcOk);
		assert_true(seen[i] != 0);
		assert_int_equal(KosRefObjectByObjHandle(table, seen[i], &found), rcOk);
		KosPutObject(found);
		for (unsigned k = 0; k < i; k++) {
			assert_true(seen[k] != seen[i]);
			assert_int_equal(
				KosRefObjectByObjHandle(table, seen[k], &found), rcInvalidArgument);
		}
		assert_int_equal(sessio_obj_handle_close(table, seen[i]), rcOk);
	}
	assert_int_equal(KosCreateObjHandle(table, object, &none), rcQuotaExceeded);
	assert_true(none == 0);
	for (unsigned k = 0; k < SLOTS * GENERATIONS; k++) {
		assert_int_equal(
			KosRefObjectByObjHandle(table, seen[k], &found), rcInvalidArgument);
	}
	assert_int_equal(sessio_object_references(object), 1);
	KosPutObject(object);
	KosPutObject(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot_has_each_generation_once_and_is_then_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
