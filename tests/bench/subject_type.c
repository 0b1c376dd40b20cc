/* SPDX-License-Identifier: MIT */
#include "subject_type.h"

#include <sessio/handle_space.h>

char subject_keeps[1];

static KosObjectType *object_type;
static KosSessionType *session_type;

static Retcode on_open(void *object, void *session, void *arg, rtl_uint32_t *rights)
{
	bench_use(object);
	if (arg == subject_keeps) {
		KosRefObject(session);
	}
	*rights = SUBJECT_READ | SESSIO_HANDLE_TRANSFER;
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	bench_use(object);
	bench_use(session);
	return rcOk;
}

KosSessionType *subject_session_type(void)
{
	static const KosSessionOps ops = { .open = on_open, .close = on_close };
	KosObjectType *context_type;

	if (session_type != NULL) {
		return session_type;
	}
	bench_require(KosCreateObjectType("bench", kosSessionBaseObjectType, SUBJECT_PAYLOAD, NULL,
			      NULL, &object_type) == rcOk,
		"no object type");
	bench_require(KosCreateObjectType("bench session", kosSessionBaseSessionType,
			      SUBJECT_PAYLOAD, NULL, NULL, &context_type) == rcOk,
		"no context type");
	bench_require(KosSessionCreateType(object_type, context_type, &ops, &session_type) == rcOk,
		"no session type");
	sessio_object_type_unref(context_type);
	return session_type;
}

void *subject_registered_object(void)
{
	KosSessionType *type = subject_session_type();
	void *object;

	bench_require(KosCreateObject(object_type, NULL, NULL, &object) == rcOk, "no object");
	bench_require(KosSessionRegisterObject(type, object) == rcOk, "not registered");
	return object;
}

sessio_host *subject_host(void)
{
	sessio_host *host;

	bench_require(sessio_host_create(SESSIO_RULES_DOCUMENTED, &host) == SESSIO_OK, "no host");
	subject_host_post(host, SESSIO_USER_EVENT_CREATED);
	return host;
}
