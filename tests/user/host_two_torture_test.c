/* SPDX-License-Identifier: MIT */
/*
 * Two hosts whose watchers post to each other, end each other's watchers and
 * start new ones, while threads post to both. One watcher of each host stays and
 * must get a story without a gap. It ends when enough has been posted across
 * and enough watchers have been ended across.
 */
#include "test.h"

#include <stdatomic.h>
#include <stdlib.h>

#include <uv.h>

#include <sessio/host.h>

#include "random.h"

#define HOSTS 2u
#define THREADS 4u
#define IDS 4u
#define POSTED_ACROSS 600u
#define ENDED_ACROSS 150u

/* A watcher that others may end; freed by `released`. */
struct guest {
	struct random random;
	unsigned home; /* index of its host */
	unsigned calls; /* 1 while it is called; plain */
};

static struct {
	sessio_host *hosts[HOSTS];
	uv_barrier_t start;
	_Atomic unsigned next; /* numbers the threads */
	_Atomic sessio_watch guests[HOSTS]; /* the one that may be ended, 0: none */
	_Atomic unsigned invited;
	_Atomic unsigned released;
	_Atomic unsigned posted_across;
	_Atomic unsigned ended_across;
	_Atomic unsigned wrong;
	sessio_user_state known[HOSTS][IDS]; /* the lasting watchers'; one call at a time */
	unsigned notified[HOSTS]; /* the same */
} crowd;

/* Relaxed: the test's own books bring no order. */
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

static sessio_status post_any(struct random *random, unsigned where)
{
	sessio_user_event event =
		(sessio_user_event)(1 + random_below(random, SESSIO_USER_EVENT_MAX - 1));
	sessio_status status =
		sessio_host_post(crowd.hosts[where], random_below(random, IDS), event, 0, NULL);

	check(status == SESSIO_OK || status == SESSIO_BAD_STATE);
	return status;
}

/* The watcher that stays: every event, each after the one before. */
static void on_lasting(const sessio_user_notice *notice, void *ctx)
{
	unsigned home = *(const unsigned *)ctx;
	sessio_user_state *known = &crowd.known[home][notice->session_id];

	check(notice->host == crowd.hosts[home]);
	if (*known == SESSIO_USER_STATE_NONE) {
		*known = SESSIO_USER_STATE_INITIALIZED;
	}
	check(notice->before == *known || crowd.notified[home] == 0);
	check(sessio_user_state_after(notice->before, notice->event) == notice->state);
	*known = sessio_user_state_is_terminal(notice->state) ? SESSIO_USER_STATE_NONE
							      : notice->state;
	crowd.notified[home]++;
}

static void on_guest(const sessio_user_notice *notice, void *ctx)
{
	struct guest *guest = ctx;
	unsigned other = 1 - guest->home;

	check(notice->host == crowd.hosts[guest->home]);
	check(guest->calls == 0);
	guest->calls = 1;
	/* Each answer causes less than one more. */
	if (random_below(&guest->random, 3) == 0 && post_any(&guest->random, other) == SESSIO_OK) {
		note(&crowd.posted_across);
	}
	if (random_below(&guest->random, 4) == 0) {
		sessio_watch watch = atomic_exchange(&crowd.guests[other], 0);

		/* Not found: the one before it had been ended and released already. */
		if (watch != 0 && sessio_host_unwatch(crowd.hosts[other], watch) == SESSIO_OK) {
			note(&crowd.ended_across);
		}
	}
	guest->calls = 0;
}

static void on_released(void *ctx)
{
	struct guest *guest = ctx;

	check(guest->calls == 0);
	note(&crowd.released);
	free(guest);
}

/* Puts a new watcher in the place of the one that may be ended, and ends that one. */
static void invite(struct random *random, unsigned home)
{
	const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL,
		.flags = random_below(random, 2) == 0 ? SESSIO_WATCH_SNAPSHOT : 0,
		.released = on_released };
	struct guest *guest = calloc(1, sizeof(*guest));
	sessio_watch watch = 0;

	if (guest == NULL) {
		check(false);
		return;
	}
	guest->random.state = random_next(random);
	guest->home = home;
	note(&crowd.invited);
	check(sessio_host_watch(crowd.hosts[home], &options, on_guest, guest, &watch) == SESSIO_OK);
	watch = atomic_exchange(&crowd.guests[home], watch);
	if (watch != 0) {
		check(sessio_host_unwatch(crowd.hosts[home], watch) == SESSIO_OK);
	}
}

static void post_and_invite(void *arg)
{
	struct random random = { atomic_fetch_add(&crowd.next, 1) };

	(void)arg;
	(void)uv_barrier_wait(&crowd.start);
	while (counted(&crowd.posted_across) < POSTED_ACROSS ||
		counted(&crowd.ended_across) < ENDED_ACROSS) {
		(void)post_any(&random, random_below(&random, HOSTS));
		if (random_below(&random, 4) == 0) {
			invite(&random, random_below(&random, HOSTS));
		}
	}
}

static void set_up(const unsigned homes[HOSTS])
{
	const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL };
	sessio_watch watch;

	for (unsigned i = 0; i < HOSTS; i++) {
		assert_int_equal(
			sessio_host_create(SESSIO_RULES_OBSERVED, &crowd.hosts[i]), SESSIO_OK);
		assert_int_equal(sessio_host_watch(crowd.hosts[i], &options, on_lasting,
					 (void *)(uintptr_t)&homes[i], &watch),
			SESSIO_OK);
	}
}

static void two_hosts_post_to_each_other_without_a_gap_or_a_hang(void **state)
{
	static const unsigned homes[HOSTS] = { 0, 1 };
	uv_thread_t threads[THREADS];

	(void)state;
	set_up(homes);
	assert_int_equal(uv_barrier_init(&crowd.start, THREADS), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_create(&threads[i], post_and_invite, NULL), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	uv_barrier_destroy(&crowd.start);
	for (unsigned i = 0; i < HOSTS; i++) {
		assert_int_equal(sessio_host_destroy(crowd.hosts[i]), SESSIO_OK);
	}
	print_message("%u posted across, %u ended across\n", counted(&crowd.posted_across),
		counted(&crowd.ended_across));
	assert_int_equal(counted(&crowd.wrong), 0);
	assert_int_equal(counted(&crowd.released), counted(&crowd.invited));
	assert_true(crowd.notified[0] > 0 && crowd.notified[1] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_hosts_post_to_each_other_without_a_gap_or_a_hang),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
