/* SPDX-License-Identifier: MIT */
/*
 * Workers operate on the same sessions until they are refused, most of the time in slots
 * of their own. Meanwhile one session is closed, and the others' object is unregistered.
 * Each end must complete once, after the last operation. Bounded by count.
 */
#include "test.h"

#include <stdatomic.h>

#include <uv.h>

#include <kos/session.h>
#include <sessio/wait.h>

#define WORKERS 2u
#define SESSIONS 3u
#define ROUNDS 60u
#define OFTEN 80u /* enough for a slot */

struct file {
	unsigned open; /* 1 from open to closeComplete; plain */
};

static struct {
	KosObjectType *types[2];
	KosSessionType *type;
	void *object;
	void *sessions[SESSIONS];
	uv_barrier_t begin;
	uv_barrier_t warm;
	uv_barrier_t end;
	_Atomic unsigned completed;
	_Atomic unsigned wrong;
} crowd;

static void note(_Atomic unsigned *number)
{
	atomic_fetch_add_explicit(number, 1, memory_order_relaxed);
}

static void check(bool fine)
{
	if (!fine) {
		note(&crowd.wrong);
	}
}

static Retcode on_open(void *object, void *session, void *arg, rtl_uint32_t *rights)
{
	struct file *file = session;

	(void)object;
	(void)arg;
	(void)rights;
	file->open = 1;
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	(void)object;
	(void)session;
	return rcOk;
}

static void on_complete(void *object, void *session)
{
	struct file *file = session;

	(void)object;
	check(file->open == 1);
	file->open = 0;
	note(&crowd.completed);
}

static bool begin_one(void *session)
{
	void *object = NULL;
	Retcode rc = KosSessionRef(session, crowd.type, &object);

	check(rc == rcOk || rc == rcInvalidOperation);
	check(rc != rcOk || (object == crowd.object && ((struct file *)session)->open == 1));
	return rc == rcOk;
}

static void end_one(void *session)
{
	check(((struct file *)session)->open == 1);
	KosSessionPut(session);
}

/* One operation, or one within another; false: refused. */
static bool operate(void *session, bool nested)
{
	if (!begin_one(session)) {
		return false;
	}
	if (nested && begin_one(session)) {
		end_one(session);
	}
	end_one(session);
	return true;
}

static void work(void *arg)
{
	(void)arg;
	for (unsigned round = 0; round < ROUNDS; round++) {
		bool open[SESSIONS];
		unsigned left = SESSIONS;

		uv_barrier_wait(&crowd.begin);
		for (unsigned i = 0; i < SESSIONS * OFTEN; i++) {
			check(operate(crowd.sessions[i % SESSIONS], i % 2 == 0));
		}
		for (unsigned i = 0; i < SESSIONS; i++) {
			open[i] = true;
		}
		uv_barrier_wait(&crowd.warm);
		while (left != 0) {
			for (unsigned i = 0; i < SESSIONS; i++) {
				if (open[i] && !operate(crowd.sessions[i], round % 2 == 0)) {
					open[i] = false;
					left--;
					KosPutObject(crowd.sessions[i]);
				}
			}
		}
		uv_barrier_wait(&crowd.end);
	}
}

static void open_all(void)
{
	assert_int_equal(KosSessionRegisterObject(crowd.type, crowd.object), rcOk);
	for (unsigned i = 0; i < SESSIONS; i++) {
		assert_int_equal(
			KosSessionOpenObject(crowd.object, 0, 0, NULL, &crowd.sessions[i]), rcOk);
		for (unsigned j = 0; j < WORKERS; j++) {
			KosRefObject(crowd.sessions[i]);
		}
	}
}

static void each_end_completes_once(void **state)
{
	uv_thread_t threads[WORKERS];

	(void)state;
	uv_barrier_init(&crowd.begin, WORKERS + 1);
	uv_barrier_init(&crowd.warm, WORKERS + 1);
	uv_barrier_init(&crowd.end, WORKERS + 1);
	for (unsigned i = 0; i < WORKERS; i++) {
		assert_int_equal(uv_thread_create(&threads[i], work, NULL), 0);
	}
	for (unsigned round = 0; round < ROUNDS; round++) {
		open_all();
		uv_barrier_wait(&crowd.begin);
		uv_barrier_wait(&crowd.warm);
		if (round % 3 != 0) {
			assert_int_equal(
				KosSessionCloseObject(crowd.sessions[round % SESSIONS]), rcOk);
		}
		assert_int_equal(KosSessionUnregisterObject(crowd.object), rcOk);
		assert_int_equal(sessio_object_drain(crowd.object, SESSIO_FOREVER), SESSIO_OK);
		uv_barrier_wait(&crowd.end);
	}
	for (unsigned i = 0; i < WORKERS; i++) {
		uv_thread_join(&threads[i]);
	}
	uv_barrier_destroy(&crowd.begin);
	uv_barrier_destroy(&crowd.warm);
	uv_barrier_destroy(&crowd.end);
	assert_int_equal(atomic_load(&crowd.wrong), 0);
	assert_int_equal(atomic_load(&crowd.completed), ROUNDS * SESSIONS);
}

static int start(void **state)
{
	const KosSessionOps ops = { on_open, on_close, on_complete };

	(void)state;
	assert_int_equal(KosCreateObjectType(
				 "shelf", kosSessionBaseObjectType, 0, NULL, NULL, &crowd.types[0]),
		rcOk);
	assert_int_equal(KosCreateObjectType("file", kosSessionBaseSessionType, sizeof(struct file),
				 NULL, NULL, &crowd.types[1]),
		rcOk);
	assert_int_equal(
		KosSessionCreateType(crowd.types[0], crowd.types[1], &ops, &crowd.type), rcOk);
	assert_int_equal(KosCreateObject(crowd.types[0], NULL, NULL, &crowd.object), rcOk);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	KosPutObject(crowd.object);
	KosSessionDestroyType(crowd.type);
	sessio_object_type_unref(crowd.types[0]);
	sessio_object_type_unref(crowd.types[1]);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_end_completes_once, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
