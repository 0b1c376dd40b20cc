/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "containers.h"

KosObjContainer *new_container(void)
{
	KosObjContainer *container = NULL;

	assert_int_equal(KosCreateObjContainer(NULL, NULL, &container), rcOk);
	return container;
}

void *find(KosObjContainer *container, const char *name)
{
	void *found = NULL;
	Retcode rc = KosGetObjContainerObjectByName(container, name, &found);

	if (rc == rcOk) {
		KosPutObject(found);
	} else {
		assert_int_equal(rc, rcResourceNotFound);
		assert_null(found);
	}
	return found;
}

Retcode meet(void *object, void *context)
{
	struct met *met = context;

	assert_true(met->count < sizeof(met->objects) / sizeof(met->objects[0]));
	met->objects[met->count++] = object;
	return rcOk;
}

unsigned times(const struct met *met, const void *object)
{
	unsigned count = 0;

	for (unsigned i = 0; i < met->count; i++) {
		count += met->objects[i] == object;
	}
	return count;
}
