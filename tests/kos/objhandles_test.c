/* SPDX-License-Identifier: MIT */
/* Handle tables, clause by clause, and against a model that remembers everything. */
#include "test.h"

#include <kos/objhandles.h>

#include "inside.h"
#include "things.h"

static KosObjHandleTable *new_table(rtl_uint32_t initial, rtl_uint32_t max)
{
	KosObjHandleTable *table = NULL;

	assert_int_equal(KosCreateObjHandleTable(initial, max, &table), rcOk);
	return table;
}

static KosObjHandle new_handle(KosObjHandleTable *table, void *object)
{
	KosObjHandle handle = 0;

	assert_int_equal(KosCreateObjHandle(table, object, &handle), rcOk);
	assert_true(handle != 0);
	return handle;
}

/* The object of a handle, without a reference; NULL if it is refused. */
static void *find(KosObjHandleTable *table, KosObjHandle handle)
{
	void *found = NULL;
	Retcode rc = KosRefObjectByObjHandle(table, handle, &found);

	if (rc == rcOk) {
		KosPutObject(found);
	} else {
		assert_int_equal(rc, rcInvalidArgument);
		assert_null(found);
	}
	return found;
}

/* Clauses: OH-1 */
static void a_table_tells_numbers_that_stand_for_objects_from_others(void **state)
{
	KosObjHandleTable *table = new_table(4, 4);
	void *first = new_thing(NULL);
	void *second = new_thing(NULL);
	KosObjHandle a = new_handle(table, first);
	KosObjHandle b = new_handle(table, second);
	KosObjHandle c = new_handle(table, first);

	(void)state;
	assert_true(sessio_object_is_a(table, sessio_obj_handle_table_type));
	assert_true(a != b && b != c && a != c);
	assert_ptr_equal(find(table, a), first);
	assert_ptr_equal(find(table, b), second);
	assert_ptr_equal(find(table, c), first);
	for (KosObjHandle number = 0; number < 1000; number++) {
		assert_null(find(table, number));
		assert_null(find(table, ~number));
	}
	assert_null(find(table, (uintptr_t)first));
	KosPutObject(first);
	KosPutObject(second);
	KosPutObject(table);
	assert_int_equal(things_gone(), 2);
}

/* Clauses: OH-2 */
static void a_table_grows_on_demand_up_to_its_limit(void **state)
{
	static const rtl_uint32_t counts[][2] = { { 0, 1 }, { 1, 1 }, { 0, 100 }, { 3, 100 },
		{ 10, 11 }, { 100, 100 } };
	void *thing = new_thing(NULL);

	(void)state;
	for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		rtl_uint32_t max = counts[i][1];
		KosObjHandleTable *table = new_table(counts[i][0], max);
		KosObjHandle handles[100];
		KosObjHandle none = 0;

		for (unsigned n = 0; n < max; n++) {
			handles[n] = new_handle(table, thing);
		}
		assert_int_equal(KosCreateObjHandle(table, thing, &none), rcQuotaExceeded);
		assert_true(none == 0);
		for (unsigned n = 0; n < max; n++) {
			assert_ptr_equal(find(table, handles[n]), thing);
		}
		/* Closing one makes room for one. */
		assert_int_equal(sessio_obj_handle_close(table, handles[max / 2]), rcOk);
		handles[max / 2] = new_handle(table, thing);
		assert_int_equal(KosCreateObjHandle(table, thing, &none), rcQuotaExceeded);
		assert_int_equal(sessio_object_references(thing), max + 1);
		KosPutObject(table);
		assert_int_equal(sessio_object_references(thing), 1);
	}
	KosPutObject(thing);
}

/* Clauses: OH-2 */
static void the_counts_of_a_table_are_checked(void **state)
{
	KosObjHandleTable *table = NULL;
	void *thing = new_thing(NULL);

	(void)state;
	assert_int_equal(KosCreateObjHandleTable(0, 0, &table), rcInvalidArgument);
	assert_int_equal(KosCreateObjHandleTable(2, 1, &table), rcInvalidArgument);
	assert_int_equal(KosCreateObjHandleTable(1, 1, NULL), rcInvalidArgument);
	assert_int_equal(KosCreateObjHandleTable(SESSIO_OBJ_HANDLES_MAX + 1, UINT32_MAX, &table),
		rcQuotaExceeded);
	assert_null(table);
	assert_int_equal(KosCreateObjHandleTable(0, UINT32_MAX, &table), rcOk);
	assert_ptr_equal(find(table, new_handle(table, thing)), thing);
	KosPutObject(table);
	KosPutObject(thing);
}

/* Clauses: OH-3 */
static void binding_takes_a_reference_and_closing_gives_it_back(void **state)
{
	KosObjHandleTable *table = new_table(0, 10);
	void *thing = new_thing(NULL);
	KosObjHandle first = new_handle(table, thing);
	KosObjHandle second;

	(void)state;
	assert_int_equal(sessio_object_references(thing), 2);
	second = new_handle(table, thing);
	assert_int_equal(sessio_object_references(thing), 3);
	assert_int_equal(sessio_obj_handle_close(table, first), rcOk);
	assert_int_equal(sessio_object_references(thing), 2);
	assert_int_equal(sessio_obj_handle_close(table, first), rcInvalidArgument);
	assert_int_equal(sessio_object_references(thing), 2);
	KosPutObject(thing);
	assert_int_equal(things_gone(), 0);
	assert_int_equal(sessio_obj_handle_close(table, second), rcOk);
	assert_int_equal(things_gone(), 1);
	KosPutObject(table);
}

/* Clauses: OH-4 */
static void a_lookup_takes_a_reference(void **state)
{
	KosObjHandleTable *table = new_table(1, 10);
	void *thing = new_thing(NULL);
	KosObjHandle handle = new_handle(table, thing);
	void *found = NULL;

	(void)state;
	KosPutObject(thing);
	assert_int_equal(KosRefObjectByObjHandle(table, handle, &found), rcOk);
	assert_ptr_equal(found, thing);
	assert_int_equal(sessio_object_references(thing), 2);
	assert_int_equal(sessio_obj_handle_close(table, handle), rcOk);
	KosPutObject(table);
	assert_int_equal(things_gone(), 0);
	KosPutObject(found);
	assert_int_equal(things_gone(), 1);
}

#define FULL 1000u

/* With two wrong bits in any places, among handles that are all in use. */
/* Clauses: OH-5 */
static void a_damaged_handle_is_refused(void **state)
{
	KosObjHandleTable *table = new_table(FULL, FULL);
	void *thing = new_thing(NULL);
	KosObjHandle handle = 0;

	(void)state;
	for (unsigned i = 0; i < FULL; i++) {
		handle = new_handle(table, thing);
	}
	for (unsigned i = 0; i < 64; i++) {
		for (unsigned k = 0; k < 64; k++) {
			KosObjHandle damage = UINT64_C(1) << i | UINT64_C(1) << k;

			assert_null(find(table, handle ^ damage));
			assert_int_equal(
				sessio_obj_handle_close(table, handle ^ damage), rcInvalidArgument);
		}
	}
	assert_ptr_equal(find(table, handle), thing);
	KosPutObject(table);
	KosPutObject(thing);
}

#define MIXED 300u

/*
 * With chance at 1 in 2^40, no two of these handles make a third. Were it 1 in
 * 2^16, some of the half million that are tried would be found.
 */
/* Clauses: OH-5 */
static void parts_of_two_handles_make_no_third(void **state)
{
	KosObjHandleTable *table = new_table(MIXED, MIXED);
	void *thing = new_thing(NULL);
	KosObjHandle handles[MIXED];

	(void)state;
	for (unsigned i = 0; i < MIXED; i++) {
		handles[i] = new_handle(table, thing);
	}
	for (unsigned bits = 12; bits <= 32; bits += 4) {
		KosObjHandle low = (UINT64_C(1) << bits) - 1;

		for (unsigned i = 0; i < MIXED * MIXED; i++) {
			KosObjHandle a = handles[i / MIXED];
			KosObjHandle b = handles[i % MIXED];

			if (a != b) {
				assert_null(find(table, (a & ~low) | (b & low)));
			}
		}
	}
	KosPutObject(table);
	KosPutObject(thing);
}

/* Clauses: OH-5 */
static void a_handle_of_another_table_is_refused(void **state)
{
	KosObjHandleTable *tables[] = { new_table(10, 10), new_table(10, 10) };
	void *thing = new_thing(NULL);
	KosObjHandle handles[2][10];

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		handles[i % 2][i / 2] = new_handle(tables[i % 2], thing);
	}
	for (unsigned i = 0; i < 20; i++) {
		assert_ptr_equal(find(tables[i % 2], handles[i % 2][i / 2]), thing);
		assert_null(find(tables[i % 2], handles[1 - i % 2][i / 2]));
	}
	KosPutObject(tables[0]);
	KosPutObject(tables[1]);
	KosPutObject(thing);
}

#define REUSES 2000u

/* Clauses: OH-5 */
static void a_closed_handle_stays_closed_when_its_place_is_used_again(void **state)
{
	static KosObjHandle stale[REUSES];
	KosObjHandleTable *table = new_table(1, 1);
	void *thing = new_thing(NULL);

	(void)state;
	for (unsigned i = 0; i < REUSES; i++) {
		stale[i] = new_handle(table, thing);
		assert_int_equal(sessio_obj_handle_close(table, stale[i]), rcOk);
		assert_null(find(table, stale[i]));
	}
	(void)new_handle(table, thing);
	for (unsigned i = 0; i < REUSES; i++) {
		assert_null(find(table, stale[i]));
	}
	KosPutObject(table);
	KosPutObject(thing);
}

static void a_table_that_goes_closes_its_handles(void **state)
{
	KosObjHandleTable *table = new_table(2, 50);
	KosObjHandleTable *inner = new_table(2, 2);
	void *thing = new_thing(NULL);

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		KosObjHandle handle = new_handle(table, i == 7 ? (void *)inner : thing);

		if (i % 3 == 2) {
			assert_int_equal(sessio_obj_handle_close(table, handle), rcOk);
		}
	}
	(void)new_handle(inner, thing);
	KosPutObject(thing);
	KosPutObject(inner);
	KosRefObject(table);
	KosPutObject(table);
	assert_int_equal(things_gone(), 0);
	KosPutObject(table);
	assert_int_equal(things_gone(), 1);
}

static void close_nothing(void *ctx)
{
	note_that(sessio_obj_handle_close(ctx, 0) == rcInvalidArgument);
}

/* The destructor of the object uses the table, which a held lock would forbid. */
static void objects_are_put_with_no_lock_held(void **state)
{
	KosObjHandleTable *table = new_table(1, 1);
	struct thing *thing = new_thing(NULL);
	KosObjHandle handle = new_handle(table, thing);

	(void)state;
	thing->on_end = close_nothing;
	thing->ctx = table;
	KosPutObject(thing);
	assert_int_equal(sessio_obj_handle_close(table, handle), rcOk);
	assert_int_equal(things_gone(), 1);
	KosPutObject(table);
}

static void what_cannot_be_meant_is_refused(void **state)
{
	KosObjHandleTable *table = new_table(1, 3);
	void *thing = new_thing(NULL);
	KosObjHandleTable *no_table = thing;
	KosObjHandle handle = new_handle(table, thing);
	KosObjHandle none = 0;
	void *found = NULL;

	(void)state;
	assert_int_equal(KosCreateObjHandle(NULL, thing, &none), rcInvalidArgument);
	assert_int_equal(KosCreateObjHandle(no_table, thing, &none), rcInvalidArgument);
	assert_int_equal(KosCreateObjHandle(table, NULL, &none), rcInvalidArgument);
	assert_int_equal(KosCreateObjHandle(table, table, &none), rcInvalidArgument);
	assert_int_equal(KosCreateObjHandle(table, thing, NULL), rcInvalidArgument);
	assert_int_equal(KosRefObjectByObjHandle(NULL, handle, &found), rcInvalidArgument);
	assert_int_equal(KosRefObjectByObjHandle(no_table, handle, &found), rcInvalidArgument);
	assert_int_equal(KosRefObjectByObjHandle(table, handle, NULL), rcInvalidArgument);
	assert_int_equal(sessio_obj_handle_close(NULL, handle), rcInvalidArgument);
	assert_int_equal(sessio_obj_handle_close(no_table, handle), rcInvalidArgument);
	assert_true(none == 0);
	assert_null(found);
	assert_int_equal(sessio_object_references(thing), 2);
	assert_int_equal(sessio_object_references(table), 1);
	KosPutObject(thing);
	KosPutObject(table);
}

static void a_table_made_as_any_object_starts_empty(void **state)
{
	void *table = NULL;
	void *thing = new_thing(NULL);

	(void)state;
	assert_int_equal(KosCreateObject(sessio_obj_handle_table_type, "t", NULL, &table), rcOk);
	assert_ptr_equal(find(table, new_handle(table, thing)), thing);
	KosPutObject(thing);
	KosPutObject(table);
	assert_int_equal(things_gone(), 1);
}

/* The model: every handle that ever was, and what it stands for. */
#define STEPS 1500u
#define THINGS 3u
#define MAX 40u

struct model {
	KosObjHandleTable *table;
	void *things[THINGS];
	unsigned known; /* handles */
	unsigned used; /* handles that stand for something */
	struct {
		KosObjHandle handle;
		void *object; /* NULL once it is closed */
	} handles[STEPS];
};

static void bind_one(struct model *model, void *thing)
{
	KosObjHandle handle = 0;
	Retcode rc = KosCreateObjHandle(model->table, thing, &handle);

	assert_int_equal(rc, model->used == MAX ? rcQuotaExceeded : rcOk);
	if (rc == rcOk) {
		model->handles[model->known].handle = handle;
		model->handles[model->known++].object = thing;
		model->used++;
	}
}

static void close_one(struct model *model, unsigned i)
{
	Retcode rc = model->handles[i].object == NULL ? rcInvalidArgument : rcOk;

	assert_int_equal(sessio_obj_handle_close(model->table, model->handles[i].handle), rc);
	model->used -= rc == rcOk;
	model->handles[i].object = NULL;
}

static void compare(const struct model *model)
{
	unsigned references[THINGS] = { 0 };

	for (unsigned i = 0; i < model->known; i++) {
		assert_ptr_equal(
			find(model->table, model->handles[i].handle), model->handles[i].object);
		for (unsigned t = 0; t < THINGS; t++) {
			references[t] += model->handles[i].object == model->things[t];
		}
	}
	for (unsigned t = 0; t < THINGS; t++) {
		assert_int_equal(sessio_object_references(model->things[t]), references[t] + 1);
	}
}

static void any_history_ends_as_the_model_says(void **state)
{
	static struct model model;
	struct random numbers = { 1 };
	bool was_full = false;

	(void)state;
	model.table = new_table(2, MAX);
	for (unsigned t = 0; t < THINGS; t++) {
		model.things[t] = new_thing(NULL);
	}
	for (unsigned i = 0; i < STEPS; i++) {
		if (model.known == 0 || random_below(&numbers, 16) < 10) {
			bind_one(&model, model.things[random_below(&numbers, THINGS)]);
		} else {
			/* Of the younger ones mostly, which are still in use. */
			bool any = random_below(&numbers, 2) == 1;
			unsigned back = random_below(&numbers, any ? model.known : 60);

			close_one(&model, back < model.known ? model.known - 1 - back : 0);
		}
		was_full = was_full || model.used == MAX;
		compare(&model);
	}
	assert_true(was_full);
	KosPutObject(model.table);
	for (unsigned t = 0; t < THINGS; t++) {
		assert_int_equal(sessio_object_references(model.things[t]), 1);
		KosPutObject(model.things[t]);
	}
}

#define WITH_THINGS(test) cmocka_unit_test_setup_teardown(test, things_set_up, things_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_THINGS(a_table_tells_numbers_that_stand_for_objects_from_others),
		WITH_THINGS(a_table_grows_on_demand_up_to_its_limit),
		WITH_THINGS(the_counts_of_a_table_are_checked),
		WITH_THINGS(binding_takes_a_reference_and_closing_gives_it_back),
		WITH_THINGS(a_lookup_takes_a_reference),
		WITH_THINGS(a_damaged_handle_is_refused),
		WITH_THINGS(parts_of_two_handles_make_no_third),
		WITH_THINGS(a_handle_of_another_table_is_refused),
		WITH_THINGS(a_closed_handle_stays_closed_when_its_place_is_used_again),
		WITH_THINGS(a_table_that_goes_closes_its_handles),
		WITH_THINGS(objects_are_put_with_no_lock_held),
		WITH_THINGS(what_cannot_be_meant_is_refused),
		WITH_THINGS(a_table_made_as_any_object_starts_empty),
		WITH_THINGS(any_history_ends_as_the_model_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
