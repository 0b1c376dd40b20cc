/* SPDX-License-Identifier: MIT */
/*
 * Walks in a crowd. A session that has not ended during a walk is met exactly once,
 * while others are opened, closed by anybody, and walked from inside walks. The test
 * ends when enough sessions have ended during a walk.
 */
#include "test.h"

#include <stdatomic.h>

#include <uv.h>

#include <kos/session.h>
#include <sessio/wait.h>

#include "random.h"

#define WALKERS 2u
#define OPENERS 2u
#define LASTING 70u /* more than a walk takes in one go */
#define ENDED_IN_WALKS 300u
#define WALKS 20u /* of each walker, at least */

struct work {
	unsigned number; /* of a lasting session, from 1 on; fixed by open */
	unsigned usable; /* 1 from open to closeComplete; plain */
};

static struct {
	KosObjectType *desk_type;
	KosObjectType *work_type;
	KosSessionType *type;
	void *desk;
	uv_barrier_t start;
	_Atomic unsigned next; /* numbers the threads */
	_Atomic unsigned opened;
	_Atomic unsigned completed;
	_Atomic unsigned ended_in_walks; /* sessions that a walker closed */
	_Atomic unsigned walkers_done;
	_Atomic unsigned wrong;
} crowd;

struct tour {
	struct random random;
	unsigned depth;
	unsigned met[LASTING + 1];
};

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

static Retcode open_desk(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	struct work *work = context;

	(void)object;
	(void)handle_rights;
	work->number = *(const unsigned *)open_ctx;
	work->usable = 1;
	note(&crowd.opened);
	return rcOk;
}

static Retcode close_desk(void *object, void *context)
{
	(void)object;
	check(((struct work *)context)->usable == 1);
	return rcOk;
}

static void complete_desk(void *object, void *context)
{
	struct work *work = context;

	(void)object;
	check(work->usable == 1);
	work->usable = 0;
	note(&crowd.completed);
}

static void walk(struct tour *tour);

static Retcode visit(void *object, void *context, void *walk_ctx)
{
	struct tour *tour = walk_ctx;
	struct work *work = context;

	check(object == crowd.desk);
	tour->met[work->number]++;
	if (KosSessionRef(context, NULL, NULL) == rcOk) {
		check(work->usable == 1);
		KosSessionPut(context);
	}
	if (work->number != 0) {
		return rcOk;
	}
	if (random_below(&tour->random, 2) == 0 && KosSessionCloseObject(context) == rcOk) {
		note(&crowd.ended_in_walks);
	} else if (tour->depth < 2 && random_below(&tour->random, 16) == 0) {
		struct tour inner = { .random = { random_next(&tour->random) },
			.depth = tour->depth + 1 };

		walk(&inner);
	}
	return rcOk;
}

static void walk(struct tour *tour)
{
	check(KosSessionWalk(crowd.desk, visit, tour) == rcOk);
	for (unsigned i = 1; i <= LASTING; i++) {
		check(tour->met[i] == 1);
	}
}

static void walk_on(void *arg)
{
	struct random random = { atomic_fetch_add(&crowd.next, 1) };
	unsigned walks = 0;

	(void)arg;
	(void)uv_barrier_wait(&crowd.start);
	while (walks < WALKS || counted(&crowd.ended_in_walks) < ENDED_IN_WALKS) {
		struct tour tour = { .random = { random_next(&random) } };

		walk(&tour);
		walks++;
	}
	note(&crowd.walkers_done);
}

static void open_many(void *arg)
{
	static const unsigned none = 0;

	(void)arg;
	(void)uv_barrier_wait(&crowd.start);
	while (counted(&crowd.walkers_done) < WALKERS) {
		void *context = NULL;
		Retcode opened;

		/* Not many more than walkers can close. */
		if (counted(&crowd.opened) - counted(&crowd.completed) > LASTING + 200) {
			check(sessio_object_drain(crowd.desk, 1) == SESSIO_TIMEOUT);
			continue;
		}
		opened = KosSessionOpenObject(crowd.desk, 0, 0, (void *)(uintptr_t)&none, &context);
		/* A walker may meet and close the session before its opening returns (session-9). */
		check(opened == rcOk || opened == rcInvalidOperation);
	}
}

static KosSessionOps desk_ops = { open_desk, close_desk, complete_desk };

static void set_up(void)
{
	assert_int_equal(KosCreateObjectType(
				 "desk", kosSessionBaseObjectType, 0, NULL, NULL, &crowd.desk_type),
		rcOk);
	assert_int_equal(KosCreateObjectType("work", kosSessionBaseSessionType, sizeof(struct work),
				 NULL, NULL, &crowd.work_type),
		rcOk);
	assert_int_equal(
		KosSessionCreateType(crowd.desk_type, crowd.work_type, &desk_ops, &crowd.type),
		rcOk);
	assert_int_equal(KosCreateObject(crowd.desk_type, "desk", NULL, &crowd.desk), rcOk);
	assert_int_equal(KosSessionRegisterObject(crowd.type, crowd.desk), rcOk);
}

static void a_walk_meets_every_session_that_stays_once(void **state)
{
	static const uv_thread_cb entries[WALKERS + OPENERS] = { walk_on, walk_on, open_many,
		open_many };
	uv_thread_t threads[WALKERS + OPENERS];

	(void)state;
	set_up();
	for (unsigned number = 1; number <= LASTING; number++) {
		void *context = NULL;

		assert_int_equal(KosSessionOpenObject(crowd.desk, 0, 0, &number, &context), rcOk);
	}
	assert_int_equal(uv_barrier_init(&crowd.start, WALKERS + OPENERS), 0);
	for (unsigned i = 0; i < WALKERS + OPENERS; i++) {
		assert_int_equal(uv_thread_create(&threads[i], entries[i], NULL), 0);
	}
	for (unsigned i = 0; i < WALKERS + OPENERS; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	uv_barrier_destroy(&crowd.start);
	print_message("%u sessions, %u closed in walks\n", counted(&crowd.opened),
		counted(&crowd.ended_in_walks));
	assert_int_equal(KosSessionUnregisterObject(crowd.desk), rcOk);
	assert_int_equal(sessio_object_drain(crowd.desk, 0), SESSIO_OK);
	assert_int_equal(counted(&crowd.wrong), 0);
	assert_int_equal(counted(&crowd.completed), counted(&crowd.opened));
	KosPutObject(crowd.desk);
	KosSessionDestroyType(crowd.type);
	sessio_object_type_unref(crowd.work_type);
	sessio_object_type_unref(crowd.desk_type);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_walk_meets_every_session_that_stays_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
