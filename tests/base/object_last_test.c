/* SPDX-License-Identifier: MIT */
/* Types that are asked before the last reference to an object goes. */
#include "test.h"

#include "base/deferred.h"
#include "base/lock_order.h"
#include "base/object.h"
#include "things.h"

struct subject {
	struct si_deferred item; /* first, so that an item is a subject */
	void *owned; /* put by the destructor; may be NULL */
};

static struct sessio_object_type *type;
static struct sessio_object_type *derived;
static _Atomic unsigned asked;
static _Atomic unsigned destructed;
static bool takes_over;
static bool gives_weak; /* a weak reference is taken meanwhile */
static unsigned asked_at_end; /* while the outer destructor ran */

static bool last_reference(void *object)
{
	assert_int_equal(si_object_references(object), 1);
	atomic_fetch_add(&asked, 1);
	if (gives_weak) {
		assert_true(si_object_ref_unless_zero(object));
	}
	return takes_over;
}

static void destruct(void *object, void *segment)
{
	struct subject *subject = segment;

	assert_int_equal(si_object_references(object), 0);
	atomic_fetch_add(&destructed, 1);
	if (subject->owned != NULL) {
		si_object_put(subject->owned);
		asked_at_end = asked;
	}
}

static int set_up(void **state)
{
	(void)state;
	asked = 0;
	destructed = 0;
	asked_at_end = 0;
	takes_over = false;
	gives_weak = false;
	if (si_type_create("subject", NULL, sizeof(struct subject), NULL, destruct, &type) !=
		SESSIO_OK) {
		return -1;
	}
	type->last_reference = last_reference;
	return si_type_create("derived", type, 8, NULL, NULL, &derived) == SESSIO_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	si_type_unref(derived);
	si_type_unref(type);
	return 0;
}

static void *make(struct sessio_object_type *of)
{
	void *object = NULL;

	assert_int_equal(si_object_create(of, "name", NULL, &object, NULL), SESSIO_OK);
	return object;
}

static void only_the_last_put_asks(void **state)
{
	void *object = make(derived); /* the question is inherited */

	(void)state;
	assert_true(si_object_ref(object));
	si_object_put(object);
	assert_int_equal(asked, 0);
	si_object_put(object);
	assert_int_equal(asked, 1);
	assert_int_equal(destructed, 1);
}

static void a_reference_that_was_taken_over_stays(void **state)
{
	void *object = make(type);

	(void)state;
	takes_over = true;
	si_object_put(object);
	assert_int_equal(asked, 1);
	assert_int_equal(destructed, 0);
	assert_int_equal(si_object_references(object), 1);
	takes_over = false;
	si_object_put(object);
	assert_int_equal(asked, 2);
	assert_int_equal(destructed, 1);
}

static void names_and_kinds_are_readable_all_the_same(void **state)
{
	void *object = make(type);

	(void)state;
	assert_string_equal(si_object_name(object), "name");
	assert_true(si_object_is_kind(object, SI_KIND_PLAIN));
	assert_true(si_object_ref_unless_zero(object));
	assert_int_equal(si_object_references(object), 2);
	si_object_put(object);
	si_object_put(object);
}

static void an_owned_object_dies_after_its_owners_destructor(void **state)
{
	struct subject *outer = make(type);

	(void)state;
	outer->owned = make(type);
	si_object_put(outer);
	assert_int_equal(asked, 2);
	assert_int_equal(asked_at_end, 2);
	assert_int_equal(destructed, 2);
}

/* Threads that take weak references, while others give the last ones back. */
#define THREADS 4u
#define TURNS 5000u

struct contest {
	si_mutex lock; /* (object-7) */
	void *object; /* NULL when nobody may find it any more */
};

static struct contest contest;

static bool give_up(void *object)
{
	bool is_there;

	si_mutex_lock(&contest.lock);
	is_there = contest.object == object;
	contest.object = NULL;
	si_mutex_unlock(&contest.lock);
	atomic_fetch_add(&asked, is_there);
	return false;
}

static void find_and_put(void *shared, struct random *random)
{
	(void)random;
	for (unsigned i = 0; i < TURNS; i++) {
		void *found;

		si_mutex_lock(&contest.lock);
		found = contest.object;
		if (found != NULL && !si_object_ref_unless_zero(found)) {
			found = NULL;
		}
		si_mutex_unlock(&contest.lock);
		if (found != NULL) {
			si_object_put(found);
		}
	}
	si_object_put(shared);
}

static void one_of_many_ends_it_once(void **state)
{
	(void)state;
	type->last_reference = give_up;
	assert_true(si_mutex_init(&contest.lock, SI_RANK_ALONE));
	for (unsigned round = 1; round <= 20; round++) {
		contest.object = make(type);
		for (unsigned i = 1; i < THREADS; i++) {
			assert_true(si_object_ref(contest.object));
		}
		crowd_run(THREADS, find_and_put, contest.object);
		assert_int_equal(asked, round);
		assert_int_equal(destructed, round);
	}
	si_mutex_fini(&contest.lock);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static void a_weak_reference_that_comes_meanwhile_is_the_last(void **state)
{
	void *object = NULL;

	(void)state;
	assert_int_equal(si_object_create(type, "subject", NULL, &object, NULL), SESSIO_OK);
	gives_weak = true;
	si_object_put(object);
	assert_int_equal(destructed, 0);
	assert_int_equal(si_object_references(object), 1);
	gives_weak = false;
	si_object_put(object);
	assert_int_equal(asked, 2);
	assert_int_equal(destructed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_the_last_put_asks),
		TEST(a_reference_that_was_taken_over_stays),
		TEST(names_and_kinds_are_readable_all_the_same),
		TEST(an_owned_object_dies_after_its_owners_destructor),
		TEST(one_of_many_ends_it_once),
		TEST(a_weak_reference_that_comes_meanwhile_is_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
