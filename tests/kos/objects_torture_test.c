/* SPDX-License-Identifier: MIT */
/*
 * Counted objects that threads hand to each other: they take references, drop
 * them, and one of them drops the last. It ends when every thread has dropped
 * enough last references. A holder writes to the object, and the destructor
 * reads that. A missing order is a data race to the thread sanitizer, and an object
 * that goes too early is a use of freed memory.
 */
#include "test.h"

#include <stdatomic.h>

#include <uv.h>

#include <kos/objects.h>

#include "random.h"

#define THREADS 3u
#define SLOTS 4u
#define LAST_PUTS 60u /* of each thread */
#define ALIVE 77u

struct travel {
	unsigned alive;
	unsigned touched[THREADS]; /* written by the holder of a reference; plain */
	void *child; /* has a reference; NULL */
};

static struct {
	KosObjectType *type;
	_Atomic(void *) slots[SLOTS]; /* each has a reference, or NULL */
	uv_barrier_t start;
	_Atomic unsigned next; /* numbers the threads */
	_Atomic unsigned created;
	_Atomic unsigned destroyed;
	_Atomic unsigned satisfied; /* threads that have dropped enough */
	_Atomic unsigned wrong;
} crowd;

static _Thread_local unsigned me;
static _Thread_local unsigned last_puts;

/* Relaxed: the test's own books bring no order. */
static void note(_Atomic unsigned *number)
{
	atomic_fetch_add_explicit(number, 1, memory_order_relaxed);
}

static unsigned counted(_Atomic unsigned *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

static void check(bool fine)
{
	if (!fine) {
		note(&crowd.wrong);
	}
}

static Retcode construct(void *object, void *segment, void *create_ctx)
{
	struct travel *travel = segment;

	(void)object;
	*travel = (struct travel){ .alive = ALIVE, .child = create_ctx };
	note(&crowd.created);
	return rcOk;
}

static void destruct(void *object, void *segment)
{
	struct travel *travel = segment;
	unsigned touched = 0;

	(void)object;
	check(travel->alive == ALIVE);
	for (unsigned i = 0; i < THREADS; i++) {
		touched += travel->touched[i];
	}
	check(touched > 0);
	travel->alive = 0;
	if (travel->child != NULL) {
		KosPutObject(travel->child); /* the destructor of that one follows this one */
	}
	last_puts++;
	note(&crowd.destroyed);
}

static void touch(void *object)
{
	struct travel *travel = sessio_object_cast(object, crowd.type);

	check(travel->alive == ALIVE);
	travel->touched[me]++;
}

/* Of a type that goes with its object, or of the one that stays. */
static void *create(struct random *random, void *child)
{
	KosObjectType *type = NULL;
	void *object = NULL;

	if (random_below(random, 4) != 0) {
		check(KosCreateObject(crowd.type, NULL, child, &object) == rcOk);
		return object;
	}
	check(KosCreateObjectType("heir", crowd.type, 8, NULL, NULL, &type) == rcOk);
	check(KosCreateObject(type, NULL, child, &object) == rcOk);
	sessio_object_type_unref(type);
	return object;
}

/* Gives a reference to a slot, and drops the one that was there. */
static void hand_on(struct random *random, void *object)
{
	void *met = atomic_exchange(&crowd.slots[random_below(random, SLOTS)], object);

	if (met != NULL) {
		touch(met);
		KosPutObject(met);
	}
}

static void travel_once(struct random *random)
{
	void *object = atomic_exchange(&crowd.slots[random_below(random, SLOTS)], NULL);

	if (object == NULL || random_below(random, 3) == 0) {
		object = create(random, object); /* what was found becomes its child */
	}
	touch(object);
	for (unsigned i = random_below(random, 3); i > 0; i--) {
		KosRefObject(object);
		hand_on(random, object);
	}
	KosPutObject(object);
}

static void travel(void *arg)
{
	struct random random;
	bool satisfied = false;

	(void)arg;
	me = atomic_fetch_add(&crowd.next, 1);
	random.state = me;
	(void)uv_barrier_wait(&crowd.start);
	while (counted(&crowd.satisfied) < THREADS) {
		travel_once(&random);
		if (!satisfied && last_puts >= LAST_PUTS) {
			satisfied = true;
			note(&crowd.satisfied);
		}
	}
}

static void every_object_goes_once_and_after_all_its_holders(void **state)
{
	uv_thread_t threads[THREADS];

	(void)state;
	assert_int_equal(KosCreateObjectType("travel", NULL, sizeof(struct travel), construct,
				 destruct, &crowd.type),
		rcOk);
	assert_int_equal(uv_barrier_init(&crowd.start, THREADS), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_create(&threads[i], travel, NULL), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	for (unsigned i = 0; i < SLOTS; i++) {
		void *left = atomic_exchange(&crowd.slots[i], NULL);

		if (left != NULL) {
			touch(left);
			KosPutObject(left);
		}
	}
	uv_barrier_destroy(&crowd.start);
	print_message("%u objects\n", counted(&crowd.created));
	assert_int_equal(counted(&crowd.wrong), 0);
	assert_int_equal(counted(&crowd.destroyed), counted(&crowd.created));
	assert_true(counted(&crowd.destroyed) >= THREADS * LAST_PUTS);
	sessio_object_type_unref(crowd.type);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_object_goes_once_and_after_all_its_holders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
