/* SPDX-License-Identifier: MIT */
/*
 * KosObjects: typed, counted pieces of memory.
 *
 * Our reading of <kos/objects.h>. What objects are and do is documented; the
 * prototypes are not public. The order and types of the arguments below, and
 * every name that begins with sessio_, are ours. This file is the place to
 * correct them.
 *
 * The pointer to an object is the pointer to its payload. Types inherit: an
 * object has one payload segment for its own type and one for every ancestor,
 * each zeroed at first and aligned for any type. The object pointer is that of
 * the own type's segment; sessio_object_cast() gives the others.
 *
 * A function that takes an object stops the program if the pointer is not NULL
 * and not an object, or one that is gone: memory is then no longer to be trusted.
 */
#ifndef KOS_OBJECTS_H
#define KOS_OBJECTS_H

/*
 * From examples/derived_object.c:
 *
 *     static Retcode make_lamp(void *object, void *segment, void *createCtx)
 *     {
 *         struct lamp *lamp = segment;
 *
 *         lamp->watts = *(const int *)createCtx;
 *         printf("\"%s\" has %d watts\n", sessio_object_name(object), lamp->watts);
 *         return rcOk;
 *     }
 */

#include <rtl/compiler.h>
#include <rtl/retcode.h>
#include <rtl/stdbool.h>
#include <rtl/stddef.h>
#include <rtl/stdint.h>

__RTL_BEGIN_DECLS

/** A type of objects. Its pointer is what the documents call the type's identifier. */
typedef struct KosObjectType KosObjectType;

/**
 * Prepares one type's segment of a new object; ancestors have gone before.
 *
 * @param object    the object; it has one reference, which is its creator's.
 * @param segment   this type's segment; the object itself for the own type.
 * @param createCtx as given to KosCreateObject().
 * @return rcOk, or any other code: then the object is not created, the
 *         destructors of its ancestors run, and the creator gets this code.
 *
 * Ref:     may take references on @p object, but not keep one if it fails.
 * Locks:   called with none held; may call anything.
 * Threads: the creator's.
 */
typedef Retcode KosObjectConstructor(void *object, void *segment, void *createCtx);

/**
 * Undoes the constructor of the same type; derived types have gone before.
 *
 * @param object  the object; it has no reference any more and gets no new one.
 * @param segment this type's segment.
 *
 * Ref:     drops what the segment holds. Objects that go with it are destroyed
 *          after this destructor has returned, not inside the call.
 * Locks:   called with none held; may call anything.
 * Threads: that of the last KosPutObject().
 */
typedef void KosObjectDestructor(void *object, void *segment);

/**
 * Create a type.
 *
 * @param name        copied.
 * @param parent      the type to inherit, RTL_NULL for none. At most 15 ancestors.
 * @param payloadSize bytes of this type's own segment; may be 0.
 * @param construct   may be RTL_NULL.
 * @param destruct    may be RTL_NULL.
 * @param outType     set on rcOk only.
 * @return rcOk, rcInvalidArgument (@p name or @p outType is RTL_NULL),
 *         rcOutOfMemory, rcQuotaExceeded (too many ancestors).
 *
 * Ref:     *outType is +1, owned by the caller; @p parent is held by the type.
 * Locks:   takes none.
 * Threads: any.
 * Models:  OB-4..OB-7
 */
Retcode KosCreateObjectType(const char *name, KosObjectType *parent, rtl_size_t payloadSize,
	KosObjectConstructor *construct, KosObjectDestructor *destruct, KosObjectType **outType);

/**
 * Take a reference on a type. RTL_NULL is a no-op.
 *
 * Ref:     +1 on @p type.
 * Locks:   takes none.
 * Threads: any.
 */
void sessio_object_type_ref(KosObjectType *type);

/**
 * Drop a reference on a type. Its objects and derived types hold it, too, so it
 * may be dropped while they live. RTL_NULL is a no-op.
 *
 * Ref:     -1 on @p type; do not touch @p type after this.
 * Locks:   takes none.
 * Threads: any.
 */
void sessio_object_type_unref(KosObjectType *type);

/**
 * The name given to a type, "" for RTL_NULL.
 *
 * @return borrowed from the type.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 */
const char *sessio_object_type_name(const KosObjectType *type);

/**
 * Create an object. Its segments are zeroed, then the constructors run, the
 * root's first. If one fails, the destructors of those before it run.
 *
 * @param name      copied; RTL_NULL for none.
 * @param createCtx passed to the constructors.
 * @param outObject set on rcOk only.
 * @return rcOk, rcInvalidArgument (@p type or @p outObject is RTL_NULL, or
 *         @p type is one of session contexts or of session types, which have
 *         calls of their own), rcOutOfMemory, or the code of the constructor that
 *         failed.
 *
 * Ref:     *outObject is +1, owned by the caller; the object holds its type.
 * Locks:   takes none, but runs constructors: hold none.
 * Threads: any.
 * Models:  OB-1..OB-6, OB-8..OB-10
 */
Retcode KosCreateObject(KosObjectType *type, const char *name, void *createCtx, void **outObject);

/**
 * Take a reference. RTL_NULL is a no-op. The count saturates: an object that
 * reached the limit is never destroyed, which is reported once, as
 * SESSIO_DIAG_SATURATED. Taking a reference on an object whose last one is gone
 * stops the program.
 *
 * Ref:     +1 on @p object.
 * Locks:   takes none, but may call the sink: hold none that it takes.
 * Threads: any.
 * Models:  OB-2
 */
void KosRefObject(void *object);

/**
 * Drop a reference; the last one destroys the object. RTL_NULL is a no-op.
 * Dropping more references than there are stops the program.
 *
 * Ref:     -1 on @p object; do not touch @p object after this.
 * Locks:   takes none, but the last drop runs destructors: hold none.
 * Threads: any.
 * Models:  OB-2, OB-11
 */
void KosPutObject(void *object);

/**
 * Whether an object is of this type or of one that inherits it.
 *
 * @return the answer; false if either is RTL_NULL.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 */
rtl_bool sessio_object_is_a(const void *object, const KosObjectType *type);

/**
 * The segment of an object that belongs to this type, in constant time.
 *
 * @return the segment, the object itself for its own type; RTL_NULL if the
 *         object is not of this type or either is RTL_NULL.
 *
 * Ref:     none; the segment lives as long as the object.
 * Locks:   takes none.
 * Threads: any.
 */
void *sessio_object_cast(const void *object, const KosObjectType *type);

/**
 * An object's own type, RTL_NULL for RTL_NULL.
 *
 * @return borrowed from the object.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 */
const KosObjectType *sessio_object_type(const void *object);

/**
 * The name given to an object, RTL_NULL if it has none or is RTL_NULL.
 *
 * @return borrowed from the object.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 */
const char *sessio_object_name(const void *object);

/**
 * How many references an object has: a moment's truth, for people and tests. A
 * count above 0x7fffffff means that it is saturated.
 *
 * @return the count; 0 for RTL_NULL.
 *
 * Ref:     none.
 * Locks:   takes none.
 * Threads: any.
 */
rtl_uint32_t sessio_object_references(const void *object);

__RTL_END_DECLS

#endif /* KOS_OBJECTS_H */
