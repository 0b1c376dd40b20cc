/* SPDX-License-Identifier: MIT */
/*
 * Tables of numbers that stand for KosObjects, so that a number can be checked
 * before it is believed to be an object.
 *
 * Our reading of <kos/objhandles.h>. The functions whose names begin with Kos,
 * their purposes and the parameters initialCount and maxCount are documented;
 * the prototypes are not public. The order and types of the arguments below, the
 * names KosObjHandleTable and KosObjHandle, and every name that begins with
 * sessio_ are ours. This file is the place to correct them.
 *
 * A handle is 64 bits on every machine: 24 are the index of a slot in the table, 40
 * are that slot's generation. A slot gets another generation with each object, none
 * twice. When it has had all 2^40 it is given up rather than used again, so a handle
 * that was closed never comes to life. Generations begin elsewhere in each slot and
 * each table. A damaged number, one of another table, or a guess therefore passes
 * with a chance of 1 in 2^40 only. With 32 bits there would be 20 for the
 * generation, and 4096 slots.
 *
 * That is good against accidents and not meant against attackers who see handles:
 * generations can be computed from one another.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread.
 */
#ifndef KOS_OBJHANDLES_H
#define KOS_OBJHANDLES_H

/*
 * From examples/names_and_numbers.c:
 *
 *     Retcode rc = KosCreateObjHandle(table, lamp, &handle);
 *
 *     if (rc == rcOk) {
 *         rc = KosRefObjectByObjHandle(table, handle, &found);
 *     }
 */

#include <kos/objects.h>

__RTL_BEGIN_DECLS

/** A table of handles; an object. Its last KosPutObject() closes all its handles. */
typedef struct KosObjHandleTable KosObjHandleTable;

/** A number that stands for an object in one table; never 0. */
typedef rtl_uint64_t KosObjHandle;

/** The most handles that a table can have. */
#define SESSIO_OBJ_HANDLES_MAX 0xffffffu

/** The type of tables, to ask with sessio_object_is_a() whether an object is one. */
extern KosObjectType *const sessio_obj_handle_table_type;

/**
 * Create a table.
 *
 * @param initialCount memory for so many handles is there from the start; may be 0.
 * @param maxCount     the most handles there can be at once, those of @p
 *                     initialCount included; above SESSIO_OBJ_HANDLES_MAX means that.
 * @param outTable     set on rcOk only.
 * @return rcOk, rcInvalidArgument (@p outTable is RTL_NULL, @p maxCount is 0 or
 *         less than @p initialCount), rcQuotaExceeded (@p initialCount is above
 *         SESSIO_OBJ_HANDLES_MAX), rcOutOfMemory.
 *
 * Ref:     *outTable is +1, owned by the caller; KosRefObject() and
 *          KosPutObject() work on it.
 * Models:  OH-1, OH-2
 */
Retcode KosCreateObjHandleTable(
	rtl_uint32_t initialCount, rtl_uint32_t maxCount, KosObjHandleTable **outTable);

/**
 * Bind an object to a new handle. One object may have several.
 *
 * @param object    any object but the table itself.
 * @param outHandle set on rcOk only.
 * @return rcOk, rcInvalidArgument (an argument is RTL_NULL, @p table is not a
 *         table, or is to hold itself), rcQuotaExceeded (the table is full),
 *         rcOutOfMemory (it cannot grow; its handles stay good).
 *
 * Ref:     +1 on @p object, until the handle is closed or the table is destroyed.
 * Models:  OH-1..OH-3
 */
Retcode KosCreateObjHandle(KosObjHandleTable *table, void *object, KosObjHandle *outHandle);

/**
 * The object that a handle stands for. The time does not depend on how many
 * handles there are.
 *
 * @param outObject set on rcOk only.
 * @return rcOk, rcInvalidArgument (@p table or @p outObject is RTL_NULL, @p table
 *         is not a table, @p handle is none of its handles, or is closed).
 *
 * Ref:     *outObject is +1, owned by the caller.
 * Models:  OH-1, OH-4, OH-5
 */
Retcode KosRefObjectByObjHandle(KosObjHandleTable *table, KosObjHandle handle, void **outObject);

/**
 * Close a handle. It stands for nothing from then on. The documents do not say how
 * their call for this is named.
 *
 * @return rcOk, rcInvalidArgument (@p table is RTL_NULL or not a table, @p handle
 *         is none of its handles, or is closed already).
 *
 * Ref:     -1 on the object.
 * Calls back: destructors, if that was the last reference.
 */
Retcode sessio_obj_handle_close(KosObjHandleTable *table, KosObjHandle handle);

__RTL_END_DECLS

#endif /* KOS_OBJHANDLES_H */
