/* SPDX-License-Identifier: MIT */
/*
 * Threads that wait for each other. Each case puts its threads into one exact situation, with
 * semaphores and by looking into the host for how many wait. Only the main
 * thread asserts; the others write down what they see.
 */
#include "test.h"

#include <uv.h>

#include "host_log.h"
#include "inside.h"
#include "user/host.h"

/* A host whose one watcher does something in its first call, on a thread of its own. */
struct party {
	struct logged watcher; /* first, so that act finds the party */
	sessio_host *host;
	struct party *other;
	uv_thread_t thread;
	uv_sem_t entered; /* the first call has begun */
	uv_sem_t go; /* and may go on */
	unsigned waiters; /* ... or when this many wait for the host */
	uv_barrier_t *together;
	void (*then)(struct party *self);
	sessio_status status; /* what the calls in question returned */
	_Atomic bool returned; /* the call that should wait has returned */
	bool returned_too_early;
	bool done; /* the first call is about to end */
	bool done_before_return;
};

static unsigned waiters_of(sessio_host *host)
{
	unsigned waiters;

	si_mutex_lock(&host->lock);
	waiters = host->waiters;
	si_mutex_unlock(&host->lock);
	return waiters;
}

/* Until so many sleep: a waiter counts itself at the gate, and leaves that to sleep only. */
static void until_waiters(sessio_host *host, unsigned count)
{
	while (waiters_of(host) != count) {
	}
	si_gate_enter();
	si_gate_leave();
}

static void first_call(struct logged *watcher, const sessio_user_notice *notice)
{
	struct party *self = (struct party *)(void *)watcher;

	if (notice->session_id != 1 || notice->event != EVENT(CREATED)) {
		return;
	}
	uv_sem_post(&self->entered);
	if (self->together != NULL) {
		(void)uv_barrier_wait(self->together);
	}
	if (self->then != NULL) {
		self->then(self);
	}
	self->returned_too_early = atomic_load(&self->returned);
	self->done = true;
}

static void party_init(struct party *self, void (*then)(struct party *self))
{
	*self = (struct party){ .then = then };
	self->host = new_host();
	self->watcher.act = first_call;
	logged_start(&self->watcher, self->host, NULL, "w");
	assert_int_equal(uv_sem_init(&self->entered, 0), 0);
	assert_int_equal(uv_sem_init(&self->go, 0), 0);
}

static void post_first(void *arg)
{
	struct party *self = arg;

	if (sessio_host_post(self->host, 1, EVENT(CREATED), 0, NULL) != SESSIO_OK) {
		self->returned_too_early = true;
	}
}

static void party_start(struct party *self)
{
	assert_int_equal(uv_thread_create(&self->thread, post_first, self), 0);
}

static void party_join(struct party *self)
{
	assert_int_equal(uv_thread_join(&self->thread), 0);
	assert_true(self->done);
	assert_false(self->returned_too_early);
}

static void party_fini(struct party *self)
{
	if (self->host != NULL) {
		assert_int_equal(sessio_host_destroy(self->host), SESSIO_OK);
	}
	assert_int_equal(self->watcher.releases, 1);
	uv_sem_destroy(&self->entered);
	uv_sem_destroy(&self->go);
}

static void until_somebody_waits(struct party *self)
{
	until_waiters(self->host, self->waiters);
}

static void until_released(struct party *self)
{
	uv_sem_wait(&self->go);
}

/* Clauses: W-32 */
static void unwatch_waits_for_a_call_on_another_thread(void **state)
{
	struct party p;

	(void)state;
	party_init(&p, until_somebody_waits);
	p.waiters = 1;
	party_start(&p);
	uv_sem_wait(&p.entered);
	assert_int_equal(sessio_host_unwatch(p.host, p.watcher.watch), SESSIO_OK);
	atomic_store(&p.returned, true);
	assert_true(p.done);
	assert_int_equal(p.watcher.releases, 1);
	assert_int_equal(sessio_host_watch_count(p.host), 0);
	party_join(&p);
	party_fini(&p);
}

static void unwatch_now(void *arg)
{
	struct party *self = arg;

	self->status = sessio_host_unwatch(self->host, self->watcher.watch);
	self->done_before_return = self->done;
	atomic_store(&self->returned, true);
}

static void two_threads_that_end_one_watcher_both_wait(void **state)
{
	struct party p;
	uv_thread_t second;
	sessio_status status;
	bool done;

	(void)state;
	party_init(&p, until_somebody_waits);
	p.waiters = 2;
	party_start(&p);
	uv_sem_wait(&p.entered);
	assert_int_equal(uv_thread_create(&second, unwatch_now, &p), 0);
	status = sessio_host_unwatch(p.host, p.watcher.watch);
	done = p.done;
	assert_int_equal(uv_thread_join(&second), 0);
	assert_true(done && p.done_before_return);
	assert_int_equal(status == SESSIO_OK ? p.status : status, SESSIO_NOT_FOUND);
	assert_true(status == SESSIO_OK || p.status == SESSIO_OK);
	party_join(&p);
	party_fini(&p);
}

static void a_second_poster_returns_when_its_event_is_delivered(void **state)
{
	struct party p;
	struct logged after = { 0 };
	struct host_log text = { .length = 0 };

	(void)state;
	party_init(&p, until_somebody_waits);
	logged_start(&after, p.host, &text, "after");
	p.waiters = 1;
	party_start(&p);
	uv_sem_wait(&p.entered);
	post(p.host, 2, EVENT(CREATED));
	atomic_store(&p.returned, true);
	log_expect(&text, "after:1+Created after:2+Created");
	party_join(&p);
	party_fini(&p);
	log_expect(&text, "after.");
}

static void wait_for_the_other_poster(struct logged *watcher, const sessio_user_notice *notice)
{
	struct party *self = (struct party *)(void *)watcher;

	first_call(watcher, notice);
	if (notice->session_id == 3) {
		uv_sem_wait(&self->go);
	}
}

static void post_third_when_somebody_waits(struct party *self)
{
	until_waiters(self->host, 1);
	self->status = sessio_host_post(self->host, 3, EVENT(CREATED), 0, NULL);
}

static void a_poster_returns_although_later_events_are_still_delivered(void **state)
{
	struct party p;

	(void)state;
	party_init(&p, post_third_when_somebody_waits);
	p.watcher.act = wait_for_the_other_poster;
	party_start(&p);
	uv_sem_wait(&p.entered);
	post(p.host, 2, EVENT(CREATED));
	uv_sem_post(&p.go); /* the callback of 3, on the other thread, waits for this */
	party_join(&p);
	assert_int_equal(p.status, SESSIO_OK);
	assert_int_equal(p.watcher.calls, 3);
	party_fini(&p);
}

static void an_event_that_nobody_hears_waits_for_its_turn_too(void **state)
{
	struct party p;
	sessio_user_session *session = NULL;

	(void)state;
	party_init(&p, until_somebody_waits);
	assert_int_equal(sessio_host_unwatch(p.host, p.watcher.watch), SESSIO_OK);
	logged_start_with(&p.watcher, p.host, NULL, "created",
		(sessio_watch_options){ .events = sessio_user_event_bit(EVENT(CREATED)) });
	p.waiters = 1;
	party_start(&p);
	uv_sem_wait(&p.entered);
	post(p.host, 1, EVENT(DISCONNECTED));
	atomic_store(&p.returned, true);
	assert_int_equal(sessio_host_find_session(p.host, 1, &session), SESSIO_OK);
	assert_int_equal(sessio_user_session_state(session), SESSIO_USER_STATE_DISCONNECTED);
	sessio_user_session_unref(session);
	party_join(&p);
	party_fini(&p);
}

/* On 2 it posts 4, which then counts for the poster of 2: that one sleeps on during 3. */
static void answer_and_look(struct logged *watcher, const sessio_user_notice *notice)
{
	struct party *self = (struct party *)(void *)watcher;
	struct si_queue_item *last;

	first_call(watcher, notice);
	if (notice->session_id != 2) {
		return;
	}
	self->status = sessio_host_post(self->host, 4, EVENT(CREATED), 0, NULL);
	si_mutex_lock(&self->host->lock);
	last = SI_LIST_ELEMENT(self->host->queue.last, struct si_queue_item, node);
	self->done_before_return = last->completion == self->host->current->completion &&
		last->completion != self->host->holder && last->completion->pending == 2;
	si_mutex_unlock(&self->host->lock);
}

static void a_poster_waits_for_what_its_event_made_others_post(void **state)
{
	struct party p;
	unsigned calls;

	(void)state;
	party_init(&p, post_third_when_somebody_waits);
	p.watcher.act = answer_and_look;
	party_start(&p);
	uv_sem_wait(&p.entered);
	post(p.host, 2, EVENT(CREATED)); /* delivered by the other thread, as is 4 */
	calls = p.watcher.calls;
	party_join(&p);
	assert_true(p.done_before_return);
	assert_int_equal(calls, 4);
	assert_int_equal(p.status, SESSIO_OK);
	party_fini(&p);
}

static void hosts_do_not_wait_for_each_other(void **state)
{
	struct party p;
	sessio_host *other = new_host();

	(void)state;
	party_init(&p, until_released);
	party_start(&p);
	uv_sem_wait(&p.entered);
	post(other, 1, EVENT(CREATED));
	uv_sem_post(&p.go);
	party_join(&p);
	party_fini(&p);
	assert_int_equal(sessio_host_destroy(other), SESSIO_OK);
}

static void everything_but_posts_goes_on_during_a_call(void **state)
{
	struct party p;
	struct logged more = { 0 };
	sessio_user_session *session = NULL;

	(void)state;
	party_init(&p, until_released);
	party_start(&p);
	uv_sem_wait(&p.entered);
	assert_int_equal(sessio_host_find_session(p.host, 1, &session), SESSIO_OK);
	assert_int_equal(sessio_user_session_state(session), SESSIO_USER_STATE_CREATED);
	sessio_user_session_unref(session);
	logged_start(&more, p.host, NULL, "more");
	assert_int_equal(sessio_host_unwatch(p.host, more.watch), SESSIO_OK);
	assert_int_equal(more.calls, 0);
	assert_int_equal(more.releases, 1);
	uv_sem_post(&p.go);
	party_join(&p);
	party_fini(&p);
}

static void unwatch_other(struct party *self)
{
	self->status = sessio_host_unwatch(self->other->host, self->other->watcher.watch);
}

/* A ring of callbacks, each on a host and thread of its own, each ending the next one. */
static void end_in_a_ring(unsigned count)
{
	struct party p[3];
	uv_barrier_t together;

	assert_int_equal(uv_barrier_init(&together, count), 0);
	for (unsigned i = 0; i < count; i++) {
		party_init(&p[i], unwatch_other);
		p[i].together = &together;
		p[i].other = &p[(i + 1) % count];
	}
	for (unsigned i = 0; i < count; i++) {
		party_start(&p[i]);
	}
	for (unsigned i = 0; i < count; i++) {
		party_join(&p[i]);
	}
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(p[i].status, SESSIO_OK);
		assert_int_equal(p[i].watcher.releases, 1);
		assert_int_equal(sessio_host_watch_count(p[i].host), 0);
		party_fini(&p[i]);
	}
	uv_barrier_destroy(&together);
}

static void callbacks_that_end_each_other_do_not_wait_for_ever(void **state)
{
	(void)state;
	end_in_a_ring(2);
	end_in_a_ring(3);
}

static void end_other_and_look(struct party *self)
{
	self->status = sessio_host_unwatch(self->other->host, self->other->watcher.watch);
	self->done_before_return = self->other->done;
	atomic_store(&self->other->returned, true);
}

static void a_callback_waits_for_another_hosts_call_if_that_can_end(void **state)
{
	struct party outer;
	struct party inner;

	(void)state;
	party_init(&outer, end_other_and_look);
	party_init(&inner, until_somebody_waits);
	outer.other = &inner;
	inner.waiters = 1;
	party_start(&inner);
	uv_sem_wait(&inner.entered);
	party_start(&outer);
	party_join(&outer);
	party_join(&inner);
	assert_int_equal(outer.status, SESSIO_OK);
	assert_true(outer.done_before_return);
	party_fini(&outer);
	party_fini(&inner);
}

static void post_to_other(struct party *self)
{
	self->status = sessio_host_post(self->other->host, 2, EVENT(CREATED), 0, NULL);
	uv_sem_post(&self->other->go);
}

static void a_post_from_a_callback_to_a_busy_host_does_not_wait(void **state)
{
	struct party outer;
	struct party inner;
	struct logged after = { 0 };
	struct host_log text = { .length = 0 };

	(void)state;
	party_init(&outer, post_to_other);
	party_init(&inner, until_released);
	logged_start(&after, inner.host, &text, "after");
	outer.other = &inner;
	party_start(&inner);
	uv_sem_wait(&inner.entered);
	party_start(&outer);
	party_join(&outer);
	party_join(&inner);
	assert_int_equal(outer.status, SESSIO_OK);
	log_expect(&text, "after:1+Created after:2+Created");
	party_fini(&outer);
	party_fini(&inner);
	log_expect(&text, "after.");
}

static void destroy_waits_for_a_call_on_another_thread(void **state)
{
	struct party p;

	(void)state;
	party_init(&p, until_somebody_waits);
	p.waiters = 1;
	party_start(&p);
	uv_sem_wait(&p.entered);
	assert_int_equal(sessio_host_destroy(p.host), SESSIO_OK);
	p.host = NULL;
	atomic_store(&p.returned, true);
	assert_int_equal(p.watcher.releases, 1);
	party_join(&p);
	party_fini(&p);
}

static void post_to_a_host_that_goes(void *arg)
{
	struct party *self = arg;

	self->status = sessio_host_post(self->host, 1, EVENT(CONNECTED), 0, NULL);
}

static void post_from_elsewhere(void *ctx)
{
	struct party *self = ctx;

	note_that(uv_thread_create(&self->thread, post_to_a_host_that_goes, self) == 0);
	note_that(uv_thread_join(&self->thread) == 0);
}

static void a_post_of_another_thread_is_refused_in_a_destroy(void **state)
{
	struct party p = { .host = new_host(), .status = SESSIO_OK };
	const sessio_watch_options options = { .events = ALL_EVENTS,
		.released = post_from_elsewhere };
	sessio_watch watch;

	(void)state;
	post(p.host, 1, EVENT(CREATED));
	assert_int_equal(sessio_host_watch(p.host, &options, count_calls, &p, &watch), SESSIO_OK);
	drop(p.host);
	assert_int_equal(p.status, SESSIO_BAD_STATE);
}

static void destroy_other(struct party *self)
{
	self->status = sessio_host_destroy(self->other->host);
}

static void of_two_callbacks_that_destroy_each_others_host_one_is_busy(void **state)
{
	struct party p[2];
	uv_barrier_t together;
	unsigned busy = 0;

	(void)state;
	assert_int_equal(uv_barrier_init(&together, 2), 0);
	for (int i = 0; i < 2; i++) {
		party_init(&p[i], destroy_other);
		p[i].together = &together;
		p[i].other = &p[1 - i];
	}
	party_start(&p[0]);
	party_start(&p[1]);
	for (int i = 0; i < 2; i++) {
		party_join(&p[i]);
	}
	for (int i = 0; i < 2; i++) {
		assert_true(p[i].status == SESSIO_OK || p[i].status == SESSIO_BUSY);
		if (p[i].status == SESSIO_BUSY) {
			busy++;
		} else {
			p[1 - i].host = NULL;
		}
	}
	assert_int_equal(busy, 1);
	party_fini(&p[0]);
	party_fini(&p[1]);
	uv_barrier_destroy(&together);
}

static void snapshot_on_thread(void *arg)
{
	struct party *self = arg;
	sessio_watch_options options = { .events = ALL_EVENTS, .flags = SESSIO_WATCH_SNAPSHOT };
	struct host_log text = { .length = 0 };
	static struct logged snap;

	snap = (struct logged){ 0 };
	logged_start_with(&snap, self->host, &text, "snap", options);
	self->done_before_return = self->done && snap.calls == 1 && snap.last.session_id == 1;
	(void)sessio_host_unwatch(self->host, snap.watch);
}

static void a_snapshot_from_outside_waits_for_the_event_in_hand(void **state)
{
	struct party p;
	uv_thread_t second;

	(void)state;
	party_init(&p, until_somebody_waits);
	p.waiters = 1;
	party_start(&p);
	uv_sem_wait(&p.entered);
	assert_int_equal(uv_thread_create(&second, snapshot_on_thread, &p), 0);
	assert_int_equal(uv_thread_join(&second), 0);
	assert_true(p.done_before_return);
	party_join(&p);
	party_fini(&p);
}

#define ASKERS 4u

static uv_barrier_t askers;

static void ask_for_default(void *arg)
{
	(void)uv_barrier_wait(&askers);
	*(sessio_host **)arg = sessio_host_default();
}

static void all_threads_get_the_same_default_host(void **state)
{
	uv_thread_t threads[ASKERS];
	sessio_host *hosts[ASKERS];

	(void)state;
	assert_int_equal(uv_barrier_init(&askers, ASKERS), 0);
	for (unsigned i = 0; i < ASKERS; i++) {
		assert_int_equal(uv_thread_create(&threads[i], ask_for_default, &hosts[i]), 0);
	}
	for (unsigned i = 0; i < ASKERS; i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
		assert_non_null(hosts[i]);
		assert_ptr_equal(hosts[i], hosts[0]);
	}
	uv_barrier_destroy(&askers);
	assert_int_equal(sessio_host_set_default(NULL), SESSIO_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unwatch_waits_for_a_call_on_another_thread),
		cmocka_unit_test(two_threads_that_end_one_watcher_both_wait),
		cmocka_unit_test(a_second_poster_returns_when_its_event_is_delivered),
		cmocka_unit_test(a_poster_returns_although_later_events_are_still_delivered),
		cmocka_unit_test(an_event_that_nobody_hears_waits_for_its_turn_too),
		cmocka_unit_test(a_poster_waits_for_what_its_event_made_others_post),
		cmocka_unit_test(hosts_do_not_wait_for_each_other),
		cmocka_unit_test(everything_but_posts_goes_on_during_a_call),
		cmocka_unit_test(callbacks_that_end_each_other_do_not_wait_for_ever),
		cmocka_unit_test(a_callback_waits_for_another_hosts_call_if_that_can_end),
		cmocka_unit_test(a_post_from_a_callback_to_a_busy_host_does_not_wait),
		cmocka_unit_test(destroy_waits_for_a_call_on_another_thread),
		cmocka_unit_test(a_post_of_another_thread_is_refused_in_a_destroy),
		cmocka_unit_test(of_two_callbacks_that_destroy_each_others_host_one_is_busy),
		cmocka_unit_test(all_threads_get_the_same_default_host),
		cmocka_unit_test(a_snapshot_from_outside_waits_for_the_event_in_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
