/* SPDX-License-Identifier: MIT */
/* Another project's program: our headers, our library, no more. */
#include <kos/session.h>
#include <rtl/retcode_hr.h>
#include <sessio/wait.h>
#include <stdio.h>

static Retcode on_open(void *object, void *session, void *open_ctx, rtl_uint32_t *rights)
{
	(void)object;
	(void)open_ctx;
	(void)rights;
	KosRefObject(session);
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	(void)object;
	(void)session;
	return rcOk;
}

int main(void)
{
	const KosSessionOps ops = { .open = on_open, .close = on_close };
	KosObjectType *object_type;
	KosSessionType *session_type;
	void *object;
	void *session;
	void *second;
	Retcode busy;
	Retcode again;

	if (KosCreateObjectType("file", kosSessionBaseObjectType, 16, RTL_NULL, RTL_NULL,
		    &object_type) != rcOk ||
		KosCreateObject(object_type, "file", RTL_NULL, &object) != rcOk ||
		KosSessionCreateType(object_type, kosSessionBaseSessionType, &ops, &session_type) !=
			rcOk ||
		KosSessionRegisterObject(session_type, object) != rcOk ||
		KosSessionOpenObject(object, 1, 0, RTL_NULL, &session) != rcOk) {
		return 1;
	}
	busy = KosSessionOpenObject(object, 1, 1, RTL_NULL, &second);
	if (KosSessionCloseObject(session) != rcOk ||
		sessio_session_wait(session, SESSIO_FOREVER) != SESSIO_OK) {
		return 1;
	}
	KosPutObject(session);
	again = KosSessionOpenObject(object, 1, 1, RTL_NULL, &second);
	if (again == rcOk) {
		KosPutObject(second);
	}
	printf("%s while it is open, %s afterwards\n", sessio_retcode_name(busy),
		sessio_retcode_name(again));
	(void)KosSessionUnregisterObject(object);
	KosSessionDestroyType(session_type);
	KosPutObject(object);
	sessio_object_type_unref(object_type);
	return 0;
}
