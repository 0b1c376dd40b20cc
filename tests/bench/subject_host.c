/* SPDX-License-Identifier: MIT */
#include <sessio/host.h>

#include "subject.h"

#define SESSION 1u

struct subject {
	sessio_host *host;
	bool connected;
};

static void on_event(const sessio_user_notice *notice, void *ctx)
{
	bench_use(notice);
	bench_use(ctx);
}

static void post(struct subject *subject, sessio_user_event event)
{
	bench_require(sessio_host_post(subject->host, SESSION, event, 0, NULL) == SESSIO_OK,
		"an event was refused");
}

void *subject_host_create(size_t watchers, bool interested)
{
	struct subject *subject = (struct subject *)bench_alone(sizeof(*subject));
	sessio_watch_options options = { .events = sessio_user_event_bit(
						 SESSIO_USER_EVENT_TERMINATED) };

	if (interested) {
		options.events = SESSIO_USER_EVENTS_ALL;
	}
	bench_require(sessio_host_create(SESSIO_RULES_DOCUMENTED, &subject->host) == SESSIO_OK,
		"no host");
	for (size_t i = 0; i < watchers; i++) {
		sessio_watch watch;

		bench_require(sessio_host_watch(subject->host, &options, on_event, NULL, &watch) ==
				SESSIO_OK,
			"no watcher");
	}
	post(subject, SESSIO_USER_EVENT_CREATED);
	return subject;
}

void subject_post(void *state, uint64_t n)
{
	struct subject *subject = (struct subject *)state;

	for (uint64_t i = 0; i < n; i++) {
		post(subject,
			subject->connected ? SESSIO_USER_EVENT_DISCONNECTED
					   : SESSIO_USER_EVENT_CONNECTED);
		subject->connected = !subject->connected;
	}
}
