/* SPDX-License-Identifier: MIT */
/* A logoff closes what the user had open, and nothing else. Prints what it closes, and who stays. */
#include <stdio.h>

#include <kos/session.h>
#include <sessio/bind.h>

static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	(void)object, (void)session, (void)handleRights;
	return printf("%s opens the diary\n", (const char *)openCtx) > 0 ? rcOk : rcFail;
}

static Retcode on_close(void *object, void *session)
{
	(void)object, (void)session;
	return printf("a session on the diary is closed\n") > 0 ? rcOk : rcFail;
}

/* One session is bound to Anna, the other to nobody; then she logs off. */
static int anna_comes_and_goes(void *diary, sessio_user_session *anna)
{
	const sessio_bind_policy policy = { .on_logoff = SESSIO_BIND_CLOSE };
	sessio_bind *bind;
	void *session;

	if (sessio_bind_create(anna, &policy, &bind) ||
		KosSessionOpenObject(diary, 0, 0, "anna", &session) ||
		sessio_bind_add(bind, session) ||
		KosSessionOpenObject(diary, 0, 0, "the system", &session) ||
		sessio_host_post(sessio_host_default(), 1, SESSIO_USER_EVENT_LOGOFF, 0, NULL)) {
		return 1;
	}
	printf("anna has logged off\n");
	sessio_bind_destroy(bind);
	sessio_user_session_unref(anna);
	return KosSessionCloseObject(session) != rcOk;
}

int main(void)
{
	const KosSessionOps ops = { on_open, on_close, RTL_NULL };
	KosObjectType *books;
	KosSessionType *type;
	sessio_user_session *anna;
	void *diary;

	if (KosCreateObjectType("book", kosSessionBaseObjectType, 0, RTL_NULL, RTL_NULL, &books) ||
		KosSessionCreateType(books, kosSessionBaseSessionType, &ops, &type) ||
		KosCreateObject(books, "diary", RTL_NULL, &diary) ||
		KosSessionRegisterObject(type, diary) ||
		sessio_host_adopt(sessio_host_default(), 1, SESSIO_USER_STATE_LOGGED_ON, 0) ||
		sessio_host_find_session(sessio_host_default(), 1, &anna) ||
		anna_comes_and_goes(diary, anna) || KosSessionUnregisterObject(diary)) {
		return 1;
	}
	KosPutObject(diary);
	KosSessionDestroyType(type);
	sessio_object_type_unref(books);
	return 0;
}
