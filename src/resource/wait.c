/* SPDX-License-Identifier: MIT */
/* Waiting for sessions to end. */
#include <sessio/wait.h>

#include <sessio/inspect.h>

#include "base/diag.h"
#include "base/waiting.h"
#include "resource/walk.h"

static bool session_has_ended(void *arg)
{
	struct si_session *session = arg;
	si_mutex *lock = si_resource_of(session->object)->lock;
	bool ended;

	si_mutex_lock(lock);
	ended = atomic_load_explicit(&session->end, memory_order_relaxed) >= SI_PINNED;
	si_mutex_unlock(lock);
	return ended;
}

static bool object_has_no_session(void *arg)
{
	struct si_resource *resource = arg;
	bool is_empty;

	si_mutex_lock(resource->lock);
	is_empty = si_stack_is_empty(&resource->sessions);
	si_mutex_unlock(resource->lock);
	return is_empty;
}

static void report_session(void *object, void *context)
{
	char text[512];

	(void)sessio_session_describe(context, text, sizeof(text));
	si_diag_report(SESSIO_DIAG_TIMEOUT, object, context, text);
}

/* A walk leaves out the sessions that are opening (session-5). */
static void report_opening(void *object)
{
	sessio_object_info info;
	char line[300];
	struct si_text text = si_text_start(line, sizeof(line));

	if (sessio_object_inspect(object, &info) != SESSIO_OK || info.opening == 0) {
		return;
	}
	si_text_put_number(&text, info.opening);
	si_text_put(&text, info.opening == 1 ? " session" : " sessions");
	si_text_put(&text, " on ");
	si_diag_put_object(&text, object);
	si_text_put(&text, " whose open callback has not returned");
	si_diag_report(SESSIO_DIAG_TIMEOUT, object, NULL, line);
}

sessio_status sessio_session_wait(void *session_context, uint32_t timeout_ms)
{
	struct si_session *session = si_session_of(session_context);

	if (session == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (si_wait_until(session_has_ended, session, SI_WAIT_MS(timeout_ms))) {
		return SESSIO_OK;
	}
	if (timeout_ms != 0) {
		report_session(session->object, session_context);
	}
	return SESSIO_TIMEOUT;
}

sessio_status sessio_object_drain(void *object, uint32_t timeout_ms)
{
	struct si_resource *resource = si_resource_of(object);

	if (resource == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (si_wait_until(object_has_no_session, resource, SI_WAIT_MS(timeout_ms))) {
		return SESSIO_OK;
	}
	if (timeout_ms != 0) {
		si_walk_visit(object, report_session);
		report_opening(object);
	}
	return SESSIO_TIMEOUT;
}
