/* SPDX-License-Identifier: MIT */
/*
 * Histories of binds: events of user sessions against resource sessions that are
 * bound, unbound, opened inside a bind and closed, in callbacks, too.
 */
#include "bind_model.h"

static void act(void);
static void observe(void);

static void act_inside(void)
{
	if (m.calls < 3) {
		m.calls++;
		for (unsigned n = fuzz_below(&m.in, 3); n != 0; n--) {
			act();
		}
		m.calls--;
	}
}

static struct session *session_of(void *context)
{
	for (unsigned i = 0; i < m.used; i++) {
		if (m.sessions[i].context == context) {
			return &m.sessions[i];
		}
	}
	fuzz_fail(__FILE__, __LINE__, "a context that was opened");
}

static Retcode on_open(void *object, void *context, void *open_ctx, rtl_uint32_t *handle_rights)
{
	struct session *s = open_ctx;

	FUZZ_CHECK(object == m.object && *handle_rights == 0);
	KosRefObject(context);
	s->context = context;
	if (m.event == SESSIO_USER_EVENT_NONE && fuzz_below(&m.in, 4) == 1) {
		observe();
	}
	if (s->closed_while_opening) {
		s->phase = CLOSED;
		s->due = true;
	}
	return rcOk;
}

/* The event in hand closes this one, and has been past all that were bound before it. */
static void close_by_event(struct session *s)
{
	reach(s->bind);
	FUZZ_CHECK(follows(&m.binds[s->bind]));
	FUZZ_CHECK(action_of(&m.binds[s->bind]) == SESSIO_BIND_CLOSE && s->phase == OPEN);
	close_before(s->bind, s->number);
	s->phase = CLOSED;
	s->due = true;
}

static Retcode on_close(void *object, void *context)
{
	struct session *s = session_of(context);

	if (!s->due && s->bind != NONE) {
		close_by_event(s);
	}
	FUZZ_CHECK(object == m.object && s->due && s->phase == CLOSED);
	s->due = false;
	begin_foreign();
	act_inside();
	end_foreign();
	return rcOk;
}

static void on_complete(void *object, void *context)
{
	struct session *s = session_of(context);

	FUZZ_CHECK(object == m.object && s->phase == CLOSED && !s->due && s->operations == 0);
	s->phase = ENDED;
	s->bind = NONE;
}

static void on_call(void *ctx, sessio_bind *bind, void *context, const sessio_user_notice *notice)
{
	struct bind *b = ctx;
	struct session *s = session_of(context);

	reach((int)(b - m.binds));
	FUZZ_CHECK(b->bind == bind && !b->destroyed);
	FUZZ_CHECK(follows(b) && action_of(b) == SESSIO_BIND_CALL);
	FUZZ_CHECK(notice->event == m.event && notice->session == b->user);
	FUZZ_CHECK(s->bind == b - m.binds && s->phase == OPEN && !s->notified);
	s->notified = true;
	begin_foreign();
	act_inside();
	end_foreign();
}

static void observe(void)
{
	sessio_user_event event = (sessio_user_event)(1 + fuzz_below(&m.in, 6));

	m.event = event;
	m.id = fuzz_below(&m.in, IDS);
	m.reached = NONE;
	begin_foreign();
	FUZZ_CHECK(sessio_host_observe(m.host, m.id, event, 0) == SESSIO_OK);
	reach(m.bind_count);
	end_foreign();
	m.event = SESSIO_USER_EVENT_NONE;
}

static void create_bind(void)
{
	struct bind *b = &m.binds[m.bind_count];
	uint8_t choice = fuzz_byte(&m.in);
	bool valid;

	if (m.bind_count == BINDS || m.event != SESSIO_USER_EVENT_NONE ||
		sessio_host_find_session(m.host, choice / 64 % IDS, &b->user) != SESSIO_OK) {
		return;
	}
	b->policy = (sessio_bind_policy){ (sessio_bind_action)(choice % 4),
		(sessio_bind_action)(choice / 4 % 4), (sessio_bind_action)(choice / 16 % 4),
		on_call, b };
	valid = choice % 4 != 3 && choice / 4 % 4 != 3 && choice / 16 % 4 != 3;
	FUZZ_CHECK(sessio_bind_create(b->user, &b->policy, &b->bind) ==
		(valid ? SESSIO_OK : SESSIO_INVALID_ARG));
	if (!valid) {
		sessio_user_session_unref(b->user);
		return;
	}
	FUZZ_CHECK(sessio_bind_user(b->bind) == b->user);
	m.bind_count++;
}

static void destroy_bind(int bind)
{
	m.binds[bind].destroyed = true;
	detach_all(bind);
	sessio_bind_destroy(m.binds[bind].bind);
}

static void open_one(void)
{
	struct session *s = &m.sessions[m.used];
	void *context = NULL;
	Retcode rc;

	if (m.used == SESSIONS) {
		return;
	}
	*s = (struct session){ .bind = entered(), .number = ++m.last_number, .notified = true };
	if (s->bind != NONE && m.binds[s->bind].closed) {
		rc = KosSessionOpenObject(m.object, 0, UINT32_MAX, s, &context);
		FUZZ_CHECK(rc == rcInvalidOperation && s->context == NULL && context == NULL);
		return;
	}
	m.used++;
	rc = KosSessionOpenObject(m.object, 0, UINT32_MAX, s, &context);
	if (s->closed_while_opening) {
		/* The reference that the open callback took has an owner. */
		FUZZ_CHECK(rc == rcOk && context == s->context && s->phase == ENDED);
	} else {
		FUZZ_CHECK(rc == rcOk && context == s->context);
		s->phase = OPEN;
	}
}

static void close_one(struct session *s)
{
	bool open = s->phase == OPEN;

	if (open) {
		s->phase = CLOSED;
		s->due = true;
	}
	FUZZ_CHECK(KosSessionCloseObject(s->context) == (open ? rcOk : rcInvalidOperation));
}

static void begin_or_end(struct session *s)
{
	if (s->operations != 0) {
		s->operations--;
		KosSessionPut(s->context);
	} else {
		FUZZ_CHECK(KosSessionRef(s->context, NULL, NULL) ==
			(s->phase == OPEN ? rcOk : rcInvalidOperation));
		s->operations = s->phase == OPEN;
	}
}

static void add_or_remove(struct session *s, int bind, bool add)
{
	struct bind *b = &m.binds[bind];

	if (!add) {
		FUZZ_CHECK(sessio_bind_remove(b->bind, s->context) ==
			(s->bind == bind ? SESSIO_OK : SESSIO_NOT_FOUND));
		s->bind = s->bind == bind ? NONE : s->bind;
		return;
	}
	FUZZ_CHECK(sessio_bind_add(b->bind, s->context) ==
		(s->phase != OPEN                 ? SESSIO_BAD_STATE
				: s->bind != NONE ? SESSIO_EXISTS
				: b->closed       ? SESSIO_BAD_STATE
						  : SESSIO_OK));
	if (s->phase == OPEN && s->bind == NONE && !b->closed) {
		s->bind = bind;
		s->number = ++m.last_number;
		s->notified = true;
	}
}

static void enter_or_leave(int bind)
{
	if (m.depth == SCOPES || fuzz_below(&m.in, 2) == 0) {
		if (m.depth != 0) {
			sessio_bind_leave(&m.scopes[--m.depth]);
		}
	} else if (!m.binds[bind].destroyed) {
		m.entered[m.depth] = bind;
		m.level[m.depth] = m.foreign;
		FUZZ_CHECK(
			sessio_bind_enter(m.binds[bind].bind, &m.scopes[m.depth++]) == SESSIO_OK);
	}
}

static void check_counts(void)
{
	for (int i = 0; i < m.bind_count; i++) {
		size_t count = 0;

		for (unsigned j = 0; j < m.used; j++) {
			count += m.sessions[j].bind == i;
		}
		FUZZ_CHECK(m.binds[i].destroyed || sessio_bind_count(m.binds[i].bind) == count);
	}
}

static void act(void)
{
	uint8_t what = fuzz_byte(&m.in);
	int bind = m.bind_count == 0 ? NONE : (int)fuzz_below(&m.in, (unsigned)m.bind_count);
	struct session *s = m.used == 0 ? NULL : &m.sessions[fuzz_below(&m.in, m.used)];

	if (what < 40 && m.event == SESSIO_USER_EVENT_NONE) {
		observe();
	} else if (what < 60) {
		create_bind();
	} else if (what < 110) {
		open_one();
	} else if (bind != NONE && what < 130) {
		enter_or_leave(bind);
	} else if (bind != NONE && what < 136 && !m.binds[bind].destroyed) {
		destroy_bind(bind);
	} else if (s != NULL && s->context != NULL && what < 170) {
		close_one(s);
	} else if (s != NULL && s->context != NULL && what < 190) {
		begin_or_end(s);
	} else if (s != NULL && s->context != NULL && bind != NONE && !m.binds[bind].destroyed) {
		add_or_remove(s, bind, what < 240);
	}
}

static void finish(bool host_first)
{
	while (m.depth != 0) {
		sessio_bind_leave(&m.scopes[--m.depth]);
	}
	for (int i = 0; host_first && i < m.bind_count; i++) {
		detach_all(i);
	}
	if (host_first) {
		FUZZ_CHECK(sessio_host_destroy(m.host) == SESSIO_OK);
		check_counts();
	}
	for (int i = 0; i < m.bind_count; i++) {
		if (!m.binds[i].destroyed) {
			destroy_bind(i);
		}
		sessio_user_session_unref(m.binds[i].user);
	}
	if (!host_first) {
		FUZZ_CHECK(sessio_host_destroy(m.host) == SESSIO_OK);
	}
	for (unsigned i = 0; i < m.used; i++) {
		struct session *s = &m.sessions[i];

		while (s->operations != 0) {
			begin_or_end(s);
		}
		close_one(s);
		FUZZ_CHECK(s->phase == ENDED && sessio_object_references(s->context) == 1);
		KosPutObject(s->context);
	}
	FUZZ_CHECK(KosSessionUnregisterObject(m.object) == rcOk);
	FUZZ_CHECK(sessio_object_references(m.object) == 1);
	KosPutObject(m.object);
	KosSessionDestroyType(m.session_type);
	sessio_object_type_unref(m.type);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const KosSessionOps ops = { on_open, on_close, on_complete };
	bool host_first;

	memset(&m, 0, sizeof(m));
	m.in = (struct fuzz_input){ data, data + size };
	host_first = fuzz_below(&m.in, 2) == 1;
	FUZZ_CHECK(sessio_host_create(SESSIO_RULES_DOCUMENTED, &m.host) == SESSIO_OK);
	FUZZ_CHECK(KosCreateObjectType("file", kosSessionBaseObjectType, 0, NULL, NULL, &m.type) ==
		rcOk);
	FUZZ_CHECK(KosSessionCreateType(m.type, kosSessionBaseSessionType, &ops, &m.session_type) ==
		rcOk);
	FUZZ_CHECK(KosCreateObject(m.type, NULL, NULL, &m.object) == rcOk);
	FUZZ_CHECK(KosSessionRegisterObject(m.session_type, m.object) == rcOk);
	while (fuzz_has_more(&m.in)) {
		act();
		check_counts();
	}
	finish(host_first);
	return 0;
}
