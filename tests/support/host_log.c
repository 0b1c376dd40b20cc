/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "host_log.h"

#include <stdio.h>
#include <string.h>

static void write_line(struct host_log *log, const char *text)
{
	size_t length = strlen(text);

	assert_true(log->length + length + 2 < sizeof(log->text));
	if (log->length > 0) {
		log->text[log->length++] = ' ';
	}
	memcpy(log->text + log->length, text, length + 1);
	log->length += length;
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
			(notice->flags & SESSIO_NOTICE_SNAPSHOT) != 0 ? "=" : "+",
			notice->event == SESSIO_USER_EVENT_NONE
				? sessio_user_state_name(notice->state)
				: sessio_user_event_name(notice->event));
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
	assert_int_equal(
		sessio_host_watch(host, &options, on_notice, self, &self->watch), SESSIO_OK);
}

void logged_start(struct logged *self, sessio_host *host, struct host_log *log, const char *name)
{
	sessio_watch_options options = { 0 };

	logged_start_with(self, host, log, name, options);
}

void log_expect(struct host_log *log, const char *text)
{
	log->text[log->length] = '\0';
	assert_string_equal(log->text, text);
	log->length = 0;
	log->text[0] = '\0';
}

void post(sessio_host *host, uint32_t id, sessio_user_event event)
{
	assert_int_equal(sessio_host_post(host, id, event, 0, NULL), SESSIO_OK);
}

sessio_host *new_host(void)
{
	sessio_host *host = NULL;

	assert_int_equal(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host), SESSIO_OK);
	return host;
}

void drop(sessio_host *host)
{
	assert_int_equal(sessio_host_destroy(host), SESSIO_OK);
}

void count_calls(const sessio_user_notice *notice, void *ctx)
{
	(void)notice;
	++*(unsigned *)ctx;
}
