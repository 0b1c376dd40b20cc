/* SPDX-License-Identifier: MIT */
/*
 * Histories of a host: events, observations, adopted sessions and watchers of
 * every kind, from outside and from inside callbacks.
 */
#include "host_model.h"

#define DEPTH 3u

static const char keys[3];

static void act(void);

static unsigned depth;

/* A callback does not see what its thread entered before; returns how much it saw. */
static unsigned begin_callback(void)
{
	unsigned outer = m.foreign;

	m.foreign = m.entered_count;
	m.inside++;
	return outer;
}

static void end_callback(unsigned outer)
{
	m.foreign = outer;
	m.inside--;
}

static void act_inside(void)
{
	if (depth < DEPTH && !m.ending) {
		depth++;
		for (unsigned n = fuzz_below(&m.in, 3); n != 0; n--) {
			act();
		}
		depth--;
	}
}

static void check_payload(const sessio_user_notice *notice)
{
	const sessio_user_connect *connect = notice->payload;

	if (notice->event == SESSIO_USER_EVENT_CONNECTED) {
		FUZZ_CHECK(notice->payload_length == sizeof(*connect));
		FUZZ_CHECK(connect->session_id == notice->session_id);
		FUZZ_CHECK(connect->local == notice->local);
	} else {
		FUZZ_CHECK(connect == NULL && notice->payload_length == 0);
	}
}

/* Which session a call of a snapshot is about: any that it has not had yet. */
static unsigned user_in_snapshot(const sessio_user_notice *notice)
{
	for (unsigned i = 0; i < m.user_count; i++) {
		if (m.users[i].exists && ids[m.users[i].id] == notice->session_id) {
			FUZZ_CHECK((m.notified >> i) % 2 == 0);
			m.notified |= UINT64_C(1) << i;
			return i;
		}
	}
	fuzz_fail(__FILE__, __LINE__, "a session that exists");
}

static void keep(struct user *user, sessio_user_session *session)
{
	FUZZ_CHECK(user->kept == NULL || user->kept == session);
	if (user->kept == NULL && fuzz_below(&m.in, 2) == 1) {
		user->kept = sessio_user_session_ref(session);
	}
}

static void check_released(void)
{
	for (unsigned i = 0; i < m.watcher_count; i++) {
		FUZZ_CHECK(m.watchers[i].released == m.watchers[i].gone);
	}
}

static void on_notice(const sessio_user_notice *notice, void *ctx)
{
	struct watcher *w = ctx;
	const struct item *item;
	struct user *user;
	unsigned outer = begin_callback();

	FUZZ_CHECK(m.running == NULL && next_call() == w && !w->released);
	check_released();
	item = &m.items[m.head];
	user = &m.users[item->snapshot == NULL ? item->user : user_in_snapshot(notice)];
	if (item->snapshot == NULL) {
		FUZZ_CHECK(notice->event == item->event && notice->before == item->before);
		FUZZ_CHECK(notice->flags == item->flags);
		m.last = w->number;
	} else {
		FUZZ_CHECK(notice->event == SESSIO_USER_EVENT_NONE);
		FUZZ_CHECK(notice->before == notice->state);
		FUZZ_CHECK(notice->flags == SESSIO_NOTICE_SNAPSHOT);
	}
	FUZZ_CHECK(notice->host == m.host && notice->session_id == ids[user->id]);
	FUZZ_CHECK(notice->state == user->state);
	FUZZ_CHECK(!user->has_local || notice->local == user->local);
	check_payload(notice);
	keep(user, notice->session);
	check_host();
	m.running = w;
	act_inside();
	FUZZ_CHECK(sessio_host_destroy(m.host) == SESSIO_BUSY);
	m.running = NULL;
	end_callback(outer);
}

static void on_released(void *ctx)
{
	struct watcher *w = ctx;
	unsigned outer = begin_callback();

	FUZZ_CHECK(!w->released && m.running != w);
	if (m.ending) {
		for (unsigned i = 0; &m.watchers[i] != w; i++) {
			FUZZ_CHECK(m.watchers[i].released); /* in the order in which they came */
		}
		w->gone = true;
	}
	FUZZ_CHECK(w->gone);
	w->released = true;
	act_inside();
	FUZZ_CHECK(sessio_host_destroy(m.host) == (m.ending ? SESSIO_BAD_STATE : SESSIO_BUSY));
	end_callback(outer);
}

/* Posts or observes: all that is known of an event before the call. */
static bool plan(struct item *item, unsigned id, unsigned event, unsigned flags)
{
	item->user = planned_user(id);
	item->event = (sessio_user_event)event;
	item->before =
		item->user == NOBODY ? SESSIO_USER_STATE_INITIALIZED : m.users[item->user].planned;
	item->after = state_after(item->before, event);
	item->sets_local =
		event == SESSIO_USER_EVENT_CREATED || event == SESSIO_USER_EVENT_CONNECTED;
	item->local = (flags & SESSIO_POST_REMOTE) == 0;
	return event > SESSIO_USER_EVENT_NONE && event < SESSIO_USER_EVENT_MAX &&
		(flags == 0 || (flags == SESSIO_POST_REMOTE && item->sets_local));
}

static void queue(struct item item, unsigned id)
{
	if (item.snapshot == NULL) {
		if (item.user == NOBODY) {
			item.user = m.user_count++;
			m.users[item.user] =
				(struct user){ .id = id, .state = SESSIO_USER_STATE_INITIALIZED };
		}
		m.users[item.user].planned = item.after;
	}
	m.items[m.tail++] = item;
}

static bool is_full(void)
{
	return m.tail == ITEMS || m.user_count == USERS;
}

static void post_one(void)
{
	unsigned id = fuzz_below(&m.in, IDS);
	unsigned event = fuzz_below(&m.in, 32) % 8;
	unsigned flags = fuzz_below(&m.in, 8) == 1;
	struct item item = { .snapshot = NULL };
	sessio_refusal refusal = { 99, SESSIO_USER_STATE_NONE, SESSIO_USER_EVENT_NONE };
	bool inside = m.inside != 0;
	sessio_status expected;
	sessio_status status;

	if (is_full()) {
		return;
	}
	expected = !plan(&item, id, event, flags)  ? SESSIO_INVALID_ARG
		: !rules_allow(item.before, event) ? SESSIO_BAD_STATE
						   : SESSIO_OK;
	if (expected == SESSIO_OK) {
		queue(item, id);
	}
	status = sessio_host_post(m.host, ids[id], item.event, flags, &refusal);
	FUZZ_CHECK(status == expected);
	if (status == SESSIO_BAD_STATE) {
		FUZZ_CHECK(refusal.session_id == ids[id] && refusal.state == item.before);
		FUZZ_CHECK(refusal.event == item.event);
	} else {
		FUZZ_CHECK(refusal.session_id == 99);
	}
	check_delivered(inside);
}

static void observe_one(void)
{
	unsigned id = fuzz_below(&m.in, IDS);
	unsigned event = fuzz_below(&m.in, 8);
	unsigned flags = fuzz_below(&m.in, 8) == 1;
	struct item item = { .flags = SESSIO_NOTICE_OBSERVED };
	bool inside = m.inside != 0;
	bool valid;

	if (is_full()) {
		return;
	}
	valid = plan(&item, id, event, flags);
	if (valid) {
		item.flags |= rules_allow(item.before, event) ? 0 : SESSIO_NOTICE_OUTSIDE;
		queue(item, id);
	}
	FUZZ_CHECK(sessio_host_observe(m.host, ids[id], item.event, flags) ==
		(valid ? SESSIO_OK : SESSIO_INVALID_ARG));
	check_delivered(inside);
}

static void adopt_one(void)
{
	unsigned id = fuzz_below(&m.in, IDS);
	sessio_user_state state = (sessio_user_state)fuzz_below(&m.in, 10);
	unsigned flags = fuzz_below(&m.in, 3);
	struct item item = { .user = NOBODY, .before = state, .after = state };
	bool inside = m.inside != 0;
	sessio_status expected = state == SESSIO_USER_STATE_NONE ||
			state >= SESSIO_USER_STATE_TERMINATED || flags > SESSIO_POST_REMOTE
		? SESSIO_INVALID_ARG
		: planned_user(id) != NOBODY ? SESSIO_EXISTS
					     : SESSIO_OK;

	if (is_full()) {
		return;
	}
	item.flags = SESSIO_NOTICE_SNAPSHOT;
	item.sets_local = true;
	item.local = flags == 0;
	if (expected == SESSIO_OK) {
		queue(item, id);
	}
	FUZZ_CHECK(sessio_host_adopt(m.host, ids[id], state, flags) == expected);
	check_delivered(inside);
}

static void watch_one(void)
{
	static const unsigned flags[] = { 0, 1, 2, 3, 8 }; /* 8 is none */
	struct watcher *w = &m.watchers[m.watcher_count];
	unsigned key = fuzz_below(&m.in, 6);
	bool inside = m.inside != 0;
	sessio_status expected = SESSIO_OK;
	sessio_watch_options options = {
		.events = fuzz_byte(&m.in),
		.flags = flags[fuzz_below(&m.in, 64) % 5],
		.session_id = ids[fuzz_below(&m.in, IDS)],
		.key = key < 3 ? &keys[key] : NULL,
		.released = on_released,
	};

	if (m.watcher_count == WATCHERS || is_full()) {
		return;
	}
	if (options.flags == 8 || options.events % 64 == 0) {
		expected = SESSIO_INVALID_ARG;
	}
	for (unsigned i = 0; expected == SESSIO_OK && i < m.watcher_count; i++) {
		if (key < 3 && !m.watchers[i].gone && m.watchers[i].options.key == options.key) {
			expected = SESSIO_EXISTS;
		}
	}
	*w = (struct watcher){ .options = options };
	if (expected == SESSIO_OK) {
		m.watcher_count++;
		if ((options.flags & SESSIO_WATCH_SNAPSHOT) != 0) {
			queue((struct item){ .snapshot = w }, 0);
		} else {
			w->number = ++m.numbers;
		}
	}
	FUZZ_CHECK(sessio_host_watch(m.host, &options, on_notice, w, &w->watch) == expected);
	FUZZ_CHECK((w->watch != 0) == (expected == SESSIO_OK));
	check_delivered(inside);
}

static void unwatch_one(void)
{
	struct watcher *w = &m.watchers[fuzz_below(&m.in, WATCHERS)];
	bool there = w->watch != 0 && !w->gone;

	bool inside = m.inside != 0;

	w->gone = w->gone || there;
	FUZZ_CHECK(sessio_host_unwatch(m.host, w->watch) == (there ? SESSIO_OK : SESSIO_NOT_FOUND));
	FUZZ_CHECK(!there || w->released == (m.running != w));
	check_delivered(inside);
}

static void find_one(void)
{
	unsigned id = fuzz_below(&m.in, IDS);
	unsigned user = existing_user(id);
	sessio_user_session *session = NULL;

	FUZZ_CHECK(sessio_host_find_session(m.host, ids[id], &session) ==
		(user == NOBODY ? SESSIO_NOT_FOUND : SESSIO_OK));
	if (user != NOBODY) {
		keep(&m.users[user], session);
		sessio_user_session_unref(session);
	}
}

static void enter_or_leave(void)
{
	unsigned user = fuzz_below(&m.in, USERS);

	if (m.entered_count != 0 && user % 2 == 1) {
		bool is_own = m.entered_count != m.foreign;

		FUZZ_CHECK(sessio_host_leave_session(m.host) ==
			(is_own ? SESSIO_OK : SESSIO_BAD_STATE));
		m.entered_count -= is_own;
	} else if (m.entered_count < 4 && user < m.user_count && m.users[user].kept != NULL) {
		m.entered[m.entered_count++] = m.users[user].kept;
		FUZZ_CHECK(sessio_host_enter_session(m.host, m.users[user].kept) == SESSIO_OK);
	}
}

static void act(void)
{
	static void (*const acts[])(void) = { post_one, post_one, post_one, post_one, post_one,
		observe_one, adopt_one, watch_one, watch_one, unwatch_one, find_one,
		enter_or_leave };

	acts[fuzz_below(&m.in, sizeof(acts) / sizeof(acts[0]))]();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	memset(&m, 0, sizeof(m));
	m.in = (struct fuzz_input){ data, data + size };
	m.rules = fuzz_below(&m.in, 2) == 0 ? SESSIO_RULES_DOCUMENTED : SESSIO_RULES_OBSERVED;
	FUZZ_CHECK(sessio_host_create(m.rules, &m.host) == SESSIO_OK);
	while (fuzz_has_more(&m.in)) {
		act();
		check_released();
		check_host();
	}
	for (; m.entered_count != 0; m.entered_count--) {
		FUZZ_CHECK(sessio_host_leave_session(m.host) == SESSIO_OK);
	}
	m.ending = true;
	FUZZ_CHECK(sessio_host_destroy(m.host) == SESSIO_OK);
	for (unsigned i = 0; i < m.watcher_count; i++) {
		FUZZ_CHECK(m.watchers[i].released);
	}
	for (unsigned i = 0; i < m.user_count; i++) {
		if (m.users[i].kept != NULL) {
			FUZZ_CHECK(sessio_user_session_state(m.users[i].kept) == m.users[i].state);
			sessio_user_session_unref(m.users[i].kept);
		}
	}
	return 0;
}
