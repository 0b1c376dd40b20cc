/* SPDX-License-Identifier: MIT */
/* The documents' rules for the arguments of handle tables; base/id_table.h does the work. */
#include <kos/objhandles.h>

#include "base/id_table.h"
#include "kos/retcode.h"

_Static_assert(SESSIO_OBJ_HANDLES_MAX == SI_ID_INDEX_MASK, "every index but 0 is a slot's");

KosObjectType *const sessio_obj_handle_table_type = &si_id_table_type;

/* NULL if it is none. */
static struct si_id_table *table_of(const KosObjHandleTable *object)
{
	return object == NULL ? NULL : si_object_cast(object, &si_id_table_type);
}

Retcode KosCreateObjHandleTable(
	rtl_uint32_t initialCount, rtl_uint32_t maxCount, KosObjHandleTable **outTable)
{
	struct si_id_table *table;
	sessio_status status;

	if (outTable == NULL || maxCount == 0 || initialCount > maxCount) {
		return rcInvalidArgument;
	}
	status = si_id_table_create(initialCount, maxCount, &table);
	if (status == SESSIO_OK) {
		*outTable = (KosObjHandleTable *)(void *)table;
	}
	return si_retcode(status);
}

Retcode KosCreateObjHandle(KosObjHandleTable *table, void *object, KosObjHandle *outHandle)
{
	struct si_id_table *self = table_of(table);

	if (self == NULL || object == NULL || outHandle == NULL || object == (void *)table) {
		return rcInvalidArgument;
	}
	return si_retcode(si_id_table_add(self, object, outHandle));
}

Retcode KosRefObjectByObjHandle(KosObjHandleTable *table, KosObjHandle handle, void **outObject)
{
	struct si_id_table *self = table_of(table);
	void *found;

	if (self == NULL || outObject == NULL) {
		return rcInvalidArgument;
	}
	found = si_id_table_find(self, handle);
	if (found == NULL) {
		return rcInvalidArgument;
	}
	*outObject = found;
	return rcOk;
}

Retcode sessio_obj_handle_close(KosObjHandleTable *table, KosObjHandle handle)
{
	struct si_id_table *self = table_of(table);

	if (self == NULL || si_id_table_remove(self, handle) != SESSIO_OK) {
		return rcInvalidArgument;
	}
	return rcOk;
}
