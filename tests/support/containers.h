/* SPDX-License-Identifier: MIT */
/* Looking into containers. */
#ifndef SESSIO_TESTS_CONTAINERS_H
#define SESSIO_TESTS_CONTAINERS_H

#include <kos/objcontainer.h>

/* A container that is in no other. */
KosObjContainer *new_container(void);

/* The object of a name, without a reference; NULL for none. */
void *find(KosObjContainer *container, const char *name);

/* The objects that a walk met. */
struct met {
	unsigned count;
	void *objects[64];
};

/* The callback of a walk whose context is a struct met. */
Retcode meet(void *object, void *context);

/* How often it met that object. */
unsigned times(const struct met *met, const void *object);

#endif /* SESSIO_TESTS_CONTAINERS_H */
