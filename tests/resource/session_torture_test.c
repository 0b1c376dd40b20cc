/* SPDX-License-Identifier: MIT */
/*
 * Resource sessions in a crowd, bounded by count. Steps that must not happen at
 * once or out of order touch plain variables. If the library does not order them, the
 * thread sanitizer sees a data race. If it frees memory too early, the address
 * sanitizer sees the use of it. The test's own counts are relaxed, so that they add no
 * order.
 */
#include "test.h"

#include <stdatomic.h>
#include <string.h>

#include <uv.h>

#include <kos/session.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "random.h"
#include "resource/session.h"

#define WORKERS 4u

static void note(_Atomic unsigned *number)
{
	atomic_fetch_add_explicit(number, 1, memory_order_relaxed);
}

static unsigned counted(_Atomic unsigned *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

/* A context with what operations may use until the end. */
struct work {
	unsigned usable; /* 1 from open to closeComplete; plain */
	unsigned closing; /* set by close; plain */
	unsigned exclusive; /* fixed by open; plain */
};

struct desk {
	unsigned holder; /* 1 while somebody has it alone; plain */
};

static struct {
	KosObjectType *desk_type;
	KosObjectType *work_type;
	KosSessionType *types[2];
	void *desk;
	uv_barrier_t start;
	_Atomic unsigned next; /* numbers the threads */
	_Atomic unsigned opened;
	_Atomic unsigned completed;
	_Atomic unsigned destroyed;
	_Atomic unsigned operations;
	_Atomic unsigned finished;
	_Atomic unsigned wrong;
} crowd;

static void check(bool fine)
{
	if (!fine) {
		note(&crowd.wrong);
	}
}

/* A session opened with ALONE shares nothing: nobody else is there until its end. */
#define ALONE 1u
#define TOGETHER 2u

/* The openCtx: the opener's wish, and the place for its own reference. */
struct ticket {
	bool alone;
	void *context;
};

static Retcode open_desk(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	struct ticket *ticket = open_ctx;
	struct work *work = context;
	struct desk *desk = object;

	KosRefObject(context);
	ticket->context = context;
	*handle_rights = 7;
	check(desk->holder == 0);
	if (ticket->alone) {
		work->exclusive = 1;
		desk->holder = 1;
	}
	work->usable = 1;
	note(&crowd.opened);
	return rcOk;
}

static Retcode close_desk(void *object, void *context)
{
	struct work *work = context;
	struct desk *desk = object;

	check(work->closing == 0);
	work->closing = 1;
	if (work->exclusive != 0) {
		/* In closeComplete the rights are free already. */
		check(desk->holder == 1);
		desk->holder = 0;
	}
	return rcFail;
}

static void complete_desk(void *object, void *context)
{
	struct work *work = context;

	(void)object;
	check(work->closing == 1 && work->usable == 1);
	work->usable = 0;
	note(&crowd.completed);
}

static void destruct_work(void *context, void *segment)
{
	struct work *work = segment;

	(void)context;
	check(work->usable == 0);
	work->usable = 77;
	note(&crowd.destroyed);
}

static void operate(void *context)
{
	struct work *work = context;
	void *object = NULL;

	if (KosSessionRef(context, NULL, &object) == rcOk) {
		check(work->usable == 1 && object == crowd.desk);
		note(&crowd.operations);
		KosSessionPut(context);
	}
}

static Retcode visit(void *object, void *context, void *walk_ctx)
{
	unsigned *visits = walk_ctx;

	(void)object;
	operate(context);
	if (++*visits % 7 == 0) {
		(void)KosSessionCloseObject(context); /* under its owner's feet */
	}
	return *visits % 5 == 0 ? rcFail : rcOk;
}

static void look_around(void *context)
{
	sessio_object_info object_info;
	sessio_session_info info;
	char text[100];

	check(sessio_object_inspect(crowd.desk, &object_info) == SESSIO_OK);
	check(sessio_session_inspect(context, &info) == SESSIO_OK);
	check(info.handle_rights == 7);
	check(sessio_session_describe(context, text, sizeof(text)) > 20);
}

/* Uses a session until it has ended. */
static void use(struct random *random, void *context)
{
	struct work *work = context;
	unsigned visits = random_below(random, 7);
	Retcode result;

	for (unsigned i = random_below(random, 6); i > 0; i--) {
		operate(context);
	}
	switch (random_below(random, 4)) {
	case 0:
		result = KosSessionWalk(crowd.desk, visit, &visits);
		check(result == rcOk || result == rcFail || result == rcResourceNotFound);
		break;
	case 1:
		look_around(context);
		break;
	default:
		break;
	}
	if (KosSessionRef(context, NULL, NULL) == rcOk) {
		result = KosSessionCloseObject(context); /* inside an operation */
		check(result == rcOk || result == rcInvalidOperation);
		KosSessionPut(context);
	}
	check(KosSessionCloseObject(context) == rcInvalidOperation);
	check(sessio_session_wait(context, SESSIO_FOREVER) == SESSIO_OK);
	check(work->usable == 0);
}

/* False if it was refused. */
static bool one_session(struct random *random)
{
	struct ticket ticket = { .alone = random_below(random, 4) == 0 };
	void *context = NULL;
	Retcode result = KosSessionOpenObject(crowd.desk, ticket.alone ? ALONE : TOGETHER,
		ticket.alone ? 0 : TOGETHER, &ticket, &context);

	if (result == rcOk) {
		check(context == ticket.context);
		use(random, context);
	} else {
		check(result == rcBusy || result == rcResourceNotFound);
	}
	/* Also of one that an unregistration closed while it was opened. */
	KosPutObject(ticket.context);
	return result == rcOk;
}

#define SESSIONS 600u

static void work_on(void *arg)
{
	struct random random = { atomic_fetch_add(&crowd.next, 1) };

	(void)arg;
	(void)uv_barrier_wait(&crowd.start);
	for (unsigned i = 0; i < SESSIONS;) {
		if (one_session(&random)) {
			i++;
		} else {
			/* Another session is in the way: let it go on. */
			sessio_status status = sessio_object_drain(crowd.desk, 1);

			check(status == SESSIO_OK || status == SESSIO_TIMEOUT);
		}
	}
	note(&crowd.finished);
}

/* Unregisters and registers again with the other type, until the workers are done. */
static void administer(void *arg)
{
	unsigned turn = 0;

	(void)arg;
	(void)uv_barrier_wait(&crowd.start);
	while (counted(&crowd.finished) < WORKERS) {
		if (counted(&crowd.opened) / 20 <= turn) {
			continue; /* let them have some sessions in between */
		}
		check(KosSessionUnregisterObject(crowd.desk) == rcOk);
		if (turn % 2 == 0) {
			check(sessio_object_drain(crowd.desk, SESSIO_FOREVER) == SESSIO_OK);
			check(counted(&crowd.completed) == counted(&crowd.opened));
		}
		turn++;
		check(KosSessionRegisterObject(crowd.types[turn % 2], crowd.desk) == rcOk);
	}
}

static void run_together(const uv_thread_cb *entries, unsigned count)
{
	uv_thread_t threads[8];

	assert_true(count <= 8);
	atomic_store(&crowd.next, 1);
	assert_int_equal(uv_barrier_init(&crowd.start, count), 0);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(uv_thread_create(&threads[i], entries[i], NULL), 0);
	}
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	uv_barrier_destroy(&crowd.start);
}

static const KosSessionOps desk_ops = { open_desk, close_desk, complete_desk };

static int start(void **state)
{
	(void)state;
	memset(&crowd, 0, sizeof(crowd));
	if (KosCreateObjectType("desk", kosSessionBaseObjectType, sizeof(struct desk), NULL, NULL,
		    &crowd.desk_type) != rcOk ||
		KosCreateObjectType("work", kosSessionBaseSessionType, sizeof(struct work), NULL,
			destruct_work, &crowd.work_type) != rcOk) {
		return -1;
	}
	for (unsigned i = 0; i < 2; i++) {
		if (KosSessionCreateType(
			    crowd.desk_type, crowd.work_type, &desk_ops, &crowd.types[i]) != rcOk) {
			return -1;
		}
	}
	if (KosCreateObject(crowd.desk_type, "desk", NULL, &crowd.desk) != rcOk) {
		return -1;
	}
	return KosSessionRegisterObject(crowd.types[0], crowd.desk) == rcOk ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	(void)KosSessionUnregisterObject(crowd.desk);
	KosPutObject(crowd.desk);
	KosSessionDestroyType(crowd.types[0]);
	KosSessionDestroyType(crowd.types[1]);
	sessio_object_type_unref(crowd.work_type);
	sessio_object_type_unref(crowd.desk_type);
	return 0;
}

static void expect_all_ended(void)
{
	sessio_object_info info;

	assert_int_equal(counted(&crowd.wrong), 0);
	assert_int_equal(counted(&crowd.completed), counted(&crowd.opened));
	assert_int_equal(counted(&crowd.destroyed), counted(&crowd.opened));
	assert_int_equal(sessio_object_inspect(crowd.desk, &info), SESSIO_OK);
	assert_int_equal(info.opening + info.open + info.ending, 0);
	assert_int_equal(info.references, 1 + info.registered);
}

static void sessions_come_and_go_while_the_object_is_registered_anew(void **state)
{
	const uv_thread_cb entries[WORKERS + 1] = { work_on, work_on, work_on, work_on,
		administer };

	(void)state;
	run_together(entries, WORKERS + 1);
	print_message(
		"%u sessions, %u operations\n", counted(&crowd.opened), counted(&crowd.operations));
	assert_true(counted(&crowd.opened) >= WORKERS * SESSIONS);
	expect_all_ended();
}

/* One hot session whose counter is split, with puts by other threads than the refs. */
static void *hot;
static _Atomic unsigned handed_on; /* operations that wait for anybody's put */

static bool take_over(void)
{
	unsigned left = counted(&handed_on);

	while (left > 0) {
		/* Acquire: the operation has begun before it ends. */
		if (atomic_compare_exchange_weak_explicit(&handed_on, &left, left - 1,
			    memory_order_acquire, memory_order_relaxed)) {
			KosSessionPut(hot);
			return true;
		}
	}
	return false;
}

static void operate_on_the_hot_one(void *arg)
{
	struct work *work = hot;

	(void)arg;
	KosRefObject(hot);
	(void)uv_barrier_wait(&crowd.start);
	for (unsigned i = 0; i < 300; i++) {
		if (KosSessionRef(hot, NULL, NULL) != rcOk) {
			break;
		}
		check(work->usable == 1);
		note(&crowd.operations);
		if (i % 3 == 0) {
			/* Release: as above. */
			atomic_fetch_add_explicit(&handed_on, 1, memory_order_release);
		} else {
			KosSessionPut(hot);
		}
		if (i % 4 == 0) {
			(void)take_over();
		}
	}
	KosPutObject(hot);
}

static void split_the_hot_one(void *arg)
{
	(void)arg;
	KosRefObject(hot);
	(void)uv_barrier_wait(&crowd.start);
	for (unsigned i = 0; i < 3 * 1024; i++) {
		si_rundown_note(&si_session_of(hot)->run, (uint16_t)(2 * i + 1));
	}
	KosPutObject(hot);
}

static void close_the_hot_one(void *arg)
{
	unsigned before = counted(&crowd.operations);

	(void)arg;
	KosRefObject(hot);
	(void)uv_barrier_wait(&crowd.start);
	while (counted(&crowd.operations) < before + 200) {
	}
	check(KosSessionCloseObject(hot) == rcOk);
	KosPutObject(hot);
}

static void a_hot_session_ends_once_after_its_operations(void **state)
{
	const uv_thread_cb entries[] = { operate_on_the_hot_one, operate_on_the_hot_one,
		operate_on_the_hot_one, split_the_hot_one, close_the_hot_one };
	unsigned split = 0;

	(void)state;
	for (unsigned round = 0; round < 100; round++) {
		struct ticket ticket = { .alone = true };
		struct work *work;

		assert_int_equal(KosSessionOpenObject(crowd.desk, ALONE, 0, &ticket, &hot), rcOk);
		run_together(entries, 5);
		while (take_over()) {
		}
		work = hot;
		assert_int_equal(sessio_session_wait(hot, 0), SESSIO_OK);
		assert_int_equal(work->usable, 0);
		split += (atomic_load(&si_session_of(hot)->run.central) & SI_RUN_SPLIT) != 0;
		KosPutObject(hot);
	}
	print_message("split in %u of 100 rounds\n", split);
	expect_all_ended();
}

/* Sessions that nobody holds, closed by the first thread that finds them. */
static Retcode open_and_forget(
	void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	(void)object;
	(void)context;
	(void)open_ctx;
	(void)handle_rights;
	note(&crowd.opened);
	return rcOk;
}

static Retcode close_and_count(void *object, void *context)
{
	(void)object;
	(void)context;
	note(&crowd.completed);
	return rcOk;
}

static void open_many(void *arg)
{
	(void)arg;
	(void)uv_barrier_wait(&crowd.start);
	for (unsigned i = 0; i < 3000; i++) {
		void *context = NULL;
		Retcode rc = KosSessionOpenObject(crowd.desk, 0, 0, NULL, &context);

		/* A walker may close a session before its opening has returned. */
		check(rc == rcOk || rc == rcInvalidOperation);
	}
	note(&crowd.finished);
}

static Retcode close_found(void *object, void *context, void *walk_ctx)
{
	(void)object;
	(void)walk_ctx;
	(void)KosSessionCloseObject(context);
	return rcOk;
}

static void close_many(void *arg)
{
	(void)arg;
	(void)uv_barrier_wait(&crowd.start);
	while (counted(&crowd.finished) == 0) {
		check(KosSessionWalk(crowd.desk, close_found, NULL) == rcOk);
	}
	check(KosSessionWalk(crowd.desk, close_found, NULL) == rcOk);
}

static void an_opening_touches_nothing_that_another_may_have_ended(void **state)
{
	static const KosSessionOps ops = { open_and_forget, close_and_count, NULL };
	const uv_thread_cb entries[] = { open_many, close_many, close_many };
	KosSessionType *type;

	(void)state;
	assert_int_equal(KosSessionUnregisterObject(crowd.desk), rcOk);
	assert_int_equal(
		KosSessionCreateType(crowd.desk_type, kosSessionBaseSessionType, &ops, &type),
		rcOk);
	assert_int_equal(KosSessionRegisterObject(type, crowd.desk), rcOk);
	run_together(entries, 3);
	assert_int_equal(counted(&crowd.wrong), 0);
	assert_int_equal(counted(&crowd.opened), 3000);
	assert_int_equal(counted(&crowd.completed), 3000);
	assert_int_equal(KosSessionUnregisterObject(crowd.desk), rcOk);
	KosSessionDestroyType(type);
}

/* A context that its other holder has written to when the end gives it back. */
static void write_and_drop(void *arg)
{
	struct work *work = hot;

	(void)arg;
	(void)uv_barrier_wait(&crowd.start);
	work->usable++;
	KosPutObject(hot);
}

static void close_it(void *arg)
{
	(void)arg;
	(void)uv_barrier_wait(&crowd.start);
	check(KosSessionCloseObject(hot) == rcOk);
}

static Retcode open_for_two(
	void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	(void)object;
	(void)open_ctx;
	(void)handle_rights;
	KosRefObject(context);
	return rcOk;
}

static void the_end_sees_what_the_last_holder_did(void **state)
{
	static const KosSessionOps ops = { open_for_two, close_and_count, NULL };
	const uv_thread_cb entries[] = { write_and_drop, close_it };
	KosObjectType *quiet;
	KosSessionType *type;

	(void)state;
	assert_int_equal(KosSessionUnregisterObject(crowd.desk), rcOk);
	assert_int_equal(KosCreateObjectType("quiet", kosSessionBaseSessionType,
				 sizeof(struct work), NULL, NULL, &quiet),
		rcOk);
	assert_int_equal(KosSessionCreateType(crowd.desk_type, quiet, &ops, &type), rcOk);
	assert_int_equal(KosSessionRegisterObject(type, crowd.desk), rcOk);
	for (unsigned round = 0; round < 200; round++) {
		assert_int_equal(KosSessionOpenObject(crowd.desk, 0, 0, NULL, &hot), rcOk);
		run_together(entries, 2);
	}
	assert_int_equal(counted(&crowd.wrong), 0);
	assert_int_equal(KosSessionUnregisterObject(crowd.desk), rcOk);
	KosSessionDestroyType(type);
	sessio_object_type_unref(quiet);
}

#define CROWDED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CROWDED(sessions_come_and_go_while_the_object_is_registered_anew),
		CROWDED(a_hot_session_ends_once_after_its_operations),
		CROWDED(an_opening_touches_nothing_that_another_may_have_ended),
		CROWDED(the_end_sees_what_the_last_holder_did),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
