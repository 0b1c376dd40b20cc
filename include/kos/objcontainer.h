/* SPDX-License-Identifier: MIT */
/*
 * Containers of KosObjects: objects found by name, grouped, and walked through.
 *
 * Our reading of <kos/objcontainer.h>. The functions, their purposes, the type
 * KosObjContainer and the parameters parent, name, walk and context are
 * documented; the prototypes are not public. The order and types of the
 * arguments below, the name KosObjContainerWalk, and every name that begins with
 * sessio_ are ours. This file is the place to correct them.
 *
 * An element of a container is a name and the object it stands for. A container
 * is an object, too: KosRefObject() and KosPutObject() work on it, and it may be
 * an element of others. Its last KosPutObject() gives back the references of all
 * its elements. Containers that go with it are destroyed one after another, not
 * one inside the other, however deep they were.
 *
 * Two containers that contain each other, directly or by way of others, hold
 * each other for ever. Only removing an element of that ring ends it. The library
 * refuses a container as its own element. It does not look for longer rings, which
 * would cost every insertion a search of all that lies below.
 *
 * No lock is held while an object is put or a callback runs, so destructors and
 * callbacks may use the same container.
 *
 * Default: a call keeps no reference, does not block, calls nobody back, and is
 *          open to any thread.
 */
#ifndef KOS_OBJCONTAINER_H
#define KOS_OBJCONTAINER_H

/*
 * From examples/names_and_numbers.c:
 *
 *     Retcode rc = KosInsertObjContainerObject(rooms, "hall", lamp);
 *
 *     if (rc == rcOk) {
 *         rc = KosGetObjContainerObjectByName(rooms, "hall", &found);
 *     }
 */

#include <kos/objects.h>

__RTL_BEGIN_DECLS

/** A container; an object. */
typedef struct KosObjContainer KosObjContainer;

/**
 * The type of containers, to ask with sessio_object_is_a() whether an object is
 * one, and to inherit.
 */
extern KosObjectType *const sessio_obj_container_type;

/**
 * Is called for each element that KosWalkObjContainerObjects() finds.
 *
 * The documents forbid this callback to call the API (OC-10). Here such calls work,
 * on the same container, too. Each function of this header that is called so is
 * reported once per process, as SESSIO_DIAG_PORTABILITY.
 *
 * It runs on the walker's thread with no lock of the library held, and must leave by
 * its return. The walk holds @p object for the time of the call.
 *
 * @param object  of the element; an object with two names is met twice.
 * @param context as given to the walk.
 * @return rcOk to go on; any other code ends the walk, which returns it.
 */
typedef Retcode KosObjContainerWalk(void *object, void *context);

/**
 * Create a container, and put it into a parent if there is one.
 *
 * @param parent       RTL_NULL for none.
 * @param name         copied: the container's name inside @p parent, and its own
 *                     name as an object; may be RTL_NULL if there is no parent.
 * @param outContainer set on rcOk only.
 * @return rcOk, rcInvalidArgument (@p outContainer is RTL_NULL, @p parent is not
 *         a container, there is a parent and no name), rcAlreadyExists (the
 *         parent has an element of this name), rcOutOfMemory.
 *
 * Ref:     *outContainer is +1, owned by the caller; @p parent holds another.
 * Models:  OC-1, OC-3
 */
Retcode KosCreateObjContainer(
	KosObjContainer *parent, const char *name, KosObjContainer **outContainer);

/**
 * Put an object into a container. One object may be in any number of containers,
 * and in one container under several names.
 *
 * @param name   copied; how the object is called inside this container, whatever
 *               its own name is.
 * @param object any object but the container itself.
 * @return rcOk, rcInvalidArgument (an argument is RTL_NULL, @p container is not a
 *         container, or is to contain itself), rcAlreadyExists (the container has
 *         an element of this name), rcOutOfMemory.
 *
 * Ref:     +1 on @p object, until it is removed or the container is destroyed.
 * Models:  OC-1, OC-2, OC-4..OC-7
 */
Retcode KosInsertObjContainerObject(KosObjContainer *container, const char *name, void *object);

/**
 * Remove one element.
 *
 * @return rcOk, rcInvalidArgument (an argument is RTL_NULL or @p container is not
 *         a container), rcResourceNotFound (it has no element of this name).
 *
 * Ref:     -1 on the object.
 * Calls back: destructors, if that was the last reference.
 * Models:  OC-7
 */
Retcode KosRemoveObjContainerObjectByName(KosObjContainer *container, const char *name);

/**
 * Remove an object, under all the names that it has in this container at once. No
 * call finds it there under some of them. Elements of containers below stay.
 *
 * @return rcOk, rcInvalidArgument (an argument is RTL_NULL or @p container is not
 *         a container), rcResourceNotFound (the object is not in it).
 *
 * Ref:     -1 on @p object for each of its names; keep one reference of your own.
 * Calls back: destructors, if that was the last reference.
 * Models:  OC-7
 */
Retcode KosRemoveObjContainerObject(KosObjContainer *container, void *object);

/**
 * Find an object by its name in this container; containers below are not
 * searched. The time does not depend on how many elements there are.
 *
 * @param outObject set on rcOk only.
 * @return rcOk, rcInvalidArgument (an argument is RTL_NULL or @p container is not
 *         a container), rcResourceNotFound (it has no element of this name).
 *
 * Ref:     *outObject is +1, owned by the caller.
 * Models:  OC-8
 */
Retcode KosGetObjContainerObjectByName(
	KosObjContainer *container, const char *name, void **outObject);

/**
 * Call back once for each element of a container. Elements that are there during
 * the whole walk are met exactly once; those inserted meanwhile are not met, and
 * those removed before their turn neither. The order is not promised.
 *
 * @param walk    called for each element.
 * @param context passed to @p walk.
 * @return rcOk (also if there is no element), rcInvalidArgument (@p container or
 *         @p walk is RTL_NULL, or @p container is not a container), or what the
 *         callback returned to stop the walk.
 *
 * Ref:     the walk holds @p container, so that the callback may put it.
 * Calls back: @p walk.
 * Models:  OC-9, OC-10
 */
Retcode KosWalkObjContainerObjects(
	KosObjContainer *container, KosObjContainerWalk *walk, void *context);

__RTL_END_DECLS

#endif /* KOS_OBJCONTAINER_H */
