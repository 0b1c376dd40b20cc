/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "host_log.h"
#include "inside.h"

#include <stdio.h>
#include <string.h>

#include "user/host.h"

static void write_line(struct host_log *log, const char *text)
{
	size_t length = strlen(text);

	if (!note_that(log->length + length + 2 < sizeof(log->text))) {
		return;
	}
	if (log->length > 0) {
		log->text[log->length++] = ' ';
	}
	memcpy(log->text + log->length, text, length + 1);
	log->length += length;
}

static const char *name_of(const sessio_user_notice *notice)
{
	if (notice->remark != SESSIO_USER_REMARK_NONE) {
		return sessio_user_remark_name(notice->remark);
	}
	return notice->event == SESSIO_USER_EVENT_NONE ? sessio_user_state_name(notice->state)
						       : sessio_user_event_name(notice->event);
}

static void on_notice(const sessio_user_notice *notice, void *ctx)
{
	struct logged *self = ctx;
	char line[64];

	self->calls++;
	self->last = *notice;
	if (self->log != NULL) {
		(void)snprintf(line, sizeof(line), "%s:%u%s%s", self->name,
			(unsigned)notice->session_id,
			(notice->flags & SESSIO_NOTICE_SNAPSHOT) != 0 ? "=" : "+", name_of(notice));
		write_line(self->log, line);
	}
	if (self->act != NULL) {
		self->act(self, notice);
	}
}

static void on_released(void *ctx)
{
	struct logged *self = ctx;
	char line[64];

	self->releases++;
	if (self->log != NULL) {
		(void)snprintf(line, sizeof(line), "%s.", self->name);
		write_line(self->log, line);
	}
}

void logged_start_with(struct logged *self, sessio_host *host, struct host_log *log,
	const char *name, sessio_watch_options options)
{
	self->log = log;
	self->name = name;
	self->host = host;
	self->calls = 0;
	self->releases = 0;
	options.released = on_released;
	if (options.events == 0) {
		options.events = ALL_EVENTS;
	}
	note_that(sessio_host_watch(host, &options, on_notice, self, &self->watch) == SESSIO_OK);
}

void logged_start(struct logged *self, sessio_host *host, struct host_log *log, const char *name)
{
	sessio_watch_options options = { 0 };

	logged_start_with(self, host, log, name, options);
}

void log_expect(struct host_log *log, const char *text)
{
	char found[sizeof(log->text)];

	log->text[log->length] = '\0';
	memcpy(found, log->text, log->length + 1);
	log->length = 0;
	log->text[0] = '\0';
	notes_assert();
	assert_string_equal(found, text);
}

void post(sessio_host *host, uint32_t id, sessio_user_event event)
{
	note_that(sessio_host_post(host, id, event, 0, NULL) == SESSIO_OK);
}

sessio_host *new_host(void)
{
	sessio_host *host = NULL;

	assert_int_equal(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host), SESSIO_OK);
	return host;
}

void set_last_watch(sessio_host *host, sessio_watch number)
{
	si_mutex_lock(&host->lock);
	host->last_watch = number;
	si_mutex_unlock(&host->lock);
}

void drop(sessio_host *host)
{
	notes_assert();
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
	notes_assert();
}

void count_calls(const sessio_user_notice *notice, void *ctx)
{
	(void)notice;
	++*(unsigned *)ctx;
}
