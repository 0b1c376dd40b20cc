/* SPDX-License-Identifier: MIT */
/*
 * A board that remembers the session of the last note, and forgets it when that session is
 * closed. One thread at a time sees no mistake. But a thread may have read the pointer
 * just before another thread closes the session, and use it afterwards.
 */
#include <stdatomic.h>

#include "hurried.h"

static _Atomic(void *) last; /* the session of the last note; CORRECTED: with a reference */

static void remember(void *session)
{
#if defined(CORRECTED)
	KosRefObject(session);
	KosPutObject(atomic_exchange(&last, session));
#else
	atomic_store(&last, session);
#endif
}

void board_forget(void *session)
{
	void *mine = session;

	if (atomic_compare_exchange_strong(&last, &mine, RTL_NULL)) {
#if defined(CORRECTED)
		KosPutObject(session);
#endif
	}
}

static Retcode write_note(void *session)
{
	void *open;
	Retcode rc = KosSessionRef(session, board_sessions, &open);

	if (rc == rcOk) {
		((struct board *)open)->notes++;
		remember(session);
		KosSessionPut(session);
	}
	return rc;
}

Retcode board_write(const nk_handle_desc_t *desc)
{
	void *session;
	Retcode rc = KosSessionIpcHandleToSession(desc, board_sessions, BOARD_WRITE, &session);

	return rc == rcOk ? write_note(session) : rc;
}

Retcode board_repeat(void)
{
	Retcode rc;
#if defined(CORRECTED)
	void *session = atomic_exchange(&last, RTL_NULL); /* the reference is ours now */
#else
	void *session = atomic_load(&last);
#endif

	if (session == RTL_NULL) {
		return rcResourceNotFound;
	}
	rc = write_note(session);
#if defined(CORRECTED)
	KosPutObject(session);
#endif
	return rc;
}
