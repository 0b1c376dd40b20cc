/* SPDX-License-Identifier: MIT */
/* The hand-over between threads: random schedules of four threads, and none hangs. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include <kos/session.h>
#include <sessio/host.h>
#include <sessio/testing_threads.h>
#include <sessio/wait.h>

#include "leaks.h"

#define SCHEDULES 300u /* unless SESSIO_SCHEDULES says more */

static sessio_host *host;
static KosObjectType *lamps;
static KosSessionType *sessions;
static void *lamp, *session;

static Retcode on_open(void *object, void *context, void *open_arg, rtl_uint32_t *rights)
{
	(void)object, (void)open_arg, (void)rights;
	KosRefObject(context); /* the body's */
	return rcOk;
}

static Retcode on_close(void *object, void *context)
{
	(void)object, (void)context;
	return rcOk;
}

static void post_events(void *id)
{
	static const sessio_user_event events[] = { SESSIO_USER_EVENT_CREATED,
		SESSIO_USER_EVENT_TERMINATED };

	for (unsigned i = 0; i < 2; i++) {
		SESSIO_THREADS_CHECK(sessio_host_post(host, (uint32_t)(uintptr_t)id, events[i], 0,
					     NULL) == SESSIO_OK);
	}
}

static void operate(void *arg)
{
	(void)arg;
	if (KosSessionRef(session, sessions, RTL_NULL) == rcOk) {
		sessio_threads_yield();
		KosSessionPut(session);
	}
}

static void close_and_wait(void *arg)
{
	(void)arg;
	SESSIO_THREADS_CHECK(KosSessionCloseObject(session) == rcOk);
	SESSIO_THREADS_CHECK(sessio_session_wait(session, SESSIO_FOREVER) == SESSIO_OK);
}

static void body(void *arg)
{
	const KosSessionOps ops = { on_open, on_close, RTL_NULL };

	(void)arg;
	SESSIO_THREADS_CHECK(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host) == SESSIO_OK);
	SESSIO_THREADS_CHECK(KosCreateObjectType("lamp", kosSessionBaseObjectType, 0, RTL_NULL,
				     RTL_NULL, &lamps) == rcOk);
	SESSIO_THREADS_CHECK(
		KosSessionCreateType(lamps, kosSessionBaseSessionType, &ops, &sessions) == rcOk);
	SESSIO_THREADS_CHECK(KosCreateObject(lamps, "hall", RTL_NULL, &lamp) == rcOk);
	SESSIO_THREADS_CHECK(KosSessionRegisterObject(sessions, lamp) == rcOk);
	SESSIO_THREADS_CHECK(KosSessionOpenObject(lamp, 0, 0, RTL_NULL, &session) == rcOk);
	(void)sessio_threads_start("first poster", post_events, (void *)(uintptr_t)1);
	(void)sessio_threads_start("second poster", post_events, (void *)(uintptr_t)2);
	(void)sessio_threads_start("operator", operate, NULL);
	(void)sessio_threads_start("closer", close_and_wait, NULL);
	sessio_threads_join();
}

static void no_schedule_hangs(void **state)
{
	const char *wanted = getenv("SESSIO_SCHEDULES");
	const uint64_t schedules = wanted != NULL ? strtoul(wanted, NULL, 10) : SCHEDULES;
	const sessio_threads_options options = { .program = "hand_over",
		.body = body,
		.bounds = 1,
		.random = schedules,
		.depth = 4,
		.seed = 20261121 };
	const sessio_threads_result *result;
	sessio_threads *threads;

	(void)state;
	assert_int_equal(sessio_threads_explore(&options, &threads), SESSIO_OK);
	result = sessio_threads_get_result(threads);
	if (result->finding != SESSIO_THREADS_NOTHING) {
		fail_msg("%s", result->report);
	}
	assert_true(result->random == schedules);
	assert_int_equal(result->threads, 5);
	printf("%lu schedules, %lu points in the longest\n", (unsigned long)result->random,
		(unsigned long)result->random_points);
	sessio_threads_destroy(threads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_schedule_hangs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
