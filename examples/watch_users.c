/* SPDX-License-Identifier: MIT */
/* A host and a watcher of two events. Prints what the watcher hears, and what the rules refuse. */
#include <stdio.h>

#include <sessio/host.h>
#include <sessio/source.h>

static void on_event(const sessio_user_notice *notice, void *ctx)
{
	(void)ctx;
	printf("session %u: %s, now %s\n", (unsigned)notice->session_id,
		sessio_user_event_name(notice->event), sessio_user_state_name(notice->state));
}

static sessio_status anna_comes(sessio_host *host)
{
	static const sessio_user_event events[] = { SESSIO_USER_EVENT_CREATED,
		SESSIO_USER_EVENT_CONNECTED, SESSIO_USER_EVENT_LOGON };
	sessio_user_session *anna;
	sessio_status status = SESSIO_OK;

	for (int i = 0; status == SESSIO_OK && i < 3; i++) {
		status = sessio_host_post(host, 1, events[i], 0, NULL);
	}
	if (status == SESSIO_OK) {
		status = sessio_host_find_session(host, 1, &anna);
	}
	if (status == SESSIO_OK) {
		printf("found: %s\n", sessio_user_state_name(sessio_user_session_state(anna)));
		sessio_user_session_unref(anna);
	}
	return status;
}

int main(void)
{
	const sessio_watch_options options = {
		.events = sessio_user_event_bit(SESSIO_USER_EVENT_CREATED) |
			sessio_user_event_bit(SESSIO_USER_EVENT_LOGON),
	};
	sessio_refusal refusal;
	sessio_source *source;
	sessio_watch watch;
	sessio_host *host;
	char text[200];

	if (sessio_host_create(sessio_source_rules("manual"), &host) ||
		sessio_source_open("manual", host, &source) ||
		sessio_host_watch(host, &options, on_event, NULL, &watch) || anna_comes(host)) {
		return 1;
	}
	if (sessio_host_post(host, 1, SESSIO_USER_EVENT_CREATED, 0, &refusal) != SESSIO_OK &&
		sessio_refusal_text(&refusal, text, sizeof(text)) < sizeof(text)) {
		printf("%s\n", text);
	}
	return sessio_host_unwatch(host, watch) || sessio_source_close(source) ||
		sessio_host_destroy(host);
}
