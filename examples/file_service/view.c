/* SPDX-License-Identifier: MIT */
/* The open files: their holders, with which rights, since when, doing what. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessio/inspect.h>

#include "service.h"

/* Less than a frame; sessions beyond that are counted and not listed. */
#define VIEW_BYTES (60u * 1024u)

struct view {
	uint32_t sessions;
	uint32_t operations;
	size_t at;
	char lines[VIEW_BYTES];
};

static const char *letters(unsigned rights)
{
	static const char *const all[] = { "-", "r", "w", "rw" };

	return all[rights & (FILE_READ | FILE_WRITE)];
}

static const char *phase_name(sessio_session_phase phase)
{
	switch (phase) {
	case SESSIO_SESSION_OPENING:
		return "opening";
	case SESSIO_SESSION_OPEN:
		return "open";
	case SESSIO_SESSION_ENDING:
	case SESSIO_SESSION_COMPLETING:
		return "ending";
	case SESSIO_SESSION_ENDED:
		break;
	}
	return "ended";
}

/* "reads, awaits" and how many at a time, if it is more than one of a kind. */
static void write_doing(struct file_session *context, char *text, size_t room)
{
	static const struct {
		unsigned operation;
		const char *name;
	} kinds[] = { { FILES_READ, "reads" }, { FILES_AWAIT, "awaits" },
		{ FILES_WRITE, "writes" } };
	size_t at = 0;

	(void)snprintf(text, room, "-");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		unsigned count = atomic_load(&context->doing[kinds[i].operation]);

		if (count != 0 && at < room) {
			at += (size_t)snprintf(
				text + at, room - at, "%s%s", at == 0 ? "" : ", ", kinds[i].name);
		}
		if (count > 1 && at < room) {
			at += (size_t)snprintf(text + at, room - at, " x%u", count);
		}
	}
}

static Retcode add_session(void *object, void *session, void *walkCtx)
{
	struct view *view = walkCtx;
	struct file_session *context = session;
	const struct consumer *opener = &context->opener;
	sessio_session_info info;
	char doing[64];
	int size;

	if (sessio_session_inspect(session, &info) != SESSIO_OK) {
		return rcOk;
	}
	view->sessions++;
	view->operations += (uint32_t)info.operations;
	write_doing(context, doing, sizeof(doing));
	size = snprintf(view->lines + view->at, sizeof(view->lines) - view->at,
		"%s\t%u\t%u\t%u\t%s\t%s\t%s\t%llu\t%s\t%s\n", sessio_object_name(object),
		(unsigned)opener->connection, (unsigned)opener->peer.pid,
		(unsigned)opener->peer.uid, *opener->user == '\0' ? "-" : opener->user,
		letters(info.required_rights), letters(info.share_mode),
		(unsigned long long)info.opened_ms, phase_name(info.phase), doing);
	if (size > 0 && (size_t)size < sizeof(view->lines) - view->at) {
		view->at += (size_t)size;
	}
	return rcOk;
}

/* The answer to a FILES_WATCH; NULL without memory. */
static unsigned char *make_answer(struct service *service, size_t *out_size)
{
	struct view *view = calloc(1, sizeof(*view));
	unsigned char *answer = malloc(sizeof(view->lines) + 128);
	unsigned files = 0;
	size_t at;

	for (size_t i = 0; i < service->file_count && view != NULL; i++) {
		files += KosSessionWalk(service->files[i], add_session, view) == rcOk;
	}
	if (view == NULL || answer == NULL) {
		free(view);
		free(answer);
		return NULL;
	}
	files_put32(answer, service->version);
	at = 4 +
		(size_t)snprintf((char *)answer + 4, 124, "%u\t%u\t%u\t%u\n", files,
			(unsigned)view->sessions, (unsigned)view->operations,
			(unsigned)service->connections);
	memcpy(answer + at, view->lines, view->at);
	*out_size = at + view->at;
	free(view);
	return answer;
}

static void answer_one(struct service *service, sessio_request *request)
{
	size_t size = 0;
	unsigned char *answer = make_answer(service, &size);

	(void)sessio_request_reply(
		request, answer == NULL ? SESSIO_NO_MEMORY : 0, answer, size, NULL, 0);
	free(answer);
}

void view_changed(struct service *service)
{
	(void)uv_async_send(&service->changed);
}

void view_answer(struct service *service)
{
	struct watcher *first = service->watchers;

	service->version++;
	service->watchers = NULL;
	while (first != NULL) {
		struct watcher *watcher = first;

		first = watcher->next;
		sessio_request_on_cancel(watcher->request, NULL, NULL);
		answer_one(service, watcher->request);
		free(watcher);
	}
}

static void cancel(void *ctx, sessio_request *request)
{
	struct watcher *watcher = ctx;
	struct watcher **at = &watcher->service->watchers;

	while (*at != watcher) {
		at = &(*at)->next;
	}
	*at = watcher->next;
	free(watcher);
	(void)sessio_request_reply(request, FILES_CANCELLED, NULL, 0, NULL, 0);
}

void view_begin(struct service *service, sessio_request *request)
{
	struct watcher *watcher;
	size_t size;
	const unsigned char *bytes = sessio_request_bytes(request, &size);

	if (size != 4) {
		(void)sessio_request_reply(request, SESSIO_INVALID_ARG, NULL, 0, NULL, 0);
		return;
	}
	if (files_get32(bytes) != service->version) {
		answer_one(service, request);
		return;
	}
	watcher = malloc(sizeof(*watcher));
	if (watcher == NULL) {
		(void)sessio_request_reply(request, SESSIO_NO_MEMORY, NULL, 0, NULL, 0);
		return;
	}
	*watcher = (struct watcher){ service->watchers, service, request };
	service->watchers = watcher;
	sessio_request_on_cancel(request, cancel, watcher);
}
