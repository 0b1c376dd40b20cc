/* SPDX-License-Identifier: MIT */
/*
 * Threads that are cancelled while they wait for a host. Others know memory on
 * their stacks by then, so the call is finished first.
 */
#include "test.h"

#include <pthread.h>

#include <uv.h>

#include "host_log.h"
#include "leaks.h"
#include "sleepers.h"

static sessio_host *host;
static sessio_watch watch;
static uv_sem_t entered;
static uv_sem_t go;
static unsigned calls;
static unsigned releases;

static void stop_in_the_first_call(const sessio_user_notice *notice, void *ctx)
{
	(void)notice;
	(void)ctx;
	if (calls++ == 0) {
		uv_sem_post(&entered);
		uv_sem_wait(&go);
	}
}

static void count_release(void *ctx)
{
	(void)ctx;
	releases++;
}

static int begin(void **state)
{
	const sessio_watch_options options = { .events = ALL_EVENTS, .released = count_release };

	(void)state;
	calls = 0;
	releases = 0;
	host = new_host();
	return sessio_host_watch(host, &options, stop_in_the_first_call, NULL, &watch) !=
		SESSIO_OK ||
		uv_sem_init(&entered, 0) != 0 || uv_sem_init(&go, 0) != 0;
}

static int end(void **state)
{
	(void)state;
	uv_sem_destroy(&entered);
	uv_sem_destroy(&go);
	return leaks_live() == 0 ? 0 : -1;
}

static void post_first(void *arg)
{
	*(sessio_status *)arg = sessio_host_post(host, 1, EVENT(CREATED), 0, NULL);
}

/* A call that sleeps until the first post is through, on a thread that is cancelled. */
struct sleeper_call {
	sessio_status (*make)(void);
	sessio_status status;
	bool returned;
};

static sessio_status post_second(void)
{
	return sessio_host_post(host, 2, EVENT(CREATED), 0, NULL);
}

static sessio_status end_watcher(void)
{
	return sessio_host_unwatch(host, watch);
}

static sessio_status destroy_host(void)
{
	return sessio_host_destroy(host);
}

static void *make_call(void *arg)
{
	struct sleeper_call *call = arg;

	call->status = call->make();
	call->returned = true;
	pthread_testcancel();
	return NULL;
}

/* Cancels the call while it sleeps, lets the post go on and checks that it went through. */
static void cancel(struct sleeper_call *call)
{
	sessio_status first = SESSIO_INVALID_ARG;
	uv_thread_t poster;
	pthread_t thread;
	void *result = NULL;

	assert_int_equal(uv_thread_create(&poster, post_first, &first), 0);
	uv_sem_wait(&entered);
	assert_int_equal(pthread_create(&thread, NULL, make_call, call), 0);
	sleepers_wait(1);
	assert_int_equal(pthread_cancel(thread), 0);
	uv_sem_post(&go);
	assert_int_equal(uv_thread_join(&poster), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, PTHREAD_CANCELED);
	assert_int_equal(first, SESSIO_OK);
	assert_true(call->returned);
	assert_int_equal(call->status, SESSIO_OK);
}

static void a_post_is_delivered_although_its_thread_is_cancelled(void **state)
{
	struct sleeper_call call = { .make = post_second };

	(void)state;
	cancel(&call);
	assert_int_equal(calls, 2);
	assert_int_equal(sessio_host_session_count(host), 2);
	drop(host);
	assert_int_equal(releases, 1);
}

static void an_unwatch_ends_its_watcher_although_its_thread_is_cancelled(void **state)
{
	struct sleeper_call call = { .make = end_watcher };

	(void)state;
	cancel(&call);
	assert_int_equal(releases, 1);
	post(host, 2, EVENT(CREATED));
	assert_int_equal(calls, 1);
	drop(host);
}

static void a_host_is_destroyed_although_its_thread_is_cancelled(void **state)
{
	struct sleeper_call call = { .make = destroy_host };

	(void)state;
	cancel(&call);
	assert_int_equal(releases, 1);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_post_is_delivered_although_its_thread_is_cancelled),
		TEST(an_unwatch_ends_its_watcher_although_its_thread_is_cancelled),
		TEST(a_host_is_destroyed_although_its_thread_is_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
