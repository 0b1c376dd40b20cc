/* SPDX-License-Identifier: MIT */
/*
 * One container under many threads, bounded by count. Every thread inserts,
 * finds, removes and walks under names that all share; what is found is used,
 * so that an object that went too early is a use of freed memory. In the end
 * every reference must have come back.
 */
#include "test.h"

#include <kos/objcontainer.h>

#include <stdatomic.h>
#include <stdio.h>

#include <uv.h>

#define THREADS 4u
#define STEPS 3000u
#define NAMES 12u
#define LASTING 5u /* elements that nobody removes */

struct thing {
	unsigned canary;
};

#define CANARY 0x5e55u

static _Atomic unsigned alive; /* things */

static Retcode construct_thing(void *object, void *segment, void *createCtx)
{
	(void)object;
	(void)createCtx;
	((struct thing *)segment)->canary = CANARY;
	atomic_fetch_add_explicit(&alive, 1, memory_order_relaxed);
	return rcOk;
}

static void destruct_thing(void *object, void *segment)
{
	(void)object;
	((struct thing *)segment)->canary = 0;
	atomic_fetch_sub_explicit(&alive, 1, memory_order_relaxed);
}

struct crowd {
	uv_barrier_t start;
	KosObjectType *type;
	KosObjContainer *container;
	void *lasting[LASTING];
	_Atomic unsigned wrong; /* threads cannot assert, so they count */
};

struct worker {
	struct crowd *crowd;
	uint32_t random;
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

	expect(tour->crowd, ((struct thing *)object)->canary == CANARY);
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
	Retcode rc = KosCreateObject(crowd->type, NULL, NULL, &thing);

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
	expect(crowd, ((struct thing *)found)->canary == CANARY);
	if (other != NULL) {
		(void)KosInsertObjContainerObject(crowd->container, other, found);
	} else {
		(void)KosRemoveObjContainerObject(crowd->container, found);
	}
	expect(crowd, ((struct thing *)found)->canary == CANARY);
	KosPutObject(found);
}

static void work(void *arg)
{
	struct worker *worker = arg;
	struct crowd *crowd = worker->crowd;

	(void)uv_barrier_wait(&crowd->start);
	for (unsigned i = 0; i < STEPS; i++) {
		char name[8];
		char other[8];

		worker->random = worker->random * UINT32_C(1664525) + UINT32_C(1013904223);
		(void)snprintf(name, sizeof(name), "%u", (worker->random >> 8) % NAMES);
		(void)snprintf(other, sizeof(other), "%u", (worker->random >> 16) % NAMES);
		switch (worker->random >> 29) {
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

static void a_crowd_shares_a_container(void **state)
{
	struct crowd crowd = { .type = NULL };
	struct worker workers[THREADS];
	uv_thread_t threads[THREADS];

	(void)state;
	assert_int_equal(KosCreateObjectType("thing", NULL, sizeof(struct thing), construct_thing,
				 destruct_thing, &crowd.type),
		rcOk);
	assert_int_equal(KosCreateObjContainer(NULL, NULL, &crowd.container), rcOk);
	for (unsigned i = 0; i < LASTING; i++) {
		const char name[] = { 'a', (char)('a' + i), '\0' };

		assert_int_equal(KosCreateObject(crowd.type, NULL, NULL, &crowd.lasting[i]), rcOk);
		assert_int_equal(
			KosInsertObjContainerObject(crowd.container, name, crowd.lasting[i]), rcOk);
	}
	assert_int_equal(uv_barrier_init(&crowd.start, THREADS), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ &crowd, i + 1 };
		assert_int_equal(uv_thread_create(&threads[i], work, &workers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	uv_barrier_destroy(&crowd.start);
	assert_int_equal(atomic_load(&crowd.wrong), 0);
	for (unsigned i = 0; i < LASTING; i++) {
		assert_int_equal(sessio_object_references(crowd.lasting[i]), 2);
		KosPutObject(crowd.lasting[i]);
	}
	assert_int_equal(sessio_object_references(crowd.container), 1);
	assert_true(atomic_load(&alive) >= LASTING);
	KosPutObject(crowd.container);
	assert_int_equal(atomic_load(&alive), 0);
	sessio_object_type_unref(crowd.type);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crowd_shares_a_container),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
