/* SPDX-License-Identifier: MIT */
/*
 * A host in a crowd: threads post, come and go as watchers, end themselves, want
 * snapshots and keep sessions. It ends when each of these has met the others. A watcher's memory is freed as
 * soon as the documents say so, for the sanitizers to see. Its notices must make
 * a story without gap and without repetition.
 */
#include "test.h"

#include <stdatomic.h>
#include <stdlib.h>

#include <uv.h>

#include <sessio/host.h>

#define IDS 8u
#define LIVE 4u /* watchers of one thread at a time */
#define POSTS 6000u /* at least, per thread */
#define WATCHES 1500u /* at least, per thread; more until has_happened() */
#define STORY_LIMIT 40u /* notices after which a watcher may end itself */

static sessio_host *host;
static uv_barrier_t start;
static _Atomic unsigned wrong;
static _Atomic unsigned accepted;
static _Atomic unsigned notified;
static _Atomic unsigned started;
static _Atomic unsigned released;
static _Atomic unsigned snapshots; /* notices of sessions that were there before the watcher */
static _Atomic unsigned self_ended; /* watchers that ended themselves */
static _Atomic unsigned nested; /* posts from callbacks that were accepted */
static _Atomic(sessio_user_session *) kept;

struct dice {
	uint32_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides)
{
	dice->state ^= dice->state << 13;
	dice->state ^= dice->state >> 17;
	dice->state ^= dice->state << 5;
	return dice->state % sides;
}

/* Relaxed: the books of the test must not bring an order that the host fails to make. */
static void count(_Atomic unsigned *number, bool one)
{
	atomic_fetch_add_explicit(number, one, memory_order_relaxed);
}

static void check(bool good)
{
	count(&wrong, !good);
}

/* The notices of one watcher; plain memory: one call at a time. */
struct story {
	struct dice dice;
	bool snapshot; /* knows every session */
	bool whole; /* hears of every event */
	bool ends_itself;
	bool ended; /* by itself */
	bool had_an_event;
	sessio_watch *watch; /* outlives the story */
	unsigned notices;
	sessio_user_state states[IDS]; /* 0: not heard of */
};

/* Puts a session in the one place where sessions are kept, and drops what was there. */
static void keep(sessio_user_session *session)
{
	sessio_user_session_unref(atomic_exchange(&kept, sessio_user_session_ref(session)));
}

static void check_story(struct story *story, const sessio_user_notice *notice)
{
	sessio_user_state *known = &story->states[notice->session_id];

	check(sessio_user_session_state(notice->session) == notice->state);
	if ((notice->flags & SESSIO_NOTICE_SNAPSHOT) != 0) {
		count(&snapshots, true);
		check(story->snapshot && !story->had_an_event && *known == SESSIO_USER_STATE_NONE);
		*known = notice->state;
		return;
	}
	story->had_an_event = true;
	if (!story->whole) {
		return;
	}
	check(sessio_user_state_after(notice->before, notice->event) == notice->state);
	if (*known != SESSIO_USER_STATE_NONE) {
		check(*known == notice->before);
	} else if (story->snapshot) {
		check(notice->before == SESSIO_USER_STATE_INITIALIZED);
	}
	*known = sessio_user_state_is_terminal(notice->state) ? SESSIO_USER_STATE_NONE
							      : notice->state;
}

static bool post_any(struct dice *dice)
{
	uint32_t id = roll(dice, IDS);
	sessio_user_event event = (sessio_user_event)(1 + roll(dice, SESSIO_USER_EVENT_MAX - 1));
	sessio_status status = roll(dice, 4) == 0 ? sessio_host_observe(host, id, event, 0)
						  : sessio_host_post(host, id, event, 0, NULL);

	check(status == SESSIO_OK || status == SESSIO_BAD_STATE);
	count(&accepted, status == SESSIO_OK);
	return status == SESSIO_OK;
}

/* Watchers met sessions that were there, ended themselves, and posted in their calls. */
static bool has_happened(void)
{
	return atomic_load_explicit(&snapshots, memory_order_relaxed) > IDS &&
		atomic_load_explicit(&self_ended, memory_order_relaxed) > LIVE &&
		atomic_load_explicit(&nested, memory_order_relaxed) > IDS;
}

static void on_notice(const sessio_user_notice *notice, void *ctx)
{
	struct story *story = ctx;

	count(&notified, true);
	story->notices++;
	check(!story->ended);
	check_story(story, notice);
	if (roll(&story->dice, 8) == 0) {
		keep(notice->session);
	}
	if (roll(&story->dice, 32) == 0) {
		count(&nested, post_any(&story->dice));
	}
	if (story->ends_itself && story->notices > roll(&story->dice, STORY_LIMIT)) {
		story->ended = true;
		count(&self_ended, true);
		/* Another thread may be ending it at this moment. */
		(void)sessio_host_unwatch(host, *story->watch);
	}
}

static void on_released(void *ctx)
{
	count(&released, true);
	free(ctx);
}

static void post_many(void *arg)
{
	struct dice dice = { *(uint32_t *)arg };

	(void)uv_barrier_wait(&start);
	for (unsigned i = 0; i < POSTS || !has_happened(); i++) {
		(void)post_any(&dice);
	}
}

static void watch_once(struct dice *dice, sessio_watch *watch)
{
	struct story *story = calloc(1, sizeof(*story));
	sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL,
		.released = on_released };

	if (story == NULL) {
		check(false);
		return;
	}
	story->dice.state = 1 + roll(dice, UINT32_MAX);
	story->snapshot = roll(dice, 2) == 0;
	story->ends_itself = roll(dice, 2) == 0;
	story->whole = roll(dice, 2) == 0;
	story->watch = watch;
	if (story->snapshot) {
		options.flags |= SESSIO_WATCH_SNAPSHOT;
	}
	if (!story->whole && roll(dice, 2) == 0) {
		options.flags |= SESSIO_WATCH_ONE_SESSION;
		options.session_id = roll(dice, IDS);
	} else if (!story->whole) {
		options.events = 1 + roll(dice, SESSIO_USER_EVENTS_ALL);
	}
	count(&started, true);
	check(sessio_host_watch(host, &options, on_notice, story, watch) == SESSIO_OK);
}

static void watch_many(void *arg)
{
	struct dice dice = { *(uint32_t *)arg };
	sessio_watch live[LIVE] = { 0 };

	(void)uv_barrier_wait(&start);
	for (unsigned i = 0; i < WATCHES || !has_happened(); i++) {
		sessio_watch *watch = &live[i % LIVE];

		if (*watch != 0) {
			(void)sessio_host_unwatch(host, *watch);
		}
		watch_once(&dice, watch);
		(void)post_any(&dice);
	}
	for (unsigned i = 0; i < LIVE; i++) {
		(void)sessio_host_unwatch(host, live[i]);
	}
}

static void ask_many(void *arg)
{
	struct dice dice = { *(uint32_t *)arg };

	(void)uv_barrier_wait(&start);
	for (unsigned i = 0; i < POSTS; i++) {
		sessio_user_session *session = NULL;
		uint32_t id = roll(&dice, IDS);

		if (sessio_host_find_session(host, id, &session) == SESSIO_OK) {
			check(sessio_user_session_id(session) == id);
			check(sessio_host_enter_session(host, session) == SESSIO_OK);
			check(sessio_host_entered_session(host) == session);
			check(sessio_host_leave_session(host) == SESSIO_OK);
			keep(session);
			sessio_user_session_unref(session);
		}
		check(sessio_host_session_count(host) <= IDS);
	}
}

static void a_crowd_gets_stories_without_gap_or_repetition(void **state)
{
	static void (*const parts[])(void *) = { post_many, post_many, post_many, watch_many,
		watch_many, watch_many, ask_many };
	uv_thread_t threads[sizeof(parts) / sizeof(parts[0])];
	uint32_t seeds[sizeof(parts) / sizeof(parts[0])];

	(void)state;
	assert_int_equal(sessio_host_create(SESSIO_RULES_OBSERVED, &host), SESSIO_OK);
	assert_int_equal(uv_barrier_init(&start, sizeof(parts) / sizeof(parts[0])), 0);
	for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		seeds[i] = 0x9E3779B9u * (i + 1);
		assert_int_equal(uv_thread_create(&threads[i], parts[i], &seeds[i]), 0);
	}
	for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	uv_barrier_destroy(&start);
	assert_int_equal(wrong, 0);
	assert_int_equal(sessio_host_watch_count(host), 0);
	assert_true(started >= 3 * WATCHES);
	assert_int_equal(released, started);
	assert_true(accepted > POSTS);
	assert_true(notified > WATCHES);
	sessio_user_session_unref(atomic_exchange(&kept, NULL));
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crowd_gets_stories_without_gap_or_repetition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
