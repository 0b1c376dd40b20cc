/* SPDX-License-Identifier: MIT */
/* A policy callback that does not return. */
#include <stdlib.h>

#include <pthread.h>

#include <kos/session.h>
#include <sessio/bind.h>

#include "death.h"

static sessio_bind *new_bind(const sessio_bind_policy *policy)
{
	sessio_host *host = sessio_host_default();
	sessio_user_session *user;
	sessio_bind *bind;

	if (sessio_host_adopt(host, 1, SESSIO_USER_STATE_LOGGED_ON, 0) != SESSIO_OK ||
		sessio_host_find_session(host, 1, &user) != SESSIO_OK ||
		sessio_bind_create(user, policy, &bind) != SESSIO_OK) {
		exit(2);
	}
	return bind;
}

static Retcode open_it(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	(void)object;
	(void)context;
	(void)open_ctx;
	(void)handle_rights;
	return rcOk;
}

static Retcode close_it(void *object, void *context)
{
	(void)object;
	(void)context;
	return rcOk;
}

static void exit_thread(
	void *ctx, sessio_bind *bind, void *context, const sessio_user_notice *notice)
{
	(void)ctx;
	(void)bind;
	(void)context;
	(void)notice;
	pthread_exit(NULL);
}

static void leave_a_policy_callback_by_thread_exit(void)
{
	static const sessio_bind_policy policy = { .on_logoff = SESSIO_BIND_CALL,
		.fn = exit_thread };
	static const KosSessionOps ops = { open_it, close_it, RTL_NULL };
	sessio_bind *bind = new_bind(&policy);
	KosObjectType *books;
	KosSessionType *type;
	void *diary;
	void *session;

	if (KosCreateObjectType("book", kosSessionBaseObjectType, 0, RTL_NULL, RTL_NULL, &books) ==
			rcOk &&
		KosSessionCreateType(books, kosSessionBaseSessionType, &ops, &type) == rcOk &&
		KosCreateObject(books, "diary", RTL_NULL, &diary) == rcOk &&
		KosSessionRegisterObject(type, diary) == rcOk &&
		KosSessionOpenObject(diary, 0, 0, RTL_NULL, &session) == rcOk &&
		sessio_bind_add(bind, session) == SESSIO_OK) {
		exit(sessio_host_post(sessio_host_default(), 1, SESSIO_USER_EVENT_LOGOFF, 0,
			     NULL) != SESSIO_OK);
	}
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		{ "leave_by_thread_exit", leave_a_policy_callback_by_thread_exit },
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
