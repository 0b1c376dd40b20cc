/* SPDX-License-Identifier: MIT */
/*
 * Replays a recording of a driver on real Windows: three sessions, twelve events,
 * with their times. A user takes over a logged-on session by remote desktop and
 * comes back. The driver is driver.c, and its print is below each event. Events
 * that the documents do not have are marked.
 */
#include <stdio.h>
#include <stdlib.h>

#include <ntddk.h>
#include <sessio/host.h>
#include <sessio_nt.h>

DRIVER_INITIALIZE DriverEntry;

/* X was there, logged on at the console, before the driver was loaded. */
enum { X = 1, A = 2, B = 3 };

static const struct step {
	unsigned ms; /* since the driver was loaded */
	uint32_t session;
	sessio_user_event event;
	const char *what;
} trace[] = {
	{ 208156, A, SESSIO_USER_EVENT_CREATED, "a remote client arrives" },
	{ 208348, A, SESSIO_USER_EVENT_CONNECTED, "" },
	{ 208675, X, SESSIO_USER_EVENT_DISCONNECTED, "its user owns X, which leaves the console" },
	{ 208680, A, SESSIO_USER_EVENT_DISCONNECTED, "A gives up its terminal" },
	{ 208690, B, SESSIO_USER_EVENT_CREATED, "B will be the console's logon screen" },
	{ 209152, B, SESSIO_USER_EVENT_CONNECTED, "" },
	{ 209277, X, SESSIO_USER_EVENT_CONNECTED, "X is at the remote terminal" },
	{ 209287, A, SESSIO_USER_EVENT_TERMINATED, "" },
	{ 233444, X, SESSIO_USER_EVENT_DISCONNECTED, "the remote client goes" },
	{ 242166, B, SESSIO_USER_EVENT_DISCONNECTED, "the user is back at the console" },
	{ 242570, X, SESSIO_USER_EVENT_CONNECTED, "" },
	{ 242574, B, SESSIO_USER_EVENT_TERMINATED, "" },
};

static const char *session_name(uint32_t id)
{
	return id == X ? "X" : id == A ? "A" : "B";
}

struct reader {
	const struct step *step;
	unsigned outside;
	unsigned printed;
};

/* Comes after the driver's callback, because it has come after the driver. */
static void on_event(const sessio_user_notice *notice, void *ctx)
{
	struct reader *reader = ctx;

	if ((notice->flags & SESSIO_NOTICE_OUTSIDE) != 0) {
		reader->outside++;
		printf("%14snot documented: %s --%s--> %s\n", "",
			sessio_user_state_name(notice->before),
			sessio_user_event_name(notice->event),
			sessio_user_state_name(notice->state));
	}
}

/* Prints the event, and the driver's own print below it. */
static void on_print(void *ctx, ULONG component, ULONG level, const char *text, size_t length)
{
	struct reader *reader = ctx;
	const struct step *step = reader->step;

	UNREFERENCED_PARAMETER(component);
	UNREFERENCED_PARAMETER(level);
	UNREFERENCED_PARAMETER(length);
	reader->printed++;
	printf("%7u.%03u  %s  %-*s%s\n%14s%s", step->ms / 1000, step->ms % 1000,
		session_name(step->session), *step->what == '\0' ? 0 : 14,
		sessio_user_event_name(step->event), step->what, "", text);
}

static int replay(sessio_host *host, struct reader *reader)
{
	for (size_t i = 0; i < sizeof(trace) / sizeof(trace[0]); i++) {
		reader->step = &trace[i];
		if (sessio_host_observe(host, trace[i].session, trace[i].event, 0) != SESSIO_OK) {
			return 0;
		}
	}
	printf("\n%u events, %u of them not documented.\n", reader->printed, reader->outside);
	return reader->printed == 12 && reader->outside == 2;
}

int main(void)
{
	const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL };
	sessio_host *host = sessio_host_default();
	struct reader reader = { trace, 0, 0 };
	DRIVER_OBJECT driver;
	UNICODE_STRING path = { 0, 0, NULL };
	sessio_watch watch;
	int well;

	sessio_nt_init_driver(&driver, NULL);
	sessio_nt_set_debug_print(on_print, &reader);
	if (host == NULL ||
		sessio_host_adopt(host, X, SESSIO_USER_STATE_LOGGED_ON, 0) != SESSIO_OK ||
		!NT_SUCCESS(DriverEntry(&driver, &path)) ||
		sessio_host_watch(host, &options, on_event, &reader, &watch) != SESSIO_OK) {
		return EXIT_FAILURE;
	}
	printf("%11s  %s  event; below it, what the driver prints\n", "seconds", "S");
	well = replay(host, &reader);
	(void)sessio_host_unwatch(host, watch);
	driver.DriverUnload(&driver);
	return well ? EXIT_SUCCESS : EXIT_FAILURE;
}
