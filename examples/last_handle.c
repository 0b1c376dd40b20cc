/* SPDX-License-Identifier: MIT */
/* A session ends with its last handle, unless the provider keeps a reference. Prints both. */
#include <stdio.h>

#include <kos/session.h>
#include <sessio/handle_space.h>

static const char *const keep = "kept";

static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	(void)object;
	*handleRights = SESSIO_HANDLE_TRANSFER;
	if (openCtx == keep) {
		KosRefObject(session); /* IH-9: there is no automatic end while this is held */
	}
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	(void)object, (void)session;
	return printf("closed\n") > 0 ? rcOk : rcFail;
}

/* Opens, sends the handle to a consumer, and lets that close it. */
static void *give_and_close(void *diary, const char *how, sessio_handle_space *consumer)
{
	nk_handle_desc_t sent, received;
	void *session;

	printf("%s: ", how);
	if (KosSessionOpenObject(diary, 0, 0, (void *)(rtl_uintptr_t)how, &session) ||
		KosSessionContextToIpcHandle(session, &sent) ||
		sessio_handle_space_transfer(
			sessio_handle_space_own(), &sent, consumer, &received)) {
		return RTL_NULL;
	}
	(void)sessio_handle_space_close(consumer, received.handle);
	return session; /* gone by now, unless it is kept */
}

int main(void)
{
	const KosSessionOps ops = { on_open, on_close, RTL_NULL };
	sessio_handle_space *consumer;
	KosObjectType *books;
	KosSessionType *type;
	void *diary, *session;

	if (KosCreateObjectType("book", kosSessionBaseObjectType, 0, RTL_NULL, RTL_NULL, &books) ||
		KosSessionCreateType(books, kosSessionBaseSessionType, &ops, &type) ||
		KosCreateObject(books, "diary", RTL_NULL, &diary) ||
		KosSessionRegisterObject(type, diary) || sessio_handle_space_create(&consumer)) {
		return 1;
	}
	(void)give_and_close(diary, "given away", consumer);
	session = give_and_close(diary, keep, consumer);
	printf("open, until its provider closes it: ");
	if (KosSessionCloseObject(session)) {
		return 1;
	}
	KosPutObject(session); /* what on_open took */
	sessio_handle_space_destroy(consumer);
	(void)KosSessionUnregisterObject(diary);
	KosPutObject(diary);
	KosSessionDestroyType(type);
	sessio_object_type_unref(books);
	return 0;
}
