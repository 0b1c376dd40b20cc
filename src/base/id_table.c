/* SPDX-License-Identifier: MIT */
#include "base/id_table.h"

#include <string.h>

#include "base/lock_order.h"

/* A test has few generations, to see the last of them. */
#ifndef SI_ID_GENERATION_BITS
#define SI_ID_GENERATION_BITS 40u
#endif
#define GENERATION_MASK ((UINT64_C(1) << SI_ID_GENERATION_BITS) - 1)

#define GROWTH_MIN 16u

_Static_assert(SI_ID_INDEX_BITS + SI_ID_GENERATION_BITS <= 64, "an id has 64 bits");

struct slot {
	void *object; /* counted (id_table-3); NULL: free or given up */
	uint64_t word; /* generation << SI_ID_INDEX_BITS | index of the next free slot, or 0 */
};

/* Everything is under the lock. */
struct si_id_table {
	si_mutex lock;
	struct slot *slots; /* the slot with index n is at n - 1 */
	uint32_t capacity;
	uint32_t touched; /* (id_table-4) */
	uint32_t free; /* index of the first free slot below `touched`, 0 for none */
	uint32_t max;
	uint64_t salt; /* (id_table-2) */
};

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static uint64_t first_generation(const struct si_id_table *table, uint32_t index)
{
	return mix(table->salt + index * UINT64_C(0x9e3779b97f4a7c15)) & GENERATION_MASK;
}

/* (id_table-1): the factor is 1 modulo 4 and the summand is odd, hence the full period. */
static uint64_t next_generation(uint64_t generation)
{
	return (generation * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407)) &
		GENERATION_MASK;
}

static uint64_t generation_of(const struct slot *slot)
{
	return slot->word >> SI_ID_INDEX_BITS;
}

static sessio_status grow_locked(struct si_id_table *table, uint32_t capacity) SI_HELD(table->lock)
{
	struct slot *slots = si_platform_alloc((size_t)capacity * sizeof(*slots));

	if (slots == NULL) {
		return SESSIO_NO_MEMORY;
	}
	if (table->touched != 0) {
		memcpy(slots, table->slots, table->touched * sizeof(*slots));
	}
	si_platform_free(table->slots);
	table->slots = slots;
	table->capacity = capacity;
	return SESSIO_OK;
}

/* Twice as many slots as there are, within the limit. */
static sessio_status grow_more_locked(struct si_id_table *table) SI_HELD(table->lock)
{
	uint32_t capacity = table->capacity < GROWTH_MIN / 2 ? GROWTH_MIN : 2 * table->capacity;

	if (table->capacity == table->max) {
		return SESSIO_LIMIT;
	}
	return grow_locked(table, capacity < table->max ? capacity : table->max);
}

static sessio_status add_locked(struct si_id_table *table, void *object, uint64_t *out_id)
	SI_HELD(table->lock)
{
	uint32_t index = table->free;
	struct slot *slot;

	if (index != 0) {
		slot = &table->slots[index - 1];
		table->free = (uint32_t)(slot->word & SI_ID_INDEX_MASK);
	} else {
		sessio_status status =
			table->touched < table->capacity ? SESSIO_OK : grow_more_locked(table);

		if (status != SESSIO_OK) {
			return status;
		}
		index = ++table->touched;
		slot = &table->slots[index - 1];
		slot->word = first_generation(table, index) << SI_ID_INDEX_BITS;
	}
	(void)si_object_ref(object); /* (id_table-3) */
	slot->object = object;
	*out_id = generation_of(slot) << SI_ID_INDEX_BITS | index;
	return SESSIO_OK;
}

sessio_status si_id_table_add(struct si_id_table *table, void *object, uint64_t *out_id)
{
	sessio_status status;

	si_mutex_lock(&table->lock);
	status = add_locked(table, object, out_id);
	si_mutex_unlock(&table->lock);
	return status;
}

/* NULL if the id stands for nothing. */
static struct slot *find_locked(const struct si_id_table *table, uint64_t id) SI_HELD(table->lock)
{
	uint64_t index = id & SI_ID_INDEX_MASK;
	struct slot *slot;

	if (index == 0 || index > table->touched) {
		return NULL;
	}
	slot = &table->slots[index - 1];
	return slot->object != NULL && generation_of(slot) == id >> SI_ID_INDEX_BITS ? slot : NULL;
}

/* Empties a slot and makes it ready for the next; its object is the caller's. */
static void *empty_locked(struct si_id_table *table, struct slot *slot) SI_HELD(table->lock)
{
	uint32_t index = (uint32_t)(slot - table->slots) + 1;
	uint64_t generation = next_generation(generation_of(slot));
	void *object = slot->object;

	slot->object = NULL;
	if (generation != first_generation(table, index)) { /* (id_table-1) */
		slot->word = generation << SI_ID_INDEX_BITS | table->free;
		table->free = index;
	}
	return object;
}

void *si_id_table_find(struct si_id_table *table, uint64_t id)
{
	struct slot *slot;
	void *found = NULL;

	si_mutex_lock(&table->lock);
	slot = find_locked(table, id);
	if (slot != NULL) {
		found = slot->object;
		(void)si_object_ref(found);
	}
	si_mutex_unlock(&table->lock);
	return found;
}

sessio_status si_id_table_remove(struct si_id_table *table, uint64_t id)
{
	struct slot *slot;
	void *found = NULL;

	si_mutex_lock(&table->lock);
	slot = find_locked(table, id);
	if (slot != NULL) {
		found = empty_locked(table, slot);
	}
	si_mutex_unlock(&table->lock);
	if (found == NULL) {
		return SESSIO_NOT_FOUND;
	}
	si_object_put(found);
	return SESSIO_OK;
}

/* As good as any table until si_id_table_create() says more: types may inherit it. */
static int32_t construct_table(void *object, void *segment, void *arg)
{
	struct si_id_table *table = segment;

	(void)object;
	(void)arg;
	if (!si_mutex_init(&table->lock, SI_RANK_ALONE)) {
		return SESSIO_NO_MEMORY;
	}
	table->max = (uint32_t)SI_ID_INDEX_MASK;
	table->salt = mix((uint64_t)(uintptr_t)table ^ si_platform_now_ns() << 20);
	return 0;
}

static void destruct_table(void *object, void *segment)
{
	struct si_id_table *table = segment;

	(void)object;
	/* Nobody else knows it any more, so there is nothing to lock. */
	for (uint32_t i = 0; i < table->touched; i++) {
		if (table->slots[i].object != NULL) {
			si_object_put(table->slots[i].object);
		}
	}
	si_platform_free(table->slots);
	si_mutex_fini(&table->lock);
}

static const struct si_ancestor table_chain[] = { { &si_id_table_type, 0 } };
struct sessio_object_type si_id_table_type = {
	.name = "handle table",
	.construct = construct_table,
	.constructs = true,
	.destruct = destruct_table,
	.payload = sizeof(struct si_id_table),
	.kind = SI_KIND_PLAIN,
	.is_static = true,
	.chain = table_chain,
};

sessio_status si_id_table_create(
	uint32_t initial_count, uint32_t max_count, struct si_id_table **out_table)
{
	struct si_id_table *table;
	void *object;
	sessio_status status;

	if (initial_count > SI_ID_INDEX_MASK) {
		return SESSIO_LIMIT;
	}
	status = si_object_create(&si_id_table_type, NULL, NULL, &object, NULL);
	if (status != SESSIO_OK) {
		return status;
	}
	table = object;
	si_mutex_lock(&table->lock);
	if (max_count < table->max) {
		table->max = max_count;
	}
	status = initial_count == 0 ? SESSIO_OK : grow_locked(table, initial_count);
	si_mutex_unlock(&table->lock);
	if (status != SESSIO_OK) {
		si_object_put(object);
		return status;
	}
	*out_table = table;
	return SESSIO_OK;
}
