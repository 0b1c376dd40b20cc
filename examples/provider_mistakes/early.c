/* SPDX-License-Identifier: MIT */
/*
 * The rights are checked before the operation is counted. Between the two lines another
 * thread may end the session and give its memory away.
 */
#include "board.h"

struct board {
	int notes;
};

static KosObjectType *boards;
static KosSessionType *sessions;
static void *board;

static Retcode on_open(void *object, void *session, void *openCtx, rtl_uint32_t *handleRights)
{
	(void)object, (void)openCtx;
	*handleRights = KosSessionGetOpenRights(session);
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	(void)object, (void)session;
	return rcOk;
}

Retcode board_write(const nk_handle_desc_t *desc)
{
	struct board *open;
	void *session, *object;
	Retcode rc = KosSessionIpcHandleToSession(desc, sessions, 0, &session);

	if (rc != rcOk) {
		return rc;
	}
#if defined(CORRECTED)
	rc = KosSessionRef(session, sessions, &object);
	if (rc != rcOk) {
		return rc;
	}
	if ((KosSessionGetOpenRights(session) & BOARD_WRITE) == 0) {
		KosSessionPut(session);
		return rcNoCapability;
	}
#else
	if ((KosSessionGetOpenRights(session) & BOARD_WRITE) == 0) {
		return rcNoCapability;
	}
	rc = KosSessionRef(session, sessions, &object);
	if (rc != rcOk) {
		return rc;
	}
#endif
	open = object;
	open->notes += open->notes < 2;
	KosSessionPut(session);
	return rcOk;
}

Retcode board_start(void)
{
	const KosSessionOps ops = { on_open, on_close, RTL_NULL };
	Retcode rc = KosCreateObjectType("board", kosSessionBaseObjectType, sizeof(struct board),
		RTL_NULL, RTL_NULL, &boards);

	if (rc == rcOk) {
		rc = KosSessionCreateType(boards, kosSessionBaseSessionType, &ops, &sessions);
	}
	if (rc == rcOk) {
		rc = KosCreateObject(boards, "board", RTL_NULL, &board);
	}
	return rc == rcOk ? KosSessionRegisterObject(sessions, board) : rc;
}

void board_stop(void)
{
	(void)KosSessionUnregisterObject(board);
	KosPutObject(board);
	KosSessionDestroyType(sessions);
	sessio_object_type_unref(boards);
}
