/* SPDX-License-Identifier: MIT */
/* Looking into containers. */
#ifndef SESSIO_TESTS_CONTAINERS_H
#define SESSIO_TESTS_CONTAINERS_H

#include <kos/objcontainer.h>

/* A container that is in no other. */
KosObjContainer *new_container(void);

/* What a name stands for, without a reference; NULL for nothing. */
void *find(KosObjContainer *container, const char *name);

/* What a walk met. */
struct met {
	unsigned count;
	void *objects[64];
};

/* The callback of a walk whose context is a struct met. */
Retcode meet(void *object, void *context);

/* How often it met that object. */
unsigned times(const struct met *met, const void *object);

#endif /* SESSIO_TESTS_CONTAINERS_H */
