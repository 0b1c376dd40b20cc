/* SPDX-License-Identifier: MIT */
/*
 * Memory that is kept for the next session, in a crowd. Threads open and close sessions
 * of two sizes on some objects, and unregister one now and then. Each session has its
 * memory to itself, and finds it zeroed.
 */
#include "test.h"

#include <stdatomic.h>
#include <string.h>

#include <uv.h>

#include <kos/session.h>

#include "platform/hooks.h"
#include "random.h"

#define THREADS 4u
#define OBJECTS 6u
#define ROUNDS 200u
#define LARGE 256u

static struct {
	KosObjectType *object_type;
	KosObjectType *context_types[2];
	KosSessionType *types[2];
	void *objects[OBJECTS];
	uv_barrier_t start;
	_Atomic unsigned wrong;
} crowd;

static Retcode on_open(void *object, void *context, void *arg, rtl_uint32_t *rights)
{
	(void)object;
	(void)context;
	(void)arg;
	(void)rights;
	return rcOk;
}

static Retcode on_close(void *object, void *context)
{
	(void)object;
	(void)context;
	return rcOk;
}

static void check(bool fine)
{
	if (!fine) {
		atomic_fetch_add_explicit(&crowd.wrong, 1, memory_order_relaxed);
	}
}

/* Writes into the context, gives others time, and finds it as it was. */
static void use(unsigned char *context, size_t size, unsigned char mark)
{
	unsigned char expected[LARGE];

	memset(expected, 0, size);
	check(memcmp(context, expected, size) == 0);
	memset(expected, mark, size);
	memset(context, mark, size);
	check(KosSessionRef(context, NULL, NULL) == rcOk);
	check(memcmp(context, expected, size) == 0);
	KosSessionPut(context);
}

/* Even objects have small sessions. One that is unregistered meanwhile refuses. */
static void open_and_close(unsigned at, unsigned char mark, bool keeps)
{
	void *context = NULL;

	if (KosSessionOpenObject(crowd.objects[at], 0, 0, NULL, &context) != rcOk) {
		return;
	}
	use(context, at % 2 == 0 ? 16 : LARGE, mark);
	if (keeps) {
		KosRefObject(context);
	}
	check(KosSessionCloseObject(context) == rcOk);
	if (keeps) {
		KosPutObject(context);
	}
}

static void work(void *arg)
{
	unsigned own = *(const unsigned *)arg;
	struct random random = { 77u + own };

	(void)uv_barrier_wait(&crowd.start);
	for (unsigned i = 0; i < ROUNDS; i++) {
		/* The last object is the first thread's to unregister. */
		unsigned at = random_below(&random, own == 0 ? OBJECTS : OBJECTS - 1);

		if (at == OBJECTS - 1) {
			check(KosSessionUnregisterObject(crowd.objects[at]) == rcOk);
			check(KosSessionRegisterObject(crowd.types[at % 2], crowd.objects[at]) ==
				rcOk);
		}
		open_and_close(at, (unsigned char)(own + 1), i % 3 == 0);
	}
}

static void set_up(void)
{
	static const KosSessionOps ops = { .open = on_open, .close = on_close };

	assert_int_equal(KosCreateObjectType("object", kosSessionBaseObjectType, 0, NULL, NULL,
				 &crowd.object_type),
		rcOk);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(KosCreateObjectType("context", kosSessionBaseSessionType,
					 i == 0 ? 16 : LARGE, NULL, NULL, &crowd.context_types[i]),
			rcOk);
		assert_int_equal(KosSessionCreateType(crowd.object_type, crowd.context_types[i],
					 &ops, &crowd.types[i]),
			rcOk);
	}
	for (unsigned i = 0; i < OBJECTS; i++) {
		assert_int_equal(
			KosCreateObject(crowd.object_type, NULL, NULL, &crowd.objects[i]), rcOk);
		assert_int_equal(
			KosSessionRegisterObject(crowd.types[i % 2], crowd.objects[i]), rcOk);
	}
}

static void tear_down(void)
{
	for (unsigned i = 0; i < OBJECTS; i++) {
		assert_int_equal(KosSessionUnregisterObject(crowd.objects[i]), rcOk);
		KosPutObject(crowd.objects[i]);
	}
	for (unsigned i = 0; i < 2; i++) {
		KosSessionDestroyType(crowd.types[i]);
		sessio_object_type_unref(crowd.context_types[i]);
	}
	sessio_object_type_unref(crowd.object_type);
}

static void each_session_has_its_memory_to_itself(void **state)
{
	const struct si_hooks *hooks = si_hooks_get();
	uv_thread_t threads[THREADS];
	unsigned numbers[THREADS];

	(void)state;
	si_hooks_set(NULL); /* with hooks nothing is kept */
	set_up();
	assert_int_equal(uv_barrier_init(&crowd.start, THREADS), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		numbers[i] = i;
		assert_int_equal(uv_thread_create(&threads[i], work, &numbers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	uv_barrier_destroy(&crowd.start);
	tear_down();
	si_hooks_set(hooks);
	assert_int_equal(atomic_load(&crowd.wrong), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_session_has_its_memory_to_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
