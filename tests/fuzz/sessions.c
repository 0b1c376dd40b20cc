/* SPDX-License-Identifier: MIT */
/*
 * Histories of resource sessions on a few objects of several types. They open,
 * operate, close, register, unregister, walk, wait and look, from outside and from
 * inside any callback.
 */
#include "session_looks.h"

static bool share_rule_allows(unsigned object, const struct party *party)
{
	for (unsigned i = 0; i < m.used; i++) {
		const struct session *s = &m.sessions[i];

		if (s->object == object && s->counts && !are_compatible(party, &s->party)) {
			return false;
		}
	}
	return true;
}

/* Mostly masks that go together. */
static struct party any_party(void)
{
	uint8_t byte = fuzz_byte(&m.in);
	struct party party = { byte & 3u, byte % 8 != 0 ? UINT32_MAX : byte >> 3 & 3u };

	if (byte == 255) {
		party.required = fuzz_u32(&m.in);
		party.shared = fuzz_u32(&m.in);
	}
	return party;
}

static void open_one(unsigned object)
{
	struct session *s = &m.sessions[m.used];
	struct party party = any_party();
	void *context = &m;
	Retcode expected = rcOk;
	Retcode rc;

	if (m.used == SESSIONS || count_on(object, OPENING | OPEN | ENDING) >= LIVE) {
		return;
	}
	if (object == STONE) {
		expected = rcInvalidArgument;
	} else if (m.registered[object] < 0) {
		expected = rcResourceNotFound;
	} else if (!share_rule_allows(object, &party)) {
		expected = rcBusy;
	} else {
		*s = (struct session){ .object = object, .party = party, .counts = true };
		s->type = (unsigned)m.registered[object];
		s->phase = SESSIO_SESSION_OPENING;
		s->tracked = m.tracking;
		m.used++;
	}
	rc = KosSessionOpenObject(m.objects[object], party.required, party.shared, s, &context);
	if (expected != rcOk) {
		FUZZ_CHECK(rc == expected && context == &m);
	} else if (s->fails || s->refused) {
		s->counts = false;
		s->phase = SESSIO_SESSION_ENDED;
		FUZZ_CHECK(rc == REFUSED && context == &m);
	} else if (s->closed_while_opening) {
		/* A reference that the open callback took has an owner. */
		FUZZ_CHECK(rc == (s->refs != 0 ? rcOk : rcResourceNotFound));
		FUZZ_CHECK(context == (s->refs != 0 ? s->context : &m));
		FUZZ_CHECK(!s->due && s->phase == SESSIO_SESSION_ENDED);
	} else {
		FUZZ_CHECK(rc == rcOk && context == s->context);
		s->phase = SESSIO_SESSION_OPEN;
	}
}

static void close_one(struct session *s)
{
	bool open = s->phase == SESSIO_SESSION_OPEN;

	if (open) {
		s->phase = SESSIO_SESSION_ENDING;
		s->due = s->closing = true;
	}
	FUZZ_CHECK(KosSessionCloseObject(s->context) == (open ? rcOk : rcInvalidOperation));
	FUZZ_CHECK(!open || (!s->due && (s->operations != 0 || s->phase > SESSIO_SESSION_ENDING)));
}

static void put_one(struct session *s)
{
	if (s->operations == 0) {
		return;
	}
	s->operations--;
	run_out(s);
	KosSessionPut(s->context);
}

static void ref_one(struct session *s)
{
	unsigned which = fuzz_below(&m.in, 3);
	void *object = NULL;
	Retcode rc = KosSessionRef(s->context, which == 2 ? NULL : m.types[which], &object);

	if (which == 1 && s->type == 0) { /* a subnote is a note, too */
		FUZZ_CHECK(rc == rcInvalidArgument && object == NULL);
	} else if (s->phase != SESSIO_SESSION_OPEN) {
		FUZZ_CHECK(rc == rcInvalidOperation && object == NULL);
	} else {
		FUZZ_CHECK(rc == rcOk && object == m.objects[s->object]);
		s->operations++;
	}
}

static void register_one(unsigned object)
{
	unsigned type = fuzz_below(&m.in, 2);
	bool fits = object != STONE && (type == 0 || object == 2);
	Retcode expected = !fits            ? rcInvalidArgument
		: m.destroyed[type]         ? rcInvalidOperation
		: m.registered[object] >= 0 ? rcAlreadyExists
					    : rcOk;

	FUZZ_CHECK(KosSessionRegisterObject(m.types[type], m.objects[object]) == expected);
	if (expected == rcOk) {
		m.registered[object] = (int)type;
	}
}

static void unregister_one(unsigned object)
{
	uint64_t closed = 0;
	Retcode expected = object == STONE   ? rcInvalidArgument
		: m.registered[object] == -1 ? rcResourceNotFound
					     : rcOk;

	for (unsigned i = 0; expected == rcOk && i < m.used; i++) {
		struct session *s = &m.sessions[i];

		if (s->object == object && s->phase == SESSIO_SESSION_OPEN) {
			s->doomed = true;
			closed |= UINT64_C(1) << i;
		}
		if (s->object == object && s->phase == SESSIO_SESSION_OPENING) {
			s->closed_while_opening = true;
		}
	}
	if (expected == rcOk) {
		m.registered[object] = -1;
	}
	m.walkers++;
	FUZZ_CHECK(KosSessionUnregisterObject(m.objects[object]) == expected);
	m.walkers--;
	for (unsigned i = 0; i < m.used; i++) {
		FUZZ_CHECK((closed >> i) % 2 == 0 || m.sessions[i].phase > SESSIO_SESSION_OPEN);
	}
}

static void destroy_type(unsigned type)
{
	unsigned users = 0;
	bool again = m.destroyed[type];

	for (unsigned i = 0; i < OBJECTS; i++) {
		users += m.registered[i] == (int)type;
	}
	memset(m.reports, 0, sizeof(m.reports));
	m.destroyed[type] = true;
	KosSessionDestroyType(m.types[type]);
	FUZZ_CHECK(m.reports[SESSIO_DIAG_MISUSE] == again);
	/* Inside an unregistration the object may count as registered or not. */
	FUZZ_CHECK(m.reports[SESSIO_DIAG_TYPE_IN_USE] == (!again && users != 0) ||
		(!again && m.walkers != 0));
}

static void misuse(unsigned object)
{
	void *strange = m.objects[object];
	void *context = NULL;

	m.reports[SESSIO_DIAG_MISUSE] = 0;
	KosSessionPut(strange);
	KosSessionPut(NULL);
	FUZZ_CHECK(m.reports[SESSIO_DIAG_MISUSE] == 1);
	FUZZ_CHECK(KosSessionRef(strange, NULL, &context) == rcInvalidArgument);
	FUZZ_CHECK(KosSessionCloseObject(strange) == rcInvalidArgument);
	FUZZ_CHECK(KosSessionOpenObject(strange, 0, 0, NULL, NULL) == rcInvalidArgument);
	FUZZ_CHECK(KosSessionGetOpenRights(strange) == 0 && context == NULL);
}

/* A reference of ours, or the first one: then nobody has any, and that closes the session. */
static void drop_one(struct session *s)
{
	if (s->refs > s->held) {
		s->refs--;
		KosPutObject(s->context);
	} else if (s->refs == 0 && s->phase == SESSIO_SESSION_OPEN && fuzz_below(&m.in, 2) == 1) {
		s->phase = SESSIO_SESSION_ENDING;
		s->due = s->closing = true;
		KosPutObject(s->context);
	}
}

static void act_on_session(struct session *s, unsigned what)
{
	switch (what) {
	case 0:
	case 1:
		close_one(s);
		break;
	case 2:
		ref_one(s);
		break;
	case 3:
	case 4:
		put_one(s);
		break;
	case 5:
		KosRefObject(s->context);
		s->refs++;
		break;
	case 6:
		drop_one(s);
		break;
	case 7:
		look_at_session(s);
		break;
	case 8:
		describe_session(s);
		break;
	default:
		wait_for_session(s);
	}
}

static void act_on_object(unsigned object, unsigned what)
{
	switch (what) {
	case 0:
		register_one(object);
		break;
	case 1:
		unregister_one(object);
		break;
	case 2:
		walk_one(object);
		break;
	case 3:
		look_at_object(object);
		break;
	case 4:
		drain(object);
		break;
	case 5:
		misuse(object);
		break;
	case 6:
		m.tracking = !m.tracking;
		sessio_inspect_track(m.tracking);
		break;
	case 7:
		if (fuzz_below(&m.in, 16) == 1) {
			destroy_type(object % 2);
		}
		break;
	default:
		open_one(object);
	}
}

static void act(void)
{
	uint8_t what = fuzz_byte(&m.in);

	if (what < 128) {
		act_on_object(fuzz_below(&m.in, OBJECTS), what % 16);
	} else if (m.used != 0) {
		struct session *s = &m.sessions[m.used - 1 - fuzz_below(&m.in, 16) % m.used];

		if (is_alive(s)) {
			act_on_session(s, what % 10);
		}
	}
}

/* (session_model-3) */
static void check_at_rest(void)
{
	for (unsigned i = 0; i < m.used; i++) {
		const struct session *s = &m.sessions[i];

		FUZZ_CHECK(!s->due && s->phase != SESSIO_SESSION_OPENING);
		FUZZ_CHECK(s->phase != SESSIO_SESSION_ENDING || s->operations != 0);
		FUZZ_CHECK(s->phase != SESSIO_SESSION_COMPLETING);
		FUZZ_CHECK(s->destructed == (s->phase == SESSIO_SESSION_ENDED && s->refs == 0));
	}
}

/* The input has run out, so callbacks do nothing more. */
static void finish(void)
{
	for (unsigned i = 0; i < OBJECTS; i++) {
		unregister_one(i);
	}
	for (unsigned i = 0; i < m.used; i++) {
		struct session *s = &m.sessions[i];

		while (s->operations != 0) {
			put_one(s);
		}
		while (s->refs != 0) {
			s->refs--;
			KosPutObject(s->context);
		}
		FUZZ_CHECK(s->destructed);
	}
	for (unsigned i = 0; i < OBJECTS; i++) {
		FUZZ_CHECK(sessio_object_references(m.objects[i]) == 1);
		KosPutObject(m.objects[i]);
	}
	for (unsigned i = 0; i < 2; i++) {
		if (!m.destroyed[i]) {
			destroy_type(i);
		}
		FUZZ_CHECK(sessio_object_references(m.types[i]) == 1);
		KosPutObject(m.types[i]);
	}
	sessio_object_type_unref(m.subnote_type);
	sessio_object_type_unref(m.note_type);
	sessio_object_type_unref(m.subfile_type);
	sessio_object_type_unref(m.file_type);
	sessio_object_type_unref(m.stone_type);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	memset(&m, 0, sizeof(m));
	m.in = (struct fuzz_input){ data, data + size };
	sessio_diag_set_sink(sink, NULL);
	sessio_inspect_track(false);
	begin();
	while (fuzz_has_more(&m.in)) {
		act();
		check_at_rest();
	}
	finish();
	sessio_inspect_track(false);
	sessio_diag_set_sink(NULL, NULL);
	return 0;
}
