/* SPDX-License-Identifier: MIT */
/*
 * The model of bind.c: which session is in which bind, and how far an event has come.
 *
 * (bind_model-1) An event reaches the binds in the order of their creation. The model
 *      follows no later than with the first callback of each.
 * (bind_model-2) `due` is set before what must run the close callback, and taken back there.
 */
#ifndef SESSIO_TESTS_FUZZ_BIND_MODEL_H
#define SESSIO_TESTS_FUZZ_BIND_MODEL_H

#include "fuzz.h"

#include <kos/session.h>
#include <sessio/bind.h>

#define IDS 2u
#define BINDS 10u
#define SESSIONS 28u
#define SCOPES 4u
#define NONE (-1)

enum phase { OPENING, OPEN, CLOSED, ENDED };

struct bind {
	sessio_bind *bind;
	sessio_user_session *user; /* kept by us */
	sessio_bind_policy policy;
	bool closed;
	bool destroyed;
};

struct session {
	void *context; /* with a reference of ours */
	enum phase phase;
	int bind;
	bool closed_while_opening;
	bool due; /* (bind_model-2) */
	bool notified; /* of the event in hand; also if it was bound too late for it */
	unsigned number; /* in the order of binding */
	unsigned operations;
};

static struct {
	struct fuzz_input in;
	sessio_host *host;
	KosObjectType *type;
	KosSessionType *session_type;
	void *object;
	struct bind binds[BINDS];
	int bind_count;
	struct session sessions[SESSIONS];
	unsigned used;
	unsigned last_number;
	sessio_bind_scope scopes[SCOPES];
	int entered[SCOPES];
	unsigned level[SCOPES]; /* foreign callbacks that the thread was in when it entered */
	unsigned depth; /* of scopes */
	unsigned foreign; /* callbacks for others' work under way */
	unsigned calls; /* callbacks under way */
	sessio_user_event event; /* in hand */
	uint32_t id; /* of its user */
	int reached; /* (bind_model-1) */
} m;

static sessio_bind_action action_of(const struct bind *b)
{
	switch (m.event) {
	case SESSIO_USER_EVENT_DISCONNECTED:
		return b->policy.on_disconnect;
	case SESSIO_USER_EVENT_LOGOFF:
		return b->policy.on_logoff;
	case SESSIO_USER_EVENT_TERMINATED:
		return b->policy.on_termination;
	default:
		return SESSIO_BIND_NOTHING;
	}
}

/* A bind whose user has ended does nothing more: it is closed and empty. */
static bool follows(const struct bind *b)
{
	return !b->destroyed && sessio_user_session_id(b->user) == m.id;
}

/* The bind that the thread opens for; scopes outside of a foreign callback do not count. */
static int entered(void)
{
	return m.depth != 0 && m.level[m.depth - 1] >= m.foreign ? m.entered[m.depth - 1] : NONE;
}

static void begin_foreign(void)
{
	m.foreign++;
}

/* A scope that a callback leaves behind is its thread's, as if it were entered now. */
static void end_foreign(void)
{
	m.foreign--;
	for (unsigned i = 0; i < m.depth; i++) {
		m.level[i] = m.level[i] > m.foreign ? m.foreign : m.level[i];
	}
}

static void detach_all(int bind)
{
	for (unsigned i = 0; i < m.used; i++) {
		if (m.sessions[i].bind == bind) {
			m.sessions[i].bind = NONE;
		}
	}
	m.binds[bind].closed = true;
}

/* An event that closes has come past the sessions of a bind that were bound before. */
static void close_before(int bind, unsigned number)
{
	for (unsigned i = 0; i < m.used; i++) {
		struct session *s = &m.sessions[i];

		if (s->bind == bind && s->number < number) {
			FUZZ_CHECK(s->phase != OPEN);
			s->closed_while_opening = s->closed_while_opening || s->phase == OPENING;
		}
	}
}

/* Every open session of a bind has been notified once. */
static void check_notified(int bind)
{
	for (unsigned i = 0; i < m.used; i++) {
		const struct session *s = &m.sessions[i];

		FUZZ_CHECK(s->bind != bind || s->phase != OPEN || s->notified);
	}
}

/* (bind_model-1) The event comes to this bind, and has been to all before it. */
static void reach(int bind)
{
	while (m.reached < bind) {
		int before = m.reached++;

		/* Each bind's watcher is a callback of its own. */
		end_foreign();
		begin_foreign();
		if (before >= 0 && follows(&m.binds[before])) {
			if (action_of(&m.binds[before]) == SESSIO_BIND_CALL) {
				check_notified(before);
			} else if (action_of(&m.binds[before]) == SESSIO_BIND_CLOSE) {
				close_before(before, m.last_number + 1);
			}
			if (m.event == SESSIO_USER_EVENT_TERMINATED) {
				detach_all(before);
			}
		}
		if (m.reached < m.bind_count && follows(&m.binds[m.reached])) {
			for (unsigned i = 0; i < m.used; i++) {
				m.sessions[i].notified = false;
			}
			if (action_of(&m.binds[m.reached]) == SESSIO_BIND_CLOSE) {
				m.binds[m.reached].closed = true;
			}
		}
	}
}

#endif /* SESSIO_TESTS_FUZZ_BIND_MODEL_H */
