/* SPDX-License-Identifier: MIT */
/* For objects.c: containers, their elements, and walks that change what they walk. */
#ifndef SESSIO_TESTS_FUZZ_OBJECT_CONTAINERS_H
#define SESSIO_TESTS_FUZZ_OBJECT_CONTAINERS_H

#include "object_model.h"

static struct element *find_name(unsigned holder, unsigned name)
{
	for (unsigned i = 0; i < ELEMENTS; i++) {
		struct element *e = &m.elements[i];

		if (e->used && e->holder == holder && e->name == name) {
			return e;
		}
	}
	return NULL;
}

static void create_container(void)
{
	struct thing *thing = &m.things[m.thing_count];
	KosObjContainer *container = NULL;

	if (m.thing_count == THINGS) {
		return;
	}
	FUZZ_CHECK(KosCreateObjContainer(NULL, NULL, &container) == rcOk);
	*thing = (struct thing){ .kind = CONTAINER, .object = container, .ours = 1 };
	m.thing_count++;
}

static void insert(struct thing *holder, struct thing *held)
{
	struct element *e = free_element();
	unsigned name = fuzz_below(&m.in, NAMES);
	Retcode expected = holder->kind != CONTAINER || holder == held ? rcInvalidArgument
		: find_name(number_of(holder), name) != NULL           ? rcAlreadyExists
								       : rcOk;

	if (e == NULL || held > holder) {
		return; /* (object_model-2) */
	}
	FUZZ_CHECK(
		KosInsertObjContainerObject(holder->object, names[name], held->object) == expected);
	if (expected == rcOk) {
		*e = (struct element){ true, number_of(holder), number_of(held), name, 0,
			++m.clock };
	}
}

static void remove_name(struct thing *holder)
{
	unsigned name = fuzz_below(&m.in, NAMES);
	struct element *e = find_name(number_of(holder), name);
	Retcode expected = holder->kind != CONTAINER ? rcInvalidArgument
		: e == NULL                          ? rcResourceNotFound
						     : rcOk;

	FUZZ_CHECK(KosRemoveObjContainerObjectByName(holder->object, names[name]) == expected);
	if (expected == rcOk) {
		e->used = false;
	}
}

static void remove_thing(struct thing *holder, struct thing *held)
{
	Retcode expected = holder->kind != CONTAINER ? rcInvalidArgument : rcResourceNotFound;

	for (unsigned i = 0; i < ELEMENTS; i++) {
		struct element *e = &m.elements[i];

		if (expected != rcInvalidArgument && e->used && e->holder == number_of(holder) &&
			e->held == number_of(held)) {
			e->used = false;
			expected = rcOk;
		}
	}
	FUZZ_CHECK(KosRemoveObjContainerObject(holder->object, held->object) == expected);
}

static void find(struct thing *holder)
{
	unsigned name = fuzz_below(&m.in, NAMES);
	struct element *e = find_name(number_of(holder), name);
	void *found = NULL;
	Retcode rc = KosGetObjContainerObjectByName(holder->object, names[name], &found);

	if (holder->kind != CONTAINER || e == NULL) {
		FUZZ_CHECK(
			rc == (holder->kind != CONTAINER ? rcInvalidArgument : rcResourceNotFound));
		FUZZ_CHECK(found == NULL);
	} else {
		FUZZ_CHECK(rc == rcOk && found == m.things[e->held].object);
		m.things[e->held].ours++;
	}
}

struct walk {
	unsigned holder;
	unsigned since; /* elements that came later are not met */
	unsigned calls[THINGS];
	bool stopped;
};

/* Elements of the walked container with this object that were there at the start. */
static unsigned count_old(const struct walk *walk, unsigned held)
{
	unsigned count = 0;

	for (unsigned i = 0; i < ELEMENTS; i++) {
		const struct element *e = &m.elements[i];

		count += e->used && e->holder == walk->holder && e->held == held &&
			e->born <= walk->since;
	}
	return count;
}

static void walk_elements(struct thing *holder);

/* Changes the container under the walk. */
static Retcode on_element(void *object, void *context)
{
	struct walk *walk = context;
	unsigned held = 0;

	while (held < m.thing_count && (m.things[held].object != object || references(held) == 0)) {
		held++;
	}
	remove_unheld();
	FUZZ_CHECK(held < m.thing_count && count_old(walk, held) != 0 && !walk->stopped);
	walk->calls[held]++;
	m.things[held].ours++; /* the walk's own */
	check_counts();
	switch (fuzz_below(&m.in, 10)) {
	case 1:
		remove_name(&m.things[walk->holder]);
		break;
	case 2:
		remove_thing(&m.things[walk->holder], &m.things[held]);
		break;
	case 3:
		insert(&m.things[walk->holder], &m.things[held]);
		break;
	case 4:
		if (m.walks < 3) {
			walk_elements(&m.things[walk->holder]);
		}
		break;
	case 5:
		walk->stopped = true;
		break;
	default:
		break;
	}
	remove_unheld();
	m.things[held].ours--;
	return walk->stopped ? STOPPED : rcOk;
}

static void walk_elements(struct thing *holder)
{
	struct walk walk = { .holder = number_of(holder), .since = m.clock };
	unsigned before[THINGS];
	Retcode rc;

	for (unsigned i = 0; i < THINGS; i++) {
		before[i] = count_old(&walk, i);
	}
	if (holder->kind != CONTAINER) {
		rc = KosWalkObjContainerObjects(holder->object, on_element, &walk);
		FUZZ_CHECK(rc == rcInvalidArgument);
		return;
	}
	m.walks++;
	holder->ours++; /* the walk's own */
	rc = KosWalkObjContainerObjects(holder->object, on_element, &walk);
	holder->ours--;
	m.walks--;
	FUZZ_CHECK(rc == (walk.stopped ? STOPPED : rcOk));
	for (unsigned i = 0; i < THINGS; i++) {
		FUZZ_CHECK(walk.calls[i] <= before[i]);
		FUZZ_CHECK(walk.stopped || walk.calls[i] >= count_old(&walk, i));
	}
}

#endif /* SESSIO_TESTS_FUZZ_OBJECT_CONTAINERS_H */
