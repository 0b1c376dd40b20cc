/* SPDX-License-Identifier: MIT */
/*
 * The sessions of Windows in user mode: the meaning of each code, the list of sessions,
 * and the calls of the system behind one table.
 *
 * (windows_sessions-1) A session whose first code comes is adopted in the state that the
 *      code leaves. Its creation may have been before the source's.
 * (windows_sessions-2) The list is taken after the subscription, so both may show the
 *      same change. A code that leads to the state in hand is not reported.
 * (windows_sessions-3) Windows reserves the codes of creation and termination, and need
 *      not send them. A session that has left the list has been terminated.
 *
 * A mirror is used by one thread at a time.
 */
#ifndef SI_WINDOWS_SESSIONS_H
#define SI_WINDOWS_SESSIONS_H

#include "source/source.h"

/* WTS_ codes: wParam of WM_WTSSESSION_CHANGE, dwEventType of a service's handler. */
enum si_windows_code {
	SI_WINDOWS_CONSOLE_CONNECT = 1,
	SI_WINDOWS_CONSOLE_DISCONNECT = 2,
	SI_WINDOWS_REMOTE_CONNECT = 3,
	SI_WINDOWS_REMOTE_DISCONNECT = 4,
	SI_WINDOWS_LOGON = 5,
	SI_WINDOWS_LOGOFF = 6,
	SI_WINDOWS_LOCK = 7,
	SI_WINDOWS_UNLOCK = 8,
	SI_WINDOWS_REMOTE_CONTROL = 9,
	SI_WINDOWS_CREATE = 10,
	SI_WINDOWS_TERMINATE = 11,
	SI_WINDOWS_CODES
};

/* Of a session in the list, in the order of WTS_CONNECTSTATE_CLASS. */
enum si_windows_connect_state {
	SI_WINDOWS_ACTIVE,
	SI_WINDOWS_CONNECTED,
	SI_WINDOWS_CONNECT_QUERY,
	SI_WINDOWS_SHADOW,
	SI_WINDOWS_DISCONNECTED,
	SI_WINDOWS_IDLE,
	SI_WINDOWS_LISTEN,
	SI_WINDOWS_RESET,
	SI_WINDOWS_DOWN,
	SI_WINDOWS_INIT
};

/* The subscription's error while the terminal services are not ready: RPC_S_INVALID_BINDING. */
#define SI_WINDOWS_NOT_READY 1702u

struct si_windows_session {
	uint32_t id;
	unsigned connect_state; /* enum si_windows_connect_state, or what a later Windows has */
	bool has_user;
	bool remote;
};

typedef void si_windows_each_fn(void *ctx, const struct si_windows_session *session);

/* The calls of the system, which tests play. */
struct si_windows_api {
	/* Tells a window of all sessions' changes; 0, or the system's error. */
	uint32_t (*subscribe)(void *window);
	void (*unsubscribe)(void *window); /* once for each subscription, before the window goes */

	/* Passes every session that there is; false: the system does not say. */
	bool (*list)(si_windows_each_fn *each, void *ctx);
};

/* The system's own; NULL where there is no Windows. */
extern const struct si_windows_api *const si_windows_system;

/* Puts other calls in the system's place for sources that are opened from now on; NULL: its own. */
void si_windows_set_api(const struct si_windows_api *api);
const struct si_windows_api *si_windows_api(void);

/* A session that the mirror has reported. */
struct si_windows_known {
	uint32_t id;
	bool listed; /* for si_windows_look() */
};

struct si_windows_mirror {
	sessio_source *source;
	const struct si_windows_api *api;
	struct si_windows_known *known;
	size_t count;
	size_t room;
	bool owes_look; /* the list has not been taken, or only in part */
};

void si_windows_mirror_init(struct si_windows_mirror *mirror, sessio_source *source);
void si_windows_mirror_fini(struct si_windows_mirror *mirror);

/*
 * Adopts the sessions that there are, and reports the end of those that have left the list.
 * SESSIO_OK, also if the system does not say; SESSIO_NO_MEMORY, SESSIO_BAD_STATE.
 */
SESSIO_MUST_CHECK
sessio_status si_windows_look(struct si_windows_mirror *mirror);

/* Reports what a code says. SESSIO_OK, also for codes that are unknown; else as a report. */
SESSIO_MUST_CHECK
sessio_status si_windows_hear(struct si_windows_mirror *mirror, uint32_t code, uint32_t session_id);

/*
 * Whether to look after this code. A session may have ended by it without a code that says so,
 * or an earlier look found the terminal services not ready.
 */
bool si_windows_should_look(const struct si_windows_mirror *mirror, uint32_t code);

extern const struct si_source_ops si_source_windows_service;

#endif /* SI_WINDOWS_SESSIONS_H */
