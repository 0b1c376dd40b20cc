/* SPDX-License-Identifier: MIT */
/*
 * One handle table under many threads, bounded by count. Threads bind things,
 * look up and close each other's handles by a board that all share, while the
 * table grows. A lookup must give the very thing that the handle was made for,
 * alive, or refuse; each handle is closed once. Objects use plain memory, so that
 * a missing order is a race and an early end a use of freed memory.
 */
#include "test.h"

#include <kos/objhandles.h>

#include <stdatomic.h>

#include "things.h"

#define THREADS 4u
#define STEPS 5000u
#define BOARD 64u

struct crowd {
	KosObjHandleTable *table;
	_Atomic uint64_t board[BOARD]; /* handles that anybody may use or close */
	_Atomic unsigned bound;
	_Atomic unsigned closed;
	_Atomic unsigned wrong; /* threads cannot assert, so they count */
};

/* Relaxed: the books of the test must not order what it tests. */
static void note(_Atomic unsigned *number, bool one)
{
	atomic_fetch_add_explicit(number, one, memory_order_relaxed);
}

static void bind_one(struct crowd *crowd, unsigned at)
{
	void *thing = NULL;
	KosObjHandle handle = 0;
	Retcode rc = KosCreateObject(thing_type, NULL, NULL, &thing);

	note(&crowd->wrong, rc != rcOk);
	if (rc == rcOk) {
		rc = KosCreateObjHandle(crowd->table, thing, &handle);
		note(&crowd->wrong, rc != rcOk);
		note(&crowd->bound, rc == rcOk);
		KosPutObject(thing);
	}
	/* The handle before stays bound, and is closed with the table. */
	atomic_store_explicit(&crowd->board[at], handle, memory_order_relaxed);
}

static void use_one(struct crowd *crowd, unsigned at)
{
	uint64_t handle = atomic_load_explicit(&crowd->board[at], memory_order_relaxed);
	void *found = NULL;
	Retcode rc = KosRefObjectByObjHandle(crowd->table, handle, &found);

	note(&crowd->wrong, rc != rcOk && rc != rcInvalidArgument);
	if (rc == rcOk) {
		note(&crowd->wrong, ((struct thing *)found)->canary != THING_CANARY);
		KosPutObject(found);
	}
}

static void close_one(struct crowd *crowd, unsigned at)
{
	uint64_t handle = atomic_load_explicit(&crowd->board[at], memory_order_relaxed);
	Retcode rc = sessio_obj_handle_close(crowd->table, handle);

	note(&crowd->wrong, rc != rcOk && rc != rcInvalidArgument);
	note(&crowd->closed, rc == rcOk);
}

static void work(void *shared, struct random *random)
{
	struct crowd *crowd = shared;

	for (unsigned i = 0; i < STEPS; i++) {
		unsigned at = random_below(random, BOARD);

		switch (random_below(random, 4)) {
		case 0:
			bind_one(crowd, at);
			break;
		case 1:
			close_one(crowd, at);
			break;
		default:
			use_one(crowd, at);
			break;
		}
	}
}

static void a_crowd_shares_a_table(void **state)
{
	struct crowd crowd = { .table = NULL };

	(void)state;
	assert_int_equal(KosCreateObjHandleTable(1, THREADS * STEPS, &crowd.table), rcOk);
	crowd_run(THREADS, work, &crowd);
	assert_int_equal(atomic_load(&crowd.wrong), 0);
	assert_true(atomic_load(&crowd.closed) > 0);
	assert_int_equal(things_alive(), atomic_load(&crowd.bound) - atomic_load(&crowd.closed));
	KosPutObject(crowd.table);
	assert_int_equal(things_alive(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_crowd_shares_a_table, things_set_up, things_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
