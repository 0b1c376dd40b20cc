/* SPDX-License-Identifier: MIT */
/*
 * A full board is no place for another note. The way out for that case forgets to end
 * the operation, so that the session never ends.
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

static Retcode write_note(void *session, struct board *open)
{
	if (open->notes == 2) {
#if defined(CORRECTED)
		KosSessionPut(session);
#endif
		return rcQuotaExceeded;
	}
	open->notes++;
	KosSessionPut(session);
	return rcOk;
}

Retcode board_write(const nk_handle_desc_t *desc)
{
	void *session, *object;
	Retcode rc = KosSessionIpcHandleToSession(desc, sessions, BOARD_WRITE, &session);

	if (rc == rcOk) {
		rc = KosSessionRef(session, sessions, &object);
	}
	return rc == rcOk ? write_note(session, object) : rc;
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
