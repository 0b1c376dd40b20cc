/* SPDX-License-Identifier: MIT */
/* Objects that are counted, as the sources that make them see them. */
#ifndef SI_WDK_REFERENCE_H
#define SI_WDK_REFERENCE_H

#include <stdbool.h>

#include "nt/sessio_nt/reference.h"

/* Runs when the last reference has gone, with no lock held. */
typedef void si_wdk_last_fn(void *object);

/*
 * Counts the references of an object from now on. The first one is the caller's. False
 * if there is no memory.
 */
bool si_wdk_object_add(void *object, POBJECT_TYPE type, si_wdk_last_fn *last);

/*
 * The address of the thing that a reference of driver code is. It is not the object's
 * own, which may be a thing, too.
 */
static inline void *si_wdk_reference_key(void *object)
{
	return (char *)object + 1;
}

static inline void *si_wdk_reference_object(void *key)
{
	return (char *)key - 1;
}

/* A reference for something of ours: no driver is asked for it. */
void si_wdk_object_ref(void *object);
void si_wdk_object_unref(void *object);

/* Gives a reference back and signals the object, for those that have one. */
void si_wdk_object_end(PDISPATCHER_HEADER object);

/* The address of an object of this type whose test answers true, with a reference; NULL if none. */
typedef bool si_wdk_is_fn(const void *object, const void *arg);
void *si_wdk_object_find(POBJECT_TYPE type, si_wdk_is_fn *is, const void *arg);

#endif /* SI_WDK_REFERENCE_H */
