/* SPDX-License-Identifier: MIT */
/*
 * Two threads in every order: one posts an event, and the other closes the context of its
 * callback before it unwatches. Prints the finding, and that unwatching first has none.
 */
#include <stdio.h>

#include <sessio/host.h>
#include <sessio/testing_threads.h>

static sessio_host *host;
static sessio_watch watch;
static bool is_open;

static void on_event(const sessio_user_notice *notice, void *context)
{
	(void)notice;
	SESSIO_THREADS_CHECK(*(const bool *)context);
}

static void post_event(void *arg)
{
	SESSIO_THREADS_CHECK(
		sessio_host_post(host, 1, SESSIO_USER_EVENT_CREATED, 0, arg) == SESSIO_OK);
}

static void close_context(void *unwatch_first)
{
	if (unwatch_first != NULL && sessio_host_unwatch(host, watch) != SESSIO_OK) {
		return;
	}
	is_open = false;
	SESSIO_THREADS_CHECK(
		unwatch_first != NULL || sessio_host_unwatch(host, watch) == SESSIO_OK);
}

static void body(void *unwatch_first)
{
	sessio_watch_options all = { .events = SESSIO_USER_EVENTS_ALL };

	is_open = true;
	SESSIO_THREADS_CHECK(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host) == SESSIO_OK);
	SESSIO_THREADS_CHECK(
		sessio_host_watch(host, &all, on_event, &is_open, &watch) == SESSIO_OK);
	(void)sessio_threads_start("poster", post_event, NULL);
	(void)sessio_threads_start("closer", close_context, unwatch_first);
}

static int explore(void *unwatch_first)
{
	sessio_threads_options options = { .body = body, .arg = unwatch_first, .bounds = 2 };
	sessio_threads *threads;

	if (sessio_threads_explore(&options, &threads) != SESSIO_OK) {
		return 1;
	}
	printf("found: \"%s\"\n", sessio_threads_get_result(threads)->text);
	sessio_threads_destroy(threads);
	return 0;
}

int main(void)
{
	return explore(NULL) + explore(&is_open);
}
