/* SPDX-License-Identifier: MIT */
/*
 * Typed, counted objects: questions to them and to their types.
 *
 * Objects are made by the calls of <kos/objects.h>, or of another face. An object's
 * pointer is that to the segment of its own type; sessio_object_cast() gives the
 * segments of the types that it inherits.
 *
 * A call stops the program if a pointer is neither NULL nor an object. So it does for
 * an object that is gone, where its memory still shows that.
 *
 * Default: a call borrows its arguments, and its result is borrowed from them. It
 *          does not block, calls nobody back, and is open to any thread.
 */
#ifndef SESSIO_OBJECT_H
#define SESSIO_OBJECT_H

/*
 * From examples/first_session.c:
 *
 *     printf("open \"%s\"\n", sessio_object_name(object));
 */

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A type of objects. */
typedef struct sessio_object_type sessio_object_type;

/**
 * Take a reference on a type. NULL is a no-op.
 *
 * Ref:     +1 on @p type.
 */
void sessio_object_type_ref(sessio_object_type *type);

/**
 * Drop a reference on a type. Its objects and derived types hold it, too, so it may
 * be dropped while they live. NULL is a no-op.
 *
 * Ref:     -1 on @p type; do not touch @p type after this.
 */
void sessio_object_type_unref(sessio_object_type *type);

/**
 * The name given to a type, "" for NULL.
 *
 * @return a string, never NULL.
 */
const char *sessio_object_type_name(const sessio_object_type *type);

/**
 * Whether an object is of this type or of one that inherits it.
 *
 * @return the answer; false if either is NULL.
 */
bool sessio_object_is_a(const void *object, const sessio_object_type *type);

/**
 * The segment of an object that belongs to this type, in constant time.
 *
 * @return the segment, the object itself for its own type; NULL if the object is
 *         not of this type or either is NULL.
 */
void *sessio_object_cast(const void *object, const sessio_object_type *type);

/**
 * An object's own type, NULL for NULL.
 *
 * @return the type; it lives as long as the object.
 */
const sessio_object_type *sessio_object_type_of(const void *object);

/**
 * The name given to an object.
 *
 * @return the name; NULL if the object has none or is NULL.
 */
const char *sessio_object_name(const void *object);

/**
 * How many references an object has. That is a snapshot, for people and tests, and
 * may be stale. A count above 0x7fffffff means that it is saturated.
 *
 * @return the count; 0 for NULL.
 */
uint32_t sessio_object_references(const void *object);

#ifdef __cplusplus
}
#endif

#endif /* SESSIO_OBJECT_H */
