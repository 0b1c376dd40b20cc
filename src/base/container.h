/* SPDX-License-Identifier: MIT */
/*
 * Containers: elements found by name, by object, and one after another.
 *
 * A container is an object whose payload is struct si_container. Its arguments are
 * never NULL here; the faces check them.
 *
 * (container-1) Every element is in three lists: that of its name's bucket, that of
 *      its object's bucket, and the container's list of all. So it leaves without a
 *      search, however many share a bucket.
 * (container-2) Names in a container are unique.
 * (container-3) An element has one reference on its object. It is taken under the
 *      lock while the caller holds another, and given back with no lock held.
 * (container-4) A walk has a cursor in the list of all. New elements come behind
 *      every cursor, so a walk ends. A walk holds the container, so that no cursor
 *      is left when it is destroyed.
 */
#ifndef SI_CONTAINER_H
#define SI_CONTAINER_H

#include "base/object.h"

struct si_container;

extern struct sessio_object_type si_container_type;

/* A container with one reference; the name may be NULL. */
sessio_status si_container_create(const char *name, struct si_container **out_container);

/* SESSIO_OK, SESSIO_EXISTS (an element of this name), SESSIO_NO_MEMORY. */
sessio_status si_container_insert(struct si_container *container, const char *name, void *object);

/* Remove one element, or all of an object. SESSIO_OK, SESSIO_NOT_FOUND. */
sessio_status si_container_remove_name(struct si_container *container, const char *name);
sessio_status si_container_remove_object(struct si_container *container, const void *object);

/* The element's object with a reference, NULL if there is none of this name. */
void *si_container_find(struct si_container *container, const char *name);

/* Another result than 0 ends the walk. */
typedef int32_t si_container_walk_fn(void *object, void *arg);

/*
 * Calls back for each element that is there during the whole walk; the last result.
 * The object is the one whose segment the container is, and is held meanwhile.
 */
int32_t si_container_walk(
	void *object, struct si_container *container, si_container_walk_fn *visit, void *arg);

/* Whether the calling thread is in a callback of a walk of its own. */
bool si_container_is_walking(void);

#endif /* SI_CONTAINER_H */
