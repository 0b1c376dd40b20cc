/* SPDX-License-Identifier: MIT */
/*
 * One container under many threads, bounded by count. Every thread inserts,
 * finds, removes and walks under names that all share. Each find is used, so that
 * an object that went too early is a use of freed memory. In the end
 * every reference must have come back.
 */
#include "test.h"

#include <kos/objcontainer.h>

#include <stdatomic.h>
#include <stdio.h>

#include "things.h"

#define THREADS 4u
#define STEPS 3000u
#define NAMES 12u
#define LASTING 5u /* elements that nobody removes */

struct crowd {
	KosObjContainer *container;
	void *lasting[LASTING];
	_Atomic unsigned wrong; /* threads cannot assert, so they count */
};

struct tour {
	struct crowd *crowd;
	unsigned met[LASTING];
};

static void expect(struct crowd *crowd, bool right)
{
	/* Relaxed: the books of the test must not order what it tests. */
	atomic_fetch_add_explicit(&crowd->wrong, !right, memory_order_relaxed);
}

static Retcode look(void *object, void *context)
{
	struct tour *tour = context;

	expect(tour->crowd, ((struct thing *)object)->canary == THING_CANARY);
	for (unsigned i = 0; i < LASTING; i++) {
		tour->met[i] += object == tour->crowd->lasting[i];
	}
	return rcOk;
}

static void walk(struct crowd *crowd)
{
	struct tour tour = { .crowd = crowd };

	expect(crowd, KosWalkObjContainerObjects(crowd->container, look, &tour) == rcOk);
	for (unsigned i = 0; i < LASTING; i++) {
		expect(crowd, tour.met[i] == 1);
	}
}

static void insert(struct crowd *crowd, const char *name)
{
	void *thing = NULL;
	Retcode rc = KosCreateObject(thing_type, NULL, NULL, &thing);

	expect(crowd, rc == rcOk);
	if (rc == rcOk) {
		rc = KosInsertObjContainerObject(crowd->container, name, thing);
		expect(crowd, rc == rcOk || rc == rcAlreadyExists);
		KosPutObject(thing);
	}
}

/* Finds one and gives it another name, or removes it under all of them. */
static void find(struct crowd *crowd, const char *name, const char *other)
{
	void *found = NULL;
	Retcode rc = KosGetObjContainerObjectByName(crowd->container, name, &found);

	expect(crowd, rc == rcOk || rc == rcResourceNotFound);
	if (rc != rcOk) {
		return;
	}
	expect(crowd, ((struct thing *)found)->canary == THING_CANARY);
	if (other != NULL) {
		(void)KosInsertObjContainerObject(crowd->container, other, found);
	} else {
		(void)KosRemoveObjContainerObject(crowd->container, found);
	}
	expect(crowd, ((struct thing *)found)->canary == THING_CANARY);
	KosPutObject(found);
}

static void work(void *shared, struct random *random)
{
	struct crowd *crowd = shared;

	for (unsigned i = 0; i < STEPS; i++) {
		char name[8];
		char other[8];

		(void)snprintf(name, sizeof(name), "%u", random_below(random, NAMES));
		(void)snprintf(other, sizeof(other), "%u", random_below(random, NAMES));
		switch (random_below(random, 8)) {
		case 0:
		case 1:
		case 2:
			insert(crowd, name);
			break;
		case 3:
			(void)KosRemoveObjContainerObjectByName(crowd->container, name);
			break;
		case 4:
			find(crowd, name, NULL);
			break;
		case 5:
		case 6:
			find(crowd, name, other);
			break;
		default:
			walk(crowd);
			break;
		}
	}
}

/* Clauses: OC-11 */
static void a_crowd_shares_a_container(void **state)
{
	struct crowd crowd = { .container = NULL };

	(void)state;
	assert_int_equal(KosCreateObjContainer(NULL, NULL, &crowd.container), rcOk);
	for (unsigned i = 0; i < LASTING; i++) {
		const char name[] = { 'a', (char)('a' + i), '\0' };

		crowd.lasting[i] = new_thing(NULL);
		assert_int_equal(
			KosInsertObjContainerObject(crowd.container, name, crowd.lasting[i]), rcOk);
	}
	crowd_run(THREADS, work, &crowd);
	assert_int_equal(atomic_load(&crowd.wrong), 0);
	for (unsigned i = 0; i < LASTING; i++) {
		assert_int_equal(sessio_object_references(crowd.lasting[i]), 2);
		KosPutObject(crowd.lasting[i]);
	}
	assert_int_equal(sessio_object_references(crowd.container), 1);
	assert_true(things_alive() >= LASTING);
	KosPutObject(crowd.container);
	assert_int_equal(things_alive(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_crowd_shares_a_container, things_set_up, things_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
