/* SPDX-License-Identifier: MIT */
/*
 * Ends by a last reference in a crowd: threads that open and put, operations that
 * outlast the put, and walkers that hold sessions meanwhile. Each session has its
 * callbacks once and in order, and nothing is left.
 */
#include "test.h"

#include <stdatomic.h>

#include <uv.h>

#include <kos/session.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#define OPENERS 3u
#define WALKERS 2u
#define ROUNDS 4000u

static KosObjectType *file_type;
static KosObjectType *note_type;
static KosSessionType *type;
static void *file;

static _Atomic unsigned opened;
static _Atomic unsigned closed;
static _Atomic unsigned completed;
static _Atomic unsigned destructed;
static _Atomic unsigned met;
static _Atomic unsigned faults;
static _Atomic unsigned openers_left;

enum { IS_OPEN = 1, IS_CLOSED, IS_COMPLETE, IS_GONE };

struct note {
	unsigned phase; /* plain: the end is one sequence, whatever threads it runs on */
};

static void go_on(struct note *note, unsigned from, unsigned to)
{
	if (note->phase != from) {
		atomic_fetch_add(&faults, 1);
	}
	note->phase = to;
}

static Retcode on_open(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	(void)object;
	(void)open_ctx;
	(void)handle_rights;
	go_on(context, 0, IS_OPEN);
	atomic_fetch_add(&opened, 1);
	return rcOk;
}

static Retcode on_close(void *object, void *context)
{
	(void)object;
	go_on(context, IS_OPEN, IS_CLOSED);
	if (sessio_session_end_reason(context) != SESSIO_END_LAST_REFERENCE) {
		atomic_fetch_add(&faults, 1);
	}
	atomic_fetch_add(&closed, 1);
	return rcOk;
}

static void on_complete(void *object, void *context)
{
	(void)object;
	go_on(context, IS_CLOSED, IS_COMPLETE);
	atomic_fetch_add(&completed, 1);
}

static void destruct_note(void *context, void *segment)
{
	(void)context;
	go_on(segment, IS_COMPLETE, IS_GONE);
	atomic_fetch_add(&destructed, 1);
}

/* Each round ends one session: with an operation that is still active, or without. */
static void open_and_put(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < ROUNDS; i++) {
		void *context = NULL;
		bool busy = i % 3 == 0;

		if (KosSessionOpenObject(file, 0, UINT32_MAX, NULL, &context) != rcOk ||
			(busy && KosSessionRef(context, type, NULL) != rcOk)) {
			atomic_fetch_add(&faults, 1);
			continue;
		}
		KosPutObject(context);
		if (busy) {
			KosSessionPut(context);
		}
	}
	atomic_fetch_sub(&openers_left, 1);
}

static Retcode hold_for_a_while(void *object, void *context, void *walk_ctx)
{
	(void)object;
	(void)walk_ctx;
	if (sessio_object_references(context) == 0 || KosSessionGetOpenRights(context) != 0) {
		atomic_fetch_add(&faults, 1);
	}
	if (KosSessionRef(context, type, NULL) == rcOk) {
		KosSessionPut(context);
	}
	atomic_fetch_add(&met, 1);
	return rcOk;
}

static void walk(void *arg)
{
	(void)arg;
	while (atomic_load(&openers_left) != 0) {
		if (KosSessionWalk(file, hold_for_a_while, NULL) != rcOk) {
			atomic_fetch_add(&faults, 1);
		}
	}
}

static void every_session_ends_once(void **state)
{
	uv_thread_t threads[OPENERS + WALKERS];

	(void)state;
	atomic_store(&openers_left, OPENERS);
	for (unsigned i = 0; i < OPENERS + WALKERS; i++) {
		assert_int_equal(
			uv_thread_create(&threads[i], i < OPENERS ? open_and_put : walk, NULL), 0);
	}
	for (unsigned i = 0; i < OPENERS + WALKERS; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	assert_int_equal(faults, 0);
	assert_int_equal(opened, OPENERS * ROUNDS);
	assert_int_equal(closed, opened);
	assert_int_equal(completed, opened);
	assert_int_equal(destructed, opened);
	assert_int_equal(sessio_object_drain(file, 0), SESSIO_OK);
	assert_int_equal(sessio_object_references(file), 2);
}

static int start(void **state)
{
	static const KosSessionOps ops = { on_open, on_close, on_complete };

	(void)state;
	return KosCreateObjectType("file", kosSessionBaseObjectType, 0, NULL, NULL, &file_type) !=
		rcOk ||
		KosCreateObjectType("note", kosSessionBaseSessionType, sizeof(struct note), NULL,
			destruct_note, &note_type) != rcOk ||
		KosSessionCreateType(file_type, note_type, &ops, &type) != rcOk ||
		KosCreateObject(file_type, "file", NULL, &file) != rcOk ||
		KosSessionRegisterObject(type, file) != rcOk;
}

static int stop(void **state)
{
	(void)state;
	(void)KosSessionUnregisterObject(file);
	KosPutObject(file);
	KosSessionDestroyType(type);
	sessio_object_type_unref(note_type);
	sessio_object_type_unref(file_type);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_session_ends_once, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
