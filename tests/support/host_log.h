/* SPDX-License-Identifier: MIT */
/* Watchers that write down their calls, and may do something in them. */
#ifndef SESSIO_TESTS_HOST_LOG_H
#define SESSIO_TESTS_HOST_LOG_H

#include <sessio/host.h>

/*
 * In a callback these functions record failures, as note_that() does. The next
 * log_expect() or drop() then fails the test.
 */

/* The calls: watcher, session and event, such as "a:1+Created a:1+Logon a.", "." being the release. */
struct host_log {
	char text[4096];
	size_t length;
};

struct logged;

typedef void logged_fn(struct logged *self, const sessio_user_notice *notice);

struct logged {
	struct host_log *log; /* may be NULL */
	const char *name;
	logged_fn *act; /* called after the line is written; may be NULL */
	void *more; /* for act */
	sessio_host *host;
	sessio_watch watch;
	unsigned calls;
	unsigned releases;
	sessio_user_notice last;
};

#define STATE(name) SESSIO_USER_STATE_##name
#define EVENT(name) SESSIO_USER_EVENT_##name
#define ALL_EVENTS SESSIO_USER_EVENTS_ALL

/* Watches everything unless options say otherwise; fails the test if refused. */
void logged_start(struct logged *self, sessio_host *host, struct host_log *log, const char *name);
void logged_start_with(struct logged *self, sessio_host *host, struct host_log *log,
	const char *name, sessio_watch_options options);

/* Checks what was written since the last time, and starts again. */
void log_expect(struct host_log *log, const char *text);

/* Posts an event that must be accepted. */
void post(sessio_host *host, uint32_t id, sessio_user_event event);

/* A host with documented rules. */
sessio_host *new_host(void);

/* The host's next watcher gets the next number, as if all others had come and gone. */
void set_last_watch(sessio_host *host, sessio_watch number);

/* Destroys a host, which must be allowed. */
void drop(sessio_host *host);

/* For a watcher that is only counted: ctx is an unsigned. */
void count_calls(const sessio_user_notice *notice, void *ctx);

#endif /* SESSIO_TESTS_HOST_LOG_H */
