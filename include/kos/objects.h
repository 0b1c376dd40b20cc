/* SPDX-License-Identifier: MIT */
/*
 * KosObjects: typed, counted pieces of memory.
 *
 * Our reading of <kos/objects.h>. The documents say how objects and types behave, and
 * name KosRefObject(), KosPutObject() and KosCreateObjectType(). The prototypes are
 * not public. Ours are the order and types of the arguments, and these names:
 * KosCreateObject, KosObjectType, KosObjectConstructor, KosObjectDestructor. This
 * file is the place to correct them.
 *
 * The pointer to an object is the pointer to its payload. Types inherit. An
 * object has one payload segment for its own type and one for every ancestor,
 * each zeroed at first and aligned for any type. The object pointer is that of
 * the own type's segment; sessio_object_cast() of <sessio/object.h> gives the others.
 *
 * A call stops the program if a pointer is neither RTL_NULL nor an object. So it does
 * for an object that is gone, where its memory still shows that.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread.
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
#include <sessio/object.h>

__RTL_BEGIN_DECLS

/** A type of objects. Its pointer is what the documents call the type's identifier. */
typedef struct sessio_object_type KosObjectType;

/**
 * Prepares one type's segment of a new object; ancestors have gone before.
 *
 * @param object    the object; it has one reference, which is its creator's.
 * @param segment   this type's segment; the object itself for the own type.
 * @param createCtx as given to KosCreateObject().
 * @return rcOk, or any other code: then the object is not created, the
 *         destructors of its ancestors run, and the creator gets this code.
 *
 * It runs on the creator's thread, with no lock of the library held, and may call
 * anything. It may take references on @p object, but not keep one if it fails. It
 * must leave by its return: an exception or a thread exit stops the program.
 */
typedef Retcode KosObjectConstructor(void *object, void *segment, void *createCtx);

/**
 * Undoes the constructor of the same type; derived types have gone before.
 *
 * @param object  the object; it has no reference any more and gets no new one.
 * @param segment this type's segment.
 *
 * It runs on the thread of the last KosPutObject(), with no lock of the library
 * held, and may call anything. It drops what the segment holds; objects that go with
 * it are destroyed after this destructor has returned, not inside the call. It must
 * leave by its return: an exception or a thread exit stops the program.
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
 * Models:  OB-4..OB-7
 */
Retcode KosCreateObjectType(const char *name, KosObjectType *parent, rtl_size_t payloadSize,
	KosObjectConstructor *construct, KosObjectDestructor *destruct, KosObjectType **outType);

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
 * Calls back: the constructors, and after a failure destructors.
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
 * Calls back: the sink of <sessio/diag.h>, once for a full count.
 * Models:  OB-2
 */
void KosRefObject(void *object);

/**
 * Drop a reference; the last one destroys the object. RTL_NULL is a no-op.
 * Dropping more references than there are stops the program.
 *
 * Ref:     -1 on @p object; do not touch @p object after this.
 * Calls back: destructors, with the last reference.
 * Models:  OB-2, OB-11
 */
void KosPutObject(void *object);

__RTL_END_DECLS

#endif /* KOS_OBJECTS_H */
