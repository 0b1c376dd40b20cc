/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "things.h"

#include <stdatomic.h>

#include <uv.h>

#define MAX_THREADS 8u

KosObjectType *thing_type;

/* Relaxed throughout: the books of a test must not order what it tests. */
static _Atomic unsigned made;
static _Atomic unsigned gone;

static Retcode construct(void *object, void *segment, void *createCtx)
{
	struct thing *thing = segment;

	(void)object;
	(void)createCtx;
	*thing = (struct thing){ .canary = THING_CANARY };
	atomic_fetch_add_explicit(&made, 1, memory_order_relaxed);
	return rcOk;
}

static void destruct(void *object, void *segment)
{
	struct thing *thing = segment;

	(void)object;
	thing->canary = 0;
	atomic_fetch_add_explicit(&gone, 1, memory_order_relaxed);
	if (thing->on_end != NULL) {
		thing->on_end(thing->ctx);
	}
}

int things_set_up(void **state)
{
	(void)state;
	atomic_store(&made, 0);
	atomic_store(&gone, 0);
	return KosCreateObjectType(
		"thing", NULL, sizeof(struct thing), construct, destruct, &thing_type);
}

int things_tear_down(void **state)
{
	(void)state;
	sessio_object_type_unref(thing_type);
	return things_alive() == 0 ? 0 : -1;
}

void *new_thing(const char *name)
{
	void *thing = NULL;

	assert_int_equal(KosCreateObject(thing_type, name, NULL, &thing), rcOk);
	return thing;
}

unsigned things_alive(void)
{
	return atomic_load(&made) - atomic_load(&gone);
}

unsigned things_gone(void)
{
	return atomic_load(&gone);
}

struct member {
	uv_thread_t thread;
	uv_barrier_t *start;
	crowd_fn *work;
	void *shared;
	struct random random;
};

static void run_member(void *arg)
{
	struct member *member = arg;

	(void)uv_barrier_wait(member->start);
	member->work(member->shared, &member->random);
}

void crowd_run(unsigned threads, crowd_fn *work, void *shared)
{
	struct member members[MAX_THREADS];
	uv_barrier_t start;

	assert_in_range(threads, 1, MAX_THREADS);
	assert_int_equal(uv_barrier_init(&start, threads), 0);
	for (unsigned i = 0; i < threads; i++) {
		members[i] = (struct member){
			.start = &start, .work = work, .shared = shared, .random = { i + 1 }
		};
		assert_int_equal(uv_thread_create(&members[i].thread, run_member, &members[i]), 0);
	}
	for (unsigned i = 0; i < threads; i++) {
		assert_int_equal(uv_thread_join(&members[i].thread), 0);
	}
	uv_barrier_destroy(&start);
}
