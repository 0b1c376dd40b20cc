/* SPDX-License-Identifier: MIT */
/*
 * The model of handles.c: every handle that was ever made, in a table that is looked
 * through from end to end. Nothing in it is clever.
 *
 * (handle_model-1) A handle is valid while it is open and no ancestor of it was revoked
 *      since it came to be.
 * (handle_model-2) A resource is gone when it has no valid handle. A badge is closed when
 *      there is no valid handle at or below one that was made with it.
 */
#ifndef SESSIO_TESTS_FUZZ_HANDLE_MODEL_H
#define SESSIO_TESTS_FUZZ_HANDLE_MODEL_H

#include "fuzz_memory.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <kos/objects.h>
#include <nk/types.h>
#include <sessio/handle_space.h>

#include "kos/retcode.h"
#include "resource/handle_space.h"

#define SPACES 3u
#define HANDLES 160u
#define RESOURCES 40u
#define IDS 4u
#define NONE UINT32_MAX

struct resource {
	bool is_badge;
	unsigned life; /* of the space that made it */
	bool gone;
	bool tied; /* a badge with a valid handle below it */
	bool known_sid;
	uint32_t sid;
	uint32_t mask[IDS]; /* of each subscription, 0: none */
	uint32_t pending[IDS];
};

struct handle {
	unsigned space;
	unsigned life; /* of that space */
	unsigned parent; /* NONE: the first of its resource */
	unsigned resource;
	unsigned badge; /* the one it was made with, or NONE */
	uint32_t value;
	uint32_t rights;
	bool open;
	bool revoked;
};

static struct {
	struct fuzz_input in;
	sessio_handle_space *spaces[SPACES];
	unsigned lives[SPACES];
	unsigned next_life;
	Notice notice;
	struct handle handles[HANDLES];
	unsigned handles_used;
	struct resource resources[RESOURCES];
	unsigned resources_used;
	sessio_handle_scope scope;
} m;

static inline void in_space(unsigned space)
{
	FUZZ_CHECK(sessio_handle_space_enter(m.spaces[space], &m.scope) == SESSIO_OK);
}

static inline void out_of_space(void)
{
	sessio_handle_space_leave(&m.scope);
}

static inline void new_space(unsigned space)
{
	FUZZ_CHECK(sessio_handle_space_create(&m.spaces[space]) == SESSIO_OK);
	m.lives[space] = ++m.next_life;
	/* The same bytes must give the same history: the real secret is another each time. */
	m.spaces[space]->secret = m.next_life * UINT32_C(0x9e3779b9);
}

/* The open handle with this value in this space, or NONE. */
static inline unsigned find(unsigned space, uint32_t value)
{
	for (unsigned i = 0; i < m.handles_used; i++) {
		const struct handle *h = &m.handles[i];

		if (h->open && h->space == space && h->value == value) {
			return i;
		}
	}
	return NONE;
}

/* The answer to a call that needs a valid handle with these rights. */
static inline sessio_status look_up(
	unsigned space, uint32_t value, uint32_t rights, unsigned *out_index)
{
	*out_index = find(space, value);
	if (*out_index == NONE) {
		return SESSIO_INVALID_ARG;
	}
	if (m.handles[*out_index].revoked) {
		return SESSIO_REVOKED;
	}
	return (rights & ~m.handles[*out_index].rights) == 0 ? SESSIO_OK : SESSIO_NO_RIGHTS;
}

static inline bool is_below(unsigned index, unsigned ancestor)
{
	do {
		index = m.handles[index].parent;
	} while (index != NONE && index != ancestor);
	return index != NONE;
}

/* The badge that a handle's transfers are tied to, NONE if there is none. */
static inline unsigned badge_of(unsigned index)
{
	while (index != NONE && m.handles[index].badge == NONE) {
		index = m.handles[index].parent;
	}
	return index == NONE ? NONE : m.handles[index].badge;
}

static inline bool is_valid(unsigned index)
{
	return m.handles[index].open && !m.handles[index].revoked;
}

static inline void raise_event(unsigned resource, uint32_t events)
{
	for (unsigned id = 0; id < IDS; id++) {
		m.resources[resource].pending[id] |= m.resources[resource].mask[id] & events;
	}
}

/* (handle_model-2), after each call that may have ended something. */
static inline void settle(void)
{
	bool valid[RESOURCES] = { false };
	bool tied[RESOURCES] = { false };

	for (unsigned i = 0; i < m.handles_used; i++) {
		if (!is_valid(i)) {
			continue;
		}
		valid[m.handles[i].resource] = true;
		for (unsigned at = i; at != NONE; at = m.handles[at].parent) {
			if (m.handles[at].badge != NONE) {
				tied[m.handles[at].badge] = true;
			}
		}
	}
	for (unsigned i = 0; i < m.resources_used; i++) {
		struct resource *r = &m.resources[i];

		if (!r->gone && !valid[i]) {
			r->gone = true;
			raise_event(i, EVENT_OBJECT_DESTROYED);
		}
		if (r->tied && !tied[i]) {
			raise_event(i, EVENT_BADGE_CLOSED);
		}
		r->tied = tied[i];
	}
}

static inline unsigned add_handle(
	unsigned space, unsigned parent, unsigned resource, unsigned badge, uint32_t value)
{
	struct handle *h = &m.handles[m.handles_used];

	FUZZ_CHECK(value != INVALID_HANDLE && find(space, value) == NONE);
	*h = (struct handle){ .space = space,
		.life = m.lives[space],
		.parent = parent,
		.resource = resource,
		.badge = badge,
		.value = value,
		.open = true };
	return m.handles_used++;
}

static inline void revoke_below(unsigned ancestor)
{
	for (unsigned i = 0; i < m.handles_used; i++) {
		if (is_below(i, ancestor)) {
			m.handles[i].revoked = true;
		}
	}
}

/* Those made with the badge below a handle, and theirs. */
static inline void revoke_tied(unsigned ancestor, unsigned badge)
{
	for (unsigned i = 0; i < m.handles_used; i++) {
		if (m.handles[i].badge == badge && is_below(i, ancestor)) {
			m.handles[i].revoked = true;
			revoke_below(i);
		}
	}
}

static inline void *context_of(unsigned resource)
{
	return &m.resources[resource];
}

/* The container that the owner of a resource gets when a handle comes home. */
static inline nk_handle_desc_t dereferenced(unsigned index, unsigned home, uint32_t rights)
{
	nk_handle_desc_t desc = { .handle = INVALID_HANDLE, .rights = rights, .dereferenced = 1 };
	unsigned badge = badge_of(index);

	desc.badge = (uintptr_t)context_of(badge == NONE ? m.handles[index].resource : badge);
	for (unsigned at = index; at != NONE; at = m.handles[at].parent) {
		if (m.handles[at].open && m.handles[at].space == home) {
			desc.handle = m.handles[at].value;
			break;
		}
	}
	return desc;
}

#endif /* SESSIO_TESTS_FUZZ_HANDLE_MODEL_H */
