/* SPDX-License-Identifier: MIT */
/* Types and objects: segments, casts, counts; object_life_test.c has their ends. */
#include "test.h"

#include <string.h>

#include <kos/objects.h>
#include <kos/session.h>

#include "base/object.h"
#include "random.h"

static KosObjectType *make_type(const char *name, KosObjectType *parent, size_t payload)
{
	KosObjectType *type = NULL;

	assert_int_equal(KosCreateObjectType(name, parent, payload, NULL, NULL, &type), rcOk);
	assert_non_null(type);
	return type;
}

static void *make(KosObjectType *type, const char *name)
{
	void *object = NULL;

	assert_int_equal(KosCreateObject(type, name, NULL, &object), rcOk);
	assert_non_null(object);
	return object;
}

/* Clauses: OB-7 */
static void a_type_keeps_a_copy_of_its_name(void **state)
{
	char name[] = "uart";
	KosObjectType *type = make_type(name, NULL, 0);

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	assert_string_equal(sessio_object_type_name(type), "uart");
	assert_string_equal(sessio_object_type_name(NULL), "");
	sessio_object_type_unref(type);
}

static void a_chain_has_fifteen_ancestors_at_most(void **state)
{
	KosObjectType *types[17] = { 0 };
	KosObjectType *refused = (KosObjectType *)types;

	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		types[i] = make_type("link", i == 0 ? NULL : types[i - 1], 8);
	}
	assert_int_equal(
		KosCreateObjectType("link", types[15], 8, NULL, NULL, &refused), rcQuotaExceeded);
	assert_ptr_equal(refused, types);
	KosPutObject(make(types[15], NULL));
	for (unsigned i = 0; i < 16; i++) {
		sessio_object_type_unref(types[i]);
	}
}

static bool all_bytes(const void *memory, size_t size, unsigned char value)
{
	const unsigned char *at = memory;

	for (size_t i = 0; i < size; i++) {
		if (at[i] != value) {
			return false;
		}
	}
	return true;
}

/* Clauses: OB-1, OB-3, OB-4, OB-5 */
static void every_type_of_the_chain_has_a_zeroed_aligned_segment_of_its_own(void **state)
{
	static const size_t sizes[] = { 1, 0, 17, 100, 16, 3, 4096 };
	enum { COUNT = sizeof(sizes) / sizeof(sizes[0]) };
	KosObjectType *types[COUNT];

	(void)state;
	for (unsigned depth = 0; depth < COUNT; depth++) {
		void *object;

		types[depth] =
			make_type("segment", depth == 0 ? NULL : types[depth - 1], sizes[depth]);
		object = make(types[depth], "with a name behind it");
		assert_ptr_equal(sessio_object_cast(object, types[depth]), object);
		for (unsigned i = 0; i <= depth; i++) {
			void *segment = sessio_object_cast(object, types[i]);

			assert_int_equal((uintptr_t)segment % _Alignof(max_align_t), 0);
			assert_true(all_bytes(segment, sizes[i], 0));
			memset(segment, (int)i + 1, sizes[i]);
		}
		for (unsigned i = 0; i <= depth; i++) {
			assert_true(all_bytes(sessio_object_cast(object, types[i]), sizes[i],
				(unsigned char)(i + 1)));
		}
		assert_ptr_equal(sessio_object_type_of(object), types[depth]);
		assert_string_equal(sessio_object_name(object), "with a name behind it");
		assert_int_equal(sessio_object_references(object), 1);
		KosPutObject(object);
	}
	for (unsigned i = 0; i < COUNT; i++) {
		sessio_object_type_unref(types[i]);
	}
}

static void an_unrelated_type_has_no_segment(void **state)
{
	KosObjectType *base = make_type("base", NULL, 8);
	KosObjectType *left = make_type("left", base, 8);
	KosObjectType *right = make_type("right", base, 8);
	void *object = make(left, NULL);
	void *plain = make(base, NULL);

	(void)state;
	assert_true(sessio_object_is_a(object, base));
	assert_true(sessio_object_is_a(object, left));
	assert_false(sessio_object_is_a(object, right));
	assert_null(sessio_object_cast(object, right));
	assert_false(sessio_object_is_a(plain, left));
	assert_null(sessio_object_cast(plain, left));
	assert_false(sessio_object_is_a(object, kosSessionBaseObjectType));
	KosPutObject(object);
	KosPutObject(plain);
	sessio_object_type_unref(base);
	sessio_object_type_unref(left);
	sessio_object_type_unref(right);
}

#define TREE 48u

/* The answer without any chain: go up from parent to parent. */
static bool descends(const int parent[TREE], int type, int ancestor)
{
	while (type >= 0 && type != ancestor) {
		type = parent[type];
	}
	return type == ancestor;
}

static unsigned depth_of(const int parent[TREE], int type)
{
	unsigned depth = 0;

	while (parent[type] >= 0) {
		type = parent[type];
		depth++;
	}
	return depth;
}

/* Clauses: OB-4, OB-5, OB-8 */
static void casts_agree_with_the_parents_of_any_tree_of_types(void **state)
{
	struct random random = { 1 };

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		KosObjectType *types[TREE];
		void *objects[TREE];
		int parent[TREE];

		for (int i = 0; i < (int)TREE; i++) {
			do {
				parent[i] = (int)random_below(&random, (unsigned)i + 1) - 1;
			} while (depth_of(parent, i) > 15);
			types[i] = make_type("node", parent[i] < 0 ? NULL : types[parent[i]],
				random_below(&random, 40));
			objects[i] = make(types[i], NULL);
		}
		for (int i = 0; i < (int)TREE; i++) {
			assert_ptr_equal(sessio_object_type_of(objects[i]), types[i]);
			for (int j = 0; j < (int)TREE; j++) {
				bool is = descends(parent, i, j);

				assert_int_equal(sessio_object_is_a(objects[i], types[j]), is);
				assert_int_equal(
					sessio_object_cast(objects[i], types[j]) != NULL, is);
			}
		}
		for (unsigned i = 0; i < TREE; i++) {
			sessio_object_type_unref(types[i]);
			KosPutObject(objects[i]);
		}
	}
}

static void a_base_types_own_object_is_its_own_cast(void **state)
{
	void *object = make(kosSessionBaseObjectType, NULL);

	(void)state;
	assert_true(sessio_object_is_a(object, kosSessionBaseObjectType));
	assert_ptr_equal(sessio_object_cast(object, kosSessionBaseObjectType), object);
	KosPutObject(object);
}

/* Clauses: OB-9 */
static void an_object_keeps_a_copy_of_its_name(void **state)
{
	KosObjectType *empty = make_type("empty", NULL, 0);
	char name[] = "tty0";
	void *named = make(empty, name);
	void *short_named = make(empty, "");
	void *nameless = make(empty, NULL);

	(void)state;
	name[0] = 'p';
	assert_string_equal(sessio_object_name(named), "tty0");
	assert_string_equal(sessio_object_name(short_named), "");
	assert_null(sessio_object_name(nameless));
	KosPutObject(named);
	KosPutObject(short_named);
	KosPutObject(nameless);
	sessio_object_type_unref(empty);
}

/* Clauses: OB-2 */
static void references_are_counted(void **state)
{
	KosObjectType *type = make_type("counted", NULL, 4);
	void *object = make(type, NULL);

	(void)state;
	KosRefObject(object);
	KosRefObject(object);
	assert_int_equal(sessio_object_references(object), 3);
	KosPutObject(object);
	assert_int_equal(sessio_object_references(object), 2);
	KosPutObject(object);
	KosPutObject(object);
	sessio_object_type_unref(type);
}

/* Clauses: OB-7, OB-10 */
static void a_type_lives_as_long_as_its_objects_and_derived_types(void **state)
{
	KosObjectType *base = make_type("base", NULL, 4);
	KosObjectType *derived = make_type("derived", base, 4);
	void *object;

	(void)state;
	sessio_object_type_unref(base); /* held by the derived type */
	object = make(derived, NULL);
	sessio_object_type_ref(derived);
	sessio_object_type_unref(derived);
	sessio_object_type_unref(derived); /* held by the object */
	assert_string_equal(sessio_object_type_name(sessio_object_type_of(object)), "derived");
	assert_non_null(sessio_object_cast(object, base));
	assert_true(sessio_object_is_a(object, base));
	KosPutObject(object);
}

static void a_full_type_count_stays_full(void **state)
{
	struct sessio_object_type *type = NULL;

	(void)state;
	assert_int_equal(si_type_create("full", NULL, 0, NULL, NULL, &type), SESSIO_OK);
	atomic_store(&type->refs.count, SI_REFCOUNT_LIMIT - 1);
	si_type_ref(type);
	si_type_ref(type);
	assert_true(atomic_load(&type->refs.count) > SI_REFCOUNT_LIMIT);
	for (unsigned i = 0; i < 100; i++) {
		si_type_unref(type);
	}
	assert_true(atomic_load(&type->refs.count) > SI_REFCOUNT_LIMIT);
	atomic_store(&type->refs.count, 1);
	si_type_unref(type);
}

static void a_payload_that_no_memory_could_hold_is_refused(void **state)
{
	static const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 15, SIZE_MAX / 2, SIZE_MAX / 2 - 8 };
	static const size_t shares[] = { SIZE_MAX / 8 * 3, SIZE_MAX / 8 };
	KosObjectType *base = make_type("base", NULL, SIZE_MAX / 4);
	KosObjectType *derived;
	KosObjectType *large = NULL;

	(void)state;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(KosCreateObjectType("huge", NULL, sizes[i], NULL, NULL, &large),
			rcOutOfMemory);
	}
	assert_int_equal(
		KosCreateObjectType("sum", base, SIZE_MAX / 4, NULL, NULL, &large), rcOutOfMemory);
	/* One is too much with all ancestors, the other with the parent. */
	derived = make_type("derived", base, SIZE_MAX / 8);
	for (unsigned i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		assert_int_equal(KosCreateObjectType("sum", derived, shares[i], NULL, NULL, &large),
			rcOutOfMemory);
	}
	assert_null(large);
	sessio_object_type_unref(derived);
	sessio_object_type_unref(base);
}

/* Clauses: OB-6 */
static void what_cannot_be_made_is_refused_and_nothing_is_written(void **state)
{
	KosObjectType *type = make_type("type", NULL, 4);
	KosObjectType *none = NULL;
	void *object = &none;

	(void)state;
	assert_int_equal(KosCreateObjectType(NULL, NULL, 4, NULL, NULL, &none), rcInvalidArgument);
	assert_null(none);
	assert_int_equal(KosCreateObjectType("t", NULL, 4, NULL, NULL, NULL), rcInvalidArgument);
	assert_int_equal(KosCreateObject(NULL, "no type", NULL, &object), rcInvalidArgument);
	assert_int_equal(KosCreateObject(type, "no out", NULL, NULL), rcInvalidArgument);
	assert_int_equal(
		KosCreateObject(kosSessionBaseSessionType, NULL, NULL, &object), rcInvalidArgument);
	assert_ptr_equal(object, &none);
	sessio_object_type_unref(type);
}

static void null_is_no_object_and_no_type(void **state)
{
	KosObjectType *type = make_type("type", NULL, 4);
	void *object = make(type, NULL);

	(void)state;
	KosRefObject(NULL);
	KosPutObject(NULL);
	sessio_object_type_ref(NULL);
	sessio_object_type_unref(NULL);
	assert_false(sessio_object_is_a(NULL, type));
	assert_false(sessio_object_is_a(object, NULL));
	assert_null(sessio_object_cast(NULL, type));
	assert_null(sessio_object_cast(object, NULL));
	assert_null(sessio_object_type_of(NULL));
	assert_null(sessio_object_name(NULL));
	assert_int_equal(sessio_object_references(NULL), 0);
	KosPutObject(object);
	sessio_object_type_unref(type);
}

static void a_static_type_is_not_counted(void **state)
{
	(void)state;
	sessio_object_type_unref(kosSessionBaseObjectType);
	sessio_object_type_unref(kosSessionBaseObjectType);
	sessio_object_type_ref(kosSessionBaseObjectType);
	KosPutObject(make(kosSessionBaseObjectType, "still there"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_type_keeps_a_copy_of_its_name),
		cmocka_unit_test(a_chain_has_fifteen_ancestors_at_most),
		cmocka_unit_test(every_type_of_the_chain_has_a_zeroed_aligned_segment_of_its_own),
		cmocka_unit_test(an_unrelated_type_has_no_segment),
		cmocka_unit_test(casts_agree_with_the_parents_of_any_tree_of_types),
		cmocka_unit_test(a_base_types_own_object_is_its_own_cast),
		cmocka_unit_test(an_object_keeps_a_copy_of_its_name),
		cmocka_unit_test(references_are_counted),
		cmocka_unit_test(a_type_lives_as_long_as_its_objects_and_derived_types),
		cmocka_unit_test(a_full_type_count_stays_full),
		cmocka_unit_test(a_payload_that_no_memory_could_hold_is_refused),
		cmocka_unit_test(what_cannot_be_made_is_refused_and_nothing_is_written),
		cmocka_unit_test(null_is_no_object_and_no_type),
		cmocka_unit_test(a_static_type_is_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
