/* SPDX-License-Identifier: MIT */
/*
 * Posters that get in each other's way (host-12). One that must look again comes in,
 * whatever the others do. It sleeps through a long call, and its host is kept.
 */
#include "test.h"

#include <stdatomic.h>

#include <uv.h>

#include "host_log.h"
#include "user/host.h"

/* All posters of a test share this. */
static struct {
	sessio_host *host;
	uv_sem_t entered; /* the call has begun */
	uv_sem_t go; /* it may return */
	_Atomic bool stop;
	_Atomic unsigned wrong;
} crowd;

struct poster {
	uv_thread_t thread;
	uint32_t id;
	unsigned posts; /* 0: until `stop` */
};

static void check(bool good)
{
	if (!good) {
		atomic_fetch_add(&crowd.wrong, 1);
	}
}

static void post_all(void *arg)
{
	const struct poster *self = arg;
	bool connected = false;

	for (unsigned i = 0; self->posts == 0 ? !atomic_load(&crowd.stop) : i < self->posts; i++) {
		check(sessio_host_post(crowd.host, self->id,
			      connected ? EVENT(DISCONNECTED) : EVENT(CONNECTED), 0,
			      NULL) == SESSIO_OK);
		connected = !connected;
	}
}

static void start_poster(struct poster *self, uint32_t id, unsigned posts)
{
	self->id = id;
	self->posts = posts;
	assert_int_equal(uv_thread_create(&self->thread, post_all, self), 0);
}

static void join(struct poster *self)
{
	assert_int_equal(uv_thread_join(&self->thread), 0);
}

/* The call for session 1 lasts until `go`. */
static void be_long(struct logged *self, const sessio_user_notice *notice)
{
	(void)self;
	if (notice->session_id == 1) {
		uv_sem_post(&crowd.entered);
		uv_sem_wait(&crowd.go);
	}
}

static void set_up(void)
{
	crowd.host = new_host();
	atomic_store(&crowd.stop, false);
	atomic_store(&crowd.wrong, 0);
	assert_int_equal(uv_sem_init(&crowd.entered, 0), 0);
	assert_int_equal(uv_sem_init(&crowd.go, 0), 0);
	for (uint32_t id = 1; id <= 4; id++) {
		post(crowd.host, id, EVENT(CREATED));
	}
}

static void tear_down(void)
{
	uv_sem_destroy(&crowd.entered);
	uv_sem_destroy(&crowd.go);
	assert_int_equal(atomic_load(&crowd.wrong), 0);
}

static unsigned read_locked(const unsigned *number)
{
	unsigned value;

	si_mutex_lock(&crowd.host->lock);
	value = *number;
	si_mutex_unlock(&crowd.host->lock);
	return value;
}

static void until(const unsigned *number, unsigned value)
{
	while (read_locked(number) != value) {
	}
}

static void posters_sleep_through_a_long_call_and_give_up_their_turn(void **state)
{
	struct logged watcher = { .name = "a", .act = be_long };
	struct poster posters[3];

	(void)state;
	set_up();
	logged_start(&watcher, crowd.host, NULL, "a");
	start_poster(&posters[0], 1, 1);
	uv_sem_wait(&crowd.entered);
	start_poster(&posters[1], 2, 1);
	start_poster(&posters[2], 3, 1);
	until(&crowd.host->waiting_posters, 2);
	si_mutex_lock(&crowd.host->turn);
	si_mutex_unlock(&crowd.host->turn);
	assert_int_equal(read_locked(&crowd.host->holding_off), 0);
	uv_sem_post(&crowd.go);
	for (unsigned i = 0; i < 3; i++) {
		join(&posters[i]);
	}
	assert_int_equal(watcher.calls, 3);
	drop(crowd.host);
	tear_down();
}

/* Elsewhere the system's lock decides which thread comes in. */
#if defined(SI_HAS_TRY_LOCK)
#define MET 24u /* posts that another thread's are in the way of */

static void comes_in_between_posts_that_never_end(bool watched)
{
	struct logged watcher = { .name = "a" };
	struct poster hot;
	struct poster met;

	set_up();
	if (watched) {
		logged_start(&watcher, crowd.host, NULL, "a");
	}
	start_poster(&hot, 1, 0);
	start_poster(&met, 2, MET);
	join(&met);
	atomic_store(&crowd.stop, true);
	join(&hot);
	drop(crowd.host);
	tear_down();
}

static void a_poster_comes_in_between_events_for_nobody(void **state)
{
	(void)state;
	comes_in_between_posts_that_never_end(false);
}

static void a_poster_comes_in_between_calls(void **state)
{
	(void)state;
	comes_in_between_posts_that_never_end(true);
}

/* Without the lock: a poster that meets it would wait for its turn before it has met the call. */
static void until_one_waits_for_its_turn(void)
{
	while (atomic_load(si_lock_waiters_of(&crowd.host->turn)) == 0) {
	}
}

static void destroy(void *arg)
{
	(void)arg;
	check(sessio_host_destroy(crowd.host) == SESSIO_OK);
}

static void a_poster_that_waits_for_its_turn_keeps_the_host(void **state)
{
	struct logged watcher = { .name = "a", .act = be_long };
	struct poster first;
	struct poster second;
	uv_thread_t destroyer;

	(void)state;
	if (si_platform_cpu_count() == 1) {
		return; /* nobody looks again, where the other thread cannot run meanwhile */
	}
	set_up();
	logged_start(&watcher, crowd.host, NULL, "a");
	start_poster(&first, 1, 1);
	uv_sem_wait(&crowd.entered);
	si_mutex_lock(&crowd.host->turn);
	start_poster(&second, 2, 1);
	until_one_waits_for_its_turn();
	assert_int_equal(read_locked(&crowd.host->holding_off), 1);
	assert_int_equal(uv_thread_create(&destroyer, destroy, NULL), 0);
	until(&crowd.host->waiters, 1);
	uv_sem_post(&crowd.go);
	join(&first);
	assert_int_equal(read_locked(&crowd.host->waiters), 1);
	assert_int_equal(watcher.releases, 0);
	si_mutex_unlock(&crowd.host->turn);
	join(&second);
	assert_int_equal(uv_thread_join(&destroyer), 0);
	assert_int_equal(watcher.calls, 2);
	assert_int_equal(watcher.releases, 1);
	tear_down();
}

static void a_poster_that_meets_the_baton_counts_once(void **state)
{
	struct poster poster;

	(void)state;
	if (si_platform_cpu_count() == 1) {
		return; /* as above */
	}
	set_up();
	si_mutex_lock(&crowd.host->turn);
	si_mutex_lock(&crowd.host->lock);
	crowd.host->busy = true; /* between two callbacks of another thread */
	si_mutex_unlock(&crowd.host->lock);
	start_poster(&poster, 1, 1);
	until_one_waits_for_its_turn();
	assert_int_equal(read_locked(&crowd.host->holding_off), 1);
	si_mutex_lock(&crowd.host->lock);
	crowd.host->busy = false;
	si_mutex_unlock(&crowd.host->lock);
	si_mutex_unlock(&crowd.host->turn);
	join(&poster);
	assert_int_equal(read_locked(&crowd.host->holding_off), 0);
	drop(crowd.host);
	tear_down();
}

static void a_poster_that_meets_the_lock_takes_its_turn(void **state)
{
	struct poster poster;
	bool has_turn = false;

	(void)state;
	set_up();
	si_mutex_lock(&crowd.host->lock);
	start_poster(&poster, 1, 1);
	while (!has_turn && si_platform_cpu_count() > 1) {
		has_turn = !si_mutex_is_free(&crowd.host->turn);
	}
	si_mutex_unlock(&crowd.host->lock);
	join(&poster);
	assert_true(si_mutex_is_free(&crowd.host->turn));
	drop(crowd.host);
	tear_down();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posters_sleep_through_a_long_call_and_give_up_their_turn),
#if defined(SI_HAS_TRY_LOCK)
		cmocka_unit_test(a_poster_comes_in_between_events_for_nobody),
		cmocka_unit_test(a_poster_comes_in_between_calls),
		cmocka_unit_test(a_poster_that_waits_for_its_turn_keeps_the_host),
		cmocka_unit_test(a_poster_that_meets_the_baton_counts_once),
		cmocka_unit_test(a_poster_that_meets_the_lock_takes_its_turn),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
