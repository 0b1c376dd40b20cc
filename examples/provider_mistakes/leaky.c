/* SPDX-License-Identifier: MIT */
/*
 * A full board is no place for another note. The way out for that case forgets to end
 * the operation, so that the session never ends.
 */
#include "board.h"

void board_forget(void *session)
{
	(void)session; /* nothing is kept of it */
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
	Retcode rc = KosSessionIpcHandleToSession(desc, board_sessions, BOARD_WRITE, &session);

	if (rc == rcOk) {
		rc = KosSessionRef(session, board_sessions, &object);
	}
	return rc == rcOk ? write_note(session, object) : rc;
}
