/* SPDX-License-Identifier: MIT */
/*
 * Tables of handles: an array of places, under one lock.
 *
 * A handle is the place's tag (40 bits) and its number (24 bits), which counts
 * from 1, so that no handle is 0. One lock a table is enough: what happens under
 * it is a few loads and a reference, and it lets the array move when it grows.
 *
 * (objhandles-1) A place's tags follow one another by a step that goes through all 2^40
 *      before it comes back: none stands for two objects of one place. A place
 *      that would come back to its first tag is not used again.
 * (objhandles-2) The first tag of a place depends on the place and on the table, so that
 *      the right tag in a wrong place or table is a coincidence.
 * (objhandles-3) A place that is used has one reference on its object. It is taken under
 *      the lock while the caller holds another, and given back with no lock held.
 * (objhandles-4) Places above `touched` have never been used; their memory is not read.
 */
#include <kos/objhandles.h>

#include <string.h>

#include "base/lock_order.h"
#include "base/object.h"
#include "kos/retcode.h"
#include "kos/type.h"

#define NUMBER_BITS 24u
#define NUMBER_MASK ((UINT64_C(1) << NUMBER_BITS) - 1)

/* A test has few tags, to see the last of them. */
#ifndef SI_OBJ_HANDLE_TAG_BITS
#define SI_OBJ_HANDLE_TAG_BITS 40u
#endif
#define TAG_MASK ((UINT64_C(1) << SI_OBJ_HANDLE_TAG_BITS) - 1)

#define GROWTH_MIN 16u

_Static_assert(NUMBER_BITS + SI_OBJ_HANDLE_TAG_BITS <= 64, "a handle has 64 bits");
_Static_assert(SESSIO_OBJ_HANDLES_MAX == NUMBER_MASK, "every place has a number that is not 0");

struct place {
	void *object; /* counted (objhandles-3); NULL: free or given up */
	uint64_t mark; /* tag << NUMBER_BITS | number of the next free place, 0 for none */
};

/* Everything is under the lock. */
struct table {
	si_mutex lock;
	struct place *places; /* place number n is at n - 1 */
	uint32_t capacity;
	uint32_t touched; /* (objhandles-4) */
	uint32_t free; /* number of the first free place below `touched`, 0 for none */
	uint32_t max;
	uint64_t salt; /* (objhandles-2) */
};

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static uint64_t first_tag(const struct table *table, uint32_t number)
{
	return mix(table->salt + number * UINT64_C(0x9e3779b97f4a7c15)) & TAG_MASK;
}

/* (objhandles-1): the factor is 1 modulo 4 and what is added is odd, hence the full period. */
static uint64_t next_tag(uint64_t tag)
{
	return (tag * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407)) & TAG_MASK;
}

static uint64_t tag_of(const struct place *place)
{
	return place->mark >> NUMBER_BITS;
}

static Retcode grow_locked(struct table *table, uint32_t capacity) SI_HELD(table->lock)
{
	struct place *places = si_platform_alloc((size_t)capacity * sizeof(*places));

	if (places == NULL) {
		return rcOutOfMemory;
	}
	if (table->touched != 0) {
		memcpy(places, table->places, table->touched * sizeof(*places));
	}
	si_platform_free(table->places);
	table->places = places;
	table->capacity = capacity;
	return rcOk;
}

/* Twice as many places as there are, within the limit. */
static Retcode grow_more_locked(struct table *table) SI_HELD(table->lock)
{
	uint32_t capacity = table->capacity < GROWTH_MIN / 2 ? GROWTH_MIN : 2 * table->capacity;

	if (table->capacity == table->max) {
		return rcQuotaExceeded;
	}
	return grow_locked(table, capacity < table->max ? capacity : table->max);
}

static Retcode bind_locked(struct table *table, void *object, KosObjHandle *out_handle)
	SI_HELD(table->lock)
{
	uint32_t number = table->free;
	struct place *place;

	if (number != 0) {
		place = &table->places[number - 1];
		table->free = (uint32_t)(place->mark & NUMBER_MASK);
	} else {
		Retcode rc = table->touched < table->capacity ? rcOk : grow_more_locked(table);

		if (rc != rcOk) {
			return rc;
		}
		number = ++table->touched;
		place = &table->places[number - 1];
		place->mark = first_tag(table, number) << NUMBER_BITS;
	}
	si_object_ref(object); /* (objhandles-3) */
	place->object = object;
	*out_handle = tag_of(place) << NUMBER_BITS | number;
	return rcOk;
}

/* The place of a handle that is good, NULL for any other number. */
static struct place *find_locked(const struct table *table, KosObjHandle handle)
	SI_HELD(table->lock)
{
	uint64_t number = handle & NUMBER_MASK;
	struct place *place;

	if (number == 0 || number > table->touched) {
		return NULL;
	}
	place = &table->places[number - 1];
	return place->object != NULL && tag_of(place) == handle >> NUMBER_BITS ? place : NULL;
}

/* Ends a binding and makes the place ready for the next; its object is the caller's. */
static void *unbind_locked(struct table *table, struct place *place) SI_HELD(table->lock)
{
	uint32_t number = (uint32_t)(place - table->places) + 1;
	uint64_t tag = next_tag(tag_of(place));
	void *object = place->object;

	place->object = NULL;
	if (tag != first_tag(table, number)) { /* (objhandles-1) */
		place->mark = tag << NUMBER_BITS | table->free;
		table->free = number;
	}
	return object;
}

/* As good as any table until KosCreateObjHandleTable() says more. */
static int32_t construct_table(void *object, void *segment, void *arg)
{
	struct table *table = segment;

	(void)object;
	(void)arg;
	if (!si_mutex_init(&table->lock, SI_RANK_ALONE)) {
		return rcOutOfMemory;
	}
	table->max = SESSIO_OBJ_HANDLES_MAX;
	table->salt = mix((uint64_t)(uintptr_t)table ^ si_platform_now_ns() << 20);
	return rcOk;
}

static void destruct_table(void *object, void *segment)
{
	struct table *table = segment;

	(void)object;
	/* Nobody else knows it any more, so there is nothing to lock. */
	for (uint32_t i = 0; i < table->touched; i++) {
		if (table->places[i].object != NULL) {
			si_object_put(table->places[i].object);
		}
	}
	si_platform_free(table->places);
	si_mutex_fini(&table->lock);
}

static struct si_type table_type;
static const struct si_ancestor table_chain[] = { { &table_type, 0 } };
static struct si_type table_type = {
	.name = "handle table",
	.construct = construct_table,
	.constructs = true,
	.destruct = destruct_table,
	.payload = sizeof(struct table),
	.kind = SI_KIND_PLAIN,
	.is_static = true,
	.chain = table_chain,
};

KosObjectType *const sessio_obj_handle_table_type = (KosObjectType *)&table_type;

/* NULL if it is none. */
static struct table *table_of(const KosObjHandleTable *object)
{
	return object == NULL ? NULL : si_object_cast(object, &table_type);
}

Retcode KosCreateObjHandleTable(
	rtl_uint32_t initialCount, rtl_uint32_t maxCount, KosObjHandleTable **outTable)
{
	struct table *table;
	void *object;
	Retcode reason = rcFail;
	sessio_status status;
	Retcode rc;

	if (outTable == NULL || maxCount == 0 || initialCount > maxCount) {
		return rcInvalidArgument;
	}
	if (initialCount > SESSIO_OBJ_HANDLES_MAX) {
		return rcQuotaExceeded;
	}
	status = si_object_create(&table_type, NULL, NULL, &object, &reason);
	rc = si_retcode_or(status, reason);
	if (rc != rcOk) {
		return rc;
	}
	table = object;
	si_mutex_lock(&table->lock);
	if (maxCount < table->max) {
		table->max = maxCount;
	}
	rc = initialCount == 0 ? rcOk : grow_locked(table, initialCount);
	si_mutex_unlock(&table->lock);
	if (rc != rcOk) {
		si_object_put(object);
		return rc;
	}
	*outTable = object;
	return rcOk;
}

Retcode KosCreateObjHandle(KosObjHandleTable *table, void *object, KosObjHandle *outHandle)
{
	struct table *self = table_of(table);
	Retcode rc;

	if (self == NULL || object == NULL || outHandle == NULL || object == (void *)table) {
		return rcInvalidArgument;
	}
	si_mutex_lock(&self->lock);
	rc = bind_locked(self, object, outHandle);
	si_mutex_unlock(&self->lock);
	return rc;
}

Retcode KosRefObjectByObjHandle(KosObjHandleTable *table, KosObjHandle handle, void **outObject)
{
	struct table *self = table_of(table);
	struct place *place;
	void *found = NULL;

	if (self == NULL || outObject == NULL) {
		return rcInvalidArgument;
	}
	si_mutex_lock(&self->lock);
	place = find_locked(self, handle);
	if (place != NULL) {
		found = place->object;
		si_object_ref(found);
	}
	si_mutex_unlock(&self->lock);
	if (found == NULL) {
		return rcInvalidArgument;
	}
	*outObject = found;
	return rcOk;
}

Retcode sessio_obj_handle_close(KosObjHandleTable *table, KosObjHandle handle)
{
	struct table *self = table_of(table);
	struct place *place;
	void *found = NULL;

	if (self == NULL) {
		return rcInvalidArgument;
	}
	si_mutex_lock(&self->lock);
	place = find_locked(self, handle);
	if (place != NULL) {
		found = unbind_locked(self, place);
	}
	si_mutex_unlock(&self->lock);
	if (found == NULL) {
		return rcInvalidArgument;
	}
	si_object_put(found);
	return rcOk;
}
