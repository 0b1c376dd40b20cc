/* SPDX-License-Identifier: MIT */
/*
 * Operations in slots (base/fast.h). Each step has two windows: before it counts and
 * after. A test closes the session, or takes the bias, in exactly one of them.
 */
#include "test.h"

#include <stdatomic.h>

#include <uv.h>

void pause_here(void);
#undef SESSIO_FAST_PAUSE
#define SESSIO_FAST_PAUSE() pause_here()

#include <sessio/fast.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "base/fast.h"
#include "provider.h"
#include "resource/session.h"

/* More than make a session worth a slot. */
#define OFTEN 100u

static unsigned pauses_left; /* the one in which it happens; 0: none */
static void (*in_pause)(void);

void pause_here(void)
{
	if (pauses_left != 0 && --pauses_left == 0) {
		in_pause();
	}
}

static Retcode ref(void *session)
{
	return sessio_fast_ref(session, provider.type, &(void *){ NULL })
		? rcOk
		: KosSessionRef(session, provider.type, NULL);
}

static void put(void *session)
{
	if (!sessio_fast_put(session)) {
		KosSessionPut(session);
	}
}

static void operate(void *session, unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		assert_int_equal(KosSessionRef(session, provider.type, NULL), rcOk);
		KosSessionPut(session);
	}
}

/* Whether this thread counts the session's operations in a slot. */
static bool is_biased(void *session)
{
#if defined(SI_HAS_DESKS)
	uintptr_t key = (uintptr_t)session;

	return sessio_fast_slot_of(si_platform_desk(), key)->key == key;
#else
	(void)session;
	return false;
#endif
}

/* Platforms without desks count as ever, and the same must come out. */
static bool has_slots(void)
{
#if defined(SI_HAS_DESKS)
	return si_heavy_barrier_is_heavy();
#else
	return false;
#endif
}

static void *open_biased(const char *name)
{
	void *session = provider_open(name);

	operate(session, OFTEN);
	assert_int_equal(is_biased(session), has_slots());
	return session;
}

static uint64_t operations(void *session)
{
	sessio_session_info info;

	assert_int_equal(sessio_session_inspect(session, &info), SESSIO_OK);
	return info.operations;
}

static void run_elsewhere(void (*run)(void *arg), void *arg)
{
	uv_thread_t thread;

	assert_int_equal(uv_thread_create(&thread, run, arg), 0);
	assert_int_equal(uv_thread_join(&thread), 0);
}

static void close_it(void *session)
{
	assert_int_equal(KosSessionCloseObject(session), rcOk);
}

static void *to_close;

static void close_elsewhere(void)
{
	run_elsewhere(close_it, to_close);
}

static void expect_end(void *session)
{
	assert_int_equal(sessio_session_wait(session, 0), SESSIO_OK);
	assert_int_equal(KosSessionRef(session, NULL, NULL), rcInvalidOperation);
	KosPutObject(session);
}

/* Closed in this window of the next step. */
static void close_in_window(void *session, unsigned window)
{
	to_close = session;
	in_pause = close_elsewhere;
	pauses_left = window;
}

static void a_session_gets_a_slot_after_some_operations(void **state)
{
	void *session = provider_open("a");

	(void)state;
	operate(session, 32);
	assert_false(is_biased(session));
	operate(session, OFTEN);
	assert_int_equal(is_biased(session), has_slots());
	assert_int_equal(KosSessionCloseObject(session), rcOk);
	provider_expect("construct a, open a, close a, complete a, destruct a");
}

static void a_closed_session_refuses(void **state)
{
	void *session = open_biased("a");

	(void)state;
	KosRefObject(session);
	assert_int_equal(KosSessionCloseObject(session), rcOk);
	assert_false(is_biased(session));
	expect_end(session);
}

static void operations_are_seen(void **state)
{
	void *session = open_biased("a");

	(void)state;
	assert_int_equal(ref(session), rcOk);
	assert_int_equal(ref(session), rcOk);
	assert_int_equal(operations(session), 2);
	put(session);
	assert_int_equal(operations(session), 1);
	run_elsewhere(close_it, session);
	assert_int_equal(operations(session), 1);
	assert_int_equal(sessio_session_wait(session, 0), SESSIO_TIMEOUT);
	put(session);
	provider_expect("construct a, open a, close a, complete a, destruct a");
}

static void a_type_is_checked(void **state)
{
	void *session = open_biased("a");
	void *object = NULL;
	KosSessionType *other;

	(void)state;
	assert_int_equal(
		KosSessionCreateType(provider.file_type, provider.note_type, &provider_ops, &other),
		rcOk);
	assert_int_equal(KosSessionRef(session, other, &object), rcOk); /* for the same contexts */
	assert_ptr_equal(object, provider.file);
	put(session);
	assert_int_equal(KosSessionRef(session, provider.file, NULL), rcInvalidArgument);
	object = NULL;
	assert_true(sessio_fast_ref(session, NULL, &object) == has_slots());
	if (has_slots()) {
		assert_ptr_equal(object, provider.file);
		KosSessionPut(session);
	}
	assert_false(sessio_fast_ref(NULL, NULL, NULL));
	assert_false(sessio_fast_put(NULL));
	KosSessionDestroyType(other);
	assert_int_equal(KosSessionCloseObject(session), rcOk);
}

static void tracked_sessions_have_none(void **state)
{
	void *session;

	(void)state;
	sessio_inspect_track(true);
	session = provider_open("a");
	sessio_inspect_track(false);
	operate(session, OFTEN);
	assert_false(is_biased(session));
	assert_int_equal(KosSessionCloseObject(session), rcOk);
}

/* Before the count: the closer finds nothing running, and the operation does not begin. */
static void closed_before_an_operation_counts(void **state)
{
	void *session = open_biased("a");

	(void)state;
	KosRefObject(session);
	close_in_window(session, 1);
	if (has_slots()) {
		assert_int_equal(ref(session), rcInvalidOperation);
	} else {
		close_elsewhere();
	}
	expect_end(session);
}

/* After the count: the closer finds it, so it has begun. */
static void closed_after_an_operation_counts(void **state)
{
	void *session = open_biased("a");

	(void)state;
	KosRefObject(session);
	close_in_window(session, 2);
	assert_int_equal(ref(session), rcOk);
	if (!has_slots()) {
		close_elsewhere();
	}
	assert_int_equal(sessio_session_wait(session, 0), SESSIO_TIMEOUT);
	assert_int_equal(operations(session), 1);
	put(session);
	expect_end(session);
}

/* The put finds that it was not counted, and completes the end. */
static void closed_before_a_put_counts(void **state)
{
	void *session = open_biased("a");

	(void)state;
	KosRefObject(session);
	assert_int_equal(ref(session), rcOk);
	close_in_window(session, 1);
	put(session);
	if (!has_slots()) {
		close_elsewhere();
	}
	expect_end(session);
}

/* The closer counts the put and frees the session, which the put does not touch any more. */
static void closed_after_a_put_counts(void **state)
{
	void *session = open_biased("a");

	(void)state;
	assert_int_equal(ref(session), rcOk);
	close_in_window(session, 2);
	put(session);
	if (!has_slots()) {
		close_elsewhere();
	}
	provider_expect("construct a, open a, close a, complete a, destruct a");
}

static void take_bias(void *context)
{
	struct si_session *session = si_session_of(context);

	si_session_take_bias(&session, 1);
}

static void take_bias_elsewhere(void)
{
	run_elsewhere(take_bias, to_close);
}

/* Nobody has read the counts: the operation settles that it is counted. */
static void revoked_in_each_window(void **state)
{
	(void)state;
	for (unsigned window = 1; window <= 4; window++) {
		void *session = open_biased("a");

		KosRefObject(session);
		to_close = session;
		in_pause = take_bias_elsewhere;
		pauses_left = window;
		assert_int_equal(ref(session), rcOk);
		put(session);
		pauses_left = 0;
		assert_false(is_biased(session));
		assert_int_equal(operations(session), 0);
		operate(session, OFTEN);
		assert_false(is_biased(session)); /* never again */
		assert_int_equal(ref(session), rcOk);
		assert_int_equal(KosSessionCloseObject(session), rcOk);
		assert_int_equal(operations(session), 1);
		put(session);
		expect_end(session);
	}
}

static void begin_one_and_leave(void *session)
{
	operate(session, OFTEN);
	assert_int_equal(is_biased(session), has_slots());
	assert_int_equal(KosSessionRef(session, NULL, NULL), rcOk);
}

static void end_one(void *session)
{
	KosSessionPut(session);
}

/* Its desk goes to the next thread, with what is counted on it. */
static void owners_exit_with_operations(void **state)
{
	void *session = provider_open("a");

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		run_elsewhere(begin_one_and_leave, session);
	}
	assert_int_equal(operations(session), 3);
	run_elsewhere(end_one, session);
	KosSessionPut(session);
	assert_int_equal(operations(session), 1);
	assert_int_equal(KosSessionCloseObject(session), rcOk);
	assert_int_equal(operations(session), 1);
	run_elsewhere(end_one, session);
	provider_expect("construct a, open a, close a, complete a, destruct a");
}

/* More sessions than a desk has slots: the last ones are given some, too. */
static void sessions_take_turns(void **state)
{
	enum { SESSIONS = 40 };
	void *sessions[SESSIONS];
	unsigned biased = 0;

	(void)state;
	provider.silent = true;
	for (unsigned i = 0; i < SESSIONS; i++) {
		sessions[i] = open_biased("a");
	}
	for (unsigned i = 0; i < SESSIONS; i++) {
		biased += is_biased(sessions[i]);
	}
	assert_true(biased <= 16);
	for (unsigned i = 0; i < SESSIONS; i++) {
		assert_int_equal(operations(sessions[i]), 0);
		assert_int_equal(KosSessionCloseObject(sessions[i]), rcOk);
	}
	provider.silent = false;
}

/* A slot in which something runs is nobody else's. */
static void a_busy_slot_stays(void **state)
{
	enum { SESSIONS = 40 };
	void *first;
	void *sessions[SESSIONS];

	(void)state;
	provider.silent = true;
	first = open_biased("a");
	assert_int_equal(ref(first), rcOk);
	for (unsigned i = 0; i < SESSIONS; i++) {
		sessions[i] = provider_open("a");
		operate(sessions[i], OFTEN);
	}
	assert_int_equal(is_biased(first), has_slots());
	assert_int_equal(operations(first), 1);
	for (unsigned i = 0; i < SESSIONS; i++) {
		assert_int_equal(KosSessionCloseObject(sessions[i]), rcOk);
	}
	put(first);
	assert_int_equal(KosSessionCloseObject(first), rcOk);
	provider.silent = false;
}

static int start(void **state)
{
	pauses_left = 0;
	return provider_start(state);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, provider_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_gets_a_slot_after_some_operations),
		TEST(a_closed_session_refuses),
		TEST(operations_are_seen),
		TEST(a_type_is_checked),
		TEST(tracked_sessions_have_none),
		TEST(closed_before_an_operation_counts),
		TEST(closed_after_an_operation_counts),
		TEST(closed_before_a_put_counts),
		TEST(closed_after_a_put_counts),
		TEST(revoked_in_each_window),
		TEST(owners_exit_with_operations),
		TEST(sessions_take_turns),
		TEST(a_busy_slot_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
