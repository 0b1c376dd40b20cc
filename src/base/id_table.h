/* SPDX-License-Identifier: MIT */
/*
 * Tables of ids: numbers that stand for objects, in an array of slots.
 *
 * An id is the slot's generation (40 bits) and its index (24 bits), which counts
 * from 1, so that no id is 0. One lock a table is enough, because a call under it is
 * a few loads and a reference. The lock lets the array move when it grows.
 *
 * A table is an object whose payload is struct si_id_table. Its arguments are never
 * NULL here; the faces check them.
 *
 * (id_table-1) A slot's generations follow one another by a step that goes through
 *      all 2^40 before it comes back. None stands for two objects of one slot. A
 *      slot that would come back to its first generation is not used again.
 * (id_table-2) The first generation of a slot depends on the slot and on the table.
 *      The right generation in a wrong slot or table is therefore a coincidence.
 * (id_table-3) A slot in use has one reference on its object. It is taken under the
 *      lock while the caller holds another, and given back with no lock held.
 * (id_table-4) Slots above `touched` have never been used; their memory is not read.
 */
#ifndef SI_ID_TABLE_H
#define SI_ID_TABLE_H

#include "base/object.h"

#define SI_ID_INDEX_BITS 24u
#define SI_ID_INDEX_MASK ((UINT64_C(1) << SI_ID_INDEX_BITS) - 1)

struct si_id_table;

extern struct sessio_object_type si_id_table_type;

/* SESSIO_OK, SESSIO_LIMIT (more at first than any table has), SESSIO_NO_MEMORY. */
sessio_status si_id_table_create(
	uint32_t initial_count, uint32_t max_count, struct si_id_table **out_table);

/* SESSIO_OK, SESSIO_LIMIT (the table is full), SESSIO_NO_MEMORY. */
sessio_status si_id_table_add(struct si_id_table *table, void *object, uint64_t *out_id);

/* The object with a reference, NULL if the id stands for none. */
void *si_id_table_find(struct si_id_table *table, uint64_t id);

/* SESSIO_OK, SESSIO_NOT_FOUND. */
sessio_status si_id_table_remove(struct si_id_table *table, uint64_t id);

#endif /* SI_ID_TABLE_H */
