/* SPDX-License-Identifier: MIT */
/* An event and an end of another thread reach the loop's, in order. Prints what the loop hears. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* what uv.h needs in strict C11 */
#endif
#include <stdio.h>
#include <uv.h>

#include <kos/session.h>
#include <sessio/loop.h>

static sessio_loop *deliveries;

static void on_event(const sessio_user_notice *notice, void *ctx)
{
	printf("%s: %s\n", (const char *)ctx, sessio_user_event_name(notice->event));
}

static void on_missed(void *ctx, size_t count)
{
	printf("%s: %u events that there was no memory for\n", (const char *)ctx, (unsigned)count);
}

static void on_end(void *ctx, const sessio_session_end *end)
{
	printf("%s: session ended%s\n", (const char *)ctx, end->reason ? "" : ", refused");
	sessio_loop_stop(deliveries, NULL, NULL);
}

/* Each session is watched from its opening on. */
static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	(void)object, (void)handleRights;
	return sessio_loop_watch_session(deliveries, session, on_end, openCtx, NULL) == SESSIO_OK
		? rcOk
		: rcFail;
}

static Retcode on_close(void *object, void *session)
{
	return object != session ? rcOk : rcFail;
}

static void another_thread(void *diary)
{
	(void)KosSessionUnregisterObject(diary);
}

int main(void)
{
	const KosSessionOps ops = { on_open, on_close, RTL_NULL };
	const sessio_loop_options wishes = { SESSIO_USER_EVENTS_ALL, 0, 0, on_event, on_missed,
		NULL, "user" };
	sessio_loop_watch *watch;
	KosObjectType *books;
	KosSessionType *type;
	void *diary;
	void *session;
	uv_thread_t thread;

	if (sessio_loop_start(uv_default_loop(), &deliveries) ||
		sessio_loop_watch_host(deliveries, sessio_host_default(), &wishes, &watch)) {
		return 1;
	}
	if (KosCreateObjectType("b", kosSessionBaseObjectType, 0, RTL_NULL, RTL_NULL, &books) ||
		KosSessionCreateType(books, kosSessionBaseSessionType, &ops, &type) ||
		KosCreateObject(books, "diary", RTL_NULL, &diary) ||
		KosSessionRegisterObject(type, diary) ||
		sessio_host_observe(sessio_host_default(), 1, SESSIO_USER_EVENT_CREATED, 0) ||
		KosSessionOpenObject(diary, 0, 0, "diary", &session) ||
		uv_thread_create(&thread, another_thread, diary) ||
		uv_run(uv_default_loop(), UV_RUN_DEFAULT) || uv_thread_join(&thread)) {
		return 1;
	}
	KosPutObject(diary);
	KosSessionDestroyType(type);
	sessio_object_type_unref(books);
	return 0;
}
