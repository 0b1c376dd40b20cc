/* SPDX-License-Identifier: MIT */
/*
 * The rights are checked before the operation is counted. Between the two lines another
 * thread may end the session and give its memory away.
 */
#include "board.h"

void board_forget(void *session)
{
	(void)session; /* nothing is kept of it */
}

Retcode board_write(const nk_handle_desc_t *desc)
{
	struct board *open;
	void *session, *object;
	Retcode rc = KosSessionIpcHandleToSession(desc, board_sessions, 0, &session);

	if (rc != rcOk) {
		return rc;
	}
#if defined(CORRECTED)
	rc = KosSessionRef(session, board_sessions, &object);
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
	rc = KosSessionRef(session, board_sessions, &object);
	if (rc != rcOk) {
		return rc;
	}
#endif
	open = object;
	open->notes += open->notes < 2;
	KosSessionPut(session);
	return rcOk;
}
