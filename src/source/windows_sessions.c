/* SPDX-License-Identifier: MIT */
#include "source/windows_sessions.h"

#include <stdatomic.h>
#include <string.h>

static _Atomic(const struct si_windows_api *) other_api;

void si_windows_set_api(const struct si_windows_api *api)
{
	/* Release: the table, whole. */
	atomic_store_explicit(&other_api, api, memory_order_release);
}

const struct si_windows_api *si_windows_api(void)
{
	const struct si_windows_api *api = atomic_load_explicit(&other_api, memory_order_acquire);

	return api != NULL ? api : si_windows_system;
}

/* Of a code, with the state of a session before its first one (windows_sessions-1). */
struct meaning {
	sessio_user_event event;
	sessio_user_remark remark;
	sessio_user_state before;
	bool remote;
};

#define EVENT(name) SESSIO_USER_EVENT_##name, SESSIO_USER_REMARK_NONE
#define REMARK(name) SESSIO_USER_EVENT_NONE, SESSIO_USER_REMARK_##name
#define FROM(name) SESSIO_USER_STATE_##name

static const struct meaning meanings[SI_WINDOWS_CODES] = {
	[SI_WINDOWS_CONSOLE_CONNECT] = { EVENT(CONNECTED), FROM(CREATED), false },
	[SI_WINDOWS_CONSOLE_DISCONNECT] = { EVENT(DISCONNECTED), FROM(CONNECTED), false },
	[SI_WINDOWS_REMOTE_CONNECT] = { EVENT(CONNECTED), FROM(CREATED), true },
	[SI_WINDOWS_REMOTE_DISCONNECT] = { EVENT(DISCONNECTED), FROM(CONNECTED), true },
	[SI_WINDOWS_LOGON] = { EVENT(LOGON), FROM(CONNECTED), false },
	[SI_WINDOWS_LOGOFF] = { EVENT(LOGOFF), FROM(LOGGED_ON), false },
	[SI_WINDOWS_LOCK] = { REMARK(LOCKED), FROM(LOGGED_ON), false },
	[SI_WINDOWS_UNLOCK] = { REMARK(UNLOCKED), FROM(LOGGED_ON), false },
	[SI_WINDOWS_REMOTE_CONTROL] = { REMARK(REMOTE_CONTROL), FROM(LOGGED_ON), false },
	[SI_WINDOWS_CREATE] = { EVENT(CREATED), FROM(INITIALIZED), false },
	[SI_WINDOWS_TERMINATE] = { EVENT(TERMINATED), FROM(DISCONNECTED), false },
};

/* SESSIO_USER_STATE_NONE: no session, but a listener or one that is not in use. */
static sessio_user_state state_of(const struct si_windows_session *session)
{
	switch (session->connect_state) {
	case SI_WINDOWS_ACTIVE:
	case SI_WINDOWS_SHADOW:
		return SESSIO_USER_STATE_LOGGED_ON;
	case SI_WINDOWS_CONNECTED:
		return SESSIO_USER_STATE_CONNECTED;
	case SI_WINDOWS_DISCONNECTED:
		return session->has_user ? SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON
					 : SESSIO_USER_STATE_DISCONNECTED;
	case SI_WINDOWS_CONNECT_QUERY:
	case SI_WINDOWS_INIT:
		return SESSIO_USER_STATE_CREATED;
	default:
		return SESSIO_USER_STATE_NONE;
	}
}

void si_windows_mirror_init(struct si_windows_mirror *mirror, sessio_source *source)
{
	*mirror = (struct si_windows_mirror){ .source = source, .api = si_windows_api() };
}

void si_windows_mirror_fini(struct si_windows_mirror *mirror)
{
	si_platform_free(mirror->known);
}

static struct si_windows_known *find(struct si_windows_mirror *mirror, uint32_t id)
{
	for (size_t i = 0; i < mirror->count; i++) {
		if (mirror->known[i].id == id) {
			return &mirror->known[i];
		}
	}
	return NULL;
}

static sessio_status remember(struct si_windows_mirror *mirror, uint32_t id)
{
	if (find(mirror, id) != NULL) {
		return SESSIO_OK;
	}
	if (mirror->count == mirror->room) {
		size_t room = mirror->room * 2 + 8;
		struct si_windows_known *known = si_platform_alloc(room * sizeof(*known));

		if (known == NULL) {
			return SESSIO_NO_MEMORY;
		}
		if (mirror->count != 0) {
			memcpy(known, mirror->known, mirror->count * sizeof(*known));
		}
		si_platform_free(mirror->known);
		mirror->known = known;
		mirror->room = room;
	}
	mirror->known[mirror->count++] = (struct si_windows_known){ .id = id, .listed = true };
	return SESSIO_OK;
}

static void forget(struct si_windows_mirror *mirror, uint32_t id)
{
	struct si_windows_known *known = find(mirror, id);

	if (known != NULL) {
		*known = mirror->known[--mirror->count];
	}
}

static sessio_status adopt(
	struct si_windows_mirror *mirror, uint32_t id, sessio_user_state state, bool remote)
{
	sessio_status status = remember(mirror, id);

	if (status == SESSIO_OK) {
		status = si_source_adopt(
			mirror->source, id, state, remote ? SESSIO_POST_REMOTE : 0u);
	}
	/* The host may keep it from an earlier source, or from before its memory ran out. */
	return status == SESSIO_EXISTS ? SESSIO_OK : status;
}

struct look {
	struct si_windows_mirror *mirror;
	sessio_status status;
};

static void look_at(void *ctx, const struct si_windows_session *session)
{
	struct look *look = ctx;
	struct si_windows_known *known = find(look->mirror, session->id);
	sessio_user_state state = state_of(session);

	if (known != NULL) {
		known->listed = true;
	} else if (look->status == SESSIO_OK && state != SESSIO_USER_STATE_NONE) {
		look->status = adopt(look->mirror, session->id, state, session->remote);
	}
}

sessio_status si_windows_look(struct si_windows_mirror *mirror)
{
	struct look look = { mirror, SESSIO_OK };

	mirror->owes_look = true;
	for (size_t i = 0; i < mirror->count; i++) {
		mirror->known[i].listed = false;
	}
	if (!mirror->api->list(look_at, &look)) {
		return SESSIO_OK;
	}
	for (size_t i = 0; i < mirror->count && look.status == SESSIO_OK;) {
		if (mirror->known[i].listed) {
			i++;
			continue;
		}
		look.status = si_source_observe(
			mirror->source, mirror->known[i].id, SESSIO_USER_EVENT_TERMINATED, 0);
		if (look.status == SESSIO_OK) {
			forget(mirror, mirror->known[i].id);
		}
	}
	mirror->owes_look = look.status != SESSIO_OK;
	return look.status;
}

/* Whether the session is in the state already to which the event leads (windows_sessions-2). */
static bool is_old(const struct meaning *meaning, const sessio_user_session *session)
{
	sessio_user_state state = sessio_user_session_state(session);

	switch (meaning->event) {
	case SESSIO_USER_EVENT_NONE:
		return false;
	case SESSIO_USER_EVENT_CREATED:
		return true;
	case SESSIO_USER_EVENT_CONNECTED:
		return sessio_user_state_after(state, meaning->event) == state &&
			sessio_user_session_is_local(session) == !meaning->remote;
	default:
		return sessio_user_state_after(state, meaning->event) == state;
	}
}

static sessio_status report(
	struct si_windows_mirror *mirror, const struct meaning *meaning, uint32_t id)
{
	bool connects = meaning->event == SESSIO_USER_EVENT_CONNECTED;

	if (meaning->remark != SESSIO_USER_REMARK_NONE) {
		return si_source_remark(mirror->source, id, meaning->remark);
	}
	return si_source_observe(mirror->source, id, meaning->event,
		connects && meaning->remote ? SESSIO_POST_REMOTE : 0u);
}

sessio_status si_windows_hear(struct si_windows_mirror *mirror, uint32_t code, uint32_t session_id)
{
	const struct meaning *meaning = &meanings[code < SI_WINDOWS_CODES ? code : 0];
	sessio_user_session *session = NULL;
	sessio_status status = SESSIO_OK;

	if (meaning->before == SESSIO_USER_STATE_NONE) {
		return SESSIO_OK;
	}
	if (sessio_host_find_session(mirror->source->host, session_id, &session) == SESSIO_OK) {
		bool old = is_old(meaning, session);

		sessio_user_session_unref(session);
		if (old) {
			return SESSIO_OK;
		}
	} else if (meaning->event == SESSIO_USER_EVENT_CREATED) {
		status = remember(mirror, session_id);
	} else {
		status = adopt(mirror, session_id, meaning->before, meaning->remote);
	}
	if (status == SESSIO_OK) {
		status = report(mirror, meaning, session_id);
	}
	if (status == SESSIO_OK && meaning->event == SESSIO_USER_EVENT_TERMINATED) {
		forget(mirror, session_id);
	}
	return status;
}

bool si_windows_should_look(const struct si_windows_mirror *mirror, uint32_t code)
{
	return mirror->owes_look || code == SI_WINDOWS_CONSOLE_DISCONNECT ||
		code == SI_WINDOWS_REMOTE_DISCONNECT || code == SI_WINDOWS_LOGOFF;
}
