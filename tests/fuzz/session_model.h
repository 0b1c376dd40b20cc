/* SPDX-License-Identifier: MIT */
/*
 * The model of sessions.c: a table of sessions, looked through from end to end,
 * and the callbacks. They know from it whether their time has come.
 *
 * (session_model-1) A session's context is used while the session has not ended or a reference
 *      of ours keeps it.
 * (session_model-2) `due` is set before the call that must run the close callback and taken
 *      back by that callback.
 * (session_model-3) With no call under way, nothing that could have come is still to come.
 */
#ifndef SESSIO_TESTS_FUZZ_SESSION_MODEL_H
#define SESSIO_TESTS_FUZZ_SESSION_MODEL_H

#include "fuzz.h"

#include <kos/session.h>
#include <sessio/diag.h>
#include <sessio/inspect.h>
#include <sessio/wait.h>

#include "share_rule.h"

#define OBJECTS 4u
#define STONE 3u /* the object that cannot be opened */
#define SESSIONS 64u /* in one history: bits of a word */
#define LIVE 24u /* at once */
#define DEPTH 4u
#define REFUSED ((Retcode)-77)
#define STOPPED ((Retcode)-78)

struct session {
	void *context;
	unsigned object;
	unsigned type;
	struct party party;
	unsigned refs; /* ours */
	unsigned held; /* of these, by waits under way */
	unsigned operations;
	sessio_session_phase phase;
	bool counts; /* in the share rule */
	bool tracked;
	bool due; /* (session_model-2) */
	bool doomed; /* open when its object began to be unregistered */
	bool closing; /* inside its close callback, or that is due */
	bool closed_while_opening; /* by an unregistration */
	bool fails; /* its second constructor refuses */
	bool refused; /* by its open callback */
	bool destructed;
};

static struct {
	struct fuzz_input in;
	KosObjectType *stone_type, *file_type, *subfile_type, *note_type, *subnote_type;
	KosSessionType *types[2]; /* for files, for subfiles; the second without closeComplete */
	bool destroyed[2];
	void *objects[OBJECTS]; /* two files, a subfile, a stone */
	int registered[OBJECTS]; /* the type's number, -1: with none */
	struct session sessions[SESSIONS];
	unsigned used;
	unsigned depth;
	unsigned walkers;
	bool tracking;
	unsigned reports[SESSIO_DIAG_CALLBACK + 1]; /* by the sink */
} m;

/* Does one thing, as the bytes say; may be inside callbacks. */
static void act(void);

static void act_inside(void)
{
	if (m.depth < DEPTH) {
		m.depth++;
		for (unsigned n = fuzz_below(&m.in, 4); n != 0; n--) {
			act();
		}
		m.depth--;
	}
}

static void sink(
	void *ctx, sessio_diag_kind kind, const void *object, const void *context, const char *text)
{
	(void)ctx;
	(void)object;
	(void)context;
	FUZZ_CHECK(text[0] != '\0');
	m.reports[kind]++;
}

static bool is_alive(const struct session *s)
{
	return !s->destructed && s->context != NULL &&
		(s->phase < SESSIO_SESSION_ENDED || s->refs != 0);
}

static unsigned count_on(unsigned object, unsigned phases)
{
	unsigned count = 0;

	for (unsigned i = 0; i < m.used; i++) {
		count += m.sessions[i].object == object && (phases >> m.sessions[i].phase) % 2 == 1;
	}
	return count;
}

#define OPENING (1u << SESSIO_SESSION_OPENING)
#define OPEN (1u << SESSIO_SESSION_OPEN)
#define ENDING (1u << SESSIO_SESSION_ENDING | 1u << SESSIO_SESSION_COMPLETING)

static Retcode construct_note(void *context, void *segment, void *open_ctx)
{
	struct session *s = open_ctx;

	*(struct session **)segment = s;
	FUZZ_CHECK(s->context == NULL && s->phase == SESSIO_SESSION_OPENING);
	s->context = context;
	act_inside();
	return rcOk;
}

static void destruct_note(void *context, void *segment)
{
	struct session *s = *(struct session **)segment;

	FUZZ_CHECK(s->context == context && !s->destructed && s->refs == 0);
	FUZZ_CHECK(s->phase == (s->fails ? SESSIO_SESSION_OPENING : SESSIO_SESSION_ENDED));
	s->destructed = true;
	act_inside();
}

static Retcode construct_subnote(void *context, void *segment, void *open_ctx)
{
	struct session *s = open_ctx;

	(void)segment;
	FUZZ_CHECK(s->context == context);
	act_inside();
	s->fails = fuzz_below(&m.in, 8) == 1 && s->refs == 0;
	return s->fails ? REFUSED : rcOk;
}

static struct session *session_of(void *object, void *context)
{
	struct session *s = *(struct session **)sessio_object_cast(context, m.note_type);

	FUZZ_CHECK(s->context == context && !s->destructed && m.objects[s->object] == object);
	return s;
}

static Retcode on_open(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	struct session *s = session_of(object, context);
	uint8_t choice = fuzz_byte(&m.in);

	FUZZ_CHECK(s == open_ctx && s->phase == SESSIO_SESSION_OPENING && *handle_rights == 0);
	if (choice % 2 == 1) {
		KosRefObject(context);
		s->refs++;
	}
	act_inside();
	if (choice % 16 >= 14) {
		s->phase = SESSIO_SESSION_ENDED;
		s->counts = false;
		s->refused = true;
		return REFUSED;
	}
	*handle_rights = choice;
	if (s->closed_while_opening) {
		s->phase = SESSIO_SESSION_ENDING;
		s->due = s->closing = true;
	}
	return rcOk;
}

/* The last operation of a session that is closed, or its close callback, has ended. */
static void run_out(struct session *s)
{
	if (s->operations == 0 && s->phase == SESSIO_SESSION_ENDING && !s->closing) {
		s->phase = s->type == 1 ? SESSIO_SESSION_ENDED : SESSIO_SESSION_COMPLETING;
		s->counts = false;
	}
}

static Retcode on_close(void *object, void *context)
{
	struct session *s = session_of(object, context);

	if (s->doomed && s->phase == SESSIO_SESSION_OPEN) {
		FUZZ_CHECK(sessio_session_end_reason(context) == SESSIO_END_UNREGISTERED);
		s->phase = SESSIO_SESSION_ENDING;
		s->due = s->closing = true;
	}
	FUZZ_CHECK(s->due && s->closing && s->phase == SESSIO_SESSION_ENDING);
	s->due = false;
	act_inside();
	s->closing = false;
	run_out(s);
	return rcOk;
}

static void on_complete(void *object, void *context)
{
	struct session *s = session_of(object, context);

	FUZZ_CHECK(s->type == 0 && s->phase == SESSIO_SESSION_COMPLETING);
	FUZZ_CHECK(!s->closing && s->operations == 0);
	/* One completion at a time, unless somebody waits for the next inside. */
	act_inside();
	s->phase = SESSIO_SESSION_ENDED;
}

static void begin(void)
{
	static const KosSessionOps ops[] = { { on_open, on_close, on_complete },
		{ on_open, on_close, NULL } };
	KosObjectType *object_types[OBJECTS];

	FUZZ_CHECK(KosCreateObjectType("stone", NULL, 8, NULL, NULL, &m.stone_type) == rcOk);
	FUZZ_CHECK(KosCreateObjectType(
			   "file", kosSessionBaseObjectType, 8, NULL, NULL, &m.file_type) == rcOk);
	FUZZ_CHECK(KosCreateObjectType("subfile", m.file_type, 8, NULL, NULL, &m.subfile_type) ==
		rcOk);
	FUZZ_CHECK(KosCreateObjectType("note", kosSessionBaseSessionType, sizeof(void *),
			   construct_note, destruct_note, &m.note_type) == rcOk);
	FUZZ_CHECK(KosCreateObjectType("subnote", m.note_type, 0, construct_subnote, NULL,
			   &m.subnote_type) == rcOk);
	FUZZ_CHECK(KosSessionCreateType(m.file_type, m.note_type, &ops[0], &m.types[0]) == rcOk);
	FUZZ_CHECK(
		KosSessionCreateType(m.subfile_type, m.subnote_type, &ops[1], &m.types[1]) == rcOk);
	KosRefObject(m.types[0]); /* to be used after its destruction */
	KosRefObject(m.types[1]);
	object_types[0] = object_types[1] = m.file_type;
	object_types[2] = m.subfile_type;
	object_types[STONE] = m.stone_type;
	for (unsigned i = 0; i < OBJECTS; i++) {
		m.registered[i] = -1;
		FUZZ_CHECK(KosCreateObject(object_types[i], NULL, NULL, &m.objects[i]) == rcOk);
	}
	m.registered[0] = 0;
	m.registered[2] = 1;
	FUZZ_CHECK(KosSessionRegisterObject(m.types[0], m.objects[0]) == rcOk);
	FUZZ_CHECK(KosSessionRegisterObject(m.types[1], m.objects[2]) == rcOk);
}

#endif /* SESSIO_TESTS_FUZZ_SESSION_MODEL_H */
