/* SPDX-License-Identifier: MIT */
/*
 * The model of objects.c: types, things of these types, and which of them is in
 * which container or table, each a plain array.
 *
 * (object_model-1) The model counts every reference that there should be; an object whose
 *      count has come to 0 has been destroyed, and no other.
 * (object_model-2) Things are put into containers and tables of a higher number only, so that
 *      no ring of them holds itself.
 */
#ifndef SESSIO_TESTS_FUZZ_OBJECT_MODEL_H
#define SESSIO_TESTS_FUZZ_OBJECT_MODEL_H

#include "fuzz.h"

#include <kos/objcontainer.h>
#include <kos/objhandles.h>

#define TYPES 20u
#define THINGS 24u
#define ELEMENTS 48u
#define NAMES 6u
#define CLOSED 8u
#define MAX_DEPTH 15u /* ancestors */
#define STOPPED ((Retcode)-78)

enum kind { PLAIN, CONTAINER, TABLE };

struct type {
	KosObjectType *type;
	int parent; /* -1: none */
	unsigned depth;
	size_t size;
	bool dropped; /* by us; objects and derived types may hold it */
};

struct thing {
	enum kind kind;
	void *object;
	unsigned type; /* of a plain one */
	unsigned ours; /* references */
	unsigned limit; /* of a table */
};

/* An element of a container, or a handle of a table. */
struct element {
	bool used;
	unsigned holder; /* things */
	unsigned held;
	unsigned name;
	KosObjHandle handle;
	unsigned born;
};

static struct {
	struct fuzz_input in;
	struct type types[TYPES];
	unsigned type_count;
	struct thing things[THINGS];
	unsigned thing_count;
	struct element elements[ELEMENTS];
	KosObjHandle closed[CLOSED]; /* handles that were closed, of any table; the latest */
	unsigned closed_count;
	unsigned constructed; /* calls for the object in hand */
	unsigned fail_at; /* which of them refuses */
	unsigned clock; /* insertions so far */
	unsigned walks; /* under way */
	unsigned live; /* constructed and not destructed segments */
} m;

static const char *const names[NAMES] = { "a", "b", "ab", "", "a longer name than the others",
	"c" };

static Retcode construct(void *object, void *segment, void *create_ctx)
{
	FUZZ_CHECK(create_ctx == &m && object != NULL && segment != NULL);
	if (++m.constructed == m.fail_at) {
		return STOPPED;
	}
	m.live++;
	return rcOk;
}

static void destruct(void *object, void *segment)
{
	FUZZ_CHECK(object != NULL && segment != NULL && m.live != 0);
	m.live--;
}

static bool inherits(unsigned type, unsigned ancestor)
{
	for (int at = (int)type; at >= 0; at = m.types[at].parent) {
		if (at == (int)ancestor) {
			return true;
		}
	}
	return false;
}

static unsigned references(unsigned thing)
{
	unsigned count = m.things[thing].ours;

	for (unsigned i = 0; i < ELEMENTS; i++) {
		count += m.elements[i].used && m.elements[i].held == thing;
	}
	return count;
}

/* (object_model-1) Takes out of the model what goes with a thing that nobody holds. */
static void remove_unheld(void)
{
	bool again = true;

	while (again) {
		again = false;
		for (unsigned i = 0; i < ELEMENTS; i++) {
			struct element *e = &m.elements[i];

			if (e->used && references(e->holder) == 0) {
				e->used = false;
				again = true;
			}
		}
	}
}

static void check_counts(void)
{
	unsigned segments = 0;

	for (unsigned i = 0; i < m.thing_count; i++) {
		unsigned count = references(i);

		if (count != 0) {
			FUZZ_CHECK(sessio_object_references(m.things[i].object) == count);
			segments +=
				m.things[i].kind == PLAIN ? m.types[m.things[i].type].depth + 1 : 0;
		}
	}
	FUZZ_CHECK(m.live == segments);
}

/* A thing that is alive; NULL if the one that the bytes name is not. */
static struct thing *any_thing(void)
{
	unsigned thing = m.thing_count == 0 ? 0 : fuzz_below(&m.in, m.thing_count);

	return m.thing_count != 0 && references(thing) != 0 ? &m.things[thing] : NULL;
}

static unsigned number_of(const struct thing *thing)
{
	return (unsigned)(thing - m.things);
}

static struct element *free_element(void)
{
	for (unsigned i = 0; i < ELEMENTS; i++) {
		if (!m.elements[i].used) {
			return &m.elements[i];
		}
	}
	return NULL;
}

#endif /* SESSIO_TESTS_FUZZ_OBJECT_MODEL_H */
