/* SPDX-License-Identifier: MIT */
/* Serves the board. Its requests are in the other source of each provider. */
#include "board.h"

KosSessionType *board_sessions;

static KosObjectType *boards;
static void *board;

static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	(void)object, (void)openCtx;
	*handleRights = KosSessionGetOpenRights(session);
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	(void)object;
	board_forget(session);
	return rcOk;
}

Retcode board_start(void)
{
	const KosSessionOps ops = { on_open, on_close, RTL_NULL };
	Retcode rc = KosCreateObjectType("board", kosSessionBaseObjectType, sizeof(struct board),
		RTL_NULL, RTL_NULL, &boards);

	if (rc == rcOk) {
		rc = KosSessionCreateType(boards, kosSessionBaseSessionType, &ops, &board_sessions);
	}
	if (rc == rcOk) {
		rc = KosCreateObject(boards, "board", RTL_NULL, &board);
	}
	return rc == rcOk ? KosSessionRegisterObject(board_sessions, board) : rc;
}

void board_stop(void)
{
	(void)KosSessionUnregisterObject(board);
	KosPutObject(board);
	KosSessionDestroyType(board_sessions);
	sessio_object_type_unref(boards);
}
