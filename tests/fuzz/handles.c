/* SPDX-License-Identifier: MIT */
/*
 * Histories of handles in three spaces. They are created, copied, passed on, sent
 * home, closed and revoked, by values that are right, stale, of another space, one bit
 * off, or any. Spaces go and come with everything that is open in them.
 */
#include "handle_model.h"

/* More than wait to be reused, in four goes. */
#define CHURN 300u

static unsigned any_space(void)
{
	return fuzz_below(&m.in, SPACES);
}

static bool is_of_space(const struct handle *h, unsigned space, bool open)
{
	return h->space == space && h->life == m.lives[space] && (h->open || !open);
}

/* Mostly one that is open here; or one that is closed, or of elsewhere, or of nobody. */
static uint32_t any_value(unsigned space)
{
	uint8_t kind = fuzz_byte(&m.in);
	unsigned index = fuzz_byte(&m.in);

	if (kind >= 252 || m.handles_used == 0) {
		return kind % 2 == 0 ? INVALID_HANDLE : fuzz_u32(&m.in);
	}
	for (unsigned i = 0; kind < 224 && i < m.handles_used; i++) {
		const struct handle *h = &m.handles[(index + i) % m.handles_used];

		if (is_of_space(h, space, kind < 208)) {
			return h->value;
		}
	}
	index %= m.handles_used;
	return kind < 238 ? m.handles[index].value
			  : m.handles[index].value ^ UINT32_C(1) << kind % 32;
}

/* Mostly a badge that is open here. */
static uint32_t any_badge(unsigned space)
{
	uint8_t kind = fuzz_byte(&m.in);

	for (unsigned i = 0; kind < 240 && i < m.handles_used; i++) {
		const struct handle *h = &m.handles[(kind + i) % m.handles_used];

		if (m.resources[h->resource].is_badge && is_of_space(h, space, true)) {
			return h->value;
		}
	}
	return any_value(space);
}

static uint32_t any_badge_or_none(unsigned space)
{
	return fuzz_below(&m.in, 2) == 0 ? INVALID_HANDLE : any_badge(space);
}

static uint32_t any_rights(void)
{
	uint8_t byte = fuzz_byte(&m.in);

	return byte < 96     ? SESSIO_HANDLE_SAME_RIGHTS
		: byte < 208 ? OCAP_HANDLE_ALL_GENERAL | 3u
			     : (byte & 31u) << 16 | (byte & 3u);
}

static bool has_room(void)
{
	return m.handles_used < HANDLES && m.resources_used < RESOURCES;
}

static unsigned add_resource(unsigned space, bool is_badge)
{
	m.resources[m.resources_used] =
		(struct resource){ .is_badge = is_badge, .life = m.lives[space] };
	return m.resources_used++;
}

static void create_object(unsigned space)
{
	uint32_t rights = any_rights();
	uint32_t type = HANDLE_TYPE_USER_FIRST - (fuzz_below(&m.in, 16) == 1);
	Handle value = 77;
	unsigned index;

	if (!has_room()) {
		return;
	}
	in_space(space);
	if (type < HANDLE_TYPE_USER_FIRST) {
		FUZZ_CHECK(
			KnHandleCreateUserObject(type, rights, &m, &value) == rcInvalidArgument &&
			value == 77);
	} else {
		index = add_resource(space, false);
		FUZZ_CHECK(
			KnHandleCreateUserObject(type, rights, context_of(index), &value) == rcOk);
		index = add_handle(space, NONE, index, NONE, value);
		m.handles[index].rights = rights;
	}
	out_of_space();
}

static void create_badge(unsigned space)
{
	unsigned id = fuzz_below(&m.in, IDS);
	Handle value;
	unsigned resource;

	if (!has_room()) {
		return;
	}
	in_space(space);
	resource = add_resource(space, true);
	FUZZ_CHECK(KnHandleCreateBadge(
			   m.notice, resource * IDS + id, context_of(resource), &value) == rcOk);
	m.resources[resource].mask[id] = EVENT_OBJECT_DESTROYED | EVENT_BADGE_CLOSED;
	m.handles[add_handle(space, NONE, resource, NONE, value)].rights =
		OCAP_HANDLE_GET_SID | OCAP_HANDLE_GET_EVENT;
	out_of_space();
}

/* Finds the badge that a value stands for. */
static sessio_status look_up_badge(unsigned space, uint32_t value, unsigned *out_badge)
{
	unsigned index;
	sessio_status status;

	*out_badge = NONE;
	if (value == INVALID_HANDLE) {
		return SESSIO_OK;
	}
	status = look_up(space, value, 0, &index);
	if (status == SESSIO_OK) {
		*out_badge = m.handles[index].resource;
		status = m.resources[*out_badge].is_badge ? SESSIO_OK : SESSIO_INVALID_ARG;
	}
	return status;
}

static uint32_t resolve(uint32_t rights, unsigned index)
{
	return rights == SESSIO_HANDLE_SAME_RIGHTS ? m.handles[index].rights : rights;
}

static void add_descendant(
	unsigned space, unsigned parent, unsigned badge, uint32_t value, uint32_t rights)
{
	unsigned made = add_handle(space, parent, m.handles[parent].resource, badge, value);

	m.handles[made].rights = rights;
	if (badge != NONE) {
		m.resources[badge].tied = true;
	}
}

static void copy(unsigned space)
{
	uint32_t value = any_value(space);
	uint32_t rights = any_rights();
	uint32_t badge_value = any_badge_or_none(space);
	uint32_t made = 77;
	unsigned index;
	unsigned badge = NONE;
	sessio_status expected = look_up(space, value, OCAP_HANDLE_COPY, &index);

	if (!has_room()) {
		return;
	}
	if (expected == SESSIO_OK) {
		rights = resolve(rights, index);
		expected = (rights & ~m.handles[index].rights) != 0
			? SESSIO_NO_RIGHTS
			: look_up_badge(space, badge_value, &badge);
	}
	in_space(space);
	FUZZ_CHECK(KnHandleCopy(value, rights, badge_value, &made) == si_retcode(expected));
	out_of_space();
	if (expected == SESSIO_OK) {
		add_descendant(space, index, badge, made, rights);
	} else {
		FUZZ_CHECK(made == 77);
	}
}

static void check_received(const nk_handle_desc_t *received, const nk_handle_desc_t *expected)
{
	FUZZ_CHECK(received->handle == expected->handle);
	FUZZ_CHECK(received->rights == expected->rights);
	FUZZ_CHECK(received->badge == expected->badge);
	FUZZ_CHECK(received->dereferenced == expected->dereferenced && received->session == 0);
}

static void transfer(unsigned from)
{
	unsigned to = any_space();
	nk_handle_desc_t sent =
		nk_handle_desc(any_value(from), any_rights(), any_badge_or_none(from));
	nk_handle_desc_t received = nk_handle_desc(77);
	unsigned index;
	unsigned badge = NONE;
	bool home = false;
	sessio_status expected = look_up(from, sent.handle, 0, &index);

	if (!has_room()) {
		return;
	}
	if (expected == SESSIO_OK) {
		home = m.resources[m.handles[index].resource].life == m.lives[to];
		if ((resolve(sent.rights, index) & ~m.handles[index].rights) != 0) {
			expected = SESSIO_NO_RIGHTS;
		} else if (!home) {
			expected = look_up(from, sent.handle, OCAP_HANDLE_TRANSFER, &index);
		}
	}
	if (expected == SESSIO_OK && !home) {
		expected = look_up_badge(from, (uint32_t)sent.badge, &badge);
	}
	FUZZ_CHECK(sessio_handle_space_transfer(m.spaces[from], &sent, m.spaces[to], &received) ==
		expected);
	if (expected != SESSIO_OK) {
		FUZZ_CHECK(received.handle == 77);
	} else if (home) {
		nk_handle_desc_t wanted = dereferenced(index, to, resolve(sent.rights, index));

		check_received(&received, &wanted);
	} else {
		FUZZ_CHECK(received.dereferenced == 0 && received.session == 0);
		FUZZ_CHECK(received.rights == resolve(sent.rights, index));
		add_descendant(to, index, badge, received.handle, received.rights);
	}
}

static void close_one(unsigned space)
{
	uint32_t value = any_value(space);
	unsigned index = find(space, value);

	in_space(space);
	FUZZ_CHECK(KnHandleClose(value) == (index == NONE ? rcInvalidArgument : rcOk));
	out_of_space();
	if (index != NONE) {
		m.handles[index].open = false;
	}
}

static void revoke_one(unsigned space)
{
	uint32_t value = any_value(space);
	bool close = fuzz_below(&m.in, 2) == 1;
	unsigned index;
	sessio_status expected = look_up(space, value, 0, &index);

	in_space(space);
	FUZZ_CHECK(KnHandleRevokeEx(value, close) == si_retcode(expected));
	out_of_space();
	if (expected == SESSIO_OK) {
		revoke_below(index);
		m.handles[index].open = !close;
	}
}

static void revoke_subtree(unsigned space)
{
	uint32_t value = any_value(space);
	uint32_t badge_value = any_badge(space);
	unsigned index;
	unsigned badge = NONE;
	sessio_status expected = look_up(space, value, 0, &index);

	if (badge_value == INVALID_HANDLE) {
		expected = SESSIO_INVALID_ARG;
	} else if (expected == SESSIO_OK) {
		expected = look_up_badge(space, badge_value, &badge);
	}
	in_space(space);
	FUZZ_CHECK(KnHandleRevokeSubtree(value, badge_value) == si_retcode(expected));
	out_of_space();
	if (expected == SESSIO_OK) {
		revoke_tied(index, badge);
	}
}

static void check_sid(unsigned resource, uint32_t sid)
{
	struct resource *r = &m.resources[resource];

	FUZZ_CHECK(!r->known_sid || r->sid == sid);
	for (unsigned i = 0; i < m.resources_used; i++) {
		FUZZ_CHECK(i == resource || !m.resources[i].known_sid || m.resources[i].sid != sid);
	}
	r->known_sid = true;
	r->sid = sid;
}

static void look(unsigned space, uint32_t value)
{
	uint32_t rights = 77;
	uint32_t sid = 77;
	unsigned index;
	sessio_status expected = look_up(space, value, 0, &index);

	FUZZ_CHECK(sessio_handle_space_rights(m.spaces[space], value, &rights) == expected);
	FUZZ_CHECK(rights == (expected == SESSIO_OK ? m.handles[index].rights : 77));
	expected = look_up(space, value, OCAP_HANDLE_GET_SID, &index);
	FUZZ_CHECK(sessio_handle_space_sid(m.spaces[space], value, &sid) == expected);
	if (expected == SESSIO_OK) {
		check_sid(m.handles[index].resource, sid);
	}
}

static void subscribe(unsigned space)
{
	uint32_t value = any_value(space);
	unsigned id = fuzz_below(&m.in, IDS);
	uint32_t mask = fuzz_below(&m.in, 4) | (uint32_t)fuzz_below(&m.in, 4) << 16;
	unsigned index;
	sessio_status expected = look_up(space, value, OCAP_HANDLE_GET_EVENT, &index);

	if (mask == 0) {
		expected = SESSIO_INVALID_ARG;
	}
	in_space(space);
	/* The entry names its resource, so that a fetched event is known by it. */
	FUZZ_CHECK(KnNoticeSubscribeToObject(m.notice, value, mask,
			   expected == SESSIO_OK ? m.handles[index].resource * IDS + id : 0) ==
		si_retcode(expected));
	out_of_space();
	if (expected == SESSIO_OK) {
		m.resources[m.handles[index].resource].mask[id] = mask;
	}
}

static void set_event(unsigned space)
{
	uint32_t value = any_value(space);
	uint32_t mask = (uint32_t)fuzz_below(&m.in, 4) << 16 | (fuzz_below(&m.in, 8) == 1);
	unsigned index;
	sessio_status expected = look_up(space, value, OCAP_HANDLE_SET_EVENT, &index);

	if (mask == 0 || mask % 2 == 1) {
		expected = SESSIO_INVALID_ARG;
	}
	in_space(space);
	FUZZ_CHECK(KnNoticeSetObjectEvent(value, mask) == si_retcode(expected));
	out_of_space();
	if (expected == SESSIO_OK) {
		raise_event(m.handles[index].resource, mask);
	}
}

static void fetch_all(void)
{
	EventDesc event;
	rtl_size_t count;

	while (KnNoticeGetEvent(m.notice, 0, 1, &event, &count) == rcOk) {
		uint32_t *pending;

		FUZZ_CHECK(count == 1 && event.eventId / IDS < m.resources_used);
		pending = &m.resources[event.eventId / IDS].pending[event.eventId % IDS];
		FUZZ_CHECK(event.eventMask != 0 && event.eventMask == *pending);
		*pending = 0;
	}
	for (unsigned i = 0; i < m.resources_used * IDS; i++) {
		FUZZ_CHECK(m.resources[i / IDS].pending[i % IDS] == 0);
	}
}

/* The process goes, and another comes in its place. */
static void replace_space(unsigned space)
{
	sessio_handle_space_destroy(m.spaces[space]);
	for (unsigned i = 0; i < m.handles_used; i++) {
		m.handles[i].open = m.handles[i].open && m.handles[i].space != space;
	}
	new_space(space);
}

static void churn(unsigned space)
{
	for (unsigned i = 0; i < CHURN; i++) {
		Handle handle;

		FUZZ_CHECK(sessio_handle_space_create_object(m.spaces[space], 0, NULL, &handle) ==
			SESSIO_OK);
		FUZZ_CHECK(find(space, handle) == NONE);
		FUZZ_CHECK(sessio_handle_space_close(m.spaces[space], handle) == SESSIO_OK);
	}
}

static void look_at_all(void)
{
	size_t open[SPACES] = { 0 };

	for (unsigned i = 0; i < m.handles_used; i++) {
		open[m.handles[i].space] += m.handles[i].open;
		look(m.handles[i].space, m.handles[i].value);
	}
	for (unsigned i = 0; i < SPACES; i++) {
		FUZZ_CHECK(sessio_handle_space_count(m.spaces[i]) == open[i]);
	}
}

static void act_rarely(unsigned space)
{
	switch (fuzz_below(&m.in, 8)) {
	case 0:
		replace_space(space);
		return;
	case 1:
		churn(space);
		return;
	case 2:
		look_at_all();
		return;
	case 3:
	case 4:
		subscribe(space);
		return;
	case 5:
	case 6:
		set_event(space);
		return;
	default:
		fetch_all();
	}
}

static void act(void)
{
	unsigned what = fuzz_below(&m.in, 16);
	unsigned space = any_space();

	switch (what) {
	case 0:
		create_object(space);
		return;
	case 1:
		create_badge(space);
		return;
	case 2:
	case 3:
	case 4:
		copy(space);
		return;
	case 5:
	case 6:
	case 7:
	case 8:
		transfer(space);
		return;
	case 9:
	case 10:
		close_one(space);
		return;
	case 11:
		revoke_one(space);
		return;
	case 12:
		revoke_subtree(space);
		return;
	case 13:
	case 14:
		look(space, any_value(space));
		return;
	default:
		act_rarely(space);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t before;

	fuzz_memory_begin();
	before = fuzz_memory.live;
	memset(&m, 0, sizeof(m));
	m.in = (struct fuzz_input){ data, data + size };
	FUZZ_CHECK(KnNoticeCreate(&m.notice) == rcOk);
	for (unsigned i = 0; i < SPACES; i++) {
		new_space(i);
		create_object(i);
		create_badge(i);
	}
	while (fuzz_has_more(&m.in)) {
		act();
		settle();
	}
	fetch_all();
	look_at_all();
	for (unsigned i = 0; i < SPACES; i++) {
		sessio_handle_space_destroy(m.spaces[i]);
		for (unsigned at = 0; at < m.handles_used; at++) {
			m.handles[at].open = m.handles[at].open && m.handles[at].space != i;
		}
		settle();
		fetch_all();
	}
	KosPutObject(m.notice);
	FUZZ_CHECK(fuzz_memory.live == before);
	return 0;
}
