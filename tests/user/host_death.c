/* SPDX-License-Identifier: MIT */
/* Broken invariants of hosts and of their sessions. */
#include <stdlib.h>

#if defined(__GLIBC__)
#include <pthread.h>
#endif

#include "death.h"
#include "user/host.h"

static sessio_user_session *dead_session(void)
{
	static sessio_user_session session;

	si_refcount_init(&session.refs, 0);
	return &session;
}

static void ref_a_dead_session(void)
{
	(void)sessio_user_session_ref(dead_session());
}

static void unref_a_dead_session(void)
{
	sessio_user_session_unref(dead_session());
}

/* Elsewhere a thread that exits is not unwound, and CMake has no such case. */
static void end_thread(void)
{
#if defined(__GLIBC__)
	pthread_exit(NULL);
#endif
}

static void exit_thread(const sessio_user_notice *notice, void *ctx)
{
	(void)notice;
	(void)ctx;
	end_thread();
}

static void exit_thread_on_release(void *ctx)
{
	(void)ctx;
	end_thread();
}

static void ignore(const sessio_user_notice *notice, void *ctx)
{
	(void)notice;
	(void)ctx;
}

static sessio_watch watch(
	sessio_host *host, const sessio_watch_options *options, sessio_user_watch_fn *fn)
{
	sessio_watch number = 0;

	if (sessio_host_watch(host, options, fn, NULL, &number) != SESSIO_OK) {
		exit(2);
	}
	return number;
}

static sessio_host *host_with_a_session(void)
{
	sessio_host *host = sessio_host_default();

	if (sessio_host_adopt(host, 1, SESSIO_USER_STATE_CREATED, 0) != SESSIO_OK) {
		exit(2);
	}
	return host;
}

static void exit_a_thread_in_a_call(void)
{
	const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL };
	sessio_host *host = host_with_a_session();

	(void)watch(host, &options, exit_thread);
	(void)!sessio_host_post(host, 1, SESSIO_USER_EVENT_CONNECTED, 0, NULL);
}

static void exit_a_thread_in_a_snapshot(void)
{
	const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL,
		.flags = SESSIO_WATCH_SNAPSHOT };

	(void)watch(host_with_a_session(), &options, exit_thread);
}

static void exit_a_thread_in_a_release(void)
{
	const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL,
		.released = exit_thread_on_release };
	sessio_host *host = sessio_host_default();

	(void)sessio_host_unwatch(host, watch(host, &options, ignore));
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		{ "ref_a_dead_session", ref_a_dead_session },
		{ "unref_a_dead_session", unref_a_dead_session },
		{ "exit_a_thread_in_a_call", exit_a_thread_in_a_call },
		{ "exit_a_thread_in_a_snapshot", exit_a_thread_in_a_snapshot },
		{ "exit_a_thread_in_a_release", exit_a_thread_in_a_release },
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
