/* SPDX-License-Identifier: MIT */
/* A closed session waits for its operation. Prints what the sink reports, and how it ends. */
#include <stdio.h>

#include <kos/session.h>
#include <sessio/diag.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	(void)object, (void)session, (void)openCtx, (void)handleRights;
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	(void)object, (void)session;
	return rcOk;
}

static void on_report(
	void *ctx, sessio_diag_kind kind, const void *lamp, const void *use, const char *text)
{
	(void)ctx, (void)use, (void)text;
	printf("%s: \"%s\"\n", sessio_diag_kind_name(kind), sessio_object_name(lamp));
}

static int close_and_wait(void *session)
{
	sessio_session_info info;

	if (KosSessionRef(session, RTL_NULL, RTL_NULL) || KosSessionCloseObject(session) ||
		sessio_session_inspect(session, &info)) {
		return 1;
	}
	printf("active operations: %u\n", (unsigned)info.operations);
	if (sessio_session_wait(session, 1) != SESSIO_TIMEOUT) {
		return 1;
	}
	/* The operation ends, and the session with it. */
	KosSessionPut(session);
	return sessio_session_wait(session, SESSIO_FOREVER) != SESSIO_OK;
}

int main(void)
{
	const KosSessionOps ops = { on_open, on_close, RTL_NULL };
	KosObjectType *lamps;
	KosSessionType *sessions;
	void *lamp, *session;

	sessio_diag_set_sink(on_report, NULL);
	if (KosCreateObjectType("lamp", kosSessionBaseObjectType, 0, RTL_NULL, RTL_NULL, &lamps) ||
		KosSessionCreateType(lamps, kosSessionBaseSessionType, &ops, &sessions) ||
		KosCreateObject(lamps, "hall", RTL_NULL, &lamp) ||
		KosSessionRegisterObject(sessions, lamp) ||
		KosSessionOpenObject(lamp, 1, 0, RTL_NULL, &session)) {
		return 1;
	}
	KosRefObject(session); /* to wait for it */
	if (close_and_wait(session) || KosSessionUnregisterObject(lamp) ||
		sessio_object_drain(lamp, SESSIO_FOREVER)) {
		return 1;
	}
	printf("ended\n");
	KosPutObject(session);
	KosPutObject(lamp);
	KosSessionDestroyType(sessions);
	sessio_object_type_unref(lamps);
	return 0;
}
