/* SPDX-License-Identifier: MIT */
/* Callbacks of a session that do not return. */
#include <pthread.h>

#include <kos/session.h>

#include "death.h"

static enum { OPEN, CLOSE, COMPLETE, HANDLER } leaves;

static void leave(int here)
{
	if (here == (int)leaves) {
		pthread_exit(NULL);
	}
}

static Retcode on_open(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	(void)object;
	(void)context;
	(void)open_ctx;
	(void)handle_rights;
	leave(OPEN);
	return rcOk;
}

static Retcode on_close(void *object, void *context)
{
	(void)object;
	(void)context;
	leave(CLOSE);
	return rcOk;
}

static void on_complete(void *object, void *context)
{
	(void)object;
	(void)context;
	leave(COMPLETE);
}

static Retcode on_walk(void *object, void *context, void *walk_ctx)
{
	(void)object;
	(void)context;
	(void)walk_ctx;
	leave(HANDLER);
	return rcOk;
}

static void live(void)
{
	static const KosSessionOps ops = { on_open, on_close, on_complete };
	KosObjectType *file_type = NULL;
	KosSessionType *type = NULL;
	void *file = NULL;
	void *context = NULL;

	if (KosCreateObjectType("file", kosSessionBaseObjectType, 8, NULL, NULL, &file_type) ==
			rcOk &&
		KosSessionCreateType(file_type, kosSessionBaseSessionType, &ops, &type) == rcOk &&
		KosCreateObject(file_type, "file", NULL, &file) == rcOk &&
		KosSessionRegisterObject(type, file) == rcOk &&
		KosSessionOpenObject(file, 1, 1, NULL, &context) == rcOk) {
		(void)KosSessionWalk(file, on_walk, NULL);
		(void)KosSessionCloseObject(context);
	}
}

static void leave_open(void)
{
	leaves = OPEN;
	live();
}

static void leave_close(void)
{
	leaves = CLOSE;
	live();
}

static void leave_close_complete(void)
{
	leaves = COMPLETE;
	live();
}

static void leave_handler(void)
{
	leaves = HANDLER;
	live();
}

int main(int argc, char **argv)
{
	static const struct death cases[] = {
		{ "leave_open", leave_open },
		{ "leave_close", leave_close },
		{ "leave_close_complete", leave_close_complete },
		{ "leave_handler", leave_handler },
	};

	return death_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
