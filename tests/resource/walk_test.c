/* SPDX-License-Identifier: MIT */
/* Walking an object's sessions, alone and while they come and go. */
#include "test.h"

#include <string.h>

#include <kos/session.h>
#include <sessio/inspect.h>

#include "inside.h"
#include "provider.h"

#define SESSIONS 100u /* more than a walk takes at a time */

/* The sessions that a walk met, and how often. */
struct log {
	void *contexts[SESSIONS];
	unsigned met[SESSIONS];
	unsigned others;
	unsigned calls;
	unsigned stop_after;
	Retcode stop_with;
	void (*act)(struct log *log);
};

static Retcode write_down(void *object, void *context, void *walk_ctx)
{
	struct log *log = walk_ctx;
	unsigned i = 0;

	note_that(object == provider.file);
	while (i < SESSIONS && log->contexts[i] != context) {
		i++;
	}
	if (i < SESSIONS) {
		log->met[i]++;
	} else {
		log->others++;
	}
	log->calls++;
	if (log->act != NULL) {
		log->act(log);
	}
	return log->calls == log->stop_after ? log->stop_with : rcOk;
}

static void open_all(struct log *log)
{
	memset(log, 0, sizeof(*log));
	provider.silent = true;
	for (unsigned i = 0; i < SESSIONS; i++) {
		log->contexts[i] = provider_open("one");
	}
}

static Retcode walk(struct log *log)
{
	return KosSessionWalk(provider.file, write_down, log);
}

static void must_close(void *context)
{
	assert_int_equal(KosSessionCloseObject(context), rcOk);
}

/* Clauses: WK-1, WK-2, WK-3 */
static void every_open_session_is_met_once(void **state)
{
	struct log log;

	(void)state;
	open_all(&log);
	assert_int_equal(walk(&log), rcOk);
	for (unsigned i = 0; i < SESSIONS; i++) {
		assert_int_equal(log.met[i], 1);
	}
	assert_int_equal(log.calls, SESSIONS);
}

static void without_sessions_nobody_is_called(void **state)
{
	struct log log = { .calls = 0 };

	(void)state;
	assert_int_equal(walk(&log), rcOk);
	assert_int_equal(log.calls, 0);
}

/* Clauses: WK-4 */
static void a_result_other_than_ok_stops_the_walk_and_comes_back(void **state)
{
	static const Retcode codes[] = { rcFail, rcBusy, 1, INT32_MIN, INT32_MAX };
	static const unsigned stops[] = { 1, 2, 31, 32, 33, 64, 100 };
	struct log log;

	(void)state;
	open_all(&log);
	for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		for (unsigned j = 0; j < sizeof(stops) / sizeof(stops[0]); j++) {
			log.calls = 0;
			log.stop_after = stops[j];
			log.stop_with = codes[i];
			assert_int_equal(walk(&log), codes[i]);
			assert_int_equal(log.calls, stops[j]);
		}
	}
	/* Nothing of the stopped walks has stayed behind. */
	log.calls = 0;
	log.stop_after = 0;
	assert_int_equal(walk(&log), rcOk);
	assert_int_equal(log.calls, SESSIONS);
}

static void what_cannot_be_walked_is_refused(void **state)
{
	struct log log = { .calls = 0 };
	void *context = provider_open("a");

	(void)state;
	assert_int_equal(KosSessionWalk(NULL, write_down, &log), rcInvalidArgument);
	assert_int_equal(KosSessionWalk(context, write_down, &log), rcInvalidArgument);
	assert_int_equal(KosSessionWalk(provider.type, write_down, &log), rcInvalidArgument);
	assert_int_equal(KosSessionWalk(provider.file, NULL, &log), rcInvalidArgument);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(walk(&log), rcResourceNotFound);
	assert_int_equal(log.calls, 0);
}

/* Clauses: WK-1, CL-2 */
static void a_closed_session_is_met_until_it_has_ended(void **state)
{
	struct log log;

	(void)state;
	open_all(&log);
	assert_int_equal(KosSessionRef(log.contexts[5], NULL, NULL), rcOk);
	must_close(log.contexts[5]);
	KosRefObject(log.contexts[50]);
	must_close(log.contexts[50]);
	assert_int_equal(walk(&log), rcOk);
	assert_int_equal(log.met[5], 1);
	assert_int_equal(log.met[50] + log.others, 0);
	assert_int_equal(log.calls, SESSIONS - 1);
	KosSessionPut(log.contexts[5]);
	log.calls = 0;
	assert_int_equal(walk(&log), rcOk);
	assert_int_equal(log.met[5], 1);
	assert_int_equal(log.calls, SESSIONS - 2);
	KosPutObject(log.contexts[50]);
}

static struct log while_it_completes;

static void walk_inside(void *object, void *context)
{
	(void)object;
	while_it_completes.contexts[0] = context;
	note_that(walk(&while_it_completes) == rcOk);
}

/* Clauses: WK-1 */
static void a_session_that_completes_its_end_is_not_met(void **state)
{
	void *stays = provider_open("stays");

	(void)state;
	memset(&while_it_completes, 0, sizeof(while_it_completes));
	provider.in[COMPLETE] = walk_inside;
	must_close(provider_open("ends"));
	assert_int_equal(while_it_completes.met[0], 0);
	assert_int_equal(while_it_completes.calls, 1);
	must_close(stays);
}

/* Every second session is closed from within, those just met and those to come. */
static void close_odd(struct log *log)
{
	if (log->calls == 10) {
		for (unsigned i = 1; i < SESSIONS; i += 2) {
			must_close(log->contexts[i]);
		}
	}
}

static void sessions_closed_meanwhile_are_not_met_afterwards(void **state)
{
	struct log log;

	(void)state;
	open_all(&log);
	log.act = close_odd;
	assert_int_equal(walk(&log), rcOk);
	for (unsigned i = 0; i < SESSIONS; i += 2) {
		assert_int_equal(log.met[i], 1);
	}
	/* Ten had been met when the odd ones went, half of them odd. */
	assert_int_equal(log.calls, SESSIONS / 2 + 5);
}

static void open_more(struct log *log)
{
	if (log->calls < 50) {
		(void)provider_open("more");
	}
}

/* Clauses: WK-1 */
static void a_walk_ends_although_sessions_are_opened_meanwhile(void **state)
{
	struct log log;

	(void)state;
	open_all(&log);
	log.act = open_more;
	assert_int_equal(walk(&log), rcOk);
	for (unsigned i = 0; i < SESSIONS; i++) {
		assert_int_equal(log.met[i], 1);
	}
}

static void walk_again(struct log *log)
{
	struct log inner = *log;

	if (log->calls % 20 == 1) {
		inner.act = NULL;
		inner.calls = 0;
		assert_int_equal(walk(&inner), rcOk);
		assert_int_equal(inner.calls, SESSIONS);
	}
}

static void a_walk_inside_a_walk_meets_all_again(void **state)
{
	struct log log;

	(void)state;
	open_all(&log);
	log.act = walk_again;
	assert_int_equal(walk(&log), rcOk);
	assert_int_equal(log.calls, SESSIONS);
}

static Retcode close_it(void *object, void *context, void *walk_ctx)
{
	(void)object;
	(void)walk_ctx;
	must_close(context);
	return rcOk;
}

/* Ends the session in a walk inside of this one, and looks at it afterwards. */
static Retcode end_it_inside(void *object, void *context, void *walk_ctx)
{
	assert_int_equal(KosSessionWalk(object, close_it, NULL), rcOk);
	assert_int_equal(sessio_object_references(context), 1);
	provider_expect("close a, complete a");
	(*(unsigned *)walk_ctx)++;
	return rcOk;
}

/* (session-6) The walk that has it last drops the end's reference. */
static void what_ends_in_two_walks_stays_until_both_are_done_with_it(void **state)
{
	unsigned calls = 0;

	(void)state;
	(void)provider_open("a");
	provider_forget();
	assert_int_equal(KosSessionWalk(provider.file, end_it_inside, &calls), rcOk);
	assert_int_equal(calls, 1);
	provider_expect("destruct a");
}

static void unregister(struct log *log)
{
	if (log->calls == 3) {
		assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	}
}

static void a_walk_ends_with_the_registration(void **state)
{
	struct log log;

	(void)state;
	open_all(&log);
	log.act = unregister;
	assert_int_equal(walk(&log), rcOk);
	assert_int_equal(log.calls, 3);
}

/* The handler drops the last reference that anybody but the walk has. */
static void *mortal;

static Retcode drop_it(void *object, void *context, void *walk_ctx)
{
	unsigned *calls = walk_ctx;

	note_that(object == mortal);
	note_that(KosSessionUnregisterObject(object) == rcOk);
	note_that(KosSessionRef(context, NULL, NULL) == rcInvalidOperation);
	KosPutObject(object);
	assert_string_equal(sessio_object_name(object), "mortal");
	(*calls)++;
	return rcOk;
}

static void a_walk_holds_what_it_walks(void **state)
{
	unsigned calls = 0;
	void *context;

	(void)state;
	mortal = provider_make_file("mortal");
	assert_int_equal(KosSessionOpenObject(mortal, 0, 0, NULL, &context), rcOk);
	assert_int_equal(KosSessionWalk(mortal, drop_it, &calls), rcOk);
	assert_int_equal(calls, 1);
	KosRefObject(provider.file);
	assert_int_equal(KosSessionWalk(provider.file, close_it, NULL), rcOk);
	assert_int_equal(KosSessionUnregisterObject(provider.file), rcOk);
	assert_int_equal(sessio_object_references(provider.file), 2); /* none is the walk's */
	KosPutObject(provider.file);
}

static Retcode close_each(void *object, void *context, void *walk_ctx)
{
	(void)object;
	(void)walk_ctx;
	must_close(context);
	return rcOk;
}

static void a_handler_may_close_each_session_it_gets(void **state)
{
	sessio_object_info info;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		provider_open("a");
	}
	assert_int_equal(KosSessionWalk(provider.file, close_each, NULL), rcOk);
	assert_int_equal(sessio_object_inspect(provider.file, &info), SESSIO_OK);
	assert_int_equal(info.open + info.ending, 0);
}

#define PROVIDED(test) cmocka_unit_test_setup_teardown(test, provider_start, provider_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDED(every_open_session_is_met_once),
		PROVIDED(without_sessions_nobody_is_called),
		PROVIDED(a_result_other_than_ok_stops_the_walk_and_comes_back),
		PROVIDED(what_cannot_be_walked_is_refused),
		PROVIDED(a_closed_session_is_met_until_it_has_ended),
		PROVIDED(a_session_that_completes_its_end_is_not_met),
		PROVIDED(sessions_closed_meanwhile_are_not_met_afterwards),
		PROVIDED(a_walk_ends_although_sessions_are_opened_meanwhile),
		PROVIDED(a_walk_inside_a_walk_meets_all_again),
		PROVIDED(what_ends_in_two_walks_stays_until_both_are_done_with_it),
		PROVIDED(a_walk_ends_with_the_registration),
		PROVIDED(a_walk_holds_what_it_walks),
		PROVIDED(a_handler_may_close_each_session_it_gets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
