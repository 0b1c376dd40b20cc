/* SPDX-License-Identifier: MIT */
/*
 * One handle table under many threads, bounded by count. Threads bind things,
 * look up and close each other's handles by a board that all share, while the
 * table grows. A lookup must give the very thing that the handle was made for,
 * alive, or refuse; each handle is closed once. What an object touches is plain,
 * so that a missing order is a race and an early end a use of freed memory.
 */
#include "test.h"

#include <kos/objhandles.h>

#include <stdatomic.h>

#include <uv.h>

#define THREADS 4u
#define STEPS 5000u
#define BOARD 64u

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
	KosObjHandleTable *table;
	_Atomic uint64_t board[BOARD]; /* handles that anybody may use or close */
	_Atomic unsigned bound;
	_Atomic unsigned closed;
	_Atomic unsigned wrong; /* threads cannot assert, so they count */
};

struct worker {
	struct crowd *crowd;
	uint32_t random;
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
	Retcode rc = KosCreateObject(crowd->type, NULL, NULL, &thing);

	note(&crowd->wrong, rc != rcOk);
	if (rc == rcOk) {
		rc = KosCreateObjHandle(crowd->table, thing, &handle);
		note(&crowd->wrong, rc != rcOk);
		note(&crowd->bound, rc == rcOk);
		KosPutObject(thing);
	}
	/* What was there stays bound, and is closed with the table. */
	atomic_store_explicit(&crowd->board[at], handle, memory_order_relaxed);
}

static void use_one(struct crowd *crowd, unsigned at)
{
	uint64_t handle = atomic_load_explicit(&crowd->board[at], memory_order_relaxed);
	void *found = NULL;
	Retcode rc = KosRefObjectByObjHandle(crowd->table, handle, &found);

	note(&crowd->wrong, rc != rcOk && rc != rcInvalidArgument);
	if (rc == rcOk) {
		note(&crowd->wrong, ((struct thing *)found)->canary != CANARY);
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

static void work(void *arg)
{
	struct worker *worker = arg;

	(void)uv_barrier_wait(&worker->crowd->start);
	for (unsigned i = 0; i < STEPS; i++) {
		unsigned at;

		worker->random = worker->random * UINT32_C(1664525) + UINT32_C(1013904223);
		at = (worker->random >> 8) % BOARD;
		switch (worker->random >> 30) {
		case 0:
			bind_one(worker->crowd, at);
			break;
		case 1:
			close_one(worker->crowd, at);
			break;
		default:
			use_one(worker->crowd, at);
			break;
		}
	}
}

static void a_crowd_shares_a_table(void **state)
{
	struct crowd crowd = { .type = NULL };
	struct worker workers[THREADS];
	uv_thread_t threads[THREADS];

	(void)state;
	assert_int_equal(KosCreateObjectType("thing", NULL, sizeof(struct thing), construct_thing,
				 destruct_thing, &crowd.type),
		rcOk);
	assert_int_equal(KosCreateObjHandleTable(1, THREADS * STEPS, &crowd.table), rcOk);
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
	assert_true(atomic_load(&crowd.closed) > 0);
	assert_int_equal(
		atomic_load(&alive), atomic_load(&crowd.bound) - atomic_load(&crowd.closed));
	KosPutObject(crowd.table);
	assert_int_equal(atomic_load(&alive), 0);
	sessio_object_type_unref(crowd.type);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crowd_shares_a_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
