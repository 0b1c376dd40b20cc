/* SPDX-License-Identifier: MIT */
/* Delivering what a callback of another host has queued. */
#include "test.h"

#include <uv.h>

#include "user/host.h"

static struct {
	sessio_host *own; /* its callback posts to the other */
	sessio_host *other;
	uv_sem_t entered; /* once for each callback of the other host */
	uv_sem_t go_on;
	uv_sem_t kept; /* the gate */
	_Atomic unsigned refused;
	unsigned seen; /* by the other host's watcher; one call at a time */
} scene;

static void on_other(const sessio_user_notice *notice, void *ctx)
{
	(void)notice;
	(void)ctx;
	scene.seen++;
	uv_sem_post(&scene.entered);
	uv_sem_wait(&scene.go_on);
}

static void post_other(void *event)
{
	if (sessio_host_post(scene.other, 1, *(sessio_user_event *)event, 0, NULL) != SESSIO_OK) {
		atomic_fetch_add(&scene.refused, 1);
	}
}

static bool is_other(bool (*is_so)(void))
{
	bool so;

	si_mutex_lock(&scene.other->lock);
	so = is_so();
	si_mutex_unlock(&scene.other->lock);
	return so;
}

static bool somebody_waits(void)
{
	return scene.other->waiters != 0;
}

static bool nobody_delivers(void)
{
	return !scene.other->busy;
}

/* The other host is idle when it posts, and busy with an earlier item when it returns. */
static void on_own(const sessio_user_notice *notice, void *ctx)
{
	sessio_user_event logon = SESSIO_USER_EVENT_LOGON;

	(void)notice;
	(void)ctx;
	post_other(&logon);
	uv_sem_wait(&scene.entered);
}

static bool something_is_owed(void)
{
	return scene.other->owed.pending != 0;
}

/* Nobody comes back from a sleep before the callback has queued its event. */
static void keep_gate(void *arg)
{
	(void)arg;
	si_gate_enter();
	uv_sem_post(&scene.kept);
	while (!is_other(something_is_owed)) {
	}
	si_gate_leave();
}

static sessio_host *host_with(sessio_user_watch_fn *fn)
{
	const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL };
	sessio_host *host = NULL;
	sessio_watch watch;

	assert_int_equal(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host), SESSIO_OK);
	assert_int_equal(sessio_host_watch(host, &options, fn, NULL, &watch), SESSIO_OK);
	return host;
}

/*
 * One poster has delivered, and another one, whose event was queued, is still at the
 * gate when a callback queues a third event. That poster then delivers its own event
 * while the callback's thread comes to deliver the third, and so leaves it to it.
 */
static void what_is_owed_is_delivered_by_the_thread_that_it_is_left_to(void **state)
{
	sessio_user_event first = SESSIO_USER_EVENT_CREATED;
	sessio_user_event second = SESSIO_USER_EVENT_CONNECTED;
	uv_thread_t threads[3];

	(void)state;
	scene.own = host_with(on_own);
	scene.other = host_with(on_other);
	assert_int_equal(uv_sem_init(&scene.entered, 0), 0);
	assert_int_equal(uv_sem_init(&scene.go_on, 0), 0);
	assert_int_equal(uv_sem_init(&scene.kept, 0), 0);
	assert_int_equal(uv_thread_create(&threads[0], post_other, &first), 0);
	uv_sem_wait(&scene.entered);
	assert_int_equal(uv_thread_create(&threads[1], post_other, &second), 0);
	while (!is_other(somebody_waits)) {
	}
	assert_int_equal(uv_thread_create(&threads[2], keep_gate, NULL), 0);
	uv_sem_wait(&scene.kept);
	uv_sem_post(&scene.go_on);
	while (!is_other(nobody_delivers)) {
	}
	assert_int_equal(
		sessio_host_post(scene.own, 1, SESSIO_USER_EVENT_CREATED, 0, NULL), SESSIO_OK);
	uv_sem_post(&scene.go_on);
	uv_sem_post(&scene.go_on);
	for (unsigned i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	}
	assert_int_equal(atomic_load(&scene.refused), 0);
	assert_int_equal(scene.seen, 3);
	assert_int_equal(sessio_host_destroy(scene.own), SESSIO_OK);
	assert_int_equal(sessio_host_destroy(scene.other), SESSIO_OK);
	uv_sem_destroy(&scene.entered);
	uv_sem_destroy(&scene.go_on);
	uv_sem_destroy(&scene.kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_owed_is_delivered_by_the_thread_that_it_is_left_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
