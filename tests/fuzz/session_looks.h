/* SPDX-License-Identifier: MIT */
/* For sessions.c: walks, and everything that only looks. */
#ifndef SESSIO_TESTS_FUZZ_SESSION_LOOKS_H
#define SESSIO_TESTS_FUZZ_SESSION_LOOKS_H

#include "session_model.h"

static void look_at_session(struct session *s)
{
	sessio_session_info info;
	unsigned references = s->refs + (s->phase < SESSIO_SESSION_ENDED);
	sessio_holder holders[4];
	size_t count = 99;

	FUZZ_CHECK(sessio_session_inspect(s->context, &info) == SESSIO_OK);
	FUZZ_CHECK(info.object == m.objects[s->object] && info.phase == s->phase);
	FUZZ_CHECK(info.required_rights == s->party.required);
	FUZZ_CHECK(info.share_mode == s->party.shared);
	FUZZ_CHECK(info.operations == s->operations && info.tracked == s->tracked);
	/* A walk lets go of those that ended under it when it goes on. */
	FUZZ_CHECK(info.references == references || m.walkers != 0);
	FUZZ_CHECK(KosSessionGetOpenRights(s->context) == s->party.required);
	FUZZ_CHECK(sessio_session_holders(s->context, holders, 4, &count) ==
		(s->tracked ? SESSIO_OK : SESSIO_UNSUPPORTED));
	FUZZ_CHECK(count == (s->tracked ? s->operations : 99));
}

static void describe_session(struct session *s)
{
	char text[300];
	size_t size = fuzz_byte(&m.in);
	size_t length;

	memset(text, '!', sizeof(text));
	length = sessio_session_describe(s->context, size == 0 ? NULL : text, size);
	FUZZ_CHECK(length != 0 && text[size] == '!');
	FUZZ_CHECK(size == 0 || strlen(text) == (length < size ? length : size - 1));
}

/* Runs what is put off, and the callbacks that belong to it, before it looks. */
static void wait_for_session(struct session *s)
{
	sessio_status status;

	KosRefObject(s->context);
	s->refs++;
	s->held++;
	m.reports[SESSIO_DIAG_TIMEOUT] = 0;
	status = sessio_session_wait(s->context, 0);
	FUZZ_CHECK(status == (s->phase == SESSIO_SESSION_ENDED ? SESSIO_OK : SESSIO_TIMEOUT));
	FUZZ_CHECK(m.reports[SESSIO_DIAG_TIMEOUT] == 0);
	s->held--;
	s->refs--;
	KosPutObject(s->context);
}

static void drain(unsigned object)
{
	sessio_status status = sessio_object_drain(m.objects[object], 0);

	FUZZ_CHECK(status ==
		(object == STONE ? SESSIO_INVALID_ARG
				: count_on(object, OPENING | OPEN | ENDING) != 0 ? SESSIO_TIMEOUT
										 : SESSIO_OK));
}

static void look_at_object(unsigned object)
{
	sessio_object_info info;
	uint64_t operations = 0;

	if (object == STONE) {
		FUZZ_CHECK(sessio_object_inspect(m.objects[object], &info) == SESSIO_INVALID_ARG);
		return;
	}
	for (unsigned i = 0; i < m.used; i++) {
		operations += m.sessions[i].object == object ? m.sessions[i].operations : 0;
	}
	FUZZ_CHECK(sessio_object_inspect(m.objects[object], &info) == SESSIO_OK);
	FUZZ_CHECK(info.registered == (m.registered[object] >= 0));
	FUZZ_CHECK(info.opening == count_on(object, OPENING));
	FUZZ_CHECK(info.open == count_on(object, OPEN));
	FUZZ_CHECK(info.ending == count_on(object, ENDING));
	FUZZ_CHECK(info.operations == operations);
}

struct walk {
	unsigned object;
	uint64_t met;
	bool stopped;
};

static bool is_met(const struct session *s)
{
	return s->phase == SESSIO_SESSION_OPEN || s->phase == SESSIO_SESSION_ENDING;
}

static Retcode on_walk(void *object, void *context, void *walk_ctx)
{
	struct walk *walk = walk_ctx;
	struct session *s = session_of(object, context);
	uint64_t bit = UINT64_C(1) << (s - m.sessions);

	FUZZ_CHECK(s->object == walk->object && is_met(s));
	FUZZ_CHECK((walk->met & bit) == 0 && !walk->stopped);
	walk->met |= bit;
	act_inside();
	walk->stopped = fuzz_below(&m.in, 8) == 1;
	return walk->stopped ? STOPPED : rcOk;
}

static void walk_one(unsigned object)
{
	struct walk walk = { object, 0, false };
	uint64_t open = 0;
	Retcode rc;

	for (unsigned i = 0; i < m.used; i++) {
		open |= (uint64_t)is_met(&m.sessions[i]) << i;
	}
	if (object == STONE || m.registered[object] < 0) {
		rc = KosSessionWalk(m.objects[object], on_walk, &walk);
		FUZZ_CHECK(rc == (object == STONE ? rcInvalidArgument : rcResourceNotFound));
		return;
	}
	m.walkers++;
	rc = KosSessionWalk(m.objects[object], on_walk, &walk);
	m.walkers--;
	FUZZ_CHECK(rc == (walk.stopped ? STOPPED : rcOk));
	for (unsigned i = 0; !walk.stopped && i < m.used; i++) {
		const struct session *s = &m.sessions[i];
		bool stayed = s->object == object && is_met(s);

		FUZZ_CHECK(!stayed || ((open & ~walk.met) >> i) % 2 == 0);
	}
}

#endif /* SESSIO_TESTS_FUZZ_SESSION_LOOKS_H */
