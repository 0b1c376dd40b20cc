/* SPDX-License-Identifier: MIT */
#include <stdatomic.h>

#include "subject.h"
#include "subject_type.h"

#define THREADS_MAX 16u

struct subject {
	sessio_host *host;
	bool connected;
	_Atomic unsigned threads; /* that have come to subject_post_own() so far */
	bool own_connected[THREADS_MAX][128]; /* a line each */
};

static void on_event(const sessio_user_notice *notice, void *ctx)
{
	bench_use(notice);
	bench_use(ctx);
}

void *subject_host_create(size_t watchers, bool interested)
{
	struct subject *subject = (struct subject *)bench_alone(sizeof(*subject));
	sessio_watch_options options = { .events = sessio_user_event_bit(
						 SESSIO_USER_EVENT_TERMINATED) };

	if (interested) {
		options.events = SESSIO_USER_EVENTS_ALL;
	}
	subject->host = subject_host();
	for (uint32_t i = 1; i <= THREADS_MAX; i++) {
		bench_require(sessio_host_post(subject->host, SUBJECT_USER + i,
				      SESSIO_USER_EVENT_CREATED, 0, NULL) == SESSIO_OK,
			"no session");
	}
	for (size_t i = 0; i < watchers; i++) {
		sessio_watch watch;

		bench_require(sessio_host_watch(subject->host, &options, on_event, NULL, &watch) ==
				SESSIO_OK,
			"no watcher");
	}
	return subject;
}

void subject_post(void *state, uint64_t n)
{
	struct subject *subject = (struct subject *)state;

	for (uint64_t i = 0; i < n; i++) {
		subject_host_post(subject->host,
			subject->connected ? SESSIO_USER_EVENT_DISCONNECTED
					   : SESSIO_USER_EVENT_CONNECTED);
		subject->connected = !subject->connected;
	}
}

void subject_post_own(void *state, uint64_t n)
{
	struct subject *subject = (struct subject *)state;
	/* All threads that post at once come here once: their numbers differ. */
	unsigned number = atomic_fetch_add(&subject->threads, 1) % THREADS_MAX;
	bool connected = subject->own_connected[number][0];

	for (uint64_t i = 0; i < n; i++) {
		bench_require(sessio_host_post(subject->host, SUBJECT_USER + 1 + number,
				      connected ? SESSIO_USER_EVENT_DISCONNECTED
						: SESSIO_USER_EVENT_CONNECTED,
				      0, NULL) == SESSIO_OK,
			"an event was refused");
		connected = !connected;
	}
	subject->own_connected[number][0] = connected;
}
