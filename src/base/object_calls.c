/* SPDX-License-Identifier: MIT */
/* The public questions to objects and types. */
#include <sessio/object.h>

#include "base/object.h"

void sessio_object_type_ref(sessio_object_type *type)
{
	if (type != NULL) {
		si_type_ref(type);
	}
}

void sessio_object_type_unref(sessio_object_type *type)
{
	if (type != NULL) {
		si_type_unref(type);
	}
}

const char *sessio_object_type_name(const sessio_object_type *type)
{
	return type == NULL ? "" : type->name;
}

bool sessio_object_is_a(const void *object, const sessio_object_type *type)
{
	return object != NULL && type != NULL && si_type_inherits(si_object_type(object), type);
}

void *sessio_object_cast(const void *object, const sessio_object_type *type)
{
	return object == NULL || type == NULL ? NULL : si_object_cast(object, type);
}

const sessio_object_type *sessio_object_type_of(const void *object)
{
	return object == NULL ? NULL : si_object_type(object);
}

const char *sessio_object_name(const void *object)
{
	return object == NULL ? NULL : si_object_name(object);
}

uint32_t sessio_object_references(const void *object)
{
	return object == NULL ? 0 : si_object_references(object);
}
