/* SPDX-License-Identifier: MIT */
#include <kos/objects.h>

#include "base/diag.h"
#include "base/object.h"
#include "kos/retcode.h"

Retcode KosCreateObjectType(const char *name, KosObjectType *parent, rtl_size_t payloadSize,
	KosObjectConstructor *construct, KosObjectDestructor *destruct, KosObjectType **outType)
{
	if (name == NULL || outType == NULL) {
		return rcInvalidArgument;
	}
	return si_retcode(si_type_create(name, parent, payloadSize, construct, destruct, outType));
}

Retcode KosCreateObject(KosObjectType *type, const char *name, void *createCtx, void **outObject)
{
	Retcode reason = rcFail;
	sessio_status status;

	if (type == NULL || outObject == NULL || type->kind >= SI_KIND_SESSION) {
		return rcInvalidArgument;
	}
	status = si_object_create(type, name, createCtx, outObject, &reason);
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
