/* SPDX-License-Identifier: MIT */
/* An object under a name in a container, and under a number in a table. Prints both finds. */
#include <stdio.h>

#include <kos/objcontainer.h>
#include <kos/objhandles.h>

static Retcode find_by_name(KosObjContainer *rooms, void *lamp)
{
	void *found;
	Retcode rc = KosInsertObjContainerObject(rooms, "hall", lamp);

	if (rc == rcOk) {
		rc = KosGetObjContainerObjectByName(rooms, "hall", &found);
	}
	if (rc == rcOk) {
		printf("in the hall: %s\n", sessio_object_name(found));
		KosPutObject(found);
	}
	return rc;
}

static Retcode find_by_number(KosObjHandleTable *table, void *lamp)
{
	KosObjHandle handle;
	void *found;
	Retcode rc = KosCreateObjHandle(table, lamp, &handle);

	if (rc == rcOk) {
		rc = KosRefObjectByObjHandle(table, handle, &found);
	}
	if (rc == rcOk) {
		printf("by number: %s\n", sessio_object_name(found));
		KosPutObject(found);
		rc = sessio_obj_handle_close(table, handle);
	}
	return rc;
}

int main(void)
{
	KosObjectType *lamps;
	KosObjContainer *rooms;
	KosObjHandleTable *table;
	void *lamp;

	if (KosCreateObjectType("lamp", RTL_NULL, 0, RTL_NULL, RTL_NULL, &lamps) ||
		KosCreateObject(lamps, "a lamp", RTL_NULL, &lamp) ||
		KosCreateObjContainer(RTL_NULL, RTL_NULL, &rooms) ||
		KosCreateObjHandleTable(4, 100, &table) || find_by_name(rooms, lamp) ||
		find_by_number(table, lamp)) {
		return 1;
	}
	KosPutObject(table);
	KosPutObject(rooms);
	KosPutObject(lamp);
	sessio_object_type_unref(lamps);
	return 0;
}
