/* SPDX-License-Identifier: MIT */
/* One object, one session, one operation. Prints what the share rule says to a second opener. */
#include <stdio.h>

#include <kos/session.h>
#include <rtl/retcode_hr.h>

enum { CAN_READ = 1, CAN_WRITE = 2 };

static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	(void)session, (void)openCtx, (void)handleRights;
	printf("open \"%s\"\n", sessio_object_name(object));
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	(void)session;
	printf("close \"%s\"\n", sessio_object_name(object));
	return rcOk;
}

static Retcode use(void *lamp, KosSessionType *sessions)
{
	void *mine, *another, *object;
	Retcode rc = KosSessionOpenObject(lamp, CAN_READ | CAN_WRITE, CAN_READ, RTL_NULL, &mine);

	if (rc != rcOk) {
		return rc;
	}
	if (KosSessionRef(mine, sessions, &object) == rcOk) { /* an operation begins */
		printf("switch \"%s\"\n", sessio_object_name(object));
		KosSessionPut(mine); /* and ends */
	}
	rc = KosSessionOpenObject(lamp, CAN_WRITE, CAN_READ | CAN_WRITE, RTL_NULL, &another);
	printf("a second writer: " RETCODE_HR_FMT "\n", RETCODE_HR_PARAMS(rc));
	return KosSessionCloseObject(mine);
}

int main(void)
{
	const KosSessionOps ops = { on_open, on_close, RTL_NULL };
	KosObjectType *lamps;
	KosSessionType *sessions;
	void *lamp;

	if (KosCreateObjectType("lamp", kosSessionBaseObjectType, 0, RTL_NULL, RTL_NULL, &lamps) ||
		KosSessionCreateType(lamps, kosSessionBaseSessionType, &ops, &sessions) ||
		KosCreateObject(lamps, "hall", RTL_NULL, &lamp) ||
		KosSessionRegisterObject(sessions, lamp) || use(lamp, sessions) ||
		KosSessionUnregisterObject(lamp)) {
		return 1;
	}
	KosPutObject(lamp);
	KosSessionDestroyType(sessions);
	sessio_object_type_unref(lamps);
	return 0;
}
