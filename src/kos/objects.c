/* SPDX-License-Identifier: MIT */
#include <kos/objects.h>

#include "base/diag.h"
#include "base/object.h"
#include "kos/retcode.h"
#include "kos/type.h"

Retcode KosCreateObjectType(const char *name, KosObjectType *parent, rtl_size_t payloadSize,
	KosObjectConstructor *construct, KosObjectDestructor *destruct, KosObjectType **outType)
{
	struct si_type *type;
	sessio_status status;

	if (name == NULL || outType == NULL) {
		return rcInvalidArgument;
	}
	status = si_type_create(name, si_kos_type(parent), payloadSize, construct, destruct, &type);
	if (status == SESSIO_OK) {
		*outType = (KosObjectType *)type;
	}
	return si_retcode(status);
}

void sessio_object_type_ref(KosObjectType *type)
{
	if (type != NULL) {
		si_type_ref(si_kos_type(type));
	}
}

void sessio_object_type_unref(KosObjectType *type)
{
	if (type != NULL) {
		si_type_unref(si_kos_type(type));
	}
}

const char *sessio_object_type_name(const KosObjectType *type)
{
	return type == NULL ? "" : si_kos_const_type(type)->name;
}

Retcode KosCreateObject(KosObjectType *type, const char *name, void *createCtx, void **outObject)
{
	Retcode reason = rcFail;
	sessio_status status;

	if (type == NULL || outObject == NULL || si_kos_type(type)->kind >= SI_KIND_SESSION) {
		return rcInvalidArgument;
	}
	status = si_object_create(si_kos_type(type), name, createCtx, outObject, &reason);
	return si_retcode_or(status, reason);
}

/* Here and not in base, which takes references with locks held. */
static SI_COLD void report_full(void *object)
{
	if (si_object_report_full(object)) {
		char line[256];
		struct si_text text = si_text_start(line, sizeof(line));

		si_diag_put_object(&text, object);
		si_text_put(&text, " has too many references and will never be destroyed");
		si_diag_report(SESSIO_DIAG_SATURATED, object, NULL, line);
	}
}

void KosRefObject(void *object)
{
	if (object != NULL && !si_object_ref(object)) {
		report_full(object);
	}
}

void KosPutObject(void *object)
{
	if (object != NULL) {
		si_object_put(object);
	}
}

rtl_bool sessio_object_is_a(const void *object, const KosObjectType *type)
{
	return object != NULL && type != NULL &&
		si_type_inherits(si_object_type(object), si_kos_const_type(type));
}

void *sessio_object_cast(const void *object, const KosObjectType *type)
{
	return object == NULL || type == NULL ? NULL
					      : si_object_cast(object, si_kos_const_type(type));
}

const KosObjectType *sessio_object_type(const void *object)
{
	return object == NULL ? NULL : (const KosObjectType *)si_object_type(object);
}

const char *sessio_object_name(const void *object)
{
	return object == NULL ? NULL : si_object_name(object);
}

rtl_uint32_t sessio_object_references(const void *object)
{
	return object == NULL ? 0 : si_object_references(object);
}
