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
	ended = session->end >= SI_ENDED;
	si_mutex_unlock(lock);
	return ended;
}

static bool object_is_free(void *arg)
{
	struct si_resource *resource = arg;
	struct si_session *session;

	si_mutex_lock(resource->lock);
	for (session = resource->sessions; session != NULL && session->end >= SI_ENDED;) {
		session = session->links.next;
	}
	si_mutex_unlock(resource->lock);
	return session == NULL;
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

	if (sessio_object_inspect(object, &info) == SESSIO_OK && info.opening != 0) {
		si_diag_report(SESSIO_DIAG_TIMEOUT, object, NULL,
			"sessions whose open callback has not returned");
	}
}

sessio_status sessio_session_wait(void *session_context, uint32_t timeout_ms)
{
	struct si_session *session = si_session_of(session_context);

	if (session == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (!si_wait_until(session_has_ended, session, SI_WAIT_MS(timeout_ms))) {
		report_session(session->object, session_context);
		return SESSIO_TIMEOUT;
	}
	return SESSIO_OK;
}

sessio_status sessio_object_drain(void *object, uint32_t timeout_ms)
{
	struct si_resource *resource = si_resource_of(object);

	if (resource == NULL) {
		return SESSIO_INVALID_ARG;
	}
	if (!si_wait_until(object_is_free, resource, SI_WAIT_MS(timeout_ms))) {
		si_walk_all(object, report_session);
		report_opening(object);
		return SESSIO_TIMEOUT;
	}
	return SESSIO_OK;
}
