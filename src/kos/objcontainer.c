/* SPDX-License-Identifier: MIT */
/* The documents' rules for the arguments of containers; base/container.h does the work. */
#include <kos/objcontainer.h>

#include "base/container.h"
#include "base/diag.h"
#include "kos/retcode.h"

KosObjectType *const sessio_obj_container_type = &si_container_type;

/* NULL if it is none. */
static struct si_container *container_of(const KosObjContainer *object)
{
	return object == NULL ? NULL : si_object_cast(object, &si_container_type);
}

static SI_COLD void report_in_walk(const char *call)
{
	char line[128];
	struct si_text text = si_text_start(line, sizeof(line));

	si_text_put(&text, call);
	si_text_put(&text, " in the callback of a container walk: the documents forbid it (OC-10)");
	si_diag_report(SESSIO_DIAG_PORTABILITY, NULL, NULL, line);
}

/* Reports a call that works here in a walk, and would not elsewhere; once each. */
#define REPORT_IN_WALK()                                                                    \
	do {                                                                                \
		static _Atomic bool reported;                                               \
                                                                                            \
		if (si_unlikely(si_container_is_walking()) &&                               \
			!atomic_exchange_explicit(&reported, true, memory_order_relaxed)) { \
			report_in_walk(__func__);                                           \
		}                                                                           \
	} while (0)

static Retcode insert(KosObjContainer *container, const char *name, void *object)
{
	struct si_container *self = container_of(container);

	if (self == NULL || name == NULL || object == NULL || object == (void *)container) {
		return rcInvalidArgument;
	}
	return si_retcode(si_container_insert(self, name, object));
}

Retcode KosInsertObjContainerObject(KosObjContainer *container, const char *name, void *object)
{
	REPORT_IN_WALK();
	return insert(container, name, object);
}

Retcode KosCreateObjContainer(
	KosObjContainer *parent, const char *name, KosObjContainer **outContainer)
{
	struct si_container *container;
	KosObjContainer *object;
	sessio_status status;
	Retcode rc;

	REPORT_IN_WALK();
	if (outContainer == NULL ||
		(parent != NULL && (name == NULL || container_of(parent) == NULL))) {
		return rcInvalidArgument;
	}
	status = si_container_create(name, &container);
	if (status != SESSIO_OK) {
		return si_retcode(status);
	}
	object = (KosObjContainer *)(void *)container;
	if (parent != NULL) {
		rc = insert(parent, name, object);
		if (rc != rcOk) {
			si_object_put(object);
			return rc;
		}
	}
	*outContainer = object;
	return rcOk;
}

Retcode KosRemoveObjContainerObjectByName(KosObjContainer *container, const char *name)
{
	struct si_container *self = container_of(container);

	REPORT_IN_WALK();
	if (self == NULL || name == NULL) {
		return rcInvalidArgument;
	}
	return si_retcode(si_container_remove_name(self, name));
}

Retcode KosRemoveObjContainerObject(KosObjContainer *container, void *object)
{
	struct si_container *self = container_of(container);

	REPORT_IN_WALK();
	if (self == NULL || object == NULL) {
		return rcInvalidArgument;
	}
	return si_retcode(si_container_remove_object(self, object));
}

Retcode KosGetObjContainerObjectByName(
	KosObjContainer *container, const char *name, void **outObject)
{
	struct si_container *self = container_of(container);
	void *found;

	REPORT_IN_WALK();
	if (self == NULL || name == NULL || outObject == NULL) {
		return rcInvalidArgument;
	}
	found = si_container_find(self, name);
	if (found == NULL) {
		return rcResourceNotFound;
	}
	*outObject = found;
	return rcOk;
}

Retcode KosWalkObjContainerObjects(
	KosObjContainer *container, KosObjContainerWalk *walk, void *context)
{
	struct si_container *self = container_of(container);

	REPORT_IN_WALK();
	if (self == NULL || walk == NULL) {
		return rcInvalidArgument;
	}
	return si_container_walk(container, self, walk, context);
}
