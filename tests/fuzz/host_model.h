/* SPDX-License-Identifier: MIT */
/*
 * The model of host.c: the rules of user sessions by their meaning, the queue of
 * posted events, and the watcher to call next.
 *
 * (host_model-1) An item is in hand from its first call, or from when it is found to concern
 *      nobody, until the next one comes.
 * (host_model-2) With no call under way, nothing is queued and nobody is to be called.
 */
#ifndef SESSIO_TESTS_FUZZ_HOST_MODEL_H
#define SESSIO_TESTS_FUZZ_HOST_MODEL_H

#include "fuzz.h"

#include <sessio/host.h>

#define USERS 64u /* in one history */
#define WATCHERS 32u
#define ITEMS 256u
#define IDS 4u
#define NOBODY UINT32_MAX

static const uint32_t ids[IDS] = { 0, 1, 0x10001, UINT32_MAX };

struct user {
	unsigned id; /* a number of ids */
	sessio_user_state planned; /* after everything that is queued */
	sessio_user_state state;
	bool exists;
	bool has_local; /* somebody said where its terminal is */
	bool local;
	sessio_user_session *kept; /* with a reference of ours; or NULL */
};

struct watcher {
	sessio_watch watch;
	sessio_watch_options options;
	unsigned number; /* its place among all; 0: its snapshot's turn has not come */
	bool gone;
	bool released;
};

struct item {
	struct watcher *snapshot; /* of this watcher; NULL: an event */
	unsigned user;
	sessio_user_event event;
	sessio_user_state before;
	sessio_user_state after;
	unsigned flags;
	bool sets_local;
	bool local;
};

static struct {
	struct fuzz_input in;
	sessio_host *host;
	sessio_rules rules;
	struct user users[USERS];
	unsigned user_count;
	struct watcher watchers[WATCHERS];
	unsigned watcher_count;
	unsigned numbers; /* given to watchers */
	struct item items[ITEMS];
	unsigned head; /* the item in hand, or the next */
	unsigned tail;
	bool in_hand; /* (host_model-1) */
	unsigned limit; /* watchers above came too late for the item in hand */
	unsigned last; /* that was called for it */
	uint64_t notified; /* users that its snapshot has had */
	struct watcher *running;
	sessio_user_session *entered[4];
	unsigned entered_count;
	unsigned foreign; /* of them: entered outside of the callback that runs */
	unsigned inside; /* callbacks that run, one in the other */
	bool ending;
} m;

static bool has_user(sessio_user_state state)
{
	return state == SESSIO_USER_STATE_LOGGED_ON ||
		state == SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON;
}

static bool has_no_terminal(sessio_user_state state)
{
	return state == SESSIO_USER_STATE_DISCONNECTED ||
		state == SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON;
}

static sessio_user_state state_after(sessio_user_state state, unsigned event)
{
	switch (event) {
	case SESSIO_USER_EVENT_CREATED:
		return SESSIO_USER_STATE_CREATED;
	case SESSIO_USER_EVENT_TERMINATED:
		return SESSIO_USER_STATE_TERMINATED;
	case SESSIO_USER_EVENT_CONNECTED:
		return has_user(state) ? SESSIO_USER_STATE_LOGGED_ON : SESSIO_USER_STATE_CONNECTED;
	case SESSIO_USER_EVENT_DISCONNECTED:
		return has_user(state) ? SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON
				       : SESSIO_USER_STATE_DISCONNECTED;
	case SESSIO_USER_EVENT_LOGON:
		return has_no_terminal(state) ? SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON
					      : SESSIO_USER_STATE_LOGGED_ON;
	default:
		return has_no_terminal(state) ? SESSIO_USER_STATE_DISCONNECTED
					      : SESSIO_USER_STATE_LOGGED_OFF;
	}
}

/* A user comes once, and only where there is none. One that leaves has been there. */
static bool rules_allow(sessio_user_state state, unsigned event)
{
	bool is_new = state == SESSIO_USER_STATE_INITIALIZED;

	switch (event) {
	case SESSIO_USER_EVENT_CREATED:
		return is_new;
	case SESSIO_USER_EVENT_TERMINATED:
		return !is_new;
	case SESSIO_USER_EVENT_CONNECTED:
		return state == SESSIO_USER_STATE_CREATED ||
			state == SESSIO_USER_STATE_DISCONNECTED ||
			(state == SESSIO_USER_STATE_DISCONNECTED_LOGGED_ON &&
				m.rules == SESSIO_RULES_OBSERVED);
	case SESSIO_USER_EVENT_DISCONNECTED:
		return !is_new && !has_no_terminal(state);
	case SESSIO_USER_EVENT_LOGON:
		return state == SESSIO_USER_STATE_CONNECTED ||
			state == SESSIO_USER_STATE_DISCONNECTED;
	default:
		return has_user(state);
	}
}

/* The user that an event for this id is about; NOBODY: a new one. */
static unsigned planned_user(unsigned id)
{
	for (unsigned i = m.user_count; i-- != 0;) {
		if (m.users[i].id == id && m.users[i].planned != SESSIO_USER_STATE_TERMINATED) {
			return i;
		}
	}
	return NOBODY;
}

static unsigned existing_user(unsigned id)
{
	for (unsigned i = 0; i < m.user_count; i++) {
		if (m.users[i].id == id && m.users[i].exists) {
			return i;
		}
	}
	return NOBODY;
}

static bool hears_of(const struct watcher *w, unsigned user)
{
	return (w->options.flags & SESSIO_WATCH_ONE_SESSION) == 0 ||
		w->options.session_id == ids[m.users[user].id];
}

static bool hears(const struct watcher *w, const struct item *item)
{
	bool wanted = item->event == SESSIO_USER_EVENT_NONE
		? (w->options.flags & SESSIO_WATCH_SNAPSHOT) != 0
		: (w->options.events >> (item->event - 1)) % 2 == 1;

	return wanted && hears_of(w, item->user);
}

static void take_in_hand(const struct item *item)
{
	struct user *user = &m.users[item->user];

	m.in_hand = true;
	m.last = 0;
	m.notified = 0;
	if (item->snapshot != NULL) {
		item->snapshot->number = item->snapshot->gone ? 0 : ++m.numbers;
		return;
	}
	m.limit = m.numbers;
	user->state = item->after;
	user->exists = item->after != SESSIO_USER_STATE_TERMINATED;
	if (item->sets_local) {
		user->has_local = true;
		user->local = item->local;
	}
}

/* Whose turn it is for the item in hand. */
static struct watcher *turn_of(const struct item *item)
{
	struct watcher *next = NULL;

	for (unsigned i = 0; item->snapshot != NULL && i < m.user_count; i++) {
		if (m.users[i].exists && hears_of(item->snapshot, i) &&
			(m.notified >> i) % 2 == 0) {
			return item->snapshot->gone ? NULL : item->snapshot;
		}
	}
	for (unsigned i = 0; item->snapshot == NULL && i < m.watcher_count; i++) {
		struct watcher *w = &m.watchers[i];

		if (!w->gone && w->number > m.last && w->number <= m.limit && hears(w, item) &&
			(next == NULL || w->number < next->number)) {
			next = w;
		}
	}
	return next;
}

/* The watcher to call next, or NULL. Items before it that concern nobody are done. */
static struct watcher *next_call(void)
{
	for (;;) {
		struct watcher *next;

		if (!m.in_hand) {
			if (m.head == m.tail) {
				return NULL;
			}
			take_in_hand(&m.items[m.head]);
		}
		next = turn_of(&m.items[m.head]);
		if (next != NULL) {
			return next;
		}
		m.in_hand = false;
		m.head++;
	}
}

/* After a call that posted something: outside of all others, everything is delivered. */
static void check_delivered(bool inside)
{
	if (!inside) {
		FUZZ_CHECK(next_call() == NULL); /* (host_model-2) */
	}
}

/* Every question that a host answers. */
static void check_host(void)
{
	size_t sessions = 0;
	size_t watchers = 0;

	for (unsigned i = 0; i < m.user_count; i++) {
		const struct user *user = &m.users[i];

		sessions += user->exists;
		if (user->kept != NULL) {
			FUZZ_CHECK(sessio_user_session_state(user->kept) == user->state);
			FUZZ_CHECK(sessio_user_session_id(user->kept) == ids[user->id]);
			FUZZ_CHECK(!user->has_local ||
				sessio_user_session_is_local(user->kept) == user->local);
		}
	}
	for (unsigned i = 0; i < m.watcher_count; i++) {
		watchers += !m.watchers[i].gone;
	}
	FUZZ_CHECK(sessio_host_session_count(m.host) == sessions);
	FUZZ_CHECK(sessio_host_watch_count(m.host) == watchers);
	FUZZ_CHECK(sessio_host_entered_session(m.host) ==
		(m.entered_count == m.foreign ? NULL : m.entered[m.entered_count - 1]));
}

#endif /* SESSIO_TESTS_FUZZ_HOST_MODEL_H */
