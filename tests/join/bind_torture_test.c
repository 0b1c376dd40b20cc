/* SPDX-License-Identifier: MIT */
/*
 * Users come and go while their sessions are opened, used, closed and unbound by
 * others. Sessions that are refused, or that anybody closes, must all come
 * out even. The test's own books are relaxed, so that they add no order.
 */
#include "test.h"

#include <stdatomic.h>
#include <string.h>

#include <uv.h>

#include <kos/session.h>
#include <sessio/bind.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "random.h"

#define WORKERS 3u
#define ROUNDS 120u /* at least; more until everything has happened, see has_happened() */
#define OPENINGS 24u /* per worker and round */

static struct {
	KosObjectType *desk_type;
	KosObjectType *work_type;
	KosSessionType *type;
	void *desks[2];
	sessio_host *host;
	sessio_user_session *user;
	sessio_bind *bind; /* of the round; the main thread's, as are the two above */
	uv_barrier_t round;
	_Atomic unsigned next; /* numbers the threads */
	_Atomic unsigned opened;
	_Atomic unsigned closed;
	_Atomic unsigned completed;
	_Atomic unsigned closed_early; /* openings that a user's end was faster than */
	_Atomic unsigned left_over; /* sessions that a user's end has closed */
	_Atomic bool over; /* the workers' last round has been */
	_Atomic unsigned wrong;
} crowd;

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

/* The openCtx: the callback that is to refuse, and the opener's reference. */
struct ticket {
	unsigned refuse; /* 1: the constructor, 2: the open callback */
	void *context;
};

/* Operations may use it until the end; plain. */
struct work {
	unsigned usable;
};

static Retcode construct_work(void *context, void *segment, void *open_ctx)
{
	const struct ticket *ticket = open_ctx;

	(void)context;
	(void)segment;
	return ticket->refuse == 1 ? rcNotReady : rcOk;
}

static Retcode open_desk(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	struct ticket *ticket = open_ctx;

	(void)object;
	(void)handle_rights;
	if (ticket->refuse == 2) {
		return rcNotReady;
	}
	KosRefObject(context);
	ticket->context = context;
	((struct work *)context)->usable = 1;
	note(&crowd.opened);
	return rcOk;
}

static Retcode close_desk(void *object, void *context)
{
	(void)object;
	(void)context;
	note(&crowd.closed);
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

static void called(void *ctx, sessio_bind *bind, void *context, const sessio_user_notice *notice)
{
	(void)ctx;
	(void)notice;
	switch (counted(&crowd.opened) % 4) {
	case 0:
		(void)KosSessionCloseObject(context);
		break;
	case 1:
		(void)sessio_bind_remove(bind, context);
		break;
	default:
		break;
	}
}

static const sessio_bind_policy policy = {
	.on_disconnect = SESSIO_BIND_CALL, .on_logoff = SESSIO_BIND_CLOSE, .fn = called
};

static void use(struct random *random, void *context)
{
	sessio_status status;

	if (KosSessionRef(context, NULL, NULL) == rcOk) {
		check(((struct work *)context)->usable == 1);
		KosSessionPut(context);
	}
	switch (random_below(random, 4)) {
	case 0:
		status = sessio_bind_remove(crowd.bind, context);
		check(status == SESSIO_OK || status == SESSIO_NOT_FOUND);
		break;
	case 1:
		(void)KosSessionCloseObject(context);
		status = sessio_bind_add(crowd.bind, context);
		check(status == SESSIO_BAD_STATE);
		break;
	case 2:
		status = sessio_bind_remove(crowd.bind, context);
		check(status == SESSIO_OK || status == SESSIO_NOT_FOUND);
		status = sessio_bind_add(crowd.bind, context);
		check(status == SESSIO_OK || status == SESSIO_BAD_STATE);
		break;
	default:
		break;
	}
}

static void open_some(struct random *random)
{
	void *contexts[OPENINGS];
	unsigned count = 0;
	sessio_bind_scope scope;

	check(sessio_bind_enter(crowd.bind, &scope) == SESSIO_OK);
	for (unsigned i = 0; i < OPENINGS; i++) {
		struct ticket ticket = { .refuse = random_below(random, 4) };
		void *context;
		Retcode rc = KosSessionOpenObject(
			crowd.desks[random_below(random, 2)], 0, 0, &ticket, &context);

		check(rc == rcOk || rc == rcNotReady || rc == rcInvalidOperation);
		if (rc == rcInvalidOperation) {
			note(&crowd.closed_early);
		}
		if (rc == rcOk) {
			use(random, context);
		}
		if (ticket.context != NULL) {
			contexts[count++] = ticket.context;
		}
	}
	sessio_bind_leave(&scope);
	(void)uv_barrier_wait(&crowd.round);
	/* The end of the round has left some open. */
	for (unsigned i = 0; i < count; i++) {
		if (sessio_session_end_reason(contexts[i]) == SESSIO_END_USER_LEFT) {
			note(&crowd.left_over);
		}
		(void)KosSessionCloseObject(contexts[i]);
		check(sessio_session_wait(contexts[i], SESSIO_FOREVER) == SESSIO_OK);
		KosPutObject(contexts[i]);
	}
}

static void work_on(void *arg)
{
	struct random random = { atomic_fetch_add(&crowd.next, 1) };

	(void)arg;
	(void)uv_barrier_wait(&crowd.round);
	while (!atomic_load(&crowd.over)) {
		open_some(&random);
		(void)uv_barrier_wait(&crowd.round);
		(void)uv_barrier_wait(&crowd.round);
	}
}

/* The user's end met sessions that were open, and openings on their way. */
static bool has_happened(void)
{
	return counted(&crowd.closed_early) > 0 && counted(&crowd.left_over) > 0;
}

static void post(sessio_user_event event)
{
	check(sessio_host_post(crowd.host, 1, event, 0, NULL) == SESSIO_OK);
}

static void begin_round(void)
{
	check(sessio_host_create(SESSIO_RULES_DOCUMENTED, &crowd.host) == SESSIO_OK);
	post(SESSIO_USER_EVENT_CREATED);
	post(SESSIO_USER_EVENT_CONNECTED);
	post(SESSIO_USER_EVENT_LOGON);
	check(sessio_host_find_session(crowd.host, 1, &crowd.user) == SESSIO_OK);
	check(sessio_bind_create(crowd.user, &policy, &crowd.bind) == SESSIO_OK);
}

/* Until the workers have opened some, so that the end comes in the midst of them. */
static void let_them_open(unsigned before)
{
	while (counted(&crowd.opened) < before + WORKERS) {
	}
}

/* The user goes in one of three ways; the bind is the last to go, as workers use it. */
static void end_user(unsigned round)
{
	if (round % 2 == 0) {
		post(SESSIO_USER_EVENT_DISCONNECTED);
	}
	switch (round / 2 % 3) {
	case 0:
		post(SESSIO_USER_EVENT_LOGOFF);
		break;
	case 1:
		post(SESSIO_USER_EVENT_TERMINATED);
		break;
	default:
		check(sessio_host_destroy(crowd.host) == SESSIO_OK);
		crowd.host = NULL;
		break;
	}
}

static void end_round(void)
{
	sessio_bind_destroy(crowd.bind);
	sessio_user_session_unref(crowd.user);
	check(crowd.host == NULL || sessio_host_destroy(crowd.host) == SESSIO_OK);
}

static const KosSessionOps desk_ops = { open_desk, close_desk, complete_desk };

static int start(void **state)
{
	(void)state;
	memset(&crowd, 0, sizeof(crowd));
	if (KosCreateObjectType(
		    "desk", kosSessionBaseObjectType, 0, NULL, NULL, &crowd.desk_type) != rcOk ||
		KosCreateObjectType("work", kosSessionBaseSessionType, sizeof(struct work),
			construct_work, NULL, &crowd.work_type) != rcOk ||
		KosSessionCreateType(crowd.desk_type, crowd.work_type, &desk_ops, &crowd.type) !=
			rcOk) {
		return -1;
	}
	for (unsigned i = 0; i < 2; i++) {
		if (KosCreateObject(crowd.desk_type, NULL, NULL, &crowd.desks[i]) != rcOk ||
			KosSessionRegisterObject(crowd.type, crowd.desks[i]) != rcOk) {
			return -1;
		}
	}
	return uv_barrier_init(&crowd.round, WORKERS + 1);
}

static int stop(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		(void)KosSessionUnregisterObject(crowd.desks[i]);
		KosPutObject(crowd.desks[i]);
	}
	KosSessionDestroyType(crowd.type);
	sessio_object_type_unref(crowd.work_type);
	sessio_object_type_unref(crowd.desk_type);
	uv_barrier_destroy(&crowd.round);
	return 0;
}

static void users_leave_while_their_sessions_are_opened_and_ended(void **state)
{
	uv_thread_t threads[WORKERS];

	(void)state;
	for (unsigned i = 0; i < WORKERS; i++) {
		assert_int_equal(uv_thread_create(&threads[i], work_on, NULL), 0);
	}
	for (unsigned round = 0; round < ROUNDS || !has_happened(); round++) {
		unsigned before = counted(&crowd.opened);

		begin_round();
		(void)uv_barrier_wait(&crowd.round);
		let_them_open(before);
		end_user(round);
		(void)uv_barrier_wait(&crowd.round);
		end_round();
		(void)uv_barrier_wait(&crowd.round);
	}
	atomic_store(&crowd.over, true);
	(void)uv_barrier_wait(&crowd.round);
	for (unsigned i = 0; i < WORKERS; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	print_message("%u sessions, %u closed as their user left, %u closed while they opened\n",
		counted(&crowd.opened), counted(&crowd.left_over), counted(&crowd.closed_early));
	assert_int_equal(counted(&crowd.wrong), 0);
	assert_int_equal(counted(&crowd.closed), counted(&crowd.opened));
	assert_int_equal(counted(&crowd.completed), counted(&crowd.opened));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			users_leave_while_their_sessions_are_opened_and_ended, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
