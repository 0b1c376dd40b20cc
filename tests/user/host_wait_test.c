/* SPDX-License-Identifier: MIT */
/*
 * The waits of a host: each kind with a waiter that is known to sleep, and the
 * rings that waits must not close. Callbacks record, the main thread asserts.
 */
#include "test.h"

#include <uv.h>

#include "host_log.h"
#include "user/host.h"

void __real_si_gate_wake(void);
void __wrap_si_gate_wake(void);

/* Runs before the next wake at the gate. */
static void (*before_wake)(void);
static bool skips_wake; /* that one does not happen */

void __wrap_si_gate_wake(void)
{
	void (*act)(void) = before_wake;
	bool skip = false;

	if (act != NULL) {
		before_wake = NULL;
		act();
		skip = skips_wake;
		skips_wake = false;
	}
	if (!skip) {
		__real_si_gate_wake();
	}
}

static unsigned waiters_of(sessio_host *host)
{
	unsigned waiters;

	si_mutex_lock(&host->lock);
	waiters = host->waiters;
	si_mutex_unlock(&host->lock);
	return waiters;
}

/* A waiter counts itself at the gate, and leaves that only to sleep. */
static void until_asleep(sessio_host *host, unsigned count)
{
	while (waiters_of(host) < count) {
	}
	si_gate_enter();
	si_gate_leave();
}

/* A watcher whose call and release may each stop at a semaphore. */
struct guest {
	sessio_host *host;
	sessio_watch watch;
	void (*on_call)(struct guest *self);
	void (*on_release)(struct guest *self);
	struct guest *other;
	sessio_status status; /* of what it did */
	uv_sem_t entered;
	uv_sem_t go;
	_Atomic bool released;
};

static void call_guest(const sessio_user_notice *notice, void *ctx)
{
	struct guest *self = ctx;

	if (self->on_call != NULL && notice->session_id == 1) {
		self->on_call(self);
	}
}

static void release_guest(void *ctx)
{
	struct guest *self = ctx;

	if (self->on_release != NULL) {
		self->on_release(self);
	}
	atomic_store(&self->released, true);
}

static void guest_start(struct guest *self, sessio_host *host)
{
	sessio_watch_options options = { .events = ALL_EVENTS, .released = release_guest };

	self->host = host;
	assert_int_equal(uv_sem_init(&self->entered, 0), 0);
	assert_int_equal(uv_sem_init(&self->go, 0), 0);
	assert_int_equal(
		sessio_host_watch(host, &options, call_guest, self, &self->watch), SESSIO_OK);
}

static void guest_fini(struct guest *self)
{
	assert_true(atomic_load(&self->released));
	uv_sem_destroy(&self->entered);
	uv_sem_destroy(&self->go);
}

static void stop_until_one_sleeps(struct guest *self)
{
	uv_sem_post(&self->entered);
	until_asleep(self->host, 1);
}

struct thread {
	uv_thread_t id;
	struct guest *guest;
	sessio_status status;
	bool released; /* when the call returned */
};

static void end_guest(void *arg)
{
	struct thread *thread = arg;

	thread->status = sessio_host_unwatch(thread->guest->host, thread->guest->watch);
	thread->released = atomic_load(&thread->guest->released);
}

static void post_for_guest(void *arg)
{
	struct thread *thread = arg;

	thread->status = sessio_host_post(thread->guest->host, 1, EVENT(CREATED), 0, NULL);
}

static void start(struct thread *thread, struct guest *guest, void (*entry)(void *))
{
	*thread = (struct thread){ .guest = guest };
	assert_int_equal(uv_thread_create(&thread->id, entry, thread), 0);
}

static void join(struct thread *thread)
{
	assert_int_equal(uv_thread_join(&thread->id), 0);
}

static void an_unwatch_sleeps_until_the_release_after_a_call(void **state)
{
	sessio_host *host = new_host();
	struct guest guest = { .on_call = stop_until_one_sleeps };
	struct thread poster;

	(void)state;
	guest_start(&guest, host);
	start(&poster, &guest, post_for_guest);
	uv_sem_wait(&guest.entered);
	assert_int_equal(sessio_host_unwatch(host, guest.watch), SESSIO_OK);
	assert_true(atomic_load(&guest.released));
	join(&poster);
	guest_fini(&guest);
	drop(host);
}

static void a_second_unwatch_sleeps_until_the_release(void **state)
{
	sessio_host *host = new_host();
	struct guest guest = { .on_release = stop_until_one_sleeps };
	struct thread first;

	(void)state;
	guest_start(&guest, host);
	start(&first, &guest, end_guest);
	uv_sem_wait(&guest.entered);
	assert_int_equal(sessio_host_unwatch(host, guest.watch), SESSIO_NOT_FOUND);
	assert_true(atomic_load(&guest.released));
	join(&first);
	assert_int_equal(first.status, SESSIO_OK);
	guest_fini(&guest);
	drop(host);
}

static void a_poster_sleeps_until_its_event_is_delivered(void **state)
{
	sessio_host *host = new_host();
	struct guest guest = { .on_call = stop_until_one_sleeps };
	struct thread poster;

	(void)state;
	guest_start(&guest, host);
	start(&poster, &guest, post_for_guest);
	uv_sem_wait(&guest.entered);
	post(host, 2, EVENT(CREATED));
	assert_int_equal(sessio_host_session_count(host), 2);
	join(&poster);
	drop(host);
	guest_fini(&guest);
}

static void destroying_sleeps_until_a_call_returns(void **state)
{
	sessio_host *host = new_host();
	struct guest guest = { .on_call = stop_until_one_sleeps };
	struct thread poster;

	(void)state;
	guest_start(&guest, host);
	start(&poster, &guest, post_for_guest);
	uv_sem_wait(&guest.entered);
	drop(host);
	guest_fini(&guest);
	join(&poster);
	assert_int_equal(poster.status, SESSIO_OK);
}

static void destroying_sleeps_until_a_release_returns(void **state)
{
	sessio_host *host = new_host();
	struct guest guest = { .on_release = stop_until_one_sleeps };
	struct thread ender;

	(void)state;
	guest_start(&guest, host);
	start(&ender, &guest, end_guest);
	uv_sem_wait(&guest.entered);
	drop(host);
	assert_true(atomic_load(&guest.released));
	join(&ender);
	guest_fini(&guest);
}

static uv_barrier_t together;

static void end_other_together(struct guest *self)
{
	(void)uv_barrier_wait(&together);
	self->status = sessio_host_unwatch(self->other->host, self->other->watch);
}

/* Each releases one watcher, and in that ends the other's. */
static void release_in_a_ring(bool one_host)
{
	sessio_host *hosts[2] = { new_host(), new_host() };
	struct guest guests[2] = { { .on_release = end_other_together },
		{ .on_release = end_other_together } };
	struct thread enders[2];

	assert_int_equal(uv_barrier_init(&together, 2), 0);
	for (int i = 0; i < 2; i++) {
		guests[i].other = &guests[1 - i];
		guest_start(&guests[i], hosts[one_host ? 0 : i]);
	}
	for (int i = 0; i < 2; i++) {
		start(&enders[i], &guests[i], end_guest);
	}
	for (int i = 0; i < 2; i++) {
		join(&enders[i]);
		assert_int_equal(enders[i].status, SESSIO_OK);
		assert_true(enders[i].released);
		assert_int_equal(guests[i].status, SESSIO_NOT_FOUND);
	}
	uv_barrier_destroy(&together);
	for (int i = 0; i < 2; i++) {
		guest_fini(&guests[i]);
		drop(hosts[i]);
	}
}

static void releases_that_end_each_others_watchers_do_not_wait_for_ever(void **state)
{
	(void)state;
	release_in_a_ring(false);
	release_in_a_ring(true);
}

static void destroy_others_host(struct guest *self)
{
	self->status = sessio_host_destroy(self->other->host);
}

/* The destroyer's announcement wakes the release only after the destroyer sleeps, too. */
static struct {
	sessio_host *host;
	uv_thread_t waker;
} ring;

static void wake_when_the_destroyer_sleeps(void *arg)
{
	(void)arg;
	until_asleep(ring.host, 1);
	__real_si_gate_wake();
}

static void wake_later(void)
{
	skips_wake = uv_thread_create(&ring.waker, wake_when_the_destroyer_sleeps, NULL) == 0;
}

static void wait_until_the_other_release_sleeps(struct guest *self)
{
	uv_sem_post(&self->entered);
	until_asleep(self->other->host, 1);
	before_wake = wake_later;
}

static void end_the_destroyer(struct guest *self)
{
	self->status = sessio_host_unwatch(self->other->host, self->other->watch);
}

/*
 * A callback destroys a host. While that releases its first watcher, another thread
 * releases the second, and there waits for the callback.
 */
static void a_release_does_not_wait_for_the_destruction_that_waits_for_it(void **state)
{
	sessio_host *outer = new_host();
	sessio_host *host = new_host();
	struct guest destroyer = { .on_call = destroy_others_host };
	struct guest first = { .on_release = wait_until_the_other_release_sleeps };
	struct guest second = { .on_release = end_the_destroyer };
	struct thread poster;
	struct thread ender;

	(void)state;
	ring.host = host;
	guest_start(&destroyer, outer);
	guest_start(&first, host);
	guest_start(&second, host);
	destroyer.other = &first;
	first.other = &destroyer;
	second.other = &destroyer;
	start(&poster, &destroyer, post_for_guest);
	uv_sem_wait(&first.entered);
	start(&ender, &second, end_guest);
	join(&ender);
	join(&poster);
	assert_int_equal(uv_thread_join(&ring.waker), 0);
	assert_int_equal(destroyer.status, SESSIO_OK);
	assert_int_equal(second.status, SESSIO_OK);
	guest_fini(&first);
	guest_fini(&second);
	drop(outer);
	guest_fini(&destroyer);
}

static void destroy_when_one_sleeps_here(struct guest *self)
{
	uv_sem_post(&self->entered);
	until_asleep(self->host, 1);
	destroy_others_host(self);
}

/* The other way round: the release waits for the callback before that destroys. */
static void a_callback_does_not_destroy_a_host_whose_release_waits_for_it(void **state)
{
	sessio_host *outer = new_host();
	sessio_host *host = new_host();
	struct guest destroyer = { .on_call = destroy_when_one_sleeps_here };
	struct guest second = { .on_release = end_the_destroyer };
	struct thread poster;
	struct thread ender;

	(void)state;
	guest_start(&destroyer, outer);
	guest_start(&second, host);
	destroyer.other = &second;
	second.other = &destroyer;
	start(&poster, &destroyer, post_for_guest);
	uv_sem_wait(&destroyer.entered);
	start(&ender, &second, end_guest);
	join(&poster);
	join(&ender);
	assert_int_equal(destroyer.status, SESSIO_BUSY);
	assert_int_equal(second.status, SESSIO_OK);
	drop(host);
	drop(outer);
	guest_fini(&second);
	guest_fini(&destroyer);
}

static void be_delivered_by(sessio_host *host, struct si_worker *worker)
{
	si_mutex_lock(&host->lock);
	host->busy = worker != NULL;
	host->worker = worker;
	si_host_unlock(host);
}

static void end_delivery_when_one_sleeps(void *arg)
{
	sessio_host **hosts = arg;

	until_asleep(hosts[0], 1);
	be_delivered_by(hosts[1], NULL);
	be_delivered_by(hosts[0], NULL);
}

/* Two workers wait for each other's host, as they may for a moment; a third looks on. */
static void a_ring_of_other_waits_does_not_hold_a_search(void **state)
{
	sessio_host *outer = new_host();
	sessio_host *hosts[2] = { new_host(), new_host() };
	struct si_host_wait waits[2] = { { .host = hosts[1] }, { .host = hosts[0] } };
	struct si_worker workers[2] = { { .wait = &waits[0] }, { .wait = &waits[1] } };
	struct guest other = { .host = hosts[0] };
	struct guest destroyer = { .on_call = destroy_others_host, .other = &other };
	uv_thread_t thread;

	(void)state;
	guest_start(&destroyer, outer);
	be_delivered_by(hosts[0], &workers[0]);
	be_delivered_by(hosts[1], &workers[1]);
	assert_int_equal(uv_thread_create(&thread, end_delivery_when_one_sleeps, hosts), 0);
	post(outer, 1, EVENT(CREATED));
	assert_int_equal(uv_thread_join(&thread), 0);
	assert_int_equal(destroyer.status, SESSIO_OK);
	drop(hosts[1]);
	drop(outer);
	guest_fini(&destroyer);
}

/* Between two items of a queue, a thread in a callback of another host posts. */
static struct {
	struct guest outside; /* on the other host: its call posts */
	sessio_host *host;
	sessio_user_event events[2]; /* that follow each other */
	bool is_delivering;
	bool is_between;
} gap;

static void post_in_the_gap(struct guest *self)
{
	uv_sem_post(&self->entered);
	uv_sem_wait(&self->go);
	self->status = sessio_host_post(gap.host, 4, EVENT(CREATED), 0, NULL);
	uv_sem_post(&self->entered);
}

static void let_it_post(void)
{
	si_mutex_lock(&gap.host->lock);
	gap.is_delivering = gap.host->busy;
	gap.is_between = gap.host->current == NULL;
	si_mutex_unlock(&gap.host->lock);
	uv_sem_post(&gap.outside.go);
	uv_sem_wait(&gap.outside.entered);
}

/* The queue is then: the main thread's event, and this one. */
static void post_behind_a_sleeper(struct guest *self)
{
	uv_sem_post(&self->entered);
	until_asleep(self->host, 1);
	self->status = sessio_host_post(self->host, 3, EVENT(CREATED), 0, NULL);
	before_wake = let_it_post;
}

static void an_event_posted_between_two_items_is_delivered(void **state)
{
	sessio_host *other = new_host();
	struct guest guest = { .on_call = post_behind_a_sleeper };
	struct thread poster;
	struct thread outside;

	(void)state;
	gap.host = new_host();
	gap.outside = (struct guest){ .on_call = post_in_the_gap };
	guest_start(&gap.outside, other);
	guest_start(&guest, gap.host);
	start(&outside, &gap.outside, post_for_guest);
	uv_sem_wait(&gap.outside.entered);
	start(&poster, &guest, post_for_guest);
	uv_sem_wait(&guest.entered);
	post(gap.host, 2, EVENT(CREATED));
	join(&poster);
	assert_int_equal(sessio_host_session_count(gap.host), 4);
	assert_true(gap.is_delivering && gap.is_between);
	assert_int_equal(gap.outside.status, SESSIO_OK);
	join(&outside);
	drop(gap.host);
	drop(other);
	guest_fini(&guest);
	guest_fini(&gap.outside);
}

/* A poster whose event was delivered by another, and that has not woken yet. */
static struct {
	sessio_host *host;
	struct thread destroyer;
	_Atomic bool destroyed;
	bool waited; /* the destroyer, for the poster */
} late;

static void destroy_late(void *arg)
{
	struct thread *thread = arg;

	thread->status = sessio_host_destroy(late.host);
	atomic_store(&late.destroyed, true);
}

static void wake_late(void)
{
	skips_wake = true;
}

static void wait_for_a_sleeper(struct guest *self)
{
	uv_sem_post(&self->entered);
	until_asleep(self->host, 1);
	self->status = sessio_host_post(self->host, 3, EVENT(CREATED), 0, NULL);
	before_wake = wake_late;
}

/* If it did not wait, the poster would wake to a host that is gone. */
static void destroy_before_it_wakes(void)
{
	sessio_user_session *session = NULL; /* keeps the memory of the host */

	if (sessio_host_find_session(late.host, 1, &session) == SESSIO_OK &&
		uv_thread_create(&late.destroyer.id, destroy_late, &late.destroyer) == 0) {
		do {
			late.waited = waiters_of(late.host) == 2;
		} while (!late.waited && !atomic_load(&late.destroyed));
		__real_si_gate_wake();
		(void)uv_thread_join(&late.destroyer.id);
	}
	sessio_user_session_unref(session);
}

static void post_and_let_destroy(void *arg)
{
	post_for_guest(arg);
	destroy_before_it_wakes();
}

/* A sleeper may wake early: then the destroyer has nobody to wait for. */
static void post_and_destroy(void)
{
	struct guest guest = { .on_call = wait_for_a_sleeper };
	struct thread poster;

	late.host = new_host();
	atomic_store(&late.destroyed, false);
	guest_start(&guest, late.host);
	start(&poster, &guest, post_and_let_destroy);
	uv_sem_wait(&guest.entered);
	post(late.host, 2, EVENT(CREATED));
	join(&poster);
	before_wake = NULL;
	skips_wake = false;
	guest_fini(&guest);
}

static void destroying_waits_for_a_poster_that_has_not_woken(void **state)
{
	(void)state;
	do {
		post_and_destroy();
		assert_true(atomic_load(&late.destroyed));
		assert_int_equal(late.destroyer.status, SESSIO_OK);
	} while (!late.waited);
}

static void end_other_on_a_thread(struct guest *self)
{
	struct thread ender = { .guest = self->other };

	if (uv_thread_create(&ender.id, end_guest, &ender) == 0) {
		(void)uv_thread_join(&ender.id);
	}
	self->status = ender.status;
	self->on_call = NULL;
}

static void count_call(struct guest *self)
{
	uv_sem_post(&self->entered);
}

static void a_watcher_that_another_thread_ends_before_its_turn_is_not_called(void **state)
{
	sessio_host *host = new_host();
	struct guest a = { .on_call = end_other_on_a_thread };
	struct guest b = { .on_call = count_call };
	struct guest c = { .on_call = count_call };

	(void)state;
	guest_start(&a, host);
	guest_start(&b, host);
	guest_start(&c, host);
	a.other = &b;
	post(host, 1, EVENT(CREATED));
	assert_int_equal(a.status, SESSIO_OK);
	assert_int_equal(uv_sem_trywait(&b.entered), UV_EAGAIN);
	assert_int_equal(uv_sem_trywait(&c.entered), 0);
	assert_int_equal(sessio_host_watch_count(host), 2);
	drop(host);
	guest_fini(&a);
	guest_fini(&b);
	guest_fini(&c);
}

static void post_second(void *arg)
{
	struct thread *thread = arg;

	thread->status = sessio_host_post(gap.host, 1, gap.events[1], 0, NULL);
}

static void post_and_let_another_post(struct guest *self)
{
	struct thread poster = { .guest = self };

	self->status = sessio_host_post(gap.host, 1, gap.events[0], 0, NULL);
	if (uv_thread_create(&poster.id, post_second, &poster) == 0) {
		(void)uv_thread_join(&poster.id);
	}
	self->status = self->status == SESSIO_OK ? poster.status : self->status;
}

static void expect_both_in_order(sessio_host *host, sessio_user_state last)
{
	sessio_host *other = new_host();
	struct guest guest = { .on_call = post_and_let_another_post };
	sessio_user_session *session = NULL;

	gap.host = host;
	guest_start(&guest, other);
	post(other, 1, EVENT(CREATED));
	assert_int_equal(guest.status, SESSIO_OK);
	assert_int_equal(sessio_host_find_session(host, 1, &session), SESSIO_OK);
	assert_int_equal(sessio_user_session_state(session), last);
	sessio_user_session_unref(session);
	drop(host);
	drop(other);
	guest_fini(&guest);
}

/* The rules allow the second one before the first, too, if the session is known. */
static void an_event_for_nobody_follows_those_that_callbacks_have_queued(void **state)
{
	sessio_host *host = new_host();

	(void)state;
	gap.events[0] = EVENT(CREATED);
	gap.events[1] = EVENT(CONNECTED);
	expect_both_in_order(host, STATE(CONNECTED));
	host = new_host();
	post(host, 1, EVENT(CREATED));
	gap.events[0] = EVENT(CONNECTED);
	gap.events[1] = EVENT(DISCONNECTED);
	expect_both_in_order(host, STATE(DISCONNECTED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unwatch_sleeps_until_the_release_after_a_call),
		cmocka_unit_test(a_second_unwatch_sleeps_until_the_release),
		cmocka_unit_test(a_poster_sleeps_until_its_event_is_delivered),
		cmocka_unit_test(destroying_sleeps_until_a_call_returns),
		cmocka_unit_test(destroying_sleeps_until_a_release_returns),
		cmocka_unit_test(releases_that_end_each_others_watchers_do_not_wait_for_ever),
		cmocka_unit_test(a_release_does_not_wait_for_the_destruction_that_waits_for_it),
		cmocka_unit_test(a_callback_does_not_destroy_a_host_whose_release_waits_for_it),
		cmocka_unit_test(a_ring_of_other_waits_does_not_hold_a_search),
		cmocka_unit_test(destroying_waits_for_a_poster_that_has_not_woken),
		cmocka_unit_test(an_event_posted_between_two_items_is_delivered),
		cmocka_unit_test(a_watcher_that_another_thread_ends_before_its_turn_is_not_called),
		cmocka_unit_test(an_event_for_nobody_follows_those_that_callbacks_have_queued),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
