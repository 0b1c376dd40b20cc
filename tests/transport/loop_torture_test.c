/* SPDX-License-Identifier: MIT */
/*
 * Threads that post, open and close while the loop delivers, ends a watch or stops, and
 * while another thread destroys the host. Each round ends when all of them are done.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif

#include "test.h"

#include "inside.h"
#include "provider.h"

#include <uv.h>

#include <sessio/loop.h>

#define ROUNDS 150u
#define POSTERS 2u
#define EVENTS 40u /* of each poster */
#define SESSIONS 20u

enum ending { HEARS_ALL, UNWATCHES, STOPS, ENDINGS };

static uv_loop_t uv;
static sessio_loop *deliveries;
static sessio_loop_watch *watch;
static sessio_host *host;
static enum ending ending;
static unsigned patience; /* deliveries until the ending */

/* The loop's thread. */
static unsigned next_event[POSTERS];
static unsigned ends;
static unsigned releases;
static unsigned stops;
static bool over; /* the ending has begun */

static void on_stopped(void *ctx)
{
	(void)ctx;
	stops++;
}

static void stop(void)
{
	sessio_loop_stop(deliveries, on_stopped, NULL);
}

static void on_delivery(void)
{
	if (ending == HEARS_ALL || over || patience-- != 0) {
		return;
	}
	over = true;
	if (ending == STOPS) {
		stop();
	} else {
		sessio_loop_unwatch(watch);
	}
}

/* The events of one id come as they were posted: Created, Terminated, Created... */
static void on_event(const sessio_user_notice *notice, void *ctx)
{
	unsigned poster = notice->session_id - 1;

	(void)ctx;
	note_that(!over && releases == 0);
	note_that(notice->event ==
		(next_event[poster] % 2 == 0 ? SESSIO_USER_EVENT_CREATED
					     : SESSIO_USER_EVENT_TERMINATED));
	next_event[poster]++;
	on_delivery();
}

static void on_missed(void *ctx, size_t count)
{
	(void)ctx;
	note_that(count == 0); /* there is memory */
}

static void on_released(void *ctx)
{
	(void)ctx;
	releases++;
}

static void on_end(void *ctx, const sessio_session_end *end)
{
	(void)ctx;
	note_that(stops == 0 && (ending != STOPS || !over));
	note_that(end->reason == SESSIO_END_CLOSED);
	ends++;
	on_delivery();
}

static void post_all(void *arg)
{
	uint32_t id = *(const uint32_t *)arg;

	for (unsigned i = 0; i < EVENTS; i++) {
		note_that(sessio_host_post(host, id,
				  i % 2 == 0 ? SESSIO_USER_EVENT_CREATED
					     : SESSIO_USER_EVENT_TERMINATED,
				  0, NULL) == SESSIO_OK);
	}
}

static void *sessions[SESSIONS];

static void close_all(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < SESSIONS; i++) {
		note_that(KosSessionCloseObject(sessions[i]) == rcOk);
	}
}

/* The host goes when its posters are done, whatever the loop does. */
static void run_threads(void *arg)
{
	static uint32_t ids[POSTERS] = { 1, 2 };
	uv_thread_t threads[POSTERS + 1];

	(void)arg;
	for (unsigned i = 0; i < POSTERS; i++) {
		note_that(uv_thread_create(&threads[i], post_all, &ids[i]) == 0);
	}
	note_that(uv_thread_create(&threads[POSTERS], close_all, NULL) == 0);
	for (unsigned i = 0; i < POSTERS; i++) {
		note_that(uv_thread_join(&threads[i]) == 0);
	}
	note_that(sessio_host_destroy(host) == SESSIO_OK);
	note_that(uv_thread_join(&threads[POSTERS]) == 0);
}

static bool is_done(void)
{
	switch (ending) {
	case HEARS_ALL:
	case UNWATCHES:
		return releases == 1 && ends == SESSIONS;
	default:
		return over && stops == 1;
	}
}

static void one_round(unsigned round)
{
	static const sessio_loop_options options = { .events = SESSIO_USER_EVENTS_ALL,
		.event = on_event,
		.missed = on_missed,
		.released = on_released };
	uv_thread_t threads;

	ending = (enum ending)(round % ENDINGS);
	patience = round * 7 % (POSTERS * EVENTS);
	next_event[0] = next_event[1] = ends = releases = stops = 0;
	over = false;
	assert_int_equal(uv_loop_init(&uv), 0);
	assert_int_equal(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host), SESSIO_OK);
	assert_int_equal(sessio_loop_start(&uv, &deliveries), SESSIO_OK);
	assert_int_equal(sessio_loop_watch_host(deliveries, host, &options, &watch), SESSIO_OK);
	for (unsigned i = 0; i < SESSIONS; i++) {
		sessions[i] = provider_open(NULL);
		assert_int_equal(
			sessio_loop_watch_session(deliveries, sessions[i], on_end, NULL, NULL),
			SESSIO_OK);
	}
	assert_int_equal(uv_thread_create(&threads, run_threads, NULL), 0);
	while (!is_done()) {
		(void)uv_run(&uv, UV_RUN_ONCE);
	}
	if (ending == HEARS_ALL) {
		assert_int_equal(next_event[0], EVENTS);
		assert_int_equal(next_event[1], EVENTS);
	}
	if (ending != STOPS) {
		stop();
	}
	(void)uv_run(&uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_thread_join(&threads), 0);
	assert_int_equal(uv_loop_close(&uv), 0);
	assert_int_equal(releases, 1);
	notes_assert();
}

static void none_is_lost_and_none_comes_late(void **state)
{
	(void)state;
	provider.silent = true;
	for (unsigned round = 0; round < ROUNDS; round++) {
		one_round(round);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			none_is_lost_and_none_comes_late, provider_start, provider_stop),
	};

	return cmocka_run_group_tests_name("loop_torture", tests, NULL, NULL);
}
