/* SPDX-License-Identifier: MIT */
/*
 * Trees of types, their objects, containers of them and tables of handles. A
 * handle that a table never gave, or that was closed, stands for nothing,
 * whatever number it is.
 */
#include "object_containers.h"

static void create_type(void)
{
	struct type *t = &m.types[m.type_count];
	int parent = m.type_count == 0 ? -1 : (int)fuzz_below(&m.in, m.type_count + 1) - 1;
	KosObjectType *above = NULL;
	Retcode rc;

	if (m.type_count == TYPES || (parent >= 0 && m.types[parent].dropped)) {
		return;
	}
	*t = (struct type){ .parent = parent, .size = fuzz_byte(&m.in) };
	if (parent >= 0) {
		above = m.types[parent].type;
		t->depth = m.types[parent].depth + 1;
	}
	rc = KosCreateObjectType("type", above, t->size, construct, destruct, &t->type);
	FUZZ_CHECK(rc == (t->depth > MAX_DEPTH ? rcQuotaExceeded : rcOk));
	m.type_count += rc == rcOk;
}

/* Fills each segment and looks whether it touches another. */
static void check_segments(const struct thing *thing)
{
	for (unsigned i = 0; i < m.type_count; i++) {
		struct type *t = &m.types[i];
		uint8_t *segment = NULL;

		if (!t->dropped) {
			segment = sessio_object_cast(thing->object, t->type);
			FUZZ_CHECK((segment != NULL) == inherits(thing->type, i));
			FUZZ_CHECK(sessio_object_is_a(thing->object, t->type) == (segment != NULL));
		}
		if (segment != NULL) {
			FUZZ_CHECK((uintptr_t)segment % _Alignof(max_align_t) == 0);
			FUZZ_CHECK(i != thing->type || segment == thing->object);
			for (size_t j = 0; j < t->size; j++) {
				FUZZ_CHECK(segment[j] == 0);
				segment[j] = 1;
			}
		}
	}
}

static void create_plain(void)
{
	struct thing *thing = &m.things[m.thing_count];
	unsigned type = m.type_count == 0 ? 0 : fuzz_below(&m.in, m.type_count);
	uint8_t choice = fuzz_byte(&m.in);
	Retcode rc;

	if (m.thing_count == THINGS || m.type_count == 0 || m.types[type].dropped) {
		return;
	}
	m.constructed = 0;
	m.fail_at = choice < 32 ? choice : 0;
	*thing = (struct thing){ .kind = PLAIN, .type = type, .ours = 1 };
	rc = KosCreateObject(m.types[type].type, names[choice % NAMES], &m, &thing->object);
	if (m.fail_at != 0 && m.fail_at <= m.types[type].depth + 1) {
		FUZZ_CHECK(rc == STOPPED && m.constructed == m.fail_at && thing->object == NULL);
		return;
	}
	FUZZ_CHECK(rc == rcOk && m.constructed == m.types[type].depth + 1);
	FUZZ_CHECK(strcmp(sessio_object_name(thing->object), names[choice % NAMES]) == 0);
	check_segments(thing);
	m.thing_count++;
}

static void create_table(void)
{
	struct thing *thing = &m.things[m.thing_count];
	unsigned initial = fuzz_below(&m.in, 8);
	unsigned limit = fuzz_below(&m.in, 12);
	KosObjHandleTable *table = NULL;
	Retcode rc;

	if (m.thing_count == THINGS) {
		return;
	}
	rc = KosCreateObjHandleTable(initial, limit, &table);
	FUZZ_CHECK(rc == (limit == 0 || limit < initial ? rcInvalidArgument : rcOk));
	if (rc == rcOk) {
		*thing = (struct thing){ TABLE, table, 0, 1, limit };
		m.thing_count++;
	}
}

static struct element *find_handle(unsigned holder, KosObjHandle handle)
{
	for (unsigned i = 0; i < ELEMENTS; i++) {
		struct element *e = &m.elements[i];

		if (e->used && e->holder == holder && e->handle == handle && handle != 0) {
			return e;
		}
	}
	return NULL;
}

static void create_handle(struct thing *holder, struct thing *held)
{
	struct element *e = free_element();
	KosObjHandle handle = 0;
	unsigned count = 0;
	Retcode expected;

	if (e == NULL || held > holder) {
		return; /* (object_model-2) */
	}
	for (unsigned i = 0; i < ELEMENTS; i++) {
		count += m.elements[i].used && m.elements[i].holder == number_of(holder);
	}
	expected = holder->kind != TABLE || holder == held ? rcInvalidArgument
		: count == holder->limit                   ? rcQuotaExceeded
							   : rcOk;
	FUZZ_CHECK(KosCreateObjHandle(holder->object, held->object, &handle) == expected);
	FUZZ_CHECK((handle != 0) == (expected == rcOk));
	FUZZ_CHECK(find_handle(number_of(holder), handle) == NULL);
	for (unsigned i = 0; i < CLOSED; i++) {
		FUZZ_CHECK(handle == 0 || handle != m.closed[i]);
	}
	if (expected == rcOk) {
		*e = (struct element){ true, number_of(holder), number_of(held), NAMES, handle, 0 };
	}
}

/* A handle of this table or another, one that was closed, or one of these damaged. */
static KosObjHandle any_handle(void)
{
	uint8_t choice = fuzz_byte(&m.in);
	KosObjHandle handle = m.elements[fuzz_below(&m.in, 6)].handle; /* where most are */

	if (choice >= 128) {
		handle = m.closed[fuzz_below(&m.in, CLOSED)];
	}
	switch (choice % 8) {
	case 0:
		return handle ^ UINT64_C(1) << fuzz_below(&m.in, 64);
	case 1:
		return handle + fuzz_byte(&m.in);
	case 2:
		return handle ^ fuzz_u32(&m.in);
	case 3:
		return (KosObjHandle)fuzz_u32(&m.in) << 32 | fuzz_u32(&m.in);
	default:
		return handle;
	}
}

static void use_handle(struct thing *holder, bool close)
{
	KosObjHandle handle = any_handle();
	struct element *e = holder->kind == TABLE ? find_handle(number_of(holder), handle) : NULL;
	void *found = NULL;

	if (close) {
		FUZZ_CHECK(sessio_obj_handle_close(holder->object, handle) ==
			(e != NULL ? rcOk : rcInvalidArgument));
		if (e != NULL) {
			m.closed[m.closed_count++ % CLOSED] = handle;
			e->used = false;
		}
		return;
	}
	FUZZ_CHECK(KosRefObjectByObjHandle(holder->object, handle, &found) ==
		(e != NULL ? rcOk : rcInvalidArgument));
	FUZZ_CHECK(found == (e != NULL ? m.things[e->held].object : NULL));
	if (e != NULL) {
		m.things[e->held].ours++;
	}
}

static void act_on(struct thing *thing, unsigned what)
{
	struct thing *other = any_thing();

	switch (what) {
	case 0:
		if (thing->ours != 0) {
			thing->ours--;
			KosPutObject(thing->object);
		}
		break;
	case 1:
		KosRefObject(thing->object);
		thing->ours++;
		break;
	case 2:
		remove_name(thing);
		break;
	case 3:
		find(thing);
		break;
	case 4:
		walk_elements(thing);
		break;
	case 5:
	case 6:
		use_handle(thing, what == 5);
		break;
	case 7:
		if (other != NULL) {
			remove_thing(thing, other);
		}
		break;
	default:
		if (other != NULL) {
			(thing->kind == TABLE ? create_handle : insert)(thing, other);
		}
	}
}

static void drop_type(unsigned type)
{
	if (type < m.type_count && !m.types[type].dropped) {
		m.types[type].dropped = true;
		sessio_object_type_unref(m.types[type].type);
	}
}

static void act(void)
{
	uint8_t what = fuzz_byte(&m.in);
	struct thing *thing;

	switch (what % 16) {
	case 0:
		create_type();
		break;
	case 1:
		create_plain();
		break;
	case 2:
		create_container();
		break;
	case 3:
		create_table();
		break;
	case 4:
		if (what > 200) {
			drop_type(fuzz_below(&m.in, TYPES));
		}
		break;
	default:
		thing = any_thing();
		if (thing != NULL) {
			act_on(thing, what % 13);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	memset(&m, 0, sizeof(m));
	m.in = (struct fuzz_input){ data, data + size };
	create_type();
	while (fuzz_has_more(&m.in)) {
		act();
		remove_unheld();
		check_counts();
	}
	for (unsigned i = 0; i < m.thing_count; i++) {
		for (; m.things[i].ours != 0; m.things[i].ours--) {
			KosPutObject(m.things[i].object);
		}
	}
	FUZZ_CHECK(m.live == 0);
	for (unsigned i = 0; i < m.type_count; i++) {
		drop_type(i);
	}
	return 0;
}
